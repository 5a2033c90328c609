//! `chartrier keys`: the public keys of the service, and another one in the place of the one in use.

use std::process::ExitCode;

use clap::Subcommand;
use serde_json::json;

use super::Failure;
use crate::app;
use crate::clock::Clock;
use crate::config::Config;
use crate::keys::{Keys, Known};
use crate::proof::note::Signer;

/// What is done with the keys.
#[derive(Subcommand)]
pub(super) enum Command {
    /// Les clés publiques du service, de la plus ancienne à celle en service.
    List {
        /// Une ligne JSON par clé.
        #[arg(long)]
        json: bool,
    },
    /// Fait une autre clé, en service dès maintenant ; celles d'avant vérifient toujours ce qu'elles ont signé.
    Rotate,
}

/// Does it.
pub(super) fn run(config: Config, command: &Command) -> Result<ExitCode, Failure> {
    let keys = app::keys(&config);
    match command {
        Command::List { json } => list(&keys, *json),
        Command::Rotate => {
            let made = keys.rotate(Clock::system().now())?;
            println!("Clé en service : {}", made.verifier(crate::proof::note::Kind::Ed25519)?);
            println!(
                "Notez-la ailleurs, et faites-la connaître : c'est avec elle qu'on vérifiera les prochains scellements."
            );
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn list(keys: &Keys, is_json: bool) -> Result<ExitCode, Failure> {
    let known = keys.known()?;
    if known.is_empty() {
        println!("Aucune clé encore : elle est faite au premier démarrage du travail de fond.");
    }
    for Known { verifier, since, until } in known {
        if is_json {
            println!("{}", json!({ "key": verifier.to_string(), "since": since, "until": until }));
        } else {
            let until = until
                .map_or("en service".to_owned(), |until| format!("jusqu'au {}", until.format("%d/%m/%Y")));
            println!("{verifier}  depuis le {}, {until}", since.format("%d/%m/%Y"));
        }
    }
    Ok(ExitCode::SUCCESS)
}
