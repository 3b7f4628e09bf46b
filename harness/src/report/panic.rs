//! Panics on a chip's console, as a report shows them.

use cloneproof::boot::Panic;

use super::model::PanicReport;
use crate::base::text::without_controls;

/// Panics that a report lists one by one: a chip that panics at every boot says the same again.
const LIST: usize = 4;

/// The panics of a console.
pub(super) fn panics(console: &[u8]) -> Vec<PanicReport> {
    let all = cloneproof::boot::panics(console);
    all.iter().take(LIST).map(report).collect()
}

fn report(panic: &Panic) -> PanicReport {
    let address = |address: u32| format!("{address:#010x}");
    PanicReport {
        kind: panic.kind,
        core: panic.core,
        cause: without_controls(&panic.cause),
        line: without_controls(&panic.line),
        line_number: panic.line_number,
        pc: panic.pc().map(address),
        registers: panic
            .registers
            .iter()
            .map(|(name, value)| without_controls(&format!("{name}: {value:#010x}")))
            .collect(),
        backtrace: panic.backtrace.iter().map(|&(pc, _)| address(pc)).collect(),
        corrupted: panic.corrupted,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_listed_with_its_dump() {
        let console =
            b"abort() was called at PC 0x400d1234 on core 1\nBacktrace: 0x400d1231:0x3ffb0000\n";
        let json = serde_json::to_value(panics(console)).unwrap();
        assert_eq!(json[0]["kind"], "abort");
        assert_eq!(json[0]["core"], 1);
        assert_eq!(json[0]["pc"], "0x400d1234");
        assert_eq!(json[0]["registers"][0], "PC: 0x400d1234");
        assert_eq!(json[0]["backtrace"][0], "0x400d1231");
        assert_eq!(panics(&console.repeat(50)).len(), LIST);
    }
}
