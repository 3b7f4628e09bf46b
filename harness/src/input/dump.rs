//! Dumps of a chip: its whole flash, and its eFuses in either format.

use std::path::Path;

use cloneproof::chip::Chip;
use cloneproof::efuse::EfuseFile;
use cloneproof::flash::FlashImage;

use crate::base::error::Error;
use crate::base::files;

/// How to get the contents of a flash.
pub const READ_FLASH: &str =
    "give the contents of the whole flash chip, e.g. as `esptool read-flash 0 ALL` saves them";

/// Reads the whole flash of a chip; `remedy` says what to give instead of a wrong file.
///
/// # Errors
/// Where it cannot be read, or its size is none of a flash that the chip can have.
pub fn flash(chip: Chip, path: &Path, remedy: &str) -> Result<FlashImage, Error> {
    let bytes = files::read(path, files::MAX_FLASH_FILE)?;
    FlashImage::check_size_for(chip, bytes.len())
        .and_then(|()| FlashImage::from_bytes(&bytes))
        .map_err(|error| Error::input(path, error, remedy))
}

/// Reads an eFuse file of either format.
///
/// # Errors
/// Where the file cannot be read or its size is none of the two.
pub fn efuses(chip: Chip, path: &Path) -> Result<EfuseFile, Error> {
    let bytes = files::read(path, files::MAX_SMALL_FILE)?;
    EfuseFile::parse(chip, &bytes).map_err(|error| {
        Error::input(
            path,
            error,
            format!(
                "make such a file with `cloneproof efuse new` or `espefuse --chip {chip} --virt --path-efuse-file FILE …`"
            ),
        )
    })
}
