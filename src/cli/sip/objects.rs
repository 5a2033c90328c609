//! The files of a transfer: digested, and named by their formats.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use super::super::Failure;
use super::tree::{Found, Source};
use crate::formats::{Format, HEAD_BYTES, Signatures, media_type};
use crate::proof::digest::sha512_of;
use crate::seda::write::transfer::NewObject;

/// Folder of the objects in the container.
const CONTENT: &str = "content";
/// Formats that PRONOM has no signature of, and whose names say what they are.
const BY_NAME: [(&str, &str); 4] = [
    (".p7s", "application/pkcs7-signature"),
    (".p7m", "application/pkcs7-mime"),
    (".p7c", "application/pkcs7-mime"),
    (".tsr", "application/timestamp-reply"),
];
/// The PUID of plain text.
const PLAIN_TEXT: &str = "x-fmt/111";

/// Each file digested and named by its format.
pub(super) fn objects(files: &[Found], sources: &mut Vec<Source>) -> Result<Vec<NewObject>, Failure> {
    let signatures = Signatures::built_in();
    let one = |found: &Found, mark: u32| -> Result<NewObject, Failure> {
        let said = |error: io::Error| format!("{} : {error}", found.path.display());
        let mut file = File::open(&found.path).map_err(said)?;
        let (sha512, size_bytes) = sha512_of(&mut file).map_err(said)?;
        file.seek(SeekFrom::Start(0)).map_err(said)?;
        let mut head = Vec::new();
        Read::by_ref(&mut file).take(HEAD_BYTES as u64).read_to_end(&mut head).map_err(said)?;
        file.seek(SeekFrom::Start(0)).map_err(said)?;
        let format = signatures.identify(&mut file, &found.name).map_err(said)?.format;
        let named = BY_NAME.iter().find(|(end, _)| found.name.to_ascii_lowercase().ends_with(end));
        // What has no signature and is plain text to the eye is what its name says.
        let format = format.filter(|format| named.is_none() || format.puid != PLAIN_TEXT);
        let file_name = found.name.rsplit('/').next().unwrap_or_default().to_owned();
        Ok(NewObject {
            uri: format!("{CONTENT}/{}", found.name),
            file_name,
            sha512: hex::encode(sha512),
            size_bytes,
            puid: format.as_ref().map(|format| format.puid.to_string()),
            format_name: format.as_ref().map(|format| format.name.to_string()),
            mime: Some(mime(&head, format.as_deref(), named.map(|(_, mime)| *mime))),
            mark: Some(mark),
        })
    };
    let mut objects = Vec::with_capacity(files.len());
    for found in files {
        objects.push(one(found, sources.len() as u32)?);
        sources.push(Source::Name(found.name.clone()));
    }
    Ok(objects)
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
