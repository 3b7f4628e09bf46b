//! Flash contents: exact bytes, and the structures that lie in them.

mod image;

pub use image::{
    FlashImage, FlashSizeError, MAX_FLASH_SIZE, MIN_FLASH_SIZE, PAGE_SIZE, SECTOR_SIZE,
};
