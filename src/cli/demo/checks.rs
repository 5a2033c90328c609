//! What the demonstration proves once the deposits are in: every copy, every wall, every journal.
//!
//! Each check returns an error, in words, as soon as something is not as it must be.

use super::client::Client;
use super::deposits::Taken;
use super::members::Member;
use super::report::{self, Report};
use crate::app::App;
use crate::cli::Failure;
use crate::evidence;
use crate::ingest::queries;
use crate::model::TransferId;

/// Reads every copy of every archive again.
pub async fn copies(report: &Report, app: &App, taken: &[Taken]) -> Result<(), Failure> {
    let mut by_site: Vec<(String, u64, u64)> = Vec::new();
    for archive in taken {
        let (store, id) = (app.storage.tenant(archive.tenant), archive.archive);
        let copies = tokio::task::spawn_blocking(move || store.verify(id)).await??;
        for copy in copies {
            if let Some(fault) = copy.faults.first() {
                return Err(format!("{} sur {} : {fault}", archive.cote, copy.site).into());
            }
            match by_site.iter_mut().find(|(site, ..)| *site == copy.site) {
                Some((_, count, size)) => (*count, *size) = (*count + 1, *size + copy.size_bytes),
                None => by_site.push((copy.site, 1, copy.size_bytes)),
            }
        }
    }
    if by_site.len() < 2 {
        return Err("les archives ne sont pas sur deux sites".into());
    }
    for (site, count, size) in by_site {
        report.good(&format!("site {site} : {count} archives relues octet par octet ({}), aucun défaut", report::bytes(size)));
    }
    Ok(())
}

/// Another member's machine asks for what it does not own; the rows, asked as that member, are not there.
pub async fn walls(
    report: &Report,
    app: &App,
    members: &[Member],
    taken: &[Taken],
    service: &str,
) -> Result<(), Failure> {
    let mut asked = 0;
    for stranger in members {
        let (url, machine) = (service.to_owned(), &stranger.machine[0]);
        let (client_id, secret) = (machine.client_id.clone(), machine.secret.clone());
        let foreign: Vec<String> = taken
            .iter()
            .filter(|archive| archive.member != stranger.code)
            .flat_map(|archive| ["", "/reply", "/acknowledgement"].map(|end| format!("{}{end}", archive.transfer)))
            .collect();
        asked += foreign.len();
        tokio::task::spawn_blocking(move || -> Result<(), String> {
            let client = Client::connect(&url, &client_id, &secret).map_err(|error| error.to_string())?;
            for path in foreign {
                let status = client.status(&path).map_err(|error| error.to_string())?;
                if status != 404 {
                    return Err(format!("{client_id} a reçu {status} pour {path}"));
                }
            }
            Ok(())
        })
        .await??;
    }
    report.good(&format!("{asked} demandes avec le jeton d'une autre collectivité : 404 à chaque fois"));
    let (mut hidden, mut shown) = (0, 0);
    for member in members {
        for archive in taken {
            let id = archive.transfer.rsplit('/').next().unwrap_or_default().parse()?;
            let mut tx = app.db.read(member.tenant()).await?;
            let found = queries::find_transfer(&mut tx, TransferId(id)).await?.is_some();
            if found != (archive.member == member.code) {
                return Err(format!("la base montre à {} le versement {id}", member.code).into());
            }
            (hidden, shown) = (hidden + usize::from(!found), shown + usize::from(found));
        }
    }
    report.good(&format!("la base elle-même : {shown} lignes vues par leur collectivité, {hidden} cachées aux autres"));
    Ok(())
}

/// Walks every journal from its first entry.
pub async fn journals(report: &Report, app: &App, members: &[Member]) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for member in members {
        let mut tx = app.db.read(member.tenant()).await?;
        let verified = evidence::verify_journal(&mut tx).await.map_err(|error| format!("{} : {error}", member.code))?;
        let head = hex::encode(verified.hash);
        rows.push(vec![member.code.clone(), format!("{} événements", verified.entries), format!("tête {}…", &head[..16])]);
    }
    for row in report::aligned(&rows) {
        report.good(&row);
    }
    Ok(())
}
