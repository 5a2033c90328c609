//! The main job: from reception to taking in charge, in one process; `kill` does it with crashes.

use bytes::Bytes;
use chartrier::ingest::queries::{self, MessageKind};
use chartrier::ingest::{Depositor, Ingest, Reception};
use chartrier::model::{Agent, Channel, Limits, Role, Transfer, TransferId};
use futures_util::stream;

use crate::support::sip::Sip;
use crate::support::vault;
use crate::support::{FreshTenant, fresh_tenant};

mod awaiting;
mod away;
mod conditions;
mod deposit_limits;
mod format_policy;
mod formats;
mod hostile;
mod inline;
#[cfg(feature = "failpoints")]
pub mod kill;
mod large;
mod limits;
mod numbering;
pub mod older;
mod path;
mod profiles;
mod quotas;
mod refused;
mod reopened;
pub mod replication;
mod signatures;
pub mod slow;
mod tolerances;
mod twice;
mod viruses;

/// A tenant with the path to deposit by.
pub struct Desk {
    pub tenant: FreshTenant,
    pub ingest: Ingest,
}

impl Desk {
    pub async fn open() -> Desk {
        Desk::with_limits(Limits::default()).await
    }

    async fn with_limits(limits: Limits) -> Desk {
        let tenant = fresh_tenant().await;
        let ingest = Ingest::new(tenant.db.clone(), vault::storage(), tenant.clock.clone(), limits, 30);
        Desk { tenant, ingest }
    }

    /// A faultless transfer between this tenant's parties.
    pub fn sip(&self, identifier: &str) -> Sip {
        self.under(identifier, &self.tenant.agreement)
    }

    pub fn under(&self, identifier: &str, agreement: &str) -> Sip {
        let t = &self.tenant;
        Sip::with_files(identifier, 3).between(
            agreement,
            &t.archival_agency,
            &t.transferring_agency,
            &t.originating_agency,
        )
    }

    fn machine(&self) -> Depositor {
        let agent = Agent::Machine(self.tenant.machine);
        Depositor {
            tenant: self.tenant.tenant,
            agent,
            channel: Channel::Api,
            copy: None,
            announced_bytes: None,
        }
    }

    pub async fn receive(&self, bytes: Vec<u8>) -> Reception {
        self.receive_from(&self.machine(), bytes).await
    }

    async fn receive_from(&self, from: &Depositor, bytes: Vec<u8>) -> Reception {
        let body = stream::iter(
            bytes.chunks(10_000).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect::<Vec<_>>(),
        );
        self.ingest.receive(from, "versement.zip", body).await.unwrap()
    }

    /// Receives, and lets the background work go as far as it goes.
    pub async fn deposit(&self, bytes: Vec<u8>) -> Transfer {
        let reception = self.receive(bytes).await;
        self.ingest.advance(self.tenant.tenant, reception.transfer.transfer_id).await.unwrap();
        self.transfer(reception.transfer.transfer_id).await
    }

    /// The same by a person, who is answered at once whatever room there is.
    async fn deposit_by_hand(&self, bytes: Vec<u8>) -> Transfer {
        let agent = Agent::Person(self.tenant.person(Role::Depositor), Role::Depositor);
        let (tenant, channel) = (self.tenant.tenant, Channel::Portal);
        let from = Depositor { tenant, agent, channel, copy: None, announced_bytes: None };
        let reception = self.receive_from(&from, bytes).await;
        self.ingest.advance(tenant, reception.transfer.transfer_id).await.unwrap();
        self.transfer(reception.transfer.transfer_id).await
    }

    pub async fn transfer(&self, id: TransferId) -> Transfer {
        let mut tx = self.tenant.db.read(self.tenant.tenant).await.unwrap();
        queries::find_transfer(&mut tx, id).await.unwrap().expect("it was received")
    }

    async fn message(&self, id: TransferId, kind: MessageKind) -> Option<String> {
        let mut tx = self.tenant.db.read(self.tenant.tenant).await.unwrap();
        queries::find_message(&mut tx, id, kind).await.unwrap()
    }

    /// Types of the journal's entries about an object, in order.
    async fn events(&self, object: &str) -> Vec<String> {
        let mut tx = self.tenant.db.read(self.tenant.tenant).await.unwrap();
        sqlx::query_scalar("select event_type from event where object = $1 order by seq")
            .bind(object)
            .fetch_all(tx.conn())
            .await
            .unwrap()
    }

    pub async fn count(&self, query: &'static str) -> i64 {
        let mut tx = self.tenant.db.read(self.tenant.tenant).await.unwrap();
        sqlx::query_scalar(query).fetch_one(tx.conn()).await.unwrap()
    }

    pub async fn end(self) {
        self.tenant.end().await;
    }
}

/// Codes of a transfer's findings, sorted, each once.
fn codes(transfer: &Transfer) -> Vec<&'static str> {
    let mut codes: Vec<_> = transfer.findings.iter().map(|finding| finding.kind.code).collect();
    codes.sort_unstable();
    codes.dedup();
    codes
}
