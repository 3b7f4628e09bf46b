//! The `cloneproof` command.

fn main() {
    println!("cloneproof");
}
