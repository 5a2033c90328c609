//! What each element opens: units, rules, keywords, documents, and what attributes say of them.

use super::{Builder, Context, Document, OpenUnit, Terms};
use crate::model::{BinaryObject, Unit, findings};
use crate::seda::element::Element;
use crate::seda::lengths::IDENTIFIER_BYTES_MAX;

impl Builder {
    /// The context an element of the standard opens under `parent`.
    pub(super) fn enter(&mut self, parent: Context, element: &Element) -> Context {
        let context = match (parent, element.local.as_str()) {
            (Context::Ignored, _) => return Context::Ignored,
            (Context::Root, "ArchivalAgency" | "TransferringAgency") => Context::Agency,
            (Context::Root, "Integrity") => Context::Integrity,
            (Context::Root, "Archive" | "Contains") | (Context::Unit, "ArchiveObject" | "Contains") => {
                self.has_package = true;
                return self.enter_unit(element);
            }
            (Context::Unit, "ContentDescription") => Context::Content,
            (Context::Unit, "AccessRestrictionRule" | "AccessRestriction") => {
                self.terms = Terms::default();
                Context::AccessRule
            }
            (Context::Unit, "AppraisalRule" | "Appraisal") => {
                self.terms = Terms::default();
                Context::AppraisalRule
            }
            (Context::Content, "Keyword" | "ContentDescriptive") => {
                self.keyword = self.unit().map_or(0, |unit| unit.content.keywords.len()) + 1;
                Context::Keyword
            }
            (Context::Unit, "Document") => return self.enter_document(element),
            (Context::Document | Context::RelatedData, "RelatedData") => return self.enter_related(element),
            _ => {
                self.attributes(parent, element);
                Context::Inner
            }
        };
        self.other_identifier(element);
        context
    }

    fn attributes(&mut self, parent: Context, element: &Element) {
        let value = |name: &str| element.attribute(name).unwrap_or_default().trim().to_owned();
        match (parent, element.local.as_str()) {
            (Context::Integrity, "Contains") => self.integrity.algorithm = value("algorithme"),
            (Context::Document, "Attachment") => attach(&mut self.document.object, element),
            (Context::RelatedData, "Data") => attach(&mut self.related, element),
            (Context::Document, "Integrity") => {
                self.document.object.digest_algorithm = Some(value("algorithme"));
            }
            (Context::Document, "Size") => self.size_unit = value("unitCode"),
            (Context::Inner, "CustodialHistoryItem") if !value("when").is_empty() => {
                let when = value("when");
                self.tell("CustodialHistory/CustodialHistoryItem/when", &when);
            }
            _ => {}
        }
        self.other_identifier(element);
    }

    fn other_identifier(&mut self, element: &Element) {
        if let Some(id) = element.attribute("Id") {
            self.manifest.other_ids.push((id.trim().to_owned(), element.line));
        }
    }

    /// The element's identifier, or a number. One too long is reported and cut, since what is under repeats it.
    fn identifier(&mut self, element: &Element) -> String {
        let Some(id) = element.attribute("Id").map(str::trim).filter(|id| !id.is_empty()) else {
            return self.next_number();
        };
        if id.len() > IDENTIFIER_BYTES_MAX {
            let message = format!("identifiant de {} octets, {IDENTIFIER_BYTES_MAX} au plus", id.len());
            self.report(&findings::XML_TEXT_LENGTH, message, element.line);
        }
        id[..id.floor_char_boundary(IDENTIFIER_BYTES_MAX)].to_owned()
    }

    fn enter_unit(&mut self, element: &Element) -> Context {
        self.settle_first();
        if let Some(above) = self.open_units.last_mut() {
            above.has_more = true;
        }
        let id = self.identifier(element);
        let Some(at) = self.next_place(element.line) else { return Context::Ignored };
        let above = self.open_units.last();
        let unit = OpenUnit {
            unit: self.new_unit(id, element.line),
            at,
            has_access: above.is_some_and(|unit| unit.has_access),
            has_appraisal: above.is_some_and(|unit| unit.has_appraisal),
            has_more: false,
            alone: None,
        };
        self.open_units.push(unit);
        Context::Unit
    }

    /// A unit under the innermost open one.
    pub(super) fn new_unit(&self, id: String, line: u64) -> Unit {
        let parents = self.open_units.last().map(|above| above.unit.id.clone()).into_iter().collect();
        Unit { id, line, parents, ..Unit::default() }
    }

    /// The place of one more unit; `None` when there are too many.
    pub(super) fn next_place(&mut self, line: u64) -> Option<usize> {
        let at = self.manifest.units.len();
        if at >= self.units_max {
            if !std::mem::replace(&mut self.is_full, true) {
                let message = format!("plus de {} unités d'archives", self.units_max);
                self.report(&findings::UNIT_TOO_MANY, message, line);
            }
            return None;
        }
        self.manifest.units.push(Unit::default());
        Some(at)
    }

    fn enter_document(&mut self, element: &Element) -> Context {
        let id = self.identifier(element);
        let object = BinaryObject { id, line: element.line, ..BinaryObject::default() };
        self.document = Document { object, ..Document::default() };
        Context::Document
    }

    /// What is related to a document makes it a unit of its own, to hold them together. One inside another is told of
    /// the same document: the first ends where the second begins.
    fn enter_related(&mut self, element: &Element) -> Context {
        self.enter_object_of_document();
        self.end_related();
        let id = self.identifier(element);
        self.related = BinaryObject { id, line: element.line, ..BinaryObject::default() };
        Context::RelatedData
    }
}

/// What an attachment's attributes say: its name, which is its path, and what it claims to be.
fn attach(object: &mut BinaryObject, element: &Element) {
    let value = |name: &str| {
        element.attribute(name).map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned)
    };
    object.uri = value("filename").or_else(|| value("uri"));
    let name = object.uri.as_deref().and_then(|uri| uri.rsplit(['/', '\\']).next());
    object.file_name = name.map(str::to_owned);
    object.format_id = value("format");
    object.mime_type = value("mimeCode");
}
