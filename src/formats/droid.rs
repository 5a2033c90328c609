//! PRONOM's signature file, as DROID reads it: formats, their signatures, extensions and priorities.
//!
//! Never believes what it reads: bounded, and a signature that is not understood is left out and named, while the rest serve.

use std::io::Read;

use super::Error;
use super::chain::Chain;
use super::sequence::{self, Anchor, Fragment, Part, Written};
use super::xml::{Element, Piece, Xml, short};

/// Formats and signatures of a file; PRONOM has some 2 500 of each.
const FORMATS_MAX: usize = 100_000;
/// Fragments and subsequences of one signature.
const PARTS_MAX: usize = 4_096;
/// Names, versions and media types are shown: cut there.
const WORDS_CHARS_MAX: usize = 250;

/// A signature file as read.
#[derive(Debug, Default)]
pub struct File {
    pub version: String,
    pub formats: Vec<Format>,
    /// By identifier.
    pub signatures: Vec<(String, Vec<Chain>)>,
    /// Signatures left out, each with the reason.
    pub left_out: Vec<(String, String)>,
}

/// A format as read.
#[derive(Debug, Default)]
pub struct Format {
    pub id: String,
    pub puid: String,
    pub name: String,
    pub version: String,
    pub mime: String,
    pub extensions: Vec<String>,
    pub signatures: Vec<String>,
    /// Identifiers of the formats it is preferred to.
    pub over: Vec<String>,
}

/// Reads a signature file.
///
/// # Errors
/// It is no signature file, or past a bound.
pub fn read(source: impl Read) -> Result<File, Error> {
    let mut xml = Xml::new(source);
    let Piece::Start(root) = xml.advance()? else { return Err(not_one()) };
    if root.name != "FFSignatureFile" {
        return Err(not_one());
    }
    let mut file = File { version: words(root.attribute("Version")), ..File::default() };
    loop {
        match xml.advance()? {
            Piece::Start(element) => match element.name.as_str() {
                "InternalSignatureCollection" | "FileFormatCollection" => {}
                "InternalSignature" => {
                    let id = element.attribute("ID").unwrap_or_default().to_owned();
                    match signature(&mut xml)? {
                        Ok(chains) => file.signatures.push((id, chains)),
                        Err(why) => file.left_out.push((id, why)),
                    }
                }
                "FileFormat" => file.formats.push(format(&element, &mut xml)?),
                _ => xml.skip()?,
            },
            Piece::End(_) => {}
            Piece::Over => break,
        }
        if file.formats.len() > FORMATS_MAX || file.signatures.len() + file.left_out.len() > FORMATS_MAX {
            return Err(Error::TooLarge("formats ou signatures"));
        }
    }
    if file.formats.is_empty() { Err(not_one()) } else { Ok(file) }
}

fn not_one() -> Error {
    Error::Malformed("ce n'est pas un fichier de signatures de PRONOM (FFSignatureFile)".into())
}

/// An attribute that will be shown.
fn words(value: Option<&str>) -> String {
    let printable = value.unwrap_or_default().chars().filter(|c| !c.is_control());
    printable.take(WORDS_CHARS_MAX).collect()
}

fn format<R: Read>(element: &Element, xml: &mut Xml<R>) -> Result<Format, Error> {
    let mut format = Format {
        id: element.attribute("ID").unwrap_or_default().to_owned(),
        puid: words(element.attribute("PUID")),
        name: words(element.attribute("Name")),
        version: words(element.attribute("Version")),
        mime: words(element.attribute("MIMEType")),
        ..Format::default()
    };
    loop {
        let element = match xml.advance()? {
            Piece::Start(element) => element,
            Piece::End(_) => break,
            Piece::Over => return Err(not_one()),
        };
        let text = xml.text()?;
        match element.name.as_str() {
            "InternalSignatureID" => format.signatures.push(text),
            "Extension" => format.extensions.push(text.to_ascii_lowercase()),
            "HasPriorityOverFileFormatID" => format.over.push(text),
            _ => {}
        }
        if format.signatures.len() + format.extensions.len() + format.over.len() > PARTS_MAX {
            return Err(Error::TooLarge("lignes pour un format"));
        }
    }
    match format.puid.is_empty() {
        true => Err(Error::Malformed(format!("format {} sans PUID", short(&format.id)))),
        false => Ok(format),
    }
}

/// Reads an `InternalSignature` just started: its chains, or why it is left out.
///
/// # Errors
/// The file is not well-formed, or past a bound.
pub fn signature<R: Read>(xml: &mut Xml<R>) -> Result<Result<Vec<Chain>, String>, Error> {
    let (mut chains, mut why) = (Vec::new(), None);
    loop {
        match xml.advance()? {
            Piece::Start(element) if element.name == "ByteSequence" => {
                let written = byte_sequence(&element, xml)?;
                match written.and_then(sequence::compile) {
                    Ok(chain) => chains.push(chain),
                    Err(reason) => drop(why.get_or_insert(reason)),
                }
            }
            Piece::Start(_) => xml.skip()?,
            Piece::End(_) => break,
            Piece::Over => return Err(not_one()),
        }
        if chains.len() > PARTS_MAX {
            return Err(Error::TooLarge("séquences dans une signature"));
        }
    }
    Ok(match why {
        Some(why) => Err(why),
        None if chains.is_empty() => Err("aucune séquence".into()),
        None => Ok(chains),
    })
}

fn byte_sequence<R: Read>(element: &Element, xml: &mut Xml<R>) -> Result<Result<Written, String>, Error> {
    let anchor = match element.attribute("Reference") {
        Some("BOFoffset" | "Absolute from BOF") => Ok(Anchor::Beginning),
        Some("EOFoffset" | "Absolute from EOF") => Ok(Anchor::End),
        None | Some("" | "Variable") => Ok(Anchor::Nowhere),
        Some(other) => Err(format!("référence « {} » inconnue", short(other))),
    };
    let mut parts = Vec::new();
    loop {
        match xml.advance()? {
            Piece::Start(element) if element.name == "SubSequence" => {
                let position = element.number("Position")?.unwrap_or(parts.len() as u64 + 1);
                let min = element.number("SubSeqMinOffset")?.unwrap_or(0);
                let mut part =
                    Part { position, min, max: element.number("SubSeqMaxOffset")?, ..Part::default() };
                fill(&mut part, xml)?;
                parts.push(part);
            }
            Piece::Start(_) => xml.skip()?,
            Piece::End(_) => break,
            Piece::Over => return Err(not_one()),
        }
        if parts.len() > PARTS_MAX {
            return Err(Error::TooLarge("sous-séquences"));
        }
    }
    Ok(anchor.map(|anchor| Written { anchor, parts }))
}

/// The sequence and the fragments of a subsequence. Its shifts are DROID's own search tables: of no use here.
fn fill<R: Read>(part: &mut Part, xml: &mut Xml<R>) -> Result<(), Error> {
    loop {
        let element = match xml.advance()? {
            Piece::Start(element) => element,
            Piece::End(_) => return Ok(()),
            Piece::Over => return Err(not_one()),
        };
        let (min, max) = (element.number("MinOffset")?, element.number("MaxOffset")?);
        let position = element.number("Position")?.unwrap_or(1);
        let sequence = xml.text()?;
        let fragment = Fragment { position, min: min.unwrap_or(0), max, sequence };
        match element.name.as_str() {
            "Sequence" => part.sequence = fragment.sequence,
            "LeftFragment" => part.left.push(fragment),
            "RightFragment" => part.right.push(fragment),
            _ => {}
        }
        if part.left.len() + part.right.len() > PARTS_MAX {
            return Err(Error::TooLarge("fragments"));
        }
    }
}
