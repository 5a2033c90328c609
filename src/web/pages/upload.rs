//! The forms that bring small files: a few short words and the files, each within bounds, all of it in memory.

use std::collections::BTreeMap;

use actix_multipart::{Field, Multipart};
use actix_web::error::PayloadError;
use actix_web::{HttpRequest, web};
use futures_util::TryStreamExt;

use crate::web::{Problem, client, problems};

/// Bytes of one short field.
const FIELD_BYTES_MAX: usize = 16 << 10;
/// Parts of a form.
const PARTS_MAX: usize = 10;

/// What a form brought.
#[derive(Default)]
pub struct Upload {
    fields: BTreeMap<String, String>,
    /// Those chosen that are not empty.
    files: BTreeMap<String, File>,
    /// A file is larger than it may be; the form was not read to its end.
    pub too_large: bool,
}

/// A file, as it came.
pub struct File {
    pub file_name: String,
    pub bytes: Vec<u8>,
}

impl Upload {
    /// A field's text, without spaces around it.
    pub fn field(&self, name: &str) -> &str {
        self.fields.get(name).map_or("", |value| value.trim())
    }

    /// Whether a file that is not empty came in this field.
    pub fn has(&self, name: &str) -> bool {
        self.files.contains_key(name)
    }

    /// The file of a field, once.
    pub fn take(&mut self, name: &str) -> Option<File> {
        self.files.remove(name)
    }
}

/// Reads a form to its end, or to where a file is too large; these of its fields bring files.
pub async fn read(
    request: &HttpRequest,
    body: web::Payload,
    of_files: &[&str],
    bytes_max: usize,
) -> Result<Upload, Problem> {
    let paced = client::paced(body).map_err(PayloadError::Io);
    let mut parts = Multipart::new(request.headers(), paced);
    let mut upload = Upload::default();
    for _ in 0..PARTS_MAX {
        let Some(mut part) = parts.try_next().await.map_err(interrupted)? else { break };
        let name = part.name().unwrap_or_default().to_owned();
        if of_files.contains(&name.as_str()) {
            let file_name = part.content_disposition().and_then(|d| d.get_filename()).unwrap_or_default();
            let file_name = file_name.to_owned();
            let Some(bytes) = bounded(&mut part, bytes_max).await? else {
                upload.too_large = true;
                break;
            };
            if !bytes.is_empty() {
                upload.files.insert(name, File { file_name, bytes });
            }
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
