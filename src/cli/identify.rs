//! `chartrier identify FILE…`: the PRONOM format of each file, offline, without a database.
//!
//! Never writes but to the terminal and unlinked temporaries. Exit code: 0 all named, 1 one is not known, 2 one could not be
//! read.

use std::fs::File;
use std::io::{self, IsTerminal, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde::Serialize;

use super::check::{io_text, printable};
use crate::formats::{Basis, Format, Identification, Signatures, Sniffed, Warning};
use crate::model::Limits;
use crate::package;

/// Formats listed to people in one warning.
const SHOWN_MAX: usize = 8;

/// `chartrier identify`'s arguments.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Fichiers à identifier ; `-` pour l'entrée standard
    #[arg(required = true, value_name = "FICHIER")]
    pub files: Vec<PathBuf>,
    /// Une ligne JSON par fichier
    #[arg(long)]
    pub json: bool,
    /// Fichier de signatures de PRONOM (`DROID_SignatureFile_V….xml`), au lieu de la petite table intégrée
    #[arg(long, value_name = "SIGNATURES.xml")]
    pub signatures: Option<PathBuf>,
    /// Fichier de signatures de conteneurs de PRONOM (`container-signature-….xml`)
    #[arg(long, value_name = "CONTENEURS.xml", requires = "signatures")]
    pub containers: Option<PathBuf>,
}

/// Names each file and prints what is found.
pub fn run(arguments: &Arguments) -> ExitCode {
    let mut out = io::stdout().lock();
    let is_painted = out.is_terminal();
    ExitCode::from(report(arguments, &mut out, is_painted))
}

/// Names each file, writes what is found to `out`, gives the exit code.
pub fn report(arguments: &Arguments, out: &mut dyn Write, is_painted: bool) -> u8 {
    let signatures = match signatures(arguments) {
        Ok(signatures) => signatures,
        Err(why) => {
            let _ = writeln!(io::stderr(), "{why}");
            return 2;
        }
    };
    let (mut unknown, mut unreadable) = (0, 0);
    for path in &arguments.files {
        let name = path.to_string_lossy();
        let printed = match identify(&signatures, path) {
            Ok(found) => {
                unknown += usize::from(found.format.is_none());
                if arguments.json {
                    print_json(out, &name, &found)
                } else {
                    print_text(out, is_painted, &name, &found)
                }
            }
            Err(error) => {
                unreadable += 1;
                writeln!(io::stderr(), "{name} : lecture impossible : {}", io_text(&error))
            }
        };
        if printed.is_err() {
            return 2;
        }
    }
    match (unreadable, unknown) {
        (0, 0) => 0,
        (0, _) => 1,
        _ => 2,
    }
}

/// The tables asked for, or why they cannot serve.
fn signatures(arguments: &Arguments) -> Result<Signatures, String> {
    let Some(path) = &arguments.signatures else { return Ok(Signatures::built_in()) };
    let open = |path: &Path| {
        File::open(path)
            .map_err(|error| format!("{} : lecture impossible : {}", path.display(), io_text(&error)))
    };
    let containers = arguments.containers.as_deref().map(open).transpose()?;
    let read = Signatures::from_droid(open(path)?, containers);
    let signatures =
        read.map_err(|error| format!("{} : {}", path.display(), printable(&error.to_string())))?;
    if let left_out @ 1.. = signatures.left_out().len() {
        let _ = writeln!(
            io::stderr(),
            "{left_out} signature(s) laissée(s) de côté, faute d'être comprises ou utiles :"
        );
        for (id, why) in signatures.left_out().iter().take(10) {
            let _ = writeln!(io::stderr(), "  {} : {}", printable(id), printable(why));
        }
    }
    Ok(signatures)
}

fn identify(signatures: &Signatures, path: &Path) -> io::Result<Identification> {
    if path == Path::new("-") {
        return of_stream(signatures, &mut io::stdin().lock());
    }
    let mut file = File::open(path)?;
    if file.metadata()?.is_dir() {
        return Err(io::Error::new(io::ErrorKind::IsADirectory, "c'est un dossier"));
    }
    signatures.identify(&mut file, &path.to_string_lossy())
}

/// A stream has no name; its bytes are copied aside only when they are those of a large container.
fn of_stream(signatures: &Signatures, stream: &mut dyn Read) -> io::Result<Identification> {
    let mut stream = stream.take(Limits::default().expanded_bytes_max);
    let (mut sniffer, mut aside, mut buffer) = (signatures.sniffer(), None, vec![0; 64 << 10]);
    loop {
        let read = match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if aside.is_none() && sniffer.looks_like_container() && !sniffer.has_room_for(read) {
            let file = aside.insert(package::unlinked(&std::env::temp_dir())?);
            file.write_all(sniffer.held())?;
        }
        if let Some(file) = &mut aside {
            file.write_all(&buffer[..read])?;
        }
        sniffer.feed(&buffer[..read]);
    }
    match (sniffer.conclude("")?, aside) {
        (Sniffed::Known(found), _) => Ok(found),
        (Sniffed::Container(pending), Some(mut file)) => {
            file.seek(SeekFrom::Start(0))?;
            pending.open(&mut file)
        }
        (Sniffed::Container(pending), None) => Ok(pending.closed()),
    }
}

#[derive(Serialize)]
struct Line<'a> {
    file: &'a str,
    puid: Option<&'a str>,
    name: Option<&'a str>,
    version: Option<&'a str>,
    mime: Option<&'a str>,
    basis: &'static str,
    warnings: Vec<&'static str>,
    others: Vec<&'a str>,
}

fn print_json(out: &mut dyn Write, name: &str, found: &Identification) -> io::Result<()> {
    fn said(found: &Identification, field: fn(&Format) -> &String) -> Option<&str> {
        found.format.as_deref().map(|format| field(format).as_str()).filter(|text| !text.is_empty())
    }
    let line = Line {
        file: name,
        puid: found.puid(),
        name: said(found, |format| &format.name),
        version: said(found, |format| &format.version),
        mime: said(found, |format| &format.mime),
        basis: found.basis.word(),
        warnings: found.warnings.iter().map(|warning| warning.word()).collect(),
        others: found.others.iter().map(|format| format.puid.as_str()).collect(),
    };
    let text = serde_json::to_string(&line).map_err(io::Error::other)?;
    writeln!(out, "{text}")
}

fn print_text(out: &mut dyn Write, is_painted: bool, name: &str, found: &Identification) -> io::Result<()> {
    let paint = |code: &str, text: &str| {
        if is_painted { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    };
    let name = printable(name);
    match &found.format {
        Some(format) => {
            let title = [format.name.as_str(), &format.version].join(" ");
            let mime = if format.mime.is_empty() { String::new() } else { format!(", {}", format.mime) };
            let basis = match found.basis {
                Basis::Container => "par ce que contient le fichier",
                Basis::Signature => "par ses octets",
                Basis::Extension | Basis::None => "par son nom",
            };
            writeln!(out, "{name} : {} — {}{mime} ({basis})", paint("1;32", &format.puid), title.trim_end())?;
        }
        None => writeln!(out, "{name} : {}", paint("1;31", "format inconnu"))?,
    }
    for warning in &found.warnings {
        writeln!(out, "  {} : {}", paint("33", "avertissement"), words(*warning, &found.others))?;
    }
    Ok(())
}

/// What a warning says to people.
fn words(warning: Warning, others: &[std::sync::Arc<Format>]) -> String {
    let puids = || {
        let mut puids: Vec<&str> = others.iter().map(|format| format.puid.as_str()).take(SHOWN_MAX).collect();
        puids.extend((others.len() > SHOWN_MAX).then_some("…"));
        puids.join(", ")
    };
    match warning {
        Warning::Empty => "le fichier est vide".into(),
        Warning::ExtensionMismatch => "l'extension du nom n'est pas celle de ce format".into(),
        Warning::ExtensionOnly => "les octets ne disent rien : le nom seul dit ce format".into(),
        Warning::TextOnly => "les octets disent seulement que c'est un texte".into(),
        Warning::Several => format!("d'autres formats conviennent aussi bien : {}", puids()),
        Warning::Unconfirmed => format!("le nom fait attendre {}, les octets ne le confirment pas", puids()),
        Warning::Cut => "une limite a été atteinte avant d'avoir tout regardé".into(),
    }
}
