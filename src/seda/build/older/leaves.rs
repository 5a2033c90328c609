//! Values of the description: what each leaf element fills, by its path under what holds it (seda.md 4.2).
//!
//! What has a name in 2.x is told under it; the rest under the path it has in the message.

use std::io;

use super::values::{language, level, size_bytes};
use super::{Builder, Context, Digests};
use crate::model::{BinaryObject, Content, Finding, Inline, findings};

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
            (Context::Root | Context::Agency, path) => self.heading_leaf(context, path, value),
            (Context::Integrity, "Contains") => self.integrity.digest = value.to_owned(),
            (Context::Integrity, "UnitIdentifier") => self.integrity.name = value.to_owned(),
            (Context::Unit, path) => self.unit_leaf(path, value, line),
            (Context::Content, path) => self.content_leaf(path, value),
            (Context::Keyword, path) => self.keyword_leaf(path, value),
            (Context::AccessRule | Context::AppraisalRule, path) => self.terms.fill(path, value),
            (Context::Document, "Attachment") => {
                if let Some(inline) = self.inline(value)? {
                    hold(&mut self.document.object, inline, &mut self.digests);
                }
            }
            (Context::Document, path) => self.document_leaf(path, value),
            (Context::RelatedData, "Data") => {
                if let Some(inline) = self.inline(value)? {
                    hold(&mut self.related, inline, &mut self.digests);
                }
            }
            (Context::RelatedData, "Relation") => self.document.tell("RelatedData/Relation", value),
            _ => {}
        }
        Ok(())
    }

    fn heading_leaf(&mut self, context: Context, path: &str, value: &str) {
        let is_archival = self.open.last().is_some_and(|open| open.local == "ArchivalAgency");
        let heading = self.sink.heading_mut();
        match (context, path) {
            (Context::Root, "TransferIdentifier") => value.clone_into(&mut heading.message_identifier),
            (Context::Root, "Date") => value.clone_into(&mut heading.date),
            (Context::Agency, "Identification") if is_archival => {
                heading.archival_agency = Some(value.to_owned());
            }
            (Context::Agency, "Identification") => heading.transferring_agency = Some(value.to_owned()),
            _ => {}
        }
    }

    /// The content that ends with these characters; none when nothing is written, which names a joined file.
    fn inline(&mut self, last: &str) -> io::Result<Option<Inline>> {
        let Some(mut attachment) = self.attachment.take() else { return Ok(None) };
        attachment.push(last, &mut self.sink)?;
        let (inline, has_begun) = attachment.end();
        Ok(has_begun.then_some(inline))
    }

    /// The content of the innermost unit, to say of it a text of so many bytes, and whether so much may still be said.
    fn content(&mut self, bytes: usize) -> Option<(&mut Content, bool)> {
        self.sink.unit(bytes).map(|(unit, is_light)| (&mut unit.content, is_light))
    }

    /// One more value of the innermost unit, under this path.
    pub(super) fn tell(&mut self, path: &str, value: &str) {
        if let Some((content, true)) = self.content(path.len() + value.len()) {
            content.others.push((path.to_owned(), value.to_owned()));
        }
    }

    fn unit_leaf(&mut self, path: &str, value: &str, line: u64) {
        match path {
            "Name" | "DescriptionLevel" => {
                let Some((content, _)) = self.content(value.len()) else { return };
                if path == "Name" {
                    content.title = Some(value.to_owned());
                } else {
                    content.description_level = Some(level(value).to_owned());
                }
            }
            "DescriptionLanguage" => self.tell(path, language(value)),
            "ArchivalAgreement" => self.agreement(value, line),
            "ArchivalProfile" => {
                let first = self.sink.heading_mut().archival_profile.get_or_insert_with(|| value.to_owned());
                if first != value {
                    self.tell(path, value);
                }
            }
            _ => self.tell(identifier_name(path), value),
        }
    }

    /// One agreement rules the whole transfer: the first is kept, another is a fault.
    fn agreement(&mut self, value: &str, line: u64) {
        let first = self.sink.heading_mut().archival_agreement.get_or_insert_with(|| value.to_owned());
        if first != value {
            let shown = |text: &str| text.chars().take(100).collect::<String>();
            let message = format!("accord « {} » après « {} »", shown(value), shown(first));
            let finding = Finding::new(&findings::HEADER_AGREEMENT_SEVERAL, message).at_line(line);
            self.sink.found.push(finding.in_path("ArchivalAgreement"));
        }
    }

    fn content_leaf(&mut self, path: &str, value: &str) {
        match path {
            "Description" | "OtherDescriptiveData" | "DescriptionLevel" | "OldestDate" | "LatestDate" => {
                let Some((content, is_light)) = self.content(value.len()) else { return };
                let text = value.to_owned();
                match path {
                    "DescriptionLevel" => content.description_level = Some(level(value).to_owned()),
                    "OldestDate" => content.start_date = Some(text),
                    "LatestDate" => content.end_date = Some(text),
                    _ if is_light => content.descriptions.push(text),
                    _ => {}
                }
            }
            "Language" => self.tell(path, language(value)),
            "OriginatingAgency/Identification" => self.originating_agency(value),
            "CustodialHistory" => self.tell("CustodialHistory/CustodialHistoryItem", value),
            "RelatedObjectReference" | "RelatedObjectReference/RelatedObjectIdentifier" => {
                self.tell("RelatedObjectReference/References/ExternalReference", value);
            }
            _ => self.tell(path, value),
        }
    }

    /// The first of a level is its own; the first of an archive is the message's.
    fn originating_agency(&mut self, value: &str) {
        let is_root = self.levels.len() == 1;
        let Some(level) = self.levels.last_mut() else { return };
        if std::mem::replace(&mut level.has_originating_agency, true) {
            return self.tell("OriginatingAgency/Identifier", value);
        }
        if let Some((content, _)) = self.content(value.len()) {
            content.originating_agency = Some(value.to_owned());
        }
        if is_root {
            self.sink.heading_mut().originating_agency.get_or_insert_with(|| value.to_owned());
        }
    }

    /// A keyword's own access rule has no place in 2.x: it is told with the keyword's number in the unit.
    fn keyword_leaf(&mut self, path: &str, value: &str) {
        if path == "KeywordContent" {
            if let Some((content, true)) = self.content(value.len()) {
                content.keywords.push(value.to_owned());
            }
            return;
        }
        let number = self.levels.last().map_or(0, |level| level.keywords);
        let rule = |name: &str| format!("Keyword[{number}]/AccessRule/{name}");
        match path.split_once('/') {
            Some(("AccessRestriction" | "AccessRestrictionRule", "Code")) => self.tell(&rule("Rule"), value),
            Some(("AccessRestriction" | "AccessRestrictionRule", "StartDate")) => {
                self.tell(&rule("StartDate"), value);
            }
            _ => self.tell(&format!("Keyword/{path}"), value),
        }
    }

    fn document_leaf(&mut self, path: &str, value: &str) {
        let document = &mut self.document;
        match path {
            "Integrity" => document.object.digest = Some(value.to_owned()),
            "Size" => match size_bytes(value, &self.size_unit) {
                Some(size) => document.object.size_bytes = Some(size),
                None => document.tell("Size", &format!("{value} {}", self.size_unit)),
            },
            "Description" => {
                document.is_described = true;
                if !value.is_empty() && document.weigh(value.len()) {
                    document.description = Some(value.to_owned());
                }
            }
            "Creation" => document.tell("CreatedDate", value),
            "Receipt" => document.tell("ReceivedDate", value),
            "Submission" => document.tell("SentDate", value),
            "Issue" => document.tell("RegisteredDate", value),
            "Language" => document.tell(path, language(value)),
            "Copy" | "Control" | "Response" | "Type" => document.tell(path, value),
            _ => {
                document.tell(identifier_name(path), value);
                document.is_described = true;
            }
        }
    }
}

/// The object's content is this one, not a file of its name, which tells its digest in 0.2's header all the same.
fn hold(object: &mut BinaryObject, inline: Inline, digests: &mut Digests) {
    object.inline = Some(inline);
    if let Some((algorithm, digest)) = object.uri.take().and_then(|name| digests.take(&name)) {
        object.digest_algorithm = Some(algorithm);
        object.digest = Some(digest);
    }
}

/// Identifiers bear the name of what they identify; 2.x knows units only.
fn identifier_name(path: &str) -> &str {
    match path {
        "ArchivalAgencyArchiveIdentifier"
        | "ArchivalAgencyObjectIdentifier"
        | "ArchivalAgencyDocumentIdentifier" => "ArchivalAgencyArchiveUnitIdentifier",
        "OriginatingAgencyArchiveIdentifier"
        | "OriginatingAgencyObjectIdentifier"
        | "OriginatingAgencyDocumentIdentifier" => "OriginatingAgencyArchiveUnitIdentifier",
        "TransferringAgencyArchiveIdentifier"
        | "TransferringAgencyObjectIdentifier"
        | "TransferringAgencyDocumentIdentifier" => "TransferringAgencyArchiveUnitIdentifier",
        _ => path,
    }
}
