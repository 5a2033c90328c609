//! A branch of an archive, or some files of it, to download: the zip goes out as it is made.
//!
//! Once the first byte is gone nothing can be refused any more: what fails then cuts the answer short, and the browser says so.

use std::io::{self, Write};

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{self, Bytes};
use futures_util::stream;
use tokio::sync::mpsc;
use uuid::Uuid;

use crate::access::Reader;
use crate::access::delivery::{BOUNDS, Planned};
use crate::model::{ObjectId, UnitId};
use crate::web::callers::ContentReader;
use crate::web::{Problem, State, problems};

/// Pieces of the zip that wait for the network.
const PIECES: usize = 8;
/// Bytes of a piece.
const PIECE_BYTES: usize = 128 << 10;

/// `GET /archives/unites/{id}/communication`; `fichier`, as often as wanted: those files only.
pub async fn give(
    person: ContentReader,
    id: web::Path<Uuid>,
    asked: web::Query<Vec<(String, String)>>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let reader = Reader::person(&person).ok_or_else(problems::not_found)?;
    let only: Option<Vec<ObjectId>> = asked
        .iter()
        .map(|(name, id)| if name == "fichier" { id.parse().ok().map(ObjectId) } else { None })
        .collect();
    let only = only.filter(|only| only.len() <= BOUNDS.files).ok_or(Problem::new(&problems::BAD_REQUEST))?;
    let planned = state.access.plan_delivery(&reader, UnitId(*id), &only, BOUNDS).await?;
    let delivery = match planned.ok_or_else(problems::not_found)? {
        Planned::Given(delivery) => delivery,
        Planned::TooLarge => return Err(Problem::new(&problems::DELIVERY_TOO_LARGE).detail(too_large())),
    };
    let disposition = format!("attachment; filename=\"{}\"", delivery.file_name());
    let (pieces, given) = mpsc::channel(PIECES);
    let (access, out) = (state.access.clone(), Pieces { pieces: pieces.clone(), held: Vec::new() });
    tokio::spawn(async move {
        if let Err(error) = Box::pin(access.deliver(&reader, &delivery, out)).await {
            tracing::warn!(%error, "a package could not be given to its end");
            // Whoever reads must not take what came for the whole.
            let _ = pieces.send(Err(io::Error::other("the package was cut short"))).await;
        }
    });
    let body =
        stream::unfold(given, |mut given| async move { given.recv().await.map(|piece| (piece, given)) });
    Ok(HttpResponse::Ok()
        .content_type("application/zip")
        .insert_header((header::CONTENT_DISPOSITION, disposition))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .streaming(body))
}

fn too_large() -> String {
    format!(
        "Un paquet contient au plus {} unités, {} fichiers et {} Gio.",
        BOUNDS.units,
        BOUNDS.files,
        BOUNDS.bytes >> 30
    )
}

/// Where the zip is written: pieces for the network, which says when it takes no more.
struct Pieces {
    pieces: mpsc::Sender<io::Result<Bytes>>,
    held: Vec<u8>,
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.held.extend_from_slice(bytes);
        if self.held.len() >= PIECE_BYTES {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.held.is_empty() {
            return Ok(());
        }
        let piece = Bytes::from(std::mem::take(&mut self.held));
        self.pieces.blocking_send(Ok(piece)).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}
