//! `POST /restservices/sedaMessages`: a manifest and the archive of its attachments, together or, piece by piece, after it.
//!
//! Never holds a file in memory: each part flows to quarantine as it comes, in the order the client chose. The one thing to
//! know: 200 says that everything received is on the disk; what is wrong inside comes in the reply.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;

use super::form::{self, Parts, refused};
use super::{json_body, moment, text};
use crate::identity::fresh_secret;
use crate::ingest::acknowledge::Header;
use crate::ingest::pairs::Apart;
use crate::ingest::uploads::NewUpload;
use crate::ingest::{self, Entered};
use crate::membership::calls::{CallOutcome, What};
use crate::model::{Agent, Channel, Transfer, TransferId};
use crate::web::callers::Connector;
use crate::web::problem::Problem;
use crate::web::{State, client, problems};

/// Longest address that answers are told to (RFC 5321, 4.5.3.1).
const MAIL_BYTES_MAX: usize = 254;

/// What came in the form.
#[derive(Default)]
struct Came {
    /// Name and bytes of the manifest.
    manifest: Option<(String, u64)>,
    attachments: bool,
    in_pieces: bool,
    reply_to: Option<String>,
}

/// `POST /restservices/sedaMessages`.
pub async fn receive(
    connector: Connector,
    request: HttpRequest,
    body: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = TransferId(state.clock.fresh_id());
    let from = depositor(&connector, &request);
    let done = match read(&state, &from, id, Parts::of(&request, body)).await {
        Ok(read) => answer(&connector, &state, &from, id, read).await,
        Err(problem) => {
            state.ingest.drop_pair(from.tenant, id).await;
            Err(problem)
        }
    };
    if let Err(problem) = &done {
        let outcome = form::outcome_of(problem);
        connector.note(&state, What::Deposit, outcome, None, problem.sentence()).await;
    }
    done
}

/// A form whose files are on the disk, and what its manifest says.
struct Read {
    name: String,
    in_pieces: bool,
    apart: Apart,
}

async fn read(
    state: &State,
    from: &ingest::Depositor,
    id: TransferId,
    parts: Parts,
) -> Result<Read, Problem> {
    let came = taken(state, from, id, parts).await?;
    let Some((name, _)) = came.manifest else {
        return Err(refused("le bordereau manque (fichier seda_message)".into()));
    };
    if came.in_pieces && came.attachments {
        return Err(refused(
            "send_chunked_attachments annonce des morceaux, et attachments donne déjà l’archive : choisissez l’un ou l’autre"
                .into(),
        ));
    }
    let apart = state.ingest.read_apart(from.tenant, id, came.reply_to).await?;
    Ok(Read { name, in_pieces: came.in_pieces, apart })
}

/// Who deposits through this door.
pub(super) fn depositor(connector: &Connector, request: &HttpRequest) -> ingest::Depositor {
    ingest::Depositor {
        tenant: connector.tenant,
        agent: Agent::Machine(connector.machine_id),
        channel: Channel::Restservices,
        copy: None,
        announced_bytes: client::announced_bytes(request),
    }
}

/// Takes every part of the form, the files to quarantine.
async fn taken(
    state: &State,
    from: &ingest::Depositor,
    id: TransferId,
    mut parts: Parts,
) -> Result<Came, Problem> {
    let mut came = Came::default();
    while let Some(part) = parts.next().await? {
        match form::name(&part).as_str() {
            "seda_message" => {
                if came.manifest.is_some() {
                    return Err(refused("le bordereau (seda_message) est donné deux fois".into()));
                }
                let name = form::file_name(&part);
                let bytes = state.ingest.receive_manifest(from, id, form::stream(part)).await?;
                if bytes == 0 {
                    return Err(refused(format!("la taille du fichier transmis \"{name}\" est nulle")));
                }
                came.manifest = Some((name, bytes));
            }
            "attachments" => {
                if came.attachments {
                    return Err(refused(
                        "l’archive des pièces jointes (attachments) est donnée deux fois".into(),
                    ));
                }
                let name = form::file_name(&part);
                let bytes = state.ingest.receive_attachments(from, id, form::stream(part)).await?;
                if bytes == 0 && !name.is_empty() {
                    return Err(refused(format!("la taille du fichier transmis \"{name}\" est nulle")));
                }
                came.attachments = bytes > 0;
            }
            "send_chunked_attachments" => {
                let said = form::word(part).await?;
                came.in_pieces = ["true", "1", "on"].iter().any(|yes| said.eq_ignore_ascii_case(yes));
            }
            "reply" => came.reply_to = reply_to(&form::word(part).await?)?,
            // A field more is no harm.
            _ => drop(form::word(part).await?),
        }
    }
    Ok(came)
}

/// The address of `MAIL:addr@host`; nothing, or another means, is none.
fn reply_to(said: &str) -> Result<Option<String>, Problem> {
    let Some(prefix) = said.get(..5).filter(|prefix| prefix.eq_ignore_ascii_case("MAIL:")) else {
        return Ok(None);
    };
    let address = said[prefix.len()..].trim();
    if address.is_empty() {
        return Ok(None);
    }
    let is_address = address.len() <= MAIL_BYTES_MAX
        && address
            .split_once('@')
            .is_some_and(|(who, host)| !who.is_empty() && host.contains('.') && !host.contains('@'))
        && address.chars().all(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>' | ',' | ';' | '"' | '\\'));
    if is_address {
        Ok(Some(address.to_owned()))
    } else {
        Err(refused("reply n’est pas une adresse de messagerie (MAIL:nom@domaine)".into()))
    }
}

/// From here on what was received is kept whatever happens: a commit whose answer was lost may have made its row.
async fn answer(
    connector: &Connector,
    state: &State,
    from: &ingest::Depositor,
    id: TransferId,
    read: Read,
) -> Result<HttpResponse, Problem> {
    let Read { name, in_pieces, apart } = read;
    match (&apart.header, in_pieces) {
        (Some(header), true) => open(connector, state, from, id, &name, (&apart, header)).await,
        _ => enter(connector, state, from, id, &name, &apart).await,
    }
}

/// The whole deposit is there.
async fn enter(
    connector: &Connector,
    state: &State,
    from: &ingest::Depositor,
    id: TransferId,
    name: &str,
    apart: &Apart,
) -> Result<HttpResponse, Problem> {
    let entered = state.ingest.enter_pair(from, id, name, apart).await?;
    let transfer = received(connector, entered, apart.header.as_ref())?;
    if let Some(why) = &apart.unreadable {
        // It is kept, refused in the journal; under no identifier could its reply be asked for.
        let sentence = format!(
            "Bordereau illisible, versement refusé ({}). {why}. Corrigez le bordereau, puis envoyez-le de nouveau.",
            transfer.transfer_id
        );
        connector
            .note(state, What::Deposit, CallOutcome::Refused, None, "Bordereau illisible : sans identifiant.")
            .await;
        return Ok(text(StatusCode::BAD_REQUEST, &sentence));
    }
    let identifier = apart.header.as_ref().map(|header| header.message_identifier.as_str());
    connector
        .note(state, What::Deposit, CallOutcome::Ok, identifier, "Versement reçu, contrôle en cours.")
        .await;
    Ok(json_body(&json!({"date_du_depot": moment(transfer.received_at)})))
}

/// The transfer that a deposit is, or why it is none.
pub(super) fn received(
    connector: &Connector,
    entered: Entered,
    header: Option<&Header>,
) -> Result<Transfer, Problem> {
    match entered {
        Entered::Received(reception) if connector.follows(&reception.transfer) => Ok(reception.transfer),
        Entered::Received(_) => Err(Problem::new(&problems::ALREADY_DEPOSITED)
            .detail("Ces octets sont déjà un versement de la collectivité, que ce connecteur ne suit pas.")),
        Entered::OtherContent(standing) => {
            let identifier = header.map_or_else(
                || standing.message_identifier.clone().unwrap_or_default(),
                |header| header.message_identifier.clone(),
            );
            Err(Problem::new(&problems::OTHER_CONTENT).detail(format!(
                "Un versement d’identifiant « {identifier} » est déjà enregistré avec un autre contenu : donnez au nouveau un identifiant qui n’a jamais servi."
            )))
        }
    }
}

/// The attachments will come piece by piece.
async fn open(
    connector: &Connector,
    state: &State,
    from: &ingest::Depositor,
    id: TransferId,
    name: &str,
    (apart, header): (&Apart, &Header),
) -> Result<HttpResponse, Problem> {
    if let Some(standing) = state.ingest.other_content(from.tenant, apart).await? {
        state.ingest.drop_pair(from.tenant, id).await;
        received(connector, Entered::OtherContent(standing), Some(header))?;
    }
    let key = fresh_secret()?;
    let new = NewUpload {
        id,
        file_name: name,
        key: Some(&key),
        header: Some(header),
        reply_to: apart.reply_to.as_deref(),
        bytes_total: None,
        pieces_total: None,
        metadata: None,
    };
    let Some(upload) = state.ingest.open_upload(from, &new).await? else {
        state.ingest.drop_pair(from.tenant, id).await;
        return Err(Problem::new(&problems::TOO_MANY_REQUESTS)
            .detail("Trop d’envois par morceaux sont ouverts : terminez-les, ou attendez qu’ils expirent."));
    };
    Ok(json_body(&json!({
        "date_du_depot": moment(state.clock.now()),
        "chunk_session_identifier": upload.id.to_string(),
        "chunk_security_identifier": key,
    })))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_told_to_an_address_and_to_nothing_else() {
        assert_eq!(reply_to("MAIL:bus@collectivite.fr").unwrap().as_deref(), Some("bus@collectivite.fr"));
        assert_eq!(reply_to("mail: a@b.fr").unwrap().as_deref(), Some("a@b.fr"));
        for none in ["", "MAIL:", "FTP:x", "é"] {
            assert_eq!(reply_to(none).unwrap(), None, "{none}");
        }
        for wrong in ["MAIL:a", "MAIL:a@b", "MAIL:a@b.fr,c@d.fr", "MAIL:a@b.fr\nBcc: x@y.fr", "MAIL:a@@b.fr"]
        {
            assert!(reply_to(wrong).is_err(), "{wrong}");
        }
    }
}
