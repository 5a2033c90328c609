//! What each element opens: the objects, groups, units and rules being described.

use super::{Builder, Context, OpenUnit};
use crate::model::{BinaryObject, ObjectGroup, PhysicalObject, Referent, Rule, Unit, findings};
use crate::seda::element::Element;
use crate::seda::lengths::IDENTIFIER_BYTES_MAX;

impl Builder {
    /// The context an element of the standard opens under `parent`.
    pub(super) fn enter(&mut self, parent: Context, element: &Element) -> Context {
        let line = element.line;
        match (parent, element.local.as_str()) {
            (Context::Root, "DataObjectPackage") => {
                self.has_package = true;
                Context::Package
            }
            (Context::Root, "ArchivalAgency" | "TransferringAgency") => Context::Agency,
            (
                Context::Package | Context::Group,
                "DataObjectGroup" | "BinaryDataObject" | "PhysicalDataObject",
            ) => {
                let id = self.identifier(element);
                self.enter_object(&element.local, id, line)
            }
            (Context::Package, "DescriptiveMetadata") => Context::Descriptive,
            (Context::Package, "ManagementMetadata") => Context::PackageManagement,
            (Context::Descriptive | Context::Unit, "ArchiveUnit") => {
                let id = self.identifier(element);
                self.enter_unit(id, line)
            }
            (Context::Unit, "Management") => Context::Management,
            (Context::Unit, "Content") => Context::Content,
            (Context::Unit, "DataObjectReference") => Context::UnitReference,
            (Context::Management | Context::PackageManagement, name) if name.ends_with("Rule") => {
                self.rule = Rule { category: name.to_owned(), ..Rule::default() };
                Context::Rule
            }
            (Context::Binary, "Relationship") | (Context::Physical, "Relationship") => {
                if let Some(target) = element.attribute("target") {
                    self.refer(Referent::Object, target.trim(), line);
                }
                Context::Inner
            }
            (Context::Binary, "Attachment") => {
                self.binary.inline = true;
                Context::Inner
            }
            (Context::Binary, "MessageDigest") => {
                self.binary.digest_algorithm = element.attribute("algorithm").map(str::to_owned);
                Context::Inner
            }
            (Context::Ignored, _) => Context::Ignored,
            _ => Context::Inner,
        }
    }

    /// The element's identifier. What is under the element repeats it: one too long is reported and cut.
    fn identifier(&mut self, element: &Element) -> String {
        let id = element.attribute("id").unwrap_or_default();
        if id.len() > IDENTIFIER_BYTES_MAX {
            let message = format!("identifiant de {} octets, {IDENTIFIER_BYTES_MAX} au plus", id.len());
            self.report(&findings::XML_TEXT_LENGTH, message, element.line);
        }
        id[..id.floor_char_boundary(IDENTIFIER_BYTES_MAX)].to_owned()
    }

    fn enter_object(&mut self, local: &str, id: String, line: u64) -> Context {
        let group = self.group.clone();
        match local {
            "DataObjectGroup" => {
                self.manifest.object_groups.push(ObjectGroup { id: id.clone(), line });
                self.group = Some(id);
                Context::Group
            }
            "BinaryDataObject" => {
                self.binary = BinaryObject { id, line, group, ..BinaryObject::default() };
                Context::Binary
            }
            _ => {
                self.physical = PhysicalObject { id, line, group, ..PhysicalObject::default() };
                Context::Physical
            }
        }
    }

    fn enter_unit(&mut self, id: String, line: u64) -> Context {
        if self.manifest.units.len() >= self.units_max {
            if self.manifest.units.len() == self.units_max {
                self.report(
                    &findings::UNIT_TOO_MANY,
                    format!("plus de {} unités d'archives", self.units_max),
                    line,
                );
            }
            return Context::Ignored;
        }
        let parent = self.open_units.last().map(|unit| self.manifest.units[unit.at].id.clone());
        let at = self.manifest.units.len();
        let parents = parent.into_iter().collect();
        self.manifest.units.push(Unit { id, line, parents, ..Unit::default() });
        self.wrappers.push(false);
        self.open_units.push(OpenUnit { at, link: None });
        Context::Unit
    }
}
