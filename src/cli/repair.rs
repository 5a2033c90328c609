//! `chartrier repair`: copies found wrong, mended from a good one, now. 1 when one stays wrong; 2 when none does
//! and a site could not be reached.

use std::process::ExitCode;

use serde_json::{Value, json};

use super::selection::Selection;
use super::{Failure, runtime};
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::model::Agent;
use crate::preservation::{Attempt, Outcome};

/// What became of the incidents.
#[derive(Default)]
struct Count {
    mended: u64,
    wrong: u64,
    waiting: u64,
}

/// Mends what is chosen and tells what became of it.
pub(super) fn repair(config: Config, selection: &Selection) -> Result<ExitCode, Failure> {
    runtime()?.block_on(async {
        let app = App::open(config, Clock::system()).await?;
        let outcome = mend_all(&app, selection).await;
        app.close().await?;
        outcome
    })
}

async fn mend_all(app: &App, selection: &Selection) -> Result<ExitCode, Failure> {
    let mut count = Count::default();
    for chosen in selection.resolve(app).await? {
        let mut tell = |attempt: &Attempt| {
            if selection.json {
                println!("{}", line(&chosen.code, attempt));
            } else {
                say(&chosen.code, attempt);
            }
            match attempt.outcome {
                Outcome::Mended { .. } | Outcome::Right => count.mended += 1,
                Outcome::NoGoodCopy | Outcome::Failed(_) => count.wrong += 1,
                Outcome::Waiting { .. } => count.waiting += 1,
            }
        };
        app.preservation.repair(Agent::Operator, chosen.tenant, &chosen.scope, &mut tell).await?;
    }
    if !selection.json {
        match count {
            Count { mended: 0, wrong: 0, waiting: 0 } => println!("Aucune copie à réparer."),
            Count { mended, wrong, waiting } => {
                println!("{mended} copies saines, {wrong} toujours fausses, {waiting} en attente d'un site");
            }
        }
    }
    Ok(match count {
        Count { wrong: 0, waiting: 0, .. } => ExitCode::SUCCESS,
        Count { wrong: 0, .. } => ExitCode::from(2),
        _ => ExitCode::from(1),
    })
}

fn say(member: &str, attempt: &Attempt) {
    let outcome = match &attempt.outcome {
        Outcome::Mended { from, files, size_bytes } => {
            format!("réparée depuis {from} ({files} fichiers, {size_bytes} octets)")
        }
        Outcome::Right => "saine à la relecture".to_owned(),
        Outcome::NoGoodCopy => "fausse, et aucune copie saine ailleurs".to_owned(),
        Outcome::Waiting { site } => format!("en attente : le site {site} est hors d'atteinte"),
        Outcome::Failed(reason) => format!("non réparée : {reason}"),
    };
    println!("{member} : {} ({}) : site {} : {outcome}", attempt.cote, attempt.archive, attempt.site);
}

fn line(member: &str, attempt: &Attempt) -> Value {
    let detail = match &attempt.outcome {
        Outcome::Mended { from: detail, .. }
        | Outcome::Waiting { site: detail }
        | Outcome::Failed(detail) => Some(detail.as_str()),
        Outcome::Right | Outcome::NoGoodCopy => None,
    };
    json!({
        "member": member, "archive": attempt.archive.to_string(), "cote": attempt.cote, "site": attempt.site,
        "outcome": attempt.outcome.word(), "detail": detail,
    })
}
