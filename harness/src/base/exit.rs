//! Exit codes: how the program ends.

/// How the program ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Everything is as expected.
    Success = 0,
    /// An expectation failed.
    Unexpected = 1,
    /// An input is wrong.
    BadInput = 2,
    /// Something of the environment is missing or fails.
    Environment = 3,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        std::process::ExitCode::from(exit as u8)
    }
}
