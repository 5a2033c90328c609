//! What each element opens: units, rules, keywords, documents, and what attributes say of them.

use std::io;

use super::rules::Terms;
use super::{Attachment, Builder, Context, Document, Level};
use crate::model::{BinaryObject, OtherId, findings};
use crate::seda::element::Attribute;
use crate::seda::lengths::IDENTIFIER_BYTES_MAX;

impl Builder {
    /// The context an element of the standard opens under `parent`.
    pub(super) fn enter(
        &mut self,
        parent: Context,
        local: &str,
        attributes: &[Attribute],
        line: u64,
    ) -> io::Result<Context> {
        let context = match (parent, local) {
            (Context::Ignored, _) => return Ok(Context::Ignored),
            (Context::Root, "ArchivalAgency" | "TransferringAgency") => Context::Agency,
            (Context::Root, "Integrity") => Context::Integrity,
            (Context::Root, "Archive" | "Contains") | (Context::Unit, "ArchiveObject" | "Contains") => {
                self.has_package = true;
                return self.enter_unit(attributes, line);
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
                if let Some(level) = self.levels.last_mut() {
                    level.keywords += 1;
                }
                Context::Keyword
            }
            (Context::Unit, "Document") => return Ok(self.enter_document(attributes, line)),
            (Context::Document | Context::RelatedData, "RelatedData") => {
                return self.enter_related(attributes, line);
            }
            _ => {
                self.attributes(parent, local, attributes);
                Context::Inner
            }
        };
        if let Some(id) = plain(attributes, "Id") {
            self.sink.push_id(&OtherId { id: id.to_owned(), line })?;
        }
        Ok(context)
    }

    fn attributes(&mut self, parent: Context, local: &str, attributes: &[Attribute]) {
        let value = |name: &str| plain(attributes, name).unwrap_or_default().to_owned();
        match (parent, local) {
            (Context::Integrity, "Contains") => self.integrity.algorithm = value("algorithme"),
            (Context::Document, "Attachment") => {
                attach(&mut self.document.object, attributes);
                self.attachment = Some(Attachment::new(&self.sink));
            }
            (Context::RelatedData, "Data") => {
                attach(&mut self.related, attributes);
                self.attachment = Some(Attachment::new(&self.sink));
            }
            (Context::Document, "Integrity") => {
                self.document.object.digest_algorithm = Some(value("algorithme"));
            }
            (Context::Document, "Size") => self.size_unit = value("unitCode"),
            (Context::Inner, "CustodialHistoryItem") => {
                if let Some(when) = plain(attributes, "when") {
                    self.tell("CustodialHistory/CustodialHistoryItem/when", when);
                }
            }
            _ => {}
        }
    }

    /// The element's identifier, or a number. One too long is reported and cut, since what is under repeats it.
    fn identifier(&mut self, attributes: &[Attribute], line: u64) -> String {
        let Some(id) = plain(attributes, "Id") else { return self.next_number() };
        if id.len() > IDENTIFIER_BYTES_MAX {
            let message = format!("identifiant de {} octets, {IDENTIFIER_BYTES_MAX} au plus", id.len());
            self.report(&findings::XML_TEXT_LENGTH, message, line);
        }
        id[..id.floor_char_boundary(IDENTIFIER_BYTES_MAX)].to_owned()
    }

    fn enter_unit(&mut self, attributes: &[Attribute], line: u64) -> io::Result<Context> {
        self.settle_first()?;
        let id = self.identifier(attributes, line);
        if !self.sink.open_unit(id, line)? {
            return Ok(Context::Ignored);
        }
        let above = self.levels.last_mut();
        let (has_access, has_appraisal) = above.map_or((false, false), |level| {
            level.has_more = true;
            (level.has_access, level.has_appraisal)
        });
        self.levels.push(Level {
            has_access,
            has_appraisal,
            has_originating_agency: false,
            keywords: 0,
            has_more: false,
            alone: None,
        });
        Ok(Context::Unit)
    }

    fn enter_document(&mut self, attributes: &[Attribute], line: u64) -> Context {
        let id = self.identifier(attributes, line);
        let object = BinaryObject { id, line, ..BinaryObject::default() };
        self.document = Document { object, ..Document::default() };
        Context::Document
    }

    /// What is related to a document makes it a unit of its own, to hold them together. One inside another is told of
    /// the same document: the first ends where the second begins.
    fn enter_related(&mut self, attributes: &[Attribute], line: u64) -> io::Result<Context> {
        self.enter_object_of_document()?;
        self.end_related()?;
        let id = self.identifier(attributes, line);
        self.related = BinaryObject { id, line, ..BinaryObject::default() };
        Ok(Context::RelatedData)
    }
}

/// What an attachment's attributes say: its name, which is its path, and what it claims to be.
fn attach(object: &mut BinaryObject, attributes: &[Attribute]) {
    let value = |name: &str| plain(attributes, name).map(str::to_owned);
    object.uri = value("filename").or_else(|| value("uri"));
    let name = object.uri.as_deref().and_then(|uri| uri.rsplit(['/', '\\']).next());
    object.file_name = name.map(str::to_owned);
    object.format_id = value("format");
    object.mime_type = value("mimeCode");
}

/// Value of an attribute that is in no namespace, unless it is blank.
fn plain<'a>(attributes: &'a [Attribute], local: &str) -> Option<&'a str> {
    let found = attributes.iter().find(|a| a.namespace.is_empty() && a.local == local);
    found.map(|a| a.value.trim()).filter(|value| !value.is_empty())
}
