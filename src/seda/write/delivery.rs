//! Writes the message of a DIP: the `ArchiveDeliveryRequestReply` of 2.1, units and objects one by one, in the schema's order.
//!
//! Never decides what is given. The one thing to know: it goes out piece by piece, so that a branch of any size is never held;
//! whoever calls keeps the order: beginning, objects, units opened and closed, end.

use std::io::{self, Write};

use chrono::{DateTime, SecondsFormat, Utc};

use super::element::Element;
use crate::model::{Content, Rule, Rules, SedaVersion};
use crate::seda::date;
use crate::seda::levels::{LEVELS, OTHER_LEVEL};

/// What the message says of itself.
#[derive(Clone, Debug)]
pub struct DeliveryHeading {
    pub date: DateTime<Utc>,
    pub message_identifier: String,
    pub message_request_identifier: String,
    pub archival_agreement: String,
    /// The units asked for.
    pub units: Vec<String>,
    pub originating_agency: Option<String>,
    pub archival_agency: String,
    pub requester: String,
}

/// A file given.
#[derive(Clone, Debug)]
pub struct DeliveredObject<'a> {
    /// In the message.
    pub id: String,
    /// In the package.
    pub uri: String,
    pub file_name: &'a str,
    pub usage: Option<&'a str>,
    pub sha512: String,
    pub size_bytes: u64,
    pub puid: Option<&'a str>,
    pub mime: &'a str,
}

/// A unit given.
#[derive(Clone, Debug)]
pub struct DeliveredUnit<'a> {
    /// In the message.
    pub id: String,
    /// In the catalogue.
    pub system_id: String,
    /// Of the archive.
    pub cote: &'a str,
    pub title: &'a str,
    pub content: &'a Content,
    pub rules: &'a Rules,
}

/// Parts of the description that are given as they came, in the schema's order.
const IDENTIFIERS: [&str; 2] =
    ["OriginatingAgencyArchiveUnitIdentifier", "TransferringAgencyArchiveUnitIdentifier"];
/// Rules that are given, in the schema's order, and the final actions that each may have; none: it has none.
const RULES: [(&str, &[&str]); 5] = [
    ("StorageRule", &["RestrictAccess", "Transfer", "Copy"]),
    ("AppraisalRule", &["Keep", "Destroy"]),
    ("AccessRule", &[]),
    ("DisseminationRule", &[]),
    ("ReuseRule", &[]),
];

/// The message up to its objects.
pub fn begin(heading: &DeliveryHeading, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<ArchiveDeliveryRequestReply xmlns=\"{}\">", SedaVersion::V2_1.namespace())?;
    let date = heading.date.to_rfc3339_opts(SecondsFormat::Secs, true);
    leaf("Date", date).write(out)?;
    leaf("MessageIdentifier", &*heading.message_identifier).write(out)?;
    leaf("ArchivalAgreement", &*heading.archival_agreement).write(out)?;
    let lists = [
        leaf("MessageDigestAlgorithmCodeListVersion", "xmlenc"),
        leaf("FileFormatCodeListVersion", "PRONOM"),
    ];
    Element::of("CodeListVersions", lists).write(out)?;
    writeln!(out, "<DataObjectPackage>")
}

/// One file; all of them come before the first unit.
pub fn object(object: &DeliveredObject<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut parts: Vec<Element> = object
        .usage
        .filter(|usage| is_token(usage))
        .map(|usage| leaf("DataObjectVersion", usage))
        .into_iter()
        .collect();
    parts.push(leaf("Uri", &*object.uri));
    parts.push(leaf("MessageDigest", &*object.sha512).with("algorithm", "SHA-512"));
    parts.extend((object.size_bytes > 0).then(|| leaf("Size", object.size_bytes.to_string())));
    let mut format = vec![leaf("MimeType", object.mime)];
    format.extend(object.puid.map(|puid| leaf("FormatId", puid)));
    parts.push(Element::of("FormatIdentification", format));
    parts.push(Element::of("FileInfo", [leaf("Filename", object.file_name)]));
    Element::of("BinaryDataObject", parts).with("id", &*object.id).write(out)
}

/// Between the last file and the first unit.
pub fn begin_units(out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<DescriptiveMetadata>")
}

/// A unit, left open: those below it follow, then its files, then [`close_unit`].
pub fn open_unit(unit: &DeliveredUnit<'_>, out: &mut dyn Write) -> io::Result<()> {
    Element::of("ArchiveUnit", []).with("id", &*unit.id).open(out)?;
    writeln!(out)?;
    let management: Vec<Element> = RULES
        .iter()
        .filter_map(|(category, actions)| {
            rule(unit.rules.rules.iter().find(|rule| rule.category == *category)?, category, actions)
        })
        .collect();
    if !management.is_empty() {
        Element::of("Management", management).write(out)?;
    }
    Element::of("Content", content(unit)).write(out)
}

/// Another place of a unit that was written already.
pub fn unit_again(id: &str, target: &str, out: &mut dyn Write) -> io::Result<()> {
    Element::of("ArchiveUnit", [leaf("ArchiveUnitRefId", target)]).with("id", id).write(out)
}

/// The end of a unit, after the files that it describes.
pub fn close_unit(objects: &[String], out: &mut dyn Write) -> io::Result<()> {
    for object in objects {
        Element::of("DataObjectReference", [leaf("DataObjectReferenceId", &**object)]).write(out)?;
    }
    writeln!(out, "</ArchiveUnit>")
}

/// The end of the message.
pub fn end(heading: &DeliveryHeading, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "</DescriptiveMetadata>")?;
    let producer =
        heading.originating_agency.as_deref().map(|agency| leaf("OriginatingAgencyIdentifier", agency));
    Element::of("ManagementMetadata", producer).write(out)?;
    writeln!(out, "</DataObjectPackage>")?;
    leaf("ReplyCode", "000").write(out)?;
    leaf("MessageRequestIdentifier", &*heading.message_request_identifier).write(out)?;
    heading.units.iter().try_for_each(|unit| leaf("UnitIdentifier", &**unit).write(out))?;
    Element::of("ArchivalAgency", [leaf("Identifier", &*heading.archival_agency)]).write(out)?;
    Element::of("Requester", [leaf("Identifier", &*heading.requester)]).write(out)?;
    writeln!(out, "</ArchiveDeliveryRequestReply>")
}

fn leaf(name: &'static str, text: impl Into<String>) -> Element {
    Element::leaf(name, text)
}

/// Not empty once the spaces around are gone.
fn is_token(text: &str) -> bool {
    !text.trim().is_empty()
}

fn content(unit: &DeliveredUnit<'_>) -> Vec<Element> {
    let said = unit.content;
    let level = said.description_level.as_deref();
    let mut known = LEVELS.iter().chain([&OTHER_LEVEL]);
    let level = known.find(|one| level.is_some_and(|level| level.eq_ignore_ascii_case(one)));
    let mut parts: Vec<Element> = level.map(|level| leaf("DescriptionLevel", *level)).into_iter().collect();
    parts.push(leaf("Title", said.title.as_deref().filter(|title| is_token(title)).unwrap_or(unit.title)));
    parts.push(leaf("SystemId", &*unit.system_id));
    parts.push(leaf("ArchivalAgencyArchiveUnitIdentifier", unit.cote));
    for name in IDENTIFIERS {
        let given = said.others.iter().filter(|(path, text)| path == name && is_token(text));
        parts.extend(given.map(|(_, text)| leaf(name, &**text)));
    }
    parts.extend(said.descriptions.iter().map(|text| leaf("Description", &**text)));
    let keywords = said.keywords.iter();
    parts.extend(keywords.map(|word| Element::of("Keyword", [leaf("KeywordContent", &**word)])));
    parts.extend(
        said.originating_agency
            .as_deref()
            .map(|agency| Element::of("OriginatingAgency", [leaf("Identifier", agency)])),
    );
    for (name, day) in [
        ("TransactedDate", &said.transacted_date),
        ("StartDate", &said.start_date),
        ("EndDate", &said.end_date),
    ] {
        parts.extend(day.as_deref().filter(|day| date::first_day(day).is_some()).map(|day| leaf(name, day)));
    }
    parts
}

fn rule(rule: &Rule, category: &'static str, actions: &[&str]) -> Option<Element> {
    let mut parts = Vec::new();
    for (code, start) in rule.terms.iter().filter(|(code, _)| is_token(code)) {
        parts.push(leaf("Rule", &**code));
        parts.extend(
            start.as_deref().filter(|start| date::is_date(start)).map(|start| leaf("StartDate", start)),
        );
    }
    if rule.prevent_inheritance {
        parts.push(leaf("PreventInheritance", "true"));
    } else {
        let aside = rule.ref_non_rule_ids.iter().filter(|code| is_token(code));
        parts.extend(aside.map(|code| leaf("RefNonRuleId", &**code)));
    }
    if !actions.is_empty() {
        let action = rule.final_action.as_deref().filter(|action| actions.contains(action))?;
        parts.push(leaf("FinalAction", action));
    }
    (!parts.is_empty()).then(|| Element::of(category, parts))
}
