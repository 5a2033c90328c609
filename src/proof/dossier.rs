//! The evidence file of one archive (*dossier de preuve*): which parts it has, and whether they hold together, offline.
//!
//! Never trusts what its list says of itself: the list serves to find what is missing, and the proofs tell what is true. The
//! one thing to know: a file of the archive is proved by its digest in the inventory, the inventory by the attestation, the
//! attestation by the journal, the journal by its seals, and the seals by their stamps.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, BufReader, Read};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::attestation::{self, Kind, Member};
use sha2::{Digest, Sha256};

use super::digest::Sha512;
use super::journal::{self, Hash};
use super::sealed::{Proof, Shown, Trusted};

/// Version of the form; a reader refuses one it does not know.
const FORM: u32 = 1;
/// The list of the others.
pub const LIST: &str = "dossier.json";
/// What a judge reads first.
pub const PAGE: &str = "LISEZ-MOI.pdf";
/// Entries of the journal, one a line, exactly as they were hashed.
pub const JOURNAL: &str = "journal.jsonl";
/// The OCFL inventory fixed at the taking in charge.
pub const INVENTORY: &str = "inventaire/inventory.json";
/// Digests of the archive's files, as `sha512sum --check` reads them from the folder of the object.
pub const DIGESTS: &str = "empreintes.sha512";
/// Folder of the proofs, one for each entry.
pub const PROOFS: &str = "preuves/";
/// Folder of the attestations, each as JSON and as PDF.
pub const ATTESTATIONS: &str = "attestations/";
/// Folder of what public tools read: notes, stamps, keys, certificates.
pub const TOOLS: &str = "outils/";

/// Parts of one file, at most.
pub const PARTS_MAX: usize = 10_000;
/// Entries of the journal in one file, at most.
pub const ENTRIES_MAX: usize = 1_000;
/// Bytes of a part read whole, the inventory apart.
const PART_BYTES_MAX: u64 = 8 << 20;
/// An inventory of a million files.
const INVENTORY_BYTES_MAX: u64 = 512 << 20;

/// The list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct List {
    pub form: u32,
    /// RFC 3339, UTC.
    pub made_at: String,
    pub member: Member,
    pub archive: Archive,
    /// Whether every entry about the archive is in it.
    pub complete: bool,
    pub parts: Vec<Part>,
}

/// The archive it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Archive {
    pub id: String,
    pub cote: String,
    pub title: String,
    /// Of [`INVENTORY`], hexadecimal.
    pub inventory_sha512: String,
}

/// A part, the list apart.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Part {
    pub name: String,
    pub size_bytes: u64,
    /// Hexadecimal.
    pub sha256: String,
}

impl List {
    /// The form written today.
    pub const FORM: u32 = FORM;
}

/// Name of the proof of an entry.
pub fn proof_name(seq: i64) -> String {
    format!("{PROOFS}{seq:09}.json")
}

/// Name of an attestation's file.
pub fn attestation_name(number: &str, extension: &str) -> String {
    format!("{ATTESTATIONS}{number}.{extension}")
}

/// Where the parts are: a container or a folder.
pub trait Parts {
    /// Of every file there, in any order.
    fn names(&self) -> io::Result<Vec<String>>;

    fn open(&mut self, name: &str) -> io::Result<Box<dyn Read + '_>>;
}

/// What is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// A part, or an entry.
    pub place: String,
    /// In French.
    pub reason: String,
}

/// Why a file proves nothing.
#[derive(Debug)]
pub enum Failure {
    Fault(Fault),
    Io(io::Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Failure::Io(error)
    }
}

fn fault(place: &str, reason: impl Into<String>) -> Failure {
    Failure::Fault(Fault { place: place.to_owned(), reason: reason.into() })
}

/// What an evidence file shows.
#[derive(Debug)]
pub struct Seen {
    pub list: List,
    /// Files of the archive whose digests it has.
    pub files: usize,
    /// Numbers of the entries, in order.
    pub entries: Vec<i64>,
    /// What the proofs show, by the entry's number.
    pub proved: BTreeMap<i64, Shown>,
    /// Numbers of the attestations whose entry is proved.
    pub attestations: Vec<String>,
    /// Numbers of those that wait for their seal: whoever made the file may have made them.
    pub unproved: Vec<String>,
    /// Whether a proved attestation binds the archive's name and its inventory to the journal.
    pub bound: bool,
}

/// Verifies everything that can be verified without the service.
pub fn verify(parts: &mut dyn Parts, trusted: &Trusted) -> Result<Seen, Failure> {
    let list = list(parts)?;
    whole(parts, &list)?;
    let files = digests(parts, &list)?;
    let journal = entries(parts, &list.member.code)?;
    let proved = proofs(parts, &list, &journal, trusted)?;
    let entries = journal.keys().copied().collect();
    let mut seen =
        Seen { files, entries, proved, attestations: Vec::new(), unproved: Vec::new(), bound: false, list };
    attestations(parts, &mut seen, &journal, trusted)?;
    Ok(seen)
}

/// Whether a container is an evidence file.
pub fn looks_like_one(parts: &dyn Parts) -> bool {
    parts.names().is_ok_and(|names| names.iter().any(|name| name == LIST))
}

fn list(parts: &mut dyn Parts) -> Result<List, Failure> {
    let bytes = read(parts, LIST)?;
    let list: List = serde_json::from_slice(&bytes).map_err(|error| fault(LIST, error.to_string()))?;
    if list.form != FORM {
        return Err(fault(LIST, format!("dossier de forme {}, inconnue de ce programme", list.form)));
    }
    if list.parts.len() > PARTS_MAX {
        return Err(fault(LIST, "le dossier a trop de pièces"));
    }
    Ok(list)
}

/// Every part is there, with its digest; no other is.
fn whole(parts: &mut dyn Parts, list: &List) -> Result<(), Failure> {
    let there: BTreeSet<String> = parts.names()?.into_iter().filter(|name| name != LIST).collect();
    let listed: BTreeSet<String> = list.parts.iter().map(|part| part.name.clone()).collect();
    if listed.len() != list.parts.len() {
        return Err(fault(LIST, "une pièce y est annoncée deux fois"));
    }
    if let Some(missing) = listed.difference(&there).next() {
        return Err(fault(missing, "la pièce manque"));
    }
    if let Some(more) = there.difference(&listed).next() {
        return Err(fault(more, "le dossier n’annonce pas cette pièce"));
    }
    for part in &list.parts {
        let mut digest = Sha256::new();
        let mut size_bytes = 0u64;
        let mut content = parts.open(&part.name)?;
        each_chunk(&mut content, |bytes| {
            digest.update(bytes);
            size_bytes += bytes.len() as u64;
        })?;
        if size_bytes != part.size_bytes || hex::encode(digest.finalize()) != part.sha256 {
            return Err(fault(&part.name, "la pièce n’est pas celle que le dossier annonce"));
        }
    }
    Ok(())
}

/// What an OCFL inventory says of contents.
#[derive(Deserialize)]
struct Inventory {
    #[serde(rename = "digestAlgorithm")]
    digest_algorithm: String,
    manifest: BTreeMap<String, Vec<String>>,
}

/// The inventory is the one announced, and the list of digests says the same; how many files.
fn digests(parts: &mut dyn Parts, list: &List) -> Result<usize, Failure> {
    let (mut digest, mut bytes) = (Sha512::new(), Vec::new());
    parts.open(INVENTORY)?.take(INVENTORY_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > INVENTORY_BYTES_MAX {
        return Err(fault(INVENTORY, "il est trop long"));
    }
    digest.update(&bytes);
    if hex::encode(digest.finish()) != list.archive.inventory_sha512 {
        return Err(fault(INVENTORY, "ce n’est pas l’inventaire fixé à la prise en charge"));
    }
    let inventory: Inventory =
        serde_json::from_slice(&bytes).map_err(|error| fault(INVENTORY, error.to_string()))?;
    drop(bytes);
    if inventory.digest_algorithm != "sha512" {
        return Err(fault(INVENTORY, "ses empreintes ne sont pas en SHA-512"));
    }
    let digests = inventory.manifest.iter();
    let mut left: BTreeMap<&str, &str> = digests
        .flat_map(|(digest, paths)| paths.iter().map(move |path| (path.as_str(), digest.as_str())))
        .collect();
    let files = left.len();
    for line in BufReader::new(parts.open(DIGESTS)?).lines() {
        let line = line?;
        let said = line.split_once("  ").filter(|(digest, path)| {
            left.remove(*path).is_some_and(|expected| expected.eq_ignore_ascii_case(digest))
        });
        if said.is_none() {
            return Err(fault(DIGESTS, format!("ce n’est pas ce que dit l’inventaire : « {line} »")));
        }
    }
    match left.keys().next() {
        None => Ok(files),
        Some(path) => Err(fault(DIGESTS, format!("il y manque {path}"))),
    }
}

/// Hash of each entry, by number. Two that follow each other are linked; what lies between the others is not in the file.
fn entries(parts: &mut dyn Parts, code: &str) -> Result<BTreeMap<i64, Hash>, Failure> {
    let mut entries = BTreeMap::new();
    let mut last: Option<(i64, Hash)> = None;
    let text =
        String::from_utf8(read(parts, JOURNAL)?).map_err(|_| fault(JOURNAL, "ce n’est pas un texte"))?;
    for line in text.lines() {
        let said: Value = serde_json::from_str(line).map_err(|error| fault(JOURNAL, error.to_string()))?;
        let field = |name: &str| said.get(name).and_then(Value::as_str);
        let Some(seq) = said.get("seq").and_then(Value::as_i64).filter(|seq| *seq > 0) else {
            return Err(fault(JOURNAL, "une entrée n’a pas de numéro"));
        };
        let place = format!("{JOURNAL}, entrée {seq}");
        if field("tenant") != Some(code) {
            return Err(fault(&place, "elle est du journal d’une autre collectivité"));
        }
        match last {
            Some((before, _)) if before >= seq => return Err(fault(&place, "elle n’est pas à sa place")),
            Some((before, hash)) if before + 1 == seq && field("prev") != Some(&hex::encode(hash)) => {
                return Err(fault(&place, "elle ne suit pas l’entrée précédente"));
            }
            _ => {}
        }
        let hash = journal::hash(line);
        last = Some((seq, hash));
        entries.insert(seq, hash);
        if entries.len() > ENTRIES_MAX {
            return Err(fault(JOURNAL, "le dossier a trop d’entrées"));
        }
    }
    Ok(entries)
}

fn proofs(
    parts: &mut dyn Parts,
    list: &List,
    journal: &BTreeMap<i64, Hash>,
    trusted: &Trusted,
) -> Result<BTreeMap<i64, Shown>, Failure> {
    let mut proved = BTreeMap::new();
    for part in list.parts.iter().filter(|part| part.name.starts_with(PROOFS)) {
        let number = part.name[PROOFS.len()..].strip_suffix(".json").and_then(|number| number.parse().ok());
        let hash = number.and_then(|seq: i64| Some((seq, journal.get(&seq)?)));
        let Some((seq, hash)) = hash else {
            return Err(fault(&part.name, "ce n’est la preuve d’aucune entrée du dossier"));
        };
        let proof: Proof = serde_json::from_slice(&read(parts, &part.name)?)
            .map_err(|error| fault(&part.name, error.to_string()))?;
        let shown = proof.verify(hash, seq, &list.member.code, trusted);
        proved.insert(seq, shown.map_err(|error| fault(&part.name, error.0))?);
    }
    Ok(proved)
}

/// Reads each attestation, and says which are proved.
fn attestations(
    parts: &mut dyn Parts,
    seen: &mut Seen,
    journal: &BTreeMap<i64, Hash>,
    trusted: &Trusted,
) -> Result<(), Failure> {
    let archive = seen.list.archive.clone();
    let is_one = |name: &&str| name.starts_with(ATTESTATIONS) && name.ends_with(".json");
    let names = seen.list.parts.iter().map(|part| part.name.as_str()).filter(is_one);
    let names: Vec<String> = names.map(str::to_owned).collect();
    for name in &names {
        let wrong = |reason: String| fault(name, reason);
        let declared = attestation::read(&read(parts, name)?).map_err(|error| wrong(error.0))?;
        let (statement, code) = (&declared.statement, &declared.statement.member.code);
        if journal.get(&declared.seq) != Some(&declared.entry_hash) {
            return Err(wrong("l’entrée qui la déclare n’est pas celle du dossier".into()));
        }
        let mut proved = seen.proved.contains_key(&declared.seq);
        if let Some(proof) = declared.proof {
            let proof: Proof = serde_json::from_value(proof).map_err(|error| wrong(error.to_string()))?;
            proof
                .verify(&declared.entry_hash, declared.seq, code, trusted)
                .map_err(|error| wrong(error.0))?;
            proved = true;
        }
        let numbers = if proved { &mut seen.attestations } else { &mut seen.unproved };
        numbers.push(statement.number.clone());
        let Some(about) = &statement.archive else { continue };
        if (&about.id, &about.cote, &about.title) != (&archive.id, &archive.cote, &archive.title) {
            return Err(wrong("elle est d’une autre archive, ou le dossier la nomme autrement".into()));
        }
        if statement.kind == Kind::PriseEnCharge {
            if about.inventory_sha512.as_ref() != Some(&archive.inventory_sha512) {
                return Err(wrong("l’inventaire du dossier n’est pas celui qu’elle déclare".into()));
            }
            seen.bound |= proved;
        }
    }
    Ok(())
}

fn read(parts: &mut dyn Parts, name: &str) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    parts.open(name)?.take(PART_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > PART_BYTES_MAX {
        return Err(fault(name, "la pièce est trop longue"));
    }
    Ok(bytes)
}

fn each_chunk(content: &mut dyn Read, mut take: impl FnMut(&[u8])) -> io::Result<()> {
    let mut chunk = vec![0; 64 << 10];
    loop {
        match content.read(&mut chunk) {
            Ok(0) => return Ok(()),
            Ok(read) => take(&chunk[..read]),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
