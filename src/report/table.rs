//! Tables: names with their values, and columns with their heads, repeated where a page begins.

use super::flow::Flow;
use super::font::Face;
use super::lines::{Style, wrap};
use super::page::{INK, Item, LEFT, LINE, MIST, Node, RIGHT, SOFT, Tag};

/// A name and its value.
#[derive(Clone, Debug)]
pub struct Fact {
    pub name: String,
    pub value: String,
}

/// Rows under named columns.
#[derive(Clone, Debug)]
pub struct Table {
    /// What the rows are; empty: nothing is said.
    pub caption: String,
    pub columns: Vec<Column>,
    /// As many texts as there are columns; the first one names its row.
    pub rows: Vec<Vec<String>>,
    /// Lines that one cell may take.
    pub lines_max: usize,
}

/// A column.
#[derive(Clone, Debug)]
pub struct Column {
    pub name: String,
    /// Its part of the width, beside those of the others.
    pub share: f32,
}

const NAME: Style = Style { face: Face::Text, size: 9.0, color: SOFT };
const VALUE: Style = Style { face: Face::Text, size: 9.4, color: INK };
const HEAD: Style = Style { face: Face::Strong, size: 8.2, color: INK };
const CELL: Style = Style { face: Face::Text, size: 8.2, color: INK };
const CAPTION: Style = Style { face: Face::Text, size: 8.2, color: SOFT };

/// Width of the names of facts.
const NAMES: f32 = 148.0;
/// Lines that a fact may take.
const FACT_LINES_MAX: usize = 3;
/// Above and below the text of a row.
const PAD: f32 = 2.5;
/// Between two columns.
const GAP: f32 = 10.0;

/// A cell ready to be put: its lines, their style, where they begin and what the cell is.
struct Cell {
    lines: Vec<String>,
    style: Style,
    x: f32,
    tag: Tag,
}

impl Flow<'_> {
    pub(super) fn facts(&mut self, facts: &[Fact]) {
        let mut rows = Vec::new();
        for fact in facts {
            let x = LEFT + NAMES + GAP;
            let cells = vec![
                Cell { lines: wrap(&fact.name, NAME, NAMES, 2), style: NAME, x: LEFT, tag: Tag::RowHeader },
                Cell {
                    lines: wrap(&fact.value, VALUE, RIGHT - x, FACT_LINES_MAX),
                    style: VALUE,
                    x,
                    tag: Tag::Cell,
                },
            ];
            self.make_room(height(&cells));
            rows.push(self.row(cells));
        }
        if !rows.is_empty() {
            self.laid.tree.push(Node::Group(Tag::Table, vec![Node::Group(Tag::Body, rows)]));
        }
        self.y += 4.0;
    }

    pub(super) fn table(&mut self, table: &Table) {
        if table.columns.is_empty() || table.rows.is_empty() {
            return;
        }
        let places = places(&table.columns);
        let heads = |style| cells(table.columns.iter().map(|column| column.name.as_str()), &places, style, 2);
        let mut parts = Vec::new();
        let caption = wrap(&table.caption, CAPTION, RIGHT - LEFT, 2);
        let caption_height = caption.len() as f32 * CAPTION.leading() + 2.0;
        self.make_room(caption_height + 3.0 * height(&heads(HEAD)));
        if !table.caption.is_empty() {
            let nodes = self.lines(&caption, CAPTION, (LEFT, self.y));
            parts.push(Node::Group(Tag::Caption, nodes));
            self.y += caption_height;
        }
        let head = self.head(heads(HEAD));
        parts.push(Node::Group(Tag::Head, vec![head]));
        let mut rows = Vec::new();
        for row in &table.rows {
            let texts = row.iter().map(String::as_str).chain(std::iter::repeat(""));
            let mut cells = cells(texts, &places, CELL, table.lines_max.max(1));
            cells.first_mut().into_iter().for_each(|first| first.tag = Tag::RowHeader);
            if self.make_room(height(&cells)) {
                self.repeated_head(&heads(HEAD));
            }
            rows.push(self.row(cells));
        }
        parts.push(Node::Group(Tag::Body, rows));
        self.laid.tree.push(Node::Group(Tag::Table, parts));
        self.y += 6.0;
    }

    fn head(&mut self, mut cells: Vec<Cell>) -> Node {
        cells.iter_mut().for_each(|cell| cell.tag = Tag::ColumnHeader);
        let (y, height) = (self.y, height(&cells));
        self.put(Item::Box { x: LEFT, y, width: RIGHT - LEFT, height, color: MIST });
        self.row(cells)
    }

    /// The head again, where a page begins: seen, and not read twice.
    fn repeated_head(&mut self, cells: &[Cell]) {
        let (y, height) = (self.y, height(cells));
        self.put(Item::Box { x: LEFT, y, width: RIGHT - LEFT, height, color: MIST });
        for cell in cells {
            for (rank, text) in cell.lines.iter().enumerate() {
                let (x, style) = (cell.x, cell.style);
                let y = y + PAD + style.size + rank as f32 * style.leading();
                self.put(Item::Text { x, y, style, text: text.clone(), leaf: None });
            }
        }
        self.y += height;
    }

    fn row(&mut self, cells: Vec<Cell>) -> Node {
        let height = height(&cells);
        let top = self.y + PAD;
        let mut nodes = Vec::new();
        for cell in cells {
            let lines = self.lines(&cell.lines, cell.style, (cell.x, top));
            nodes.push(Node::Group(cell.tag, lines));
        }
        self.y += height;
        self.put(Item::Box { x: LEFT, y: self.y - 0.5, width: RIGHT - LEFT, height: 0.5, color: LINE });
        Node::Group(Tag::Row, nodes)
    }
}

/// Where each column begins, and its width.
fn places(columns: &[Column]) -> Vec<(f32, f32)> {
    let whole: f32 = columns.iter().map(|column| column.share).sum();
    let width = RIGHT - LEFT - GAP * (columns.len() - 1) as f32 - 8.0;
    let mut x = LEFT + 4.0;
    let place = |column: &Column| {
        let place = (x, width * column.share / whole);
        x += place.1 + GAP;
        place
    };
    columns.iter().map(place).collect()
}

fn cells<'a>(
    texts: impl Iterator<Item = &'a str>,
    places: &[(f32, f32)],
    style: Style,
    lines_max: usize,
) -> Vec<Cell> {
    let cell = |(text, (x, width)): (&str, &(f32, f32))| {
        // A cell without a word is still a cell, and is read as one.
        let text = if text.trim().is_empty() { "–" } else { text };
        Cell { lines: wrap(text, style, *width, lines_max), style, x: *x, tag: Tag::Cell }
    };
    texts.zip(places).map(cell).collect()
}

fn height(cells: &[Cell]) -> f32 {
    let tallest = |cell: &Cell| cell.lines.len() as f32 * cell.style.leading();
    cells.iter().map(tallest).fold(0.0, f32::max) + 2.0 * PAD
}
