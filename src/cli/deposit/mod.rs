//! `chartrier deposit`: the reference client. Sends packages by the native API, in as many requests as the line needs, and waits for the
//! replies when asked to.
//!
//! Never takes a secret from the command line, nor shows one. The one thing to know: an upload is remembered beside its file until
//! it is a transfer, so that whatever stops, the line, the server or this program, the next run goes on from there. Exit codes: 0
//! received (with `--wait`: taken in charge), 1 refused, 2 could not.

mod client;
mod progress;
mod remember;
mod say;
mod upload;

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use quick_xml::escape::unescape;
use serde_json::json;

use super::Failure;
use client::{Client, Credentials};

/// `chartrier deposit`'s arguments.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// Paquets à déposer (zip, tar, tar.gz, tar.bz2)
    #[arg(required = true, value_name = "FICHIER")]
    files: Vec<PathBuf>,
    /// Adresse du service : `https://archives.exemple.fr`
    #[arg(long)]
    url: String,
    /// Identifiant de l'application
    #[arg(long, value_name = "IDENTIFIANT")]
    client_id: Option<String>,
    /// Fichier qui contient son secret ; à défaut, la variable CHARTRIER_CLIENT_SECRET
    #[arg(long, value_name = "FICHIER")]
    secret_file: Option<PathBuf>,
    /// Fichier qui contient un jeton déjà obtenu, au lieu d'un identifiant et d'un secret
    #[arg(long, value_name = "FICHIER", conflicts_with = "client_id")]
    token_file: Option<PathBuf>,
    /// Autorité de certification du service, en PEM, en plus de celles du système
    #[arg(long, value_name = "FICHIER")]
    ca: Option<PathBuf>,
    /// Ce que sont les fichiers : original, simple (numérisés sans procédure) ou reliable (copie fiable)
    #[arg(long, value_name = "SORTE")]
    copy: Option<String>,
    /// Attend la réponse : prise en charge ou refus
    #[arg(long)]
    wait: bool,
    /// Secondes d'attente au plus, de la ligne comme de la réponse
    #[arg(long, value_name = "SECONDES", default_value_t = 3600)]
    wait_seconds: u64,
    /// Essaie : chaque contrôle, et rien n'est gardé
    #[arg(long, conflicts_with_all = ["wait", "out"])]
    blank: bool,
    /// Écrit la réponse (ArchiveTransferReply) dans ce fichier ; un seul paquet alors
    #[arg(long, value_name = "FICHIER", requires = "wait")]
    out: Option<PathBuf>,
    /// Une ligne JSON par paquet
    #[arg(long)]
    json: bool,
}

/// What became of one package.
pub(super) enum Outcome {
    /// What the API says of it.
    Transfer(serde_json::Value),
    /// Of a trial.
    Trial(serde_json::Value),
}

/// Sends each package.
pub fn run(arguments: &Arguments) -> Result<ExitCode, Failure> {
    if arguments.out.is_some() && arguments.files.len() > 1 {
        return Err("--out n'écrit qu'une réponse : donnez un seul paquet".into());
    }
    super::runtime()?.block_on(send_all(arguments))
}

async fn send_all(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let credentials = credentials(arguments)?;
    let patience = Duration::from_secs(arguments.wait_seconds);
    let client = Client::new(&arguments.url, credentials, arguments.ca.as_deref(), patience)?;
    let (mut refused, mut failed) = (0_usize, 0_usize);
    for path in &arguments.files {
        match send(arguments, &client, path).await {
            Ok(outcome) => {
                refused += usize::from(say::is_refused(&outcome));
                say::outcome(path, &outcome, arguments.json);
            }
            Err(failure) => {
                failed += 1;
                eprintln!("{} : {failure}", path.display());
            }
        }
    }
    Ok(ExitCode::from(match (failed, refused) {
        (0, 0) => 0,
        (0, _) => 1,
        _ => 2,
    }))
}

async fn send(arguments: &Arguments, client: &Client, path: &Path) -> Result<Outcome, Failure> {
    if arguments.blank {
        return Ok(Outcome::Trial(client.trial(path, arguments.copy.as_deref()).await?));
    }
    let transfer = upload::send(client, path, arguments.copy.as_deref()).await?;
    if !arguments.wait {
        return Ok(Outcome::Transfer(client.json(&transfer).await?));
    }
    let began = Instant::now();
    loop {
        let mut told = client.json(&transfer).await?;
        if matches!(told["state"].as_str(), Some("taken_in_charge" | "refused")) {
            let reply = client.text(&format!("{transfer}/reply")).await?;
            told["reply_code"] = json!(of_reply(&reply, &["ReplyCode"]));
            told["cote"] = json!(of_reply(&reply, &COTE));
            if let Some(out) = &arguments.out {
                std::fs::write(out, reply)?;
            }
            return Ok(Outcome::Transfer(told));
        }
        if began.elapsed() >= client.patience() {
            let state = told["state"].as_str().unwrap_or_default();
            return Err(format!(
                "reçu ({transfer}), et pas encore de réponse ({state}) : redemandez plus tard"
            )
            .into());
        }
        tokio::time::sleep(Duration::from_millis(200).max(began.elapsed() / 20).min(Duration::from_secs(10)))
            .await;
    }
}

/// Where a reply has the reference given to the archive, from one version to another.
const COTE: [&str; 3] = [
    "ArchivalAgencyArchiveUnitIdentifier",
    "ArchivalAgencyArchiveIdentifier",
    "ArchivalAgencyObjectIdentifier",
];

/// The text of the first of these elements in a reply of the service, which writes them without prefix.
fn of_reply<'a>(reply: &'a str, names: &[&str]) -> Option<Cow<'a, str>> {
    let open = |name: &&str| [format!("<{name}>"), format!("<{name} ")];
    names.iter().flat_map(open).find_map(|open| {
        let (_, rest) = reply.split_once(&open)?;
        let text = if open.ends_with('>') { rest } else { rest.split_once('>')?.1 };
        unescape(text.split_once("</")?.0).ok()
    })
}

#[expect(clippy::disallowed_methods, reason = "a client's secret, which is no setting of the service")]
fn credentials(arguments: &Arguments) -> Result<Credentials, Failure> {
    let read = |path: &Path| -> Result<String, Failure> {
        let text = std::fs::read_to_string(path).map_err(|error| format!("{} : {error}", path.display()))?;
        Ok(text.trim().to_owned())
    };
    if let Some(path) = &arguments.token_file {
        return Ok(Credentials::Token(read(path)?));
    }
    let Some(client_id) = arguments.client_id.clone() else {
        return Err(
            "donnez --client-id et --secret-file (ou CHARTRIER_CLIENT_SECRET), ou --token-file".into()
        );
    };
    let secret = match &arguments.secret_file {
        Some(path) => read(path)?,
        None => std::env::var("CHARTRIER_CLIENT_SECRET")
            .map_err(|_| "donnez le secret : --secret-file, ou la variable CHARTRIER_CLIENT_SECRET")?,
    };
    Ok(Credentials::Secret { client_id, secret })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_of_each_version_tells_its_code_and_the_cote() {
        let of = |code: &str, cote: &str| {
            format!("<R><ReplyCodeListVersion>x</ReplyCodeListVersion>{code}<Archive>{cote}</Archive></R>")
        };
        for (code, name) in [
            ("<ReplyCode>000</ReplyCode>", "ArchivalAgencyArchiveUnitIdentifier"),
            ("<ReplyCode listVersionID=\"a\">000</ReplyCode>", "ArchivalAgencyArchiveIdentifier"),
        ] {
            let reply = of(code, &format!("<{name}>12 W 4 &amp; 5</{name}>"));
            assert_eq!(of_reply(&reply, &["ReplyCode"]).as_deref(), Some("000"));
            assert_eq!(of_reply(&reply, &COTE).as_deref(), Some("12 W 4 & 5"));
        }
        assert_eq!(of_reply(&of("<ReplyCode/>", ""), &["ReplyCode"]), None);
    }
}
