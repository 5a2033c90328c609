//! `chartrier people forget`: a person's name, login and address removed; what the journals say of them stays, by identifier.

use std::process::ExitCode;

use clap::Subcommand;

use super::{Failure, runtime};
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::membership::forget::forget;

/// What is done with people.
#[derive(Subcommand)]
pub(super) enum Command {
    /// Oublie une personne : son nom, son identifiant et son adresse ; les journaux, qui n'ont qu'un numéro, restent entiers.
    Forget {
        /// L'identifiant avec lequel elle se connecte.
        login: String,
    },
}

/// Does it.
pub(super) fn run(config: Config, command: &Command) -> Result<ExitCode, Failure> {
    let Command::Forget { login } = command;
    runtime()?.block_on(async {
        let app = App::open(config, Clock::system()).await?;
        let outcome = forget(&app.db, &app.clock, login).await;
        app.close().await?;
        let Some(forgotten) = outcome? else {
            eprintln!("Personne n'a l'identifiant « {login} ».");
            return Ok(ExitCode::from(1));
        };
        println!("Oubliée : les journaux disent désormais « {} », que rien ne relie plus à un nom.", forgotten.object);
        if !forgotten.members.is_empty() {
            println!("Collectivités où elle avait un compte : {}.", forgotten.members.join(", "));
            println!(
                "Retirez-la aussi de leurs fichiers (member.toml), sans quoi un compte neuf lui serait fait ; la copie du \
                 registre sur les sites est refaite par le travail de fond."
            );
        }
        println!("Les sauvegardes faites avant aujourd'hui ont encore son nom, jusqu'à ce qu'elles soient remplacées.");
        Ok(ExitCode::SUCCESS)
    })
}
