//! The instructions under test, each with what the program must save around it.

mod control;
mod float;
mod integer;
mod mac16;
mod memory;

use crate::xtensa::asm::{Asm, Encoding};
use crate::xtensa::program::Library;

/// State beyond the address registers and SAR that a case reads or writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Group {
    Boolean,
    Mac16,
    Float,
    Atomic,
}

/// What a core must have beyond QEMU's `de233_fpu`, the fullest core in a plain QEMU.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    Nothing,
    /// An ESP32's LX6: MULUH and MULSH, unaligned loads in hardware.
    Lx6,
}

type Body = Box<dyn Fn(&mut Asm, Library)>;

/// One instruction or short sequence under test.
pub struct Case {
    pub name: String,
    groups: Vec<Group>,
    pub needs: Needs,
    pub body: Body,
}

impl Case {
    fn new(name: impl Into<String>, body: impl Fn(&mut Asm, Library) + 'static) -> Case {
        Case {
            name: name.into(),
            groups: Vec::new(),
            needs: Needs::Nothing,
            body: Box::new(body),
        }
    }

    /// A case of fixed instructions.
    fn of(name: impl Into<String>, insns: impl IntoIterator<Item = Encoding>) -> Case {
        let insns: Vec<Encoding> = insns.into_iter().collect();
        Case::new(name, move |asm, _| {
            insns.iter().for_each(|&insn| asm.insn(insn));
        })
    }

    fn with(mut self, group: Group) -> Case {
        self.groups.push(group);
        self
    }

    fn on_lx6_only(mut self) -> Case {
        self.needs = Needs::Lx6;
        self
    }

    pub fn uses(&self, group: Group) -> bool {
        self.groups.contains(&group)
    }
}

/// Every case, in the order of the recorded vectors.
pub fn all() -> Vec<Case> {
    let mut cases = integer::cases();
    cases.extend(control::cases());
    cases.extend(memory::cases());
    cases.extend(mac16::cases());
    cases.extend(float::cases());
    cases
}
