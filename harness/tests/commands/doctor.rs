//! `cloneproof doctor`, `completions` and `image`: what is here, and what a file is.

use crate::bad_input::inputs;

#[test]
fn doctor_and_completions_work() {
    let inputs = inputs();
    let rom = "mask ROM of esp32 v3.0, SHA-256 9115bbcd";
    inputs.expect(0, "doctor", &[rom]);
    inputs.expect(0, "completions bash", &["_cloneproof"]);
}

#[test]
fn images_are_described() {
    inputs().expect(0, "image info flash.bin", &[]);
}
