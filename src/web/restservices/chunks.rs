//! `POST /restservices/sedaAttachmentsChunkFiles`: the next piece of the archive of attachments. The last one makes the
//! transfer.
//!
//! Never answers before the piece is on the disk and counted. Pieces come one after the other; the last one may come again, when
//! its answer was lost.

use actix_multipart::Field;
use actix_web::{HttpRequest, HttpResponse, web};
use serde_json::json;
use uuid::Uuid;

use super::deposit::received;
use super::form::{self, Parts, refused};
use super::{json_body, moment};
use crate::ingest::uploads::{Counting, Piece, Upload};
use crate::membership::calls::{CallOutcome, What};
use crate::model::{Channel, TransferId};
use crate::storage;
use crate::web::callers::Connector;
use crate::web::problem::Problem;
use crate::web::{State, problems};

/// Pieces of one archive.
const PIECES_MAX: u32 = 1_000_000;

/// What the fields before the piece say.
#[derive(Default)]
struct Said {
    session: String,
    key: String,
    files: Option<u32>,
    file: Option<u32>,
    pieces: Option<u32>,
    piece: Option<u32>,
}

/// `POST /restservices/sedaAttachmentsChunkFiles`.
pub async fn receive(
    connector: Connector,
    request: HttpRequest,
    body: web::Payload,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let done = take(&connector, &request, body, &state).await;
    if let Err(problem) = &done {
        connector.note(&state, What::Chunk, form::outcome_of(problem), None, problem.sentence()).await;
    }
    done
}

async fn take(
    connector: &Connector,
    request: &HttpRequest,
    body: web::Payload,
    state: &State,
) -> Result<HttpResponse, Problem> {
    let mut parts = Parts::of(request, body);
    let mut said = Said::default();
    while let Some(part) = parts.next().await? {
        let name = form::name(&part);
        if name == "chunk_content" {
            return piece(connector, state, &said, part).await;
        }
        let word = form::word(part).await?;
        let number = || {
            let wrong = || refused(format!("« {name} » doit être un nombre entier"));
            word.parse::<u32>().map(Some).map_err(|_| wrong())
        };
        match name.as_str() {
            "session_identifier" => said.session = word,
            "security_identifier" => said.key = word,
            "number_of_files" => said.files = number()?,
            "file_index" => said.file = number()?,
            "number_of_chunks" => said.pieces = number()?,
            "chunk_index" => said.piece = number()?,
            _ => {}
        }
    }
    Err(refused("le morceau manque (fichier chunk_content, après les autres champs)".into()))
}

async fn piece(
    connector: &Connector,
    state: &State,
    said: &Said,
    part: Field,
) -> Result<HttpResponse, Problem> {
    let (number, total) = said.place()?;
    let upload = opened(connector, state, said).await?;
    if upload.pieces_total.is_some_and(|known| known != total) {
        return Err(refused(format!(
            "number_of_chunks valait {}, il vaut maintenant {total}",
            upload.pieces_total.unwrap_or_default()
        )));
    }
    let upload = if number == upload.pieces_received && number > 0 {
        if !state.ingest.is_last_piece(&upload, form::stream(part)).await? {
            let sentence = format!(
                "Le morceau {number} est déjà reçu, avec un autre contenu : recommencez le versement."
            );
            return Err(Problem::new(&problems::OTHER_CONTENT).detail(sentence));
        }
        upload
    } else if number == upload.pieces_received + 1 && upload.transfer_id.is_none() {
        add(state, upload, total, part).await?
    } else {
        let sentence = match upload.transfer_id {
            Some(_) => format!(
                "Les {} morceaux sont déjà reçus : le versement est enregistré.",
                upload.pieces_received
            ),
            None => format!(
                "Morceau {number} reçu, morceau {} attendu : recommencez le versement.",
                upload.pieces_received + 1
            ),
        };
        return Err(Problem::new(&problems::OUT_OF_ORDER).detail(sentence));
    };
    if upload.pieces_received < total {
        return Ok(json_body(&json!({
            "chunk_index": number,
            "number_of_chunks": total,
            "date_de_reception": moment(state.clock.now()),
        })));
    }
    let entered = state.ingest.close_upload(&upload).await?.ok_or_else(busy)?;
    let transfer = received(connector, entered, None)?;
    let identifier = transfer.message_identifier.as_deref();
    connector
        .note(
            state,
            What::Deposit,
            CallOutcome::Ok,
            identifier,
            "Versement reçu par morceaux, contrôle en cours.",
        )
        .await;
    Ok(json_body(&json!({
        "chunk_index": number,
        "number_of_chunks": total,
        "date_du_depot": moment(transfer.received_at),
    })))
}

impl Said {
    /// Rank of the piece, from 1, and how many there are.
    fn place(&self) -> Result<(u32, u32), Problem> {
        if self.files.unwrap_or(1) != 1 || self.file.unwrap_or(1) != 1 {
            return Err(refused(
                "une seule archive de pièces jointes par versement (number_of_files et file_index valent 1)"
                    .into(),
            ));
        }
        let missing = |name: &str| refused(format!("« {name} » manque, ou vient après le morceau"));
        let total = self.pieces.ok_or_else(|| missing("number_of_chunks"))?;
        let number = self.piece.ok_or_else(|| missing("chunk_index"))?;
        if !(1..=PIECES_MAX).contains(&total) {
            return Err(refused(format!("number_of_chunks va de 1 à {PIECES_MAX}")));
        }
        if !(1..=total).contains(&number) {
            return Err(refused(format!("chunk_index va de 1 à {total} (number_of_chunks)")));
        }
        Ok((number, total))
    }
}

/// The upload that a session names, for whoever opened it and has its key; anything else is no session.
async fn opened(connector: &Connector, state: &State, said: &Said) -> Result<Upload, Problem> {
    let unknown = || {
        problems::not_found().detail(
            "Session d’envoi inconnue, expirée ou remplacée par un nouvel envoi : recommencez le versement.",
        )
    };
    let id = Uuid::parse_str(&said.session).map_err(|_| unknown())?;
    let upload = state.ingest.upload(connector.tenant, TransferId(id)).await?.ok_or_else(unknown)?;
    let is_its = upload.door == Channel::Restservices
        && upload.machine == Some(connector.machine_id)
        && upload.is_opened_by(&said.key);
    if is_its { Ok(upload) } else { Err(unknown()) }
}

async fn add(state: &State, upload: Upload, total: u32, part: Field) -> Result<Upload, Problem> {
    let counting = Counting::Whole { pieces_total: total };
    match state.ingest.add_piece(upload, counting, form::stream(part), |_| (), || true).await? {
        Piece::Added(upload) => Ok(upload),
        Piece::Broken(_, error) => Err(crate::ingest::Error::from(storage::Error::Interrupted(error)).into()),
        Piece::Busy => Err(busy()),
        Piece::TooLong | Piece::Rejected => Err(problems::too_large(state.settings.received_bytes_max)),
    }
}

fn busy() -> Problem {
    Problem::new(&problems::OUT_OF_ORDER)
        .detail("Un autre morceau de ce versement est en train d’arriver : envoyez-les l’un après l’autre.")
}
