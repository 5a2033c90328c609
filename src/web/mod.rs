//! The HTTP door: bytes from outside become values, values become pages and answers.
//!
//! Never holds SQL nor a rule of archiving. Read [`routes`] first: every address, with who may call. Around
//! each request, from the outside in: [`access_log`], [`headers`], [`problem`], [`proof_of_origin`].

pub mod access_log;
pub mod cursor;
pub mod extractors;
pub mod headers;
pub mod pages;
pub mod problem;
pub mod problems;
pub mod range;
pub mod routes;
pub mod who;

pub use problem::Problem;
pub use who::Who;

/// What handlers work with.
#[derive(Clone)]
pub struct State {
    /// As people and machines write it, without a slash at the end.
    pub public_url: String,
}

impl State {
    /// Whether callers reach the service by TLS.
    pub fn is_https(&self) -> bool {
        self.public_url.starts_with("https://")
    }
}
