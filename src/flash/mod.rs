//! Flash contents: exact bytes, and the structures that lie in them.

pub mod app_image;
pub mod build;
mod image;
pub mod otadata;
pub mod partition;

pub use image::{
    FlashImage, FlashSizeError, MAX_FLASH_SIZE, MIN_FLASH_SIZE, PAGE_SIZE, SECTOR_SIZE,
};
