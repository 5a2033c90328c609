//! An attestation of integrity: every copy of an archive read again on demand, and what was read declared.
//!
//! None is issued when a copy could not be read or is not there: the demand then says why. A copy that was read and is wrong
//! is declared as it is. Safe to run twice: a demand that has ended is left alone.

use chrono::{DateTime, Utc};

use super::incident::{self, Occasion};
use super::queries::{self, Archived};
use super::reading::Reading;
use super::{Error, JOB_ATTEST, Preservation, event_object};
use crate::catalog::accession_queries;
use crate::db::{self, TenantRead};
use crate::evidence::attestation::{self, Draft};
use crate::evidence::attested;
use crate::model::{Agent, ArchiveId, Event, EventType, Outcome, TenantId, TransferId};
use crate::package::accession::Accession;
use crate::package::transfer::TransferRecord;
use crate::proof::attestation::{self as form, Kind};
use crate::proof::journal::timestamp;
use crate::storage::Fault;

impl Preservation {
    /// Asks for an attestation of integrity; `false`: one is on its way already.
    pub async fn ask_attestation(
        &self,
        by: Agent,
        tenant: TenantId,
        archive: ArchiveId,
    ) -> Result<bool, Error> {
        let now = self.clock.now();
        let mut tx = self.db.write(tenant).await?;
        if !attestation::request_integrity(&mut tx, archive, by, now).await? {
            return Ok(false);
        }
        tx.enqueue_background(JOB_ATTEST, archive.0, now).await?;
        tx.record(event(by, archive, Outcome::Ok, "demande", None));
        tx.commit().await?;
        Ok(true)
    }

    /// Reads every copy of the archive and declares what was read, if that was asked and is not done.
    pub async fn attest_integrity(&self, tenant: TenantId, archive: ArchiveId) -> Result<(), Error> {
        let mut tx = self.db.read(tenant).await?;
        let asked = attestation::find_request(&mut tx, archive).await?;
        let page = queries::archives_page(&mut tx, uuid::Uuid::nil(), Some(archive.0), 1).await?;
        let wanted = queries::sites_wanted(&mut tx).await?.unwrap_or_else(|| self.sites());
        drop(tx);
        let (Some(_), Some(archived)) = (asked.filter(|asked| asked.ended_at.is_none()), page.first()) else {
            return Ok(());
        };
        let readings = self.read_known(tenant, archived).await?;
        for reading in &readings {
            if let Some(reason) = reading.away() {
                self.is_away(&reading.site, reason).await?;
            }
        }
        self.enter(Agent::Service, tenant, Occasion::Attestation, &readings).await?;
        let now = self.clock.now();
        let refusal = refusal(&wanted, archived, &readings);
        let mut tx = self.db.write(tenant).await?;
        if refusal.is_none() {
            let member = attestation::member(&mut tx).await?;
            let draft = draft(&mut tx, archived, &readings, now).await?;
            attestation::issue(&mut tx, self.clock.fresh_id(), Agent::Service, now, member, draft).await?;
        } else {
            tx.record(event(Agent::Service, archive, Outcome::Ko, "non délivrée", refusal.clone()));
        }
        attestation::end_request(&mut tx, archive, now, refusal.as_deref()).await?;
        tx.commit().await?;
        Ok(())
    }
}

/// Why nothing can be attested, in French.
fn refusal(wanted: &[String], archived: &Archived, readings: &[Reading]) -> Option<String> {
    let read = |site: &String| readings.iter().any(|reading| reading.site == *site);
    if let Some(site) = archived.sites.iter().find(|site| !read(site)) {
        return Some(format!(
            "La copie du site {site} n’a pas pu être lue : le service ne connaît plus ce site."
        ));
    }
    if let Some(site) = wanted.iter().find(|site| !archived.sites.contains(site)) {
        return Some(format!("La copie du site {site} manque : elle n’a pas encore été écrite."));
    }
    readings.iter().find_map(|reading| {
        let site = &reading.site;
        if reading.away().is_some() {
            return Some(format!(
                "La copie du site {site} n’a pas pu être lue : ce site ne répond pas. Redemandez plus tard."
            ));
        }
        let missing = reading.faults().contains(&Fault::ObjectMissing);
        missing.then(|| {
            format!(
                "La copie du site {site} manque. Un incident est ouvert ; redemandez après sa réparation."
            )
        })
    })
}

async fn draft(
    tx: &mut TenantRead,
    archived: &Archived,
    readings: &[Reading],
    at: DateTime<Utc>,
) -> Result<Draft, db::Error> {
    let archive = archived.due.archive;
    let (transfer, taken_in_charge_at) = queries::taken_in_charge(tx, archive).await?;
    let row = accession_queries::find_accession(tx, TransferId(transfer)).await?;
    let row = row.ok_or_else(|| db::Error::row("archive", "sans entrée au registre"))?;
    let accession = Accession::from_json(&row.record).map_err(|error| db::Error::row("accession", error))?;
    let line = row.transfer_record.as_deref().and_then(|text| TransferRecord::from_json(text).ok());
    let profile = line
        .as_ref()
        .and_then(|line| attested::profile(line.archival_profile.as_deref(), line.profile_version));
    Ok(Draft {
        kind: Kind::Integrite,
        transfer_id: TransferId(transfer),
        archive_id: Some(archive),
        transfer: deposit(&accession, line.as_ref()),
        archive: Some(attested::archive(
            &accession,
            profile,
            archived.due.inventory.as_ref(),
            taken_in_charge_at,
        )),
        controls: Vec::new(),
        copies: readings.iter().map(|reading| copy(reading, at)).collect(),
        files: attested::files(&accession),
    })
}

/// The deposit, from what was fixed at its acceptance.
fn deposit(accession: &Accession, line: Option<&TransferRecord>) -> form::Transfer {
    form::Transfer {
        id: accession.transfer_id.to_string(),
        message_identifier: Some(accession.message_identifier.clone()),
        transferring_agency: Some(accession.transferring_agency.clone()).filter(|agency| !agency.is_empty()),
        file_name: line.map(|line| line.file_name.clone()).unwrap_or_default(),
        received_at: line.map_or_else(|| accession.grant_date.clone(), |line| line.received_at.clone()),
        size_bytes: accession.received_size_bytes,
        sha512: accession.received_sha512.clone(),
    }
}

fn copy(reading: &Reading, at: DateTime<Utc>) -> form::Copy {
    form::Copy {
        site: reading.site.clone(),
        read_at: timestamp(at),
        intact: reading.is_right(),
        size_bytes: Some(reading.size_bytes),
        inventory_sha512: reading.inventory_sha512.map(hex::encode),
        faults: incident::in_words(reading.faults()),
    }
}

fn event(by: Agent, archive: ArchiveId, outcome: Outcome, step: &str, reason: Option<String>) -> Event {
    let mut detail = vec![("etape", step.to_owned()), ("genre", Kind::Integrite.word().to_owned())];
    detail.extend(reason.map(|reason| ("motif", reason)));
    Event { event_type: EventType::Attestation, outcome, agent: by, object: event_object(archive), detail }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::super::reading::{Due, Verdict};
    use super::*;

    #[test]
    fn nothing_is_attested_unless_every_copy_of_the_set_was_read() {
        let archive = ArchiveId(Uuid::nil());
        let sites = |names: &[&str]| names.iter().map(|&name| name.to_owned()).collect::<Vec<_>>();
        let reading = |site: &str, verdict: Verdict| Reading {
            archive,
            site: site.into(),
            path: String::new(),
            size_bytes: 1,
            inventory_sha512: None,
            verdict,
        };
        let due = Due { archive, inventory: None, marker: None };
        let archived = Archived { due, cote: "c".into(), sites: sites(&["nord", "sud"]) };
        let wanted = sites(&["nord", "sud"]);
        let why = |wanted: &[String], second: Option<Verdict>| {
            let mut readings = vec![reading("nord", Verdict::Right)];
            readings.extend(second.map(|verdict| reading("sud", verdict)));
            refusal(wanted, &archived, &readings)
        };
        assert_eq!(why(&wanted, Some(Verdict::Right)), None);
        let altered = Fault::Altered { path: "x".into() };
        assert_eq!(why(&wanted, Some(Verdict::Wrong(vec![altered]))), None, "it is declared wrong");
        for (wanted, second, said) in [
            (&wanted, None, "ne connaît plus ce site"),
            (&sites(&["nord", "sud", "est"]), Some(Verdict::Right), "site est manque"),
            (&wanted, Some(Verdict::Away("disque".into())), "ne répond pas"),
            (&wanted, Some(Verdict::Wrong(vec![Fault::ObjectMissing])), "sud manque"),
        ] {
            let why = why(wanted, second).expect(said);
            assert!(why.contains(said), "{why}");
        }
    }
}
