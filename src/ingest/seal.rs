//! Sixth step: everything about the archive is fixed and committed, so that `store` can repeat itself.
//!
//! One transaction takes the quota, the reference (cote), the transfer's identifier, and keeps the reply,
//! the notes (events and report of checks) and the accession record. Two acceptances under one identifier meet here, at a
//! constraint; the later one is refused in words.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;

use chrono::{DateTime, Datelike, SecondsFormat, Utc};
use chrono_tz::Europe::Paris;
use fail::fail_point;

use super::conform::Applied;
use super::decide::Accepted;
use super::identify::{IdentifiedObject, Place};
use super::notes::Notes;
use super::seen::{Home, Seen};
use super::validate::Validated;
use super::{
    Error, Ingest, coverage, decision_queries, event_object, limits, quota, replies, seal_queries,
    state_queries,
};
use crate::catalog::accession_queries::{AccessionRow, insert_accession};
use crate::catalog::enter::listed_title;
use crate::db::{self, TenantTx};
use crate::formats::Format;
use crate::model::findings as f;
use crate::model::{
    Agent, ArchiveId, Event, EventType, Finding, NumberKind, Outcome, TenantId, Transfer, TransferId,
    TransferState,
};
use crate::package::Package;
use crate::package::accession::{
    Accession, StoredFile, StoredFormat, StoredObject, content_path, derived_id,
};
use crate::registry::terms;
use crate::seda::Manifest;
use crate::storage::{Reserved, TenantStore};
use crate::telemetry;

/// Folder of contents that travelled in the message, in the logical state: the files of the package have another.
pub(super) const INLINE: &str = "attachments/";

/// An accepted transfer whose archive is decided to the last byte.
pub struct Sealed {
    pub(super) accession: Accession,
    pub(super) reply: String,
    pub(super) notes: Notes,
    /// The register's line and the acknowledgement: archives have them since the register is rebuilt from them.
    pub(super) transfer_record: Option<String>,
    pub(super) acknowledgement: Option<String>,
    pub(super) manifest: Box<Manifest>,
    pub(super) package: Package,
    /// The member's store and the room promised there until the copies are written; what a crash interrupted has
    /// its room or waits for it.
    pub(super) room: Option<(TenantStore, Reserved)>,
}

/// What sealing came to.
pub(super) enum Sealing {
    Sealed(Box<Sealed>),
    /// The quota or the identifier was taken meanwhile.
    Refused(Box<Accepted>, Vec<Finding>),
}

impl Ingest {
    /// Seals an accepted transfer: see the module.
    pub(super) async fn seal(
        &self,
        tenant: TenantId,
        transfer: &Transfer,
        seen: &Seen,
        accepted: Accepted,
        Home { code, store }: Home,
        acknowledgement: Option<String>,
    ) -> Result<Sealing, Error> {
        // Room is promised before acceptance is: without it the transfer waits, and is not refused.
        let bytes = accepted.identified.expanded_bytes;
        let theirs = store.clone();
        let room = super::blocking(move || Ok(theirs.reserve(bytes)?)).await?;
        let mut tx = self.db.write(tenant).await?;
        match state_queries::lock_transfer(&mut tx, transfer.transfer_id).await? {
            Some((TransferState::Received | TransferState::Examined, _)) => {}
            _ => return Err(Error::Contended),
        }
        let at = self.clock.now();
        let archive_id = ArchiveId(self.clock.fresh_id());
        let examined = seen.examined(&accepted.findings);
        state_queries::write_examination(&mut tx, transfer.transfer_id, at, &examined).await?;
        if let Err(error) = state_queries::set_sealed(&mut tx, transfer.transfer_id, archive_id, at).await {
            if error.constraint() == Some("transfer_accepted_once") {
                let identifier = &accepted.manifest.heading.message_identifier;
                let finding = duplicate(identifier);
                return Ok(Sealing::Refused(Box::new(accepted), vec![finding]));
            }
            return Err(error.into());
        }
        // The member's other acceptances wait from here to the commit.
        let lacking = self.take_room(&mut tx, &accepted, at).await?;
        if !lacking.is_empty() {
            return Ok(Sealing::Refused(Box::new(accepted), lacking));
        }
        let year = at.with_timezone(&Paris).year();
        let agreement = Some(accepted.agreement.identifier.as_str());
        let cote = db::next_number(&mut tx, NumberKind::Cote, year, agreement).await?;
        let accession = accession(tenant, transfer, archive_id, &cote, at, &accepted)?;
        let remark = decision_queries::find_decision(&mut tx, transfer.transfer_id).await?.words;
        let reply = replies::acceptance(&accession, &accepted, (&code, remark.as_deref()), at)?;
        let notes = Notes::of(&accession, transfer, &accepted, at);
        let (record, premis, id) = (accession.to_json(), notes.to_row(), transfer.transfer_id);
        let transfer_record = Some(seal_queries::transfer_record(&mut tx, id).await?.to_json());
        let row = AccessionRow { archive_id, cote, grant_date: at, reply, premis, record, transfer_record };
        insert_accession(&mut tx, id, &row).await?;
        seen.checks(id).into_iter().for_each(|event| tx.record(event));
        tx.record(sealed_event(id, &accession, &accepted));
        fail_point!("seal-before-commit");
        tx.commit().await?;
        fail_point!("seal-after-commit");
        telemetry::transfer_is_now(TransferState::Sealed);
        let Accepted { identified, manifest, .. } = accepted;
        let AccessionRow { reply, transfer_record, .. } = row;
        Ok(Sealing::Sealed(Box::new(Sealed {
            accession,
            reply,
            notes,
            transfer_record,
            acknowledgement,
            manifest,
            package: identified.package,
            room: Some((store, room)),
        })))
    }

    /// Takes what the deposit needs of the quota, and of what its agreement allows; what is lacking, when something is: the
    /// transaction is not to be committed then.
    async fn take_room(
        &self,
        tx: &mut TenantTx,
        accepted: &Accepted,
        at: DateTime<Utc>,
    ) -> Result<Vec<Finding>, Error> {
        let (agreement, coming) = (&accepted.agreement, limits::coming(&accepted.identified));
        let day = at.with_timezone(&Paris).date_naive();
        let Some(held) = seal_queries::reserve_quota(tx, agreement.agreement_id, day, coming).await? else {
            let words = "Le quota de la collectivité a été atteint entre-temps.";
            return Ok(vec![Finding::new(&f::QUOTA_EXCEEDED, words)]);
        };
        // It is counted already.
        let mut before = Vec::with_capacity(agreement.limits.len());
        for limit in &agreement.limits {
            let since = limit.per.first_day(day);
            before.push(seal_queries::deposited(tx, agreement.agreement_id, since).await?.without(coming));
        }
        let passed = limits::check(agreement, &before, coming);
        if passed.is_empty() {
            quota::tell(tx, &self.clock, held, coming.bytes).await?;
        }
        Ok(passed)
    }
}

/// What `seal` made before a crash, with the package opened again.
pub(super) fn resume(
    row: AccessionRow,
    acknowledgement: Option<String>,
    validated: Validated,
) -> Result<Sealed, Error> {
    Ok(Sealed {
        accession: Accession::from_json(&row.record)?,
        reply: row.reply,
        notes: Notes::from_row(row.premis)?,
        transfer_record: row.transfer_record,
        acknowledgement,
        manifest: validated.manifest.ok_or(Error::Changed)?,
        package: validated.package,
        room: None,
    })
}

fn duplicate(identifier: &str) -> Finding {
    let message = format!(
        "Un versement portant l'identifiant « {identifier} » vient d'être accepté avec un autre contenu."
    );
    Finding::new(&f::MESSAGE_DUPLICATE, message).in_path("MessageIdentifier")
}

fn accession(
    tenant: TenantId,
    transfer: &Transfer,
    archive_id: ArchiveId,
    cote: &str,
    at: DateTime<Utc>,
    accepted: &Accepted,
) -> io::Result<Accession> {
    let Accepted { identified, manifest, agreement, .. } = accepted;
    let heading = &manifest.heading;
    let manifest_name =
        identified.manifest_entry.map(|entry| identified.package.entries()[entry].name.clone());
    let mut formats = Formats::default();
    let stored = |(number, object)| stored_object(archive_id, number, object, accepted, &mut formats);
    let objects = identified.objects.iter().enumerate().map(stored).collect::<Result<_, _>>()?;
    Ok(Accession {
        form: Accession::FORM,
        tenant_id: tenant.as_uuid(),
        archive_id: archive_id.0,
        transfer_id: transfer.transfer_id.0,
        cote: cote.to_owned(),
        title: title(manifest)?,
        grant_date: at.to_rfc3339_opts(SecondsFormat::Micros, true),
        seda_version: heading.version.number().to_owned(),
        message_identifier: heading.message_identifier.clone(),
        agreement_id: agreement.agreement_id.0,
        agreement: agreement.identifier.clone(),
        transferring_agency: heading.transferring_agency.clone().unwrap_or_default(),
        originating_agency: heading.originating_agency.clone(),
        received_sha512: hex::encode(&transfer.digest),
        received_size_bytes: transfer.size_bytes,
        unit_count: manifest.unit_count() as u32,
        manifest: StoredFile {
            name: manifest_name.unwrap_or_default(),
            logical_path: "manifest.xml".into(),
            content_path: "manifest.xml".into(),
            size_bytes: identified.manifest_size_bytes,
            sha512: identified.manifest_sha512.map(hex::encode).unwrap_or_default(),
        },
        format_signatures: Some(identified.format_signatures.clone()),
        formats: formats.stored,
        objects,
    })
}

fn stored_object(
    archive_id: ArchiveId,
    number: usize,
    object: &IdentifiedObject,
    accepted: &Accepted,
    formats: &mut Formats,
) -> io::Result<StoredObject> {
    let declared = accepted.manifest.binary_object(object.number)?;
    let (name, logical_path) = match object.place {
        Place::Entry(entry) => {
            let name = &accepted.identified.package.entries()[entry].name;
            (name.clone(), format!("objects/{name}"))
        }
        Place::Inline => {
            let name = declared.file_name.unwrap_or_else(|| declared.id.clone());
            let logical_path = content_path(number, &name).replace("objects/", INLINE);
            (name, logical_path)
        }
    };
    Ok(StoredObject {
        object_id: derived_id(archive_id.0, "object", &declared.id),
        seda_id: declared.id,
        media_type: object.media_type.to_owned(),
        puid: object.format.as_ref().map(|format| format.puid.clone()),
        format: object.format.as_ref().map(|format| formats.place(format)),
        format_basis: Some(object.basis.word().to_owned()),
        file: StoredFile {
            logical_path,
            content_path: content_path(number, &name),
            size_bytes: object.size_bytes,
            sha512: hex::encode(object.sha512),
            name,
        },
    })
}

/// Formats of objects, each once, as the record lists them; formats of one PUID may be several.
#[derive(Default)]
struct Formats {
    stored: Vec<StoredFormat>,
    /// By the address of the shared format: the same for the same one.
    places: HashMap<*const Format, u32>,
}

impl Formats {
    fn place(&mut self, format: &Arc<Format>) -> u32 {
        *self.places.entry(Arc::as_ptr(format)).or_insert_with(|| {
            self.stored.push(StoredFormat {
                puid: format.puid.clone(),
                name: format.name.clone(),
                version: format.version.clone(),
                mime: format.mime.clone(),
            });
            self.stored.len() as u32 - 1
        })
    }
}

/// Title of the first root unit, as lists show it.
pub(super) fn title(manifest: &Manifest) -> io::Result<String> {
    let root = manifest.first_root()?;
    Ok(listed_title(root.and_then(|unit| unit.content.title).as_deref()))
}

fn sealed_event(id: TransferId, accession: &Accession, accepted: &Accepted) -> Event {
    let mut detail = vec![
        ("accord", accession.agreement_id.to_string()),
        ("accord_version", terms::version(&accepted.agreement)),
        ("archive", accession.archive_id.to_string()),
        ("cote", accession.cote.clone()),
        ("manifest_sha512", accession.manifest.sha512.clone()),
    ];
    detail.extend(accepted.profile.iter().flat_map(Applied::detail));
    detail.push(("antivirus", coverage::word(&accepted.identified.viruses.coverage).into()));
    if !accepted.findings.is_empty() {
        detail.push(("codes", super::codes(&accepted.findings)));
    }
    let (event_type, outcome) = (EventType::Controle, Outcome::Ok);
    Event { event_type, outcome, agent: Agent::Service, object: event_object(id), detail }
}
