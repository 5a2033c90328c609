//! Reads one small field of a form before its handler does, and gives the body back untouched.
//!
//! Never reads more than a form's worth of a form, nor more than the first part of an upload: whatever else
//! is in the body is left to flow.

use actix_web::HttpMessage;
use actix_web::dev::{Payload, ServiceRequest};
use actix_web::error::PayloadError;
use actix_web::web::{Bytes, BytesMut, Query};
use futures_util::{StreamExt, stream};

use super::extractors::{FORM_BYTES_MAX, of_payload};
use super::problem::Problem;
use super::problems;

/// Bytes within which the first part of an upload must end.
const FIRST_PART_BYTES_MAX: usize = 4 * 1024;

/// The field of this name: anywhere in a plain form, first in an upload. `None`: it is not there.
pub async fn read(request: &mut ServiceRequest, name: &str) -> Result<Option<String>, Problem> {
    let content_type = request.content_type().to_owned();
    let boundary = boundary(request);
    let mut payload = request.take_payload();
    let mut read = BytesMut::new();
    let found = match (content_type.as_str(), boundary) {
        ("application/x-www-form-urlencoded", _) => {
            while let Some(chunk) = payload.next().await {
                take(&mut read, chunk, FORM_BYTES_MAX)?;
            }
            of_form(&read, name)
        }
        ("multipart/form-data", Some(boundary)) => loop {
            if let Some(found) = of_first_part(&read, &boundary, name) {
                break found;
            }
            match payload.next().await {
                Some(chunk) if read.len() <= FIRST_PART_BYTES_MAX => take(&mut read, chunk, usize::MAX)?,
                _ => break None,
            }
        },
        _ => None,
    };
    let begun = stream::once(async move { Ok::<Bytes, PayloadError>(read.freeze()) });
    request.set_payload(Payload::Stream { payload: Box::pin(begun.chain(payload).fuse()) });
    Ok(found)
}

fn take(read: &mut BytesMut, chunk: Result<Bytes, PayloadError>, bytes_max: usize) -> Result<(), Problem> {
    let chunk = chunk.map_err(|error| Problem::new(of_payload(&error)))?;
    if read.len() + chunk.len() > bytes_max {
        return Err(Problem::new(&problems::TOO_LARGE));
    }
    read.extend_from_slice(&chunk);
    Ok(())
}

fn boundary(request: &ServiceRequest) -> Option<String> {
    let mime = request.mime_type().ok().flatten()?;
    mime.get_param("boundary").map(|boundary| boundary.as_str().to_owned())
}

fn of_form(body: &[u8], name: &str) -> Option<String> {
    let body = std::str::from_utf8(body).ok()?;
    let fields = Query::<Vec<(String, String)>>::from_query(body).ok()?.into_inner();
    fields.into_iter().find(|(field, _)| field == name).map(|(_, value)| value)
}

/// `None`: more must be read; `Some(None)`: the first part is another one, or none of a form.
fn of_first_part(body: &[u8], boundary: &str, name: &str) -> Option<Option<String>> {
    let opening = format!("--{boundary}\r\n");
    if body.len() < opening.len() {
        return None;
    }
    let Some(rest) = body.strip_prefix(opening.as_bytes()) else { return Some(None) };
    let headers_end = position(rest, b"\r\n\r\n")?;
    let content = &rest[headers_end + 4..];
    let content_end = position(content, format!("\r\n--{boundary}").as_bytes())?;
    let headers = String::from_utf8_lossy(&rest[..headers_end]).to_ascii_lowercase();
    let is_named = headers.lines().any(|line| {
        line.starts_with("content-disposition:")
            && line.split(';').any(|part| part.trim() == format!("name=\"{name}\""))
    });
    let value = String::from_utf8(content[..content_end].to_vec()).ok();
    Some(value.filter(|_| is_named))
}

fn position(body: &[u8], wanted: &[u8]) -> Option<usize> {
    body.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_part_of_an_upload_is_read_once_it_is_whole() {
        let body = b"--x\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\nabc\r\n--x\r\nmore";
        assert_eq!(of_first_part(body, "x", "csrf"), Some(Some("abc".into())));
        assert_eq!(of_first_part(body, "x", "other"), Some(None));
        for cut in 0..body.len() - 6 {
            assert_eq!(of_first_part(&body[..cut], "x", "csrf"), None, "{cut}");
        }
        assert_eq!(of_first_part(b"something else", "x", "csrf"), Some(None));
    }

    #[test]
    fn a_plain_form_has_its_fields_in_any_order() {
        assert_eq!(of_form(b"a=1&csrf=%C3%A9+b", "csrf"), Some("é b".into()));
        assert_eq!(of_form(b"a=1", "csrf"), None);
        assert_eq!(of_form(b"\xff", "csrf"), None);
    }
}
