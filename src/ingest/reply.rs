//! Last step: one transaction for the rows, the events and the reply. From its commit on, the archive is ours.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use fail::fail_point;
use uuid::Uuid;

use super::queries::{self, MessageKind};
use super::seal::listed_title;
use super::store::Stored;
use super::{Error, Ingest, event_object, state_queries};
use crate::catalog::write::{self, NewArchive, NewObject, NewUnit};
use crate::db::TenantTx;
use crate::model::{Agent, Event, EventType, Manifest, Outcome, TenantId, TransferId, TransferState, Unit};
use crate::package::accession::{Accession, StoredObject, derived_id};
use crate::proof::digest::sha512;
use crate::telemetry;

/// Longest text indexed for one unit. PostgreSQL refuses a tsvector over 1 MiB, and a compound word, indexed
/// whole and in parts, takes up to three times its bytes.
const SEARCH_BYTES_MAX: usize = 250_000;

impl Ingest {
    /// Commits the taking in charge; does nothing when it is already committed.
    pub(super) async fn reply(&self, tenant: TenantId, id: TransferId, stored: Stored) -> Result<(), Error> {
        let accession = &stored.sealed.accession;
        let granted: DateTime<Utc> = accession.grant_date.parse().map_err(|_| Error::Changed)?;
        let at = self.clock.now();
        let mut tx = self.db.write(tenant).await?;
        match state_queries::lock_transfer(&mut tx, id).await? {
            Some((TransferState::Sealed, _)) => {}
            Some((TransferState::TakenInCharge, _)) => return Ok(()),
            _ => return Err(Error::Contended),
        }
        enter_archive(&mut tx, &stored, granted).await?;
        for location in &stored.locations {
            write::insert_copy(&mut tx, accession.archive_id, &location.site, &location.path, at).await?;
        }
        let identifier = super::replies::reply_identifier(&accession.cote);
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
        fail_point!("reply-before-commit");
        tx.commit().await?;
        fail_point!("reply-after-commit");
        telemetry::transfer_is_now(TransferState::TakenInCharge);
        Ok(())
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
    tx.record(Event {
        event_type: EventType::PriseEnCharge,
        outcome: Outcome::Ok,
        agent: Agent::Service,
        object: archive,
        detail: vec![
            ("accord", stored.sealed.accession.agreement_id.to_string()),
            ("cote", stored.sealed.accession.cote.clone()),
            ("reponse_sha512", hex::encode(sha512(stored.sealed.reply.as_bytes()))),
            ("transfert", event_object(id)),
        ],
    });
}

async fn enter_archive(tx: &mut TenantTx, stored: &Stored, granted: DateTime<Utc>) -> Result<(), Error> {
    let (accession, manifest) = (&stored.sealed.accession, &stored.sealed.manifest);
    let archive_id = accession.archive_id;
    let size_bytes = accession.manifest.size_bytes
        + accession.objects.iter().map(|object| object.file.size_bytes).sum::<u64>();
    let archive = NewArchive {
        archive_id,
        transfer_id: accession.transfer_id,
        cote: &accession.cote,
        title: &accession.title,
        agreement_id: accession.agreement_id,
        transferring_agency: &accession.transferring_agency,
        originating_agency: accession.originating_agency.as_deref(),
        size_bytes,
        unit_count: accession.unit_count,
        object_count: accession.objects.len() as u32,
        taken_in_charge_at: granted,
    };
    write::insert_archive(tx, &archive).await?;
    let units = manifest.units.iter().map(|unit| new_unit(accession, unit));
    write::insert_units(tx, archive_id, granted, units).await?;
    write::insert_unit_links(tx, &unit_links(archive_id, manifest)).await?;
    write::insert_objects(tx, archive_id, &new_objects(accession, manifest)).await?;
    write::insert_unit_objects(tx, &unit_objects(accession, manifest)).await?;
    Ok(())
}

fn new_unit(accession: &Accession, unit: &Unit) -> NewUnit {
    let content = &unit.content;
    let title = listed_title(content.title.as_deref());
    let root = unit.parents.is_empty();
    let mut words = vec![title.as_str()];
    words.extend(content.descriptions.iter().map(String::as_str));
    words.extend(content.keywords.iter().map(String::as_str));
    words.extend(content.others.iter().map(|(_, text)| text.as_str()));
    if root {
        words.push(&accession.cote);
    }
    let mut search_text = words.join("\n");
    search_text.truncate(search_text.floor_char_boundary(SEARCH_BYTES_MAX));
    NewUnit {
        unit_id: derived_id(accession.archive_id, "unit", &unit.id),
        seda_id: unit.id.clone(),
        root,
        description_level: content.description_level.clone(),
        start_date: content.start_date.clone(),
        end_date: content.end_date.clone(),
        content: serde_json::json!({ "content": content, "rules": unit.rules }),
        search_text,
        title,
    }
}

fn unit_links(archive_id: Uuid, manifest: &Manifest) -> Vec<(Uuid, Uuid)> {
    let unit_id = |id: &str| derived_id(archive_id, "unit", id);
    let links =
        manifest.units.iter().flat_map(|unit| unit.parents.iter().map(move |parent| (parent, &unit.id)));
    links.map(|(parent, child)| (unit_id(parent), unit_id(child))).collect()
}

fn new_objects(accession: &Accession, manifest: &Manifest) -> Vec<NewObject> {
    let declared: HashMap<&str, _> =
        manifest.binary_objects.iter().map(|object| (object.id.as_str(), object)).collect();
    let one = |stored: &StoredObject| {
        let declared = declared.get(stored.seda_id.as_str());
        let name = declared.and_then(|object| object.file_name.clone());
        let last = stored.file.name.rsplit('/').next().unwrap_or(&stored.file.name);
        NewObject {
            object_id: stored.object_id,
            seda_id: stored.seda_id.clone(),
            usage: declared.and_then(|object| object.usage.clone()),
            file_name: name.unwrap_or_else(|| last.to_owned()),
            content_path: format!("v1/content/{}", stored.file.content_path),
            size_bytes: stored.file.size_bytes,
            sha512: hex::decode(&stored.file.sha512).unwrap_or_default(),
            media_type: stored.media_type.clone(),
            format_id: declared.and_then(|object| object.format_id.clone()),
        }
    };
    accession.objects.iter().map(one).collect()
}

/// A unit's objects: those it names, and those of the groups it names.
fn unit_objects(accession: &Accession, manifest: &Manifest) -> Vec<(Uuid, Uuid)> {
    let stored: HashMap<&str, Uuid> =
        accession.objects.iter().map(|object| (object.seda_id.as_str(), object.object_id)).collect();
    let mut groups: HashMap<&str, Vec<Uuid>> = HashMap::new();
    for object in &manifest.binary_objects {
        if let (Some(group), Some(id)) = (&object.group, stored.get(object.id.as_str())) {
            groups.entry(group).or_default().push(*id);
        }
    }
    let mut links = Vec::new();
    for unit in &manifest.units {
        let unit_id = derived_id(accession.archive_id, "unit", &unit.id);
        let own = unit.object_refs.iter().filter_map(|id| stored.get(id.as_str())).copied();
        let grouped = unit.group_refs.iter().filter_map(|id| groups.get(id.as_str())).flatten().copied();
        let mut objects: Vec<Uuid> = own.chain(grouped).collect();
        objects.sort_unstable();
        objects.dedup();
        links.extend(objects.into_iter().map(|object| (unit_id, object)));
    }
    links
}
