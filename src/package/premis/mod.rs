//! `metadata/premis.xml` of an AIP, in PREMIS 3: the archive, the package received, every stored file, the
//! events of the taking in charge and their agents.
//!
//! It carries no journal number: the journal is written after it. The one thing to know: its bytes are made
//! again from what `seal` fixed, each time `store` runs; whoever changes what a form writes gives it another
//! number, and keeps the former one.

mod journal;
mod read;
mod write;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::accession::{Accession, StoredFile, StoredFormat, StoredObject, derived_id};

pub use journal::Journal;
pub use read::{Stated, read};
pub use write::write;

/// Namespace of the standard's third version.
pub(super) const NAMESPACE: &str = "http://www.loc.gov/premis/v3";
/// How a logical path is named where PREMIS asks where a file is.
pub(super) const LOCATION: &str = "OCFL logical path";

/// What `seal` fixes for this file, beside the accession record.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// [`Entry::FORM`].
    pub form: u32,
    /// Version of the program that accepted the transfer.
    pub software_version: String,
    pub events: Vec<EntryEvent>,
}

impl Entry {
    /// The form written today. The first, of one object only, was kept as its text.
    pub const FORM: u32 = 2;
}

/// One event of the taking in charge.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryEvent {
    pub identifier: Uuid,
    /// PREMIS `eventType`, a term of its vocabulary.
    pub event_type: String,
    /// RFC 3339, UTC.
    pub date_time: String,
    pub detail: String,
    pub outcome: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub note: Option<String>,
}

/// One stored file, as PREMIS describes it.
#[derive(Clone, Debug)]
pub struct PremisFile<'a> {
    pub identifier: Uuid,
    /// What the message calls it.
    pub seda_id: Option<&'a str>,
    /// Hexadecimal.
    pub sha512: &'a str,
    pub size_bytes: u64,
    pub format: PremisFormat<'a>,
    /// As received; none for a file of ours.
    pub original_name: Option<&'a str>,
    pub logical_path: &'a str,
}

/// The format of a file.
#[derive(Clone, Copy, Debug, Default)]
pub struct PremisFormat<'a> {
    /// As PRONOM names it; the media type, when it does not.
    pub name: &'a str,
    pub version: Option<&'a str>,
    pub puid: Option<&'a str>,
    /// What the answer rests on.
    pub basis: Option<&'a str>,
}

/// A file that the service wrote beside those received.
#[derive(Clone, Debug)]
pub struct OwnFile {
    pub logical_path: &'static str,
    pub media_type: &'static str,
    pub size_bytes: u64,
    /// Hexadecimal.
    pub sha512: String,
}

/// Every file that PREMIS describes: the manifest, the objects in its order, then those of the service.
pub(super) fn files<'a>(
    accession: &'a Accession,
    ours: &'a [OwnFile],
) -> impl Iterator<Item = PremisFile<'a>> {
    let archive = accession.archive_id;
    let own_id = move |path: &str| derived_id(archive, "file", path);
    let received = |file: &'a StoredFile, identifier, seda_id, format| PremisFile {
        identifier,
        seda_id,
        sha512: &file.sha512,
        size_bytes: file.size_bytes,
        format,
        original_name: Some(file.name.as_str()),
        logical_path: &file.logical_path,
    };
    let manifest = &accession.manifest;
    let xml = PremisFormat { name: "application/xml", ..PremisFormat::default() };
    let manifest = received(manifest, own_id(&manifest.logical_path), None, xml);
    let objects = accession.objects.iter().map(move |object| {
        let format = accession.format_of(object);
        received(&object.file, object.object_id, Some(object.seda_id.as_str()), of_object(object, format))
    });
    let ours = ours.iter().map(move |file| PremisFile {
        identifier: own_id(file.logical_path),
        seda_id: None,
        sha512: &file.sha512,
        size_bytes: file.size_bytes,
        format: PremisFormat { name: file.media_type, ..PremisFormat::default() },
        original_name: None,
        logical_path: file.logical_path,
    });
    std::iter::once(manifest).chain(objects).chain(ours)
}

/// A record of an earlier form says nothing but the media type.
fn of_object<'a>(object: &'a StoredObject, format: Option<&'a StoredFormat>) -> PremisFormat<'a> {
    let said = |text: &'a str| Some(text).filter(|text| !text.is_empty());
    PremisFormat {
        name: format.and_then(|format| said(&format.name)).unwrap_or(&object.media_type),
        version: format.and_then(|format| said(&format.version)),
        puid: object.puid.as_deref(),
        basis: object.format_basis.as_deref().filter(|_| object.puid.is_some()),
    }
}
