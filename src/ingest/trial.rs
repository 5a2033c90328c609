//! The blank test: a package checked as a deposit is, of which nothing is kept.
//!
//! Never writes a row nor an event, never fills the quarantine: the bytes go to a file without a name, which vanishes with its
//! handle. The one thing to know: it says what would be decided now; what is exact at the sealing alone (a quota that
//! others are filling) may still change.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::decide::{Decision, decide};
use super::judge::{Judged, Sender};
use super::receive::Depositor;
use super::spooled::{Spooled, spool};
use super::unpack::unpack;
use super::validate::validate;
use super::{Error, Ingest, blocking, queries, quota, replies};
use crate::model::{
    Agent, Agreement, Finding, SedaVersion, Signatures, Transfer, TransferId, TransferState, VirusCoverage,
};
use crate::seda;
use crate::seda::tolerance::Tolerance;

/// Packages tried at once by a process: each is read as a deposit is.
const AT_ONCE: usize = 4;
/// How long one waits for its turn.
const TURN_MAX: Duration = Duration::from_secs(60);

/// What a deposit of these bytes would come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Taken in charge.
    Accept,
    /// Without an error; an archivist would decide.
    Await,
    /// Of a machine: nothing is against it but the quota, and it would wait for room, some days.
    Wait,
    Refuse,
}

/// What a package came to.
#[derive(Debug)]
pub struct Trial {
    pub verdict: Verdict,
    pub findings: Vec<Finding>,
    /// The code of the reply, as the agreement wants it written; `None` when an archivist would choose it, or it would wait.
    pub reply_code: Option<String>,
    pub size_bytes: u64,
    pub sha512: [u8; 64],
    pub seda_version: Option<SedaVersion>,
    pub message_identifier: Option<String>,
    pub transferring_agency: Option<String>,
    pub originating_agency: Option<String>,
    pub agreement: Option<String>,
    pub profile: Option<String>,
    /// Of that profile, the version the manifest was checked against.
    pub profile_version: Option<u32>,
    pub title: Option<String>,
    pub unit_count: Option<usize>,
    pub object_count: Option<usize>,
    pub expanded_bytes: u64,
    pub virus: VirusCoverage,
    pub signatures: Option<Signatures>,
    /// The deposit that these bytes already are, unless it was refused.
    pub known: Option<Transfer>,
}

impl Verdict {
    /// The word in answers.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Accept => "accept",
            Verdict::Await => "await",
            Verdict::Wait => "wait",
            Verdict::Refuse => "refuse",
        }
    }
}

/// Whose turn it is: clones share the places.
#[derive(Clone, Debug)]
pub(super) struct Turns(Arc<Semaphore>);

impl Default for Turns {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

impl Turns {
    async fn wait(&self) -> Result<OwnedSemaphorePermit, Error> {
        let turn = tokio::time::timeout(TURN_MAX, self.0.clone().acquire_owned()).await;
        turn.ok().and_then(Result::ok).ok_or(Error::TooManyTrials)
    }
}

impl Ingest {
    /// Checks a package as if it were deposited: see the module.
    ///
    /// # Errors
    /// As for a deposit; and when too many packages are tried already.
    pub async fn try_out(
        &self,
        from: &Depositor,
        body: impl Stream<Item = io::Result<Bytes>> + Unpin,
    ) -> Result<Trial, Error> {
        let room = self.make_room(from).await?;
        let scratch = self.storage.quarantine().scratch().to_owned();
        let spooled = spool(body, scratch, self.limits.received_bytes_max).await?;
        let turn = self.trials.wait().await?;
        let (this, from) = (self.clone(), from.clone());
        // A caller who goes away frees no turn: what was begun is still being read.
        let task = tokio::spawn(async move {
            let _held = (room, turn);
            this.look(&from, spooled).await
        });
        task.await.map_err(|_| Error::Died)?
    }

    async fn look(&self, from: &Depositor, spooled: Spooled) -> Result<Trial, Error> {
        let (size_bytes, sha512) = (spooled.digest.size_bytes(), spooled.digest.finish());
        let mut tx = self.db.read(from.tenant).await?;
        let known = queries::find_by_digest(&mut tx, &sha512).await?;
        drop(tx);
        let known = known.filter(|transfer| transfer.state != TransferState::Refused);
        let (person_id, machine_id) = match from.agent {
            Agent::Person(id, _) => (Some(id), None),
            Agent::Machine(id) => (None, Some(id)),
            Agent::Service | Agent::Operator => (None, None),
        };
        // Its own identifier is not taken by another.
        let transfer_id =
            known.as_ref().map_or_else(|| TransferId(self.clock.fresh_id()), |known| known.transfer_id);
        let sender = Sender { transfer_id, person_id, machine_id, copy: from.copy };
        let (scratch, limits) = (self.storage.quarantine().scratch().to_owned(), self.limits.clone());
        let options = seda::Options { tolerances: &Tolerance::ALL, ..seda::Options::default() };
        let file = spooled.file;
        let validated =
            blocking(move || validate(unpack(file, &scratch, &limits)?, &limits, options)).await?;
        let judged = self.judge(from.tenant, &sender, validated).await?;
        Ok(told(judged, self.clock.today(), machine_id.is_some(), (size_bytes, sha512), known))
    }
}

/// What is decided, and told of it.
fn told(
    judged: Judged,
    today: chrono::NaiveDate,
    is_machine: bool,
    (size_bytes, sha512): (u64, [u8; 64]),
    known: Option<Transfer>,
) -> Trial {
    let Judged { conformed, facts, seen, .. } = judged;
    let agreement = facts.agreement.clone();
    let (verdict, findings) = match decide(conformed, facts, today, false) {
        Decision::Refuse(found) if is_machine && quota::lacks_room_alone(&found.findings) => {
            (Verdict::Wait, found.findings)
        }
        Decision::Refuse(found) => (Verdict::Refuse, found.findings),
        Decision::Await(found) => (Verdict::Await, found.findings),
        Decision::Accept(accepted) => (Verdict::Accept, accepted.findings),
    };
    let examined = seen.examined(&findings);
    let owned = |text: Option<&str>| text.map(str::to_owned);
    Trial {
        verdict,
        reply_code: reply_code(verdict, &findings, agreement.as_ref(), examined.version),
        size_bytes,
        sha512,
        seda_version: examined.version,
        message_identifier: owned(examined.message_identifier),
        transferring_agency: owned(examined.transferring_agency),
        originating_agency: owned(examined.originating_agency),
        agreement: owned(examined.agreement),
        profile: owned(examined.profile),
        profile_version: examined.profile_version,
        title: owned(examined.title),
        unit_count: examined.unit_count,
        object_count: examined.object_count,
        expanded_bytes: examined.expanded_bytes,
        virus: examined.virus.clone(),
        signatures: examined.signatures.cloned(),
        known,
        findings,
    }
}

fn reply_code(
    verdict: Verdict,
    findings: &[Finding],
    agreement: Option<&Agreement>,
    version: Option<SedaVersion>,
) -> Option<String> {
    let code = match verdict {
        Verdict::Accept => "000",
        Verdict::Await | Verdict::Wait => return None,
        Verdict::Refuse => replies::refusal_code(findings),
    };
    let version = version.unwrap_or(SedaVersion::V2_1);
    Some(agreement.map_or(code, |agreement| replies::code_of(agreement, version, code)).to_owned())
}
