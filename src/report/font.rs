//! The faces of a report, what each character measures in them, and what stands for a character they lack.
//!
//! One character, one glyph: no ligature, so that a text is read back as it was written. The fonts are those of the portal,
//! under the SIL Open Font License (`fonts/`), as variable fonts set to three weights.

use std::collections::HashMap;
use std::sync::LazyLock;

use krilla::text::{Font, GlyphId, Tag};
use skrifa::instance::Size;
use skrifa::{FontRef, MetadataProvider};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

const TEXT: &[u8] = include_bytes!("fonts/atkinson-hyperlegible-next.ttf");
const TITLE: &[u8] = include_bytes!("fonts/source-serif-4.ttf");

/// What stands for a character that has neither a glyph nor a letter at its base.
const UNKNOWN: char = '?';

/// One face of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Face {
    Text,
    Strong,
    Title,
}

/// A face, measured.
pub(super) struct Measured {
    pub font: Font,
    /// Glyph and advance, in parts of the size.
    glyphs: HashMap<char, (GlyphId, f32)>,
}

static FACES: LazyLock<[Measured; 3]> =
    LazyLock::new(|| [measure(TEXT, 400.0), measure(TEXT, 650.0), measure(TITLE, 600.0)]);

impl Face {
    pub(super) fn measured(self) -> &'static Measured {
        &FACES[self as usize]
    }

    /// Width of a text that was made [`writable`], at this size.
    pub(super) fn width(self, text: &str, size: f32) -> f32 {
        let measured = self.measured();
        text.chars().map(|character| measured.glyph(character).1 * size).sum()
    }
}

impl Measured {
    /// The glyph of a character and its advance; those of [`UNKNOWN`] when it has none.
    pub(super) fn glyph(&self, character: char) -> (GlyphId, f32) {
        let found = self.glyphs.get(&character).or_else(|| self.glyphs.get(&UNKNOWN));
        found.copied().unwrap_or((GlyphId::new(0), 0.5))
    }
}

/// The text with what every face can write alone: composed, a space for each control, `ş` as `s` when it must be, and a question
/// mark for the rest.
pub(super) fn writable(text: &str) -> String {
    let has = |character: &char| FACES.iter().all(|face| face.glyphs.contains_key(character));
    let alone = |character: &char| has(character) && !is_combining_mark(*character);
    let mut out = String::with_capacity(text.len());
    for character in text.nfc() {
        match character {
            '\u{202f}' | '\u{2007}' => out.push('\u{a0}'),
            '\u{2010}' | '\u{2011}' => out.push('-'),
            '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}'
            | '\u{feff}'
            | '\u{ad}' => {}
            blank if blank.is_control() || (blank.is_whitespace() && blank != '\u{a0}') => out.push(' '),
            known if has(&known) => out.push(known),
            other => {
                let base: String = std::iter::once(other).nfkd().map(barred).filter(alone).collect();
                if base.is_empty() { out.push(UNKNOWN) } else { out.push_str(&base) }
            }
        }
    }
    out
}

/// The letter under a bar or without its dot, which Unicode does not decompose.
fn barred(letter: char) -> char {
    match letter {
        'Ł' => 'L',
        'ł' => 'l',
        'Đ' => 'D',
        'đ' => 'd',
        'ı' => 'i',
        other => other,
    }
}

fn measure(bytes: &'static [u8], weight: f32) -> Measured {
    let font = Font::new_variable(bytes.into(), 0, &[(Tag::new(b"wght"), weight)]).expect("a font of ours");
    let read = FontRef::new(bytes).expect("a font of ours");
    let location = read.axes().location([("wght", weight)]);
    let metrics = read.glyph_metrics(Size::new(1.0), &location);
    let glyphs = read.charmap().mappings().filter_map(|(code, glyph)| {
        let advance = metrics.advance_width(glyph)?;
        Some((char::from_u32(code)?, (GlyphId::new(glyph.to_u32()), advance)))
    });
    Measured { font, glyphs: glyphs.collect() }
}
