//! The HTTP door: bytes from outside become values, values become pages and answers.
//!
//! Never holds SQL nor a rule of archiving. Read [`routes`] first: every address, with who may call. Around
//! each request, from the outside in: [`access_log`], [`headers`], [`shares`], [`problem`], [`proof_of_origin`].

pub mod access_log;
pub mod api;
pub mod callers;
pub mod client;
pub mod content;
pub mod cookies;
pub mod cursor;
mod dossier;
pub mod extractors;
mod first_field;
pub mod headers;
pub mod health;
mod log;
mod metrics;
pub mod pages;
pub mod problem;
pub mod problems;
pub mod proof_of_origin;
pub mod range;
mod rate_limit;
pub mod restservices;
pub mod routes;
pub mod scanner;
mod serve;
pub mod shares;
mod tls;
pub mod who;
mod witness;

use std::net::{IpAddr, SocketAddr};

use crate::access::Access;
use crate::attestation::Attestations;
use crate::clock::Clock;
use crate::db::Db;
use crate::drafting::Drafting;
use crate::identity::{Identity, Provider};
use crate::ingest::Ingest;
use crate::membership::accounts::Accounts;
use crate::preservation::Preservation;
use crate::pronom::Pronom;
use crate::sealing::Sealing;
use crate::storage::Storage;
use crate::survey::Surveys;

pub use problem::Problem;
pub use proof_of_origin::Visitor;
pub use serve::{Served, serve, serve_metrics};
pub use tls::TlsSettings;
pub use who::Who;

/// What handlers work with.
#[derive(Clone)]
pub struct State {
    pub db: Db,
    pub storage: Storage,
    pub identity: Identity,
    pub ingest: Ingest,
    pub drafting: Drafting,
    pub pronom: Pronom,
    pub access: Access,
    pub preservation: Preservation,
    pub attestations: Attestations,
    pub sealing: Sealing,
    pub accounts: Accounts,
    pub surveys: Surveys,
    /// Who vouches for people, beside their passwords.
    pub provider: Option<Provider>,
    /// How often `/verify` was asked from where.
    pub asked: pages::verify::Asked,
    /// What each member has taken of its share.
    pub shares: shares::Shares,
    pub clock: Clock,
    pub settings: Settings,
}

/// What the door is told.
#[derive(Clone, Debug)]
pub struct Settings {
    pub listen: SocketAddr,
    pub metrics_listen: SocketAddr,
    /// As people and machines write it, without a slash at the end.
    pub public_url: String,
    /// Whose `X-Forwarded-For` is believed.
    pub trusted_proxy: Option<IpAddr>,
    /// Whether the second factors of norms §8 are asked for.
    pub second_factor: bool,
    /// Nothing here is anybody's: what is made to be looked at is shown.
    pub is_demonstration: bool,
    /// `None`: a proxy in front ends TLS.
    pub tls: Option<TlsSettings>,
    /// Bytes of one deposit.
    pub received_bytes_max: u64,
    /// What one member may ask.
    pub shares: shares::Settings,
}

impl State {
    /// Whether callers reach the service by TLS.
    pub fn is_https(&self) -> bool {
        self.settings.public_url.starts_with("https://")
    }
}
