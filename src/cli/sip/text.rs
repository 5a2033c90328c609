//! The text of a table before its columns are known: its letters, its quotes, names that are nearly right.
//!
//! Never knows what a column is for. The one thing to know: what is read here was written by a spreadsheet, not by us.

/// UTF-8, with a mark or without, else Windows-1252, each line ended by a line feed alone: what spreadsheets write, and lines that
/// are counted as people see them (a reader of CSV counts them one too few after a carriage return).
pub(super) fn decoded(bytes: Vec<u8>) -> String {
    const HIGH: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";
    let text = match String::from_utf8(bytes) {
        Ok(text) => text.strip_prefix('\u{feff}').map_or(text.clone(), str::to_owned),
        Err(other) => {
            let high: Vec<char> = HIGH.chars().collect();
            let one = |byte: u8| match byte {
                0x80..=0x9f => high.get(usize::from(byte - 0x80)).copied().unwrap_or('\u{fffd}'),
                byte => char::from(byte),
            };
            other.into_bytes().into_iter().map(one).collect()
        }
    };
    text.replace("\r\n", "\n").replace('\r', "\n")
}

/// Line of a quote that opens a value and is never closed.
pub(super) fn open_quote(text: &str, separator: char) -> Option<u64> {
    let (mut line, mut opened, mut starts) = (1, None, true);
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match (c, opened) {
            ('"', None) if starts => opened = Some(line),
            ('"', Some(_)) if rest.peek() == Some(&'"') => drop(rest.next()),
            ('"', Some(_)) => opened = None,
            _ => {}
        }
        starts = opened.is_none() && (c == separator || c == '\n');
        line += u64::from(c == '\n');
    }
    opened
}
