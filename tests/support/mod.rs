//! What tests stand on: a private PostgreSQL, a fresh tenant each.
//!
//! Never a superuser's connection for what is under test: the service's own roles.

pub mod clamd;
pub mod database;
#[cfg(feature = "failpoints")]
pub mod power_loss;
pub mod profile;
#[cfg(feature = "failpoints")]
pub mod replay;
pub mod s3;
pub mod service;
pub mod sip;
pub mod smtp;
pub mod tenant;
pub mod vault;

pub use tenant::{FreshTenant, PASSWORD, fresh_tenant};
