//! The pages of formats: those that a member holds, and the signatures by which they are named.

pub mod held;
pub mod signatures;
