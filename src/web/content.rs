//! The bytes of a stored file, whole or in part, as an answer.
//!
//! Never lets a browser do more with them than show: a file is somebody else's, whatever it contains. The
//! one thing to know: the consultation is journaled before the first byte leaves, and only when one does.

use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

use actix_web::body::SizedStream;
use actix_web::http::{Method, StatusCode, header};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use futures_util::{Stream, stream};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::problem::Problem;
use super::range::{Conditions, Wanted, wanted};
use super::{headers, problems};
use crate::access::{Access, Reader};
use crate::catalog::Object;
use crate::model::ObjectId;
use crate::storage::StoredFile;

/// Bytes read at once.
const CHUNK_BYTES: u64 = 256 * 1024;

/// Types that a browser shows without running anything, and as what.
const SHOWN: [(&str, &str); 13] = [
    ("application/pdf", "application/pdf"),
    ("image/png", "image/png"),
    ("image/jpeg", "image/jpeg"),
    ("image/gif", "image/gif"),
    ("image/webp", "image/webp"),
    ("text/plain", "text/plain; charset=utf-8"),
    ("audio/mpeg", "audio/mpeg"),
    ("audio/ogg", "audio/ogg"),
    ("audio/x-wav", "audio/wav"),
    ("audio/wav", "audio/wav"),
    ("audio/flac", "audio/flac"),
    ("video/mp4", "video/mp4"),
    ("video/webm", "video/webm"),
];
/// Types that the first bytes tell nothing of, or not enough: then the format named counts, when it is a recording.
const VAGUE: [&str; 2] = ["application/octet-stream", "application/ogg"];

/// `attr-char` of RFC 8187.
const FILE_NAME: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What the caller's browser is asked to do with a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    Download,
    /// Shown in a page, when its type is one of those that can be.
    Show,
}

/// As what a browser may show this file; `None`: it may not.
pub fn shown_as(object: &Object) -> Option<&'static str> {
    shown(&object.media_type, object.format.as_ref().map(|format| format.mime.as_str()))
}

/// The same, by what the first bytes show and what the format named may be called.
fn shown(media_type: &str, named: Option<&str>) -> Option<&'static str> {
    let named = named.map(|mimes| mimes.split(',').next().unwrap_or_default().trim());
    let recording = named.filter(|mime| mime.starts_with("audio/") || mime.starts_with("video/"));
    let media = if VAGUE.contains(&media_type) { recording? } else { media_type };
    SHOWN.iter().find(|(shown, _)| *shown == media).map(|(_, shown)| *shown)
}

/// A file, or the part of it that the request wants. What this reader may not open does not exist.
pub async fn answer(
    access: &Access,
    reader: &Reader,
    id: ObjectId,
    request: &HttpRequest,
    disposition: Disposition,
) -> Result<HttpResponse, Problem> {
    let view = access.object(reader, id).await?.ok_or_else(problems::not_found)?;
    if !access.opens(reader, &view.archive, view.opening) {
        return Err(problems::not_found());
    }
    let object = view.object;
    let etag = format!("\"{}\"", hex::encode(&object.sha512));
    let (status, bytes) = match wanted(conditions(request), &etag, object.size_bytes) {
        Wanted::Whole => (StatusCode::OK, 0..object.size_bytes),
        Wanted::Part(bytes) => (StatusCode::PARTIAL_CONTENT, bytes),
        Wanted::NotModified => {
            let mut answer = HttpResponse::NotModified();
            return Ok(answer.insert_header((header::ETAG, etag)).insert_header(CACHE).finish());
        }
        Wanted::Failed => return Err(Problem::new(&problems::PRECONDITION_FAILED)),
        Wanted::Unsatisfiable => {
            let problem = Problem::new(&problems::RANGE_NOT_SATISFIABLE);
            return Err(problem.header(header::CONTENT_RANGE, format!("bytes */{}", object.size_bytes)));
        }
    };
    let mut answer = head(&object, disposition);
    answer.insert_header((header::ETAG, etag));
    if request.method() == Method::HEAD {
        return Ok(answer.body(SizedStream::new(object.size_bytes, stream::empty::<io::Result<Bytes>>())));
    }
    if status == StatusCode::PARTIAL_CONTENT {
        let (first, last) = (bytes.start, bytes.end - 1);
        answer.status(status);
        answer.insert_header((header::CONTENT_RANGE, format!("bytes {first}-{last}/{}", object.size_bytes)));
    }
    let opened = access.open(reader, id).await?.ok_or_else(problems::not_found)?;
    Ok(answer.body(SizedStream::new(bytes.end - bytes.start, Box::pin(chunks(opened.file, bytes)))))
}

const CACHE: (header::HeaderName, &str) = (header::CACHE_CONTROL, "private, no-cache");

/// A `HEAD` has no part: ranges are for `GET` (RFC 9110, 14.2).
fn conditions(request: &HttpRequest) -> Conditions<'_> {
    let text = |name: header::HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    Conditions {
        range: text(header::RANGE).filter(|_| request.method() == Method::GET),
        if_range: text(header::IF_RANGE),
        if_match: text(header::IF_MATCH),
        if_none_match: text(header::IF_NONE_MATCH),
    }
}

fn head(object: &Object, disposition: Disposition) -> HttpResponseBuilder {
    let shown = shown_as(object).filter(|_| disposition == Disposition::Show);
    let (content_type, word) = match shown {
        Some(content_type) => (content_type, "inline"),
        None => (object.media_type.as_str(), "attachment"),
    };
    let mut answer = HttpResponse::Ok();
    answer
        .insert_header((header::CONTENT_TYPE, content_type))
        .insert_header((header::CONTENT_DISPOSITION, content_disposition(word, &object.file_name)))
        .insert_header((header::CONTENT_SECURITY_POLICY, headers::content_policy(content_type)))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        .insert_header(CACHE);
    answer
}

/// With the name twice: plain for old readers, exact for others (RFC 6266).
pub fn content_disposition(word: &str, file_name: &str) -> String {
    let plain: String = file_name
        .chars()
        .map(|c| if c.is_ascii_graphic() && !"\"\\/%;".contains(c) || c == ' ' { c } else { '_' })
        .collect();
    format!("{word}; filename=\"{plain}\"; filename*=UTF-8''{}", utf8_percent_encode(file_name, FILE_NAME))
}

/// The bytes of a part, read where it may block.
fn chunks(file: StoredFile, bytes: Range<u64>) -> impl Stream<Item = io::Result<Bytes>> {
    stream::try_unfold((Some(file), bytes), |(file, bytes)| async move {
        let Some(file) = file.filter(|_| bytes.start < bytes.end) else { return Ok(None) };
        let wanted = bytes.start..bytes.end.min(bytes.start + CHUNK_BYTES);
        let next = wanted.end..bytes.end;
        let (file, chunk) =
            tokio::task::spawn_blocking(move || read(file, wanted)).await.map_err(io::Error::other)??;
        Ok(Some((chunk, (Some(file), next))))
    })
}

fn read(mut file: StoredFile, bytes: Range<u64>) -> io::Result<(StoredFile, Bytes)> {
    let mut chunk = vec![0; usize::try_from(bytes.end - bytes.start).map_err(io::Error::other)?];
    file.seek(SeekFrom::Start(bytes.start))?;
    file.read_exact(&mut chunk)?;
    Ok((file, Bytes::from(chunk)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_s_name_cannot_leave_its_header() {
        let header = content_disposition("attachment", "délib \"1\"\r\n; x=.pdf");
        assert_eq!(
            header,
            "attachment; filename=\"d_lib _1____ x=.pdf\"; filename*=UTF-8''d%C3%A9lib%20%221%22%0D%0A%3B%20x%3D.pdf"
        );
    }

    #[test]
    fn what_may_run_is_never_shown() {
        for (media_type, named, expected) in [
            ("application/pdf", None, Some("application/pdf")),
            ("text/html", None, None),
            ("image/svg+xml", None, None),
            ("text/html", Some("audio/mpeg"), None),
            ("application/octet-stream", Some("audio/x-wav"), Some("audio/wav")),
            ("application/octet-stream", Some("text/html"), None),
            ("application/octet-stream", Some("image/png"), None),
            ("application/ogg", Some("video/webm, audio/webm"), Some("video/webm")),
            ("application/ogg", None, None),
        ] {
            assert_eq!(shown(media_type, named), expected, "{media_type} {named:?}");
        }
    }
}
