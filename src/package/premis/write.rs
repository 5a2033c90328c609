//! The document, written as a stream: one file after the other, whatever their count.

use std::borrow::Cow;
use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use super::{Entry, EntryEvent, LOCATION, NAMESPACE, OwnFile, PremisFile, PremisFormat, files};
use crate::package::accession::Accession;

const SOFTWARE: &str = "chartrier";

pub(super) type Xml<W> = Writer<W>;

/// Writes the PREMIS document of an archive. The same values give the same bytes.
///
/// # Errors
/// When `out` cannot be written.
pub fn write<W: Write>(out: W, accession: &Accession, entry: &Entry, ours: &[OwnFile]) -> io::Result<W> {
    let mut xml = begin(out)?;
    archive(&mut xml, accession)?;
    package(&mut xml, accession)?;
    for one in files(accession, ours) {
        file(&mut xml, accession, &one)?;
    }
    for one in &entry.events {
        event(&mut xml, accession, one)?;
    }
    agents(&mut xml, accession, entry)?;
    end(xml)
}

/// A document that begins.
pub(super) fn begin<W: Write>(out: W) -> io::Result<Xml<W>> {
    let mut xml = Writer::new_with_indent(out, b' ', 1);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let root = BytesStart::new("premis").with_attributes([
        ("xmlns", NAMESPACE),
        ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
        ("version", "3.0"),
    ]);
    xml.write_event(Event::Start(root))?;
    Ok(xml)
}

/// The document's end.
pub(super) fn end<W: Write>(mut xml: Xml<W>) -> io::Result<W> {
    xml.write_event(Event::End(BytesEnd::new("premis")))?;
    let mut out = xml.into_inner();
    out.write_all(b"\n")?;
    Ok(out)
}

/// The archive itself: what all the files are part of.
fn archive<W: Write>(xml: &mut Xml<W>, accession: &Accession) -> io::Result<()> {
    object(xml, "intellectualEntity", |xml| {
        identifier(xml, "object", "UUID", &accession.archive_id.to_string())?;
        identifier(xml, "object", "cote", &accession.cote)?;
        text(xml, "originalName", &accession.message_identifier)
    })
}

/// The package as received, which is not kept: its content is.
fn package<W: Write>(xml: &mut Xml<W>, accession: &Accession) -> io::Result<()> {
    object(xml, "file", |xml| {
        identifier(xml, "object", "UUID", &accession.transfer_id.to_string())?;
        element(xml, "objectCharacteristics", |xml| {
            fixity(xml, &accession.received_sha512)?;
            text(xml, "size", &accession.received_size_bytes.to_string())?;
            element(xml, "format", |xml| {
                element(xml, "formatDesignation", |xml| {
                    text(xml, "formatName", "SEDA ArchiveTransfer")?;
                    text(xml, "formatVersion", &accession.seda_version)
                })
            })
        })?;
        relationship(xml, ("derivation", "is source of"), &accession.archive_id.to_string())
    })
}

fn file<W: Write>(xml: &mut Xml<W>, accession: &Accession, file: &PremisFile<'_>) -> io::Result<()> {
    object(xml, "file", |xml| {
        identifier(xml, "object", "UUID", &file.identifier.to_string())?;
        if let Some(seda_id) = file.seda_id {
            identifier(xml, "object", "SEDA", seda_id)?;
        }
        element(xml, "objectCharacteristics", |xml| {
            fixity(xml, file.sha512)?;
            text(xml, "size", &file.size_bytes.to_string())?;
            format(xml, &file.format)
        })?;
        if let Some(name) = file.original_name {
            text(xml, "originalName", name)?;
        }
        element(xml, "storage", |xml| {
            element(xml, "contentLocation", |xml| {
                text(xml, "contentLocationType", LOCATION)?;
                text(xml, "contentLocationValue", file.logical_path)
            })
        })?;
        relationship(xml, ("structural", "is part of"), &accession.archive_id.to_string())
    })
}

fn format<W: Write>(xml: &mut Xml<W>, format: &PremisFormat<'_>) -> io::Result<()> {
    element(xml, "format", |xml| {
        element(xml, "formatDesignation", |xml| {
            text(xml, "formatName", format.name)?;
            format.version.map_or(Ok(()), |version| text(xml, "formatVersion", version))
        })?;
        if let Some(puid) = format.puid {
            element(xml, "formatRegistry", |xml| {
                text(xml, "formatRegistryName", "PRONOM")?;
                text(xml, "formatRegistryKey", puid)?;
                text(xml, "formatRegistryRole", "specification")
            })?;
        }
        let Some(basis) = format.basis else { return Ok(()) };
        text(xml, "formatNote", &format!("identified by {basis}"))
    })
}

fn event<W: Write>(xml: &mut Xml<W>, accession: &Accession, event: &EntryEvent) -> io::Result<()> {
    element(xml, "event", |xml| {
        identifier(xml, "event", "UUID", &event.identifier.to_string())?;
        text(xml, "eventType", &event.event_type)?;
        text(xml, "eventDateTime", &event.date_time)?;
        element(xml, "eventDetailInformation", |xml| text(xml, "eventDetail", &event.detail))?;
        element(xml, "eventOutcomeInformation", |xml| {
            text(xml, "eventOutcome", &event.outcome)?;
            let Some(note) = &event.note else { return Ok(()) };
            element(xml, "eventOutcomeDetail", |xml| text(xml, "eventOutcomeDetailNote", note))
        })?;
        agent_link(xml, SOFTWARE, "executing program")?;
        if event.event_type == "ingestion" && !accession.transferring_agency.is_empty() {
            agent_link(xml, &accession.transferring_agency, "transferring agency")?;
        }
        for (object, role) in [(accession.transfer_id, "source"), (accession.archive_id, "outcome")] {
            element(xml, "linkingObjectIdentifier", |xml| {
                text(xml, "linkingObjectIdentifierType", "UUID")?;
                text(xml, "linkingObjectIdentifierValue", &object.to_string())?;
                text(xml, "linkingObjectRole", role)
            })?;
        }
        Ok(())
    })
}

fn agents<W: Write>(xml: &mut Xml<W>, accession: &Accession, entry: &Entry) -> io::Result<()> {
    element(xml, "agent", |xml| {
        identifier(xml, "agent", "local", SOFTWARE)?;
        text(xml, "agentName", SOFTWARE)?;
        text(xml, "agentType", "software")?;
        text(xml, "agentVersion", &entry.software_version)
    })?;
    if accession.transferring_agency.is_empty() {
        return Ok(());
    }
    element(xml, "agent", |xml| {
        identifier(xml, "agent", "local", &accession.transferring_agency)?;
        text(xml, "agentType", "organization")
    })
}

pub(super) fn object<W: Write>(
    xml: &mut Xml<W>,
    kind: &str,
    inside: impl FnOnce(&mut Xml<W>) -> io::Result<()>,
) -> io::Result<()> {
    xml.write_event(Event::Start(BytesStart::new("object").with_attributes([("xsi:type", kind)])))?;
    inside(xml)?;
    xml.write_event(Event::End(BytesEnd::new("object")))
}

pub(super) fn element<W: Write>(
    xml: &mut Xml<W>,
    name: &str,
    inside: impl FnOnce(&mut Xml<W>) -> io::Result<()>,
) -> io::Result<()> {
    xml.write_event(Event::Start(BytesStart::new(name)))?;
    inside(xml)?;
    xml.write_event(Event::End(BytesEnd::new(name)))
}

pub(super) fn text<W: Write>(xml: &mut Xml<W>, name: &str, value: &str) -> io::Result<()> {
    xml.create_element(name).write_text_content(BytesText::new(&allowed(value)))?;
    Ok(())
}

/// A text without the characters that XML 1.0 forbids.
fn allowed(text: &str) -> Cow<'_, str> {
    let is_forbidden = |c: char| matches!(c, '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}');
    if text.contains(is_forbidden) { text.replace(is_forbidden, "\u{fffd}").into() } else { text.into() }
}

pub(super) fn identifier<W: Write>(xml: &mut Xml<W>, of: &str, kind: &str, value: &str) -> io::Result<()> {
    element(xml, &format!("{of}Identifier"), |xml| {
        text(xml, &format!("{of}IdentifierType"), kind)?;
        text(xml, &format!("{of}IdentifierValue"), value)
    })
}

fn fixity<W: Write>(xml: &mut Xml<W>, sha512: &str) -> io::Result<()> {
    element(xml, "fixity", |xml| {
        text(xml, "messageDigestAlgorithm", "SHA-512")?;
        text(xml, "messageDigest", sha512)
    })
}

fn relationship<W: Write>(xml: &mut Xml<W>, (kind, sub): (&str, &str), object: &str) -> io::Result<()> {
    element(xml, "relationship", |xml| {
        text(xml, "relationshipType", kind)?;
        text(xml, "relationshipSubType", sub)?;
        element(xml, "relatedObjectIdentifier", |xml| {
            text(xml, "relatedObjectIdentifierType", "UUID")?;
            text(xml, "relatedObjectIdentifierValue", object)
        })
    })
}

pub(super) fn agent_link<W: Write>(xml: &mut Xml<W>, agent: &str, role: &str) -> io::Result<()> {
    element(xml, "linkingAgentIdentifier", |xml| {
        text(xml, "linkingAgentIdentifierType", "local")?;
        text(xml, "linkingAgentIdentifierValue", agent)?;
        text(xml, "linkingAgentRole", role)
    })
}
