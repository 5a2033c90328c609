//! `chartrier rebuild --from SITE`: the catalogue from the objects of one site alone. 1 when an object is wrong.

use std::process::ExitCode;

use super::{Failure, runtime};
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::ingest;
use crate::model::TenantId;
use crate::recovery::{Asked, Purpose, Rebuilt, Recovery, Told};

/// What may be said to the command.
#[derive(clap::Args)]
pub struct Arguments {
    /// Le site dont les objets sont lus.
    #[arg(long, value_name = "SITE")]
    from: String,
    /// Une seule collectivité, par son code.
    #[arg(long, value_name = "CODE")]
    member: Option<String>,
    /// Ne relit que ce dont le catalogue est fait : les objets sont laissés au contrôle d'intégrité.
    #[arg(long)]
    quick: bool,
    /// Si la base et le site ont deux journaux différents, garde celui de la base ; celui du site est mis à part.
    #[arg(long)]
    keep_journal: bool,
}

/// Objects between two lines that say how far it is.
const STEP: usize = 1_000;

/// Rebuilds, and says what was found.
pub(super) fn rebuild(config: Config, arguments: &Arguments) -> Result<ExitCode, Failure> {
    runtime()?.block_on(async {
        let app = App::open(config, Clock::system()).await?;
        let outcome = every_member(&app, arguments).await;
        app.close().await?;
        outcome
    })
}

async fn every_member(app: &App, arguments: &Arguments) -> Result<ExitCode, Failure> {
    let recovery = Recovery::new(app.db.clone(), app.storage.clone(), app.clock.clone());
    let asked = Asked {
        site: arguments.from.clone(),
        whole: !arguments.quick,
        purpose: Purpose::Recovery { keep_journal: arguments.keep_journal, resume_job: ingest::JOB_INGEST },
    };
    let mut members = recovery.members_on(&asked.site).await?;
    if let Some(code) = &arguments.member {
        let wanted = TenantId::of_member(code);
        members.retain(|member| *member == wanted);
    }
    if members.is_empty() {
        eprintln!("Le site {} n'a rien de cette collectivité, ni d'aucune.", asked.site);
        return Ok(ExitCode::from(1));
    }
    let mut right = true;
    for member in members {
        match recovery.rebuild(&asked, member, &mut tell).await {
            Ok(rebuilt) => {
                println!("{}", summary(&rebuilt));
                right &= rebuilt.faulty + rebuilt.conflicts == 0;
            }
            Err(error) if !error.is_transient() => {
                eprintln!("{error}");
                right = false;
            }
            Err(error) => return Err(error.into()),
        }
    }
    println!(
        "Appliquez maintenant les fichiers des collectivités (« chartrier tenants apply ») : comptes, machines, accords."
    );
    Ok(if right { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

pub(super) fn tell(told: Told<'_>) {
    match told {
        Told::Began { code, objects, journal_entries } => {
            println!("{code} : {objects} objets sur le site, {journal_entries} entrées du journal remises");
        }
        Told::Done(done) if done % STEP == 0 => println!("  {done} objets vus"),
        Told::Done(_) => {}
        Told::Away(site) => println!("  site {site} absent : ses copies ne sont pas notées"),
        Told::Sites(reason) => println!(
            "  ses sites ne conviennent pas à ces réglages : {reason}. Remettez-le dans les réglages, vide s'il le faut, \
             avant de rouvrir les versements ; il se remplit, ou se retire ensuite (« chartrier sites »)"
        ),
        Told::Attestation { number, reason } => println!("  attestation {number}, laissée : {reason}"),
        Told::LeftOut(left) => {
            let words = match left.reason {
                "unconfirmed" => "non confirmée",
                "conflict" => "en double",
                _ => "en défaut",
            };
            let cote = left.cote.as_deref().unwrap_or("sans cote lisible");
            println!("  {} ({cote}), {words} : {}", left.archive, left.detail);
        }
    }
}

pub(super) fn summary(rebuilt: &Rebuilt) -> String {
    let mut words = format!(
        "{} : {} archives entrées, {} déjà connues, {} non confirmées, {} en défaut, {} en double",
        rebuilt.code, rebuilt.entered, rebuilt.known, rebuilt.unconfirmed, rebuilt.faulty, rebuilt.conflicts
    );
    if rebuilt.resumed > 0 {
        words += &format!(" ; {} versements repris de la quarantaine", rebuilt.resumed);
    }
    if rebuilt.attestations > 0 {
        words += &format!(" ; {} attestations retrouvées", rebuilt.attestations);
    }
    if rebuilt.attestations_faulty > 0 {
        words += &format!(", {} que rien ne déclare", rebuilt.attestations_faulty);
    }
    if rebuilt.unexplained > 0 {
        words += &format!(" ; {} fichiers de quarantaine inexpliqués", rebuilt.unexplained);
    }
    words
}
