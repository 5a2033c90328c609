//! Tells cargo that the migrations are compiled in: without this a changed one goes unnoticed.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
