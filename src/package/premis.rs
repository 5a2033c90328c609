//! `metadata/premis.xml` of an AIP: the events of its entry, in PREMIS 3.
//!
//! Fixed by `seal`; carries no journal number, since the journal is written after it. One object (the
//! package received), the events of its acceptance, the service as agent.

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesText, Event};

/// What PREMIS says of one event.
pub struct PremisEvent<'a> {
    /// PREMIS `eventType`: `ingestion`, `message digest calculation`, `validation`, `accession`.
    pub event_type: &'a str,
    pub identifier: String,
    /// RFC 3339, UTC.
    pub date_time: &'a str,
    pub outcome: &'a str,
    pub detail: &'a str,
}

/// The PREMIS document of an archive: `digest` is the SHA-512 of the package received, hexadecimal.
pub fn premis(archive_id: &str, size_bytes: u64, digest: &str, events: &[PremisEvent<'_>]) -> String {
    let mut writer = Writer::new_with_indent(Vec::new(), b' ', 2);
    let written = write(&mut writer, archive_id, size_bytes, digest, events);
    written.expect("writing to memory does not fail");
    String::from_utf8(writer.into_inner()).expect("UTF-8 in, UTF-8 out")
}

type Xml = Writer<Vec<u8>>;

fn write(
    w: &mut Xml,
    archive_id: &str,
    size_bytes: u64,
    digest: &str,
    events: &[PremisEvent<'_>],
) -> std::io::Result<()> {
    w.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    w.create_element("premis")
        .with_attribute(("xmlns", "http://www.loc.gov/premis/v3"))
        .with_attribute(("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"))
        .with_attribute(("version", "3.0"))
        .write_inner_content(|w| {
            w.create_element("object").with_attribute(("xsi:type", "file")).write_inner_content(|w| {
                identifier(w, "object", archive_id)?;
                w.create_element("objectCharacteristics").write_inner_content(|w| {
                    w.create_element("fixity").write_inner_content(|w| {
                        text(w, "messageDigestAlgorithm", "SHA-512")?;
                        text(w, "messageDigest", digest)
                    })?;
                    text(w, "size", &size_bytes.to_string())?;
                    w.create_element("format").write_inner_content(|w| {
                        w.create_element("formatDesignation")
                            .write_inner_content(|w| text(w, "formatName", "SIP"))?;
                        Ok(())
                    })?;
                    Ok(())
                })?;
                Ok(())
            })?;
            for event in events {
                write_event(w, event, archive_id)?;
            }
            w.create_element("agent").write_inner_content(|w| {
                identifier(w, "agent", "chartrier")?;
                text(w, "agentName", concat!("chartrier ", env!("CARGO_PKG_VERSION")))?;
                text(w, "agentType", "software")
            })?;
            Ok(())
        })?;
    Ok(())
}

fn write_event(w: &mut Xml, event: &PremisEvent<'_>, archive_id: &str) -> std::io::Result<()> {
    w.create_element("event").write_inner_content(|w| {
        identifier(w, "event", &event.identifier)?;
        text(w, "eventType", event.event_type)?;
        text(w, "eventDateTime", event.date_time)?;
        w.create_element("eventDetailInformation")
            .write_inner_content(|w| text(w, "eventDetail", event.detail))?;
        w.create_element("eventOutcomeInformation")
            .write_inner_content(|w| text(w, "eventOutcome", event.outcome))?;
        w.create_element("linkingAgentIdentifier").write_inner_content(|w| {
            text(w, "linkingAgentIdentifierType", "local")?;
            text(w, "linkingAgentIdentifierValue", "chartrier")
        })?;
        w.create_element("linkingObjectIdentifier").write_inner_content(|w| {
            text(w, "linkingObjectIdentifierType", "UUID")?;
            text(w, "linkingObjectIdentifierValue", archive_id)
        })?;
        Ok(())
    })?;
    Ok(())
}

fn identifier(w: &mut Xml, of: &str, value: &str) -> std::io::Result<()> {
    let kind = if of == "agent" { "local" } else { "UUID" };
    w.create_element(format!("{of}Identifier")).write_inner_content(|w| {
        text(w, &format!("{of}IdentifierType"), kind)?;
        text(w, &format!("{of}IdentifierValue"), value)
    })?;
    Ok(())
}

fn text(w: &mut Xml, name: &str, value: &str) -> std::io::Result<()> {
    w.create_element(name).write_text_content(BytesText::new(value))?;
    Ok(())
}
