//! `chartrier audit`: the integrity of copies, now. 1 when one is wrong; 2 when none is and one could not be read.

use std::process::ExitCode;

use serde_json::{Value, json};

use super::selection::Selection;
use super::{Failure, runtime};
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::model::Agent;
use crate::preservation::{ArchiveReport, Reading, Totals};
use crate::storage::Fault;

/// Reads everything chosen again and tells what is wrong.
pub(super) fn audit(config: Config, selection: &Selection) -> Result<ExitCode, Failure> {
    runtime()?.block_on(async {
        let app = App::open(config, Clock::system()).await?;
        let outcome = read_all(&app, selection).await;
        app.close().await?;
        outcome
    })
}

async fn read_all(app: &App, selection: &Selection) -> Result<ExitCode, Failure> {
    let (mut faulty, mut unread) = (0, 0);
    for chosen in selection.resolve(app).await? {
        let mut tell = |report: &ArchiveReport| {
            if selection.json { println!("{}", line(&chosen.code, report)) } else { say(report) }
        };
        let audit = app.preservation.audit(Agent::Operator, chosen.tenant, &chosen.scope, &mut tell);
        let totals = audit.await?;
        if !selection.json {
            sum_up(&chosen.code, &totals);
        }
        faulty += totals.faulty;
        unread += totals.unread;
    }
    Ok(match (faulty, unread) {
        (0, 0) => ExitCode::SUCCESS,
        (0, _) => ExitCode::from(2),
        _ => ExitCode::from(1),
    })
}

fn sum_up(code: &str, totals: &Totals) {
    let unread = match totals.unread {
        0 => String::new(),
        unread => format!(", {unread} copies hors d'atteinte"),
    };
    println!(
        "{code} : {} archives, {} copies, {} octets relus, {} archives en défaut{unread}",
        totals.archives, totals.copies, totals.size_bytes, totals.faulty
    );
}

fn say(report: &ArchiveReport) {
    for site in &report.unknown_sites {
        println!("{} : site {site} : aucune copie lue, les réglages ne le connaissent pas", report.archive);
    }
    for copy in &report.copies {
        if let Some(reason) = copy.away() {
            println!("{} : site {} : hors d'atteinte ({reason})", report.archive, copy.site);
        }
        for fault in copy.faults() {
            println!("{} : site {} : {fault}", report.archive, copy.site);
        }
    }
}

fn line(member: &str, report: &ArchiveReport) -> Value {
    let verdict = match report {
        report if report.is_faulty() => "faulty",
        report if report.is_whole() => "whole",
        _ => "unread",
    };
    json!({
        "member": member, "archive": report.archive.to_string(), "cote": report.cote, "verdict": verdict,
        "copies": report.copies.iter().map(copy).collect::<Vec<_>>(),
        "unknown_sites": report.unknown_sites,
    })
}

fn copy(copy: &Reading) -> Value {
    let faults: Vec<Value> = copy
        .faults()
        .iter()
        .map(|fault| json!({ "kind": kind(fault), "path": path(fault), "message": fault.to_string() }))
        .collect();
    json!({ "site": copy.site, "verdict": copy.verdict.word(), "size_bytes": copy.size_bytes, "faults": faults })
}

fn kind(fault: &Fault) -> &'static str {
    match fault {
        Fault::Away { .. } => "away",
        Fault::ObjectMissing => "object_missing",
        Fault::Missing { .. } => "missing",
        Fault::Altered { .. } => "altered",
        Fault::Unexpected { .. } => "unexpected",
        Fault::Unreadable { .. } => "unreadable",
        Fault::Inventory { .. } => "inventory",
        Fault::Disagreement => "disagreement",
    }
}

fn path(fault: &Fault) -> Option<&str> {
    match fault {
        Fault::Missing { path }
        | Fault::Altered { path }
        | Fault::Unexpected { path }
        | Fault::Unreadable { path, .. }
        | Fault::Inventory { path, .. } => Some(path),
        Fault::Away { .. } | Fault::ObjectMissing | Fault::Disagreement => None,
    }
}
