//! Builds the same internal description from the elements of a 0.2 or 1.0 `ArchiveTransfer` (seda.md 4.2).
//!
//! Never judges, as for 2.x. The one thing to know: rules of the nearest level win there, where 2.x adds them up, so a
//! level that declares again what one above declares prevents inheritance; and what has no identifier gets a number,
//! which no `xs:ID` can be.

use super::super::read::Header;
use crate::model::findings::Kind;
use crate::model::{BinaryObject, Content, Finding, Limits, Manifest, Rules, SedaVersion, Unit, findings};
use crate::seda::element::Element;

mod digests;
mod documents;
mod enter;
mod leaves;
mod values;

use digests::Digests;

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

struct OpenUnit {
    unit: Unit,
    /// Its place in the description, taken when it began.
    at: usize,
    /// Whether this level or one above declares a rule of the category.
    has_access: bool,
    has_appraisal: bool,
    /// Whether it holds a document or a level, read already.
    has_more: bool,
    /// The first document of the level, while it may be the only thing in it.
    alone: Option<Document>,
}

/// A document of a level, and how it would be described as a unit of its own.
#[derive(Default)]
struct Document {
    object: BinaryObject,
    content: Content,
    description: Option<String>,
    /// Whether it says of itself what its level does not say.
    is_described: bool,
    /// Identifiers of its object, once that is entered, and of what is related to it.
    object_refs: Vec<String>,
}

/// What a rule says, until its end.
#[derive(Default)]
struct Terms {
    code: String,
    duration: Option<String>,
    start: Option<String>,
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
    manifest: Manifest,
    open: Vec<Open>,
    open_units: Vec<OpenUnit>,
    document: Document,
    related: BinaryObject,
    /// Number of the keyword being read in its unit.
    keyword: usize,
    /// Unit of the size being read.
    size_unit: String,
    terms: Terms,
    integrity: Integrity,
    digests: Digests,
    /// Last number given to what has no identifier.
    number: u64,
    units_max: usize,
    objects_max: usize,
    objects: usize,
    has_package: bool,
    /// Too many units were met, and that was said.
    is_full: bool,
    /// What can only be seen here: limits, two agreements, digests of no file.
    pub found: Vec<Finding>,
}

impl Builder {
    /// An empty description; the root has just been read.
    pub fn new(version: SedaVersion, limits: &Limits) -> Self {
        let root = Open { context: Context::Root, local: String::new(), line: 1, has_children: true };
        Self {
            manifest: Manifest {
                version,
                message_identifier: String::new(),
                date: String::new(),
                archival_agreement: None,
                archival_agency: None,
                transferring_agency: None,
                originating_agency: None,
                submission_agency: None,
                archival_profile: None,
                rules: Rules::default(),
                units: Vec::new(),
                binary_objects: Vec::new(),
                physical_objects: Vec::new(),
                object_groups: Vec::new(),
                links: Vec::new(),
                other_ids: Vec::new(),
                references: Vec::new(),
            },
            open: vec![root],
            open_units: Vec::new(),
            document: Document::default(),
            related: BinaryObject::default(),
            keyword: 0,
            size_unit: String::new(),
            terms: Terms::default(),
            integrity: Integrity::default(),
            digests: Digests::new(limits.objects_max),
            number: 0,
            units_max: limits.units_max,
            objects_max: limits.objects_max,
            objects: 0,
            has_package: false,
            is_full: false,
            found: Vec::new(),
        }
    }

    /// An element starts.
    pub fn start(&mut self, element: &Element, is_seda: bool) {
        let parent = match self.open.last_mut() {
            Some(parent) => {
                parent.has_children = true;
                parent.context
            }
            None => Context::Ignored,
        };
        let context = if is_seda { self.enter(parent, element) } else { Context::Ignored };
        let (local, line) = (element.local.clone(), element.line);
        self.open.push(Open { context, local, line, has_children: false });
    }

    /// The open element ends, with the text it holds.
    pub fn end(&mut self, text: &str) {
        let Some(open) = self.open.pop() else { return };
        let value = text.trim_matches([' ', '\t', '\r', '\n']);
        match open.context {
            Context::Inner if !open.has_children => self.leaf(&open.local, value, open.line),
            Context::Integrity => {
                let Integrity { algorithm, digest, name } = std::mem::take(&mut self.integrity);
                self.digests.add(&name, algorithm, digest, open.line);
            }
            Context::AccessRule | Context::AppraisalRule => self.end_rule(open.context),
            Context::RelatedData => self.end_related(),
            Context::Document => self.end_document(),
            Context::Unit => self.end_unit(),
            Context::Root => self.tell_unused_digests(),
            _ => {}
        }
    }

    fn tell_unused_digests(&mut self) {
        for line in self.digests.unused() {
            self.report(
                &findings::OBJECT_DIGEST_UNMATCHED,
                "l'empreinte nomme un fichier qu'aucun document ne désigne".to_owned(),
                line,
            );
        }
    }

    fn report(&mut self, kind: &'static Kind, message: String, line: u64) {
        self.found.push(Finding::new(kind, message).at_line(line));
    }

    /// The innermost open unit.
    fn unit(&mut self) -> Option<&mut Unit> {
        self.open_units.last_mut().map(|open| &mut open.unit)
    }

    /// A number for what has no identifier: an `xs:ID` never begins with a figure.
    fn next_number(&mut self) -> String {
        self.number += 1;
        self.number.to_string()
    }

    /// The header as read so far.
    pub fn header(&self) -> Header {
        let manifest = &self.manifest;
        Header {
            message_identifier: Some(manifest.message_identifier.clone())
                .filter(|identifier| !identifier.is_empty()),
            archival_agreement: manifest.archival_agreement.clone(),
            archival_agency: manifest.archival_agency.clone(),
            transferring_agency: manifest.transferring_agency.clone(),
        }
    }

    /// The element of an archive, when the message holds none.
    pub fn missing_package(&self) -> Option<&'static str> {
        let name = if self.manifest.version == SedaVersion::V0_2 { "Contains" } else { "Archive" };
        (!self.has_package).then_some(name)
    }

    /// The whole description.
    pub fn finish(self) -> Manifest {
        self.manifest
    }
}
