//! `chartrier demo`: the whole service at work on invented members, from an empty folder to proofs.
//!
//! Deposits go through the HTTP door like a partner's. The one thing to know: it may be run again at will; the
//! second run finds what the first one left, since the same sources give the same bytes.

mod answers;
mod checks;
mod client;
mod deposits;
mod evidence;
mod layout;
mod members;
mod mutualisation;
mod pdf;
mod report;
mod requests;
mod sources;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use super::{Failure, runtime};
use crate::app::{self, App, Running};
use crate::clock::Clock;
use crate::config::{self, Config};
use crate::membership::{self, Taking};
use crate::pronom::{Imported, Refused};
use crate::registry::signatures::Files;
use crate::storage::Place;

use members::Member;
use report::Report;
use sources::Sip;

/// What may be said to the command.
#[derive(clap::Args)]
pub struct Arguments {
    /// S'arrête après les contrôles au lieu de servir le portail.
    #[arg(long)]
    once: bool,
    /// Dossier des collectivités.
    #[arg(long, default_value = "tenants")]
    tenants: PathBuf,
    /// Dossier des fichiers de PRONOM (`signatures.xml`, `containers.xml`) ; sans lui, la table intégrée sert.
    #[arg(long)]
    pronom: Option<PathBuf>,
    /// Dossier des versements.
    #[arg(long, default_value = "demo")]
    sources: PathBuf,
}

/// Runs the demonstration; 1 when a check fails, 2 when it could not run.
pub(super) fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let mut config = config::load()?;
    if config.log_level == "info" {
        // What is worth reading is printed.
        "error".clone_into(&mut config.log_level);
    }
    if arguments.once {
        // Nobody comes by these doors but this process: any free port, so that it never meets another service.
        config.listen.set_port(0);
        config.metrics_listen.set_port(0);
    }
    // Its people have no telephone.
    config.second_factor = false;
    config.is_demonstration = true;
    if config.signature_anchors.is_none() {
        // Where the root of the demonstration's signers is.
        config.signature_anchors = Some(arguments.sources.clone());
    }
    app::start_logs(&config)?;
    let members = members::read_all(&arguments.tenants)?;
    let sips = sources::read_all(&arguments.sources)?;
    runtime()?.block_on(demonstrate(config, arguments, members, sips))
}

async fn demonstrate(
    config: Config,
    arguments: &Arguments,
    members: Vec<Member>,
    sips: Vec<Sip>,
) -> Result<ExitCode, Failure> {
    let mut app = App::open(config, Clock::system()).await?;
    // Answers until the demonstration ends.
    let authority = evidence::authority(&mut app)?;
    let members = Arc::new(members);
    let mut report = Report::new();
    if let Err(failure) = introduce(&mut report, &app, &members, &arguments.tenants).await {
        app.close().await?;
        return Err(failure);
    }
    if let Err(failure) = signatures(&report, &app, arguments.pronom.as_deref()).await {
        app.close().await?;
        return Err(failure);
    }
    let running = app.start(true, true)?;
    let _authority = authority;
    let shown = tokio::select! {
        shown = show(&mut report, &running, Arc::clone(&members), sips) => shown,
        told = app::told_to_stop() => told.map_err(Failure::from).and_then(|()| Err("interrompu".into())),
    };
    if let Err(failure) = shown {
        eprintln!("\nchartrier demo : {failure}");
        running.stop().await?;
        return Ok(ExitCode::from(1));
    }
    if arguments.once {
        running.stop().await?;
        println!("\nTout est en ordre. Sans --once, le portail est servi.");
        return Ok(ExitCode::SUCCESS);
    }
    report.chapter("Portail");
    if let Some(address) = running.address {
        logins(&report, &members, &format!("http://{address}"));
    }
    println!("\nTout est en ordre. Ctrl-C arrête le service et sa base de données.");
    let outcome = Box::pin(running.until_told()).await?;
    println!("\nArrêté.");
    Ok(outcome)
}

/// The members, applied.
async fn introduce(report: &mut Report, app: &App, members: &[Member], folder: &Path) -> Result<(), Failure> {
    report.chapter("Collectivités adhérentes");
    let changes = membership::apply(&app.db, &app.storage, folder, &app.clock, Taking::Nothing).await?;
    let row = |member: &Member| {
        let agreements = member.agreement.len();
        let people = member.person.len();
        let quota = report::bytes(member.quota.bytes);
        vec![member.name.clone(), format!("{agreements} accords, {people} personnes"), quota]
    };
    for line in report::aligned(&members.iter().map(row).collect::<Vec<_>>()) {
        report.good(&line);
    }
    let changed = if changes.is_empty() {
        "Rien n'a changé depuis la dernière fois.".to_owned()
    } else {
        format!("{} changements appliqués.", changes.len())
    };
    report.line(&changed);
    Ok(())
}

/// PRONOM's files, put in force where they were installed.
async fn signatures(report: &Report, app: &App, folder: Option<&Path>) -> Result<(), Failure> {
    let folder = folder.filter(|folder| folder.join("signatures.xml").is_file());
    let Some(folder) = folder else {
        report.line(
            "Formats : la petite table intégrée, aucun fichier de signatures de PRONOM n'étant installé.",
        );
        return Ok(());
    };
    let read = |name: &str| std::fs::read(folder.join(name));
    let files = Files { signatures: read("signatures.xml")?, containers: Some(read("containers.xml")?) };
    match app.pronom().import(files, None).await? {
        Ok(Imported::InForce(version) | Imported::AlreadySo(version)) => {
            report.good(&format!("Formats : PRONOM {}, {} formats.", version.version, version.format_count));
            Ok(())
        }
        Err(Refused(why)) => Err(format!("fichiers de signatures refusés : {why}").into()),
    }
}

/// Deposits, then every check.
async fn show(
    report: &mut Report,
    running: &Running,
    members: Arc<Vec<Member>>,
    sips: Vec<Sip>,
) -> Result<(), Failure> {
    let app = &running.app;
    let address = running.address.ok_or("le service n'écoute pas")?;
    let service = format!("http://{address}");
    report.chapter("Versements, par l'API, chacun avec la machine de sa collectivité");
    for site in &app.config.sites {
        let place = match &site.place {
            Place::Folder(folder) => deposits::near(folder),
            Place::Bucket(bucket) => bucket.url.clone(),
        };
        report.line(&format!("site {} : {place}", site.name));
    }
    let taken = {
        let (members, service) = (Arc::clone(&members), service.clone());
        let (storage, replies) = (app.storage.clone(), app.config.data.join("demo-replies"));
        tokio::task::spawn_blocking(move || {
            let stage = deposits::Stage {
                report: &Report::new(),
                service: &service,
                replies: &replies,
                storage: &storage,
            };
            deposits::run(&stage, &members, &sips).map_err(|failure| failure.to_string())
        })
        .await??
    };
    report.chapter("Copies");
    checks::copies(report, app, &members).await?;
    report.chapter("Cloisonnement");
    checks::walls(report, app, &members, &taken, &service).await?;
    report.chapter("Journaux");
    checks::journals(report, app, &members).await?;
    report.chapter("Preuves");
    evidence::proofs(report, app, &members).await?;
    report.chapter("Demandes");
    requests::show(report, app, &members).await?;
    report.chapter("Mutualisation");
    mutualisation::show(report, app, &members).await?;
    Ok(())
}

fn logins(report: &Report, members: &[Member], service: &str) {
    report.line(service);
    let mut rows = vec![["identifiant", "mot de passe", "rôle", "collectivités"].map(str::to_owned).to_vec()];
    for member in members {
        for person in &member.person {
            if rows.iter().any(|row| row[0] == person.login) {
                continue;
            }
            let serves = |other: &&Member| other.person.iter().any(|one| one.login == person.login);
            let codes: Vec<&str> = members.iter().filter(serves).map(|other| other.code.as_str()).collect();
            rows.push(vec![person.login.clone(), person.password.clone(), person.labels(), codes.join(", ")]);
        }
    }
    for line in report::aligned(&rows) {
        report.line(&line);
    }
    report
        .line("Ici, nul second facteur n'est demandé ; en service, le réglage people.second_factor l'exige.");
}
