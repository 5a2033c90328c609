//! The making: files digested and named, the manifest written, the zip filled, all of it checked before it takes its name.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use chrono_tz::Europe::Paris;
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

use super::super::Failure;
use super::super::check::{self, printable};
use super::tree::{self, Found};
use super::{Arguments, Reasons, objects, parties, reasons, table};
use crate::clock::Clock;
use crate::membership::library;
use crate::model::{Limits, SedaVersion};
use crate::package;
use crate::seda;
use crate::seda::profile::version_of;
use crate::seda::relaxng::{self, Bundle, Profile};
use crate::seda::write::element::Element;
use crate::seda::write::transfer::{NewObject, TransferHeading, archive_transfer};
use crate::trust::Trust;

/// Bytes of a profile or of a member's file.
const SMALL_BYTES_MAX: u64 = 16 << 20;

/// A SIP made, and accepted.
pub(super) struct Made {
    pub identifier: String,
    pub objects: usize,
    pub warnings: Vec<String>,
}

/// Makes it, or says everything that is to be put right.
pub(super) fn make(arguments: &Arguments) -> Result<Result<Made, Reasons>, Failure> {
    if arguments.out.exists() {
        return Err(format!("{} existe déjà, rien n'y est écrit", arguments.out.display()).into());
    }
    let mut reasons = Reasons::new();
    let parties = parties::parties(arguments, &mut reasons)?;
    let (profile, profile_name) = profile(arguments)?;
    let version = version(arguments, profile.as_ref())?;
    let table = match table::read(&arguments.csv, profile.is_none())? {
        Ok(table) => table,
        Err(found) => {
            reasons.extend(found);
            return Ok(Err(reasons));
        }
    };
    let files = tree::files(&arguments.folder, &mut reasons)?;
    let title = arguments.folder.canonicalize()?;
    let title = title.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (root, mut sources) = tree::units(&title, &files, &table, arguments.all, &mut reasons);
    let Some(parties) = parties.filter(|_| reasons.is_empty()) else { return Ok(Err(reasons)) };
    let clock = Clock::system();
    let identifier = arguments.identifier.clone().unwrap_or_else(|| format!("GED-{}", clock.fresh_id()));
    let heading = TransferHeading {
        version,
        date: clock.now().with_timezone(&Paris).to_rfc3339_opts(chrono::SecondsFormat::Secs, false),
        message_identifier: identifier.clone(),
        archival_agreement: arguments.agreement.clone(),
        archival_profile: profile_name,
        archival_agency: parties.archival,
        transferring_agency: parties.transferring,
        originating_agency: parties.originating,
    };
    let objects = objects::objects(&files, &mut sources)?;
    let empty = objects.iter().filter(|object| object.size_bytes == 0).take(table::REASONS_MAX);
    let empty: Reasons =
        empty.map(|object| format!("« {} » est vide : ôtez-le, ou remplacez-le", object.uri)).collect();
    if !empty.is_empty() {
        return Ok(Err(empty));
    }
    let manifest = |out: &mut dyn Write| -> io::Result<Reasons> {
        let lacks = archive_transfer(&heading, &objects, &root, profile.as_ref(), out)?;
        Ok(lacks.iter().map(|lack| reasons::reason(lack, &sources, &table)).collect())
    };
    let warnings = match written(&arguments.out, &files, &objects, manifest, profile.as_ref())? {
        Ok(warnings) => warnings,
        Err(found) => return Ok(Err(found)),
    };
    Ok(Ok(Made { identifier, objects: objects.len(), warnings }))
}

/// Writes the zip beside its place, has it judged, and gives it its name if nothing refuses it.
fn written(
    out: &Path,
    files: &[Found],
    objects: &[NewObject],
    manifest: impl FnOnce(&mut dyn Write) -> io::Result<Reasons>,
    profile: Option<&Profile>,
) -> Result<Result<Vec<String>, Reasons>, Failure> {
    let part = part_of(out);
    // Another's, perhaps: it is not ours to write to, nor to remove.
    if part.exists() {
        let part = part.display();
        return Err(format!(
            "{part} existe : un autre essai est en cours, ou s'est arrêté ; ôtez ce fichier dans ce cas"
        )
        .into());
    }
    let judged = write(&part, files, objects, manifest).and_then(|lacking| match lacking {
        Ok(()) => judged(&part, profile),
        Err(reasons) => Ok(Err(reasons)),
    });
    if let Ok(Ok(_)) = &judged {
        std::fs::rename(&part, out)?;
    } else {
        std::fs::remove_file(&part).ok();
    }
    judged
}

fn part_of(out: &Path) -> PathBuf {
    let mut name = out.as_os_str().to_owned();
    name.push(".part");
    name.into()
}

/// The grammar, and the name under which the manifest declares it.
fn profile(arguments: &Arguments) -> Result<(Option<Profile>, Option<Element>), Failure> {
    let Some(named) = &arguments.profile else { return Ok((None, None)) };
    let (own, bytes) = match library::find(named) {
        Some(model) => (model.name.to_owned(), model.rng().bytes),
        None => {
            let path = Path::new(named);
            let stem = path.file_stem().map(|stem| stem.to_string_lossy().into_owned());
            (stem.unwrap_or_default(), small(path)?)
        }
    };
    let profile = relaxng::compile(&bytes, &Bundle::new(), &relaxng::Limits::default()).map_err(|_| {
        format!("{named} : ce profil ne peut pas être appliqué (chartrier check --profile dit pourquoi)")
    })?;
    let name = match &arguments.profile_identifier {
        Some(given) => Element::leaf("ArchivalProfile", given),
        None => Element::leaf("ArchivalProfile", own).usual(),
    };
    Ok((Some(profile), Some(name)))
}

/// A file that is held whole, bounded.
pub(super) fn small(path: &Path) -> Result<Vec<u8>, Failure> {
    let said = |error: io::Error| format!("{} : {error}", path.display());
    let mut bytes = Vec::new();
    File::open(path).map_err(said)?.take(SMALL_BYTES_MAX + 1).read_to_end(&mut bytes).map_err(said)?;
    if bytes.len() as u64 > SMALL_BYTES_MAX {
        return Err(format!("{} : plus de {SMALL_BYTES_MAX} octets", path.display()).into());
    }
    Ok(bytes)
}

/// The version asked for, else the profile's.
fn version(arguments: &Arguments, profile: Option<&Profile>) -> Result<SedaVersion, Failure> {
    let of_profile = profile.and_then(|profile| version_of(&profile.grammar));
    match (arguments.seda, of_profile) {
        (Some(asked), Some(of)) if asked != of => {
            Err(format!("le profil est de SEDA {}, et --seda demande {}", of.number(), asked.number()).into())
        }
        (None, Some(of)) if !super::VERSIONS.contains(&of) => {
            Err(format!("le profil est de SEDA {} : sip make écrit 2.1, 2.2 ou 2.3", of.number()).into())
        }
        (asked, of) => Ok(asked.or(of).unwrap_or(SedaVersion::V2_1)),
    }
}

/// The zip: the manifest, then the files as they are; the manifest alone when it lacks something.
fn write(
    out: &Path,
    files: &[Found],
    objects: &[NewObject],
    manifest: impl FnOnce(&mut dyn Write) -> io::Result<Reasons>,
) -> Result<Result<(), Reasons>, Failure> {
    let said = |error: io::Error| format!("{} : {error}", out.display());
    let mut zip = zip::ZipWriter::new(File::create_new(out).map_err(said)?);
    zip.start_file("manifest.xml", SimpleFileOptions::default().large_file(true))?;
    let mut buffered = io::BufWriter::new(&mut zip);
    let lacking = manifest(&mut buffered)?;
    buffered.flush()?;
    drop(buffered);
    if !lacking.is_empty() {
        return Ok(Err(lacking));
    }
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    for (found, object) in files.iter().zip(objects) {
        zip.start_file(object.uri.as_str(), stored.large_file(object.size_bytes >= u64::from(u32::MAX)))?;
        io::copy(&mut File::open(&found.path)?, &mut zip)?;
    }
    zip.finish()?.sync_all()?;
    Ok(Ok(()))
}

/// What the engine says of it: remarks, or why it would be refused.
fn judged(path: &Path, profile: Option<&Profile>) -> Result<Result<Vec<String>, Reasons>, Failure> {
    let limits = Limits::default();
    let options =
        seda::Options { profile: profile.map(|profile| &profile.grammar), ..seda::Options::default() };
    let scratch = std::env::temp_dir();
    let verdict = check::check_with(File::open(path)?, &scratch, &limits, options, &Trust::default());
    let verdict = verdict.map_err(|error| match error {
        crate::ingest::Error::Package(package::Error::Io(error)) => error.to_string(),
        other => other.to_string(),
    })?;
    let (errors, warnings): (Vec<_>, Vec<_>) =
        verdict.findings.iter().partition(|finding| finding.is_error());
    let said = |finding: &&crate::model::Finding| {
        format!("{} : {}. {}", finding.kind.code, printable(&finding.message), finding.kind.remedy)
    };
    Ok(if errors.is_empty() {
        Ok(warnings.iter().map(said).collect())
    } else {
        Err(errors.iter().take(table::REASONS_MAX).map(said).collect())
    })
}
