//! Third step: every declared file read once, for its digests, size, format and viruses together.
//!
//! Never reads a file of a container already refused for what it is: a bomb stays folded. Stops when the time
//! given to one transfer is over.

use std::io::Read;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, Utc};
use md5::Md5;
use sha1::Sha1;
use sha2::digest::DynDigest;
use sha2::{Digest, Sha256, Sha384};

use super::naming::Naming;
use super::signatures::Received;
use super::validate::{Validated, corrupt};
use super::viruses::{Checked, Viruses};
use super::{Error, format_findings, signatures};
use crate::formats::{self, Basis, Format, Signatures};
use crate::model::signature::Signatures as Signed;
use crate::model::{BinaryObject, Finding, Findings, Limits, NotScanned, SedaVersion, findings};
use crate::package::Package;
use crate::proof::digest::Sha512;
use crate::proof::signature::{Mark, Marks};
use crate::seda::Manifest;
use crate::seda::contents::Match;
use crate::seda::digest::{self, Algorithm, Declared};
use crate::seda::read::Header;
use crate::seda::retention::Appraisals;
use crate::trust::Trust;

/// A transfer read wholly once.
#[derive(Debug)]
pub struct Identified {
    pub package: Package,
    /// `None` when the document is no well-formed transfer of a version we read.
    pub manifest: Option<Box<Manifest>>,
    /// Version and root of the message, even when the rest is wrong.
    pub message: Option<(SedaVersion, String)>,
    /// What the header said, even when the rest is wrong.
    pub header: Header,
    /// What it says of the time and the fate of its files.
    pub appraisals: Appraisals,
    pub manifest_entry: Option<usize>,
    pub manifest_sha512: Option<[u8; 64]>,
    pub manifest_size_bytes: u64,
    /// Version of the signatures by which formats were named.
    pub format_signatures: String,
    /// Objects whose file was read to its end.
    pub objects: Vec<IdentifiedObject>,
    /// Bytes of the manifest and of the files read.
    pub expanded_bytes: u64,
    /// How far it was checked for viruses.
    pub viruses: Checked,
    /// Electronic signatures that its files bear.
    pub signatures: Signed,
    pub findings: Vec<Finding>,
}

/// A declared object and what its file is.
#[derive(Clone, Debug)]
pub struct IdentifiedObject {
    /// Number of the binary object.
    pub number: u32,
    pub place: Place,
    pub size_bytes: u64,
    pub sha512: [u8; 64],
    /// By magic bytes, for display.
    pub media_type: &'static str,
    /// As PRONOM names it, when something tells it.
    pub format: Option<Arc<Format>>,
    pub basis: Basis,
    /// How it may bear electronic signatures.
    pub mark: Option<Mark>,
    /// The algorithm of the digest declared, when one is.
    pub declared: Option<Algorithm>,
    /// Where the manifest declares it.
    pub line: u64,
}

impl IdentifiedObject {
    /// The media type of its format, else what its first bytes show.
    pub fn media_type(&self) -> &str {
        let named = self.format.as_ref().map(|format| format.mime.as_str());
        named.filter(|mime| !mime.is_empty()).unwrap_or(self.media_type)
    }
}

/// By what formats are named and signatures judged, and where a large container is copied to be looked into.
#[derive(Clone, Copy, Debug)]
pub struct Tables<'a> {
    pub signatures: &'a Signatures,
    pub scratch: &'a Path,
    /// By whom electronic signatures are judged.
    pub trust: &'a Trust,
    pub now: DateTime<Utc>,
}

/// Where an object's content was read.
#[derive(Clone, Copy, Debug)]
pub enum Place {
    /// Into `package.entries()`.
    Entry(usize),
    /// In the message itself.
    Inline,
}

impl Identified {
    /// Whether something refuses the transfer.
    pub fn is_refused(&self) -> bool {
        self.findings.iter().any(Finding::is_error)
    }
}

/// Reads every matched file, and every content that travelled in the message; shows them to the virus scanner.
///
/// # Errors
/// When the container cannot be read, or the scanner gives no verdict.
pub fn identify(
    validated: Validated,
    limits: &Limits,
    tables: Tables<'_>,
    mut viruses: Viruses,
) -> Result<Identified, Error> {
    let Validated { mut package, manifest, message, header, manifest_entry, appraisals, .. } = validated;
    let (manifest_sha512, manifest_size_bytes) = (validated.manifest_sha512, validated.manifest_size_bytes);
    let mut found = validated.findings;
    let (mut objects, mut signatures) = (Vec::new(), Signed::default());
    if let Some(manifest) = manifest.as_deref().filter(|_| !validated.is_hostile) {
        let until = Instant::now().checked_add(limits.examination_max);
        let (viruses, objects) = (&mut viruses, &mut objects);
        let mut reading = Reading { until, tables: Some(tables), viruses, objects, found: &mut found };
        let is_in_time = files(&mut package, manifest, validated.matches, &mut reading)?
            && inline(manifest, &mut reading)?
            && reading.viruses.rest(&mut package, until, reading.found)?;
        if !is_in_time {
            found.push(too_long(limits));
        }
        objects.sort_unstable_by_key(|object| object.number);
        if is_in_time {
            let message = (validated.manifest_entry, manifest_size_bytes);
            let received = Received { package: &mut package, manifest, message, objects };
            signatures = signatures::check(received, tables, until, &mut found)?;
        }
    }
    let viruses = viruses.finish(package.entries().len(), &mut found)?;
    let expanded_bytes = objects.iter().map(|object| object.size_bytes).sum::<u64>() + manifest_size_bytes;
    Ok(Identified {
        package,
        manifest,
        message,
        header,
        appraisals,
        manifest_entry,
        manifest_sha512,
        manifest_size_bytes,
        format_signatures: tables.signatures.version().to_owned(),
        objects,
        expanded_bytes,
        viruses,
        signatures,
        findings: found.into_vec(),
    })
}

fn too_long(limits: &Limits) -> Finding {
    let minutes = limits.examination_max.as_secs() / 60;
    Finding::new(&findings::CONTAINER_TIME, format!("la lecture des fichiers a dépassé {minutes} minutes"))
}

pub(super) fn is_over(until: Option<Instant>) -> bool {
    until.is_some_and(|until| Instant::now() >= until)
}

/// What the reading of each file adds to, and when it stops.
struct Reading<'a> {
    until: Option<Instant>,
    /// None for a message that stands alone, of which no archive is made.
    tables: Option<Tables<'a>>,
    viruses: &'a mut Viruses,
    objects: &'a mut Vec<IdentifiedObject>,
    found: &'a mut Findings,
}

/// Reads the objects that files hold; whether there was time.
fn files(
    package: &mut Package,
    manifest: &Manifest,
    mut matches: Vec<Match>,
    reading: &mut Reading<'_>,
) -> Result<bool, Error> {
    // In the container's order: one forward movement through a plain tar or zip.
    matches.sort_unstable_by_key(|matched| matched.entry);
    let wanted: Vec<usize> = matches.iter().map(|matched| matched.entry).collect();
    package.read_each(&wanted, |place, entry, content| {
        if is_over(reading.until) {
            return Ok(false);
        }
        let Match { object: number, entry: index } = matches[place];
        let object = manifest.binary_object(number)?;
        reading.object(content, &entry.name, &object, (number, Place::Entry(index)))?;
        Ok(true)
    })
}

/// Checks the contents of a message that stands alone.
///
/// # Errors
/// When the scratch that holds the description cannot be read.
pub(super) fn check_inline(manifest: &Manifest, limits: &Limits, found: &mut Findings) -> Result<(), Error> {
    let until = Instant::now().checked_add(limits.examination_max);
    let (viruses, objects) = (&mut Viruses::not_shown(NotScanned::NotConfigured), &mut Vec::new());
    if !inline(manifest, &mut Reading { until, tables: None, viruses, objects, found: &mut *found })? {
        found.push(too_long(limits));
    }
    Ok(())
}

/// Reads the objects that the message holds; whether there was time.
fn inline(manifest: &Manifest, reading: &mut Reading<'_>) -> Result<bool, Error> {
    if !manifest.has_inline() {
        return Ok(true);
    }
    for (number, object) in (0..).zip(manifest.binary_objects()) {
        let object = object?;
        let Some(inline) = object.inline else { continue };
        if is_over(reading.until) {
            return Ok(false);
        }
        reading.object(manifest.inline(inline), &object.id, &object, (number, Place::Inline))?;
    }
    Ok(true)
}

impl Reading<'_> {
    fn object(
        &mut self,
        content: impl Read,
        name: &str,
        object: &BinaryObject,
        (number, place): (u32, Place),
    ) -> Result<(), Error> {
        let mut showing = self.viruses.begin(place);
        let naming = self.tables.map(Naming::begin);
        let outcome = read(&mut showing.through(content), name, object, (number, place), naming, self.found);
        let read = self.viruses.ended(showing, (name, Some(object.line)), outcome, self.found)?;
        self.objects.extend(read);
        Ok(())
    }
}

fn read(
    content: &mut dyn Read,
    name: &str,
    object: &BinaryObject,
    (number, place): (u32, Place),
    mut naming: Option<Naming<'_>>,
    found: &mut Findings,
) -> Result<Option<IdentifiedObject>, Error> {
    // A declaration that cannot be read has been reported with the manifest.
    let declared = digest::declared(object.digest_algorithm.as_deref(), object.digest.as_deref()).ok();
    let mut other: Option<Box<dyn DynDigest>> =
        declared.as_ref().and_then(|declared| hasher(declared.algorithm));
    let algorithm = declared.as_ref().map(|declared| declared.algorithm);
    let mut sha512 = Sha512::new();
    let (mut size_bytes, mut head) = (0u64, Vec::with_capacity(formats::HEAD_BYTES));
    let mut marks = Marks::default();
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = match content.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => continue,
            Err(error) => {
                found.push(corrupt(error, name)?);
                return Ok(None);
            }
        };
        let bytes = &buffer[..read];
        sha512.update(bytes);
        if let Some(other) = &mut other {
            other.update(bytes);
        }
        let missing = formats::HEAD_BYTES.saturating_sub(head.len());
        head.extend_from_slice(&bytes[..missing.min(read)]);
        if let Some(naming) = &mut naming {
            naming.feed(bytes)?;
        }
        marks.feed(bytes);
        size_bytes += read as u64;
    }
    let sha512 = sha512.finish();
    let shown = match place {
        Place::Entry(_) => format!("le fichier « {name} »"),
        Place::Inline => format!("le contenu de l'objet {name}"),
    };
    compare(object, (name, &shown), declared, other, &sha512, size_bytes, found);
    let media_type = formats::media_type(&head);
    found.extend(contradicted(object, (name, &shown), media_type));
    let (mut format, mut basis) = (None, Basis::None);
    if let Some(naming) = naming {
        let tables = naming.tables();
        let named = naming.conclude(formats::telling_name(name, object.file_name.as_deref()))?;
        format_findings::look(tables, object, (name, &shown), &named, found);
        (format, basis) = (named.format, named.basis);
    }
    let (line, mark) = (object.line, marks.finish());
    Ok(Some(IdentifiedObject {
        number,
        place,
        size_bytes,
        sha512,
        media_type,
        format,
        basis,
        mark,
        declared: algorithm,
        line,
    }))
}

/// A type declared that the first bytes deny.
fn contradicted(object: &BinaryObject, (name, shown): (&str, &str), media_type: &str) -> Option<Finding> {
    let wanted = object.mime_type.as_deref().filter(|wanted| formats::contradicts(wanted, media_type))?;
    let message =
        format!("{shown} est déclaré « {wanted} » et n'en a pas les premiers octets ({media_type})");
    Some(Finding::new(&findings::FORMAT_MISMATCH, message).at_line(object.line).in_path(name))
}

fn compare(
    object: &BinaryObject,
    (name, shown): (&str, &str),
    declared: Option<Declared>,
    other: Option<Box<dyn DynDigest>>,
    sha512: &[u8; 64],
    size_bytes: u64,
    found: &mut Findings,
) {
    if let Some(declared) = declared {
        let computed = other.map_or_else(|| sha512.to_vec(), |other| other.finalize().to_vec());
        if computed != declared.value {
            let (algorithm, wanted, got) =
                (declared.algorithm.name(), hex::encode(&declared.value), hex::encode(computed));
            let message = format!(
                "{shown} a pour {algorithm} {}… et non {}…",
                &got[..16.min(got.len())],
                &wanted[..16.min(wanted.len())]
            );
            found.push(Finding::new(&findings::OBJECT_DIGEST, message).at_line(object.line).in_path(name));
            return;
        }
    }
    if let Some(wanted) = object.size_bytes.filter(|&wanted| wanted != size_bytes) {
        let message = format!("{shown} a {size_bytes} octets et non {wanted}");
        found.push(Finding::new(&findings::OBJECT_SIZE, message).at_line(object.line).in_path(name));
    }
}

/// What computes a declared digest other than SHA-512, which is always computed.
fn hasher(algorithm: Algorithm) -> Option<Box<dyn DynDigest>> {
    match algorithm {
        Algorithm::Md5 => Some(Box::new(Md5::new())),
        Algorithm::Sha1 => Some(Box::new(Sha1::new())),
        Algorithm::Sha256 => Some(Box::new(Sha256::new())),
        Algorithm::Sha384 => Some(Box::new(Sha384::new())),
        Algorithm::Sha512 => None,
    }
}
