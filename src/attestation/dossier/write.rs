//! The ZIP itself: parts one after the other, each digested as it is written, then the list of them all.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, Write};
use std::path::Path;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::super::Error;
use super::{Gathered, page, tools};
use crate::package::unlinked;
use crate::proof::digest::sha256;
use crate::proof::dossier::{
    DIGESTS, INVENTORY, JOURNAL, LIST, List, PAGE, Part, attestation_name, proof_name,
};
use crate::proof::journal::timestamp;

/// An inventory of a million files.
const INVENTORY_BYTES_MAX: u64 = 512 << 20;

/// The file, at its beginning.
pub(super) fn zip(gathered: &Gathered, inventory: impl Read, scratch: &Path) -> Result<File, Error> {
    let unreadable = |reason: String| Error::Unreadable { number: gathered.archive.cote.clone(), reason };
    let mut bytes = Vec::new();
    inventory.take(INVENTORY_BYTES_MAX).read_to_end(&mut bytes)?;
    let digests = digests(&bytes).map_err(unreadable)?;
    let mut parts = Parts { zip: ZipWriter::new(unlinked(scratch)?), listed: Vec::new() };
    let laid = page::pdf(gathered)?;
    parts.add(PAGE, &laid)?;
    let mut journal = String::new();
    gathered.entries.iter().for_each(|entry| {
        journal.push_str(&entry.entry);
        journal.push('\n');
    });
    parts.add(JOURNAL, journal.as_bytes())?;
    for (seq, proof) in &gathered.proofs {
        let text = serde_json::to_string_pretty(proof).map_err(|error| unreadable(error.to_string()))?;
        parts.add(&proof_name(*seq), text.as_bytes())?;
    }
    for given in &gathered.attestations {
        parts.add(&attestation_name(&given.number, "json"), given.json.as_bytes())?;
        parts.add(&attestation_name(&given.number, "pdf"), &given.pdf)?;
    }
    for (name, bytes) in tools::of(&gathered.proofs).map_err(unreadable)? {
        parts.add(&name, &bytes)?;
    }
    parts.add(DIGESTS, digests.as_bytes())?;
    parts.add(INVENTORY, &bytes)?;
    parts.end(gathered)
}

/// The inventory's digests, as `sha512sum --check` reads them.
fn digests(inventory: &[u8]) -> Result<String, String> {
    #[derive(serde::Deserialize)]
    struct Manifest {
        manifest: BTreeMap<String, Vec<String>>,
    }
    let read: Manifest = serde_json::from_slice(inventory).map_err(|error| error.to_string())?;
    let mut lines: Vec<(String, String)> = Vec::new();
    for (digest, paths) in read.manifest {
        lines.extend(paths.into_iter().map(|path| (path, digest.clone())));
    }
    lines.sort_unstable();
    Ok(lines.into_iter().map(|(path, digest)| format!("{digest}  {path}\n")).collect())
}

struct Parts {
    zip: ZipWriter<File>,
    listed: Vec<Part>,
}

impl Parts {
    fn add(&mut self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        self.put(name, bytes)?;
        let sha256 = hex::encode(sha256(bytes));
        self.listed.push(Part { name: name.to_owned(), size_bytes: bytes.len() as u64, sha256 });
        Ok(())
    }

    fn put(&mut self, name: &str, bytes: &[u8]) -> Result<(), Error> {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .last_modified_time(zip::DateTime::default())
            .unix_permissions(0o644)
            .large_file(bytes.len() as u64 >= u64::from(u32::MAX));
        self.zip.start_file(name, options).map_err(io::Error::from)?;
        Ok(self.zip.write_all(bytes)?)
    }

    fn end(mut self, gathered: &Gathered) -> Result<File, Error> {
        let list = List {
            form: List::FORM,
            made_at: timestamp(gathered.at),
            member: gathered.member.clone(),
            archive: gathered.archive.clone(),
            complete: gathered.complete,
            parts: std::mem::take(&mut self.listed),
        };
        let text = serde_json::to_string_pretty(&list).map_err(io::Error::from)?;
        self.put(LIST, text.as_bytes())?;
        let mut file = self.zip.finish().map_err(io::Error::from)?;
        file.rewind()?;
        Ok(file)
    }
}
