//! `chartrier costs`: a year's costs from a file, shared to the cent, without a database; what a change would make of them.
//!
//! Never shares what it did not wholly understand: a wrong value stops it, with its place. Exit codes: 0 shared, 1 the costs cannot be
//! shared so, 2 the file cannot be read. The one thing to know: members and items keep the file's order.

mod answer;
mod beside;
mod file;
mod ordered;
mod simulate;
mod values;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::Failure;
use super::check::printable;

/// `chartrier costs`' commands.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Répartit entre les membres les postes d'un exercice, décrits par un fichier JSON.
    Share {
        /// Les membres, leurs mesures et les postes ; voir docs/costs.md
        #[arg(value_name = "FICHIER.json")]
        file: PathBuf,
    },
    /// Dit ce qu'un changement (un membre de plus, une autre clé, un plafond) ferait de la part de chacun.
    Difference {
        /// L'exercice tel qu'il est
        #[arg(value_name = "AVANT.json")]
        before: PathBuf,
        /// L'exercice tel qu'il serait
        #[arg(value_name = "APRES.json")]
        after: PathBuf,
    },
    /// Compare son propre service et le service mutualisé, en euros et en jours de travail.
    Hosting(simulate::Hosting),
}

/// Largest file read.
const BYTES_MAX: u64 = 16 << 20;

/// Runs one of them.
pub(super) fn run(command: &Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Share { file } => told(shared(file)?),
        Command::Difference { before, after } => {
            let both = (shared(before)?, shared(after)?);
            told(match both {
                (Ok(before), Ok(after)) => Ok(simulate::difference(&before, &after)),
                (Err(reason), _) => Err(format!("avant : {reason}")),
                (_, Err(reason)) => Err(format!("après : {reason}")),
            })
        }
        Command::Hosting(hosting) => told(Ok(simulate::hosting(hosting))),
    }
}

/// A file's year shared, or why it cannot be.
fn shared(path: &Path) -> Result<Result<answer::Answer, String>, Failure> {
    let raw: file::Raw = serde_json::from_slice(&bytes(path)?).map_err(|error| unreadable(&error))?;
    Ok(file::read(&raw).and_then(|exercise| answer::answer(&exercise)))
}

fn told(answer: Result<impl serde::Serialize, String>) -> Result<ExitCode, Failure> {
    match answer {
        Ok(answer) => {
            println!("{}", serde_json::to_string(&answer)?);
            Ok(ExitCode::SUCCESS)
        }
        Err(reason) => {
            eprintln!("chartrier : {}", printable(&reason));
            Ok(ExitCode::from(1))
        }
    }
}

fn bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let file = File::open(path).map_err(|_| format!("{} : ne peut être ouvert", path.display()))?;
    let mut bytes = Vec::new();
    let read = file.take(BYTES_MAX + 1).read_to_end(&mut bytes);
    read.map_err(|_| format!("{} : ne peut être lu", path.display()))?;
    if bytes.len() as u64 > BYTES_MAX {
        return Err(format!("{} : dépasse {} Mio", path.display(), BYTES_MAX >> 20).into());
    }
    Ok(bytes)
}

/// Where it stops being what is expected; the parser's own words are English, and not ours.
fn unreadable(error: &serde_json::Error) -> String {
    let place = format!("ligne {}, colonne {}", error.line(), error.column());
    if error.is_data() {
        return format!(
            "{place} : la forme n'est pas celle attendue ; il faut un objet « members » de membres par code, chacun nommé une fois, \
             et une liste « items » de postes"
        );
    }
    format!("{place} : ce n'est pas du JSON bien formé")
}
