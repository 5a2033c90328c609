//! What each element opens: the objects, groups, units and rules being described.

use std::io;

use super::{Attachment, Builder, Context};
use crate::model::{BinaryObject, ObjectGroup, PhysicalObject, Referent, Rule, findings};
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
        Ok(match (parent, local) {
            (Context::Root, "DataObjectPackage") => {
                self.has_package = true;
                Context::Package
            }
            (Context::Root, "ArchivalAgency" | "TransferringAgency") => Context::Agency,
            (
                Context::Package | Context::Group,
                "DataObjectGroup" | "BinaryDataObject" | "PhysicalDataObject",
            ) => {
                let id = self.identifier(attributes, line);
                self.enter_object(local, id, line)?
            }
            (Context::Package, "DescriptiveMetadata") => Context::Descriptive,
            (Context::Package, "ManagementMetadata") => Context::PackageManagement,
            (Context::Descriptive | Context::Unit, "ArchiveUnit") => {
                let id = self.identifier(attributes, line);
                if self.sink.open_unit(id, line)? { Context::Unit } else { Context::Ignored }
            }
            (Context::Unit, "Management") => Context::Management,
            (Context::Unit, "Content") => Context::Content,
            (Context::Unit, "DataObjectReference") => Context::UnitReference,
            (Context::Management | Context::PackageManagement, name) if name.ends_with("Rule") => {
                self.rule = Rule { category: name.to_owned(), ..Rule::default() };
                self.is_package_rule = parent == Context::PackageManagement;
                Context::Rule
            }
            (Context::Binary, "Relationship") | (Context::Physical, "Relationship") => {
                if let Some(target) = plain(attributes, "target") {
                    self.refer(Referent::Object, target.trim(), line)?;
                }
                Context::Inner
            }
            (Context::Binary, "Attachment") => {
                self.attachment = Some(Attachment::new(&self.sink));
                self.binary.file_name = plain(attributes, "filename").map(str::to_owned);
                Context::Inner
            }
            (Context::Binary, "MessageDigest") => {
                self.binary.digest_algorithm = plain(attributes, "algorithm").map(str::to_owned);
                Context::Inner
            }
            (Context::Binary, "Compressed") => {
                let bytes = plain(attributes, "uncompressedSize").and_then(|size| size.trim().parse().ok());
                self.binary.uncompressed_bytes = bytes;
                Context::Inner
            }
            (Context::Ignored, _) => Context::Ignored,
            _ => Context::Inner,
        })
    }

    /// The element's identifier. What is under the element repeats it: one too long is reported and cut.
    fn identifier(&mut self, attributes: &[Attribute], line: u64) -> String {
        let id = plain(attributes, "id").unwrap_or_default();
        if id.len() > IDENTIFIER_BYTES_MAX {
            let message = format!("identifiant de {} octets, {IDENTIFIER_BYTES_MAX} au plus", id.len());
            self.report(&findings::XML_TEXT_LENGTH, message, line);
        }
        id[..id.floor_char_boundary(IDENTIFIER_BYTES_MAX)].to_owned()
    }

    fn enter_object(&mut self, local: &str, id: String, line: u64) -> io::Result<Context> {
        let group = self.group.clone();
        Ok(match local {
            "DataObjectGroup" => {
                self.sink.push_group(&ObjectGroup { id: id.clone(), line })?;
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
        })
    }
}

/// Value of an attribute that is in no namespace.
fn plain<'a>(attributes: &'a [Attribute], local: &str) -> Option<&'a str> {
    let found = attributes.iter().find(|a| a.namespace.is_empty() && a.local == local);
    found.map(|a| a.value.as_str())
}
