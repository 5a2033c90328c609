//! An archive as attestations tell it, from the record fixed at its acceptance.
//!
//! Pure. Whoever attests says the same of the same archive.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::package::accession::{Accession, StoredFile};
use crate::proof::attestation::{Archive, Counted, FILES_MAX, File};
use crate::proof::journal::timestamp;

/// The archive; `inventory`: digest of the inventory fixed when it was taken in charge.
pub fn archive(
    accession: &Accession,
    profile: Option<String>,
    inventory: Option<&[u8; 64]>,
    taken_in_charge_at: DateTime<Utc>,
) -> Archive {
    Archive {
        id: accession.archive_id.to_string(),
        cote: accession.cote.clone(),
        title: accession.title.clone(),
        agreement: accession.agreement.clone(),
        profile,
        originating_agency: accession.originating_agency.clone(),
        taken_in_charge_at: timestamp(taken_in_charge_at),
        unit_count: accession.unit_count.into(),
        file_count: stored(accession).count() as u64,
        size_bytes: stored(accession).map(|file| file.size_bytes).sum(),
        inventory_sha512: inventory.map(hex::encode),
        formats: formats(accession),
    }
}

/// The manifest, then the objects, up to [`FILES_MAX`].
pub fn files(accession: &Accession) -> Vec<File> {
    stored(accession).take(FILES_MAX).map(file).collect()
}

/// A profile in words.
pub fn profile(identifier: Option<&str>, version: Option<u32>) -> Option<String> {
    let version = version.map(|version| format!(", version {version}")).unwrap_or_default();
    Some(format!("{}{version}", identifier?))
}

fn stored(accession: &Accession) -> impl Iterator<Item = &StoredFile> {
    std::iter::once(&accession.manifest).chain(accession.objects.iter().map(|object| &object.file))
}

fn file(file: &StoredFile) -> File {
    File {
        name: if file.name.is_empty() { file.logical_path.clone() } else { file.name.clone() },
        size_bytes: file.size_bytes,
        sha512: file.sha512.clone(),
    }
}

fn formats(accession: &Accession) -> Vec<Counted> {
    let mut counts = BTreeMap::<String, u64>::new();
    for object in &accession.objects {
        let named = accession.format_of(object).map(|format| format!("{} ({})", format.name, format.puid));
        *counts.entry(named.unwrap_or_else(|| object.media_type.clone())).or_default() += 1;
    }
    counts.into_iter().map(|(name, count)| Counted { name, count }).collect()
}
