//! What the demonstration proves once the deposits are in: every copy, every wall, every journal.
//!
//! Each check returns an error, in words, as soon as something is not as it must be.

use std::collections::BTreeMap;

use serde_json::Value;
use sha2::{Digest, Sha512};

use super::client::{Client, word};
use super::deposits::Taken;
use super::members::Member;
use super::report::{self, Report};
use crate::app::App;
use crate::cli::Failure;
use crate::evidence;
use crate::ingest::queries;
use crate::model::{Agent, TransferId};
use crate::preservation::Scope;

/// Units of one archive that are asked for: what a wall hides of a large archive, these show.
const UNITS_MAX: usize = 6;

/// Reads every copy of every archive again, as `chartrier audit` does.
pub async fn copies(report: &Report, app: &App, members: &[Member]) -> Result<(), Failure> {
    let mut by_site: Vec<(String, u64, u64)> =
        app.storage.sites().map(|site| (site.to_owned(), 0, 0)).collect();
    let mut faults = Vec::new();
    for member in members {
        let mut tell = |archive: &crate::preservation::ArchiveReport| {
            if !archive.is_whole() {
                faults.push(archive.cote.clone());
            }
            for copy in &archive.copies {
                if let Some((_, count, size)) = by_site.iter_mut().find(|(site, ..)| *site == copy.site) {
                    (*count, *size) = (*count + 1, *size + copy.size_bytes);
                }
            }
        };
        app.preservation.audit(Agent::Operator, member.tenant(), &Scope::default(), &mut tell).await?;
    }
    if !faults.is_empty() {
        return Err(format!("copies en défaut : {}", faults.join(", ")).into());
    }
    for (site, count, size) in by_site {
        let read = report::bytes(size);
        report.good(&format!(
            "site {site} : {count} archives relues sur le disque, octet par octet ({read}), aucun défaut"
        ));
    }
    for warning in app.storage.warnings() {
        report.line(&format!("Pour une démonstration seulement : {warning}."));
    }
    Ok(())
}

/// What one member has that another might ask for.
struct Owned {
    code: String,
    addresses: Vec<String>,
}

/// Another member's machine asks for what it does not own; the rows, asked as that member, are not there.
pub async fn walls(
    report: &Report,
    app: &App,
    members: &[Member],
    taken: &[Taken],
    service: &str,
) -> Result<(), Failure> {
    let mut clients = Vec::new();
    for member in members {
        let machine = &member.machine[0];
        let (service, client_id, secret) =
            (service.to_owned(), machine.client_id.clone(), machine.secret.clone());
        clients.push(blocking(move || Client::connect(&service, &client_id, &secret)).await?);
    }
    let mut owned = Vec::new();
    for (member, client) in members.iter().zip(&clients) {
        let transfers: Vec<String> = taken
            .iter()
            .filter(|archive| archive.member == member.code)
            .flat_map(|archive| {
                ["", "/reply", "/acknowledgement"].map(|end| format!("{}{end}", archive.transfer))
            })
            .collect();
        let (client, code) = (client.clone(), member.code.clone());
        owned.push(blocking(move || possessions(&client, code, transfers)).await?);
    }
    let mut asked = 0;
    for (stranger, client) in members.iter().zip(&clients) {
        let others = owned.iter().filter(|other| other.code != stranger.code);
        let foreign: Vec<String> = others.flat_map(|other| other.addresses.iter().cloned()).collect();
        asked += foreign.len();
        let (client, code) = (client.clone(), stranger.code.clone());
        blocking(move || refused_all(&client, &code, &foreign)).await?;
    }
    let count: usize = owned.iter().map(|one| one.addresses.len()).sum();
    report.good(&format!(
        "{count} adresses (versements, réponses, unités, fichiers) : 200 pour leur collectivité"
    ));
    report.good(&format!("{asked} demandes des mêmes avec le jeton d'une autre : 404 à chaque fois"));
    rows(report, app, members, taken).await
}

/// The rows themselves, under each tenant in turn.
async fn rows(report: &Report, app: &App, members: &[Member], taken: &[Taken]) -> Result<(), Failure> {
    let (mut hidden, mut shown) = (0, 0);
    for member in members {
        let mut tx = app.db.read(member.tenant()).await?;
        for archive in taken {
            let id = archive.transfer.rsplit('/').next().unwrap_or_default().parse()?;
            let found = queries::find_transfer(&mut tx, TransferId(id)).await?.is_some();
            if found != (archive.member == member.code) {
                return Err(format!("la base montre mal à {} le versement {id}", member.code).into());
            }
            (hidden, shown) = (hidden + usize::from(!found), shown + usize::from(found));
        }
    }
    report.good(&format!(
        "la base elle-même : {shown} lignes vues par leur collectivité, {hidden} fois cachées à une autre"
    ));
    Ok(())
}

/// The addresses of what a member has, each of which it can read; one file is compared with its digest.
fn possessions(client: &Client, code: String, mut addresses: Vec<String>) -> Result<Owned, Failure> {
    let mut compared = false;
    let mut met: BTreeMap<&str, usize> = BTreeMap::new();
    let page = client.json("/api/v1/units?limit=100")?;
    for unit in items(&page) {
        let of_archive = met.entry(word(unit, "archive_id")).or_default();
        *of_archive += 1;
        if *of_archive > UNITS_MAX {
            continue;
        }
        let address = format!("/api/v1/units/{}", word(unit, "unit_id"));
        for object in items(&client.json(&format!("{address}/objects"))?) {
            let content = word(object, "content").to_owned();
            if !compared {
                let digest = hex::encode(Sha512::digest(client.bytes(&content)?));
                if digest != word(object, "sha512") {
                    return Err(format!("{content} : le contenu n'a pas l'empreinte annoncée").into());
                }
                compared = true;
            }
            addresses.push(format!("/api/v1/objects/{}", word(object, "object_id")));
            addresses.push(content);
        }
        addresses.push(address);
    }
    if !compared {
        return Err(format!("{code} n'a aucun fichier").into());
    }
    for address in &addresses {
        let status = client.status(address)?;
        if status != 200 {
            return Err(format!("{code} a reçu {status} pour {address}, qui est à elle").into());
        }
    }
    Ok(Owned { code, addresses })
}

fn refused_all(client: &Client, code: &str, foreign: &[String]) -> Result<(), Failure> {
    for address in foreign {
        let status = client.status(address)?;
        if status != 404 {
            return Err(format!("{code} a reçu {status} pour {address}, qui n'est pas à elle").into());
        }
    }
    Ok(())
}

/// Walks every journal from its first entry.
pub async fn journals(report: &Report, app: &App, members: &[Member]) -> Result<(), Failure> {
    let mut rows = Vec::new();
    for member in members {
        let mut tx = app.db.read(member.tenant()).await?;
        let verified =
            evidence::verify_journal(&mut tx).await.map_err(|error| format!("{} : {error}", member.code))?;
        let head = hex::encode(verified.hash);
        let entries = format!("{} événements enchaînés", verified.entries);
        rows.push(vec![member.code.clone(), entries, format!("tête {}…", &head[..16])]);
    }
    for row in report::aligned(&rows) {
        report.good(&row);
    }
    Ok(())
}

fn items(page: &Value) -> &[Value] {
    page.get("items").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// Runs what waits for the network; its failure in words.
async fn blocking<T: Send + 'static, E: ToString>(
    work: impl FnOnce() -> Result<T, E> + Send + 'static,
) -> Result<T, Failure> {
    Ok(tokio::task::spawn_blocking(move || work().map_err(|error| error.to_string())).await??)
}
