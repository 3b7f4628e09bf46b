//! What a boot says when it stops: where the cores are, how they got there, and the panics on the console.

use cloneproof::boot::{CoreTrace, Panic};

use crate::base::text::without_controls;
use crate::input::symbols::Symbols;

/// Frames of a backtrace that are told.
const MAX_FRAMES: usize = 24;

/// Where every core is, one line a frame; nothing of the way that a core came which is held.
pub fn whereabouts(traces: &[CoreTrace], symbols: &Symbols) -> Vec<String> {
    let mut traces = traces.to_vec();
    symbols.name_traces(&mut traces);
    let mut lines = Vec::new();
    for trace in &traces {
        let Some((first, outer)) = trace.frames.split_first() else {
            continue;
        };
        lines.push(format!(
            "core {} {} at {first}",
            trace.core,
            trace.activity()
        ));
        if !trace.runs {
            continue;
        }
        let shown = outer.iter().take(MAX_FRAMES);
        lines.extend(shown.map(|frame| format!("  called at {frame}")));
        let more = outer.len().saturating_sub(MAX_FRAMES);
        if more > 0 {
            lines.push(format!("  … and {more} more"));
        }
    }
    lines
}

/// A panic: what it was, and its frames with their names.
pub fn panic(panic: &Panic, symbols: &Symbols) -> Vec<String> {
    let mut lines = vec![summary(panic)];
    if let Some(pc) = panic.pc().filter(|_| panic.backtrace.len() != 1) {
        lines.push(format!("  at {}", symbols.address(pc)));
    }
    if !panic.backtrace.is_empty() {
        let frames = symbols.panic_frames(panic);
        lines.extend(
            frames
                .iter()
                .take(MAX_FRAMES)
                .map(|frame| format!("  backtrace {frame}")),
        );
    }
    let callers = symbols.panic_callers(panic);
    lines.extend(
        callers
            .iter()
            .take(MAX_FRAMES)
            .map(|call| format!("  perhaps called at {call}")),
    );
    if panic.corrupted {
        lines.push("  the firmware found its stack damaged".to_owned());
    }
    lines
}

/// A panic in one line.
pub fn summary(panic: &Panic) -> String {
    let text = without_controls(&panic.to_string());
    format!("panic on console line {}: {text}", panic.line_number)
}

/// The last panic of a console in one line for a reason, if there was one: what came before it was survived.
pub fn last_panic(console: &[u8]) -> Option<String> {
    let all = cloneproof::boot::panics(console);
    let last = all.last()?;
    let place = last.pc().map(|pc| format!(" at {pc:#010x}"));
    Some(format!("{}{}", summary(last), place.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use cloneproof::boot::TraceFrame;
    use std::path::Path;

    const DUMP: &str = "Guru Meditation Error: Core  0 panic'ed (LoadProhibited). Exception was unhandled.\r\n\r\n\
Core  0 register dump:\r\nPC      : 0x400d000d  PS      : 0x00060330  \r\n\r\n\
Backtrace: 0x400d000a:0x3ffb4f30 0x40080000:0x3ffb4f50\r\n";

    fn symbols() -> Symbols {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/blink.elf");
        Symbols::load(&[path]).unwrap()
    }

    #[test]
    fn a_dump_is_decoded_to_functions_and_lines() {
        let all = cloneproof::boot::panics(DUMP.as_bytes());
        assert_eq!(
            panic(&all[0], &symbols()),
            [
                "panic on console line 1: Guru Meditation Error: LoadProhibited, core 0",
                "  at 0x400d000d in twice at ./blink.c:7, inlined into blink at ./blink.c:13",
                "  backtrace 0x400d000a in twice at ./blink.c:7, inlined into blink at ./blink.c:13",
                "  backtrace 0x40080000 in spin at ./blink.c:18",
            ]
        );
        assert_eq!(
            last_panic(DUMP.as_bytes()).unwrap(),
            "panic on console line 1: Guru Meditation Error: LoadProhibited, core 0 at 0x400d000d"
        );
        assert_eq!(last_panic(b"all is well\n"), None);
    }

    #[test]
    fn both_cores_say_where_they_are() {
        let frame = |pc, symbol: Option<&str>| TraceFrame {
            pc,
            sp: 0,
            symbol: symbol.map(str::to_owned),
        };
        let trace = |core, runs, frames| CoreTrace {
            core,
            runs,
            waits: false,
            frames,
        };
        let outer = vec![frame(0x4000_0400, Some("_ResetVector")); MAX_FRAMES + 3];
        let frames = [vec![frame(0x4008_0000, None)], outer].concat();
        let traces = [
            trace(0, true, frames),
            trace(1, false, vec![frame(0x4000_0400, None); 2]),
        ];
        let lines = whereabouts(&traces, &symbols());
        assert_eq!(
            lines[0],
            "core 0 runs at 0x40080000 in spin at ./blink.c:18"
        );
        assert_eq!(lines[1], "  called at 0x40000400 in _ResetVector");
        assert_eq!(lines[MAX_FRAMES + 1], "  … and 3 more");
        assert_eq!(lines[MAX_FRAMES + 2], "core 1 is held at 0x40000400");
        assert_eq!(lines.len(), MAX_FRAMES + 3);
    }
}
