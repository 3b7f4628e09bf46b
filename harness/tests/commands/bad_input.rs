//! Command lines that cannot be served: each is named, with the right exit code, and changes no file.

use cloneproof::chip::{Chip, ChipRevision};
use cloneproof::efuse::{EfuseBank, EfuseFormat};

use crate::support::Folder;

/// A folder with good inputs and bad ones.
pub fn inputs() -> Folder {
    let bank = EfuseBank::factory(Chip::Esp32, ChipRevision::new(3, 0), [0x24, 10, 0, 0, 0, 1]);
    let folder = Folder::with(&[
        ("efuse.bin", &bank.to_file(EfuseFormat::Qemu)),
        ("flash.bin", &vec![0xFF; 1 << 20]),
        ("short.bin", &[0xFF; 1000]),
        ("odd.bin", &vec![0xFF; (1 << 20) + 4096]),
        ("empty.bin", &[]),
        ("key.bin", &[7; 32]),
        ("data.bin", &[1; 64]),
        ("data-17.bin", &[1; 17]),
        ("broken.toml", b"name = \"x\"\nnonsense = 1\n"),
        ("noise.bin", &[0x12, 0x34, 0x56, 0x78, 0x9A]),
        ("cut-image.bin", &[0xE9, 3, 2, 0x20, 0, 0, 0, 0]),
        ("cut-table.bin", &[0xAA, 0x50, 1, 2]),
    ]);
    for len in [16, 24, 32, 64] {
        folder.write(&format!("key-{len}.bin"), &(0..len).collect::<Vec<u8>>());
    }
    folder
}

refused! {
    inputs();
    no_command: "" => 2 ["Usage"];
    unknown_command: "frobnicate" => 2 ["frobnicate"];
    run_nowhere: "run nowhere" => 2 ["nowhere"];
    run_folder_with_broken_scenario: "run ." => 2 ["broken.toml", "nonsense"];
    run_broken_scenario: "run broken.toml" => 2 ["broken.toml", "unknown field `nonsense`"];
    run_no_jobs: "run broken.toml --jobs 0" => 2 ["--jobs"];
    run_unknown_format: "run broken.toml --format xml" => 2 ["xml"];
    boot_no_flash: "boot --flash none --efuse efuse.bin" => 2 ["none"];
    boot_no_efuses: "boot --flash flash.bin --efuse none" => 2 ["none"];
    boot_short_flash: "boot --flash short.bin --efuse efuse.bin" => 2 ["short.bin", "1000"];
    boot_odd_flash: "boot --flash odd.bin --efuse efuse.bin" => 2 ["odd.bin"];
    boot_empty_flash: "boot --flash empty.bin --efuse efuse.bin" => 2 ["empty.bin"];
    boot_folder_as_flash: "boot --flash . --efuse efuse.bin" => 2 ["directory"];
    boot_short_efuses: "boot --flash flash.bin --efuse short.bin" => 2 ["short.bin", "1000 bytes"];
    boot_broken_pattern: "boot --flash flash.bin --efuse efuse.bin --until (" => 2 ["--until"];
    boot_no_time: "boot --flash flash.bin --efuse efuse.bin --time-limit 0" => 2 ["--time-limit"];
    boot_save_flash_over_input: "boot --flash flash.bin --efuse efuse.bin --save-flash flash.bin" => 2 ["input file"];
    boot_save_efuse_over_input: "boot --flash flash.bin --efuse efuse.bin --save-efuse efuse.bin" => 2 ["input file"];
    boot_save_both_to_one: "boot --flash flash.bin --efuse efuse.bin --save-efuse x --save-flash x" => 2 ["same file"];
    boot_unknown_chip: "boot --chip esp9 --flash flash.bin --efuse efuse.bin" => 2 ["esp9"];
    encrypt_no_key: "flash encrypt --key none --address 0 data.bin out" => 2 ["none"];
    encrypt_short_key: "flash encrypt --key short.bin --address 0 data.bin out" => 2 ["short.bin", "1000 bytes"];
    encrypt_odd_address: "flash encrypt --key key.bin --address 8 data.bin out" => 2 ["0x8", "multiple of 16"];
    encrypt_no_address: "flash encrypt --key key.bin --address x data.bin out" => 2 ["--address"];
    encrypt_odd_length: "flash encrypt --key key.bin --address 0 data-17.bin out" => 2 ["17 bytes", "multiple of 16"];
    decrypt_address_too_large: "flash decrypt --key key.bin --address 0xfffffff0 data.bin out" => 2 ["16 MB"];
    encrypt_end_too_large:
        "flash encrypt --key key.bin --address 0xfffff0 data.bin out"
        => 2 ["64 bytes", "0xfffff0", "16 MB", "address in flash"];
    encrypt_bus_address: "flash encrypt --key key.bin --address 0x40080000 data.bin out" => 2 ["16 MB"];
    encrypt_empty: "flash encrypt --key key.bin --address 0 empty.bin out" => 2 ["empty.bin: is empty"];
    decrypt_empty: "flash decrypt --key key.bin --address 0 empty.bin out" => 2 ["empty.bin: is empty"];
    decrypt_crypt_config_too_large:
        "flash decrypt --key key.bin --address 0 --crypt-config 16 data.bin out" => 2 ["four bits"];
    encrypt_esp32_key_of_64:
        "flash encrypt --chip esp32 --key key-64.bin --address 0 data.bin out"
        => 2 ["key-64.bin", "64 bytes", "32 bytes, or 24 bytes"];
    encrypt_c3_key_of_64:
        "flash encrypt --chip esp32c3 --key key-64.bin --address 0 data.bin out"
        => 2 ["key-64.bin", "XTS-AES-256", "esp32c3", "holds 32 bytes"];
    decrypt_s3_key_of_16:
        "flash decrypt --chip esp32s3 --key key-16.bin --address 0 data.bin out"
        => 2 ["key-16.bin", "128 bits", "esp32s3", "64 bytes"];
    decrypt_c2_key_of_24:
        "flash decrypt --chip esp32c2 --key key-24.bin --address 0 data.bin out"
        => 2 ["key-24.bin", "24 bytes", "16 bytes to derive"];
    encrypt_s3_crypt_config:
        "flash encrypt --chip esp32s3 --key key-64.bin --address 0 --crypt-config 0xf data.bin out"
        => 2 ["--crypt-config", "esp32s3", "FLASH_CRYPT_CONFIG"];
    encrypt_c3_address_too_large:
        "flash encrypt --chip esp32c3 --key key-32.bin --address 0xfffffff0 data.bin out" => 2 ["4 GB"];
    encrypt_c3_odd_address:
        "flash encrypt --chip esp32c3 --key key-32.bin --address 0x18 data.bin out" => 2 ["0x18", "multiple of 16"];
    encrypt_over_input: "flash encrypt --key key.bin --address 0 data.bin data.bin" => 2 ["input file"];
    encrypt_over_key: "flash encrypt --key key.bin --address 0 data.bin key.bin" => 2 ["input file"];
    encrypt_into_no_folder: "flash encrypt --key key.bin --address 0 data.bin nowhere/out" => 3 ["nowhere"];
    efuse_show_short: "efuse show short.bin" => 2 ["short.bin", "124"];
    efuse_show_none: "efuse show none" => 2 ["none"];
    efuse_show_of_another_chip:
        "efuse show efuse.bin --chip esp32c3" => 2 ["124 bytes", "esp32 machine", "not of esp32c3"];
    efuse_show_of_a_chip_without_qemu: "efuse show efuse.bin --chip esp32p4" => 2 ["124 bytes", "not of esp32p4"];
    efuse_new_revision_too_large:
        "efuse new --revision v9.0 --mac 24:0a:c4:00:00:01 x" => 2 ["cannot tell revision v9.0"];
    efuse_new_no_revision: "efuse new --revision v3 --mac 24:0a:c4:00:00:01 x" => 2 ["no chip revision"];
    efuse_new_multicast: "efuse new --revision v3.0 --mac 25:0a:c4:00:00:01 x" => 2 ["multicast"];
    efuse_new_no_qemu_format:
        "efuse new --chip esp32h2 --revision v0.1 --mac 24:0a:c4:00:00:01 --format qemu x" => 2 ["QEMU has no esp32h2"];
    efuse_protect_nothing: "efuse protect efuse.bin x" => 2 ["nothing to protect"];
    efuse_protect_unknown: "efuse protect efuse.bin x --write NO_SUCH" => 2 ["no eFuse field or block \"NO_SUCH\""];
    efuse_protect_over_input: "efuse protect efuse.bin efuse.bin --write MAC" => 2 ["input file"];
    efuse_diff_short: "efuse diff efuse.bin short.bin" => 2 ["short.bin"];
    efuse_burn_key_without_purpose:
        "efuse burn-key --key key.bin --key key.bin --purpose USER efuse.bin x" => 2 ["differ in number"];
    efuse_convert_over_input: "efuse convert --to qemu efuse.bin efuse.bin" => 2 ["input file"];
    efuse_convert_short: "efuse convert --to qemu short.bin x" => 2 ["short.bin"];
    efuse_burn_unknown: "efuse burn efuse.bin x NO_SUCH=1" => 2 ["NO_SUCH"];
    efuse_burn_too_large: "efuse burn efuse.bin x JTAG_DISABLE=2" => 2 ["does not fit"];
    efuse_burn_no_value: "efuse burn efuse.bin x JTAG_DISABLE" => 2 ["NAME=1"];
    efuse_burn_read_protect: "efuse burn efuse.bin x --read-protect JTAG_DISABLE" => 2 ["cannot be read-protected"];
    efuse_burn_key_wrong_block:
        "efuse burn-key --block 0 --key key.bin --purpose USER efuse.bin x"
        => 2 ["block 0 of the ESP32 cannot have the purpose USER"];
    efuse_burn_key_unknown_purpose:
        "efuse burn-key --block 0 --key key.bin --purpose XTS efuse.bin x" => 2 ["unknown key purpose"];
    image_info_empty: "image info empty.bin" => 2 ["empty"];
    image_info_noise: "image info noise.bin" => 2 ["noise.bin", "12"];
    image_info_cut_image: "image info cut-image.bin" => 2 ["cut-image.bin"];
    image_info_cut_table: "image info cut-table.bin" => 2 ["cut-table.bin"];
}
