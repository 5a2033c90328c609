//! PRONOM's container signature file: what lies in a ZIP or an OLE2 document of each format.
//!
//! Never believes what it reads, as `droid` does not.

use std::io::Read;

use super::Error;
use super::chain::Chain;
use super::droid;
use super::inner::Kind;
use super::xml::{Element, Piece, Xml};

const SIGNATURES_MAX: usize = 50_000;
const FILES_MAX: usize = 256;
const PATH_BYTES_MAX: usize = 4_096;
/// Elements open inside a `File`: it, `Files` and the signature.
const IN_FILE: usize = 3;

/// A container signature file as read.
#[derive(Debug, Default)]
pub struct File {
    pub version: String,
    pub signatures: Vec<Signature>,
    /// From a signature's identifier to a PUID.
    pub formats: Vec<(String, String)>,
    /// Formats whose bytes say that the inside is worth looking at.
    pub triggers: Vec<(Kind, String)>,
    /// Signatures left out, each with the reason.
    pub left_out: Vec<(String, String)>,
}

/// What a container must hold.
#[derive(Debug)]
pub struct Signature {
    pub id: String,
    pub kind: Kind,
    pub files: Vec<Inner>,
}

/// A file inside, and what it must match: one of these signatures, when there is any.
#[derive(Debug, Default)]
pub struct Inner {
    pub path: String,
    pub signatures: Vec<Vec<Chain>>,
}

/// Reads a container signature file.
///
/// # Errors
/// It is no such file, or past a bound.
pub fn read(source: impl Read) -> Result<File, Error> {
    let mut xml = Xml::new(source);
    let Piece::Start(root) = xml.advance()? else { return Err(not_one()) };
    if root.name != "ContainerSignatureMapping" {
        return Err(not_one());
    }
    let version = root.attribute("signatureVersion").unwrap_or_default().chars().take(40).collect();
    let mut file = File { version, ..File::default() };
    loop {
        match xml.advance()? {
            Piece::Start(element) => entry(&element, &mut xml, &mut file)?,
            Piece::End(_) => {}
            Piece::Over => break,
        }
        let counts = [file.signatures.len(), file.formats.len(), file.triggers.len(), file.left_out.len()];
        if counts.iter().sum::<usize>() > SIGNATURES_MAX {
            return Err(Error::TooLarge("signatures de conteneurs"));
        }
    }
    if file.signatures.is_empty() { Err(not_one()) } else { Ok(file) }
}

fn not_one() -> Error {
    Error::Malformed("ce n'est pas un fichier de signatures de conteneurs (ContainerSignatureMapping)".into())
}

fn entry<R: Read>(element: &Element, xml: &mut Xml<R>, file: &mut File) -> Result<(), Error> {
    let value = |name: &str| element.attribute(name).unwrap_or_default().to_owned();
    match element.name.as_str() {
        "ContainerSignatures" | "FileFormatMappings" | "TriggerPuids" => Ok(()),
        "ContainerSignature" => {
            let (id, kind) = (value("Id"), Kind::named(&value("ContainerType")));
            match (kind, inner_files(xml)?) {
                (Some(kind), Ok(files)) => file.signatures.push(Signature { id, kind, files }),
                (None, _) => file.left_out.push((id, "type de conteneur inconnu".into())),
                (_, Err(why)) => file.left_out.push((id, why)),
            }
            Ok(())
        }
        "FileFormatMapping" => {
            file.formats.push((value("signatureId"), value("Puid")));
            xml.skip()
        }
        "TriggerPuid" => {
            file.triggers.extend(Kind::named(&value("ContainerType")).map(|kind| (kind, value("Puid"))));
            xml.skip()
        }
        _ => xml.skip(),
    }
}

/// The files of a `ContainerSignature` just started.
fn inner_files<R: Read>(xml: &mut Xml<R>) -> Result<Result<Vec<Inner>, String>, Error> {
    let (mut files, mut why, mut depth): (Vec<Inner>, Option<String>, usize) = (Vec::new(), None, 1);
    while depth > 0 {
        match xml.advance()? {
            Piece::Start(element) => match element.name.as_str() {
                "Path" => {
                    let path = xml.text()?;
                    if path.is_empty() || path.len() > PATH_BYTES_MAX {
                        why.get_or_insert("chemin vide ou trop long".into());
                    }
                    if let Some(file) = files.last_mut() {
                        file.path = path;
                    }
                }
                "InternalSignature" => match (droid::signature(xml)?, files.last_mut()) {
                    (Ok(chains), Some(file)) => file.signatures.push(chains),
                    (Err(reason), _) => drop(why.get_or_insert(reason)),
                    (Ok(_), None) => {}
                },
                "File" => {
                    files.push(Inner::default());
                    depth += 1;
                }
                "Files" | "InternalSignatureCollection" => depth += 1,
                // Signatures beside the files, as one of PRONOM's has them, are of no file: DROID passes over them too.
                "BinarySignatures" if depth == IN_FILE => depth += 1,
                _ => xml.skip()?,
            },
            Piece::End(_) => depth -= 1,
            Piece::Over => return Err(not_one()),
        }
        if files.len() > FILES_MAX {
            return Err(Error::TooLarge("fichiers dans une signature de conteneur"));
        }
    }
    Ok(match why {
        Some(why) => Err(why),
        None if files.is_empty() || files.iter().any(|file| file.path.is_empty()) => {
            Err("aucun fichier nommé".into())
        }
        None => Ok(files),
    })
}
