//! What an archivist decides of an examined transfer, of those that their role reaches. The one who deposited it may not (norms §8).

use super::{
    Error, Ingest, JOB_SEAL, decision_queries, event_object, queries, replies, state_queries, visibility,
};
use crate::model::findings as f;
use crate::model::{
    Agent, Event, EventType, Finding, Outcome, PersonId, Refusal, Role, Scope, TenantId, TransferId,
    TransferState, tidied,
};

/// Why a decision was not taken; an answer for the archivist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Undecided {
    NotFound,
    /// Somebody decided before, or the examination is not over.
    NotWaiting,
    /// The depositor cannot accept their own deposit.
    OwnDeposit,
}

/// Who decides, and of what.
#[derive(Clone, Debug)]
pub struct Decider {
    pub person: PersonId,
    pub scope: Scope,
}

impl Decider {
    /// Of everything the member receives.
    pub fn of_all(person: PersonId) -> Self {
        Self { person, scope: Scope::whole() }
    }
}

impl Ingest {
    /// Accepts: the background work seals, stores and replies.
    pub async fn approve(
        &self,
        tenant: TenantId,
        by: Decider,
        id: TransferId,
    ) -> Result<Result<(), Undecided>, Error> {
        self.approve_with(tenant, by, id, "").await
    }

    /// Accepts, with a remark for the depositor when it says something: it goes into the entry and the reply.
    pub async fn approve_with(
        &self,
        tenant: TenantId,
        by: Decider,
        id: TransferId,
        remark: &str,
    ) -> Result<Result<(), Undecided>, Error> {
        let remark = Some(tidied(remark)).filter(|remark| !remark.is_empty());
        let mut tx = self.db.write(tenant).await?;
        if let Err(undecided) = waiting(&mut tx, &by, id).await? {
            return Ok(Err(undecided));
        }
        let at = self.clock.now();
        if !state_queries::set_approved(&mut tx, id, by.person, at).await? {
            return Ok(Err(Undecided::NotWaiting));
        }
        let mut detail = vec![("etape", "acceptation par l'archiviste".to_owned())];
        if let Some(remark) = remark {
            decision_queries::set_remark(&mut tx, id, &remark).await?;
            detail.push(("remarque", remark));
        }
        tx.record(Event {
            event_type: EventType::Controle,
            outcome: Outcome::Ok,
            agent: Agent::Person(by.person, Role::Archivist),
            object: event_object(id),
            detail,
        });
        tx.enqueue(JOB_SEAL, id.0, at).await?;
        tx.commit().await?;
        Ok(Ok(()))
    }

    /// Refuses, with the archivist's reasons and her words.
    pub async fn decline(
        &self,
        tenant: TenantId,
        by: Decider,
        id: TransferId,
        refusal: &Refusal,
    ) -> Result<Result<(), Undecided>, Error> {
        let mut tx = self.db.write(tenant).await?;
        let transfer = match waiting(&mut tx, &by, id).await? {
            Ok(transfer) => transfer,
            Err(undecided) => return Ok(Err(undecided)),
        };
        let mut findings = transfer.findings.clone();
        findings.push(Finding::new(&f::MESSAGE_REFUSED_BY_ARCHIVIST, refusal.said()));
        let seen = replies::Refused {
            version: transfer.seda_version.as_deref().and_then(crate::model::SedaVersion::from_number),
            message_identifier: transfer.message_identifier.clone(),
            agreement: transfer.agreement_identifier.clone(),
            archival_agency: None,
            transferring_agency: transfer.transferring_agency.clone(),
            is_admitted: true,
            // The entry of its examination has what it was judged under.
            told: told(refusal),
        };
        decision_queries::set_refusal(&mut tx, id, refusal).await?;
        self.refuse_in(&mut tx, &transfer, &seen, &findings, Agent::Person(by.person, Role::Archivist))
            .await?;
        tx.commit().await?;
        Ok(Ok(()))
    }
}

/// What the entry of a refusal says of it.
fn told(refusal: &Refusal) -> Vec<(&'static str, String)> {
    let words = Some(refusal.words()).filter(|words| !words.is_empty());
    let words = words.map(|words| ("mots", words.to_owned()));
    std::iter::once(("motifs", refusal.codes())).chain(words).collect()
}

async fn waiting(
    tx: &mut crate::db::TenantTx,
    by: &Decider,
    id: TransferId,
) -> Result<Result<crate::model::Transfer, Undecided>, Error> {
    let Some((state, decided_by)) = state_queries::lock_transfer(tx, id).await? else {
        return Ok(Err(Undecided::NotFound));
    };
    if state != TransferState::Examined || decided_by.is_some() {
        return Ok(Err(Undecided::NotWaiting));
    }
    let Some(transfer) = queries::find_transfer(tx, id).await? else { return Ok(Err(Undecided::NotFound)) };
    if !visibility::reaches(&by.scope, &transfer) {
        return Ok(Err(Undecided::NotFound));
    }
    if transfer.person_id == Some(by.person) {
        return Ok(Err(Undecided::OwnDeposit));
    }
    Ok(Ok(transfer))
}
