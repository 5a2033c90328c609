//! A report once laid out: what stands where on each page, and the tree that says in which order it is read.

use super::lines::{Color, Style};

/// A4, in points.
pub(super) const WIDTH: f32 = 595.28;
pub(super) const HEIGHT: f32 = 841.89;
pub(super) const LEFT: f32 = 56.0;
pub(super) const RIGHT: f32 = WIDTH - 56.0;
/// Where text ends; the foot stands below.
pub(super) const BOTTOM: f32 = HEIGHT - 62.0;

pub(super) const INK: Color = (0x17, 0x21, 0x1d);
pub(super) const SOFT: Color = (0x4b, 0x58, 0x52);
pub(super) const LINE: Color = (0xdb, 0xe1, 0xdc);
pub(super) const GREEN: Color = (0x1c, 0x56, 0x45);
pub(super) const MIST: Color = (0xf4, 0xf6, 0xf3);

/// A leaf of the tree: what it is has its place in [`Item`].
pub(super) type Leaf = usize;

/// A report laid out.
#[derive(Default)]
pub(super) struct Laid {
    pub pages: Vec<Page>,
    /// In reading order.
    pub tree: Vec<Node>,
    pub leaves: usize,
    pub headings: Vec<Heading>,
}

/// A heading, for the outline.
pub(super) struct Heading {
    pub level: u16,
    pub text: String,
    pub page: usize,
    pub y: f32,
}

#[derive(Default)]
pub(super) struct Page {
    pub items: Vec<Item>,
}

/// Something drawn. Without a leaf it is decoration, which is not read.
pub(super) enum Item {
    /// A line of text; `y` is its foot.
    Text { x: f32, y: f32, style: Style, text: String, leaf: Option<Leaf> },
    /// A rectangle filled.
    Box { x: f32, y: f32, width: f32, height: f32, color: Color },
    /// A QR code in a square.
    Code { x: f32, y: f32, side: f32, address: String, leaf: Leaf },
    /// An address that a click opens.
    Link { x: f32, y: f32, width: f32, height: f32, address: String, leaf: Leaf },
}

/// A part of the tree.
pub(super) enum Node {
    Group(Tag, Vec<Node>),
    Leaf(Leaf),
}

/// What a part is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tag {
    Heading(u16, String),
    Paragraph,
    Figure(String),
    Link,
    Table,
    Caption,
    Head,
    Body,
    Row,
    /// Of a column.
    ColumnHeader,
    /// Of a row.
    RowHeader,
    Cell,
}
