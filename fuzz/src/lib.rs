//! The two lowest floors of the product, for its fuzzers.

#[path = "../../src/formats/mod.rs"]
pub mod formats;
#[path = "../../src/model/mod.rs"]
pub mod model;
#[path = "../../src/package/mod.rs"]
pub mod package;
#[path = "../../src/seda/mod.rs"]
pub mod seda;
