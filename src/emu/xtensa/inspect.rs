//! A core as a debugger sees it: every register by number, read without effect and written as software would.

use super::core::{Core, PHYSICAL_REGISTERS};
use super::special::Written;

impl Core {
    /// Special register `number` (Xtensa ISA reference manual, table of special registers) at `cycles` since power-on;
    /// `None` if there is none that can be read.
    pub fn special_register(&self, number: u32, cycles: u64) -> Option<u32> {
        self.read_special(number, cycles)
    }

    /// Writes special register `number` at `cycles` since power-on, with the effects that WSR has. False if there is
    /// none that can be written.
    pub fn set_special_register(&mut self, number: u32, value: u32, cycles: u64) -> bool {
        self.write_special(number, value, cycles) != Written::Illegal
    }

    /// User register `number`; `None` if there is none.
    pub fn user_register(&self, number: u32) -> Option<u32> {
        self.read_user(number)
    }

    /// Writes user register `number`; false if there is none.
    pub fn set_user_register(&mut self, number: u32, value: u32) -> bool {
        self.write_user(number, value)
    }

    /// Writes physical address register `index` (0-63); others are ignored.
    pub fn set_physical_register(&mut self, index: usize, value: u32) {
        if index >= PHYSICAL_REGISTERS {
            return;
        }
        let base = self.window_base as usize * 4;
        let offset = index.wrapping_sub(base) % PHYSICAL_REGISTERS;
        self.physical[index / 4][index % 4] = value;
        if let Some(live) = self.a.get_mut(offset) {
            *live = value;
        }
    }

    /// Moves the core to another instruction: a loop does not wrap there, and a core that waits goes on.
    pub fn set_pc(&mut self, pc: u32) {
        if pc != self.pc {
            self.pc = pc;
            self.skip_wrap = false;
            self.waiting = false;
        }
    }

    /// LEND: where the zero-overhead loop ends.
    pub(in crate::emu) fn loop_end(&self) -> u32 {
        self.lend
    }
}

#[cfg(test)]
mod tests {
    use crate::emu::xtensa::{Core, CoreConfig, CoreModel};

    fn core() -> Core {
        Core::new(CoreConfig {
            model: CoreModel::Lx6,
            index: 0,
            prid: 0xcdcd,
            config_id: [1, 2],
            reset_vector: 0x4000_0400,
            vecbase: 0x4000_0000,
        })
    }

    #[test]
    fn physical_registers_follow_the_window() {
        const WINDOWBASE: u32 = 72;
        let mut core = core();
        core.set_register(5, 55);
        assert!(core.set_special_register(WINDOWBASE, 15, 0));
        // The window begins at physical register 60 now and wraps: a9 is physical register 5.
        assert_eq!(core.register(9), 55);
        core.set_physical_register(61, 7);
        core.set_physical_register(2, 8);
        core.set_physical_register(40, 9);
        core.set_physical_register(64, 10);
        assert_eq!((core.register(1), core.register(6)), (7, 8));
        let all = core.physical_registers();
        assert_eq!((all[61], all[2], all[40], all[5]), (7, 8, 9, 55));
    }

    #[test]
    fn what_does_not_exist_is_none() {
        let mut core = core();
        assert_eq!(core.special_register(255, 0), None);
        assert!(!core.set_special_register(255, 1, 0));
        assert_eq!(core.user_register(3), None);
        assert!(!core.set_user_register(3, 1));
        assert_eq!(core.special_register(235, 0), Some(0xcdcd));
    }
}
