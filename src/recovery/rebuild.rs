//! The catalogue from the objects of one site alone: each object read, and entered or listed.
//!
//! An archive is entered in a transaction of its own, so that a rebuild that was cut goes on where it was. What nothing
//! says was taken in charge stays out, and so does what is wrong: neither is guessed.

use std::collections::HashSet;
use std::sync::Arc;

use fail::fail_point;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::begin::Begun;
use super::objects::Reader;
use super::{Error, Recovery, blocking, numbers, queries};
use crate::model::{Agent, ArchiveId, Event, EventType, Outcome, TenantId};
use crate::proof::journal_copy::Head;
use crate::storage::{self, TenantStore};

/// Objects whose rows are looked for at once.
const PAGE: usize = 500;

/// What is asked of a rebuild.
#[derive(Clone, Debug)]
pub struct Asked {
    pub site: String,
    /// Every byte of every object is read; else what the rows are made of, and the rest is the audit's.
    pub whole: bool,
    pub purpose: Purpose,
}

/// Why it is asked.
#[derive(Clone, Debug)]
pub enum Purpose {
    Recovery {
        /// Where the database and the site have two journals, the database's stays.
        keep_journal: bool,
        /// The job that takes a transfer found in quarantine up again.
        resume_job: &'static str,
    },
    /// Only these archives, and the journal up to there: what a running database had when the rehearsal began. Nothing is
    /// written but rows.
    Rehearsal { archives: Arc<HashSet<Uuid>>, journal: Option<Head> },
}

/// An object that is not entered, and why.
#[derive(Clone, Debug)]
pub struct LeftOut {
    pub archive: ArchiveId,
    pub cote: Option<String>,
    /// `unconfirmed`, `faulty` or `conflict`.
    pub reason: &'static str,
    pub detail: String,
}

/// What is heard of a rebuild while it goes on.
#[derive(Debug)]
pub enum Told<'a> {
    Began {
        code: &'a str,
        objects: usize,
        journal_entries: i64,
    },
    /// So many objects are done.
    Done(usize),
    LeftOut(&'a LeftOut),
    /// An attestation that is not entered: its number, and why.
    Attestation {
        number: &'a str,
        reason: &'a str,
    },
    /// A site whose copies could not be looked at.
    Away(&'a str),
    /// Why the member's own sites cannot keep its archives with these settings: its deposits would not be stored.
    Sites(&'a str),
}

/// What a rebuild came to, for one member.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rebuilt {
    pub code: String,
    pub journal_entries: i64,
    pub objects: usize,
    /// Entered by this run.
    pub entered: usize,
    /// In the catalogue before it.
    pub known: usize,
    pub unconfirmed: usize,
    pub faulty: usize,
    pub conflicts: usize,
    pub size_bytes: u64,
    /// Transfers that waited in quarantine and are taken up again.
    pub resumed: usize,
    /// Files in quarantine that nothing tells what to do with.
    pub unexplained: usize,
    /// Attestations entered by this run.
    pub attestations: usize,
    /// Of transfers that are not there: the journal alone knows them.
    pub attestations_alone: usize,
    /// Texts that no entry of the journal declares.
    pub attestations_faulty: usize,
}

/// Objects of a member on the site, and what is said of them when it begins.
pub(super) struct Objects {
    pub ids: Vec<ArchiveId>,
    /// SHA-256 over each one's identifier and inventory, in order.
    pub digest: [u8; 32],
}

impl Recovery {
    /// Members that have a storage root on the site; the platform's own test objects are no member's, and made again by
    /// the service.
    pub async fn members_on(&self, site: &str) -> Result<Vec<TenantId>, Error> {
        let (storage, site) = (self.storage.clone(), site.to_owned());
        let mut tenants = blocking(move || Ok(storage.tenants_on(&site)?)).await?;
        tenants.retain(|tenant| *tenant != TenantId::of_canaries());
        Ok(tenants)
    }

    /// Rebuilds one member's catalogue from a site; `tell` hears how it goes.
    pub async fn rebuild(
        &self,
        asked: &Asked,
        tenant: TenantId,
        tell: &mut (dyn FnMut(Told<'_>) + Send),
    ) -> Result<Rebuilt, Error> {
        let store = self.storage.tenant(tenant).on(&[&asked.site])?;
        let at_hand = store.clone();
        let purpose = asked.purpose.clone();
        let objects = blocking(move || list(&at_hand, &purpose)).await?;
        let begun = self.begin(asked, tenant, &store, &objects).await?;
        let Begun { code, journal_entries, .. } = &begun;
        let count = objects.ids.len();
        tell(Told::Began { code, objects: count, journal_entries: *journal_entries });
        let mut rebuilt = Rebuilt {
            code: code.clone(),
            journal_entries: *journal_entries,
            objects: count,
            ..Rebuilt::default()
        };
        let mut tx = self.db.read(tenant).await?;
        let own = queries::member_sites(&mut tx).await?;
        drop(tx);
        if let Some(sentence) = own.and_then(|own| self.storage.refusal_of(&own)) {
            tell(Told::Sites(&sentence));
        }
        let others = self.other_sites(tenant, &asked.site, tell).await?;
        let reader = Reader { recovery: self, asked, tenant, store: &store, others: &others };
        for page in objects.ids.chunks(PAGE) {
            reader.page(page, &mut rebuilt, tell).await?;
        }
        if let Purpose::Recovery { resume_job, .. } = asked.purpose {
            self.settle_quarantine(resume_job, tenant, &mut rebuilt).await?;
        }
        self.attestations(tenant, &store, &mut rebuilt, tell).await?;
        self.end(asked, tenant, &begun, &objects, &rebuilt).await?;
        Ok(rebuilt)
    }

    /// The other sites, those that are away left out and told.
    async fn other_sites(
        &self,
        tenant: TenantId,
        site: &str,
        tell: &mut (dyn FnMut(Told<'_>) + Send),
    ) -> Result<Vec<(String, TenantStore)>, Error> {
        let mut others = Vec::new();
        for name in self.storage.sites().filter(|name| *name != site) {
            let store = self.storage.tenant(tenant).on(&[name])?;
            let at_hand = store.clone();
            match blocking(move || Ok(at_hand.kept_names()?)).await {
                Ok(_) => others.push((name.to_owned(), store)),
                Err(Error::Storage(_)) => tell(Told::Away(name)),
                Err(error) => return Err(error),
            }
        }
        Ok(others)
    }

    /// The last transaction: numbers that the journal knows, and the entry that says what came of it all.
    async fn end(
        &self,
        asked: &Asked,
        tenant: TenantId,
        begun: &Begun,
        objects: &Objects,
        rebuilt: &Rebuilt,
    ) -> Result<(), Error> {
        let now = self.clock.now();
        let mut tx = self.db.write(tenant).await?;
        numbers::go_on_after_all(&mut tx).await?;
        queries::end_rebuild(&mut tx, begun.rebuild_id, now).await?;
        let wrong = rebuilt.faulty + rebuilt.conflicts + rebuilt.attestations_faulty;
        tx.record(Event {
            event_type: EventType::Reconstruction,
            outcome: if wrong == 0 { Outcome::Ok } else { Outcome::Ko },
            agent: Agent::Operator,
            object: format!("member:{}", begun.code),
            detail: vec![
                ("etape", "fin".to_owned()),
                ("site", asked.site.clone()),
                ("objets", rebuilt.objects.to_string()),
                ("objets_sha256", hex::encode(objects.digest)),
                ("entrees", rebuilt.entered.to_string()),
                ("deja_connues", rebuilt.known.to_string()),
                ("non_confirmees", rebuilt.unconfirmed.to_string()),
                ("en_defaut", (rebuilt.faulty + rebuilt.conflicts).to_string()),
                ("attestations", rebuilt.attestations.to_string()),
                ("attestations_en_defaut", rebuilt.attestations_faulty.to_string()),
                ("versements_repris", rebuilt.resumed.to_string()),
            ],
        });
        fail_point!("rebuild-before-end");
        Ok(tx.commit().await?)
    }
}

/// Every object on the site, and a digest of them all.
fn list(store: &TenantStore, purpose: &Purpose) -> Result<Objects, Error> {
    let (mut ids, mut digest) = (Vec::new(), Sha256::new());
    for archive in store.list()? {
        let archive = archive?;
        if matches!(purpose, Purpose::Rehearsal { archives, .. } if !archives.contains(&archive.0)) {
            continue;
        }
        digest.update(archive.0.as_bytes());
        match store.technical_metadata(archive) {
            Ok(metadata) => digest.update(metadata.inventory_sha512),
            // What is wrong with it is said when it is read.
            Err(storage::Error::Damaged { .. } | storage::Error::Absent(_)) => digest.update([0; 64]),
            Err(error) => return Err(error.into()),
        }
        ids.push(archive);
    }
    Ok(Objects { ids, digest: digest.finalize().into() })
}
