//! Second step: the manifest found, read and checked, its declared files matched with the container's.
//!
//! The rule of a SIP, derived from real ones: exactly one manifest, a file at the root whose name ends in `manifest.xml`
//! or `bordereau.xml`; everything else is declared by a `Uri`, in one folder, in several, or bare at the root.

use std::io::{self, BufReader, Read};

use sha2::{Digest, Sha512};

use super::Error;
use super::identify::check_inline;
use super::unpack::Unpacked;
use crate::model::{Finding, Findings, Limits, SedaVersion, findings};
use crate::package::{self, Package};
use crate::seda::contents::Match;
use crate::seda::retention::Appraisals;
use crate::seda::{self, Manifest, Scratch, consistency, contents, read::Header};

const MANIFEST_NAMES: &[&str] = &["manifest.xml", "bordereau.xml"];

/// A manifest read and judged, its files matched but not read.
#[derive(Debug)]
pub struct Validated {
    pub package: Package,
    pub manifest: Option<Box<Manifest>>,
    pub message: Option<(SedaVersion, String)>,
    pub header: Header,
    /// What it says of the time and the fate of its files.
    pub appraisals: Appraisals,
    pub manifest_entry: Option<usize>,
    /// When the manifest could be read to its end.
    pub manifest_sha512: Option<[u8; 64]>,
    pub manifest_size_bytes: u64,
    /// Binary objects and the `package.entries()` that hold them.
    pub matches: Vec<Match>,
    /// The container itself is refused: its files are not to be read.
    pub(super) is_hostile: bool,
    pub findings: Findings,
}

/// Reads and checks the manifest, if there is one.
///
/// # Errors
/// When the container cannot be read.
pub fn validate(unpacked: Unpacked, limits: &Limits, options: seda::Options<'_>) -> Result<Validated, Error> {
    let Unpacked { package, findings, scratch } = unpacked;
    let mut found = Findings::new(limits.findings_max);
    let is_hostile = findings.iter().any(Finding::is_error);
    found.extend(findings);
    let is_readable = !package.entries().is_empty();
    let mut validated = Validated {
        package,
        manifest: None,
        message: None,
        header: Header::default(),
        appraisals: Appraisals::default(),
        manifest_entry: None,
        manifest_sha512: None,
        manifest_size_bytes: 0,
        matches: Vec::new(),
        is_hostile,
        findings: found,
    };
    if !is_readable {
        return Ok(validated);
    }
    let apart = validated.package.manifest_apart();
    match apart.map_or_else(|| find_manifest(&validated.package), Ok) {
        Err(finding) => validated.findings.push(finding),
        Ok(entry) => {
            validated.manifest_entry = Some(entry);
            read(&mut validated, entry, limits, &scratch, options)?;
            match_files(&mut validated, entry)?;
        }
    }
    Ok(validated)
}

/// Checks a manifest alone: everything but the files, the contents it bears itself included.
///
/// # Errors
/// When the reader, or the scratch, fails.
pub fn validate_bare(
    reader: impl Read,
    limits: &Limits,
    scratch: &Scratch,
    options: seda::Options<'_>,
) -> Result<seda::Reading, Error> {
    let mut reading = seda::read_manifest(reader, limits, scratch, options);
    if let Some(error) = reading.failure.take() {
        return Err(package::Error::Io(error).into());
    }
    let mut found = Findings::new(limits.findings_max);
    found.extend(reading.findings);
    if let Some(manifest) = &reading.manifest {
        consistency::check(manifest, &mut found)?;
        contents::declared(manifest, &mut found)?;
        check_inline(manifest, limits, &mut found)?;
    }
    reading.findings = found.into_vec();
    Ok(reading)
}

fn find_manifest(package: &Package) -> Result<usize, Finding> {
    let is_manifest = |name: &str| {
        let lower = name.to_ascii_lowercase();
        let prefix = MANIFEST_NAMES.iter().find_map(|suffix| lower.strip_suffix(suffix));
        prefix.is_some_and(|prefix| {
            prefix.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ' '))
        })
    };
    let candidates: Vec<usize> = package
        .entries()
        .iter()
        .enumerate()
        .filter(|(_, entry)| is_manifest(&entry.name))
        .map(|(at, _)| at)
        .collect();
    match candidates[..] {
        [one] => Ok(one),
        [] => Err(Finding::new(
            &findings::CONTAINER_NO_MANIFEST,
            "aucun manifest.xml ni bordereau.xml à la racine",
        )),
        _ => {
            let names: Vec<&str> =
                candidates.iter().take(4).map(|&at| package.entries()[at].name.as_str()).collect();
            Err(Finding::new(
                &findings::CONTAINER_SEVERAL_MANIFESTS,
                format!("à la racine : {}", names.join(", ")),
            ))
        }
    }
}

fn read(
    validated: &mut Validated,
    entry: usize,
    limits: &Limits,
    scratch: &Scratch,
    options: seda::Options<'_>,
) -> Result<(), Error> {
    let name = validated.package.entries()[entry].name.clone();
    let in_files = validated.package.expanded_bytes();
    let mut hashed = Hashed { inner: validated.package.read(entry)?, digest: Sha512::new(), size_bytes: 0 };
    let mut buffered = BufReader::with_capacity(1 << 16, &mut hashed);
    let reading = seda::read_manifest(&mut buffered, limits, scratch, options);
    let rest = match (reading.failure, &reading.manifest) {
        (Some(error), _) => Err(error),
        // What follows the root's end counts in the digest.
        (None, Some(_)) => io::copy(&mut hashed, &mut io::sink()).map(|_| true),
        (None, None) => Ok(false),
    };
    let (digest, size_bytes) = (hashed.digest, hashed.size_bytes);
    validated.findings.extend(reading.findings);
    match rest {
        Ok(true) => validated.manifest_sha512 = Some(digest.finalize().into()),
        Ok(false) => {}
        Err(error) => validated.findings.push(corrupt(error, &name)?),
    }
    validated.manifest_size_bytes = size_bytes;
    validated.message = reading.message;
    validated.header = reading.header;
    if let Some(manifest) = &reading.manifest {
        validated.appraisals = consistency::check(manifest, &mut validated.findings)?;
        check_volume(in_files, manifest, limits, &mut validated.findings);
    }
    validated.manifest = reading.manifest;
    Ok(())
}

/// The contents of the message count as the container's files do.
fn check_volume(in_files: u64, manifest: &Manifest, limits: &Limits, found: &mut Findings) {
    let expanded = in_files.saturating_add(manifest.inline_bytes());
    let is_said = found.kept().iter().any(|finding| *finding.kind == findings::CONTAINER_EXPANDED_SIZE);
    if expanded > limits.expanded_bytes_max && !is_said {
        let max = limits.expanded_bytes_max;
        let message = format!("{expanded} octets avec les contenus placés dans le bordereau, {max} au plus");
        found.push(Finding::new(&findings::CONTAINER_EXPANDED_SIZE, message));
    }
}

fn match_files(validated: &mut Validated, manifest_entry: usize) -> Result<(), Error> {
    let Validated { manifest: Some(manifest), package, findings, .. } = validated else { return Ok(()) };
    let is_apart = package.manifest_apart().is_some();
    // Names whose encoding is not said: the reading that an object declares.
    let doubtful = package.entries().iter().filter(|entry| !entry.other_names.is_empty());
    let readings =
        doubtful.flat_map(|entry| entry.other_names.iter().chain([&entry.name])).cloned().collect();
    let known = contents::known(manifest, readings, is_apart)?;
    package.settle_names(|name| known.contains(name));
    let entries = package.entries();
    let places: Vec<usize> = (0..entries.len()).filter(|&at| at != manifest_entry).collect();
    let names: Vec<&str> = places.iter().map(|&at| entries[at].name.as_str()).collect();
    let mut matches = contents::check(manifest, &names, is_apart, findings)?;
    let used: Vec<&str> = matches.iter().map(|matched| names[matched.entry]).collect();
    findings.extend(second_content(&names, &used));
    matches.iter_mut().for_each(|matched| matched.entry = places[matched.entry]);
    validated.matches = matches;
    Ok(())
}

/// A folder at the root, none of whose files is declared, beside one that is used.
fn second_content(names: &[&str], used: &[&str]) -> Option<Finding> {
    let folder = |name: &str| name.split_once('/').map(|(folder, _)| folder.to_owned());
    let used: std::collections::HashSet<String> = used.iter().filter_map(|name| folder(name)).collect();
    let second = names.iter().filter_map(|name| folder(name)).find(|folder| !used.contains(folder))?;
    (!used.is_empty()).then(|| {
        let message = format!("aucun fichier du dossier « {second} » n'est déclaré");
        Finding::new(&findings::CONTAINER_SECOND_CONTENT, message).in_path(second)
    })
}

/// A content that is not what its container says is the sender's fault; anything else is ours.
pub(super) fn corrupt(error: io::Error, name: &str) -> Result<Finding, Error> {
    if error.kind() != io::ErrorKind::InvalidData {
        return Err(package::Error::Io(error).into());
    }
    let is_size = error.to_string().contains("than declared");
    let (kind, message) = if is_size {
        (&findings::CONTAINER_SIZE, format!("« {name} » n'a pas la taille que l'archive annonce"))
    } else {
        (&findings::CONTAINER_CORRUPT, format!("le contenu de « {name} » est endommagé"))
    };
    Ok(Finding::new(kind, message).in_path(name))
}

/// Digest and count of what is read through.
struct Hashed<R> {
    inner: R,
    digest: Sha512,
    size_bytes: u64,
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.digest.update(&buffer[..read]);
        self.size_bytes += read as u64;
        Ok(read)
    }
}
