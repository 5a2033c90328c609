//! Storage: one suite run on every kind of site, crashes at each fail point, power cuts, refused layouts.

pub mod backend;
mod damage;
pub mod full;
mod layouts;
mod measure;
mod quarantine;
mod suite;
pub mod troubles;
mod verbs;
mod versions;

#[cfg(feature = "failpoints")]
mod crash;
#[cfg(feature = "failpoints")]
mod instants;
#[cfg(feature = "failpoints")]
mod instrument;

use std::io::{self, Read};

use chartrier::model::{ArchiveId, TenantId};
use chartrier::storage::{NewFile, NewObject};
use chrono::{DateTime, Utc};
use sha2::{Digest, Sha512};
use uuid::Uuid;

/// Names as received, and bytes: what a deposit holds.
pub const FILES: [(&str, &str, &[u8]); 4] = [
    ("manifest.xml", "manifest.xml", b"<ArchiveTransfer/>"),
    ("content/D\u{e9}lib\u{e9}ration n\u{b0} 12.pdf", "objects/000001.pdf", b"%PDF-1.7 one"),
    ("content/vide", "objects/000002", b""),
    ("content/again.pdf", "objects/000003.pdf", b"%PDF-1.7 one"),
];

pub fn tenant() -> TenantId {
    TenantId::of_member("commune-a")
}

pub fn archive(number: u128) -> ArchiveId {
    ArchiveId(Uuid::from_u128(number))
}

pub fn object() -> NewObject {
    object_of(&FILES.map(|(name, path, bytes)| (name.to_string(), path.to_string(), bytes.to_vec())))
}

pub fn object_of(files: &[(String, String, Vec<u8>)]) -> NewObject {
    let files = files.iter().map(|(logical_path, content_path, bytes)| NewFile {
        logical_path: logical_path.clone(),
        content_path: content_path.clone(),
        size_bytes: bytes.len() as u64,
        sha512: Sha512::digest(bytes).into(),
    });
    NewObject {
        created: DateTime::<Utc>::from_timestamp(1_800_000_000, 0).unwrap(),
        message: "Prise en charge".to_string(),
        files: files.collect(),
    }
}

/// Opens the file's bytes in [`FILES`].
pub fn open_files<'a>(file: &NewFile) -> io::Result<Box<dyn Read + 'a>> {
    let found = FILES.iter().find(|(_, path, _)| *path == file.content_path);
    Ok(Box::new(found.expect("one of the files").2))
}
