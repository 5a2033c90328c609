//! The evidence file of an archive, as an answer.
//!
//! Whoever asks has been found to follow the archive's transfer.

use std::io;

use actix_web::HttpResponse;
use actix_web::body::SizedStream;
use actix_web::http::header;
use actix_web::web::Bytes;
use futures_util::stream;

use super::problem::Problem;
use super::{State, problems};
use crate::attestation::Error;
use crate::attestation::dossier::Asked;
use crate::model::{ArchiveId, TenantId};

/// Bytes read at once.
const CHUNK_BYTES: usize = 256 << 10;

/// The ZIP, made now.
pub async fn answer(state: &State, tenant: TenantId, archive: ArchiveId) -> Result<HttpResponse, Problem> {
    let asked = Asked { tenant, archive, at: state.clock.now() };
    let prove =
        async |seq| state.sealing.prove(tenant, seq).await.map_err(|error| Error::Given(Box::new(error)));
    let file = state.attestations.dossier(asked, prove).await?.ok_or_else(problems::not_found)?;
    let size_bytes = file.metadata().map_err(Error::from)?.len();
    let disposition = format!("attachment; filename=\"dossier-de-preuve-{archive}.zip\"");
    Ok(HttpResponse::Ok()
        .content_type("application/zip")
        .insert_header((header::CONTENT_DISPOSITION, disposition))
        .insert_header((header::CACHE_CONTROL, "private, no-store"))
        .body(SizedStream::new(size_bytes, Box::pin(chunks(file)))))
}

/// The bytes, read where it may block.
fn chunks(file: std::fs::File) -> impl futures_util::Stream<Item = io::Result<Bytes>> {
    stream::try_unfold(file, |mut file| async move {
        let read = tokio::task::spawn_blocking(move || {
            let mut chunk = vec![0; CHUNK_BYTES];
            let read = io::Read::read(&mut file, &mut chunk)?;
            chunk.truncate(read);
            Ok::<_, io::Error>((chunk, file))
        });
        let (chunk, file) = read.await.map_err(io::Error::other)??;
        Ok((!chunk.is_empty()).then(|| (Bytes::from(chunk), file)))
    })
}
