//! Values of the description: what each leaf element fills, by its path under what holds it.

use std::io;

use super::{Builder, Context};
use crate::model::{Content, ObjectGroup, Referent, Rule, findings};

/// Longest path of elements told of a value; one so deep is no element of the standard.
const PATH_BYTES_MAX: usize = 500;

impl Builder {
    /// Names of the elements open below the nearest one that is not [`Context::Inner`], and that one.
    fn place(&self) -> (Context, String) {
        let inner = self.open.iter().rposition(|open| open.context != Context::Inner).map_or(0, |at| at + 1);
        let context = inner.checked_sub(1).map_or(Context::Ignored, |at| self.open[at].context);
        let mut path = String::new();
        for open in &self.open[inner..] {
            if path.len() > PATH_BYTES_MAX {
                break;
            }
            path.push_str(&open.local);
            path.push('/');
        }
        (context, path)
    }

    pub(super) fn leaf(&mut self, local: &str, value: &str, line: u64) -> io::Result<()> {
        let (context, above) = self.place();
        let path = format!("{above}{local}");
        match (context, path.as_str()) {
            (Context::Root | Context::Agency | Context::PackageManagement, path) => {
                self.heading_leaf(context, path, value);
            }
            (Context::Binary, path) => self.binary_leaf(path, value, line)?,
            (Context::Physical, path) => self.physical_leaf(path, value, line)?,
            (Context::Rule, path) => self.rule_leaf(path, value),
            (Context::Content, path) => self.content_leaf(path, local, value, line)?,
            (Context::Unit, "ArchiveUnitRefId") => self.sink.link(value.to_owned()),
            (Context::Unit, "ArchiveUnitProfile") => {
                if let Some((unit, true)) = self.sink.unit(value.len()) {
                    unit.archive_unit_profile = Some(value.to_owned());
                }
            }
            (
                Context::Management,
                "UpdateOperation/SystemId" | "UpdateOperation/ArchiveUnitIdentifierKey/MetadataValue",
            ) => {
                if let Some((unit, true)) = self.sink.unit(value.len()) {
                    unit.attached_to = Some(value.to_owned());
                }
            }
            (Context::UnitReference, "DataObjectReferenceId") => {
                self.sink.describes(Referent::Object, value.to_owned())?;
            }
            (Context::UnitReference, "DataObjectGroupReferenceId") => {
                self.sink.describes(Referent::Group, value.to_owned())?;
            }
            (Context::Group, "LogBook/Event/DataObjectReferenceId") => {
                self.refer(Referent::Object, value, line)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn heading_leaf(&mut self, context: Context, path: &str, value: &str) {
        let is_archival = self.open.last().is_some_and(|open| open.local == "ArchivalAgency");
        let heading = self.sink.heading_mut();
        let some = Some(value.to_owned());
        match (context, path) {
            (Context::Root, "MessageIdentifier") => heading.message_identifier = value.to_owned(),
            (Context::Root, "Date") => heading.date = value.to_owned(),
            (Context::Root, "ArchivalAgreement") => heading.archival_agreement = some,
            (Context::Agency, "Identifier") if is_archival => heading.archival_agency = some,
            (Context::Agency, "Identifier") => heading.transferring_agency = some,
            (Context::PackageManagement, "ArchivalProfile") => heading.archival_profile = some,
            (Context::PackageManagement, "OriginatingAgencyIdentifier") => heading.originating_agency = some,
            (Context::PackageManagement, "SubmissionAgencyIdentifier") => heading.submission_agency = some,
            _ => {}
        }
    }

    fn binary_leaf(&mut self, path: &str, value: &str, line: u64) -> io::Result<()> {
        let some = Some(value.to_owned());
        match path {
            "DataObjectGroupId" | "DataObjectGroupReferenceId" => {
                let group = self.join_group(path, value, line, self.binary.group.clone())?;
                self.binary.group = group;
            }
            "DataObjectVersion" => self.binary.usage = some,
            "DataObjectUse" if self.binary.usage.is_none() => self.binary.usage = some,
            "DataObjectNumber" => number(&mut self.binary.usage, value),
            "Uri" => self.binary.uri = some,
            // Whether it is base64 was told by the schema.
            "Attachment" => {
                if let Some(mut attachment) = self.attachment.take() {
                    attachment.push(value, &mut self.sink)?;
                    self.binary.inline = Some(attachment.end().0);
                }
            }
            "MessageDigest" => self.binary.digest = some,
            "Size" => self.binary.size_bytes = value.parse().ok(),
            "Compressed" => self.binary.compressed = some,
            "FormatIdentification/FormatId" => self.binary.format_id = some,
            "FormatIdentification/MimeType" => self.binary.mime_type = some,
            "FileInfo/Filename" => self.binary.file_name = some,
            _ => {}
        }
        Ok(())
    }

    fn physical_leaf(&mut self, path: &str, value: &str, line: u64) -> io::Result<()> {
        match path {
            "DataObjectGroupId" | "DataObjectGroupReferenceId" => {
                let group = self.join_group(path, value, line, self.physical.group.clone())?;
                self.physical.group = group;
            }
            "DataObjectVersion" => self.physical.usage = Some(value.to_owned()),
            "DataObjectUse" if self.physical.usage.is_none() => self.physical.usage = Some(value.to_owned()),
            "DataObjectNumber" => number(&mut self.physical.usage, value),
            "PhysicalId" => self.physical.physical_id = Some(value.to_owned()),
            _ => {}
        }
        Ok(())
    }

    /// The group an object says it is in, the 2.0 way; the one that encloses it wins.
    fn join_group(
        &mut self,
        path: &str,
        value: &str,
        line: u64,
        enclosing: Option<String>,
    ) -> io::Result<Option<String>> {
        if path == "DataObjectGroupId" {
            self.sink.push_group(&ObjectGroup { id: value.to_owned(), line })?;
        }
        Ok(match enclosing {
            Some(enclosing) if enclosing != value => {
                let message = format!("l'objet est dans le groupe {enclosing} et se dit du groupe {value}");
                self.report(&findings::REFERENCE_TWO_GROUPS, message, line);
                Some(enclosing)
            }
            _ => Some(value.to_owned()),
        })
    }

    fn content_leaf(&mut self, path: &str, local: &str, value: &str, line: u64) -> io::Result<()> {
        match local {
            "ArchiveUnitRefId" => self.refer(Referent::Unit, value, line)?,
            "SignedDocumentReferenceId" => self.refer(Referent::SignedDocument, value, line)?,
            "DataObjectReferenceId" | "SignedObjectId" => self.refer(Referent::Object, value, line)?,
            "DataObjectGroupReferenceId" => self.refer(Referent::Group, value, line)?,
            _ => {}
        }
        let Some((unit, is_light)) = self.sink.unit(path.len() + value.len()) else { return Ok(()) };
        let content: &mut Content = &mut unit.content;
        let text = value.to_owned();
        match path {
            "DescriptionLevel" => content.description_level = Some(text),
            "Title" if content.title.is_none() => content.title = Some(text),
            "StartDate" => content.start_date = Some(text),
            "EndDate" => content.end_date = Some(text),
            "TransactedDate" => content.transacted_date = Some(text),
            "OriginatingAgency/Identifier" => content.originating_agency = Some(text),
            _ if !is_light => {}
            "Description" => content.descriptions.push(text),
            "Keyword/KeywordContent" => content.keywords.push(text),
            _ => content.others.push((path.to_owned(), text)),
        }
        Ok(())
    }

    /// A value of the open rule, when what it is a rule of is not already too long.
    fn rule_leaf(&mut self, path: &str, value: &str) {
        if let Some((_, true)) = self.rules(value.len()) {
            fill(&mut self.rule, path, value);
        }
    }
}

/// The number of a usage that does not bear it yet.
fn number(usage: &mut Option<String>, value: &str) {
    if let Some(usage) = usage.as_mut().filter(|usage| !usage.contains('_')) {
        *usage = format!("{usage}_{value}");
    }
}

fn fill(rule: &mut Rule, path: &str, value: &str) {
    match path {
        "Rule" => {
            rule.terms.push((value.to_owned(), None));
            if rule.category == "HoldRule" {
                rule.hold_end_dates.push(None);
                rule.hold_reassessing_dates.push(None);
            }
        }
        "StartDate" => {
            if let Some(term) = rule.terms.last_mut() {
                term.1 = Some(value.to_owned());
            }
        }
        "HoldEndDate" => {
            if let Some(end) = rule.hold_end_dates.last_mut() {
                *end = Some(value.to_owned());
            }
        }
        "HoldReassessingDate" => {
            if let Some(date) = rule.hold_reassessing_dates.last_mut() {
                *date = Some(value.to_owned());
            }
        }
        "ClassificationLevel" => rule.classification_level = Some(value.to_owned()),
        "FinalAction" => rule.final_action = Some(value.to_owned()),
        "PreventInheritance" => rule.prevent_inheritance = matches!(value, "true" | "1"),
        "RefNonRuleId" => rule.ref_non_rule_ids.push(value.to_owned()),
        _ => {}
    }
}
