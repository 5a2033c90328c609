//! The forms that bring a profile's file: a few short words, then the file, each within bounds.

use std::collections::BTreeMap;

use actix_multipart::{Field, Multipart};
use actix_web::error::PayloadError;
use actix_web::{HttpRequest, web};
use futures_util::TryStreamExt;

use crate::membership::profiles::Rng;
use crate::seda::profile::RNG_BYTES_MAX;
use crate::web::{Problem, client, problems};

/// Bytes of one short field.
const FIELD_BYTES_MAX: usize = 16 << 10;
/// Parts of a form.
const PARTS_MAX: usize = 10;

/// What a form brought.
#[derive(Default)]
pub struct Upload {
    fields: BTreeMap<String, String>,
    /// `None` when no file was chosen, or an empty one.
    pub file: Option<Rng>,
    /// The file is larger than a profile may be; it was not read to its end.
    pub too_large: bool,
}

impl Upload {
    /// A field's text, without spaces around it.
    pub fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", |value| value.trim())
    }
}

/// Reads a form to its end, or to where it is too large.
pub async fn read(request: &HttpRequest, body: web::Payload) -> Result<Upload, Problem> {
    let paced = client::paced(body).map_err(PayloadError::Io);
    let mut parts = Multipart::new(request.headers(), paced);
    let mut upload = Upload::default();
    for _ in 0..PARTS_MAX {
        let Some(mut part) = parts.try_next().await.map_err(interrupted)? else { break };
        let name = part.name().unwrap_or_default().to_owned();
        if name == "fichier" {
            let file_name = part.content_disposition().and_then(|d| d.get_filename()).unwrap_or_default();
            let file_name = file_name.to_owned();
            let Some(bytes) = bounded(&mut part, RNG_BYTES_MAX).await? else {
                upload.too_large = true;
                break;
            };
            upload.file = (!bytes.is_empty()).then_some(Rng { file_name, bytes });
        } else {
            let too_large = || Problem::new(&problems::TOO_LARGE);
            let bytes = bounded(&mut part, FIELD_BYTES_MAX).await?.ok_or_else(too_large)?;
            let text = String::from_utf8(bytes).map_err(|_| Problem::new(&problems::BAD_REQUEST))?;
            upload.fields.insert(name, text);
        }
    }
    Ok(upload)
}

/// The bytes of a part; `None` when there are more.
async fn bounded(part: &mut Field, bytes_max: usize) -> Result<Option<Vec<u8>>, Problem> {
    let mut bytes = Vec::new();
    while let Some(chunk) = part.try_next().await.map_err(interrupted)? {
        if bytes.len() + chunk.len() > bytes_max {
            return Ok(None);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(Some(bytes))
}

fn interrupted<E>(_: E) -> Problem {
    Problem::new(&problems::INTERRUPTED)
}
