//! `cloneproof boot`: one chip from files that are never changed.

use crate::bad_input::inputs;

#[test]
fn an_erased_flash_is_refused_by_the_rom_and_inputs_stay() {
    let inputs = inputs();
    let before = inputs.contents();
    let boot = |more: &[&str]| {
        let base = "boot --flash flash.bin --efuse efuse.bin --cycles 30000000";
        let base: Vec<&str> = base.split(' ').collect();
        inputs.run_words(&[&base, more].concat())
    };
    let found = boot(&["--until", "^invalid header: 0xffffffff$"]);
    let console = found.out;
    assert_eq!(found.code, 0, "{console}");
    assert!(console.starts_with("ets Jul 29 2019 12:21:46"), "{console}");
    assert!(
        console.contains("stopped: the awaited line appeared"),
        "{console}"
    );
    assert_eq!(boot(&["--until", "never printed"]).code, 1);
    assert_eq!(boot(&[]).code, 0);
    assert!(inputs.contents() == before, "something was changed");
    let saved = boot(&["--save-flash", "f", "--save-efuse", "e"]);
    assert_eq!(saved.code, 0);
    assert!(inputs.read("f") == inputs.read("flash.bin"));
    assert!(inputs.read("e") == inputs.read("efuse.bin"));
}

#[test]
fn traces_go_to_standard_error() {
    let inputs = inputs();
    for (trace, text) in [("mmio", "write"), ("insn", "core 0 40000400")] {
        let line =
            format!("boot --flash flash.bin --efuse efuse.bin --cycles 20000 --trace {trace}");
        let ran = inputs.expect(0, &line, &[]);
        assert!(ran.err.contains(text), "{trace}: {}", ran.err);
    }
}
