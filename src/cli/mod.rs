//! The command line's door: one file a command. Exit codes: 0 yes, 1 no (refused, invalid, mismatch), 2 could
//! not answer.

use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::app;
use crate::config::{self, Config};
use crate::membership::Taking;

mod audit;
mod backup;
pub mod check;
mod costs;
mod demo;
mod deposit;
pub mod formats;
pub mod identify;
mod journal;
mod keys;
mod people;
mod profiles;
mod rebuild;
mod rehearse;
mod repair;
mod schedule;
mod seal;
mod selection;
mod serve;
mod sip;
mod sites;
mod survey;
mod tenants;
mod tiers;
mod usage;
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
    /// Fait des versements (SIP) de dossiers et de tableaux, sans base de données.
    #[command(subcommand)]
    Sip(sip::Command),
    /// Les coûts mutualisés : les répartir au centime, sans base de données.
    #[command(subcommand)]
    Costs(costs::Command),
    /// Les réponses d'un recensement du territoire : les compter, sans base de données.
    Survey(survey::Arguments),
    /// Dépose des paquets dans un service, par son API ; reprend ce qui a été coupé.
    Deposit(deposit::Arguments),
    /// Donne le format PRONOM de fichiers, sans base de données.
    Identify(identify::Arguments),
    /// Les signatures de formats (PRONOM) en service.
    #[command(subcommand)]
    Formats(formats::Command),
    /// Vérifie des objets OCFL et des racines de stockage, sans base de données.
    Verify(verify::Arguments),
    /// Relit les copies des archives et compare les empreintes.
    Audit(selection::Selection),
    /// Répare depuis une copie saine les copies trouvées fausses.
    Repair(selection::Selection),
    /// Scelle maintenant les journaux, et publie les scellements sur les sites.
    Seal(seal::Arguments),
    /// Le journal d'une collectivité : le donner, tel qu'il est ou en PREMIS.
    #[command(subcommand)]
    Journal(journal::Command),
    /// Recompte la consommation d'après les journaux, et la compare à ce qui a été mesuré.
    Usage(usage::Arguments),
    /// Les clés qui signent les scellements.
    #[command(subcommand)]
    Keys(keys::Command),
    /// Les personnes : en oublier une.
    #[command(subcommand)]
    People(people::Command),
    /// Les tiers de télétransmission : en déclarer un, ouvrir et changer ses connecteurs dans les collectivités.
    #[command(subcommand)]
    Tiers(tiers::Command),
    /// Les modèles de profils d'archivage que le programme porte : les lister, en écrire un.
    #[command(subcommand)]
    Profiles(profiles::Command),
    /// Les tableaux de gestion : importer celui d'un département ou d'une collectivité, montrer celui en vigueur.
    #[command(subcommand)]
    Schedule(schedule::Command),
    /// Les sites de conservation : leur état, un site ajouté à une collectivité ou retiré.
    #[command(subcommand)]
    Sites(SitesCommand),
    /// Copie la base de données dans le dossier des sauvegardes, et relit la copie.
    Backup,
    /// Remet la base de données du programme telle qu'elle était à un moment ; le service arrêté.
    Restore(backup::RestoreArguments),
    /// Reconstruit le catalogue à partir des objets d'un seul site.
    Rebuild(rebuild::Arguments),
    /// Répète la reconstruction d'une collectivité dans une base à part, et la compare à celle en service.
    Rehearse(rehearse::Arguments),
    /// La démonstration : des collectivités fictives, de vrais versements, chaque contrôle.
    Demo(demo::Arguments),
}

#[derive(Subcommand)]
enum TenantsCommand {
    /// Dit ce qu'un dossier de collectivités changerait.
    Plan {
        folder: PathBuf,
        /// Reprend des fichiers les personnes, accords et applications que le portail a changés.
        #[arg(long)]
        take_file: bool,
    },
    /// Applique un dossier de collectivités ; répétable, ne retire rien.
    Apply {
        folder: PathBuf,
        /// Reprend des fichiers les personnes, accords et applications que le portail a changés.
        #[arg(long)]
        take_file: bool,
    },
    /// Rend les collectivités en fichiers, dans un dossier nouveau ou vide ; sans mot de passe ni secret.
    Export {
        folder: PathBuf,
        /// Code d'une seule collectivité.
        #[arg(long, value_name = "CODE")]
        member: Option<String>,
    },
}

#[derive(Subcommand)]
enum SitesCommand {
    /// Dit comment se portent les sites, les relectures et les migrations ; 1 s'il y a une alerte.
    Status,
    /// Ajoute un site à ceux d'une collectivité, et l'emplit : le travail de fond copie et relit.
    Add {
        #[arg(long)]
        member: String,
        site: String,
    },
    /// Retire un site de ceux d'une collectivité : rien n'y est détruit avant que deux copies saines soient relues ailleurs.
    Retire {
        #[arg(long)]
        member: String,
        site: String,
    },
}

fn taking(files: bool) -> Taking {
    if files { Taking::Files } else { Taking::Nothing }
}

/// What a shell tells of a program that wrote where nobody reads any more (128 and SIGPIPE).
const NOBODY_READS: u8 = 141;

/// Whoever reads may stop before the end (`chartrier … | head`): the command stops too, everything it holds is let go of, and it
/// says nothing. The standard library makes a panic of it, whatever prints.
fn until_nobody_reads(command: impl FnOnce() -> ExitCode) -> ExitCode {
    fn is_of_no_reader(said: &str) -> bool {
        said.starts_with("failed printing to stdout") && said.contains("Broken pipe")
    }
    let others = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !panic.payload_as_str().is_some_and(is_of_no_reader) {
            others(panic);
        }
    }));
    std::panic::catch_unwind(AssertUnwindSafe(command)).unwrap_or_else(|panic| {
        match panic.downcast_ref::<String>() {
            Some(said) if is_of_no_reader(said) => ExitCode::from(NOBODY_READS),
            _ => std::panic::resume_unwind(panic),
        }
    })
}

/// Reads the command line and runs the command.
pub fn run() -> ExitCode {
    until_nobody_reads(command)
}

fn command() -> ExitCode {
    match Arguments::parse().command {
        Command::Check(arguments) => check::run(&arguments),
        Command::Sip(command) => answered(sip::run(&command)),
        Command::Costs(command) => answered(costs::run(&command)),
        Command::Survey(arguments) => answered(survey::run(&arguments)),
        Command::Deposit(arguments) => answered(deposit::run(&arguments)),
        Command::Identify(arguments) => identify::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Profiles(command) => answered(profiles::run(&command)),
        Command::Serve { with_worker } => with_config(|config| serve::serve(config, true, with_worker)),
        Command::Work => with_config(|config| serve::serve(config, false, true)),
        Command::Migrate => with_config(serve::migrate),
        Command::Tenants(TenantsCommand::Plan { folder, take_file }) => {
            with_config(|config| tenants::plan(config, &folder, taking(take_file)))
        }
        Command::Tenants(TenantsCommand::Apply { folder, take_file }) => {
            with_config(|config| tenants::apply(config, &folder, taking(take_file)))
        }
        Command::Tenants(TenantsCommand::Export { folder, member }) => {
            with_config(|config| tenants::export(config, &folder, member.as_deref()))
        }
        Command::Tiers(command) => with_config(|config| tiers::run(config, &command)),
        Command::Formats(command) => with_config(|config| formats::run(config, &command)),
        Command::Audit(selection) => with_config(|config| audit::audit(config, &selection)),
        Command::Repair(selection) => with_config(|config| repair::repair(config, &selection)),
        Command::Journal(command) => with_config(|config| journal::run(config, &command)),
        Command::Usage(arguments) => with_config(|config| usage::run(config, &arguments)),
        Command::Keys(command) => with_config(|config| keys::run(config, &command)),
        Command::People(command) => with_config(|config| people::run(config, &command)),
        Command::Schedule(command) => with_config(|config| schedule::run(config, &command)),
        Command::Seal(arguments) => with_config(|config| seal::seal(config, &arguments)),
        Command::Sites(command) => with_config(|config| match command {
            SitesCommand::Status => sites::status(config),
            SitesCommand::Add { member, site } => sites::add(config, &member, &site),
            SitesCommand::Retire { member, site } => sites::retire(config, &member, &site),
        }),
        Command::Backup => with_config(backup::backup),
        Command::Restore(arguments) => with_config(|config| backup::restore(config, &arguments)),
        Command::Rebuild(arguments) => with_config(|config| rebuild::rebuild(config, &arguments)),
        Command::Rehearse(arguments) => with_config(|config| rehearse::rehearse(config, &arguments)),
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
