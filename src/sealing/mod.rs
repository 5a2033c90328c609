//! Seals: each day, and whenever asked, the state of every journal is signed, bound to the days before, gathered in one tree
//! for the platform, and published beside the archives, where anyone who holds the files may check it without us.
//!
//! Never seals a journal that does not go on what was sealed before: that is an incident, told and left as it is. The one
//! thing to know: what the sites hold counts as much as the rows; a database that has forgotten seals takes them back from
//! there, or is found out.
//!
//! ```text
//! seal each member's journal → gather the heads → seal the platform's log → publish on the sites
//! ```

mod alert;
mod check;
mod complete;
mod cosign;
mod gather;
mod heads;
mod member;
mod mirror;
mod prove;
mod publish;
mod published;
mod renew;
mod schedule;
mod stamp;
mod take_back;
mod tokens;
mod tokens_back;
mod witness;

use std::sync::Arc;

use crate::clock::Clock;
use crate::db::{self, Db};
use crate::evidence::tree;
use crate::keys::{self, Keys};
use crate::model::{Agent, TenantId};
use crate::proof::sealed::Trusted;
use crate::proof::{checkpoint, journal, note, seal};
use crate::storage::{self, Storage};

pub use alert::Alert;
pub use check::Checked;
pub use cosign::Witnessing;
pub use mirror::{Example, LogFile};
pub use published::Published;
pub use schedule::{LogStanding, Standing};
pub use stamp::{Authorities, WAITING_MAX, stamped_bytes, token_name};

/// Every point where a test may kill the process that seals.
pub const FAIL_POINTS: &[&str] = &[
    "seal-before-commit",
    "seal-after-commit",
    "seal-before-platform",
    "seal-after-platform",
    "seal-after-file",
];

/// The operations on seals.
#[derive(Clone)]
pub struct Sealing {
    db: Db,
    storage: Storage,
    keys: Keys,
    clock: Clock,
    authorities: Authorities,
    witnessing: Option<Arc<Witnessing>>,
}

/// A seal that was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sealed {
    pub number: u64,
    /// Entries sealed.
    pub size: u64,
    pub root: [u8; 32],
}

/// Why a log was not sealed or published.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error(transparent)]
    Storage(#[from] storage::Error),
    #[error(transparent)]
    Keys(#[from] keys::Error),
    #[error(transparent)]
    Note(#[from] note::Error),
    #[error(transparent)]
    Tree(#[from] tree::Error),
    /// The journal's own chain is broken.
    #[error(transparent)]
    Journal(#[from] journal::Fault),
    /// The seals' chain is broken.
    #[error(transparent)]
    Seal(#[from] seal::Fault),
    /// What is there now is not what was sealed.
    #[error("scellement {number} : {reason}")]
    Forked { number: u64, reason: String },
    #[error("{name} : {reason}")]
    Damaged { name: String, reason: String },
    #[error("the thread that read seals died")]
    Died,
}

impl From<checkpoint::Error> for Error {
    fn from(error: checkpoint::Error) -> Self {
        Error::Damaged { name: publish::CHECKPOINT.into(), reason: error.to_string() }
    }
}

impl Error {
    /// Whether the same call may succeed later.
    pub fn is_transient(&self) -> bool {
        match self {
            Error::Db(error) => error.is_transient(),
            Error::Storage(error) => error.is_transient(),
            Error::Keys(error) => error.is_transient(),
            Error::Tree(error) => error.is_transient(),
            Error::Died => true,
            Error::Note(_)
            | Error::Journal(_)
            | Error::Seal(_)
            | Error::Forked { .. }
            | Error::Damaged { .. } => false,
        }
    }

    /// Whether the log itself is not what was sealed: an incident, and not a failure of ours.
    pub fn is_of_log(&self) -> bool {
        matches!(self, Error::Journal(_) | Error::Seal(_) | Error::Forked { .. })
            || matches!(self, Error::Tree(tree::Error::Incomplete { .. }))
    }

    /// Another process was quicker: what it did counts.
    fn is_race(&self) -> bool {
        let Error::Db(error) = self else { return false };
        matches!(error.constraint(), Some("seal_pkey" | "seal_leaf_pkey" | "seal_leaf_once"))
    }
}

impl Sealing {
    /// The parts it works with.
    pub fn new(db: Db, storage: Storage, keys: Keys, clock: Clock) -> Self {
        Self { db, storage, keys, clock, authorities: Authorities::default(), witnessing: None }
    }

    /// With who stamps its heads.
    #[must_use]
    pub fn with_authorities(self, authorities: Authorities) -> Self {
        Self { authorities, ..self }
    }

    /// With who witnesses its heads, and whose it witnesses.
    #[must_use]
    pub fn with_witnessing(self, witnessing: Witnessing) -> Self {
        Self { witnessing: Some(Arc::new(witnessing)), ..self }
    }

    /// Who stamps its heads.
    pub fn authorities(&self) -> &Authorities {
        &self.authorities
    }

    /// The service's keys.
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// What the service itself trusts: its keys, those of its past too, and its authorities' roots.
    pub fn trusted(&self) -> Result<Trusted, Error> {
        let keys = self.keys.known()?.into_iter().map(|known| known.verifier).collect();
        let roots =
            self.authorities.all.iter().flat_map(|one| one.roots_pem().iter().copied().chain([b'\n']));
        Ok(Trusted { keys, roots: roots.collect() })
    }

    /// The name of a member's log.
    pub fn origin(&self, code: &str) -> String {
        format!("{}/{code}", self.keys.name())
    }

    /// The name of the platform's log.
    pub fn platform_origin(&self) -> String {
        self.origin("plateforme")
    }

    /// Seals everything now: each member of `members`, then the platform; publishes it all.
    pub async fn seal_now(
        &self,
        members: &[(TenantId, String)],
        by: Agent,
    ) -> Vec<(String, Result<Sealed, Error>)> {
        let mut outcomes = Vec::new();
        for (tenant, code) in members {
            outcomes.push((code.clone(), self.seal_and_note(*tenant, code, by).await));
        }
        outcomes.push(("plateforme".into(), self.seal_platform().await));
        for (tenant, code) in members {
            if let Err(error) = self.publish(*tenant, code).await {
                tracing::warn!(%error, tenant.id = %tenant, "seals are not published everywhere");
            }
        }
        if let Err(error) = self.publish_platform().await {
            tracing::warn!(%error, "the platform's seals are not published everywhere");
        }
        if let Err(error) = self.stamp_now().await {
            tracing::warn!(%error, "the seals are not all stamped");
        }
        if let Err(error) = self.ask_witnesses().await {
            tracing::warn!(%error, "the platform's head is not shown to the witnesses");
        }
        if let Err(error) = self.complete_attestations().await {
            tracing::warn!(%error, "the attestations are not all completed");
        }
        outcomes
    }
}

/// Which log: a member's, or the platform's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Which {
    Member(TenantId),
    Platform,
}

impl Which {
    fn of(tenant: TenantId) -> Self {
        if tenant == platform() { Which::Platform } else { Which::Member(tenant) }
    }

    /// Beside whose archives it is published.
    fn tenant(self) -> TenantId {
        match self {
            Which::Member(tenant) => tenant,
            Which::Platform => platform(),
        }
    }
}

/// The tenant beside whose archives the platform's own log is published: that of its canaries.
fn platform() -> TenantId {
    TenantId::of_member(TenantId::CANARIES)
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work).await.map_err(|_| Error::Died)?
}
