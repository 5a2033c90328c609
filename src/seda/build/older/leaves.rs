//! Values of the description: what each leaf element fills, by its path under what holds it (seda.md 4.2).
//!
//! What has a name in 2.x is told under it; the rest under the path it has in the message.

use super::values::{final_action, language, level, size_bytes};
use super::{Builder, Context, Terms};
use crate::model::{Finding, Rule, findings};

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

    pub(super) fn leaf(&mut self, local: &str, value: &str, line: u64) {
        let (context, above) = self.place();
        let path = format!("{above}{local}");
        let some = || Some(value.to_owned());
        match (context, path.as_str()) {
            (Context::Root, "TransferIdentifier") => self.manifest.message_identifier = value.to_owned(),
            (Context::Root, "Date") => self.manifest.date = value.to_owned(),
            (Context::Agency, "Identification") => match self.open.last().map(|open| open.local.as_str()) {
                Some("ArchivalAgency") => self.manifest.archival_agency = some(),
                _ => self.manifest.transferring_agency = some(),
            },
            (Context::Integrity, "Contains") => self.integrity.digest = value.to_owned(),
            (Context::Integrity, "UnitIdentifier") => self.integrity.name = value.to_owned(),
            (Context::Unit, path) => self.unit_leaf(path, value, line),
            (Context::Content, path) => self.content_leaf(path, value),
            (Context::Keyword, path) => self.keyword_leaf(path, value),
            (Context::AccessRule | Context::AppraisalRule, path) => rule_leaf(&mut self.terms, path, value),
            (Context::Document, path) => self.document_leaf(path, value),
            (Context::RelatedData, "Data") if !value.is_empty() => {
                self.related.inline = true;
                self.related.uri = None;
            }
            (Context::RelatedData, "Relation") => {
                self.document.content.others.push(("RelatedData/Relation".to_owned(), value.to_owned()));
            }
            _ => {}
        }
    }

    /// One more value of the innermost unit, under this path.
    pub(super) fn tell(&mut self, path: &str, value: &str) {
        if let Some(unit) = self.unit() {
            unit.content.others.push((path.to_owned(), value.to_owned()));
        }
    }

    fn unit_leaf(&mut self, path: &str, value: &str, line: u64) {
        let Some(unit) = self.unit() else { return };
        match path {
            "Name" => unit.content.title = Some(value.to_owned()),
            "DescriptionLevel" => unit.content.description_level = Some(level(value).to_owned()),
            "DescriptionLanguage" => self.tell(path, language(value)),
            "ArchivalAgreement" => self.agreement(value, line),
            "ArchivalProfile" => {
                let first = self.manifest.archival_profile.get_or_insert_with(|| value.to_owned());
                if first != value {
                    self.tell(path, value);
                }
            }
            _ => self.tell(identifier_name(path), value),
        }
    }

    /// One agreement rules the whole transfer: the first is kept, another is a fault.
    fn agreement(&mut self, value: &str, line: u64) {
        let first = self.manifest.archival_agreement.get_or_insert_with(|| value.to_owned());
        if first != value {
            let shown = |text: &str| text.chars().take(100).collect::<String>();
            let message = format!("accord « {} » après « {} »", shown(value), shown(first));
            let finding = Finding::new(&findings::HEADER_AGREEMENT_SEVERAL, message).at_line(line);
            self.found.push(finding.in_path("ArchivalAgreement"));
        }
    }

    fn content_leaf(&mut self, path: &str, value: &str) {
        let is_root = self.open_units.len() == 1;
        let Some(unit) = self.unit() else { return };
        let content = &mut unit.content;
        let text = value.to_owned();
        match path {
            "Description" | "OtherDescriptiveData" => content.descriptions.push(text),
            "DescriptionLevel" => content.description_level = Some(level(value).to_owned()),
            "OldestDate" => content.start_date = Some(text),
            "LatestDate" => content.end_date = Some(text),
            "Language" => self.tell(path, language(value)),
            "OriginatingAgency/Identification" if content.originating_agency.is_none() => {
                content.originating_agency = Some(text.clone());
                if is_root {
                    self.manifest.originating_agency.get_or_insert(text);
                }
            }
            "OriginatingAgency/Identification" => self.tell("OriginatingAgency/Identifier", value),
            "CustodialHistory" => self.tell("CustodialHistory/CustodialHistoryItem", value),
            "RelatedObjectReference" | "RelatedObjectReference/RelatedObjectIdentifier" => {
                self.tell("RelatedObjectReference/References/ExternalReference", value);
            }
            _ => self.tell(path, value),
        }
    }

    /// A keyword's own access rule has no place in 2.x: it is told with the keyword's number in the unit.
    fn keyword_leaf(&mut self, path: &str, value: &str) {
        if path == "KeywordContent" {
            if let Some(unit) = self.unit() {
                unit.content.keywords.push(value.to_owned());
            }
            return;
        }
        let number = self.keyword;
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
        let mut tell = |name: &str, value: &str| {
            document.content.others.push((name.to_owned(), value.to_owned()));
        };
        match path {
            "Attachment" if !value.is_empty() => {
                document.object.inline = true;
                document.object.uri = None;
            }
            "Attachment" => {}
            "Integrity" => document.object.digest = Some(value.to_owned()),
            "Size" => match size_bytes(value, &self.size_unit) {
                Some(size) => document.object.size_bytes = Some(size),
                None => tell("Size", &format!("{value} {}", self.size_unit)),
            },
            "Description" => {
                document.description = Some(value.to_owned()).filter(|text| !text.is_empty());
                document.is_described = true;
            }
            "Creation" => tell("CreatedDate", value),
            "Receipt" => tell("ReceivedDate", value),
            "Submission" => tell("SentDate", value),
            "Issue" => tell("RegisteredDate", value),
            "Language" => tell(path, language(value)),
            "Copy" | "Control" | "Response" | "Type" => tell(path, value),
            _ => {
                tell(identifier_name(path), value);
                document.is_described = true;
            }
        }
    }

    pub(super) fn end_rule(&mut self, context: Context) {
        let Terms { code, duration, start } = std::mem::take(&mut self.terms);
        let Some(level) = self.open_units.last_mut() else { return };
        let (category, is_declared) = match context {
            Context::AccessRule => ("AccessRule", &mut level.has_access),
            _ => ("AppraisalRule", &mut level.has_appraisal),
        };
        let prevent_inheritance = std::mem::replace(is_declared, true);
        let rule = Rule {
            category: category.to_owned(),
            final_action: (context == Context::AppraisalRule).then(|| final_action(&code).to_owned()),
            terms: vec![(
                if context == Context::AppraisalRule { duration.unwrap_or_default() } else { code },
                start,
            )],
            prevent_inheritance,
            ..Rule::default()
        };
        level.unit.rules.rules.push(rule);
    }
}

fn rule_leaf(terms: &mut Terms, path: &str, value: &str) {
    match path {
        "Code" => terms.code = value.to_owned(),
        "Duration" => terms.duration = Some(value.to_owned()),
        "StartDate" => terms.start = Some(value.to_owned()),
        _ => {}
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
