//! Reads a manifest in one pass: XML, version and message, schema, description.
//!
//! Never stops at the first fault of the schema; stops at the first fault of the XML, after which nothing can be trusted.
//! What the reader itself fails to deliver is [`Reading::failure`], never a finding.

use std::io::{self, BufRead};

use super::build::Builder;
use super::description::Manifest;
use super::schema::{self, Position};
use super::spill::Scratch;
use super::xml::{Element, Halt, Token, Xml};
use crate::model::{Finding, Findings, Limits, SedaVersion, findings};

/// Messages of 2.x (MEDONA's names).
const MESSAGES: &[&str] = &[
    "Acknowledgement",
    "ArchiveDeliveryRequest",
    "ArchiveDeliveryRequestReply",
    "ArchiveDestructionNotification",
    "ArchiveModificationNotification",
    "ArchiveRestitutionRequest",
    "ArchiveRestitutionRequestReply",
    "ArchiveTransfer",
    "ArchiveTransferReply",
    "ArchiveTransferRequest",
    "ArchiveTransferRequestReply",
    "AuthorizationControlAuthorityRequest",
    "AuthorizationControlAuthorityRequestReply",
    "AuthorizationOriginatingAgencyRequest",
    "AuthorizationOriginatingAgencyRequestReply",
];

/// What was read of a manifest.
#[derive(Debug)]
pub struct Reading {
    /// The description, when the document is a well-formed transfer of a version we read; it may still be faulty.
    pub manifest: Option<Box<Manifest>>,
    /// Version and local name of the root, when its namespace is one of the standard's.
    pub message: Option<(SedaVersion, String)>,
    /// What the header said before the reading ended, to answer the sender by.
    pub header: Header,
    /// What is wrong, in document order.
    pub findings: Vec<Finding>,
    /// The reader failed: nothing can be said of the message.
    pub failure: Option<io::Error>,
}

/// Who sends what, as far as it was read.
#[derive(Clone, Debug, Default)]
pub struct Header {
    pub message_identifier: Option<String>,
    pub archival_agreement: Option<String>,
    pub archival_agency: Option<String>,
    pub transferring_agency: Option<String>,
}

/// Reads and checks a manifest; references are left to [`super::consistency`]. What does not fit in memory goes to
/// `scratch`.
pub fn read_manifest(reader: impl BufRead, limits: &Limits, scratch: &Scratch) -> Reading {
    let mut found = Findings::new(limits.findings_max);
    let (mut message, mut header) = (None, Header::default());
    let (manifest, failure) = match read(reader, limits, scratch, &mut message, &mut header, &mut found) {
        Ok(manifest) => (manifest, None),
        Err(Halt::Refused(finding)) => {
            found.push(finding);
            (None, None)
        }
        Err(Halt::Failed(error)) => (None, Some(error)),
    };
    Reading { manifest, message, header, findings: found.into_vec(), failure }
}

fn read(
    reader: impl BufRead,
    limits: &Limits,
    scratch: &Scratch,
    message: &mut Option<(SedaVersion, String)>,
    header: &mut Header,
    found: &mut Findings,
) -> Result<Option<Box<Manifest>>, Halt> {
    let mut xml = Xml::new(reader, limits)?;
    xml.advance()?;
    let root = xml.element();
    let version = SedaVersion::ALL.into_iter().find(|version| version.namespace() == root.namespace);
    *message = version.map(|version| (version, root.local.clone()));
    if let Some(finding) = refuse_root(root, version) {
        found.push(finding);
    } else if let Some(version) = version
        && let Some(schema) = schema::of(version)
    {
        let mut builder = Builder::new(version, limits, scratch);
        let read = transfer(&mut xml, version, Position::at_root(schema), &mut builder, found);
        *header = builder.header();
        read?;
        if !builder.has_package() {
            // The schema lets it be left out, for messages that only announce; a transfer transfers.
            found.push(Finding::new(&findings::HEADER_PACKAGE, "DataObjectPackage manque"));
        }
        return builder.finish().map(Some).map_err(Halt::Failed);
    }
    while xml.advance()? != Token::Over {}
    Ok(None)
}

/// Why the root is not that of a transfer we read.
fn refuse_root(root: &Element, version: Option<SedaVersion>) -> Option<Finding> {
    let local = root.local.as_str();
    let namespace: String = root.namespace.chars().take(100).collect();
    let finding = match version {
        Some(SedaVersion::V0_2 | SedaVersion::V1_0) if local == "ArchiveTransfer" => {
            let number = version.map_or("", SedaVersion::number);
            let message = format!("le SEDA {number} n'est pas encore pris en charge");
            Finding::new(&findings::MESSAGE_UNSUPPORTED_VERSION, message)
        }
        Some(_) if local == "ArchiveTransfer" => return None,
        Some(_) if MESSAGES.contains(&local) || local.starts_with("Archive") => {
            Finding::new(&findings::MESSAGE_WRONG_TYPE, format!("message {local} au lieu de ArchiveTransfer"))
        }
        None if namespace.contains(":archivesdefrance:seda:")
            || namespace.contains(":standard_echange_v")
            || (MESSAGES.contains(&local) && !namespace.is_empty()) =>
        {
            Finding::new(
                &findings::MESSAGE_UNSUPPORTED_VERSION,
                format!("espace de noms « {namespace} » inconnu"),
            )
        }
        _ => {
            let place = if namespace.is_empty() {
                "sans espace de noms".into()
            } else {
                format!("de « {namespace} »")
            };
            Finding::new(&findings::MESSAGE_UNKNOWN, format!("élément racine {local} {place}"))
        }
    };
    Some(finding.at_line(root.line).in_path(local))
}

fn transfer<R: BufRead>(
    xml: &mut Xml<R>,
    version: SedaVersion,
    mut position: Position,
    builder: &mut Builder,
    found: &mut Findings,
) -> Result<(), Halt> {
    let mut names = vec![xml.element().local.clone()];
    loop {
        let token = xml.advance()?;
        let between = position.text_between(xml.text(), xml.line());
        found.extend(between.map(|finding| finding.in_path(names.join("/"))));
        match token {
            Token::Start => {
                let element = xml.element();
                let is_seda = element.namespace == version.namespace();
                names.push(element.local.clone());
                found
                    .extend(position.start(element, is_seda).into_iter().map(|f| f.in_path(names.join("/"))));
                builder
                    .start(is_seda, &element.local, &element.attributes, element.line)
                    .map_err(Halt::Failed)?;
            }
            Token::End => {
                let name = names.last().map_or("", String::as_str);
                let fault = position.end(name, xml.text(), xml.line());
                found.extend(fault.map(|finding| finding.in_path(names.join("/"))));
                builder.end(xml.text()).map_err(Halt::Failed)?;
                names.pop();
            }
            Token::Over => break,
        }
        found.extend(builder.sink.found.drain(..).map(|finding| finding.in_path(names.join("/"))));
    }
    Ok(())
}
