//! The HTTP door: bytes from outside become values, values become pages and answers.
//!
//! Never holds SQL nor a rule of archiving.

pub mod pages;
