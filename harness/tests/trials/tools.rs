//! What becomes of a test whose tool is not installed.

use libtest_mimic::{Completion, Failed, Trial};

/// Makes a missing tool a failure, for checks that are there to use it.
const DEMAND: &str = "CLONEPROOF_DEMAND_TOOLS";
/// Makes the tests that record vectors anew run.
const RECORD: &str = "CLONEPROOF_RECORD";

/// The test is ignored for want of a tool, or fails where tools are demanded.
pub fn missing(what: &str) -> Result<Completion, Failed> {
    match std::env::var_os(DEMAND) {
        Some(_) => Err(format!("{what}, and {DEMAND} is set").into()),
        None => Ok(Completion::ignored_with(what)),
    }
}

/// A test that needs nothing.
pub fn plain(name: &str, run: fn()) -> Trial {
    Trial::test(name, move || {
        run();
        Ok(())
    })
}

/// A test that needs a tool: `find` gives it, or says what is missing.
pub fn with<T: 'static>(
    name: impl Into<String>,
    find: fn() -> Result<T, String>,
    run: fn(T),
) -> Trial {
    Trial::ignorable_test(name, move || match find() {
        Ok(tool) => {
            run(tool);
            Ok(Completion::Completed)
        }
        Err(what) => missing(&what),
    })
}

/// A test that writes what the others compare with: only on demand.
pub fn recording(name: &str, run: fn()) -> Trial {
    Trial::ignorable_test(name, move || match std::env::var_os(RECORD) {
        Some(_) => {
            run();
            Ok(Completion::Completed)
        }
        None => Ok(Completion::ignored_with(format!("{RECORD} is not set"))),
    })
}
