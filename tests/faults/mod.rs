//! The fault table: each kind of file of a real archive harmed, and the list of every fault with the case that does it.

mod kinds;
#[cfg(feature = "failpoints")]
mod table;
