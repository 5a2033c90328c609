//! What the examination saw of a message, and what the registers say about the names it bears.
//!
//! It decides nothing: `decide` does, over these facts.

use std::io;

use super::conform::Applied;
use super::decide::Facts;
use super::identify::Identified;
use super::judge::Sender;
use super::places::Places;
use super::state_queries::Examined;
use super::{Error, Ingest, coverage, replies, seal, seal_queries, signatures};
use crate::model::file_kind;
use crate::model::{
    Agreement, AgreementId, Event, FileKinds, Finding, Scope, SedaVersion, Signatures, TenantId, TransferId,
    VirusCoverage,
};
use crate::registry;
use crate::seda::Manifest;
use crate::seda::lengths::IDENTIFIER_BYTES_MAX;
use crate::storage::TenantStore;

/// What the examination saw of the message, kept while its value goes through `decide`.
#[derive(Clone, Debug, Default)]
pub(super) struct Seen {
    version: Option<SedaVersion>,
    message_identifier: Option<String>,
    agreement: Option<String>,
    archival_agency: Option<String>,
    transferring_agency: Option<String>,
    originating_agency: Option<String>,
    submission_agency: Option<String>,
    profile: Option<String>,
    /// The profile it was checked against.
    applied: Option<Applied>,
    /// The agreement it was judged under, and the version of its terms.
    terms: Option<(AgreementId, String)>,
    title: Option<String>,
    unit_count: Option<usize>,
    object_count: Option<usize>,
    expanded_bytes: u64,
    /// Of a manifest read to its end.
    manifest_sha512: Option<[u8; 64]>,
    viruses: VirusCoverage,
    /// Those of its electronic signatures that are told in its row.
    signatures: Signatures,
    kinds: FileKinds,
    places: Places,
}

impl Seen {
    /// Of a package read wholly.
    ///
    /// # Errors
    /// When the scratch that holds the description cannot be read.
    pub(super) fn of(identified: &Identified) -> io::Result<Self> {
        let (header, manifest) = (&identified.header, identified.manifest.as_deref());
        Ok(Self {
            version: identified.message.as_ref().map(|(version, _)| *version),
            message_identifier: header.message_identifier.clone(),
            agreement: header.archival_agreement.clone(),
            archival_agency: header.archival_agency.clone(),
            transferring_agency: header.transferring_agency.clone(),
            originating_agency: manifest.and_then(|manifest| manifest.heading.originating_agency.clone()),
            submission_agency: manifest.and_then(|manifest| manifest.heading.submission_agency.clone()),
            profile: manifest.and_then(|manifest| manifest.heading.archival_profile.clone()),
            applied: None,
            terms: None,
            title: manifest.map(seal::title).transpose()?,
            unit_count: manifest.map(Manifest::unit_count),
            object_count: manifest.map(Manifest::binary_object_count),
            expanded_bytes: identified.expanded_bytes,
            manifest_sha512: identified.manifest_sha512,
            viruses: identified.viruses.coverage.clone(),
            signatures: identified.signatures.shortened(signatures::TOLD_IN_ROW),
            kinds: file_kind::counted(
                identified.objects.iter().map(|object| (object.media_type(), object.size_bytes)),
            ),
            places: Places::default(),
        })
    }

    /// The same, with the place of each finding.
    pub(super) fn with_places(self, places: Places) -> Self {
        Self { places, ..self }
    }

    /// Takes note of the profile that applies to it.
    pub(super) fn was_checked_against(&mut self, applied: Option<&Applied>) {
        self.applied = applied.cloned();
    }

    /// Takes note of the agreement that it is judged under.
    pub(super) fn is_judged_under(&mut self, agreement: Option<&Agreement>) {
        self.terms = agreement.map(|agreement| (agreement.agreement_id, registry::terms::version(agreement)));
    }

    /// The agreement and the profile with their versions, and whether it was checked for viruses, for journal entries.
    pub(super) fn detail(&self) -> Vec<(&'static str, String)> {
        let mut detail = self.applied.as_ref().map(Applied::detail).unwrap_or_default();
        if let Some((agreement, version)) = &self.terms {
            detail.extend([("accord", agreement.to_string()), ("accord_version", version.clone())]);
        }
        detail.push(("antivirus", coverage::word(&self.viruses).into()));
        detail
    }

    /// How far it was checked for viruses.
    pub(super) fn coverage(&self) -> &VirusCoverage {
        &self.viruses
    }

    /// The checks that have an entry of their own in the journal.
    pub(super) fn checks(&self, id: TransferId) -> Vec<Event> {
        let viruses = coverage::event(id, &self.viruses);
        viruses.into_iter().chain(signatures::event(id, &self.signatures)).collect()
    }

    /// For the transfer's row.
    pub(super) fn examined<'a>(&'a self, findings: &'a [Finding]) -> Examined<'a> {
        Examined {
            version: self.version,
            message_identifier: fit(&self.message_identifier),
            transferring_agency: fit(&self.transferring_agency),
            agreement: fit(&self.agreement),
            originating_agency: fit(&self.originating_agency),
            profile: fit(&self.profile),
            profile_version: self.applied.as_ref().map(|applied| applied.version),
            terms: self.terms.as_ref().map(|(_, version)| version.as_str()),
            title: self.title.as_deref(),
            unit_count: self.unit_count,
            object_count: self.object_count,
            expanded_bytes: self.expanded_bytes,
            manifest_sha512: self.manifest_sha512.as_ref().map(|digest| digest.as_slice()),
            virus: &self.viruses,
            signatures: (!self.signatures.is_empty()).then_some(&self.signatures),
            findings,
            kinds: &self.kinds,
            places: &self.places,
        }
    }

    /// For the reply that refuses it.
    pub(super) fn refused(&self) -> replies::Refused {
        replies::Refused {
            version: self.version,
            message_identifier: self.message_identifier.clone(),
            agreement: self.agreement.clone(),
            archival_agency: self.archival_agency.clone(),
            transferring_agency: self.transferring_agency.clone(),
            is_admitted: self.terms.is_some(),
            told: self.detail(),
        }
    }
}

/// A name that the register can hold; one that is too long has its finding.
fn fit(name: &Option<String>) -> Option<&str> {
    name.as_deref().filter(|name| name.len() <= IDENTIFIER_BYTES_MAX)
}

/// The member that receives it, and where its archives are kept.
pub(super) struct Home {
    pub code: String,
    pub store: TenantStore,
}

impl Ingest {
    /// What the registers say, and where the archive would go, in one transaction that ends before anything is decided.
    pub(super) async fn facts(
        &self,
        tenant: TenantId,
        from: &Sender,
        seen: &Seen,
    ) -> Result<(Facts, Home), Error> {
        let mut tx = self.db.read(tenant).await?;
        let tx = &mut tx;
        let mut facts =
            Facts { room: seal_queries::room_left(tx, self.clock.today()).await?, ..Facts::default() };
        if let Some(name) = &seen.agreement {
            facts.agreement = registry::queries::find_agreement(tx, name).await?;
        }
        if let (Some(agreement), Some(machine)) = (&facts.agreement, from.machine_id) {
            let open = registry::queries::machine_agreements(tx, machine).await?;
            if !open.contains(&agreement.identifier) {
                facts.agreement = None;
            }
        }
        if let (Some(agreement), Some(person)) = (&facts.agreement, from.person_id) {
            let held = registry::queries::depositing(tx, person).await?;
            // Whoever deposits no more deposits what they had begun.
            let open = |scope: Scope| {
                scope.reaches(Some(&agreement.identifier), seen.originating_agency.as_deref(), None)
            };
            if !held.is_none_or(open) {
                facts.agreement = None;
            }
        }
        if let Some(agreement) = &facts.agreement {
            if let Some(code) = &agreement.conditions.typology {
                let versions = registry::retention_queries::versions_of(tx, code).await?;
                facts.rule = registry::retention::in_force(code, versions, self.clock.today());
            }
            for limit in &agreement.limits {
                let since = limit.per.first_day(self.clock.today());
                facts.deposited.push(seal_queries::deposited(tx, agreement.agreement_id, since).await?);
            }
        }
        if let Some(name) = &seen.profile {
            facts.profile = registry::profile_queries::find_profile_named(tx, name.trim()).await?;
        }
        let named = [
            (&mut facts.archival_agency, seen.archival_agency.as_deref()),
            (&mut facts.transferring_agency, seen.transferring_agency.as_deref()),
            (&mut facts.originating_agency, seen.originating_agency.as_deref()),
            (&mut facts.submission_agency, fit(&seen.submission_agency)),
        ];
        let names: Vec<String> = named.iter().filter_map(|(_, name)| name.map(str::to_owned)).collect();
        let parties = registry::queries::find_parties(tx, &names).await?;
        for (party, name) in named {
            *party = parties.iter().find(|known| Some(known.identifier.as_str()) == name).cloned();
        }
        if let (Some(agency), Some(identifier)) = (&seen.transferring_agency, &seen.message_identifier) {
            facts.identifier_consumed =
                seal_queries::identifier_is_consumed(tx, agency, identifier, from.transfer_id).await?;
        }
        facts.standing = registry::convention_queries::standing(tx).await?;
        facts.copy = from.copy;
        let (code, store) = (facts.standing.code.clone(), self.store_of(tx).await?);
        facts.sites = store.site_names();
        Ok((facts, Home { code, store }))
    }
}
