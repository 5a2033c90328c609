//! One file: what it is, and as much of it as can be shown safely.

use askama::Template;

use crate::web::pages::shell::{Fact, Link, Shell};

/// `GET /archives/objets/{id}`.
#[derive(Template)]
#[template(path = "access/object.html")]
pub struct ObjectPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub download: String,
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
    None(&'static str),
}

/// Bytes of a text that a page shows.
pub const TEXT_BYTES_MAX: usize = 64 << 10;

/// The beginning of a text file, in UTF-8 or else in Windows' Latin alphabet, without control characters.
pub fn text_preview(beginning: &[u8], whole: bool) -> Preview {
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
