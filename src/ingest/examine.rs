//! The background half of the path: from received to taken in charge, from wherever a crash left it.
//!
//! Runs `unpack → validate → identify → conform → decide → seal → store → reply`. Only states are durable; whatever
//! lies between two of them is done again.

use fail::fail_point;

use super::decide::{Decision, decide};
use super::judge::{Judged, Sender};
use super::notify::{self, Decided};
use super::places::{self, Places};
use super::queries::{self, MessageKind};
use super::seal::{Sealed, Sealing};
use super::seen::Seen;
use super::store::Storing;
use super::unpack::unpack_waiting;
use super::validate::{Validated, validate};
use super::{
    Error, Ingest, JOB_PURGE, acknowledge, codes, event_object, quota, replies, seal, state_queries,
};
use crate::catalog::accession_queries::find_accession;
use crate::db::TenantTx;
use crate::model::{
    Agent, Event, EventType, Finding, Outcome, TenantId, Transfer, TransferId, TransferState,
};
use crate::seda::tolerance::Tolerance;
use crate::{registry, seda, telemetry};

impl Ingest {
    /// Takes a transfer as far as it goes by itself. Safe to run again, at any time, in any state.
    pub async fn advance(&self, tenant: TenantId, id: TransferId) -> Result<(), Error> {
        let Err(error) = self.go_on(tenant, id).await else { return Ok(()) };
        // Another worker may have ended it meanwhile, and emptied the quarantine: then only its copies must still
        // be confirmed, which fails again if that is what failed.
        let mut tx = self.db.read(tenant).await?;
        let transfer = queries::find_transfer(&mut tx, id).await?;
        drop(tx);
        match transfer.map(|transfer| transfer.state) {
            Some(TransferState::TakenInCharge) => self.confirm(tenant, id).await,
            Some(TransferState::Refused) => Ok(()),
            _ => Err(error),
        }
    }

    async fn go_on(&self, tenant: TenantId, id: TransferId) -> Result<(), Error> {
        let mut tx = self.db.read(tenant).await?;
        let Some(transfer) = queries::find_transfer(&mut tx, id).await? else { return Ok(()) };
        let (approved, acknowledgement) = match transfer.state {
            TransferState::Received | TransferState::Examined => (
                state_queries::decided_by(&mut tx, id).await?.is_some(),
                queries::find_message(&mut tx, id, MessageKind::Acknowledgement).await?,
            ),
            _ => (false, None),
        };
        drop(tx);
        match transfer.state {
            TransferState::Received => self.examine(tenant, &transfer, acknowledgement, false).await,
            TransferState::Examined if approved => {
                self.examine(tenant, &transfer, acknowledgement, true).await
            }
            TransferState::Sealed | TransferState::AwaitingReplication => self.resume(tenant, id).await,
            TransferState::TakenInCharge => self.confirm(tenant, id).await,
            TransferState::Refused => self.set_apart(tenant, &transfer).await,
            TransferState::Examined => Ok(()),
        }
    }

    async fn examine(
        &self,
        tenant: TenantId,
        transfer: &Transfer,
        acknowledgement: Option<String>,
        approved: bool,
    ) -> Result<(), Error> {
        let id = transfer.transfer_id;
        let validated = self.open(tenant, id).await?;
        let acknowledgement = match acknowledgement {
            None => self.acknowledge_late(tenant, id, &validated).await?,
            sent => sent,
        };
        let Judged { conformed, facts, seen, home } =
            self.judge(tenant, &Sender::from(transfer), validated).await?;
        fail_point!("examine-before-decision");
        let (decision, places) = located(decide(conformed, facts, self.clock.today(), approved)).await?;
        let seen = seen.with_places(places);
        match decision {
            Decision::Refuse(found) => self.refuse_or_wait(tenant, transfer, seen, found.findings).await,
            Decision::Await(found) => self.await_archivist(tenant, transfer, &seen, &found.findings).await,
            Decision::Accept(accepted) => {
                match self.seal(tenant, transfer, &seen, *accepted, home, acknowledgement).await? {
                    Sealing::Sealed(sealed) => self.take_in_charge(tenant, id, *sealed).await,
                    Sealing::Refused(accepted, found) => {
                        let mut findings = accepted.findings;
                        findings.extend(found);
                        self.refuse_or_wait(tenant, transfer, seen, findings).await
                    }
                }
            }
        }
    }

    async fn resume(&self, tenant: TenantId, id: TransferId) -> Result<(), Error> {
        let mut tx = self.db.read(tenant).await?;
        let row = find_accession(&mut tx, id).await?.ok_or(Error::Changed)?;
        let acknowledgement = queries::find_message(&mut tx, id, MessageKind::Acknowledgement).await?;
        drop(tx);
        let sealed = seal::resume(row, acknowledgement, self.open(tenant, id).await?)?;
        self.take_in_charge(tenant, id, sealed).await
    }

    async fn take_in_charge(&self, tenant: TenantId, id: TransferId, sealed: Sealed) -> Result<(), Error> {
        let stored = match self.store(tenant, sealed).await? {
            Storing::Stored(stored) => stored,
            Storing::Waiting(sites) => return self.await_replication(tenant, id, sites).await,
        };
        match self.reply(tenant, id, *stored).await? {
            Some(taken) => self.mark(tenant, id, &taken).await,
            // Another worker has; its copies may not be those of this attempt.
            None => self.confirm(tenant, id).await,
        }
    }

    /// The package in quarantine, opened and its manifest read.
    async fn open(&self, tenant: TenantId, id: TransferId) -> Result<Validated, Error> {
        let waiting = self.storage.quarantine().open(tenant, id)?;
        let (scratch, limits) = (self.storage.quarantine().scratch().to_owned(), self.limits.clone());
        // Which ones the agreement admits is judged once it is known.
        let options = seda::Options { tolerances: &Tolerance::ALL, ..seda::Options::default() };
        super::blocking(move || validate(unpack_waiting(waiting, &scratch, &limits)?, &limits, options)).await
    }

    /// Acknowledges a deposit too large to be read as it arrived, before its objects are read; what was sent.
    async fn acknowledge_late(
        &self,
        tenant: TenantId,
        id: TransferId,
        validated: &Validated,
    ) -> Result<Option<String>, Error> {
        let Some(header) = acknowledge::header(validated) else { return Ok(None) };
        let kind = MessageKind::Acknowledgement;
        let mut tx = self.db.read(tenant).await?;
        let code = queries::member_code(&mut tx).await?;
        drop(tx);
        let at = self.clock.now();
        let ack = acknowledge::acknowledge(&header, id, &code, at);
        let mut tx = self.db.write(tenant).await?;
        queries::insert_message(&mut tx, self.clock.fresh_id(), id, kind, &ack.identifier, &ack.body, at)
            .await?;
        tx.record(Event {
            event_type: EventType::Controle,
            outcome: Outcome::Ok,
            agent: Agent::Service,
            object: event_object(id),
            detail: vec![("etape", "accuse".into())],
        });
        tx.commit().await?;
        Ok(Some(ack.body))
    }

    async fn await_archivist(
        &self,
        tenant: TenantId,
        transfer: &Transfer,
        seen: &Seen,
        findings: &[Finding],
    ) -> Result<(), Error> {
        let id = transfer.transfer_id;
        let mut tx = self.db.write(tenant).await?;
        if !matches!(state_queries::lock_transfer(&mut tx, id).await?, Some((TransferState::Received, _))) {
            return Err(Error::Contended);
        }
        state_queries::write_examination(&mut tx, id, self.clock.now(), &seen.examined(findings)).await?;
        state_queries::set_examined(&mut tx, id).await?;
        let mut event = controlled(id, EventType::Controle, Outcome::Ok, Agent::Service, findings);
        event.detail.extend(seen.detail());
        seen.checks(id).into_iter().for_each(|event| tx.record(event));
        tx.record(event);
        fail_point!("examine-before-commit");
        tx.commit().await?;
        fail_point!("examine-after-commit");
        telemetry::transfer_is_now(TransferState::Examined);
        Ok(())
    }

    /// A machine's deposit that lacks nothing but room waits for it, so many days.
    async fn refuse_or_wait(
        &self,
        tenant: TenantId,
        transfer: &Transfer,
        seen: Seen,
        findings: Vec<Finding>,
    ) -> Result<(), Error> {
        if quota::waits(transfer, &findings, &self.clock, self.room_days) {
            return Err(Error::AwaitingRoom);
        }
        self.refuse(tenant, transfer, seen, findings).await
    }

    async fn refuse(
        &self,
        tenant: TenantId,
        transfer: &Transfer,
        seen: Seen,
        findings: Vec<Finding>,
    ) -> Result<(), Error> {
        let id = transfer.transfer_id;
        let mut tx = self.db.write(tenant).await?;
        match state_queries::lock_transfer(&mut tx, id).await? {
            Some((TransferState::Received | TransferState::Examined, _)) => {}
            _ => return Err(Error::Contended),
        }
        state_queries::write_examination(&mut tx, id, self.clock.now(), &seen.examined(&findings)).await?;
        seen.checks(id).into_iter().for_each(|event| tx.record(event));
        self.refuse_in(&mut tx, transfer, &seen.refused(), &findings, Agent::Service).await?;
        fail_point!("refuse-before-commit");
        tx.commit().await?;
        fail_point!("refuse-after-commit");
        telemetry::transfer_is_now(TransferState::Refused);
        if seen.coverage().infected > 0 { self.lock_up(tenant, id).await } else { Ok(()) }
    }

    /// After a crash between a refusal and what it owes to the bytes.
    async fn set_apart(&self, tenant: TenantId, transfer: &Transfer) -> Result<(), Error> {
        match &transfer.virus {
            Some(coverage) if coverage.infected > 0 => self.lock_up(tenant, transfer.transfer_id).await,
            _ => Ok(()),
        }
    }

    /// Infected bytes leave the place from which they could be opened; they go when the refusal's time is past.
    async fn lock_up(&self, tenant: TenantId, id: TransferId) -> Result<(), Error> {
        let quarantine = self.storage.quarantine().clone();
        super::blocking(move || Ok(quarantine.lock_up(tenant, id)?)).await
    }

    /// Everything a refusal leaves, in the caller's transaction: state, reasons, reply, event, the purge to come.
    pub(super) async fn refuse_in(
        &self,
        tx: &mut TenantTx,
        transfer: &Transfer,
        seen: &replies::Refused,
        findings: &[Finding],
        by: Agent,
    ) -> Result<(), Error> {
        let (id, at) = (transfer.transfer_id, self.clock.now());
        let keep_until = at + chrono::Duration::days(i64::from(self.refused_days));
        let code = queries::member_code(tx).await?;
        let agreement = match &seen.agreement {
            Some(name) => registry::queries::find_agreement(tx, name).await?,
            None => None,
        };
        let (identifier, body) = replies::refusal(transfer, seen, findings, (&code, agreement.as_ref()), at);
        if let Some(agreement) = agreement.filter(|_| seen.is_admitted) {
            let told = Decided { agreement: &agreement.identifier, transfer: id, taken: false };
            notify::decided(tx, &self.clock, &agreement.conditions.notify, told).await?;
        }
        notify::depositor(tx, &self.clock, transfer, seen.agreement.as_deref(), false).await?;
        state_queries::set_refused(tx, id, findings, at, keep_until).await?;
        queries::insert_message(tx, self.clock.fresh_id(), id, MessageKind::Reply, &identifier, &body, at)
            .await?;
        tx.enqueue(JOB_PURGE, id.0, keep_until).await?;
        let mut event = controlled(id, EventType::Rejet, Outcome::Ko, by, findings);
        event.detail.extend(seen.told.iter().cloned());
        tx.record(event);
        Ok(())
    }
}

/// What was decided, with the place of each finding in the message's own tree; the whole tree when an archivist is to decide of it.
async fn located(decision: Decision) -> Result<(Decision, Places), Error> {
    super::blocking(move || {
        let is_whole = matches!(decision, Decision::Await(_));
        let places = match decision.found() {
            Some((manifest, findings)) => places::locate(manifest, findings, is_whole)?,
            None => Places::default(),
        };
        Ok((decision, places))
    })
    .await
}

fn controlled(
    id: TransferId,
    event_type: EventType,
    outcome: Outcome,
    agent: Agent,
    findings: &[Finding],
) -> Event {
    let detail = if findings.is_empty() { vec![] } else { vec![("codes", codes(findings))] };
    Event { event_type, outcome, agent, object: event_object(id), detail }
}
