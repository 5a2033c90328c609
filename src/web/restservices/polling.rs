//! `GET /restservices/sedaMessages…`: the acknowledgement and the reply of a transfer, by the identifier it came under.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, HttpResponse, web};

use super::named::Asked;
use super::text;
use crate::ingest::queries::{self, MessageKind};
use crate::membership::calls::{CallOutcome, What};
use crate::model::{ReplyForm, Transfer, TransferState};
use crate::seda::write::as_buses_read;
use crate::web::State;
use crate::web::callers::Connector;
use crate::web::problem::Problem;

/// What buses compare, to the letter.
const PENDING: &str = "Transfert en cours de traitement";
/// Under which address the named parameters follow.
const PREFIX: &str = "/restservices/sedaMessages";

/// `GET /restservices/sedaMessages` and `GET /restservices/sedaMessages/{named}`.
pub async fn show(
    connector: Connector,
    request: HttpRequest,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let asked = Asked::of(&request, PREFIX);
    let kind = match (asked.get("sequence"), asked.get("message")) {
        (Some("ArchiveTransfer") | None, Some("Acknowledgement")) => MessageKind::Acknowledgement,
        (Some("ArchiveTransfer") | None, Some("ArchiveTransferReply")) => MessageKind::Reply,
        _ => {
            let sentence = "Demande incomprise : sequence doit valoir ArchiveTransfer, et message Acknowledgement ou ArchiveTransferReply.";
            return Ok(text(StatusCode::BAD_REQUEST, sentence));
        }
    };
    let Some(identifier) = asked.get("originMessageIdentifier") else {
        let sentence =
            "Demande incomprise : originMessageIdentifier manque, c’est l’identifiant du transfert.";
        return Ok(text(StatusCode::BAD_REQUEST, sentence));
    };
    let what = if kind == MessageKind::Reply { What::Reply } else { What::Acknowledgement };
    // Spaces around them are no part of what the manifest says.
    let named = (asked.get("originOrganizationIdentification").map(str::trim), identifier.trim());
    let mut tx = state.db.read(connector.tenant).await?;
    let transfer = queries::find_named(&mut tx, named, connector.machine_id, &connector.agreements).await?;
    let Some(transfer) = transfer else {
        drop(tx);
        let sentence = format!("Transfert d'archive à l'origine de la séquence non trouvé : {identifier}");
        connector
            .note(
                &state,
                what,
                CallOutcome::Unknown,
                Some(identifier),
                "Aucun versement sous cet identifiant.",
            )
            .await;
        return Ok(text(StatusCode::INTERNAL_SERVER_ERROR, &sentence));
    };
    let is_ready = kind == MessageKind::Acknowledgement || transfer.state.is_closed();
    let message =
        if is_ready { queries::find_message(&mut tx, transfer.transfer_id, kind).await? } else { None };
    drop(tx);
    let Some(message) = message else {
        connector.note(&state, what, CallOutcome::Pending, Some(identifier), PENDING).await;
        return Ok(text(StatusCode::INTERNAL_SERVER_ERROR, PENDING));
    };
    let (outcome, said) = outcome(&transfer, kind);
    connector.note(&state, what, outcome, Some(identifier), said).await;
    let body = match connector.replies {
        ReplyForm::Asalae => as_buses_read(&message, code_of(&transfer)),
        ReplyForm::Strict => message,
    };
    Ok(HttpResponse::Ok().content_type("application/xml; charset=UTF-8").body(body))
}

fn outcome(transfer: &Transfer, kind: MessageKind) -> (CallOutcome, &'static str) {
    match (kind, transfer.state) {
        (MessageKind::Acknowledgement, _) => (CallOutcome::Ok, "Accusé de réception remis."),
        (MessageKind::Reply, TransferState::Refused) => {
            (CallOutcome::Refused, "Réponse remise : le versement est refusé.")
        }
        (MessageKind::Reply, _) => (CallOutcome::Ok, "Réponse remise : le versement est pris en charge."),
    }
}

/// In three figures, however the agreement wants codes written.
fn code_of(transfer: &Transfer) -> &'static str {
    if transfer.state != TransferState::Refused {
        return "000";
    }
    let first = transfer.findings.iter().find(|finding| finding.is_error());
    first.map_or("101", |finding| finding.kind.reply_code)
}
