//! The tree of a draft as it is shown, read from the one that is written.

use uuid::Uuid;

use super::draft::DraftFile;
use crate::seda::opening::{self, Facts, Opening};
use crate::seda::write::element::Element;
use crate::seda::write::transfer::NewUnit;

/// A unit of the tree, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The whole is 0.
    pub depth: usize,
    pub title: String,
    pub kind: Option<String>,
    pub start: Option<String>,
    pub end: Option<String>,
    pub file: Option<Uuid>,
}

/// The units of the tree, in order; objects are the whole files, in theirs.
pub(super) fn lines(whole: &[&DraftFile], unit: &NewUnit, depth: usize, out: &mut Vec<Line>) {
    let text = |name| text_of(&unit.content, &[name]);
    out.push(Line {
        depth,
        title: text("Title").unwrap_or_default(),
        kind: text("DocumentType"),
        start: text("StartDate").or(text("CreatedDate")).or(text("TransactedDate")),
        end: text("EndDate"),
        file: unit.object.and_then(|at| whole.get(at)).map(|file| file.file_id),
    });
    unit.children.iter().for_each(|child| lines(whole, child, depth + 1, out));
}

/// The text of the first element of this path; nothing when it is empty.
pub(super) fn text_of(elements: &[Element], path: &[&str]) -> Option<String> {
    let (first, below) = path.split_first()?;
    let mut found = elements.iter().find(|element| element.name == *first)?;
    for name in below {
        found = found.children.iter().find(|child| child.name == *name)?;
    }
    Some(found.text.clone()).filter(|text| !text.is_empty())
}

/// From when anybody may read the whole.
pub(super) fn opening_of(root: &NewUnit) -> Option<Opening> {
    let code = text_of(&root.management, &["AccessRule", "Rule"])?;
    let start = text_of(&root.management, &["AccessRule", "StartDate"]);
    let latest = text_of(&root.content, &["EndDate"]).as_deref().and_then(opening::last_day);
    Some(opening::of_rule(&code, start.as_deref(), &Facts { latest, ..Facts::default() }))
}
