//! Builds the same internal description from the elements of a 0.2 or 1.0 `ArchiveTransfer` (seda.md 4.2).
//!
//! Never judges, as for 2.x. The one thing to know: rules of the nearest level win there, where 2.x adds them up, so a
//! level that declares again what one above declares prevents inheritance; and what has no identifier gets a number,
//! which no `xs:ID` can be.

use std::io;

use super::Attachment;
use crate::model::findings::Kind;
use crate::model::{BinaryObject, Finding, Limits, Reference, Referent, SedaVersion, Weight, findings};
use crate::seda::description::{Description, Manifest};
use crate::seda::element::Attribute;
use crate::seda::read::Header;
use crate::seda::spill::Scratch;

mod digests;
mod documents;
mod enter;
mod leaves;
mod rules;
mod values;

use digests::Digests;
use rules::Terms;

/// Where an element stands, as far as we care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Context {
    Root,
    /// An organization of the header, by its element.
    Agency,
    /// A digest of the header (0.2).
    Integrity,
    /// `Archive`, `ArchiveObject`, or 0.2's `Contains`.
    Unit,
    Content,
    Keyword,
    AccessRule,
    AppraisalRule,
    Document,
    RelatedData,
    /// A leaf or a subtree read by its path alone.
    Inner,
    /// Another namespace, or nothing we keep.
    Ignored,
}

struct Open {
    context: Context,
    local: String,
    line: u64,
    has_children: bool,
}

/// What the open levels say that those below them need.
struct Level {
    /// Whether this level or one above declares a rule of the category.
    has_access: bool,
    has_appraisal: bool,
    has_originating_agency: bool,
    keywords: usize,
    /// Whether it holds a document or a level, read already.
    has_more: bool,
    /// The first document of the level, while it may be the only thing in it.
    alone: Option<Document>,
}

/// A document of a level, and what would be said of it as a unit of its own.
#[derive(Default)]
struct Document {
    object: BinaryObject,
    /// By path, as in [`crate::model::Content::others`].
    texts: Vec<(String, String)>,
    weight: Weight,
    description: Option<String>,
    /// Whether it says of itself what its level does not say.
    is_described: bool,
    /// Identifiers of its object, once that is entered, and of what is related to it.
    object_refs: Vec<String>,
}

/// A digest of the header, until its end.
#[derive(Default)]
struct Integrity {
    algorithm: String,
    digest: String,
    name: String,
}

/// Receives elements in document order and gives the description at the end.
pub struct Builder {
    pub sink: Description,
    open: Vec<Open>,
    levels: Vec<Level>,
    document: Document,
    related: BinaryObject,
    /// The content being read, when the innermost open element is one.
    pub(super) attachment: Option<Attachment>,
    /// Unit of the size being read.
    size_unit: String,
    terms: Terms,
    integrity: Integrity,
    digests: Digests,
    /// Last number given to what has no identifier.
    number: u64,
    has_package: bool,
}

impl Builder {
    /// An empty description; the root has just been read.
    pub fn new(version: SedaVersion, limits: &Limits, scratch: &Scratch) -> Self {
        let root = Open { context: Context::Root, local: String::new(), line: 1, has_children: true };
        Self {
            sink: Description::new(version, limits, scratch),
            open: vec![root],
            levels: Vec::new(),
            document: Document::default(),
            related: BinaryObject::default(),
            attachment: None,
            size_unit: String::new(),
            terms: Terms::default(),
            integrity: Integrity::default(),
            digests: Digests::new(limits.objects_max),
            number: 0,
            has_package: false,
        }
    }

    /// An element starts, of the standard's namespace or not.
    ///
    /// # Errors
    /// When the scratch fails.
    pub fn start(
        &mut self,
        is_seda: bool,
        local: &str,
        attributes: &[Attribute],
        line: u64,
    ) -> io::Result<()> {
        let parent = match self.open.last_mut() {
            Some(parent) => {
                parent.has_children = true;
                parent.context
            }
            None => Context::Ignored,
        };
        self.attachment = None;
        let context = if is_seda { self.enter(parent, local, attributes, line)? } else { Context::Ignored };
        self.open.push(Open { context, local: local.to_owned(), line, has_children: false });
        Ok(())
    }

    /// The open element ends, with the text it holds.
    ///
    /// # Errors
    /// When the scratch fails.
    pub fn end(&mut self, text: &str) -> io::Result<()> {
        let Some(open) = self.open.pop() else { return Ok(()) };
        let value = text.trim_matches([' ', '\t', '\r', '\n']);
        match open.context {
            Context::Inner if !open.has_children => self.leaf(&open.local, value, open.line)?,
            Context::Integrity => {
                let Integrity { algorithm, digest, name } = std::mem::take(&mut self.integrity);
                self.digests.add(&name, &algorithm, &digest, open.line);
            }
            Context::AccessRule | Context::AppraisalRule => self.end_rule(open.context),
            Context::RelatedData => self.end_related()?,
            Context::Document => self.end_document()?,
            Context::Unit => self.end_unit()?,
            Context::Root => self.tell_unused_digests(),
            _ => {}
        }
        Ok(())
    }

    fn tell_unused_digests(&mut self) {
        for line in self.digests.unused() {
            let message = "l'empreinte nomme un fichier qu'aucun document ne désigne".to_owned();
            self.report(&findings::OBJECT_DIGEST_UNMATCHED, message, line);
        }
    }

    fn refer(&mut self, target: &str, line: u64) -> io::Result<()> {
        self.sink.refer(&Reference { referent: Referent::Object, target: target.to_owned(), line })
    }

    fn report(&mut self, kind: &'static Kind, message: String, line: u64) {
        self.sink.found.push(Finding::new(kind, message).at_line(line));
    }

    /// A number for what has no identifier: an `xs:ID` never begins with a figure.
    fn next_number(&mut self) -> String {
        self.number += 1;
        self.number.to_string()
    }

    /// The header as read so far.
    pub fn header(&self) -> Header {
        let heading = self.sink.heading();
        Header {
            message_identifier: Some(heading.message_identifier.clone())
                .filter(|identifier| !identifier.is_empty()),
            archival_agreement: heading.archival_agreement.clone(),
            archival_agency: heading.archival_agency.clone(),
            transferring_agency: heading.transferring_agency.clone(),
        }
    }

    /// The element of an archive, when the message holds none.
    pub fn missing_package(&self) -> Option<&'static str> {
        let name = if self.sink.heading().version == SedaVersion::V0_2 { "Contains" } else { "Archive" };
        (!self.has_package).then_some(name)
    }

    /// The whole description.
    ///
    /// # Errors
    /// When the scratch fails.
    pub fn finish(self) -> io::Result<Box<Manifest>> {
        self.sink.finish()
    }
}
