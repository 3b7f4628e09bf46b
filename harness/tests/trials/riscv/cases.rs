//! The instructions under test.

mod compressed;
mod control;
mod integer;
mod memory;
mod privileged;

use crate::riscv::asm::{Asm, Encoding};

type Body = Box<dyn Fn(&mut Asm)>;

/// One instruction or short sequence under test.
pub struct Case {
    pub name: String,
    pub body: Body,
}

impl Case {
    fn new(name: impl Into<String>, body: impl Fn(&mut Asm) + 'static) -> Case {
        Case {
            name: name.into(),
            body: Box::new(body),
        }
    }

    /// A case of fixed instructions.
    fn of(name: impl Into<String>, insns: impl IntoIterator<Item = Encoding>) -> Case {
        let insns: Vec<Encoding> = insns.into_iter().collect();
        Case::new(name, move |asm| asm.insns(insns.iter().copied()))
    }
}

/// Every case, in the order of the recorded vectors.
pub fn all() -> Vec<Case> {
    let mut cases = integer::cases();
    cases.extend(compressed::cases());
    cases.extend(control::cases());
    cases.extend(memory::cases());
    cases.extend(privileged::cases());
    cases
}
