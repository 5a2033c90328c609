//! Places the words of a demonstration document on A4 pages: wrapping, tables, page breaks.
//!
//! Pure arithmetic on points (1/72 inch); [`super::pdf`] writes what is placed here. Widths are those of the
//! standard Helvetica, so that no font need be embedded.

/// A4, in points.
pub const PAGE_WIDTH: f32 = 595.0;
pub const PAGE_HEIGHT: f32 = 842.0;
const MARGIN: f32 = 64.0;
const WIDTH: f32 = PAGE_WIDTH - 2.0 * MARGIN;
const FOOT: f32 = 78.0;
const BODY: f32 = 10.5;

/// One of the two faces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Font {
    Regular,
    Bold,
}

/// Something drawn; `x`, `y` from the lower left corner.
#[derive(Clone, Debug)]
pub enum Mark {
    Text { x: f32, y: f32, font: Font, size: f32, words: String },
    Rule { x: f32, y: f32, width: f32 },
    Shade { x: f32, y: f32, width: f32, height: f32 },
}

struct Paper {
    pages: Vec<Vec<Mark>>,
    y: f32,
}

#[derive(Clone, Copy)]
enum Side {
    Left,
    Middle,
    Right,
}

/// The pages of a text (see [`super::pdf::render`] for its marks), at least one.
pub fn pages(text: &str) -> Vec<Vec<Mark>> {
    let mut paper = Paper { pages: vec![Vec::new()], y: PAGE_HEIGHT - 72.0 };
    let mut table: Vec<Vec<&str>> = Vec::new();
    for line in text.lines().map(str::trim_end) {
        if let Some(row) = line.strip_prefix('|') {
            table.push(row.split('|').map(str::trim).collect());
            continue;
        }
        paper.table(&std::mem::take(&mut table));
        paper.line(line);
    }
    paper.table(&table);
    paper.feet();
    paper.pages
}

impl Paper {
    fn line(&mut self, line: &str) {
        if let Some(words) = line.strip_prefix("! ") {
            self.block(&format!("*{words}*"), 11.0, MARGIN, Side::Left);
            self.mark(Mark::Rule { x: MARGIN, y: self.y + 6.0, width: WIDTH });
            self.y -= 22.0;
        } else if let Some(words) = line.strip_prefix("== ") {
            self.block(&format!("*{words}*"), 12.0, MARGIN, Side::Middle);
            self.y -= 8.0;
        } else if let Some(words) = line.strip_prefix("= ") {
            self.block(&format!("*{words}*"), 17.0, MARGIN, Side::Middle);
            self.y -= 6.0;
        } else if let Some(words) = line.strip_prefix("> ") {
            self.block(words, BODY, MARGIN, Side::Right);
        } else if let Some(words) = line.strip_prefix("- ") {
            self.need(BODY * 1.5);
            self.text(MARGIN + 6.0, Font::Regular, BODY, "–");
            self.block(words, BODY, MARGIN + 20.0, Side::Left);
            self.y -= 3.0;
        } else if line.is_empty() {
            self.y -= 7.0;
        } else {
            self.block(line, BODY, MARGIN, Side::Left);
        }
    }

    /// Wrapped words between `left` and the right margin.
    fn block(&mut self, words: &str, size: f32, left: f32, side: Side) {
        let room = PAGE_WIDTH - MARGIN - left;
        for line in wrap(words, size, room) {
            self.need(size * 1.45);
            let width: f32 = line.iter().map(|(font, word)| width_of(word, *font, size)).sum();
            let mut x = match side {
                Side::Left => left,
                Side::Middle => left + (room - width) / 2.0,
                Side::Right => left + room - width,
            };
            for (font, word) in &line {
                self.text(x, *font, size, word);
                x += width_of(word, *font, size);
            }
            self.y -= size * 1.45;
        }
    }

    /// A table: the first row is its head, cells after the first column end at its right.
    fn table(&mut self, rows: &[Vec<&str>]) {
        let Some(head) = rows.first() else { return };
        let columns = head.len();
        let (size, height) = (9.5, 18.0);
        let narrow = 105.0_f32.min(WIDTH / columns as f32);
        for (index, row) in rows.iter().enumerate() {
            self.need(height);
            let font = if index == 0 || row[0].starts_with("Total") { Font::Bold } else { Font::Regular };
            if index == 0 {
                self.mark(Mark::Shade { x: MARGIN, y: self.y - 5.0, width: WIDTH, height });
            }
            for (column, cell) in row.iter().enumerate().take(columns) {
                let end = PAGE_WIDTH - MARGIN - narrow * (columns - 1 - column) as f32 - 4.0;
                let x = if column == 0 { MARGIN + 4.0 } else { end - width_of(cell, font, size) };
                self.text(x, font, size, cell);
            }
            self.mark(Mark::Rule { x: MARGIN, y: self.y - 5.0, width: WIDTH });
            self.y -= height;
        }
        self.y -= 4.0;
    }

    fn feet(&mut self) {
        let count = self.pages.len();
        for (index, page) in self.pages.iter_mut().enumerate() {
            let number = format!("{} / {count}", index + 1);
            let right = PAGE_WIDTH - MARGIN - width_of(&number, Font::Regular, 8.0);
            let notice = "Document de démonstration, entièrement fictif".to_owned();
            page.push(Mark::Rule { x: MARGIN, y: 52.0, width: WIDTH });
            for (x, words) in [(MARGIN, notice), (right, number)] {
                page.push(Mark::Text { x, y: 40.0, font: Font::Regular, size: 8.0, words });
            }
        }
    }

    fn need(&mut self, height: f32) {
        if self.y - height < FOOT {
            self.pages.push(Vec::new());
            self.y = PAGE_HEIGHT - 72.0;
        }
    }

    fn text(&mut self, x: f32, font: Font, size: f32, words: &str) {
        self.mark(Mark::Text { x, y: self.y, font, size, words: words.to_owned() });
    }

    fn mark(&mut self, mark: Mark) {
        self.pages.last_mut().expect("a paper has a page").push(mark);
    }
}

/// Words in lines no wider than `room`; `*` turns bold on and off.
fn wrap(words: &str, size: f32, room: f32) -> Vec<Vec<(Font, String)>> {
    // A French colon never begins a line.
    let words = words.replace(" :", "\u{a0}:").replace(" ;", "\u{a0};").replace(" €", "\u{a0}€");
    let mut lines = vec![Vec::new()];
    let mut used = 0.0;
    let mut font = Font::Regular;
    for word in words.split(' ').filter(|word| !word.is_empty()) {
        let starts = word.starts_with('*');
        if starts {
            font = Font::Bold;
        }
        let bare = word.replace('*', "");
        let width = width_of(&bare, font, size);
        if used > 0.0 && used + width > room {
            lines.push(Vec::new());
            used = 0.0;
        }
        let spaced = format!("{bare} ");
        used += width_of(&spaced, font, size);
        lines.last_mut().expect("never empty").push((font, spaced));
        if word.trim_start_matches('*').contains('*') {
            font = Font::Regular;
        }
    }
    for line in &mut lines {
        if let Some((_, last)) = line.last_mut() {
            last.truncate(last.trim_end().len());
        }
    }
    lines
}

/// The WinAnsi byte of a character; `?` for what the encoding lacks.
pub fn win_ansi(character: char) -> u8 {
    match character {
        '€' => 0x80,
        '…' => 0x85,
        'Œ' => 0x8c,
        '‘' => 0x91,
        '’' => 0x92,
        '–' => 0x96,
        '—' => 0x97,
        'œ' => 0x9c,
        ' '..='~' | '\u{a0}'..='ÿ' => character as u32 as u8,
        _ => b'?',
    }
}

/// Width in points.
fn width_of(words: &str, font: Font, size: f32) -> f32 {
    let widths = if font == Font::Bold { &BOLD } else { &REGULAR };
    let thousandths: u32 = words.chars().map(|letter| u32::from(widths[plain(letter)])).sum();
    thousandths as f32 * size / 1000.0
}

/// Index of the letter that has the same width: accents change none.
fn plain(letter: char) -> usize {
    let letter = match letter {
        'À'..='Å' => 'A',
        'Ç' => 'C',
        'È'..='Ë' => 'E',
        'Ì'..='Ï' => 'I',
        'Ò'..='Ö' => 'O',
        'Ù'..='Ü' => 'U',
        'à'..='å' => 'a',
        'ç' => 'c',
        'è'..='ë' | '€' | '²' => 'e',
        'ì'..='ï' => 'i',
        'ò'..='ö' => 'o',
        'ù'..='ü' => 'u',
        '’' | '‘' | '\'' => '\'',
        '\u{a0}' => ' ',
        'œ' | 'Œ' | '—' => 'm',
        ' '..='~' => letter,
        _ => 'e',
    };
    letter as usize - 32
}

#[rustfmt::skip]
const REGULAR: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 222, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667,
    556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556, 333, 556,
    556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722,
    500, 500, 500, 334, 260, 334, 584,
];
#[rustfmt::skip]
const BOLD: [u16; 95] = [
    278, 333, 474, 556, 556, 889, 722, 278, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556,
    556, 556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667, 611, 778, 722, 278, 556, 722,
    611, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 333, 278, 333, 584, 556, 333, 556,
    611, 556, 611, 556, 333, 611, 611, 278, 278, 556, 278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778,
    556, 556, 500, 389, 280, 389, 584,
];
