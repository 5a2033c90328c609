//! `chartrier formats`: PRONOM's signature files, imported and listed; a member's objects named again.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::check::{io_text, printable};
use super::{Failure, runtime};
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::model::Agent;
use crate::pronom::{FILE_BYTES_MAX, Imported, Pronom, Refused};
use crate::registry;
use crate::registry::signatures::{Files, Version};

/// `chartrier formats`' commands.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Met en service les fichiers de signatures de PRONOM, pour toutes les collectivités.
    Import {
        /// `DROID_SignatureFile_V….xml`
        signatures: PathBuf,
        /// `container-signature-….xml`
        containers: Option<PathBuf>,
    },
    /// Les fichiers de signatures importés, celui en service d'abord.
    List,
    /// Fait identifier de nouveau, par le travail de fond, les objets déjà conservés.
    Again {
        /// Code de la collectivité ; toutes, sans lui.
        #[arg(long, value_name = "CODE")]
        tenant: Option<String>,
    },
}

/// Runs one of them.
pub(super) fn run(config: Config, command: &Command) -> Result<ExitCode, Failure> {
    // Before the database is asked for anything.
    let files = match command {
        Command::Import { signatures, containers } => Some(Files {
            signatures: read(signatures)?,
            containers: containers.as_deref().map(read).transpose()?,
        }),
        Command::List | Command::Again { .. } => None,
    };
    runtime()?.block_on(async {
        let app = App::open(config, Clock::system()).await?;
        let pronom = app.pronom();
        let outcome = match (command, files) {
            (Command::Import { .. }, Some(files)) => import(&pronom, files).await,
            (Command::Again { tenant }, _) => again(&app, &pronom, tenant.as_deref()).await,
            _ => list(&pronom).await,
        };
        app.close().await?;
        outcome
    })
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|file| file.take(FILE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes))
        .map_err(|error| format!("{} : lecture impossible : {}", path.display(), io_text(&error)))?;
    Ok(bytes)
}

async fn import(pronom: &Pronom, files: Files) -> Result<ExitCode, Failure> {
    match pronom.import(files, None).await? {
        Err(Refused(why)) => {
            eprintln!("Fichiers de signatures refusés : {}", printable(&why));
            return Ok(ExitCode::from(1));
        }
        Ok(Imported::AlreadySo(version)) => {
            println!("Rien à changer : {} en service déjà.", told(&version));
        }
        Ok(Imported::InForce(version)) => {
            println!("En service : {}.", told(&version));
            if version.left_out > 0 {
                println!(
                    "{} signature(s) laissée(s) de côté, faute d'être comprises ou utiles.",
                    version.left_out
                );
            }
            println!(
                "Les objets déjà conservés gardent leur format : « chartrier formats again » les identifie de nouveau."
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn told(version: &Version) -> String {
    format!("PRONOM {}, {} formats", printable(&version.version), version.format_count)
}

async fn list(pronom: &Pronom) -> Result<ExitCode, Failure> {
    let versions = pronom.versions().await?;
    if versions.is_empty() {
        println!("Aucun fichier de signatures n'a été importé : la petite table intégrée sert.");
    }
    for version in versions {
        let day = version.imported_at.format("%Y-%m-%d %H:%M UTC");
        let by = version.imported_by.as_deref().unwrap_or("ligne de commande");
        println!(
            "{day} : {}, par {} ; SHA-512 {}",
            told(&version),
            printable(by),
            hex::encode(&version.signatures_sha512)
        );
    }
    Ok(ExitCode::SUCCESS)
}

async fn again(app: &App, pronom: &Pronom, code: Option<&str>) -> Result<ExitCode, Failure> {
    let members = registry::queries::members(&mut app.db.technical().await?).await?;
    let wanted: Vec<_> =
        members.iter().filter(|member| code.is_none_or(|code| code == member.code)).collect();
    if let (Some(code), true) = (code, wanted.is_empty()) {
        return Err(format!("aucune collectivité n'a le code « {} »", printable(code)).into());
    }
    for member in wanted {
        let said = match pronom.name_again(member.tenant, Agent::Operator).await? {
            true => "demandé ; le travail de fond s'en charge",
            false => "en cours déjà",
        };
        println!("{} : {said}", member.code);
    }
    Ok(ExitCode::SUCCESS)
}
