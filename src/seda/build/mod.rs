//! Tells a [`Description`] what the elements of a 2.x `ArchiveTransfer` say, as they come.
//!
//! Never judges: an element out of place is simply not understood here, the schema has said so. Wrappers that hold an
//! `ArchiveUnitRefId` become links, and links become parents once the whole tree is known.

use std::io;

use super::description::{Description, Manifest};
use super::element::Attribute;
use super::read::Header;
use super::spill::Scratch;
use super::xml::XML_NAMESPACE;
use crate::model::findings::Kind;
use crate::model::{
    BinaryObject, Finding, Limits, OtherId, PhysicalObject, Reference, Referent, Rule, Rules, SedaVersion,
};

mod any;
mod attachment;
mod enter;
mod leaves;
mod older;

pub use any::AnyBuilder;
use attachment::Attachment;

/// Where an element stands, as far as we care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Context {
    Root,
    /// An organization of the header, by its element.
    Agency,
    Package,
    Group,
    Binary,
    Physical,
    Descriptive,
    Unit,
    UnitReference,
    Content,
    Management,
    PackageManagement,
    Rule,
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

/// Receives elements in document order and gives the description at the end.
pub struct Builder {
    pub sink: Description,
    open: Vec<Open>,
    group: Option<String>,
    binary: BinaryObject,
    physical: PhysicalObject,
    rule: Rule,
    /// The content being read, when the innermost open element is one.
    attachment: Option<Attachment>,
    /// The rule being read is the package's, not a unit's.
    is_package_rule: bool,
    has_package: bool,
}

impl Builder {
    /// An empty description; the root has just been read.
    pub fn new(version: SedaVersion, limits: &Limits, scratch: &Scratch) -> Self {
        let root = Open { context: Context::Root, local: String::new(), line: 1, has_children: true };
        Self {
            sink: Description::new(version, limits, scratch),
            open: vec![root],
            group: None,
            binary: BinaryObject::default(),
            physical: PhysicalObject::default(),
            rule: Rule::default(),
            attachment: None,
            is_package_rule: false,
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
        if is_seda && matches!(context, Context::Inner | Context::UnitReference) {
            let is_plain = |a: &&Attribute| a.namespace.is_empty() || a.namespace == XML_NAMESPACE;
            for id in attributes.iter().filter(|a| a.local == "id").filter(is_plain) {
                self.sink.push_id(&OtherId { id: id.value.trim().to_owned(), line })?;
            }
        }
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
            Context::Group => self.group = None,
            Context::Binary => self.sink.push_binary(&std::mem::take(&mut self.binary))?,
            Context::Physical => self.sink.push_physical(&std::mem::take(&mut self.physical))?,
            Context::Rule => self.end_rule(),
            Context::Unit => self.sink.close_unit()?,
            _ => {}
        }
        Ok(())
    }

    fn end_rule(&mut self) {
        let rule = std::mem::take(&mut self.rule);
        if let Some((rules, true)) = self.rules(rule.category.len()) {
            rules.rules.push(rule);
        }
    }

    /// The rules that the open rule is one of, to add a text of so many bytes, and whether it is to be kept.
    fn rules(&mut self, bytes: usize) -> Option<(&mut Rules, bool)> {
        if self.is_package_rule {
            let (heading, is_light) = self.sink.package_rules(bytes);
            return Some((&mut heading.rules, is_light));
        }
        self.sink.unit(bytes).map(|(unit, is_light)| (&mut unit.rules, is_light))
    }

    fn refer(&mut self, referent: Referent, target: &str, line: u64) -> io::Result<()> {
        self.sink.refer(&Reference { referent, target: target.to_owned(), line })
    }

    fn report(&mut self, kind: &'static Kind, message: String, line: u64) {
        self.sink.found.push(Finding::new(kind, message).at_line(line));
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

    /// Whether the message holds a package at all.
    pub fn has_package(&self) -> bool {
        self.has_package
    }

    /// The whole description.
    ///
    /// # Errors
    /// When the scratch fails.
    pub fn finish(self) -> io::Result<Box<Manifest>> {
        self.sink.finish()
    }
}
