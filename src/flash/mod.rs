//! Flash contents: exact bytes, and the structures that lie in them.

mod image;

pub use image::{FlashImage, PAGE_SIZE, SECTOR_SIZE};
