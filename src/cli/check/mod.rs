//! `chartrier check FILE…`: SIPs and bare manifests checked offline, by the very steps of ingest.
//!
//! Never writes but to the terminal and unlinked temporaries. Exit code: 0 all accepted, 1 one refused, 2 one could not
//! be read.

use std::fs::File;
use std::io::{self, IsTerminal, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

pub(super) use self::print::printable;
use self::print::{print_json, print_text};
use crate::clock::Clock;
use crate::formats::Signatures;
use crate::ingest;
use crate::ingest::identify::{Tables, identify};
use crate::ingest::unpack::{scratch_in, unpack};
use crate::ingest::validate::{validate, validate_bare};
use crate::ingest::viruses::Viruses;
use crate::model::{self, Finding, Limits, NotScanned, SedaVersion};
use crate::package;
use crate::seda::relaxng::{self, Bundle, Profile};
use crate::seda::tolerance::Tolerance;
use crate::seda::{self, Manifest};
use crate::trust::Trust;

mod print;

/// `chartrier check`'s arguments.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Fichiers à contrôler : SIP (zip, tar, tar.gz, tar.bz2) ou bordereau seul ; `-` pour l'entrée standard
    #[arg(required = true, value_name = "FICHIER")]
    pub files: Vec<PathBuf>,
    /// Une ligne JSON par fichier
    #[arg(long)]
    pub json: bool,
    /// Profil d'archivage (RELAX NG) que les bordereaux doivent aussi respecter
    #[arg(long, value_name = "PROFIL.rng")]
    pub profile: Option<PathBuf>,
    /// Extension d'un autre système à admettre (`update_operation`, `hold_rule`) ; répétable
    #[arg(long = "tolerate", value_name = "TOLERANCE", value_parser = tolerance)]
    pub tolerances: Vec<Tolerance>,
    /// Dossier de certificats d'autorités auxquelles se fier pour les signatures électroniques
    #[arg(long = "trust", value_name = "DOSSIER")]
    pub trust: Option<PathBuf>,
}

fn tolerance(name: &str) -> Result<Tolerance, String> {
    let known = || Tolerance::ALL.map(Tolerance::name).join(", ");
    Tolerance::named(name).ok_or_else(|| format!("tolérance inconnue ; celles qui existent : {}", known()))
}

/// What one file is found to be.
#[derive(Debug)]
pub struct Verdict {
    pub message: Option<(SedaVersion, String)>,
    pub findings: Vec<Finding>,
    /// Units and objects described, when the manifest could be read.
    pub counts: Option<(usize, usize)>,
    /// Electronic signatures of its files; nobody is believed here.
    pub signatures: model::Signatures,
}

impl Verdict {
    /// Whether nothing refuses the file.
    pub fn is_accepted(&self) -> bool {
        !self.findings.iter().any(Finding::is_error)
    }
}

/// Checks each file and prints what is found.
pub fn run(arguments: &Arguments) -> ExitCode {
    let mut out = io::stdout().lock();
    let is_painted = out.is_terminal();
    ExitCode::from(report(arguments, &mut out, is_painted))
}

/// Checks each file, writes what is found to `out`, gives the exit code.
pub fn report(arguments: &Arguments, out: &mut dyn Write, is_painted: bool) -> u8 {
    let limits = Limits::default();
    let profile = match arguments.profile.as_deref().map(compiled).transpose() {
        Ok(profile) => profile,
        Err(why) => {
            let _ = writeln!(io::stderr(), "{why}");
            return 2;
        }
    };
    let options = seda::Options {
        profile: profile.as_ref().map(|profile| &profile.grammar),
        tolerances: &arguments.tolerances,
        any_message: false,
    };
    let trust = Trust::new(arguments.trust.clone());
    if let Err(error) = trust.anchors() {
        let folder = arguments.trust.as_deref().unwrap_or(Path::new("")).display();
        let _ = writeln!(io::stderr(), "{folder} : lecture impossible : {}", io_text(&error));
        return 2;
    }
    let (mut refused, mut unreadable) = (0, 0);
    for path in &arguments.files {
        let name = path.to_string_lossy();
        let verdict = open(path, &limits).map_err(|error| io_text(&error)).and_then(|file| {
            check_with(file, &std::env::temp_dir(), &limits, options, &trust)
                .map_err(|error| error_text(&error))
        });
        let printed = match &verdict {
            Ok(verdict) if arguments.json => print_json(out, &name, verdict),
            Ok(verdict) => print_text(out, is_painted, &name, verdict),
            Err(why) => writeln!(io::stderr(), "{name} : lecture impossible : {why}"),
        };
        match &verdict {
            Ok(verdict) if verdict.is_accepted() => {}
            Ok(_) => refused += 1,
            Err(_) => unreadable += 1,
        }
        if printed.is_err() {
            return 2;
        }
    }
    if !arguments.json && arguments.files.len() > 1 {
        let accepted = arguments.files.len() - refused - unreadable;
        let summary = format!("{accepted} accepté(s), {refused} refusé(s), {unreadable} illisible(s)");
        if writeln!(out, "{summary}").is_err() {
            return 2;
        }
    }
    match (unreadable, refused) {
        (0, 0) => 0,
        (0, _) => 1,
        _ => 2,
    }
}

/// The profile, or why it is none, reason by reason.
fn compiled(path: &Path) -> Result<Profile, String> {
    let name = path.display();
    let rng =
        std::fs::read(path).map_err(|error| format!("{name} : lecture impossible : {}", io_text(&error)))?;
    relaxng::compile(&rng, &Bundle::new(), &relaxng::Limits::default()).map_err(|found| {
        let reasons = found.iter().map(|finding| {
            let line = finding.line.map(|line| format!(" ligne {line}")).unwrap_or_default();
            format!("  {}{line} : {}", finding.kind.code, printable(&finding.message))
        });
        format!("{name} : ce profil ne peut pas être appliqué\n{}", reasons.collect::<Vec<_>>().join("\n"))
    })
}

/// Checks one file, SIP or bare message, against the standard alone.
///
/// # Errors
/// When the file, or the scratch folder, cannot be read or written.
pub fn check(file: File, scratch: &Path, limits: &Limits) -> Result<Verdict, ingest::Error> {
    check_with(file, scratch, limits, seda::Options::default(), &Trust::default())
}

/// The same, with a profile and tolerances. A SIP holds a transfer; a bare message may be any of the standard's.
///
/// # Errors
/// When the file, or the scratch folder, cannot be read or written.
pub fn check_with(
    mut file: File,
    scratch: &Path,
    limits: &Limits,
    options: seda::Options<'_>,
    trust: &Trust,
) -> Result<Verdict, ingest::Error> {
    if looks_like_xml(&mut file).map_err(package::Error::Io)? {
        let options = seda::Options { any_message: true, ..options };
        let reading = validate_bare(file, limits, &scratch_in(scratch), options)?;
        let counts = reading.manifest.as_deref().map(counts);
        let signatures = model::Signatures::default();
        return Ok(Verdict { message: reading.message, findings: reading.findings, counts, signatures });
    }
    let unpacked = unpack(file, scratch, limits)?;
    let formats = Signatures::built_in();
    let tables = Tables { signatures: &formats, scratch, trust, now: Clock::system().now() };
    let identified = identify(
        validate(unpacked, limits, options)?,
        limits,
        tables,
        Viruses::not_shown(NotScanned::NotConfigured),
    )?;
    let counts = identified.manifest.as_deref().map(counts);
    let signatures = identified.signatures;
    Ok(Verdict { message: identified.message, findings: identified.findings, counts, signatures })
}

fn counts(manifest: &Manifest) -> (usize, usize) {
    (manifest.unit_count(), manifest.binary_object_count() + manifest.physical_object_count())
}

/// A bare manifest begins as XML does, in whatever encoding; everything else must be a container.
fn looks_like_xml(file: &mut File) -> io::Result<bool> {
    if package::is_container(file)? {
        return Ok(false);
    }
    let mut head = Vec::new();
    Read::by_ref(file).take(512).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(0))?;
    let marks: [&[u8]; 3] = [b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff"];
    let text = marks.iter().find_map(|mark| head.strip_prefix(*mark)).unwrap_or(&head);
    let first = text.iter().find(|byte| !byte.is_ascii_whitespace() && **byte != 0);
    Ok(first == Some(&b'<'))
}

/// Standard input is copied first: a container is read from its end.
fn open(path: &Path, limits: &Limits) -> io::Result<File> {
    if path != Path::new("-") {
        let file = File::open(path)?;
        if file.metadata()?.is_dir() {
            return Err(io::Error::new(io::ErrorKind::IsADirectory, "c'est un dossier"));
        }
        return Ok(file);
    }
    let mut file = package::unlinked(&std::env::temp_dir())?;
    let copied = io::copy(&mut io::stdin().lock().take(limits.received_bytes_max + 1), &mut file)?;
    if copied > limits.received_bytes_max {
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, "le fichier est trop volumineux"));
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(file)
}

fn error_text(error: &ingest::Error) -> String {
    let mut cause: &dyn std::error::Error = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.downcast_ref::<io::Error>().map_or_else(|| cause.to_string(), io_text)
}

/// What a reading that failed is, in words.
pub(super) fn io_text(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "fichier introuvable".into(),
        io::ErrorKind::PermissionDenied => "accès refusé".into(),
        io::ErrorKind::StorageFull => "plus de place pour décompresser".into(),
        _ => error.to_string(),
    }
}
