//! `cloneproof efuse`: files of every chip are made, shown, changed and compared.

use cloneproof::chip::Chip;
use cloneproof::efuse::EfuseBank;
use serde_json::Value;

use crate::bad_input::inputs;

#[test]
fn efuse_files_are_shown() {
    let inputs = inputs();
    let named = ["esp32 v3.0, MAC 24:0a:00:00:00:01", "FLASH_CRYPT_CNT"];
    inputs.expect(0, "efuse show efuse.bin", &named);
    let json = inputs.expect(0, "efuse show efuse.bin --format json", &[]);
    let json: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(json["mac"], "24:0a:00:00:00:01");
    assert_eq!(json["flash-encryption"], false);
}

#[test]
fn efuse_files_are_made_and_changed() {
    let inputs = inputs();
    let run = |line: &str| inputs.expect(0, line, &[]).out;
    for chip in ["esp32c3", "esp32s3"] {
        let name = |what: &str| format!("{chip}-{what}");
        let (new, keyed, on, back) = (name("new"), name("keyed"), name("on"), name("back"));
        run(&format!(
            "efuse new --chip {chip} --revision v0.3 --mac 24:0a:c4:00:00:01 {new}"
        ));
        run(&format!(
            "efuse burn-key --chip {chip} --block 2 --key key.bin --purpose xts-aes-128-key {new} {keyed}"
        ));
        run(&format!(
            "efuse burn --chip {chip} {keyed} {on} SPI_BOOT_CRYPT_CNT=7 --write-protect SPI_BOOT_CRYPT_CNT"
        ));
        run(&format!(
            "efuse convert --chip {chip} --to espefuse {on} {back}"
        ));
        let table = run(&format!("efuse show --chip {chip} {back}"));
        for text in [
            "v0.3, MAC 24:0a:c4:00:00:01, flash encryption on",
            "(file of espefuse)",
            "KEY_PURPOSE_2                     = 0x4 (write-protected)",
            "(hidden from software, write-protected)",
            "SPI_BOOT_CRYPT_CNT                = 0x7 (write-protected)",
        ] {
            assert!(table.contains(text), "{text}: {table}");
        }
        assert_eq!(
            (inputs.read(&on).len(), inputs.read(&back).len()),
            (1024, 512)
        );
    }
}

/// Every chip's file is made, burned, protected and compared; the exit code tells a difference.
#[test]
fn efuse_files_of_every_chip_are_compared() {
    let inputs = inputs();
    let run = |line: &str, code: i32| inputs.expect(code, line, &[]);
    for chip in Chip::ALL {
        let name = |what: &str| format!("{chip}-{what}");
        let (new, burned, protected) = (name("new"), name("burned"), name("protected"));
        let counter = EfuseBank::blank(chip).table().crypt_cnt.name;
        run(
            &format!("efuse new --chip {chip} --revision v1.0 --mac 24:0a:c4:00:00:01 {new}"),
            0,
        );
        run(
            &format!("efuse burn --chip {chip} {new} {burned} {counter}=1"),
            0,
        );
        run(
            &format!("efuse protect --chip {chip} {burned} {protected} --write {counter}"),
            0,
        );
        run(
            &format!("efuse burn --chip {chip} {protected} x {counter}=3"),
            2,
        );
        let same = run(&format!("efuse diff --chip {chip} {new} {new}"), 0);
        assert_eq!(same.out, "no difference\n");
        let table = run(&format!("efuse diff --chip {chip} {new} {protected}"), 1).flat();
        for side in [
            format!("- {counter} = 0x0 "),
            format!("+ {counter} = 0x1 ("),
        ] {
            assert!(table.contains(&side), "{side}: {table}");
        }
        let json = format!("efuse diff --chip {chip} --format json {new} {burned}");
        let json: Value = serde_json::from_str(&run(&json, 1).out).unwrap();
        assert_eq!(json["same"], false);
        assert_eq!(json["fields"][0]["name"], counter);
        assert_eq!(json["fields"].as_array().map(Vec::len), Some(1));
    }
}
