//! `chartrier sip make`: a folder and a table become a SIP, so that a document management system without SEDA can deposit.
//!
//! Never leaves a SIP that the service's own engine would refuse: what is made is checked, by the standard and the profile, before
//! it takes its name. Exit codes: 0 made, 1 refused, with the reasons, 2 could not.

mod make;
mod objects;
mod parties;
mod reasons;
mod table;
mod text;
mod tree;

use std::path::PathBuf;
use std::process::ExitCode;

use super::Failure;
use super::check::printable;
use crate::model::SedaVersion;

/// `chartrier sip`'s commands.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Fait un versement d'un dossier et d'un tableau (CSV).
    Make(Box<Arguments>),
}

/// `chartrier sip make`'s arguments.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Le dossier des fichiers ; ses sous-dossiers deviennent l'arborescence
    #[arg(long, value_name = "DOSSIER")]
    folder: PathBuf,
    /// Le tableau : une ligne d'en-tête, puis une ligne par fichier ou dossier décrit (« . » : l'ensemble)
    #[arg(long, value_name = "TABLEAU.csv")]
    csv: PathBuf,
    /// Le versement à écrire, en zip
    #[arg(long, value_name = "FICHIER.zip")]
    out: PathBuf,
    /// Identifiant de l'accord de versement
    #[arg(long, value_name = "ACCORD")]
    agreement: String,
    /// Profil d'archivage : le nom d'un modèle (chartrier profiles library) ou un fichier RELAX NG
    #[arg(long, value_name = "PROFIL")]
    profile: Option<String>,
    /// Identifiant du profil dans la collectivité, s'il n'est pas celui du modèle ou du fichier
    #[arg(long, value_name = "IDENTIFIANT", requires = "profile")]
    profile_identifier: Option<String>,
    /// Le fichier de la collectivité : l'accord y nomme les services
    #[arg(long, value_name = "MEMBRE.toml")]
    member: Option<PathBuf>,
    /// Service d'archives
    #[arg(long, value_name = "IDENTIFIANT")]
    archival_agency: Option<String>,
    /// Service versant
    #[arg(long, value_name = "IDENTIFIANT")]
    transferring_agency: Option<String>,
    /// Service producteur
    #[arg(long, value_name = "IDENTIFIANT")]
    originating_agency: Option<String>,
    /// Identifiant du versement ; à défaut, un nouveau
    #[arg(long, value_name = "IDENTIFIANT")]
    identifier: Option<String>,
    /// Version de SEDA : 2.1, 2.2 ou 2.3 ; à défaut celle du profil, sinon 2.1
    #[arg(long, value_name = "VERSION", value_parser = version)]
    seda: Option<SedaVersion>,
    /// Prend aussi les fichiers que le tableau ne nomme pas, sous leur nom
    #[arg(long)]
    all: bool,
    /// Le résultat en une ligne JSON
    #[arg(long)]
    json: bool,
}

/// Versions that are written.
const VERSIONS: [SedaVersion; 3] = [SedaVersion::V2_1, SedaVersion::V2_2, SedaVersion::V2_3];

fn version(text: &str) -> Result<SedaVersion, String> {
    VERSIONS.into_iter().find(|version| version.number() == text).ok_or_else(|| "2.1, 2.2 ou 2.3".into())
}

/// Why nothing was made: what is to be put right, one line each.
pub(super) type Reasons = Vec<String>;

/// Runs one of them.
pub(super) fn run(command: &Command) -> Result<ExitCode, Failure> {
    let Command::Make(arguments) = command;
    match make::make(arguments)? {
        Ok(made) => {
            if arguments.json {
                let out = arguments.out.display().to_string();
                let line = serde_json::json!({ "file": out, "made": true, "message_identifier": made.identifier,
                    "objects": made.objects, "warnings": made.warnings });
                println!("{line}");
            } else {
                println!(
                    "{} : versement « {} », {} fichiers, accepté par le contrôle",
                    arguments.out.display(),
                    printable(&made.identifier),
                    made.objects
                );
                made.warnings.iter().for_each(|warning| println!("  remarque {}", printable(warning)));
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(reasons) => {
            if arguments.json {
                println!("{}", serde_json::json!({ "made": false, "reasons": reasons }));
            } else {
                reasons.iter().for_each(|reason| eprintln!("{}", printable(reason)));
                eprintln!("Rien n'est écrit : corrigez, puis recommencez.");
            }
            Ok(ExitCode::from(1))
        }
    }
}
