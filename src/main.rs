//! The commands, each one line into `cli/`.

fn main() {}
