//! Command lines of secure boot that cannot be served: each is named and changes no file.

use std::fs;
use std::sync::LazyLock;

use crate::secure_boot::secure_boot_folder;
use crate::support::Folder;

/// The files of all these tests: signing takes its time.
static FILES: LazyLock<Vec<(String, Vec<u8>)>> = LazyLock::new(|| {
    let folder = secure_boot_folder();
    folder.expect(
        0,
        "sign -v 2 --key ecdsa256.pem -o signed.bin data.bin",
        &[],
    );
    folder.expect(0, "sign -v 2 --key rsa3072.pem -o c3.signed c3.bin", &[]);
    let c3 = folder.read("c3.signed");
    folder.write("cut.signed", &c3[..5000]);
    folder.write("unsigned.bin", &c3[..4096]);
    let moved = [&c3[..4096], &[0xFF; 4096], &c3[4096..]].concat();
    folder.write("moved.bin", &moved);
    let named = |entry: std::io::Result<fs::DirEntry>| {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        (name, fs::read(entry.path()).unwrap())
    };
    let files = fs::read_dir(folder.path("")).unwrap();
    files.map(named).collect()
});

fn inputs() -> Folder {
    let folder = Folder::new();
    for (name, bytes) in FILES.iter() {
        folder.write(name, bytes);
    }
    folder
}

refused! {
    inputs();
    sign_unknown_version: "sign -v 3 --key rsa3072.pem -o out.bin data.bin" => 2 ["3", "--version"];
    sign_no_key: "sign -v 2 -o out.bin data.bin" => 2 ["--key"];
    sign_key_not_there: "sign -v 2 --key none.pem -o out.bin data.bin" => 2 ["none.pem"];
    sign_rsa2048: "sign -v 2 --key rsa2048.pem -o out.bin data.bin" => 2 ["rsa2048.pem", "2048 bits", "3072"];
    sign_p521: "sign -v 2 --key p521.pem -o out.bin data.bin" => 2 ["p521.pem", "NIST"];
    sign_ed25519: "sign -v 2 --key ed25519.pem -o out.bin data.bin" => 2 ["Ed25519"];
    sign_certificate: "sign -v 2 --key certificate.pem -o out.bin data.bin" => 2 ["byte 60", "certificate"];
    sign_request: "sign -v 2 --key request.pem -o out.bin data.bin" => 2 ["CERTIFICATE REQUEST"];
    sign_encrypted_sec1: "sign -v 2 --key encrypted-sec1.pem -o out.bin data.bin" => 2 ["encrypted", "password"];
    sign_encrypted_pkcs8: "sign -v 2 --key encrypted-pkcs8.pem -o out.bin data.bin" => 2 ["encrypted", "password"];
    sign_public_key: "sign -v 2 --key public.pem -o out.bin data.bin" => 2 ["public key", "private key"];
    sign_no_pem: "sign -v 2 --key data.bin -o out.bin data.bin" => 2 ["data.bin", "no PEM block"];
    sign_empty_image: "sign -v 2 --key rsa3072.pem -o out.bin empty.bin" => 2 ["empty.bin", "empty"];
    sign_cut_image: "sign -v 2 --key rsa3072.pem -o out.bin cut.bin" => 2 ["cut.bin", "image ends at 0x64"];
    sign_long_image:
        "sign -v 2 --key rsa3072.pem -o out.bin long.bin" => 2 ["long.bin", "looks for signatures at 0x1000"];
    sign_existing_output: "sign -v 2 --key rsa3072.pem -o data.bin c3.bin" => 2 ["data.bin exists", "--force"];
    sign_over_input: "sign -v 2 --key rsa3072.pem --force -o c3.bin c3.bin" => 2 ["input file"];
    sign_over_key: "sign -v 2 --key rsa3072.pem --force -o rsa3072.pem c3.bin" => 2 ["input file"];
    sign_signed_image:
        "sign -v 2 --key rsa3072.pem -o out.bin signed.bin" => 2 ["already carries 1", "--append-signatures"];
    sign_append_to_unsigned:
        "sign -v 2 -a --key rsa3072.pem -o out.bin data.bin" => 2 ["carries no signature at 0x2000"];
    sign_append_too_many:
        "sign -v 2 -a --key ecdsa192.pem --key ecdsa256.pem --key ecdsa384.pem -o out.bin signed.bin"
        => 2 ["1 signatures present and 3 new ones"];
    sign_too_many:
        "sign -v 2 --key ecdsa192.pem --key ecdsa256.pem --key ecdsa384.pem --key rsa3072.pem -o out.bin data.bin"
        => 2 ["0 signatures present and 4 new ones"];
    sign_image_of_another_chip:
        "sign -v 2 --chip esp32 --key rsa3072.pem -o out.bin c3.bin" => 2 ["chip id 0x0005", "--chip"];
    sign_scheme_of_another_chip:
        "sign -v 2 --chip esp32c3 --key ecdsa256.pem -o out.bin c3.bin" => 2 ["esp32c3 does not verify ecdsa256"];
    sign_v1_rsa: "sign -v 1 --key rsa3072.pem -o out.bin esp32.bin" => 2 ["rsa3072.pem", "takes ecdsa256"];
    sign_v1_two_keys:
        "sign -v 1 --key ecdsa256.pem --key ecdsa192.pem -o out.bin esp32.bin" => 2 ["2 keys", "one signature"];
    sign_v1_of_a_later_chip:
        "sign -v 1 --chip esp32c3 --key ecdsa256.pem -o out.bin c3.bin" => 2 ["esp32c3 has no secure boot v1"];
    verify_no_key: "verify -v 2 signed.bin" => 2 ["--key"];
    verify_v2_digest_key: "verify -v 2 --digest-key key.bin signed.bin" => 2 ["--digest-key"];
    verify_not_padded:
        "verify -v 2 --key ecdsa256.pem data.bin" => 2 ["data.bin", "no multiple of the sector size", "not padded"];
    verify_cut_signature: "verify -v 2 --key rsa3072.pem cut.signed" => 2 ["signature sector at 0x1000", "904 of 4096"];
    verify_unsigned: "verify -v 2 --key rsa3072.pem unsigned.bin" => 2 ["0x1000", "not signed"];
    verify_signature_elsewhere:
        "verify -v 2 --key rsa3072.pem moved.bin" => 2 ["block at 0x2000", "looks for it at 0x1000"];
    verify_efuses_of_another_chip: "verify -v 2 --chip esp32 --efuse c3.efuse c3.signed" => 2 ["c3.efuse"];
    verify_v1_rsa: "verify -v 1 --key rsa3072.pem esp32.bin" => 2 ["rsa3072.pem", "takes ecdsa256"];
    verify_v1_short_digest_key: "verify -v 1 --digest-key key-16.bin esp32.bin" => 2 ["16 bytes"];
    verify_v1_no_digest: "verify -v 1 --digest-key key.bin esp32.bin" => 2 ["before the bootloader at 0x1000"];
    digest_short_key: "digest-bootloader --key key-16.bin -o out.bin esp32.bin" => 2 ["key-16.bin", "16 bytes"];
    digest_no_image: "digest-bootloader --key key.bin -o out.bin data.bin" => 2 ["data.bin", "0x55"];
    digest_short_iv: "digest-bootloader --key key.bin --iv key.bin -o out.bin esp32.bin" => 2 ["32 bytes", "128"];
    generate_unknown_scheme: "key generate --scheme rsa2048 out.bin" => 2 ["rsa2048", "ecdsa192"];
    key_digest_rsa2048: "key digest rsa2048.pem" => 2 ["2048 bits"];
    key_public_v1_rsa: "key public -v 1 rsa3072.pem -o out.bin" => 2 ["takes ecdsa256"];
    key_public_of_public_key: "key public public.pem -o out.bin" => 2 ["public key"];
    image_signatures_not_padded: "image signatures data.bin" => 2 ["not padded"];
}
