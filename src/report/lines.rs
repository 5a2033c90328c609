//! Texts cut into lines: between words where it can, inside a word that is wider than a line, and no more lines than allowed.

use super::font::{Face, writable};

/// How a text is set.
#[derive(Clone, Copy, Debug)]
pub(super) struct Style {
    pub face: Face,
    pub size: f32,
    pub color: Color,
}

/// Red, green, blue.
pub(super) type Color = (u8, u8, u8);

/// What ends a text that was cut.
const CUT: &str = "\u{a0}…";

impl Style {
    /// From one line's foot to the next.
    pub(super) fn leading(self) -> f32 {
        self.size * 1.36
    }

    pub(super) fn width(self, text: &str) -> f32 {
        self.face.width(text, self.size)
    }
}

/// The lines of a text, at least one and at most `most`; each but the last keeps the space that ended it, so that words do not
/// run together when the text is read back.
pub(super) fn wrap(text: &str, style: Style, width: f32, most: usize) -> Vec<String> {
    let text = writable(text);
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let joined = if line.is_empty() { word.to_owned() } else { format!("{line} {word}") };
        if style.width(&joined) <= width {
            line = joined;
            continue;
        }
        if !line.is_empty() {
            lines.push(std::mem::take(&mut line) + " ");
        }
        for character in word.chars() {
            line.push(character);
            if style.width(&line) > width && line.chars().count() > 1 {
                line.pop();
                lines.push(std::mem::replace(&mut line, character.to_string()));
            }
        }
        if lines.len() > most {
            break;
        }
    }
    lines.push(line);
    if lines.len() > most {
        lines.truncate(most);
        lines.last_mut().into_iter().for_each(|last| cut(last, style, width));
    }
    lines
}

/// Ends the line with the mark of what was cut.
fn cut(line: &mut String, style: Style, width: f32) {
    while line.ends_with(' ') || (!line.is_empty() && style.width(line) + style.width(CUT) > width) {
        line.pop();
    }
    line.push_str(CUT);
}
