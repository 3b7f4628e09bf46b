//! What burns are refused, and that nothing is burned then.

use super::*;
use crate::efuse::KeyProtection;

fn plan(bank: &EfuseBank, fields: &[(&str, u64)]) -> BurnPlan {
    let field = |(name, value): &(&str, u64)| {
        let field = bank.field(name).unwrap();
        (field, value.to_le_bytes().to_vec())
    };
    BurnPlan {
        fields: fields.iter().map(field).collect(),
        ..BurnPlan::default()
    }
}

fn refusal(bank: &mut EfuseBank, plan: &BurnPlan) -> String {
    let before = bank.clone();
    let error = bank.burn_plan(plan).unwrap_err();
    assert_eq!(*bank, before);
    error.to_string()
}

fn refused(bank: &mut EfuseBank, fields: &[(&str, u64)]) -> String {
    let plan = plan(bank, fields);
    refusal(bank, &plan)
}

fn protection(bank: &EfuseBank, read: &[&str], write: &[&str]) -> BurnPlan {
    let named = |names: &[&str]| {
        let fields = names.iter().map(|name| bank.fields_named(name).unwrap());
        fields.flatten().collect()
    };
    BurnPlan {
        read_protect: named(read),
        write_protect: named(write),
        ..BurnPlan::default()
    }
}

#[test]
fn bits_cannot_be_cleared() {
    for chip in Chip::ALL {
        let mut bank = EfuseBank::blank(chip);
        let counter = bank.table().crypt_cnt.name;
        for value in [1, 1, 3] {
            bank.burn_plan(&plan(&bank, &[(counter, value)])).unwrap();
            assert_eq!(bank.get(&bank.table().crypt_cnt), value);
        }
        assert_eq!(
            refused(&mut bank, &[(counter, 4)]),
            format!("eFuse field {counter} is 0x3 already: set bits cannot be cleared")
        );
        assert!(refused(&mut bank, &[(counter, 0)]).contains("nothing to burn"));
        assert!(refused(&mut bank, &[(counter, 0x100)]).contains("does not fit"));
        assert!(refused(&mut bank, &[(counter, 7), (counter, 7)]).contains("twice"));
        let guard = protection(&bank, &[], &[counter]);
        bank.burn_plan(&guard).unwrap();
        assert_eq!(
            refused(&mut bank, &[(counter, 7)]),
            format!("eFuse field {counter} is write-protected")
        );
        // What is burned already, and what is protected already, is no burn at all.
        bank.burn_plan(&plan(&bank, &[(counter, 3)])).unwrap();
        bank.burn_plan(&guard).unwrap();
    }
}

#[test]
fn coded_blocks_take_one_burn() {
    let mut bank = EfuseBank::blank(Chip::Esp32C6);
    bank.burn_plan(&plan(&bank, &[("CUSTOM_MAC", 0x0102_0304_0506)]))
        .unwrap();
    assert_eq!(bank.coding_errors(), []);
    assert_eq!(
        refused(&mut bank, &[("CUSTOM_MAC", 0x0102_0304_0507)]),
        "BLOCK3 is not blank, and a second burn would break its check bytes (coding scheme Reed-Solomon)"
    );
    let mut esp32 = EfuseBank::blank(Chip::Esp32);
    esp32
        .burn_plan(&plan(&esp32, &[("CODING_SCHEME", 1)]))
        .unwrap();
    // Units of six bytes: SECURE_VERSION lies in units 2 and 3, MAC_VERSION in unit 3.
    esp32
        .burn_plan(&plan(&esp32, &[("CUSTOM_MAC", 0x0102_0304_0506)]))
        .unwrap();
    esp32
        .burn_plan(&plan(&esp32, &[("SECURE_VERSION", 1)]))
        .unwrap();
    assert_eq!(esp32.coding_errors(), []);
    assert!(refused(&mut esp32, &[("SECURE_VERSION", 3)]).contains("coding scheme 3/4"));
    let mut repeat = EfuseBank::blank(Chip::Esp32);
    repeat
        .burn_plan(&plan(&repeat, &[("CODING_SCHEME", 2)]))
        .unwrap();
    assert!(refused(&mut repeat, &[("CUSTOM_MAC", 1)]).contains("not supported"));
}

#[test]
fn fields_of_a_block_are_burned_together() {
    let mut bank = EfuseBank::blank(Chip::Esp32);
    let fields = [
        ("CODING_SCHEME", 0),
        ("CUSTOM_MAC_CRC", 0x11),
        ("MAC_VERSION", 1),
    ];
    bank.burn_plan(&plan(&bank, &fields[1..])).unwrap();
    assert_eq!(bank.hardware_word(3, 0), 0x11);
    assert_eq!(bank.hardware_word(3, 5), 0x0100_0000);
}

#[test]
fn keys_are_hidden_only_where_that_makes_sense() {
    let mut bank = EfuseBank::blank(Chip::Esp32S2);
    let hide = protection(&bank, &["BLOCK_KEY0"], &[]);
    assert_eq!(
        refusal(&mut bank, &hide),
        "BLOCK_KEY0 must stay readable: its purpose is one whose key software or ROM reads"
    );
    bank.burn_key(0, KeyPurpose::HmacUp, &[7; 32], KeyProtection::NONE)
        .unwrap();
    bank.burn_plan(&hide).unwrap();
    assert_eq!((bank.software_word(4, 0), bank.rd_dis()), (0, 1));
    bank.burn_plan(&protection(&bank, &[], &["RD_DIS"]))
        .unwrap();
    let other = protection(&bank, &["BLOCK_SYS_DATA2"], &[]);
    assert!(refusal(&mut bank, &other).contains("RD_DIS is write-protected"));
    let none = BurnPlan {
        read_protect: vec![bank.field("DIS_ICACHE").unwrap()],
        ..BurnPlan::default()
    };
    assert!(refusal(&mut bank, &none).contains("cannot be read-protected"));
}

#[test]
fn secure_boot_keeps_its_digest_readable() {
    let mut esp32 = EfuseBank::factory(Chip::Esp32, ChipRevision::new(3, 0), [0; 6]);
    esp32
        .burn_plan(&plan(&esp32, &[("ABS_DONE_1", 1)]))
        .unwrap();
    let hide = protection(&esp32, &["BLOCK2"], &[]);
    assert!(refusal(&mut esp32, &hide).contains("secure boot reads"));
    let forced = BurnPlan {
        force: true,
        ..hide
    };
    esp32.burn_plan(&forced).unwrap();
    let mut c2 = EfuseBank::blank(Chip::Esp32C2);
    let whole = protection(&c2, &["BLOCK_KEY0"], &[]);
    assert!(refusal(&mut c2, &whole).contains("lower half alone"));
    c2.burn_plan(&plan(&c2, &[("SECURE_BOOT_EN", 1)])).unwrap();
    let upper = protection(&c2, &["BLOCK_KEY0_HI_128"], &[]);
    assert!(refusal(&mut c2, &upper).contains("secure boot reads"));
}

#[test]
fn faults_of_chips_are_guarded() {
    let mut bank = EfuseBank::blank(Chip::Esp32S3);
    bank.burn_plan(&plan(&bank, &[("DIS_USB_JTAG", 1)]))
        .unwrap();
    let usb = [("DIS_USB_SERIAL_JTAG", 1)];
    assert!(refused(&mut bank, &usb).contains("ROM fails"));
    let purpose = [("KEY_PURPOSE_5", 4)];
    assert!(refused(&mut bank, &purpose).contains("fault of the hardware"));
    assert!(refused(&mut bank, &[("KEY_PURPOSE_0", 15)]).contains("no key purpose"));
    let forced = BurnPlan {
        force: true,
        ..plan(&bank, &[usb[0], purpose[0]])
    };
    bank.burn_plan(&forced).unwrap();
}

#[test]
fn keys_of_the_esp32() {
    let key: Vec<u8> = (0..32).collect();
    let mut bank = EfuseBank::blank(Chip::Esp32);
    let flash = KeyPurpose::FlashEncryption;
    let usual = KeyProtection::usual(flash);
    bank.burn_key(1, flash, &key, usual).unwrap();
    assert_eq!(bank.flash_key()[..], key);
    assert_eq!((bank.rd_dis(), bank.wr_dis()), (1, 0x80));
    bank.burn_key(3, KeyPurpose::User, &key, KeyProtection::NONE)
        .unwrap();
    assert_eq!(bank.payload(3)[..], key);
    let mut text = |block, purpose, key: &[u8]| {
        let refused = bank.burn_key(block, purpose, key, KeyProtection::NONE);
        refused.unwrap_err().to_string()
    };
    assert!(text(1, flash, &key).contains("read-protected"));
    assert!(text(2, flash, &key).contains("FLASH_ENCRYPTION is block 1"));
    assert!(text(2, KeyPurpose::SecureBootV1, &key[..24]).contains("takes 32 bytes"));
    assert!(
        text(3, KeyPurpose::User, &[0x80; 32])
            .contains("holds other bits already: set bits cannot be cleared")
    );
    assert!(text(3, KeyPurpose::HmacUp, &key).contains("no key purpose HMAC_UP"));
    let error = bank.fields_named("BLOCK9").unwrap_err().to_string();
    assert_eq!(error, "esp32 has no eFuse field or block \"BLOCK9\"");
}
