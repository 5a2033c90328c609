//! Keeping archives whole.

mod audit;
