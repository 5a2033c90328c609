//! Writes an `ArchiveTransfer` of 2.1, 2.2 or 2.3: for whoever has files and a description of them, and no SEDA.
//!
//! Never judges: what is written is checked by the engine like anybody's. The one thing to know: it goes out as it is made, units
//! and objects one by one, in the schema's order.

use std::io::{self, Write};

use super::writer::escaped;
use crate::model::SedaVersion;

/// What a transfer says of itself.
#[derive(Clone, Debug)]
pub struct TransferHeading {
    pub version: SedaVersion,
    /// With its offset.
    pub date: String,
    pub message_identifier: String,
    pub archival_agreement: String,
    pub archival_profile: Option<String>,
    pub archival_agency: String,
    pub transferring_agency: String,
    pub originating_agency: String,
}

/// A unit to write, and those below it.
#[derive(Clone, Debug, Default)]
pub struct NewUnit {
    /// As 2.x writes it: `RecordGrp`.
    pub level: String,
    pub title: String,
    pub reference: Option<String>,
    pub description: Option<String>,
    pub document_type: Option<String>,
    pub language: Option<String>,
    pub keywords: Vec<String>,
    pub start_date: Option<String>,
    pub end_date: Option<String>,
    pub appraisal: Option<NewRule>,
    pub access: Option<NewRule>,
    pub children: Vec<NewUnit>,
    /// Name of the folder that it stands for; not written.
    pub folder: Option<String>,
    /// Number of its object.
    pub object: Option<usize>,
}

/// A rule of a unit.
#[derive(Clone, Debug)]
pub struct NewRule {
    pub rule: String,
    pub start_date: Option<String>,
    /// `Keep` or `Destroy`, of an appraisal.
    pub final_action: Option<String>,
}

/// A file to declare.
#[derive(Clone, Debug)]
pub struct NewObject {
    /// Path in the container.
    pub uri: String,
    pub file_name: String,
    pub sha512: String,
    pub size_bytes: u64,
    pub puid: Option<String>,
    pub format_name: Option<String>,
    pub mime: Option<String>,
}

/// Writes the whole message.
///
/// # Errors
/// When `out` takes no more.
pub fn archive_transfer(
    heading: &TransferHeading,
    objects: &[NewObject],
    root: &NewUnit,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>")?;
    writeln!(out, "<ArchiveTransfer xmlns=\"{}\">", heading.version.namespace())?;
    leaf(out, "Date", &heading.date)?;
    leaf(out, "MessageIdentifier", &heading.message_identifier)?;
    leaf(out, "ArchivalAgreement", &heading.archival_agreement)?;
    writeln!(out, "<CodeListVersions>")?;
    leaf(out, "MessageDigestAlgorithmCodeListVersion", "xmlenc")?;
    leaf(out, "FileFormatCodeListVersion", "PRONOM")?;
    writeln!(out, "</CodeListVersions>\n<DataObjectPackage>")?;
    for (number, object) in objects.iter().enumerate() {
        data_object(number, object, out)?;
    }
    writeln!(out, "<DescriptiveMetadata>")?;
    unit(root, &mut 0, out)?;
    writeln!(out, "</DescriptiveMetadata>\n<ManagementMetadata>")?;
    optional(out, "ArchivalProfile", heading.archival_profile.as_deref())?;
    leaf(out, "OriginatingAgencyIdentifier", &heading.originating_agency)?;
    writeln!(out, "</ManagementMetadata>\n</DataObjectPackage>")?;
    for (name, identifier) in
        [("ArchivalAgency", &heading.archival_agency), ("TransferringAgency", &heading.transferring_agency)]
    {
        writeln!(out, "<{name}><Identifier>{}</Identifier></{name}>", escaped(identifier))?;
    }
    writeln!(out, "</ArchiveTransfer>")
}

fn data_object(number: usize, object: &NewObject, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<DataObjectGroup id=\"G{number}\"><BinaryDataObject id=\"F{number}\">")?;
    leaf(out, "DataObjectVersion", "BinaryMaster_1")?;
    leaf(out, "Uri", &object.uri)?;
    writeln!(out, "<MessageDigest algorithm=\"SHA-512\">{}</MessageDigest>", object.sha512)?;
    leaf(out, "Size", &object.size_bytes.to_string())?;
    writeln!(out, "<FormatIdentification>")?;
    optional(out, "FormatLitteral", object.format_name.as_deref())?;
    leaf(out, "MimeType", object.mime.as_deref().unwrap_or("application/octet-stream"))?;
    optional(out, "FormatId", object.puid.as_deref())?;
    writeln!(out, "</FormatIdentification>")?;
    writeln!(out, "<FileInfo><Filename>{}</Filename></FileInfo>", escaped(&object.file_name))?;
    writeln!(out, "</BinaryDataObject></DataObjectGroup>")
}

fn unit(of: &NewUnit, number: &mut u64, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "<ArchiveUnit id=\"U{number}\">")?;
    *number += 1;
    if of.appraisal.is_some() || of.access.is_some() {
        writeln!(out, "<Management>")?;
        rule(out, "AppraisalRule", of.appraisal.as_ref())?;
        rule(out, "AccessRule", of.access.as_ref())?;
        writeln!(out, "</Management>")?;
    }
    writeln!(out, "<Content>")?;
    leaf(out, "DescriptionLevel", &of.level)?;
    leaf(out, "Title", &of.title)?;
    optional(out, "OriginatingAgencyArchiveUnitIdentifier", of.reference.as_deref())?;
    optional(out, "Description", of.description.as_deref())?;
    optional(out, "DocumentType", of.document_type.as_deref())?;
    optional(out, "Language", of.language.as_deref())?;
    for keyword in &of.keywords {
        writeln!(out, "<Keyword><KeywordContent>{}</KeywordContent></Keyword>", escaped(keyword))?;
    }
    optional(out, "StartDate", of.start_date.as_deref())?;
    optional(out, "EndDate", of.end_date.as_deref())?;
    writeln!(out, "</Content>")?;
    for child in &of.children {
        unit(child, number, out)?;
    }
    if let Some(object) = of.object {
        writeln!(
            out,
            "<DataObjectReference><DataObjectGroupReferenceId>G{object}</DataObjectGroupReferenceId></DataObjectReference>"
        )?;
    }
    writeln!(out, "</ArchiveUnit>")
}

fn rule(out: &mut dyn Write, name: &str, rule: Option<&NewRule>) -> io::Result<()> {
    let Some(rule) = rule else { return Ok(()) };
    writeln!(out, "<{name}>")?;
    leaf(out, "Rule", &rule.rule)?;
    optional(out, "StartDate", rule.start_date.as_deref())?;
    optional(out, "FinalAction", rule.final_action.as_deref())?;
    writeln!(out, "</{name}>")
}

fn leaf(out: &mut dyn Write, name: &str, text: &str) -> io::Result<()> {
    writeln!(out, "<{name}>{}</{name}>", escaped(text))
}

fn optional(out: &mut dyn Write, name: &str, text: Option<&str>) -> io::Result<()> {
    text.map_or(Ok(()), |text| leaf(out, name, text))
}
