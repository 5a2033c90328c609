//! The parts of this door's forms, in the order of the wire: short fields, and files that are streamed away.

use std::io;

use actix_multipart::{Field, Multipart};
use actix_web::HttpRequest;
use actix_web::error::PayloadError;
use actix_web::web::{Bytes, Payload};
use futures_util::{Stream, StreamExt, TryStreamExt};

use crate::membership::calls::CallOutcome;
use crate::web::client;
use crate::web::problem::Problem;
use crate::web::problems;

/// Bytes of one short field.
const FIELD_BYTES_MAX: usize = 4 << 10;
/// Parts of one form.
const PARTS_MAX: usize = 32;

/// A form being read.
pub(super) struct Parts {
    parts: Multipart,
    read: usize,
}

impl Parts {
    pub fn of(request: &HttpRequest, body: Payload) -> Self {
        let paced = client::paced(body).map_err(PayloadError::Io);
        Self { parts: Multipart::new(request.headers(), paced), read: 0 }
    }

    /// The next part; `None` at the form's end.
    pub async fn next(&mut self) -> Result<Option<Field>, Problem> {
        self.read += 1;
        if self.read > PARTS_MAX {
            return Err(refused(format!("plus de {PARTS_MAX} champs")));
        }
        self.parts.try_next().await.map_err(|error| match error {
            actix_multipart::MultipartError::ContentTypeMissing
            | actix_multipart::MultipartError::ContentTypeParse
            | actix_multipart::MultipartError::ContentTypeIncompatible
            | actix_multipart::MultipartError::BoundaryMissing => refused(
                "le formulaire doit être de type multipart/form-data, avec sa limite (boundary)".into(),
            ),
            actix_multipart::MultipartError::Payload(PayloadError::Io(error))
                if error.kind() == io::ErrorKind::TimedOut =>
            {
                Problem::new(&problems::TIMEOUT)
            }
            _ => Problem::new(&problems::INTERRUPTED)
                .detail("Le formulaire s’interrompt ou n’est pas lisible : envoyez de nouveau."),
        })
    }
}

/// Name of a part; empty when it has none.
pub(super) fn name(part: &Field) -> String {
    part.name().unwrap_or_default().to_owned()
}

/// Name of the file of a part, as it was sent; percent-encoded names are decoded.
pub(super) fn file_name(part: &Field) -> String {
    let given =
        part.content_disposition().and_then(|disposition| disposition.get_filename()).unwrap_or_default();
    percent_encoding::percent_decode_str(given)
        .decode_utf8()
        .map_or_else(|_| given.to_owned(), |name| name.into_owned())
}

/// Text of a short field, without spaces around it.
pub(super) async fn word(mut part: Field) -> Result<String, Problem> {
    let name = name(&part);
    let mut bytes = Vec::new();
    while let Some(chunk) = part.try_next().await.map_err(|_| Problem::new(&problems::INTERRUPTED))? {
        if bytes.len() + chunk.len() > FIELD_BYTES_MAX {
            return Err(refused(format!("le champ « {name} » est trop long")));
        }
        bytes.extend_from_slice(&chunk);
    }
    let text =
        String::from_utf8(bytes).map_err(|_| refused(format!("le champ « {name} » n’est pas en UTF-8")))?;
    Ok(text.trim().to_owned())
}

/// The bytes of a part as they come.
pub(super) fn stream(part: Field) -> impl Stream<Item = io::Result<Bytes>> + Unpin {
    part.map(|chunk| {
        chunk.map_err(|error| io::Error::new(io::ErrorKind::ConnectionAborted, error.to_string()))
    })
}

/// What is wrong with the form, as As@lae begins such sentences.
pub(super) fn refused(what: String) -> Problem {
    Problem::new(&problems::BAD_REQUEST).detail(format!("Erreur de donnée du formulaire : {what}"))
}

/// Whose fault a problem of this door is, for whoever notes it.
pub(super) fn outcome_of(problem: &Problem) -> CallOutcome {
    if problem.status().is_client_error() { CallOutcome::Refused } else { CallOutcome::Error }
}
