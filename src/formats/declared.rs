//! What is declared of a file's format in a transfer being written: what its bytes show, else what its name says.
//!
//! Never judges: what is declared is compared with the bytes again when the transfer is examined.

use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

use super::{Format, HEAD_BYTES, Signatures, media_type};

/// Formats that PRONOM has no signature of, and whose names say what they are.
const BY_NAME: [(&str, &str); 4] = [
    (".p7s", "application/pkcs7-signature"),
    (".p7m", "application/pkcs7-mime"),
    (".p7c", "application/pkcs7-mime"),
    (".tsr", "application/timestamp-reply"),
];
/// The PUID of plain text.
const PLAIN_TEXT: &str = "x-fmt/111";

/// A format as a transfer declares it.
#[derive(Clone, Debug)]
pub struct Declared {
    /// `None`: not known.
    pub format: Option<Arc<Format>>,
    pub mime: String,
}

/// What to declare of a file of this name.
///
/// # Errors
/// When the file cannot be read.
pub fn declared(signatures: &Signatures, file: &mut (impl Read + Seek), name: &str) -> io::Result<Declared> {
    file.seek(SeekFrom::Start(0))?;
    let mut head = Vec::new();
    Read::by_ref(file).take(HEAD_BYTES as u64).read_to_end(&mut head)?;
    file.seek(SeekFrom::Start(0))?;
    let format = signatures.identify(file, name)?.format;
    let named = BY_NAME.iter().find(|(end, _)| name.to_ascii_lowercase().ends_with(end));
    // What has no signature and is plain text to the eye is what its name says.
    let format = format.filter(|format| named.is_none() || format.puid != PLAIN_TEXT);
    let mime = mime(&head, format.as_deref(), named.map(|(_, mime)| *mime));
    Ok(Declared { format, mime })
}

/// What the first bytes show, else what the format or the name says.
fn mime(head: &[u8], format: Option<&Format>, of_name: Option<&str>) -> String {
    const UNKNOWN: &str = "application/octet-stream";
    let of_format =
        format.and_then(|format| format.mime.split(',').map(str::trim).find(|mime| !mime.is_empty()));
    match media_type(head) {
        // Many formats are kept in a zip.
        UNKNOWN | "application/zip" | "application/x-ole-storage" => of_format.or(of_name).unwrap_or(UNKNOWN),
        "text/plain" => of_name.or(of_format).unwrap_or("text/plain"),
        shown => shown,
    }
    .to_owned()
}
