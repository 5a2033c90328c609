//! Builds the internal description from the elements of a 2.x `ArchiveTransfer`, as they come.
//!
//! Never judges: an element out of place is simply not understood here, the schema has said so. Wrappers that hold an
//! `ArchiveUnitRefId` become links, and links become parents once the whole tree is known.

use std::collections::HashMap;

use super::element::Element;
use super::read::Header;
use crate::model::findings::Kind;
use crate::model::{
    BinaryObject, Finding, Limits, Manifest, PhysicalObject, Reference, Referent, Rule, Rules, SedaVersion,
    Unit, UnitLink, findings,
};

mod any;
mod enter;
mod leaves;
mod older;

pub use any::AnyBuilder;

/// Namespace of `xml:id`.
const XML: &str = "http://www.w3.org/XML/1998/namespace";

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

struct OpenUnit {
    at: usize,
    link: Option<String>,
}

/// Receives elements in document order and gives the description at the end.
pub struct Builder {
    manifest: Manifest,
    open: Vec<Open>,
    open_units: Vec<OpenUnit>,
    /// Positions in `units` of wrappers, left out at the end.
    wrappers: Vec<bool>,
    group: Option<String>,
    binary: BinaryObject,
    physical: PhysicalObject,
    rule: Rule,
    units_max: usize,
    objects_max: usize,
    objects: usize,
    has_package: bool,
    /// What can only be seen here: limits, an object in two groups.
    pub found: Vec<Finding>,
}

impl Builder {
    /// An empty description; the root has just been read.
    pub fn new(version: SedaVersion, limits: &Limits) -> Self {
        let manifest = Manifest {
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
        };
        let root = Open { context: Context::Root, local: String::new(), line: 1, has_children: true };
        Self {
            manifest,
            open: vec![root],
            open_units: Vec::new(),
            wrappers: Vec::new(),
            group: None,
            binary: BinaryObject::default(),
            physical: PhysicalObject::default(),
            rule: Rule::default(),
            units_max: limits.units_max,
            objects_max: limits.objects_max,
            objects: 0,
            has_package: false,
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
        if is_seda && matches!(context, Context::Inner | Context::UnitReference) {
            let ids = element
                .attributes
                .iter()
                .filter(|a| a.local == "id" && (a.namespace.is_empty() || a.namespace == XML));
            self.manifest.other_ids.extend(ids.map(|id| (id.value.trim().to_owned(), line)));
        }
        self.open.push(Open { context, local, line, has_children: false });
    }

    /// The open element ends, with the text it holds.
    pub fn end(&mut self, text: &str) {
        let Some(open) = self.open.pop() else { return };
        let value = text.trim_matches([' ', '\t', '\r', '\n']);
        match open.context {
            Context::Inner if !open.has_children => self.leaf(&open.local, value, open.line),
            Context::Group => {
                self.group = None;
            }
            Context::Binary => {
                let object = std::mem::take(&mut self.binary);
                if self.count_object(object.line) {
                    self.manifest.binary_objects.push(object);
                }
            }
            Context::Physical => {
                let object = std::mem::take(&mut self.physical);
                if self.count_object(object.line) {
                    self.manifest.physical_objects.push(object);
                }
            }
            Context::Rule => {
                let rule = std::mem::take(&mut self.rule);
                self.rules().push(rule);
            }
            Context::Unit => self.end_unit(open.line),
            _ => {}
        }
    }

    fn end_unit(&mut self, line: u64) {
        let Some(OpenUnit { at, link: Some(target) }) = self.open_units.pop() else { return };
        self.wrappers[at] = true;
        let unit = &self.manifest.units[at];
        let (id, parent) = (unit.id.clone(), unit.parents.first().cloned());
        self.manifest.links.push(UnitLink { id, parent, target, line });
    }

    fn count_object(&mut self, line: u64) -> bool {
        self.objects += 1;
        if self.objects == self.objects_max + 1 {
            self.report(&findings::OBJECT_TOO_MANY, format!("plus de {} objets", self.objects_max), line);
        }
        self.objects <= self.objects_max
    }

    fn refer(&mut self, referent: Referent, target: &str, line: u64) {
        self.manifest.references.push(Reference { referent, target: target.to_owned(), line });
    }

    fn report(&mut self, kind: &'static Kind, message: String, line: u64) {
        self.found.push(Finding::new(kind, message).at_line(line));
    }

    /// The innermost open unit; contexts of units exist only while one is open.
    fn unit(&mut self) -> &mut Unit {
        let at = self.open_units.last().map_or(0, |unit| unit.at);
        &mut self.manifest.units[at]
    }

    fn rules(&mut self) -> &mut Vec<Rule> {
        let is_package = self.open.last().is_some_and(|open| open.context == Context::PackageManagement);
        if is_package { &mut self.manifest.rules.rules } else { &mut self.unit().rules.rules }
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

    /// Whether the message holds a package at all.
    pub fn has_package(&self) -> bool {
        self.has_package
    }

    /// The whole description: wrappers left out, links turned into parents.
    pub fn finish(self) -> Manifest {
        let mut manifest = self.manifest;
        let mut wrappers = self.wrappers.into_iter();
        manifest.units.retain(|_| !wrappers.next().unwrap_or(false));
        let mut places: HashMap<String, usize> = HashMap::new();
        for (at, unit) in manifest.units.iter().enumerate() {
            places.entry(unit.id.clone()).or_insert(at);
        }
        let by_wrapper: HashMap<&str, &str> =
            manifest.links.iter().map(|link| (link.id.as_str(), link.target.as_str())).collect();
        for link in &manifest.links {
            // A link may name another link: real senders do, and mean the unit behind it.
            let mut target = link.target.as_str();
            for _ in 0..by_wrapper.len() {
                match by_wrapper.get(target) {
                    Some(next) => target = next,
                    None => break,
                }
            }
            if let (Some(parent), Some(&at)) = (&link.parent, places.get(target))
                && !manifest.units[at].parents.contains(parent)
            {
                manifest.units[at].parents.push(parent.clone());
            }
        }
        manifest
    }
}
