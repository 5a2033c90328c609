//! `chartrier verify PATH…`: OCFL objects, storage roots, attestations and published logs verified offline, without a database.
//!
//! Never writes but to the terminal. Every byte is read and digested; an archive of ours is also read for
//! what it must hold. Exit code: 0 all valid, 1 one is not, 2 one could not be read.

mod dossier;
mod evidence;
mod folder;
mod journal;
mod print;

use std::io::{self, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use crate::model::TenantId;
use crate::package::aip::{self, Aip};
use crate::package::ocfl::Tree;
use crate::package::ocfl::validate::{
    self, Options, Report, RootReport, Severity, Standing, Validated, Visit, validate_object, validate_root,
};

use crate::proof::note::Verifier;
use crate::proof::sealed::Trusted;

use evidence::{Checked, Wrong};
pub use folder::Folder;

/// Sites hold one storage root a member.
const ROOTS_MAX: usize = 100_000;

/// `chartrier verify`'s arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = NOT_VERIFIED)]
pub struct Arguments {
    /// Objets OCFL, racines de stockage (chaque objet est vérifié), dossier d’un site, attestations (JSON), dossiers
    /// de preuve (ZIP ou dossier), journaux publiés (dossier « log ») ou exportés
    #[arg(required = true, value_name = "CHEMIN")]
    pub paths: Vec<PathBuf>,
    /// Une ligne JSON par objet et par racine
    #[arg(long)]
    pub json: bool,
    /// Clé publique de confiance (nom+identifiant+clé), telle que le service la publie ; répétable
    #[arg(long = "key", value_name = "CLÉ")]
    pub keys: Vec<String>,
    /// Fichier PEM des certificats racines des autorités d’horodatage de confiance
    #[arg(long = "root", value_name = "FICHIER")]
    pub root: Option<PathBuf>,
    /// Nombre de lectures à la fois ; par défaut, autant que de processeurs
    #[arg(long, value_name = "N")]
    pub threads: Option<usize>,
}

/// What a verification leaves to others, said after each.
const NOT_VERIFIED: &str = "Les signatures électroniques des documents reçus ont été vérifiées à l’entrée (metadata/signatures.json) et ne le \
     sont pas de nouveau ; une copie n’est pas comparée à une autre (chartrier audit).";

/// What one object is found to be.
pub struct Verified {
    pub report: Report,
    /// When it is an archive of ours.
    pub aip: Option<Aip>,
}

/// The answer about one object or root.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Valid,
    Invalid,
    /// It could not be read wholly.
    Unread,
}

impl Verified {
    /// Invalid as soon as a rule is broken, even when something else could not be read.
    pub fn verdict(&self) -> Verdict {
        let count = |severity| {
            let remarks = self.aip.iter().flat_map(|aip| &aip.remarks);
            self.report.findings.count(severity)
                + remarks.filter(|remark| remark.severity == severity).count() as u64
        };
        match (count(Severity::Error), count(Severity::Unjudged)) {
            (0, 0) => Verdict::Valid,
            (0, _) => Verdict::Unread,
            _ => Verdict::Invalid,
        }
    }

    fn has_warnings(&self) -> bool {
        let mut remarks = self.aip.iter().flat_map(|aip| &aip.remarks);
        self.report.findings.count(Severity::Warning) > 0
            || remarks.any(|remark| remark.severity == Severity::Warning)
    }
}

/// Verifies each path and prints what is found.
pub fn run(arguments: &Arguments) -> ExitCode {
    let mut out = io::stdout().lock();
    let is_painted = out.is_terminal();
    ExitCode::from(report(arguments, &mut out, is_painted))
}

/// Verifies each path, writes what is found to `out`, gives the exit code.
pub fn report(arguments: &Arguments, out: &mut dyn Write, is_painted: bool) -> u8 {
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    let options = Options { threads: arguments.threads.unwrap_or(processors).max(1), ..Options::default() };
    let mut telling =
        Telling { out, is_painted, is_json: arguments.json, totals: Totals::default(), failed: None };
    let started = Instant::now();
    let trusted = match trusted(arguments) {
        Ok(trusted) => trusted,
        Err(why) => {
            let _ = writeln!(io::stderr(), "{why}");
            return 2;
        }
    };
    for path in &arguments.paths {
        if let Err(why) = verify(path, &options, &trusted, &mut telling) {
            telling.totals.unread += 1;
            let _ = writeln!(io::stderr(), "{} : {why}", path.display());
        }
    }
    telling.summary(started.elapsed());
    if telling.failed.is_some() {
        return 2;
    }
    match (telling.totals.unread, telling.totals.invalid) {
        (0, 0) => 0,
        (0, _) => 1,
        _ => 2,
    }
}

/// Verifies what stands at a path.
fn verify(
    path: &Path,
    options: &Options,
    trusted: &Trusted,
    telling: &mut Telling<'_>,
) -> Result<(), String> {
    let metadata = std::fs::metadata(path).map_err(|error| io_text(&error))?;
    if let Some(mut parts) = dossier::open(path)? {
        return telling.evidence(path, dossier::verify(&mut parts, trusted));
    }
    if !metadata.is_dir() && journal::is_one(path) {
        return telling.evidence(path, journal::verify(path, trusted));
    }
    if !metadata.is_dir() {
        return telling.evidence(path, evidence::attestation(path, trusted));
    }
    if evidence::is_log(path) {
        return telling.evidence(path, evidence::log(path, trusted));
    }
    let tree = Folder::new(path);
    let name = path.to_string_lossy();
    match validate::standing(&tree, "", &options.limits).map_err(|error| io_text(&error))? {
        Standing::Object => {
            telling.object(&name, &read(&tree, validate_object(&tree, "", options)), true);
            Ok(())
        }
        Standing::Root => {
            root(&tree, "", &name, options, telling);
            Ok(())
        }
        Standing::Neither => site(&tree, &name, options, telling),
    }
}

/// What the command line says is true.
fn trusted(arguments: &Arguments) -> Result<Trusted, String> {
    let keys = arguments.keys.iter().map(|key| Verifier::parse(key));
    let keys = keys.collect::<Result<_, _>>().map_err(|error| format!("--key : {error}"))?;
    let roots = arguments.root.as_ref().map(std::fs::read).transpose();
    let roots = roots.map_err(|error| format!("--root : {}", io_text(&error)))?.unwrap_or_default();
    Ok(Trusted { keys, roots })
}

/// A site: a storage root a member.
fn site(tree: &Folder, name: &str, options: &Options, telling: &mut Telling<'_>) -> Result<(), String> {
    let mut inside = tree.list("", ROOTS_MAX).map_err(|error| io_text(&error))?;
    inside.sort();
    let is_root = |folder: &str| {
        validate::standing(tree, folder, &options.limits).is_ok_and(|standing| standing == Standing::Root)
    };
    let roots: Vec<String> =
        inside.into_iter().map(|entry| entry.name).filter(|name| is_root(name)).collect();
    if roots.is_empty() {
        return Err("ni objet OCFL, ni racine de stockage, ni site qui en contienne".to_string());
    }
    let canaries = TenantId::of_canaries().to_string();
    for folder in roots {
        let place = format!("{}/{folder}", name.trim_end_matches('/'));
        if folder == canaries {
            telling.canaries(&place);
        } else {
            root(tree, &folder, &place, options, telling);
        }
    }
    Ok(())
}

fn root(tree: &Folder, folder: &str, name: &str, options: &Options, telling: &mut Telling<'_>) {
    let above = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let report = validate_root(
        tree,
        folder,
        options,
        Visit {
            each: &|validated| read(tree, validated),
            done: &mut |verified: Verified| {
                let inside = verified.report.folder.strip_prefix(&above).unwrap_or(&verified.report.folder);
                telling.object(&format!("{}/{inside}", name.trim_end_matches('/')), &verified, false);
            },
        },
    );
    telling.root(name, &report);
}

/// Our own reading of a validated object.
fn read(tree: &dyn Tree, validated: Validated) -> Verified {
    let Validated { report, held } = validated;
    let read = match (&held, &report.id) {
        (Some(held), Some(id)) => aip::read(tree, &report.folder, id, held),
        _ => Ok(None),
    };
    let aip = read.unwrap_or_else(|error| {
        let message = format!("lecture impossible : {error}");
        let (severity, code) = (Severity::Unjudged, "archive.unreadable");
        let remark = aip::Remark { severity, code, path: String::new(), message };
        Some(Aip { cote: None, remarks: vec![remark] })
    });
    Verified { report, aip }
}

/// What was seen in all.
#[derive(Debug, Default)]
struct Totals {
    valid: u64,
    warned: u64,
    invalid: u64,
    unread: u64,
    objects: u64,
    archives: u64,
    evidence: u64,
    files: u64,
    size_bytes: u64,
}

/// Where results are told, as they come.
struct Telling<'a> {
    out: &'a mut dyn Write,
    is_painted: bool,
    is_json: bool,
    totals: Totals,
    failed: Option<io::Error>,
}

impl Telling<'_> {
    /// An object of a root about which nothing is to be said makes no line of text; one that was asked does.
    fn object(&mut self, name: &str, verified: &Verified, is_asked: bool) {
        let totals = &mut self.totals;
        totals.objects += 1;
        totals.archives += u64::from(verified.aip.is_some());
        totals.files += verified.report.files;
        totals.size_bytes += verified.report.size_bytes;
        totals.warned += u64::from(verified.verdict() == Verdict::Valid && verified.has_warnings());
        totals.count(verified.verdict());
        let told = if self.is_json {
            print::object_json(self.out, name, verified)
        } else if !is_asked && print::is_silent(verified) {
            Ok(())
        } else {
            print::object_text(self.out, self.is_painted, name, verified)
        };
        self.keep(told);
    }

    /// An attestation or a log.
    fn evidence(&mut self, path: &Path, outcome: Result<Checked, evidence::Failure>) -> Result<(), String> {
        let (verdict, checked, wrong) = match outcome {
            Ok(checked) => (Verdict::Valid, checked, None),
            Err(evidence::Failure::Wrong(Wrong(reason))) => {
                (Verdict::Invalid, Checked::default(), Some(reason))
            }
            Err(evidence::Failure::Unread(reason)) => return Err(reason),
        };
        self.totals.count(verdict);
        self.totals.evidence += 1;
        let name = path.to_string_lossy();
        let told = if self.is_json {
            print::evidence_json(self.out, &name, &checked, wrong.as_deref())
        } else {
            print::evidence_text(self.out, self.is_painted, &name, &checked, wrong.as_deref())
        };
        self.keep(told);
        Ok(())
    }

    fn root(&mut self, name: &str, report: &RootReport) {
        let verdict = print::root_verdict(report);
        if verdict != Verdict::Valid {
            self.totals.count(verdict);
        }
        let told = if self.is_json {
            print::root_json(self.out, name, report)
        } else {
            print::root_text(self.out, self.is_painted, name, report)
        };
        self.keep(told);
    }

    /// Objects that the service damages on purpose, to know that damage is found: given alone, they are read.
    fn canaries(&mut self, place: &str) {
        if !self.is_json {
            let told = writeln!(self.out, "{place} : objets témoins, abîmés exprès par le service : passés");
            self.keep(told);
        }
    }

    fn summary(&mut self, elapsed: Duration) {
        if !self.is_json && self.totals.objects > 0 {
            let told = print::summary(self.out, &self.totals, elapsed);
            self.keep(told);
        }
    }

    fn keep(&mut self, told: io::Result<()>) {
        if let Err(error) = told {
            self.failed.get_or_insert(error);
        }
    }
}

impl Totals {
    fn count(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Valid => self.valid += 1,
            Verdict::Invalid => self.invalid += 1,
            Verdict::Unread => self.unread += 1,
        }
    }
}

fn io_text(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "introuvable".into(),
        io::ErrorKind::PermissionDenied => "accès refusé".into(),
        _ => error.to_string(),
    }
}
