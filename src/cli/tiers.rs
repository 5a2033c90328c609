//! `chartrier tiers`: a tiers de télétransmission declared once, its connectors made and rotated for many members at once.
//!
//! Never prints a secret on a terminal: they go to a file that its owner alone reads, made anew.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;

use super::{Failure, runtime};
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::membership::machines::{self, Given, Keeper, OVERLAP_DAYS};
use crate::registry;

/// What is done with tiers.
#[derive(Subcommand)]
pub(super) enum Command {
    /// Déclare un tiers de télétransmission, une fois pour toutes les collectivités.
    Declare {
        /// Minuscules, chiffres et tirets : « s2low ».
        code: String,
        name: String,
        /// Qui appeler.
        #[arg(long, default_value = "")]
        contact: String,
    },
    /// Ouvre ses connecteurs dans des collectivités, sous un accord de chacune.
    Connect {
        code: String,
        /// Identifiant de l'accord de versement, le même dans chaque collectivité.
        #[arg(long)]
        agreement: String,
        /// Codes séparés par des virgules ; sans eux, toutes celles qui ont l'accord.
        #[arg(long, value_delimiter = ',')]
        members: Vec<String>,
        /// Fichier CSV des secrets, fait par la commande : collectivité ; identifiant client ; secret.
        #[arg(long)]
        out: PathBuf,
    },
    /// Change les secrets de tous ses connecteurs ; les anciens servent encore quelques jours.
    Rotate {
        code: String,
        #[arg(long, default_value_t = OVERLAP_DAYS)]
        overlap_days: u32,
        #[arg(long)]
        out: PathBuf,
    },
    /// Dit où en sont ses connecteurs : dernier usage, secret employé ; aucun titre.
    Status { code: String },
}

/// Does it.
pub(super) fn run(config: Config, command: &Command) -> Result<ExitCode, Failure> {
    runtime()?.block_on(async {
        let app = App::open(config, Clock::system()).await?;
        let outcome = act(&app, command).await;
        app.close().await?;
        outcome
    })
}

async fn act(app: &App, command: &Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Declare { code, name, contact } => {
            let shaped = code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
            if !shaped || !(2..=32).contains(&code.len()) {
                eprintln!("code : a-z, 0-9 et - seulement, de 2 à 32");
                return Ok(ExitCode::from(2));
            }
            machines::declare_tiers(&app.db, &app.clock, code, name, contact).await?;
            println!("{code} : déclaré");
            Ok(ExitCode::SUCCESS)
        }
        Command::Connect { code, agreement, members, out } => {
            connect(app, code, agreement, members, out).await
        }
        Command::Rotate { code, overlap_days, out } => rotate(app, code, *overlap_days, out).await,
        Command::Status { code } => status(app, code).await,
    }
}

async fn connect(
    app: &App,
    code: &str,
    agreement: &str,
    only: &[String],
    out: &Path,
) -> Result<ExitCode, Failure> {
    let known = machines::tiers(&mut app.db.technical().await?).await?;
    let Some((_, name, _)) = known.into_iter().find(|(known, _, _)| known == code) else {
        return Ok(unknown(code));
    };
    let all = registry::queries::members(&mut app.db.technical().await?).await?;
    let missing: Vec<&str> = only
        .iter()
        .filter(|code| all.iter().all(|member| member.code != **code))
        .map(String::as_str)
        .collect();
    if !missing.is_empty() {
        eprintln!("collectivités inconnues : {}", missing.join(", "));
        return Ok(ExitCode::from(1));
    }
    let mut secrets = Secrets::create(out)?;
    for member in all.iter().filter(|member| only.is_empty() || only.contains(&member.code)) {
        let given = machines::connect(&app.db, &app.clock, (code, &name), member, agreement).await;
        match given? {
            // Written at once: a crash leaves no connector whose secret nobody has but the last.
            Some(given) => secrets.write(&given)?,
            None => println!("{} : déjà relié, ou sans l'accord {agreement}", member.code),
        }
    }
    println!("{} connecteurs ouverts ; leurs secrets sont dans {}", secrets.count, out.display());
    Ok(ExitCode::SUCCESS)
}

async fn rotate(app: &App, code: &str, overlap_days: u32, out: &Path) -> Result<ExitCode, Failure> {
    let connectors = machines::connectors(&mut app.db.technical().await?, code).await?;
    if connectors.is_empty() {
        return Ok(unknown(code));
    }
    let mut secrets = Secrets::create(out)?;
    for connector in connectors.iter().filter(|connector| !connector.is_closed) {
        let by = Keeper::Operator(connector.tenant);
        let rotated = machines::rotate(&app.db, &app.clock, by, connector.machine_id, overlap_days).await?;
        if let Ok(secret) = rotated {
            let (member, client_id) = (connector.member.clone(), connector.client_id.clone());
            secrets.write(&Given { member, client_id, secret })?;
        }
    }
    println!(
        "{} secrets changés, dans {} ; les anciens servent encore {overlap_days} jours",
        secrets.count,
        out.display()
    );
    Ok(ExitCode::SUCCESS)
}

async fn status(app: &App, code: &str) -> Result<ExitCode, Failure> {
    let connectors = machines::connectors(&mut app.db.technical().await?, code).await?;
    if connectors.is_empty() {
        return Ok(unknown(code));
    }
    for connector in &connectors {
        let used = connector.used_at.map_or("jamais employé".to_owned(), |at| {
            format!(
                "employé le {} ({})",
                at.format("%d/%m/%Y %H:%M"),
                connector.used_by.as_deref().unwrap_or("?")
            )
        });
        let closed = if connector.is_closed { ", fermé" } else { "" };
        println!("{} : {}, {used}{closed}", connector.member, connector.client_id);
    }
    Ok(ExitCode::SUCCESS)
}

fn unknown(code: &str) -> ExitCode {
    eprintln!("{code} : ce tiers n'est pas déclaré, ou n'a aucun connecteur");
    ExitCode::from(1)
}

/// The file of the secrets.
struct Secrets {
    file: std::fs::File,
    count: usize,
}

impl Secrets {
    fn create(path: &Path) -> std::io::Result<Self> {
        let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
        writeln!(file, "collectivite;identifiant_client;secret")?;
        Ok(Self { file, count: 0 })
    }

    fn write(&mut self, given: &Given) -> std::io::Result<()> {
        writeln!(self.file, "{};{};{}", given.member, given.client_id, given.secret)?;
        self.count += 1;
        self.file.sync_data()
    }
}
