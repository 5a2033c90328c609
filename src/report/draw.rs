//! From what is laid out to the file: each item drawn under its tag, the tree of tags, the outline and the metadata.

use std::num::NonZeroU16;

use chrono::{Datelike, Timelike};
use krilla::action::LinkAction;
use krilla::annotation::{Annotation, LinkAnnotation, Target};
use krilla::color::rgb;
use krilla::configure::{Accessibility, Archival, ConfigurationBuilder};
use krilla::geom::{Path, PathBuilder, Point, Rect};
use krilla::metadata::{DateTime, Metadata};
use krilla::outline::{Outline, OutlineNode};
use krilla::page::PageSettings;
use krilla::paint::Fill;
use krilla::surface::Surface;
use krilla::tagging::{
    Artifact, ArtifactType, ContentTag, Identifier, Node as TreeNode, SpanTag, TableHeaderScope,
    Tag as PdfTag, TagGroup, TagTree,
};
use krilla::text::KrillaGlyph;
use krilla::{Document, SerializeSettings};

use super::font::writable;
use super::lines::{Color, Style};
use super::page::{HEIGHT, Heading, Item, Laid, Node, Page, Tag, WIDTH};
use super::{Error, Report, qr};

/// Identifiers of the leaves, by leaf.
type Leaves = Vec<Option<Identifier>>;

/// Characters of one text of the metadata.
const SAID_MAX: usize = 400;

/// Draws the pages.
pub(super) fn draw(report: &Report, laid: &Laid) -> Result<Vec<u8>, Error> {
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|error| Error::Pdf(format!("{error:?}")))?;
    let settings = SerializeSettings { configuration, enable_tagging: true, ..SerializeSettings::default() };
    let mut document = Document::new_with(settings);
    let mut leaves: Leaves = vec![None; laid.leaves];
    for page in &laid.pages {
        draw_page(&mut document, page, &mut leaves)?;
    }
    let mut tree = TagTree::new().with_lang(Some("fr-FR".into()));
    laid.tree.iter().filter_map(|node| tree_node(node, &leaves)).for_each(|node| tree.push(node));
    document.set_tag_tree(tree);
    document.set_outline(outline(&laid.headings));
    document.set_metadata(metadata(report));
    document.finish().map_err(|error| Error::Pdf(format!("{error:?}")))
}

fn draw_page(document: &mut Document, page: &Page, leaves: &mut Leaves) -> Result<(), Error> {
    let settings = PageSettings::from_wh(WIDTH, HEIGHT).ok_or_else(|| Error::Pdf("page".into()))?;
    let mut drawn = document.start_page_with(settings);
    let mut surface = drawn.surface();
    let decoration = ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout));
    for item in &page.items {
        match item {
            Item::Text { x, y, style, text, leaf } => {
                let tag = leaf.map_or(decoration, |_| ContentTag::Span(SpanTag::empty()));
                let identifier = surface.start_tagged(tag);
                draw_text(&mut surface, (*x, *y), *style, text);
                surface.end_tagged();
                leaf.iter().for_each(|&leaf| leaves[leaf] = Some(identifier));
            }
            Item::Box { x, y, width, height, color } => {
                surface.start_tagged(decoration);
                fill(&mut surface, path([(*x, *y, *width, *height)].into_iter()), *color);
                surface.end_tagged();
            }
            Item::Code { x, y, side, address, leaf } => {
                let identifier = surface.start_tagged(ContentTag::Other);
                fill(&mut surface, path([(*x, *y, *side, *side)].into_iter()), (0xff, 0xff, 0xff));
                let placed = |(left, top, width, height): qr::Dark| {
                    (x + left * side, y + top * side, width * side, height * side)
                };
                fill(&mut surface, path(qr::code(address).into_iter().map(placed)), (0, 0, 0));
                surface.end_tagged();
                leaves[*leaf] = Some(identifier);
            }
            Item::Link { .. } => {}
        }
    }
    surface.finish();
    for item in &page.items {
        let Item::Link { x, y, width, height, address, leaf } = item else { continue };
        let Some(place) = Rect::from_xywh(*x, *y, *width, *height) else { continue };
        let target = Target::Action(LinkAction::new(address.clone()).into());
        let link = Annotation::new_link(LinkAnnotation::new(place, target), Some(said(address)));
        leaves[*leaf] = Some(drawn.add_tagged_annotation(link));
    }
    drawn.finish();
    Ok(())
}

fn draw_text(surface: &mut Surface<'_>, (x, y): (f32, f32), style: Style, text: &str) {
    let measured = style.face.measured();
    let glyph = |(start, character): (usize, char)| {
        let (glyph, advance) = measured.glyph(character);
        KrillaGlyph::new(glyph, advance, 0.0, 0.0, 0.0, start..start + character.len_utf8(), None)
    };
    let glyphs: Vec<KrillaGlyph> = text.char_indices().map(glyph).collect();
    surface.set_fill(Some(paint(style.color)));
    surface.draw_glyphs(Point::from_xy(x, y), &glyphs, measured.font.clone(), text, style.size, false);
}

fn fill(surface: &mut Surface<'_>, path: Option<Path>, color: Color) {
    surface.set_fill(Some(paint(color)));
    path.iter().for_each(|path| surface.draw_path(path));
}

fn paint((red, green, blue): Color) -> Fill {
    Fill { paint: rgb::Color::new(red, green, blue).into(), ..Fill::default() }
}

fn path(boxes: impl Iterator<Item = qr::Dark>) -> Option<Path> {
    let mut path = PathBuilder::new();
    boxes
        .filter_map(|(x, y, width, height)| Rect::from_xywh(x, y, width, height))
        .for_each(|place| path.push_rect(place));
    path.finish()
}

/// A part of the tree; `None` when nothing of it was drawn.
fn tree_node(node: &Node, leaves: &Leaves) -> Option<TreeNode> {
    let (tag, children) = match node {
        Node::Leaf(leaf) => return leaves[*leaf].map(TreeNode::from),
        Node::Group(tag, children) => (tag, children),
    };
    let mut group = match tag {
        Tag::Heading(level, text) => {
            let level = NonZeroU16::new(*level).unwrap_or(NonZeroU16::MIN);
            TagGroup::new(PdfTag::Hn(level, Some(text.clone())))
        }
        Tag::Paragraph => TagGroup::new(PdfTag::P),
        Tag::Figure(alternative) => TagGroup::new(PdfTag::Figure(Some(said(alternative)))),
        Tag::Link => TagGroup::new(PdfTag::Link),
        Tag::Table => TagGroup::new(PdfTag::Table),
        Tag::Caption => TagGroup::new(PdfTag::Caption),
        Tag::Head => TagGroup::new(PdfTag::THead),
        Tag::Body => TagGroup::new(PdfTag::TBody),
        Tag::Row => TagGroup::new(PdfTag::TR),
        Tag::ColumnHeader => TagGroup::new(PdfTag::TH(TableHeaderScope::Column)),
        Tag::RowHeader => TagGroup::new(PdfTag::TH(TableHeaderScope::Row)),
        Tag::Cell => TagGroup::new(PdfTag::TD),
    };
    children.iter().filter_map(|child| tree_node(child, leaves)).for_each(|child| group.push(child));
    Some(group.into())
}

/// The title, with the headings under it.
fn outline(headings: &[Heading]) -> Outline {
    let mut outline = Outline::new();
    let mut parts = headings.iter().map(|heading| {
        let place = krilla::destination::XyzDestination::new(heading.page, Point::from_xy(0.0, heading.y));
        (heading.level, OutlineNode::new(heading.text.clone(), place))
    });
    let Some((_, mut title)) = parts.next() else { return outline };
    for (level, part) in parts {
        if level == 1 {
            outline.push_child(std::mem::replace(&mut title, part));
        } else {
            title.push_child(part);
        }
    }
    outline.push_child(title.with_open(true));
    outline
}

/// A text of the metadata: what could be shown of it, no longer than readers of lists and the standards bear.
fn said(text: &str) -> String {
    writable(text).chars().take(SAID_MAX).collect()
}

fn metadata(report: &Report) -> Metadata {
    let at = report.at;
    let date = DateTime::new(u16::try_from(at.year()).unwrap_or_default())
        .month(at.month() as u8)
        .day(at.day() as u8)
        .hour(at.hour() as u8)
        .minute(at.minute() as u8)
        .second(at.second() as u8)
        .utc_offset_hour(0);
    Metadata::new()
        // Never empty, which the standards refuse.
        .title(format!("{} – {}", said(&report.title), said(&report.reference)))
        .description(said(&report.subject))
        .authors(vec![said(&report.issuer)])
        .creator(concat!("chartrier ", env!("CARGO_PKG_VERSION")).into())
        .document_id(said(&report.reference))
        .language("fr-FR".into())
        .creation_date(date)
}
