//! `metadata/accession.json` of an AIP: what was decided when the transfer was accepted.
//!
//! It is fixed by `seal` and read back by `store`, so that the same bytes are written however often a
//! crash makes it start again; and it lets the catalogue be rebuilt from the object alone. It holds no
//! description: that is the manifest's, which stands beside it untouched.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Content paths, which are logical paths too, of what is added to the depositor's files.
pub const ACCESSION: &str = "metadata/accession.json";
pub const ACKNOWLEDGEMENT: &str = "metadata/acknowledgement.xml";
pub const CHECKS: &str = "metadata/checks.json";
pub const PREMIS: &str = "metadata/premis.xml";
pub const REPLY: &str = "metadata/reply.xml";
pub const SIGNATURES: &str = "metadata/signatures.json";
pub const TRANSFER: &str = "metadata/transfer.json";
/// Content path of the manifest as received.
pub const MANIFEST: &str = "manifest.xml";

/// Version of this file's form; a reader refuses one it does not know. The first had no `puid`, the second no `formats`.
const FORM: u32 = 3;
const FORMS_READ: std::ops::RangeInclusive<u32> = 1..=FORM;

/// Everything fixed at acceptance, apart from the reply and the PREMIS events, which are files of their own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Accession {
    /// [`FORM`].
    pub form: u32,
    pub tenant_id: Uuid,
    pub archive_id: Uuid,
    pub transfer_id: Uuid,
    /// Reference of the archive, unique in the member.
    pub cote: String,
    /// Title of the first root unit.
    pub title: String,
    /// RFC 3339, UTC: when the responsibility passed.
    pub grant_date: String,
    pub seda_version: String,
    pub message_identifier: String,
    pub agreement_id: Uuid,
    pub agreement: String,
    pub transferring_agency: String,
    pub originating_agency: Option<String>,
    /// SHA-512 of the container as received, hexadecimal.
    pub received_sha512: String,
    pub received_size_bytes: u64,
    pub unit_count: u32,
    pub manifest: StoredFile,
    /// The signatures by which formats were named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format_signatures: Option<String>,
    /// Every format that an object has, once.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub formats: Vec<StoredFormat>,
    /// In the order of the manifest.
    pub objects: Vec<StoredObject>,
}

/// A format as PRONOM names it; what it has not is empty.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredFormat {
    pub puid: String,
    pub name: String,
    pub version: String,
    pub mime: String,
}

/// One file of the package as it is stored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredFile {
    /// Name in the container received; what the message calls it, when its content travelled in the message.
    pub name: String,
    /// Path in the AIP's logical state.
    pub logical_path: String,
    /// Path under the version's content folder: opaque, safe on any file system.
    pub content_path: String,
    pub size_bytes: u64,
    /// Hexadecimal.
    pub sha512: String,
}

/// One binary object: its file and what the manifest calls it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StoredObject {
    pub object_id: Uuid,
    pub seda_id: String,
    pub media_type: String,
    /// PRONOM's identifier of the format, when it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub puid: Option<String>,
    /// Its place in `formats`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format: Option<u32>,
    /// What that rests on: `container`, `signature`, `extension`, `none`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub format_basis: Option<String>,
    #[serde(flatten)]
    pub file: StoredFile,
}

/// The commit marker of an archive, in each copy's `logs/`: its rows were committed, it is the member's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Confirmation {
    pub transfer_id: Uuid,
    /// RFC 3339: when the transfer was taken in charge.
    pub committed_at: String,
}

impl Confirmation {
    /// The marker's text; the same value gives the same bytes.
    pub fn to_json(&self) -> String {
        let mut text = serde_json::to_string(self).expect("strings");
        text.push('\n');
        text
    }
}

/// A record of the archive, of its accession or of its transfer, that cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("record of the archive: {0}")]
    Json(#[from] serde_json::Error),
    #[error("record of the archive in form {0}, unknown here")]
    Form(u32),
}

impl Accession {
    /// The form written today.
    pub const FORM: u32 = FORM;

    /// Bytes of the manifest and the objects.
    pub fn size_bytes(&self) -> u64 {
        self.manifest.size_bytes + self.objects.iter().map(|object| object.file.size_bytes).sum::<u64>()
    }

    /// The file's text; the same value gives the same bytes.
    pub fn to_json(&self) -> String {
        let mut text = Vec::new();
        self.write(&mut text).expect("writing to memory does not fail");
        String::from_utf8(text).expect("JSON is UTF-8")
    }

    /// Writes the file's text as a stream.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn write(&self, mut out: impl Write) -> io::Result<()> {
        serde_json::to_writer_pretty(&mut out, self)?;
        out.write_all(b"\n")
    }

    /// The format of an object of this record.
    pub fn format_of(&self, object: &StoredObject) -> Option<&StoredFormat> {
        self.formats.get(object.format? as usize)
    }

    /// Reads the file back.
    pub fn from_json(text: &str) -> Result<Self, Error> {
        let accession: Self = serde_json::from_str(text)?;
        if !FORMS_READ.contains(&accession.form) {
            return Err(Error::Form(accession.form));
        }
        Ok(accession)
    }
}

/// Identifier of a unit or object of an archive: the same for the same archive and message identifier,
/// whoever computes it and whenever (UUID version 5).
pub fn derived_id(archive_id: Uuid, kind: &str, seda_id: &str) -> Uuid {
    Uuid::new_v5(&archive_id, format!("{kind}:{seda_id}").as_bytes())
}

/// Identifier of the reply that accepts the archive of this reference.
pub fn reply_identifier(cote: &str) -> String {
    format!("ATR-{cote}")
}

/// Identifier of the acknowledgement of a transfer, by the member of this code.
pub fn acknowledgement_identifier(member_code: &str, transfer_id: Uuid) -> String {
    format!("{member_code}-ACK-{}", transfer_id.simple())
}

/// Content path of the `index`th object (from 0): numbered, with the extension of its name when it is plain.
pub fn content_path(index: usize, name: &str) -> String {
    let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_ascii_lowercase());
    match extension {
        Some(e) if (1..=8).contains(&e.len()) && e.chars().all(|c| c.is_ascii_alphanumeric()) => {
            format!("objects/{:06}.{e}", index + 1)
        }
        _ => format!("objects/{:06}", index + 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn content_paths_are_safe_whatever_the_name() {
        for (name, expected) in [
            ("content/Délibération 12.PDF", "objects/000001.pdf"),
            ("a.b/c", "objects/000001"),
            ("x.é", "objects/000001"),
            ("sans extension", "objects/000001"),
            ("nom.extensiontroplongue", "objects/000001"),
            ("../../etc/passwd", "objects/000001"),
        ] {
            assert_eq!(content_path(0, name), expected, "{name}");
        }
    }

    /// An archive outlives the program: its record is read for ever.
    #[test]
    fn a_record_of_the_first_form_is_read_and_an_unknown_one_is_not() {
        let first = r#"{"form": 1, "tenant_id": "00000000-0000-0000-0000-000000000001",
            "archive_id": "00000000-0000-0000-0000-000000000002",
            "transfer_id": "00000000-0000-0000-0000-000000000003", "cote": "c", "title": "t",
            "grant_date": "2026-01-01T00:00:00Z", "seda_version": "2.1", "message_identifier": "m",
            "agreement_id": "00000000-0000-0000-0000-000000000004", "agreement": "a",
            "transferring_agency": "v", "originating_agency": null, "received_sha512": "00",
            "received_size_bytes": 1, "unit_count": 1,
            "manifest": {"name": "m.xml", "logical_path": "manifest.xml", "content_path": "manifest.xml",
                "size_bytes": 1, "sha512": "00"},
            "objects": [{"object_id": "00000000-0000-0000-0000-000000000005", "seda_id": "ID1",
                "media_type": "application/pdf", "name": "a.pdf", "logical_path": "objects/a.pdf",
                "content_path": "objects/000001.pdf", "size_bytes": 1, "sha512": "00"}]}"#;
        let read = Accession::from_json(first).unwrap();
        assert_eq!((read.form, read.objects[0].puid.as_deref()), (1, None));
        // What was read is written as it was.
        assert_eq!(Accession::from_json(&read.to_json()).unwrap(), read);
        assert!(!read.to_json().contains("puid"));
        // The second form said a PUID and no more.
        let second = first.replacen("\"form\": 1", "\"form\": 2", 1).replacen(
            "\"application/pdf\"",
            "\"application/pdf\", \"puid\": \"fmt/18\"",
            1,
        );
        let read = Accession::from_json(&second).unwrap();
        assert_eq!((read.objects[0].puid.as_deref(), read.formats.len()), (Some("fmt/18"), 0));
        let later = first.replacen("\"form\": 1", "\"form\": 4", 1);
        assert!(matches!(Accession::from_json(&later), Err(Error::Form(4))));
    }

    #[test]
    fn derived_identifiers_do_not_change_and_do_not_mix() {
        let archive = Uuid::from_u128(7);
        assert_eq!(derived_id(archive, "unit", "ID1"), derived_id(archive, "unit", "ID1"));
        assert_ne!(derived_id(archive, "unit", "ID1"), derived_id(archive, "object", "ID1"));
        assert_ne!(derived_id(archive, "unit", "ID1"), derived_id(Uuid::from_u128(8), "unit", "ID1"));
    }
}
