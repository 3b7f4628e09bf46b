//! What everything else stands on: errors and exit codes, files, and small values as text.

pub mod error;
pub mod exit;
pub mod files;
pub mod seed;
pub mod source_error;
pub mod text;
