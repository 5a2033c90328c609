//! One file: what it is, and as much of it as can be shown safely.

use std::io::Read;

use actix_web::{HttpRequest, HttpResponse, web};
use askama::Template;
use uuid::Uuid;

use super::{description, unit};
use crate::access::{ObjectView, Reader};
use crate::catalog::Object;
use crate::model::ObjectId;
use crate::web::callers::{ContentReader, Searcher};
use crate::web::content::{self, Disposition};
use crate::web::pages::shell::{Account, Fact, Link, Section, Shell, answer};
use crate::web::pages::words;
use crate::web::{Problem, State, problems};

/// `GET /archives/objets/{id}`.
#[derive(Template)]
#[template(path = "access/object.html")]
pub struct ObjectPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    /// `None`: its bytes do not open for this person.
    pub download: Option<String>,
    pub size: String,
    pub preview: Preview,
    pub facts: Vec<Fact>,
    pub digest: String,
}

/// What can be shown of a file.
pub enum Preview {
    Pdf(String),
    Image(String),
    Text {
        text: String,
        cut: bool,
    },
    /// Nothing, and why.
    None(String),
}

/// The page of a file.
pub fn address(id: ObjectId) -> String {
    format!("/archives/objets/{id}")
}

/// The bytes of a file, to download.
pub fn download_address(id: ObjectId) -> String {
    format!("/archives/objets/{id}/contenu")
}

/// The bytes of a file, to show in its page.
fn shown_address(id: ObjectId) -> String {
    format!("/archives/objets/{id}/apercu")
}

/// `GET /archives/objets/{id}`.
pub async fn show(
    person: Searcher,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let reader = Reader::person(&person).ok_or_else(problems::not_found)?;
    let id = ObjectId(*id);
    let view = state.access.object(&reader, id).await?.ok_or_else(problems::not_found)?;
    let preview = preview(&reader, &view, &state).await?;
    let trail = trail(&reader, &view, &state).await?;
    Ok(answer(&ObjectPage {
        shell: Shell {
            title: view.object.file_name.clone(),
            account: Some(Account::of(&person)),
            section: Section::Archives,
            top: false,
        },
        trail,
        download: state.access.opens(&reader, view.opening).then(|| download_address(id)),
        size: words::size(view.object.size_bytes),
        preview,
        facts: facts(&view),
        digest: hex::encode(&view.object.sha512),
    }))
}

/// The way down to the file, by the first unit that it describes.
async fn trail(reader: &Reader, view: &ObjectView, state: &State) -> Result<Vec<Link>, Problem> {
    let Some(first) = view.units.first() else { return Ok(unit::trail(&[])) };
    let above = state.access.unit(reader, first.unit_id).await?.map(|above| above.ancestors);
    let mut units = above.unwrap_or_default();
    units.push(first.clone());
    Ok(unit::trail(&units))
}

/// `GET /archives/objets/{id}/contenu`.
pub async fn download(
    person: ContentReader,
    request: HttpRequest,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let reader = Reader::person(&person).ok_or_else(problems::not_found)?;
    content::answer(&state.access, &reader, ObjectId(*id), &request, Disposition::Download).await
}

/// `GET /archives/objets/{id}/apercu`.
pub async fn shown(
    person: ContentReader,
    request: HttpRequest,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let reader = Reader::person(&person).ok_or_else(problems::not_found)?;
    content::answer(&state.access, &reader, ObjectId(*id), &request, Disposition::Show).await
}

fn facts(view: &ObjectView) -> Vec<Fact> {
    let bytes = words::count(view.object.size_bytes, "octet", "octets");
    let size = if view.object.size_bytes < 1_000 {
        bytes
    } else {
        format!("{} ({bytes})", words::size(view.object.size_bytes))
    };
    let mut facts =
        vec![Fact::new("Nature", words::media(&view.object.media_type)), Fact::new("Taille", size)];
    facts.extend(view.object.usage.as_deref().map(|usage| Fact::new("Exemplaire", words::usage(usage))));
    facts.extend(format(&view.object));
    facts.push(description::opening(view.opening));
    facts.push(Fact::new("Cote de l’archive", &view.archive.cote));
    facts.push(Fact::new("Prise en charge", words::moment(view.archive.taken_in_charge_at).words));
    facts
}

/// The format as PRONOM names it; nothing for a file that nobody looked at.
fn format(object: &Object) -> Option<Fact> {
    let basis = object.format_basis.as_deref()?;
    Some(match &object.format {
        Some(format) => {
            let by = words::format_basis(basis);
            Fact::new("Format", format!("{} — {}, {by}", format.title(), format.puid))
        }
        None => Fact::new("Format", "Non reconnu"),
    })
}

async fn preview(reader: &Reader, view: &ObjectView, state: &State) -> Result<Preview, Problem> {
    if !state.access.opens(reader, view.opening) {
        return Ok(Preview::None(description::closed(reader, view.opening)));
    }
    let shown = shown_address(view.object.object_id);
    Ok(match view.object.media_type.as_str() {
        "application/pdf" => Preview::Pdf(format!("{shown}#navpanes=0&view=FitH")),
        "image/png" | "image/jpeg" | "image/gif" | "image/webp" => Preview::Image(shown),
        "text/plain" | "text/csv" | "text/xml" | "application/xml" => {
            text(reader, view.object.object_id, state).await?
        }
        _ => Preview::None(
            "Ce genre de fichier ne se montre pas dans la page : téléchargez-le pour l’ouvrir.".into(),
        ),
    })
}

async fn text(reader: &Reader, id: ObjectId, state: &State) -> Result<Preview, Problem> {
    let opened = state.access.open(reader, id).await?.ok_or_else(problems::not_found)?;
    let whole = opened.file.len() <= TEXT_BYTES_MAX as u64;
    let read = web::block(move || {
        let mut beginning = Vec::new();
        opened.file.take(TEXT_BYTES_MAX as u64).read_to_end(&mut beginning).map(|_| beginning)
    });
    let beginning = read.await.map_err(|error| problems::failure(&error, true))?;
    Ok(text_preview(&beginning.map_err(|error| problems::failure(&error, true))?, whole))
}

/// Bytes of a text that a page shows.
const TEXT_BYTES_MAX: usize = 64 << 10;

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
mod tests {
    use super::*;

    fn shown(bytes: &[u8], whole: bool) -> (String, bool) {
        match text_preview(bytes, whole) {
            Preview::Text { text, cut } => (text, cut),
            _ => panic!("a text"),
        }
    }

    #[test]
    fn texts_of_two_ages_are_read() {
        assert_eq!(
            shown("\u{feff}Délibération\r\nn° 4\0".as_bytes(), true),
            ("Délibération\nn° 4".into(), false)
        );
        assert_eq!(shown(b"D\xe9lib\xe9ration \x80 \x9cuvre", true).0, "Délibération € œuvre");
        assert_eq!(shown(&"é".as_bytes()[..1], false), (String::new(), true));
        let (text, cut) = shown(&vec![b'a'; TEXT_BYTES_MAX + 1], true);
        assert_eq!((text.len(), cut), (TEXT_BYTES_MAX, true));
    }
}
