//! What can be shown of a file: never more than its beginning, never what would run.
//!
//! A text and an XML document are shown in the page itself, escaped; pictures, PDF and recordings are asked for at an address whose
//! answer is a sandbox (`crate::web::content`).

mod actes;
mod pes;
mod tree;

use std::io::Read;

use actix_web::web;

use super::description;
use super::object::shown_address;
use crate::access::{ObjectView, Reader};
use crate::model::ObjectId;
use crate::web::pages::shell::Fact;
use crate::web::{Problem, State, content, problems};

/// What can be shown of a file.
pub enum Preview {
    Pdf(String),
    Image(String),
    Audio(String),
    Video(String),
    Text {
        text: String,
        cut: bool,
    },
    /// A structured document: what it says for whoever knows its kind, then all its elements.
    Xml {
        sheet: Option<Sheet>,
        lines: Vec<XmlLine>,
        cut: bool,
    },
    /// Nothing, and why.
    None(String),
}

/// A document of a known kind, told to people.
pub struct Sheet {
    pub title: String,
    pub facts: Vec<Fact>,
    pub head: Vec<&'static str>,
    pub rows: Vec<Vec<String>>,
    /// More rows than are shown.
    pub cut: bool,
}

/// An element of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct XmlLine {
    pub depth: usize,
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub text: String,
}

impl XmlLine {
    /// Spaces before it: deeper than anybody reads, no more.
    pub fn indent(&self) -> String {
        "  ".repeat(self.depth.min(24))
    }

    fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(one, _)| one == name).map(|(_, value)| value.as_str())
    }
}

/// Bytes of a text that a page shows.
const TEXT_BYTES_MAX: usize = 64 << 10;
/// Bytes of a document that are read.
const XML_BYTES_MAX: u64 = 4 << 20;
/// Elements of a document that a page shows.
const LINES_MAX: usize = 1_500;
/// Rows of a sheet.
const ROWS_MAX: usize = 200;

/// What the page of a file shows of it to this reader.
pub async fn of(reader: &Reader, view: &ObjectView, state: &State) -> Result<Preview, Problem> {
    if !state.access.opens(reader, &view.archive, view.opening) {
        return Ok(Preview::None(description::closed(reader, &view.archive, view.opening)));
    }
    let id = view.object.object_id;
    let shown = shown_address(id);
    Ok(match content::shown_as(&view.object) {
        Some("application/pdf") => Preview::Pdf(format!("{shown}#navpanes=0&view=FitH")),
        Some(media) if media.starts_with("image/") => Preview::Image(shown),
        Some(media) if media.starts_with("audio/") => Preview::Audio(shown),
        Some(media) if media.starts_with("video/") => Preview::Video(shown),
        _ => match view.object.media_type.as_str() {
            "text/plain" | "text/csv" => text(reader, id, state).await?,
            "text/xml" | "application/xml" => xml(reader, id, state).await?,
            _ => Preview::None(
                "Ce genre de fichier ne se montre pas dans la page : téléchargez-le pour l’ouvrir.".into(),
            ),
        },
    })
}

async fn text(reader: &Reader, id: ObjectId, state: &State) -> Result<Preview, Problem> {
    let (beginning, whole) = beginning(reader, id, state, TEXT_BYTES_MAX as u64).await?;
    Ok(text_preview(&beginning, whole))
}

async fn xml(reader: &Reader, id: ObjectId, state: &State) -> Result<Preview, Problem> {
    let (beginning, whole) = beginning(reader, id, state, XML_BYTES_MAX).await?;
    let read = web::block(move || xml_preview(&beginning, whole));
    read.await.map_err(|error| problems::failure(&error, true))
}

/// The first bytes of a file, and whether they are all of it.
async fn beginning(
    reader: &Reader,
    id: ObjectId,
    state: &State,
    most: u64,
) -> Result<(Vec<u8>, bool), Problem> {
    let opened = state.access.open(reader, id).await?.ok_or_else(problems::not_found)?;
    let whole = opened.file.len() <= most;
    let read = web::block(move || {
        let mut beginning = Vec::new();
        opened.file.take(most).read_to_end(&mut beginning).map(|_| beginning)
    });
    let beginning = read.await.map_err(|error| problems::failure(&error, true))?;
    Ok((beginning.map_err(|error| problems::failure(&error, true))?, whole))
}

/// A document as its elements, and as a sheet when its kind is known; a text when it is no document.
fn xml_preview(beginning: &[u8], whole: bool) -> Preview {
    let (mut lines, ended) = tree::lines(beginning);
    if lines.is_empty() {
        return text_preview(beginning, whole);
    }
    let sheet = pes::sheet(&lines).or_else(|| actes::sheet(&lines));
    let cut = !ended || lines.len() > LINES_MAX;
    lines.truncate(LINES_MAX);
    Preview::Xml { sheet, lines, cut }
}

/// The beginning of a text file, in UTF-8 or else in Windows' Latin alphabet, without control characters.
fn text_preview(beginning: &[u8], whole: bool) -> Preview {
    let kept = &beginning[..beginning.len().min(TEXT_BYTES_MAX)];
    let text = match std::str::from_utf8(kept) {
        Ok(text) => text.to_owned(),
        // A character cut in two by the limit.
        Err(error) if error.error_len().is_none() => {
            String::from_utf8_lossy(&kept[..error.valid_up_to()]).into_owned()
        }
        Err(_) => kept.iter().map(|&byte| windows_latin(byte)).collect(),
    };
    let text = text
        .trim_start_matches('\u{feff}')
        .chars()
        .filter(|c| !c.is_control() || "\n\t".contains(*c))
        .collect();
    Preview::Text { text, cut: !whole || beginning.len() > kept.len() }
}

/// Windows-1252: what French offices wrote before UTF-8.
fn windows_latin(byte: u8) -> char {
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}',
        '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
    ];
    match byte {
        0x80..=0x9f => HIGH[usize::from(byte - 0x80)],
        other => char::from(other),
    }
}

#[cfg(test)]
mod tests;
