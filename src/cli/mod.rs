//! The command line's door: one file a command. Exit codes: 0 yes, 1 no (refused, invalid, mismatch), 2 could
//! not answer.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::app;
use crate::config::{self, Config};

mod audit;
pub mod check;
mod demo;
pub mod formats;
pub mod identify;
mod serve;
mod tenants;
pub mod verify;

/// Service d'archivage électronique mutualisé.
#[derive(Parser)]
#[command(name = "chartrier", version, about, disable_help_subcommand = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Sert le portail, l'API et les portes machine.
    Serve {
        /// Fait aussi le travail de fond, dans le même processus.
        #[arg(long)]
        with_worker: bool,
    },
    /// Fait le travail de fond : contrôles, copies, réponses.
    Work,
    /// Met le schéma de la base à jour.
    Migrate,
    /// Les collectivités adhérentes, décrites par des fichiers.
    #[command(subcommand)]
    Tenants(TenantsCommand),
    /// Contrôle des versements (SIP) ou des bordereaux, sans base de données.
    Check(check::Arguments),
    /// Donne le format PRONOM de fichiers, sans base de données.
    Identify(identify::Arguments),
    /// Les signatures de formats (PRONOM) en service.
    #[command(subcommand)]
    Formats(formats::Command),
    /// Vérifie des objets OCFL et des racines de stockage, sans base de données.
    Verify(verify::Arguments),
    /// Relit chaque copie de chaque archive et compare les empreintes.
    Audit,
    /// La démonstration : des collectivités fictives, de vrais versements, chaque contrôle.
    Demo(demo::Arguments),
}

#[derive(Subcommand)]
enum TenantsCommand {
    /// Dit ce qu'un dossier de collectivités changerait.
    Plan { folder: PathBuf },
    /// Applique un dossier de collectivités ; répétable, ne retire rien.
    Apply { folder: PathBuf },
}

/// Reads the command line and runs the command.
pub fn run() -> ExitCode {
    match Arguments::parse().command {
        Command::Check(arguments) => check::run(&arguments),
        Command::Identify(arguments) => identify::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Serve { with_worker } => with_config(|config| serve::serve(config, true, with_worker)),
        Command::Work => with_config(|config| serve::serve(config, false, true)),
        Command::Migrate => with_config(serve::migrate),
        Command::Tenants(TenantsCommand::Plan { folder }) => {
            with_config(|config| tenants::plan(config, &folder))
        }
        Command::Tenants(TenantsCommand::Apply { folder }) => {
            with_config(|config| tenants::apply(config, &folder))
        }
        Command::Formats(command) => with_config(|config| formats::run(config, &command)),
        Command::Audit => with_config(audit::audit),
        Command::Demo(arguments) => answered(demo::run(&arguments)),
    }
}

/// What a command could not do, in words.
pub(crate) type Failure = Box<dyn std::error::Error>;

/// Runs a command that needs the settings; a failure is said in words and exits 2.
fn with_config(command: impl FnOnce(Config) -> Result<ExitCode, Failure>) -> ExitCode {
    answered(config::load().map_err(Failure::from).and_then(|config| {
        app::start_logs(&config)?;
        command(config)
    }))
}

fn answered(outcome: Result<ExitCode, Failure>) -> ExitCode {
    outcome.unwrap_or_else(|failure| {
        eprintln!("chartrier : {failure}");
        ExitCode::from(2)
    })
}

/// A runtime for a command.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}
