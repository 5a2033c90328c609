//! The media type that a file's first bytes show, for display.
//!
//! Never a PUID: that is [`super::Signatures`]'s. A declared type is contradicted only by first bytes that all files of the type have.

/// Bytes of a file's head [`media_type`] wants to see.
pub const HEAD_BYTES: usize = 512;

const SIGNATURES: &[(usize, &[u8], &str)] = &[
    (0, b"%PDF-", "application/pdf"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (0, b"II*\0", "image/tiff"),
    (0, b"MM\0*", "image/tiff"),
    (30, b"mimetypeapplication/vnd.oasis.opendocument.text", "application/vnd.oasis.opendocument.text"),
    (
        30,
        b"mimetypeapplication/vnd.oasis.opendocument.spreadsheet",
        "application/vnd.oasis.opendocument.spreadsheet",
    ),
    (
        30,
        b"mimetypeapplication/vnd.oasis.opendocument.presentation",
        "application/vnd.oasis.opendocument.presentation",
    ),
    (0, b"PK\x03\x04", "application/zip"),
    (0, b"PK\x05\x06", "application/zip"),
    (0, b"\x1f\x8b", "application/gzip"),
    (0, b"BZh", "application/x-bzip2"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (257, b"ustar", "application/x-tar"),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (0, b"{\\rtf", "application/rtf"),
    (4, b"ftyp", "video/mp4"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"OggS", "application/ogg"),
];

/// The media type a file's head shows, `application/octet-stream` when it shows none.
pub fn media_type(head: &[u8]) -> &'static str {
    let signature =
        SIGNATURES.iter().find(|(at, magic, _)| head.get(*at..).is_some_and(|rest| rest.starts_with(magic)));
    if let Some((_, _, media_type)) = signature {
        return media_type;
    }
    let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let start = text.iter().position(|byte| !byte.is_ascii_whitespace()).map_or(&[][..], |at| &text[at..]);
    if start.starts_with(b"<?xml") {
        return "text/xml";
    }
    if start.get(..14).is_some_and(|head| head.eq_ignore_ascii_case(b"<!doctype html")) {
        return "text/html";
    }
    // A character may be cut by the end of the head.
    let is_text = match std::str::from_utf8(text) {
        Ok(_) => true,
        Err(error) => head.len() >= HEAD_BYTES && error.error_len().is_none(),
    };
    if !text.is_empty()
        && is_text
        && !text.iter().any(|&byte| byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r' | 0x0c))
    {
        "text/plain"
    } else {
        "application/octet-stream"
    }
}

/// Types whose files all begin alike: one that begins otherwise is not of the type.
const SURE: &[&str] = &["application/pdf", "image/png", "image/jpeg", "image/gif", "image/tiff"];

/// Whether a file that shows `shown` cannot be of the media type it is declared to have.
pub fn contradicts(declared: &str, shown: &str) -> bool {
    let essence = declared.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    SURE.contains(&essence.as_str()) && essence != shown
}

#[cfg(test)]
mod tests {
    use super::{contradicts, media_type};

    #[test]
    fn a_declared_type_is_contradicted_by_other_first_bytes_alone() {
        assert!(contradicts("application/pdf", "text/plain"));
        assert!(contradicts("Image/PNG; q=1", "image/jpeg"));
        assert!(!contradicts("application/pdf", "application/pdf"));
        // Nothing is known of the first bytes of these.
        assert!(!contradicts("application/msword", "application/x-ole-storage"));
        assert!(!contradicts("text/xml", "text/plain"));
    }

    #[test]
    fn the_head_tells_the_media_type() {
        assert_eq!(media_type(b"%PDF-1.4\n"), "application/pdf");
        assert_eq!(media_type(b"\xef\xbb\xbf<?xml version='1.0'?>"), "text/xml");
        assert_eq!(media_type("délibération\n".as_bytes()), "text/plain");
        assert_eq!(media_type(b"caf\xe9"), "application/octet-stream");
        assert_eq!(media_type(b""), "application/octet-stream");
    }
}
