//! MAC16: 16-bit multiply-accumulate with a 40-bit accumulator.

use super::core::Core;

/// Operand sources, field op2 of the instruction (Xtensa ISA reference manual, opcode map MAC16).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    DdLdinc,
    DdLddec,
    Dd,
    Ad,
    DaLdinc,
    DaLddec,
    Da,
    Aa,
    Ldinc,
    Lddec,
}

impl Form {
    fn of(word: u32) -> Option<Form> {
        const FORMS: [Form; 10] = [
            Form::DdLdinc,
            Form::DdLddec,
            Form::Dd,
            Form::Ad,
            Form::DaLdinc,
            Form::DaLddec,
            Form::Da,
            Form::Aa,
            Form::Ldinc,
            Form::Lddec,
        ];
        FORMS.get((word >> 20 & 0xf) as usize).copied()
    }

    fn first_is_address_register(self) -> bool {
        matches!(self, Form::Aa | Form::Ad)
    }

    fn second_is_address_register(self) -> bool {
        matches!(self, Form::Aa | Form::Da | Form::DaLdinc | Form::DaLddec)
    }

    /// Step of the address of a load that goes along.
    fn load_step(self) -> Option<u32> {
        match self {
            Form::DdLdinc | Form::DaLdinc | Form::Ldinc => Some(4),
            Form::DdLddec | Form::DaLddec | Form::Lddec => Some(4u32.wrapping_neg()),
            _ => None,
        }
    }
}

fn field_r(word: u32) -> u32 {
    word >> 12 & 0xf
}

fn field_s(word: u32) -> usize {
    (word >> 8 & 0xf) as usize
}

fn field_t(word: u32) -> u32 {
    word >> 4 & 0xf
}

/// The highest address register that the instruction touches.
pub(super) fn highest_register(word: u32) -> u8 {
    let Some(form) = Form::of(word) else { return 0 };
    let s = if form.first_is_address_register() || form.load_step().is_some() {
        field_s(word) as u8
    } else {
        0
    };
    let t = if form.second_is_address_register() {
        field_t(word) as u8
    } else {
        0
    };
    s.max(t)
}

/// The load that a MAC16 instruction does besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct MacLoad {
    /// MR register to load.
    pub register: usize,
    /// Address register that is stepped.
    pub base: usize,
    /// Address to load from, and new value of the base.
    pub address: u32,
}

impl Core {
    /// The load of the instruction, if it has one.
    pub(super) fn mac16_load(&self, word: u32) -> Option<MacLoad> {
        let step = Form::of(word)?.load_step()?;
        let base = field_s(word);
        Some(MacLoad {
            register: (field_r(word) & 3) as usize,
            base,
            address: self.a[base].wrapping_add(step),
        })
    }

    /// The multiplication and accumulation. False if there is no such instruction.
    pub(super) fn mac16(&mut self, word: u32) -> bool {
        let Some(form) = Form::of(word) else {
            return false;
        };
        if matches!(form, Form::Ldinc | Form::Lddec) {
            return true;
        }
        let first = match form.first_is_address_register() {
            true => self.a[field_s(word)],
            false => self.mr[(field_r(word) >> 2 & 1) as usize],
        };
        let second = match form.second_is_address_register() {
            true => self.a[field_t(word) as usize],
            false => self.mr[2 + (field_t(word) >> 2 & 1) as usize],
        };
        let operation = word >> 16 & 0xf;
        let half = |value: u32, high: bool| (if high { value >> 16 } else { value }) as u16;
        let (first, second) = (
            half(first, operation & 1 != 0),
            half(second, operation & 2 != 0),
        );
        let product = i64::from(first as i16) * i64::from(second as i16);
        let acc = ((self.acc << 24) as i64) >> 24;
        let result = match operation >> 2 {
            0 if form == Form::Aa => i64::from(u32::from(first) * u32::from(second)),
            1 => product,
            2 => acc.wrapping_add(product),
            3 => acc.wrapping_sub(product),
            _ => return false,
        };
        self.acc = result as u64 & 0xff_ffff_ffff;
        true
    }

    pub(super) fn set_mr(&mut self, register: usize, value: u32) {
        self.mr[register & 3] = value;
    }
}
