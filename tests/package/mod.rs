//! Containers: hostile, odd and good. OCFL: the public fixtures, and what they do not break.

mod aip;
mod attacks;
mod kinds;
mod memory;
mod mutations;
mod ocfl_fixtures;
mod ocfl_objects;
mod ocfl_roots;
pub mod premis;
