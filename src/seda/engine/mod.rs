//! One matcher for both jobs: the standard's own grammar and a service's archive profile.

pub mod grammar;
pub mod names;
