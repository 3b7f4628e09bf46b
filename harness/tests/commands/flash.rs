//! `cloneproof flash`: encryption and decryption of files.

use cloneproof::chip::Chip;

use crate::bad_input::inputs;

#[test]
fn encryption_and_decryption_are_inverse() {
    let inputs = inputs();
    let run = |chip: Chip, key, direction, from, to| {
        let options = format!("--chip {chip} --key {key} --address 0x1030 --force");
        let ran = inputs.expect(0, &format!("flash {direction} {options} {from} {to}"), &[]);
        assert_eq!(ran.err, "", "{chip}");
        inputs.read(to)
    };
    for chip in Chip::ALL {
        let run = |key| {
            let encrypted = run(chip, key, "encrypt", "data.bin", "cipher.bin");
            let back = run(chip, key, "decrypt", "cipher.bin", "plain.bin");
            assert_eq!(back, inputs.read("data.bin"));
            encrypted
        };
        let encrypted = run("key-32.bin");
        assert_ne!(encrypted, inputs.read("data.bin"));
        match chip {
            Chip::Esp32 => assert_ne!(run("key-24.bin"), encrypted),
            Chip::Esp32C2 => assert_ne!(run("key-16.bin"), encrypted),
            Chip::Esp32S3 => assert_ne!(run("key-64.bin"), encrypted),
            _ => {}
        }
    }
}

/// espsecure refuses to encrypt with such a key; the chips do not.
#[test]
fn equal_halves_of_a_key_are_warned_of() {
    let inputs = inputs();
    let line = "flash encrypt --chip esp32c3 --key key.bin --address 0 data.bin out";
    inputs.expect(0, line, &["WARN", "key.bin", "halves", "equal"]);
    assert_ne!(inputs.read("out"), inputs.read("data.bin"));
}
