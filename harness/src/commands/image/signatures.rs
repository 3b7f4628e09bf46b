//! `cloneproof image signatures`: the signature blocks of an image.

use std::fmt::Write;
use std::path::Path;

use cloneproof::hex;
use cloneproof::secure_boot::Scheme;
use cloneproof::secure_boot::v2::{self, SignatureBlock};
use serde_json::{Value, json};

use crate::base::error::Error;
use crate::base::exit::Exit;
use crate::base::files;
use crate::commands::options::ShowFormat;
use crate::commands::output::print;
use crate::commands::secure_boot::{problem_row, verify_error};

/// Shows the signature blocks of an image, as `espsecure signature-info-v2` does.
///
/// # Errors
/// Where the file cannot be read or has no signature sector.
pub fn signatures(path: &Path, format: ShowFormat) -> Result<Exit, Error> {
    let file = files::read(path, files::MAX_FLASH_FILE)?;
    let (image, blocks) = v2::blocks(&file).map_err(|error| verify_error(path, &error))?;
    let mut text = format!(
        "{}: signed image of {} bytes\n",
        path.display(),
        image.len()
    );
    let mut rows = Vec::new();
    for (number, block) in blocks.iter().enumerate() {
        let (what, value) = info(image, block);
        let _ = writeln!(text, "  block {number}: {what}");
        rows.push(value);
    }
    let value = json!({
        "schema": "cloneproof-signatures/1",
        "image-bytes": image.len(),
        "blocks": rows,
    });
    print(&match format {
        ShowFormat::Table => text,
        ShowFormat::Json => format!("{value:#}\n"),
    })?;
    Ok(Exit::Success)
}

fn info(image: &[u8], block: &SignatureBlock) -> (String, Value) {
    let scheme: Scheme = match block.check() {
        Ok(scheme) => scheme,
        Err(problem) => {
            let (row, name) = problem_row(&problem);
            return (row, json!({ "verdict": name }));
        }
    };
    let digest = scheme.image_digest(image);
    let key = block.verifying_key(scheme);
    let (verdict, words) = if block.image_digest(scheme) != digest {
        ("image-digest", "the digest of another image")
    } else if key.is_some_and(|key| key.verify(&digest, &block.signature(scheme))) {
        ("valid", "valid")
    } else {
        ("wrong-signature", "a wrong signature")
    };
    let key_digest = hex::encode(block.key_digest(scheme));
    let row = format!("{scheme}, key digest {key_digest}, {words}");
    let value = json!({
        "verdict": verdict,
        "scheme": scheme.name(),
        "key-digest": key_digest,
    });
    (row, value)
}
