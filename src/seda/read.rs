//! Reads a message in one pass: XML, version and type, schema, identifiers, description.
//!
//! Never stops at the first fault of the schema; stops at the first fault of the XML, after which nothing can be trusted.
//! What the reader itself fails to deliver is [`Reading::failure`], never a finding.

use std::io::{self, Read};

use super::build::AnyBuilder;
use super::description::Manifest;
use super::element::Element;
use super::engine::grammar::Grammar;
use super::identifiers::Identifiers;
use super::pass::{Grammars, Listener, Nobody, listen};
use super::spill::Scratch;
use super::standard;
use super::tolerance::{self, Tolerance};
use super::xml::{Halt, Token, Xml};
use crate::model::{Finding, Findings, Limits, SedaVersion, findings};

/// The message that transfers, in every version.
pub const TRANSFER: &str = "ArchiveTransfer";

/// What was read of a message.
#[derive(Debug)]
pub struct Reading {
    /// The description, when the document is a well-formed transfer of a version we read; it may still be faulty.
    pub manifest: Option<Box<Manifest>>,
    /// Version and local name of the root, when its namespace is one of the standard's.
    pub message: Option<(SedaVersion, String)>,
    /// What the header said before the reading ended, to answer the sender by.
    pub header: Header,
    /// What is wrong, in document order; identifiers last.
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

/// What a message is read with, beside the standard.
#[derive(Clone, Copy, Default)]
pub struct Options<'a> {
    /// A profile it must also be valid for.
    pub profile: Option<&'a Grammar>,
    /// Extensions of other systems let in.
    pub tolerances: &'a [Tolerance],
    /// Every message of the standard is welcome, not transfers alone.
    pub any_message: bool,
}

/// Reads and checks a message; what references name is left to [`super::consistency`]. What does not fit in memory goes
/// to `scratch`.
pub fn read_manifest(reader: impl Read, limits: &Limits, scratch: &Scratch, options: Options<'_>) -> Reading {
    let mut found = Findings::new(limits.findings_max);
    let mut reading = Reading {
        manifest: None,
        message: None,
        header: Header::default(),
        findings: Vec::new(),
        failure: None,
    };
    match read(reader, limits, scratch, options, &mut reading, &mut found) {
        Ok(()) => {}
        Err(Halt::Refused(finding)) => found.push(finding),
        Err(Halt::Failed(error)) => reading.failure = Some(error),
    }
    reading.findings = found.into_vec();
    reading
}

fn read(
    reader: impl Read,
    limits: &Limits,
    scratch: &Scratch,
    options: Options<'_>,
    reading: &mut Reading,
    found: &mut Findings,
) -> Result<(), Halt> {
    let mut xml = Xml::new(reader, limits)?;
    xml.advance()?;
    let root = Element::of(&mut xml);
    let version = SedaVersion::ALL.into_iter().find(|version| version.namespace() == root.namespace);
    reading.message = version.map(|version| (version, root.local.clone()));
    if let Some(finding) = refuse_root(&root, version, options.any_message) {
        found.push(finding);
        while xml.advance()? != Token::Over {}
        return Ok(());
    }
    let Some(version) = version else { return Ok(()) };
    let mut grammars = Grammars::of_version(version);
    if let Some(profile) = options.profile {
        grammars = grammars.with_profile(profile);
    }
    grammars.tolerate(&tolerance::elements(options.tolerances, version));
    let mut identifiers = Identifiers::new(scratch);
    let read = if root.local == TRANSFER {
        let mut describing =
            Describing { builder: AnyBuilder::new(version, limits, scratch), version, depth: 0 };
        let read = listen(&mut xml, &mut grammars, Some(&mut identifiers), &mut describing, found);
        reading.header = describing.builder.header();
        if read.is_ok() {
            if let Some(missing) = describing.builder.missing_package() {
                // The schema lets it be left out, for messages that only announce; a transfer transfers.
                found.push(Finding::new(&findings::HEADER_PACKAGE, format!("{missing} manque")));
            }
            reading.manifest = Some(describing.builder.finish().map_err(Halt::Failed)?);
        }
        read
    } else {
        listen(&mut xml, &mut grammars, Some(&mut identifiers), &mut Nobody, found)
    };
    grammars.keep(version);
    read?;
    found.extend(identifiers.finish().map_err(Halt::Failed)?);
    Ok(())
}

/// Why the root is not that of a message we read.
fn refuse_root(root: &Element, version: Option<SedaVersion>, any_message: bool) -> Option<Finding> {
    let local = root.local.as_str();
    let namespace: String = root.namespace.chars().take(100).collect();
    let is_message = |version: &SedaVersion| standard::messages(*version).contains(&local);
    let finding = match version {
        Some(_) if local == TRANSFER => return None,
        Some(version) if is_message(&version) && any_message => return None,
        Some(version) if is_message(&version) => {
            Finding::new(&findings::MESSAGE_WRONG_TYPE, format!("message {local} au lieu de ArchiveTransfer"))
        }
        None if namespace.contains(":archivesdefrance:seda:")
            || namespace.contains(":standard_echange_v")
            || (SedaVersion::ALL.iter().any(is_message) && !namespace.is_empty()) =>
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

/// The description, listening.
struct Describing {
    builder: AnyBuilder,
    version: SedaVersion,
    depth: usize,
}

impl<R: Read> Listener<R> for Describing {
    fn start(&mut self, xml: &mut Xml<R>) -> io::Result<()> {
        self.depth += 1;
        if self.depth == 1 {
            return Ok(());
        }
        let element = Element::of(xml);
        let is_seda = element.namespace == self.version.namespace();
        self.builder.start(is_seda, &element.local, &element.attributes, element.line)
    }

    /// Contents alone: other texts are held, hence bounded.
    fn takes_pieces(&self) -> bool {
        self.builder.takes_pieces()
    }

    fn piece(&mut self, xml: &mut Xml<R>) -> io::Result<()> {
        self.builder.piece(xml.text())
    }

    fn end(&mut self, xml: &mut Xml<R>) -> io::Result<()> {
        self.depth -= 1;
        self.builder.end(xml.text())
    }

    fn found(&mut self) -> Vec<Finding> {
        self.builder.drain_found().collect()
    }
}
