//! `chartrier audit`: the integrity of every copy of every member's archives, now. 1 when one is wrong.

use std::process::ExitCode;

use super::{Failure, runtime};
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::model::Agent;
use crate::preservation::{ArchiveReport, Preservation, Totals};
use crate::registry;

/// Reads everything again and tells what is wrong.
pub(super) fn audit(config: Config) -> Result<ExitCode, Failure> {
    runtime()?.block_on(async {
        let app = App::open(config, Clock::system()).await?;
        let outcome = read_all(&app).await;
        app.close().await?;
        outcome
    })
}

async fn read_all(app: &App) -> Result<ExitCode, Failure> {
    let preservation = Preservation::new(app.db.clone(), app.storage.clone(), app.clock.clone());
    let members = registry::queries::members(&mut app.db.technical().await?).await?;
    let mut faulty = 0;
    for member in members {
        let totals: Totals = preservation.audit(Agent::Operator, member.tenant, &mut tell).await?;
        println!(
            "{} : {} archives, {} copies, {} octets relus, {} archives en défaut",
            member.code, totals.archives, totals.copies, totals.size_bytes, totals.faulty
        );
        faulty += totals.faulty;
    }
    Ok(if faulty == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn tell(report: &ArchiveReport) {
    for site in &report.unknown_sites {
        println!("{} : aucune copie lue sur le site {site}", report.archive);
    }
    for copy in &report.copies {
        for fault in &copy.faults {
            println!("{} : site {} : {fault}", report.archive, copy.site);
        }
    }
}
