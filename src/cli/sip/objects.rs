//! The files of a transfer: digested, and named by their formats.

use std::fs::File;
use std::io;

use super::super::Failure;
use super::tree::{Found, Source};
use crate::formats::{Declared, Signatures, declared};
use crate::proof::digest::sha512_of;
use crate::seda::write::transfer::NewObject;

/// Folder of the objects in the container.
const CONTENT: &str = "content";

/// Each file digested and named by its format.
pub(super) fn objects(files: &[Found], sources: &mut Vec<Source>) -> Result<Vec<NewObject>, Failure> {
    let signatures = Signatures::built_in();
    let one = |found: &Found, mark: u32| -> Result<NewObject, Failure> {
        let said = |error: io::Error| format!("{} : {error}", found.path.display());
        let mut file = File::open(&found.path).map_err(said)?;
        let (sha512, size_bytes) = sha512_of(&mut file).map_err(said)?;
        let Declared { format, mime } = declared(&signatures, &mut file, &found.name).map_err(said)?;
        let file_name = found.name.rsplit('/').next().unwrap_or_default().to_owned();
        Ok(NewObject {
            uri: format!("{CONTENT}/{}", found.name),
            file_name,
            sha512: hex::encode(sha512),
            size_bytes,
            puid: format.as_ref().map(|format| format.puid.to_string()),
            format_name: format.as_ref().map(|format| format.name.to_string()),
            mime: Some(mime),
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
