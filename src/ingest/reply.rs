//! Last step: one transaction for the rows, the events and the reply. From its commit on, the archive is ours.

use chrono::{DateTime, Utc};
use fail::fail_point;

use super::notify::{self, Decided};
use super::queries::{self, MessageKind};
use super::store::Stored;
use super::{Error, Ingest, event_object, state_queries};
use crate::catalog::{enter, write};
use crate::db::TenantTx;
use crate::model::{Agent, ArchiveId, Event, EventType, Outcome, TenantId, TransferId, TransferState};
use crate::package::accession::reply_identifier;
use crate::proof::digest::sha512;
use crate::telemetry;

/// An archive taken in charge, whose copies are to be marked.
pub(super) struct Taken {
    pub archive: ArchiveId,
    pub at: DateTime<Utc>,
    pub sites: Vec<String>,
}

impl Ingest {
    /// Commits the taking in charge; does nothing, and says nothing, when it is already committed.
    pub(super) async fn reply(
        &self,
        tenant: TenantId,
        id: TransferId,
        stored: Stored,
    ) -> Result<Option<Taken>, Error> {
        let accession = &stored.sealed.accession;
        let granted: DateTime<Utc> = accession.grant_date.parse().map_err(|_| Error::Changed)?;
        let at = self.clock.now();
        let mut tx = self.db.write(tenant).await?;
        match state_queries::lock_transfer(&mut tx, id).await? {
            Some((TransferState::Sealed | TransferState::AwaitingReplication, _)) => {}
            Some((TransferState::TakenInCharge, _)) => return Ok(None),
            _ => return Err(Error::Contended),
        }
        enter::archive(&mut tx, accession, &stored.sealed.manifest, granted, &stored.inventory).await?;
        let copies = stored.locations.iter().map(|copy| (copy.site.as_str(), copy.path.as_str()));
        write::insert_copies(&mut tx, accession.archive_id, copies, at).await?;
        let identifier = reply_identifier(&accession.cote);
        let kind = MessageKind::Reply;
        queries::insert_message(
            &mut tx,
            self.clock.fresh_id(),
            id,
            kind,
            &identifier,
            &stored.sealed.reply,
            at,
        )
        .await?;
        state_queries::set_taken_in_charge(&mut tx, id, at).await?;
        record(&mut tx, id, &stored);
        let told = Decided { agreement: &accession.agreement, transfer: id, taken: true };
        notify::decided(&mut tx, &self.clock, stored.sealed.notes.notify(), told).await?;
        let transfer = queries::find_transfer(&mut tx, id).await?.ok_or(Error::Contended)?;
        notify::depositor(&mut tx, &self.clock, &transfer, Some(&accession.agreement), true).await?;
        self.attest_taking_in_charge(&mut tx, &transfer, &stored, at).await?;
        fail_point!("reply-before-commit");
        tx.commit().await?;
        fail_point!("reply-after-commit");
        telemetry::transfer_is_now(TransferState::TakenInCharge);
        Ok(Some(Taken {
            archive: ArchiveId(accession.archive_id),
            at,
            sites: stored.locations.into_iter().map(|copy| copy.site).collect(),
        }))
    }
}

fn record(tx: &mut TenantTx, id: TransferId, stored: &Stored) {
    let archive = format!("archive:{}", stored.sealed.accession.archive_id);
    let sites: Vec<&str> = stored.locations.iter().map(|location| location.site.as_str()).collect();
    tx.record(Event {
        event_type: EventType::Replication,
        outcome: Outcome::Ok,
        agent: Agent::Service,
        object: archive.clone(),
        detail: vec![("sites", sites.join(" "))],
    });
    let accession = &stored.sealed.accession;
    let mut detail = vec![
        ("accord", accession.agreement_id.to_string()),
        ("cote", accession.cote.clone()),
        // What usage is counted by, so that the journal alone says it again (`usage::recount`).
        ("fichiers", accession.objects.len().to_string()),
        ("nom_accord", accession.agreement.clone()),
        ("octets", accession.size_bytes().to_string()),
        ("reponse_sha512", hex::encode(sha512(stored.sealed.reply.as_bytes()))),
        ("transfert", event_object(id)),
    ];
    detail.extend(stored.sealed.notes.in_force());
    tx.record(Event {
        event_type: EventType::PriseEnCharge,
        outcome: Outcome::Ok,
        agent: Agent::Service,
        object: archive,
        detail,
    });
}
