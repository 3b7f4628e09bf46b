//! The instructions that an Xtensa core executes inside a page of code.

use super::code::{CodePage, Slot};
use super::core::{Core, CoreModel, PS_CALLINC, PS_CALLINC_SHIFT, PS_EXCM, PS_INTLEVEL};
use super::divide::divide;
use super::exception::{Cause, DebugCause};
use super::op::Op;
use super::run::{Exit, PageExit};
use super::special::Written;
use crate::emu::bus::{At, Bus, Flow, System};
use crate::emu::memory::FRAME_SIZE;

const B4CONST: [u32; 16] = [
    0xffff_ffff,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
    10,
    12,
    16,
    32,
    64,
    128,
    256,
];
const B4CONSTU: [u32; 16] = [
    0x8000, 0x1_0000, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 32, 64, 128, 256,
];

impl Core {
    /// Runs from `slot` on, which is the instruction at the pc, until the pc leaves the page or something else is due.
    #[inline(never)]
    pub(super) fn run_page<S: System>(
        &mut self,
        bus: &mut Bus<S>,
        page: &CodePage,
        slot: Slot,
        remaining: &mut u32,
    ) -> PageExit {
        let mut slot = slot;
        let mut pc = self.pc;
        let base = pc & !(FRAME_SIZE as u32 - 1);
        let mut n = *remaining;

        let exit = loop {
            let mut next = pc.wrapping_add(u32::from(slot.len));

            macro_rules! a {
                ($field:ident) => {
                    self.a[(slot.$field & 15) as usize]
                };
            }
            macro_rules! set {
                ($field:ident, $value:expr) => {{
                    let value = $value;
                    self.a[(slot.$field & 15) as usize] = value;
                }};
            }
            // Ends the run with an exception at this instruction.
            macro_rules! trap {
                ($cause:expr, $address:expr) => {{
                    self.pc = pc;
                    self.raise($cause, $address);
                    pc = self.pc;
                    n -= 1;
                    break if n == 0 {
                        PageExit::Exit(Exit::Budget)
                    } else {
                        PageExit::Leave
                    };
                }};
            }
            // Ends the run behind this instruction.
            macro_rules! finish {
                ($exit:expr) => {{
                    pc = next;
                    n -= 1;
                    break $exit;
                }};
            }
            macro_rules! jump {
                ($target:expr) => {{
                    next = $target;
                    if next == self.lend {
                        self.skip_wrap = true;
                    }
                }};
            }
            macro_rules! branch {
                ($condition:expr) => {
                    if $condition {
                        jump!(pc.wrapping_add(slot.imm));
                    }
                };
            }
            macro_rules! at {
                () => {
                    At {
                        core: self.config.index,
                        pc,
                        remaining: n,
                    }
                };
            }
            macro_rules! load {
                ($access:ident, $address:expr) => {{
                    let address = $address;
                    match bus.$access(address, at!()) {
                        Ok(loaded) => loaded,
                        Err(fault) => trap!(self.load_fault(fault, address), Some(address)),
                    }
                }};
            }
            macro_rules! load_to {
                ($access:ident, $address:expr, $convert:expr) => {{
                    let (value, flow) = load!($access, $address);
                    set!(t, $convert(value));
                    if flow == Flow::Attention {
                        finish!(PageExit::Exit(Exit::Attention));
                    }
                }};
            }
            macro_rules! store_failed {
                ($fault:expr, $address:expr) => {
                    if let Some(cause) = self.store_fault($fault, $address) {
                        trap!(cause, Some($address));
                    }
                };
            }
            macro_rules! store {
                ($access:ident, $address:expr, $value:expr) => {{
                    let address = $address;
                    match bus.$access(address, $value, at!()) {
                        Ok(Flow::Continue) => {}
                        Ok(Flow::Attention) => finish!(PageExit::Exit(Exit::Attention)),
                        Err(fault) => store_failed!(fault, address),
                    }
                }};
            }
            macro_rules! call {
                ($groups:expr, $target:expr) => {{
                    let target = $target;
                    self.ps = self.ps & !PS_CALLINC | $groups << PS_CALLINC_SHIFT;
                    self.a[$groups as usize * 4] = $groups << 30 | next & 0x3fff_ffff;
                    jump!(target);
                }};
            }
            macro_rules! start_loop {
                () => {{
                    self.lcount = a!(s).wrapping_sub(1);
                    self.lbeg = next;
                    self.lend = pc.wrapping_add(slot.imm);
                }};
            }
            macro_rules! check_loop_mark {
                () => {
                    match page.slot(self.lend.wrapping_sub(base) as usize) {
                        Some(Slot {
                            op: Op::LoopEnd, ..
                        }) => {}
                        _ => finish!(PageExit::MarkLoop),
                    }
                };
            }

            if slot.group > self.window_limit {
                self.pc = pc;
                self.overflow();
                pc = self.pc;
                n -= 1;
                break if n == 0 {
                    PageExit::Exit(Exit::Budget)
                } else {
                    PageExit::Leave
                };
            }

            match slot.op {
                Op::Undecoded => break PageExit::Decode,
                Op::Straddle => break PageExit::Straddle,
                Op::Unknown => break PageExit::Exit(Exit::Unknown(slot.imm)),
                Op::Pie if self.config.model == CoreModel::Lx7 => match self.vectors_disabled() {
                    Some(cause) => trap!(cause, None),
                    None => break PageExit::Exit(Exit::Unknown(slot.imm)),
                },
                Op::Pie => break PageExit::Exit(Exit::Unknown(slot.imm)),
                Op::LoopEnd => {
                    let skip = self.skip_wrap;
                    if pc != self.lend || self.lcount == 0 || skip || self.ps & PS_EXCM != 0 {
                        slot = page.aside(slot.imm);
                        // What is not decoded yet comes back here.
                        self.skip_wrap = skip && slot.op == Op::Undecoded;
                        continue;
                    }
                    self.lcount -= 1;
                    if self.lbeg == pc {
                        // An empty loop costs time, so that it ends in bounded host time.
                        n -= 1;
                        if n == 0 {
                            break PageExit::Exit(Exit::Budget);
                        }
                    }
                    pc = self.lbeg;
                    match page.slot(pc.wrapping_sub(base) as usize) {
                        Some(following) => slot = following,
                        None => break PageExit::Leave,
                    }
                    continue;
                }

                Op::And => set!(r, a!(s) & a!(t)),
                Op::Or => set!(r, a!(s) | a!(t)),
                Op::Xor => set!(r, a!(s) ^ a!(t)),
                Op::Add => set!(r, a!(s).wrapping_add(a!(t))),
                Op::Addx2 => set!(r, (a!(s) << 1).wrapping_add(a!(t))),
                Op::Addx4 => set!(r, (a!(s) << 2).wrapping_add(a!(t))),
                Op::Addx8 => set!(r, (a!(s) << 3).wrapping_add(a!(t))),
                Op::Sub => set!(r, a!(s).wrapping_sub(a!(t))),
                Op::Subx2 => set!(r, (a!(s) << 1).wrapping_sub(a!(t))),
                Op::Subx4 => set!(r, (a!(s) << 2).wrapping_sub(a!(t))),
                Op::Subx8 => set!(r, (a!(s) << 3).wrapping_sub(a!(t))),
                Op::Neg => set!(r, a!(t).wrapping_neg()),
                Op::Abs => set!(r, (a!(t) as i32).wrapping_abs() as u32),
                Op::Mul16u => set!(r, (a!(s) & 0xffff) * (a!(t) & 0xffff)),
                Op::Mul16s => set!(
                    r,
                    (i32::from(a!(s) as i16) * i32::from(a!(t) as i16)) as u32
                ),
                Op::Mull => set!(r, a!(s).wrapping_mul(a!(t))),
                Op::Muluh => set!(r, ((u64::from(a!(s)) * u64::from(a!(t))) >> 32) as u32),
                Op::Mulsh => set!(
                    r,
                    ((i64::from(a!(s) as i32) * i64::from(a!(t) as i32)) >> 32) as u32
                ),
                Op::Quou | Op::Quos | Op::Remu | Op::Rems => match divide(slot.op, a!(s), a!(t)) {
                    Some(result) => set!(r, result),
                    None => trap!(Cause::IntegerDivideByZero, None),
                },
                Op::Min => set!(r, (a!(s) as i32).min(a!(t) as i32) as u32),
                Op::Max => set!(r, (a!(s) as i32).max(a!(t) as i32) as u32),
                Op::Minu => set!(r, a!(s).min(a!(t))),
                Op::Maxu => set!(r, a!(s).max(a!(t))),
                Op::Salt | Op::Saltu if self.config.model == CoreModel::Lx6 => {
                    trap!(Cause::IllegalInstruction, None)
                }
                Op::Salt => set!(r, u32::from((a!(s) as i32) < a!(t) as i32)),
                Op::Saltu => set!(r, u32::from(a!(s) < a!(t))),
                Op::Sext => {
                    let shift = 31 - (slot.imm & 31);
                    set!(r, ((a!(s) << shift) as i32 >> shift) as u32);
                }
                Op::Clamps => {
                    let limit = 1i32 << (slot.imm & 31);
                    set!(
                        r,
                        (a!(s) as i32).clamp(limit.wrapping_neg(), limit.wrapping_sub(1)) as u32
                    );
                }
                Op::Nsa => {
                    let value = a!(s) as i32;
                    set!(t, ((value ^ value >> 31).leading_zeros()) - 1);
                }
                Op::Nsau => set!(t, a!(s).leading_zeros()),
                Op::Moveqz => {
                    if a!(t) == 0 {
                        set!(r, a!(s));
                    }
                }
                Op::Movnez => {
                    if a!(t) != 0 {
                        set!(r, a!(s));
                    }
                }
                Op::Movltz => {
                    if (a!(t) as i32) < 0 {
                        set!(r, a!(s));
                    }
                }
                Op::Movgez => {
                    if a!(t) as i32 >= 0 {
                        set!(r, a!(s));
                    }
                }
                Op::Movf => {
                    if self.br >> (slot.t & 15) & 1 == 0 {
                        set!(r, a!(s));
                    }
                }
                Op::Movt => {
                    if self.br >> (slot.t & 15) & 1 != 0 {
                        set!(r, a!(s));
                    }
                }
                Op::Mov => set!(t, a!(s)),

                Op::Sll => set!(r, (u64::from(a!(s)) << 32 >> self.sar) as u32),
                Op::Srl => set!(r, (u64::from(a!(t)) >> self.sar) as u32),
                Op::Sra => set!(r, (i64::from(a!(t) as i32) >> self.sar) as u32),
                Op::Src => set!(
                    r,
                    ((u64::from(a!(s)) << 32 | u64::from(a!(t))) >> self.sar) as u32
                ),
                Op::Slli => set!(r, a!(s) << (slot.imm & 31)),
                Op::Srli => set!(r, a!(t) >> (slot.imm & 31)),
                Op::Srai => set!(r, (a!(t) as i32 >> (slot.imm & 31)) as u32),
                Op::Extui => {
                    let mask = (1u32 << (slot.imm >> 8 & 31)) - 1;
                    set!(r, a!(t) >> (slot.imm & 31) & mask);
                }
                Op::Ssr => self.sar = a!(s) & 31,
                Op::Ssl => self.sar = 32 - (a!(s) & 31),
                Op::Ssa8l => self.sar = (a!(s) & 3) * 8,
                Op::Ssa8b => self.sar = 32 - (a!(s) & 3) * 8,
                Op::Ssai => self.sar = slot.imm & 31,

                Op::Addi | Op::Addmi => set!(t, a!(s).wrapping_add(slot.imm)),
                Op::Movi => set!(t, slot.imm),

                Op::L8ui => load_to!(load8, a!(s).wrapping_add(slot.imm), |value| value),
                Op::L16ui => load_to!(load16, a!(s).wrapping_add(slot.imm), |value| value),
                Op::L16si => load_to!(load16, a!(s).wrapping_add(slot.imm), |value| value as i16
                    as u32),
                Op::L32i | Op::L32ai | Op::L32e => {
                    load_to!(load32, a!(s).wrapping_add(slot.imm), |value| value)
                }
                Op::L32r => load_to!(load32, pc.wrapping_add(slot.imm), |value| value),
                Op::S8i => store!(store8, a!(s).wrapping_add(slot.imm), a!(t)),
                Op::S16i => store!(store16, a!(s).wrapping_add(slot.imm), a!(t)),
                Op::S32i | Op::S32ri | Op::S32e => {
                    store!(store32, a!(s).wrapping_add(slot.imm), a!(t))
                }
                Op::S32c1i => {
                    let address = a!(s).wrapping_add(slot.imm);
                    let (old, _) = load!(load32, address);
                    let new = a!(t);
                    if old == self.scompare1 {
                        match bus.store32(address, new, at!()) {
                            Ok(flow) => {
                                set!(t, old);
                                if flow == Flow::Attention {
                                    finish!(PageExit::Exit(Exit::Attention));
                                }
                            }
                            Err(fault) => trap!(self.load_fault(fault, address), Some(address)),
                        }
                    } else {
                        set!(t, old);
                    }
                }

                Op::Beqz => branch!(a!(s) == 0),
                Op::Bnez => branch!(a!(s) != 0),
                Op::Bltz => branch!((a!(s) as i32) < 0),
                Op::Bgez => branch!(a!(s) as i32 >= 0),
                Op::Beqi => branch!(a!(s) == B4CONST[(slot.r & 15) as usize]),
                Op::Bnei => branch!(a!(s) != B4CONST[(slot.r & 15) as usize]),
                Op::Blti => branch!((a!(s) as i32) < B4CONST[(slot.r & 15) as usize] as i32),
                Op::Bgei => branch!(a!(s) as i32 >= B4CONST[(slot.r & 15) as usize] as i32),
                Op::Bltui => branch!(a!(s) < B4CONSTU[(slot.r & 15) as usize]),
                Op::Bgeui => branch!(a!(s) >= B4CONSTU[(slot.r & 15) as usize]),
                Op::Beq => branch!(a!(s) == a!(t)),
                Op::Bne => branch!(a!(s) != a!(t)),
                Op::Blt => branch!((a!(s) as i32) < a!(t) as i32),
                Op::Bge => branch!(a!(s) as i32 >= a!(t) as i32),
                Op::Bltu => branch!(a!(s) < a!(t)),
                Op::Bgeu => branch!(a!(s) >= a!(t)),
                Op::Bany => branch!(a!(s) & a!(t) != 0),
                Op::Bnone => branch!(a!(s) & a!(t) == 0),
                Op::Ball => branch!(!a!(s) & a!(t) == 0),
                Op::Bnall => branch!(!a!(s) & a!(t) != 0),
                Op::Bbc => branch!(a!(s) >> (a!(t) & 31) & 1 == 0),
                Op::Bbs => branch!(a!(s) >> (a!(t) & 31) & 1 != 0),
                Op::Bbci => branch!(a!(s) >> (slot.t & 31) & 1 == 0),
                Op::Bbsi => branch!(a!(s) >> (slot.t & 31) & 1 != 0),
                Op::Bf => branch!(self.br >> (slot.s & 15) & 1 == 0),
                Op::Bt => branch!(self.br >> (slot.s & 15) & 1 != 0),

                Op::J => {
                    if slot.imm == 0 && self.lcount == 0 {
                        // Only an interrupt ends this loop, and none comes before the slice is over.
                        n = 1;
                    }
                    jump!(pc.wrapping_add(slot.imm))
                }
                Op::Jx => jump!(a!(s)),
                Op::Call0 => {
                    self.a[0] = next;
                    jump!(pc.wrapping_add(slot.imm));
                }
                Op::Callx0 => {
                    let target = a!(s);
                    self.a[0] = next;
                    jump!(target);
                }
                Op::Call4 => call!(1, pc.wrapping_add(slot.imm)),
                Op::Call8 => call!(2, pc.wrapping_add(slot.imm)),
                Op::Call12 => call!(3, pc.wrapping_add(slot.imm)),
                Op::Callx4 => call!(1, a!(s)),
                Op::Callx8 => call!(2, a!(s)),
                Op::Callx12 => call!(3, a!(s)),
                Op::Ret => jump!(self.a[0]),
                Op::Retw => {
                    self.pc = pc;
                    match self.return_window() {
                        Some(target) => jump!(target),
                        None => next = self.pc,
                    }
                }
                Op::Entry => {
                    self.pc = pc;
                    if !self.entry(slot.s, slot.imm) {
                        next = self.pc;
                    }
                }
                Op::Loop => {
                    start_loop!();
                    check_loop_mark!();
                }
                Op::Loopnez | Op::Loopgtz => {
                    let count = a!(s);
                    start_loop!();
                    if count == 0 || slot.op == Op::Loopgtz && (count as i32) < 0 {
                        jump!(self.lend);
                    }
                    check_loop_mark!();
                }

                Op::Rsr => match self.read_special(slot.imm, self.slice_end - u64::from(n)) {
                    Some(value) => set!(t, value),
                    None => trap!(Cause::IllegalInstruction, None),
                },
                Op::Wsr | Op::Xsr => {
                    let cycles = self.slice_end - u64::from(n);
                    let value = a!(t);
                    if slot.op == Op::Xsr {
                        match self.read_special(slot.imm, cycles) {
                            Some(old) => set!(t, old),
                            None => trap!(Cause::IllegalInstruction, None),
                        }
                    }
                    match self.write_special(slot.imm, value, cycles) {
                        Written::Plain => {}
                        Written::Control => finish!(PageExit::Control),
                        Written::Timer => finish!(PageExit::Exit(Exit::Attention)),
                        Written::LoopEnd => finish!(PageExit::MarkLoop),
                        Written::Illegal => trap!(Cause::IllegalInstruction, None),
                    }
                }
                Op::Rsil => {
                    let old = self.ps;
                    self.ps = old & !PS_INTLEVEL | slot.imm & PS_INTLEVEL;
                    set!(t, old);
                    if self.interrupt_pending() {
                        finish!(PageExit::Control);
                    }
                }
                Op::Rfwo | Op::Rfwu => {
                    self.return_from_window_exception(slot.op == Op::Rfwo);
                    jump!(self.pc);
                    if self.interrupt_pending() {
                        finish!(PageExit::Control);
                    }
                }
                Op::Rfe | Op::Rfde | Op::Rfi => {
                    let target = self.return_from_exception(slot.op, slot.imm);
                    jump!(target);
                    finish!(PageExit::Control);
                }
                Op::Waiti => {
                    self.ps = self.ps & !PS_INTLEVEL | slot.imm & PS_INTLEVEL;
                    self.waiting = true;
                    pc = next;
                    n -= 1;
                    self.pc = pc;
                    self.interrupt_between_instructions();
                    pc = self.pc;
                    break if self.waiting {
                        PageExit::Exit(Exit::Waiting)
                    } else {
                        PageExit::Leave
                    };
                }
                Op::Break | Op::BreakN => {
                    let cause = if slot.op == Op::Break {
                        DebugCause::Break
                    } else {
                        DebugCause::BreakN
                    };
                    self.pc = pc;
                    self.raise_debug(cause, next);
                    next = self.pc;
                }
                Op::Syscall => trap!(Cause::Syscall, None),
                Op::Ill | Op::Simcall | Op::Rfue | Op::Rfme => {
                    trap!(Cause::IllegalInstruction, None)
                }

                Op::Nop
                | Op::Isync
                | Op::Rsync
                | Op::Esync
                | Op::Dsync
                | Op::Memw
                | Op::Extw
                | Op::Excw => {}

                Op::Mac16 => {
                    let load = self.mac16_load(slot.imm);
                    let loaded = match load {
                        Some(load) => Some(load!(load32, load.address)),
                        None => None,
                    };
                    if !self.mac16(slot.imm) {
                        break PageExit::Exit(Exit::Unknown(slot.imm));
                    }
                    if let (Some(load), Some((value, flow))) = (load, loaded) {
                        self.set_mr(load.register, value);
                        self.a[load.base & 15] = load.address;
                        if flow == Flow::Attention {
                            finish!(PageExit::Exit(Exit::Attention));
                        }
                    }
                }

                Op::Lsi | Op::Lsiu | Op::Lsx | Op::Lsxu => {
                    if let Some(cause) = self.coprocessor_disabled() {
                        trap!(cause, None);
                    }
                    let indexed = matches!(slot.op, Op::Lsx | Op::Lsxu);
                    let stepped = a!(s).wrapping_add(if indexed { a!(t) } else { slot.imm });
                    // The updating forms of this core step after the access: its opcode tables name them LSIP, SSIP.
                    let updating = matches!(slot.op, Op::Lsiu | Op::Lsxu);
                    let address = if updating { a!(s) } else { stepped };
                    let (value, flow) = load!(load32, address);
                    self.f[(if indexed { slot.r } else { slot.t } & 15) as usize] = value;
                    if updating {
                        set!(s, stepped);
                    }
                    if flow == Flow::Attention {
                        finish!(PageExit::Exit(Exit::Attention));
                    }
                }
                Op::Ssi | Op::Ssiu | Op::Ssx | Op::Ssxu => {
                    if let Some(cause) = self.coprocessor_disabled() {
                        trap!(cause, None);
                    }
                    let indexed = matches!(slot.op, Op::Ssx | Op::Ssxu);
                    let stepped = a!(s).wrapping_add(if indexed { a!(t) } else { slot.imm });
                    let updating = matches!(slot.op, Op::Ssiu | Op::Ssxu);
                    let address = if updating { a!(s) } else { stepped };
                    let value = self.f[(if indexed { slot.r } else { slot.t } & 15) as usize];
                    match bus.store32(address, value, at!()) {
                        Ok(flow) => {
                            if updating {
                                set!(s, stepped);
                            }
                            if flow == Flow::Attention {
                                finish!(PageExit::Exit(Exit::Attention));
                            }
                        }
                        Err(fault) => store_failed!(fault, address),
                    }
                }

                _ => match self.execute_rare(slot) {
                    Ok(()) => {}
                    Err(cause) => trap!(cause, None),
                },
            }

            pc = next;
            n -= 1;
            if n == 0 {
                break PageExit::Exit(Exit::Budget);
            }
            match page.slot(pc.wrapping_sub(base) as usize) {
                Some(following) => slot = following,
                None => break PageExit::Leave,
            }
        };
        self.pc = pc;
        *remaining = n;
        exit
    }
}
