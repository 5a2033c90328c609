//! Blocks set one under the other, from page to page.
//!
//! A block that does not fit where a page ends begins the next one; a table goes on by rows. The head of the first page
//! carries the title; those after it repeat the issuer alone.

use super::font::Face;
use super::lines::{Style, wrap};
use super::page::{
    BOTTOM, GREEN, HEIGHT, Heading, INK, Item, LEFT, LINE, Laid, Leaf, MIST, Node, Page, RIGHT, SOFT, Tag,
    WIDTH,
};
use super::{Block, Code, Report, Tone};

const TEXT: Style = Style { face: Face::Text, size: 9.6, color: INK };
const LEAD: Style = Style { face: Face::Text, size: 11.2, color: INK };
const SMALL: Style = Style { face: Face::Text, size: 8.2, color: SOFT };
const TITLE: Style = Style { face: Face::Title, size: 25.0, color: INK };
const SUBTITLE: Style = Style { face: Face::Title, size: 12.6, color: GREEN };
const ISSUER: Style = Style { face: Face::Strong, size: 10.4, color: GREEN };

/// Lines that one paragraph may take.
const LINES_MAX: usize = 60;
/// Side of a QR code.
const CODE_SIDE: f32 = 82.0;

/// The pen: where the next block goes.
pub(super) struct Flow<'a> {
    report: &'a Report,
    pub(super) laid: Laid,
    pub(super) y: f32,
}

/// Lays a report out.
pub(super) fn lay_out(report: &Report) -> Laid {
    let mut flow = Flow { report, laid: Laid::default(), y: 0.0 };
    flow.begin_page();
    flow.title();
    for block in &report.blocks {
        flow.block(block);
    }
    flow.feet();
    flow.laid
}

impl Flow<'_> {
    fn block(&mut self, block: &Block) {
        match block {
            Block::Heading(text) => self.heading(text),
            Block::Lead(text) => {
                self.paragraph(text, LEAD);
                self.y += 3.0;
            }
            Block::Paragraph(text) => self.paragraph(text, TEXT),
            Block::Small(text) => self.paragraph(text, SMALL),
            Block::Facts(facts) => self.facts(facts),
            Block::Table(table) => self.table(table),
            Block::Notice(tone, text) => self.notice(*tone, text),
            Block::Code(code) => self.code(code),
        }
    }

    pub(super) fn put(&mut self, item: Item) {
        if let Some(page) = self.laid.pages.last_mut() {
            page.items.push(item);
        }
    }

    fn leaf(&mut self) -> Leaf {
        self.laid.leaves += 1;
        self.laid.leaves - 1
    }

    /// Begins another page unless so much room is left on this one; whether it did.
    pub(super) fn make_room(&mut self, height: f32) -> bool {
        let full = self.y + height > BOTTOM;
        if full {
            self.begin_page();
        }
        full
    }

    /// Lines from `top` down, and their leaves for the tree.
    pub(super) fn lines(&mut self, lines: &[String], style: Style, (x, top): (f32, f32)) -> Vec<Node> {
        let mut nodes = Vec::new();
        for (rank, text) in lines.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
            let leaf = self.leaf();
            let y = top + style.size + rank as f32 * style.leading();
            self.put(Item::Text { x, y, style, text: text.clone(), leaf: Some(leaf) });
            nodes.push(Node::Leaf(leaf));
        }
        nodes
    }

    /// A line that is not read: it stands on every page, or only decorates.
    fn furniture(&mut self, text: &str, style: Style, (x, y): (f32, f32)) {
        self.put(Item::Text { x, y, style, text: text.to_owned(), leaf: None });
    }

    fn begin_page(&mut self) {
        self.laid.pages.push(Page::default());
        let first = self.laid.pages.len() == 1;
        let height = if first { 8.0 } else { 4.0 };
        self.put(Item::Box { x: 0.0, y: 0.0, width: WIDTH, height, color: GREEN });
        self.y = 40.0;
        if !first {
            let issuer = wrap(&self.report.issuer, SMALL, RIGHT - LEFT, 1).concat();
            self.furniture(&issuer, SMALL, (LEFT, self.y));
            self.y += 18.0;
        }
    }

    /// The issuer, the title and the reference, at the head of the first page.
    fn title(&mut self) {
        let issuer = wrap(&self.report.issuer, ISSUER, RIGHT - LEFT, 2);
        let nodes = self.lines(&issuer, ISSUER, (LEFT, self.y));
        self.laid.tree.push(Node::Group(Tag::Paragraph, nodes));
        self.y += issuer.len() as f32 * ISSUER.leading();
        let note = self.report.issuer_note.clone();
        if !note.is_empty() {
            self.paragraph(&note, SMALL);
        }
        self.y += 16.0;
        let title = wrap(&self.report.title, TITLE, RIGHT - LEFT, 2);
        self.headed(&title, TITLE, 1, LEFT);
        let reference = self.report.reference.clone();
        self.paragraph(&reference, Style { color: SOFT, ..LEAD });
        self.put(Item::Box { x: LEFT, y: self.y + 2.0, width: 64.0, height: 2.4, color: GREEN });
        self.y += 18.0;
    }

    fn heading(&mut self, text: &str) {
        let lines = wrap(text, SUBTITLE, RIGHT - LEFT, 2);
        self.y += 9.0;
        // With two lines of what it heads.
        self.make_room(lines.len() as f32 * SUBTITLE.leading() + 34.0);
        self.headed(&lines, SUBTITLE, 2, LEFT);
        self.y += 2.0;
    }

    /// A heading without a word is none.
    fn headed(&mut self, lines: &[String], style: Style, level: u16, x: f32) {
        let (page, y, text) = (self.laid.pages.len() - 1, self.y, lines.concat());
        if text.trim().is_empty() {
            return;
        }
        let nodes = self.lines(lines, style, (x, y));
        self.laid.tree.push(Node::Group(Tag::Heading(level, text.clone()), nodes));
        self.laid.headings.push(Heading { level, text, page, y });
        self.y += lines.len() as f32 * style.leading();
    }

    fn paragraph(&mut self, text: &str, style: Style) {
        let lines = wrap(text, style, RIGHT - LEFT, LINES_MAX);
        let height = lines.len() as f32 * style.leading();
        self.make_room(height);
        let nodes = self.lines(&lines, style, (LEFT, self.y));
        self.laid.tree.push(Node::Group(Tag::Paragraph, nodes));
        self.y += height + 4.0;
    }

    fn notice(&mut self, tone: Tone, text: &str) {
        let (ground, edge, color) = match tone {
            Tone::Good => ((0xe2, 0xf2, 0xe7), (0x14, 0x53, 0x2f), (0x14, 0x53, 0x2f)),
            Tone::Waiting => ((0xfd, 0xf2, 0xd8), (0xe2, 0xb6, 0x4d), (0x6b, 0x47, 0x00)),
            Tone::Bad => ((0xfc, 0xeb, 0xe8), (0x8d, 0x1f, 0x13), (0x8d, 0x1f, 0x13)),
        };
        let style = Style { color, ..TEXT };
        let lines = wrap(text, style, RIGHT - LEFT - 28.0, 8);
        let height = lines.len() as f32 * style.leading() + 12.0;
        self.y += 4.0;
        self.make_room(height);
        let (x, y, width) = (LEFT, self.y, RIGHT - LEFT);
        self.put(Item::Box { x, y, width, height, color: ground });
        self.put(Item::Box { x, y, width: 3.0, height, color: edge });
        let nodes = self.lines(&lines, style, (LEFT + 14.0, y + 6.0));
        self.laid.tree.push(Node::Group(Tag::Paragraph, nodes));
        self.y += height + 6.0;
    }

    /// The code at the left of a tinted band, its words at the right; the address last, as a link.
    fn code(&mut self, code: &Code) {
        let (pad, gap) = (10.0, 16.0);
        let (x, width) = (LEFT + pad + CODE_SIDE + gap, RIGHT - pad - (LEFT + pad + CODE_SIDE + gap));
        let words: Vec<_> = code.words.iter().map(|words| wrap(words, TEXT, width, 6)).collect();
        let link = Style { color: GREEN, ..SMALL };
        let address = wrap(&code.address, link, width, 4);
        let text_height = SUBTITLE.leading()
            + words.iter().map(|lines| lines.len() as f32 * TEXT.leading() + 3.0).sum::<f32>()
            + address.len() as f32 * link.leading();
        let height = text_height.max(CODE_SIDE) + 2.0 * pad;
        self.y += 8.0;
        self.make_room(height);
        let top = self.y;
        self.put(Item::Box { x: LEFT, y: top, width: RIGHT - LEFT, height, color: MIST });
        let leaf = self.leaf();
        let side = CODE_SIDE;
        self.put(Item::Code { x: LEFT + pad, y: top + pad, side, address: code.address.clone(), leaf });
        let figure = Node::Group(Tag::Figure(code.alternative.clone()), vec![Node::Leaf(leaf)]);
        self.y = top + pad - 3.0;
        self.headed(&wrap(&code.heading, SUBTITLE, width, 1), SUBTITLE, 2, x);
        self.laid.tree.push(figure);
        self.y = top + pad + SUBTITLE.leading() - 2.0;
        for lines in words {
            let nodes = self.lines(&lines, TEXT, (x, self.y));
            self.laid.tree.push(Node::Group(Tag::Paragraph, nodes));
            self.y += lines.len() as f32 * TEXT.leading() + 3.0;
        }
        self.link(&code.address, &address, link, x);
        self.y = top + height + 8.0;
    }

    fn link(&mut self, whole: &str, lines: &[String], style: Style, x: f32) {
        let height = lines.len() as f32 * style.leading();
        let width = lines.iter().map(|line| style.width(line)).fold(0.0, f32::max);
        let mut nodes = self.lines(lines, style, (x, self.y));
        let leaf = self.leaf();
        self.put(Item::Link { x, y: self.y, width, height, address: whole.to_owned(), leaf });
        nodes.push(Node::Leaf(leaf));
        let link = Node::Group(Tag::Link, nodes);
        self.laid.tree.push(Node::Group(Tag::Paragraph, vec![link]));
    }

    /// The foot of every page, once their number is known.
    fn feet(&mut self) {
        let pages = self.laid.pages.len();
        let foot = wrap(&self.report.foot, SMALL, RIGHT - LEFT, 2);
        let reference = wrap(&self.report.reference, SMALL, RIGHT - LEFT - 80.0, 1).concat();
        for (number, page) in self.laid.pages.iter_mut().enumerate() {
            let mut put = |text: &str, x: f32, y: f32| {
                page.items.push(Item::Text { x, y, style: SMALL, text: text.to_owned(), leaf: None });
            };
            let y = HEIGHT - 42.0;
            let count = format!("Page {} sur {pages}", number + 1);
            put(&reference, LEFT, y);
            put(&count, RIGHT - SMALL.width(&count), y);
            for (rank, line) in foot.iter().enumerate() {
                put(line, LEFT, y + (rank + 1) as f32 * SMALL.leading());
            }
            let (x, width) = (LEFT, RIGHT - LEFT);
            page.items.push(Item::Box { x, y: HEIGHT - 56.0, width, height: 0.6, color: LINE });
        }
    }
}
