//! One archive entered again, in one transaction: its rows, its number, what it weighs, and the entry that says so.
//!
//! The catalogue's part is entered by the same code as at the taking in charge. Never enters what the database has under
//! another identifier: that is a conflict, and is listed.

use chrono::{DateTime, Datelike, Utc};
use chrono_tz::Europe::Paris;
use fail::fail_point;
use serde_json::{Value, json};
use uuid::Uuid;

use super::entry_queries::{self, TakenInCharge};
use super::rebuild::Asked;
use super::site::Found;
use super::{Error, Recovery, numbers, queries};
use crate::catalog::accession_queries::{self, AccessionRow};
use crate::catalog::{enter, write};
use crate::db::{self, TenantTx};
use crate::model::{Agent, ArchiveId, Event, EventType, Outcome, TenantId, TransferId};
use crate::package::accession::{acknowledgement_identifier, reply_identifier};
use crate::package::checks::CheckFinding;
use crate::package::ocfl;
use crate::package::transfer::TransferRecord;

/// An archive to enter, and where else it lies.
pub(super) struct Entering<'a> {
    pub asked: &'a Asked,
    pub found: Box<Found>,
    pub taken_in_charge_at: DateTime<Utc>,
    /// Other sites that hold it.
    pub copies: Vec<String>,
}

/// What came of it.
pub(super) enum Entered {
    Now {
        size_bytes: u64,
    },
    /// Somebody was quicker.
    Known,
    /// The database has something else in its place; what, in French.
    Conflict(String),
}

impl Recovery {
    /// Enters an archive.
    pub(super) async fn enter(&self, tenant: TenantId, entering: Entering<'_>) -> Result<Entered, Error> {
        let archive = entering.found.accession.archive_id;
        let mut tx = self.db.write(tenant).await?;
        if !queries::entered(&mut tx, &[archive]).await?.is_empty() {
            return Ok(Entered::Known);
        }
        let outcome = async {
            let size_bytes = self.enter_rows(&mut tx, tenant, entering).await?;
            fail_point!("rebuild-before-enter");
            tx.commit().await?;
            fail_point!("rebuild-after-enter");
            Ok(size_bytes)
        };
        match outcome.await {
            Ok(size_bytes) => Ok(Entered::Now { size_bytes }),
            Err(Error::Db(error) | Error::Enter(enter::Error::Db(error))) => {
                conflict(&error).map(Entered::Conflict).ok_or(Error::Db(error))
            }
            Err(error) => Err(error),
        }
    }

    async fn enter_rows(
        &self,
        tx: &mut TenantTx,
        tenant: TenantId,
        entering: Entering<'_>,
    ) -> Result<u64, Error> {
        let Entering { asked, mut found, taken_in_charge_at, copies } = entering;
        let accession = &mut found.accession;
        let (archive, transfer) = (accession.archive_id, TransferId(accession.transfer_id));
        accession.agreement_id = match entry_queries::find_agreement(tx, &accession.agreement).await? {
            Some(id) => id,
            None => {
                let agency = found.manifest.heading.archival_agency.as_deref().unwrap_or("inconnu");
                let party = entry_queries::party(tx, self.clock.fresh_id(), agency).await?;
                entry_queries::agreement(tx, accession, party).await?
            }
        };
        let granted =
            moment(&accession.grant_date).ok_or(db::Error::row("accession", &accession.grant_date))?;
        let bytes = put_transfer(tx, &found, granted, taken_in_charge_at).await?;
        let accession = &found.accession;
        // A transfer that the database knew as accepted has its accession, and its share of the quota.
        if accession_queries::find_accession(tx, transfer).await?.is_none() {
            let row = AccessionRow {
                archive_id: ArchiveId(archive),
                cote: accession.cote.clone(),
                grant_date: granted,
                reply: found.reply.clone(),
                premis: found.premis.clone(),
                record: found.record.clone(),
                transfer_record: found.line.as_ref().map(|(_, text)| text.clone()),
            };
            accession_queries::insert_accession(tx, transfer, &row).await?;
            entry_queries::hold(tx, accession, bytes).await?;
            let day = granted.with_timezone(&Paris).date_naive();
            entry_queries::count(tx, accession, day, bytes).await?;
        }
        enter::archive(tx, accession, &found.manifest, granted, &found.inventory_sha512).await?;
        let location = location(tenant, archive);
        let read_at = if asked.whole { self.clock.now() } else { taken_in_charge_at };
        write::insert_copies(tx, archive, [(asked.site.as_str(), location.as_str())], read_at).await?;
        // Not read now: every copy was at the taking in charge.
        let others = copies.iter().map(|site| (site.as_str(), location.as_str()));
        write::insert_copies(tx, archive, others, taken_in_charge_at).await?;
        self.put_messages(tx, &found, taken_in_charge_at).await?;
        let year = granted.with_timezone(&Paris).year();
        numbers::go_on_after_cote(tx, &accession.cote, year..=year).await?;
        queries::no_more_left_out(tx, archive).await?;
        tx.record(entered(asked, &found));
        Ok(bytes)
    }

    /// The acknowledgement and the reply, as they were sent.
    async fn put_messages(&self, tx: &mut TenantTx, found: &Found, at: DateTime<Utc>) -> Result<(), Error> {
        let transfer = found.accession.transfer_id;
        let code = queries::member_code(tx).await?;
        if let (Some(body), Some((line, _)), Some(code)) = (&found.acknowledgement, &found.line, code) {
            let sent_at = line.acknowledged_at.as_deref().and_then(moment).unwrap_or(at);
            let identifier = acknowledgement_identifier(&code, transfer);
            let fresh = self.clock.fresh_id();
            entry_queries::put_message(tx, fresh, transfer, "acknowledgement", &identifier, body, sent_at)
                .await?;
        }
        let (fresh, identifier) = (self.clock.fresh_id(), reply_identifier(&found.accession.cote));
        Ok(entry_queries::put_message(tx, fresh, transfer, "reply", &identifier, &found.reply, at).await?)
    }
}

/// The transfer's row; the bytes it counts for.
async fn put_transfer(
    tx: &mut TenantTx,
    found: &Found,
    granted: DateTime<Utc>,
    closed_at: DateTime<Utc>,
) -> Result<u64, Error> {
    let accession = &found.accession;
    let line: Option<&TransferRecord> = found.line.as_ref().map(|(line, _)| line);
    let stored = accession.manifest.size_bytes
        + accession.objects.iter().map(|object| object.file.size_bytes).sum::<u64>();
    let bytes = line.map_or(stored, |line| line.expanded_bytes);
    let at = |text: fn(&TransferRecord) -> Option<&String>| line.and_then(text).and_then(|text| moment(text));
    let transfer = TakenInCharge {
        accession,
        // An older archive does not say how it came.
        channel: line.map_or("api", |line| &line.channel),
        person_id: line.and_then(|line| line.person_id),
        machine_id: line.and_then(|line| line.machine_id),
        file_name: line.map_or("versement", |line| &line.file_name),
        digest: hex::decode(&accession.received_sha512).unwrap_or_default(),
        received_at: at(|line| Some(&line.received_at)).unwrap_or(granted),
        attempt: line.map_or(1, |line| line.attempt),
        archival_profile: match line {
            Some(line) => line.archival_profile.as_deref(),
            None => found.manifest.heading.archival_profile.as_deref(),
        },
        profile_version: line.and_then(|line| line.profile_version),
        object_count: found.manifest.binary_object_count(),
        expanded_bytes: bytes,
        findings: Value::Array(found.findings.iter().map(finding).collect()),
        examined_at: at(|line| line.examined_at.as_ref()),
        decided_at: at(|line| line.decided_at.as_ref()).or(Some(granted)),
        decided_by: line.and_then(|line| line.decided_by),
        closed_at,
        agreement_terms: line.and_then(|line| line.agreement_terms.as_deref()),
        remark: line.and_then(|line| line.remark.as_deref()),
        virus: line.and_then(|line| line.virus.clone()),
        signatures: line.and_then(|line| line.signatures.clone()),
    };
    entry_queries::put_transfer(tx, transfer).await?;
    Ok(bytes)
}

/// A finding as the register keeps it.
fn finding(of: &CheckFinding) -> Value {
    json!({
        "code": of.code, "severity": of.severity, "line": of.line, "path": of.path, "message": of.message,
    })
}

fn entered(asked: &Asked, found: &Found) -> Event {
    Event {
        event_type: EventType::Reconstruction,
        outcome: Outcome::Ok,
        agent: Agent::Operator,
        object: format!("archive:{}", found.accession.archive_id),
        detail: vec![
            ("site", asked.site.clone()),
            ("cote", found.accession.cote.clone()),
            ("transfert", format!("transfer:{}", found.accession.transfer_id)),
            ("inventaire_sha512", hex::encode(found.inventory_sha512)),
        ],
    }
}

/// What a constraint says of an archive whose place is taken.
fn conflict(error: &db::Error) -> Option<String> {
    let what = match error.constraint()? {
        "archive_cote_unique" | "accession_cote_unique" => "sa cote est déjà celle d'une autre archive",
        "transfer_accepted_once" => "un autre versement a été accepté sous son identifiant",
        "transfer_same_bytes" => "un autre versement a les mêmes octets",
        "archive_transfer_unique" | "accession_pkey" => "son versement a donné une autre archive",
        "message_identifier_unique" => "un autre versement a reçu sa réponse",
        _ => return None,
    };
    Some(format!("{what} : la base a servi depuis que cette archive est entrée"))
}

/// Folder of an archive's object, under a site.
pub(super) fn location(tenant: TenantId, archive: Uuid) -> String {
    format!("{tenant}/{}", ocfl::object_folder(&ocfl::object_id(archive)))
}

fn moment(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc())
}
