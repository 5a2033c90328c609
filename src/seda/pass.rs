//! One pass over a message: whatever checks or describes it listens to the same reading.
//!
//! Never stops at a fault of the grammar; stops at the first fault of the XML, after which nothing can be trusted. Memory
//! is that of the elements open and of the states of the grammars, whatever the message.

use std::io::{self, Read};

use super::datatype::Identity;
use super::engine::automaton::Automaton;
use super::engine::fault::{OF_PROFILE, OF_SCHEMA, Witness};
use super::engine::grammar::Grammar;
use super::engine::matcher::{Matcher, Tolerated};
use super::identifiers::Identifiers;
use super::spill::Scratch;
use super::standard;
use super::xml::{Halt, Token, Xml};
use crate::model::{Finding, Findings, Limits, SedaVersion, findings};

/// Who listens to a message beside the grammars: the description being built. Its errors are failures of its scratch.
pub trait Listener<R: Read> {
    /// An element has started; `xml` has its name and attributes.
    fn start(&mut self, xml: &mut Xml<R>) -> io::Result<()>;
    /// Whether the text of the element just started may come in pieces, however long. Asked where the grammar allows it.
    fn takes_pieces(&self) -> bool;
    /// Part of a text too long to be held.
    fn piece(&mut self, xml: &mut Xml<R>) -> io::Result<()>;
    /// An element has ended; `xml` has its last text.
    fn end(&mut self, xml: &mut Xml<R>) -> io::Result<()>;
    /// What the listener itself has found since it was last asked.
    fn found(&mut self) -> Vec<Finding>;
}

/// Nobody.
pub struct Nobody;

impl<R: Read> Listener<R> for Nobody {
    fn start(&mut self, _: &mut Xml<R>) -> io::Result<()> {
        Ok(())
    }
    fn takes_pieces(&self) -> bool {
        true
    }
    fn piece(&mut self, _: &mut Xml<R>) -> io::Result<()> {
        Ok(())
    }
    fn end(&mut self, _: &mut Xml<R>) -> io::Result<()> {
        Ok(())
    }
    fn found(&mut self) -> Vec<Finding> {
        Vec::new()
    }
}

/// The grammars a message is matched against.
pub struct Grammars<'a> {
    pub schema: Option<Matcher<'static>>,
    pub profile: Option<Matcher<'a>>,
}

impl<'a> Grammars<'a> {
    /// The standard's of a version; what earlier messages taught is put to use.
    pub fn of_version(version: SedaVersion) -> Self {
        let automaton = standard::warm(version).unwrap_or_else(|| Automaton::new(standard::of(version)));
        Self { schema: Some(Matcher::with(automaton, &OF_SCHEMA)), profile: None }
    }

    /// A profile's alone.
    pub fn of_profile(profile: &'a Grammar) -> Self {
        Self { schema: None, profile: Some(Matcher::new(profile, &OF_PROFILE)) }
    }

    /// A profile beside.
    pub fn with_profile(mut self, profile: &'a Grammar) -> Self {
        self.profile = Some(Matcher::new(profile, &OF_PROFILE));
        self
    }

    /// Lets in some elements that the standard has not.
    pub fn tolerate(&mut self, elements: &[Tolerated]) {
        if let Some(schema) = &mut self.schema {
            schema.tolerate(elements);
        }
    }

    /// Keeps what was learned for the next message of the version.
    pub fn keep(self, version: SedaVersion) {
        if let Some(schema) = self.schema {
            standard::keep_warm(version, schema.into_automaton());
        }
    }
}

/// Reads the rest of a message whose root has just started.
///
/// # Errors
/// [`Halt`], when the XML or its reader is at fault.
pub fn listen<R: Read>(
    xml: &mut Xml<R>,
    grammars: &mut Grammars<'_>,
    mut identifiers: Option<&mut Identifiers>,
    listener: &mut impl Listener<R>,
    found: &mut Findings,
) -> Result<(), Halt> {
    let mut token = Token::Start;
    loop {
        let mut told = Told { found, identifiers: identifiers.as_deref_mut() };
        match token {
            Token::Start => {
                let mut is_long = false;
                if let Some(schema) = &mut grammars.schema {
                    schema.start(xml, &mut told);
                    is_long = schema.takes_pieces();
                }
                if let Some(profile) = &mut grammars.profile {
                    profile.start(xml, &mut OnlyFindings(told.found));
                    // Alone, it may describe a content otherwise than by its type.
                    is_long |= grammars.schema.is_none() && (profile.takes_pieces() || is_content(xml));
                }
                listener.start(xml).map_err(Halt::Failed)?;
                if is_long && listener.takes_pieces() {
                    xml.stream_text();
                }
            }
            Token::Chunk => {
                let matchers = grammars.schema.iter_mut().map(|schema| schema.piece(xml));
                matchers.for_each(drop);
                if let Some(profile) = &mut grammars.profile {
                    profile.piece(xml);
                }
                listener.piece(xml).map_err(Halt::Failed)?;
            }
            Token::End => {
                if let Some(schema) = &mut grammars.schema {
                    schema.end(xml, &mut told);
                }
                if let Some(profile) = &mut grammars.profile {
                    profile.end(xml, &mut OnlyFindings(told.found));
                }
                listener.end(xml).map_err(Halt::Failed)?;
            }
            Token::Over => return Ok(()),
        }
        found.extend(listener.found());
        token = xml.advance()?;
    }
}

/// Whether the element just started is one that holds an object's content, in some version.
fn is_content<R: Read>(xml: &Xml<R>) -> bool {
    let namespace = xml.namespace_of_name(xml.name());
    matches!(xml.local(xml.name()), "Attachment" | "Data")
        && SedaVersion::ALL.iter().any(|version| version.namespace() == namespace)
}

/// A message against the schema of its version alone, identifiers included; nothing is described.
///
/// # Errors
/// When the reader, or the scratch, fails.
pub fn check_schema(reader: impl Read, limits: &Limits, scratch: &Scratch) -> io::Result<Vec<Finding>> {
    let mut found = Findings::new(limits.findings_max);
    match against_schema(reader, limits, scratch, &mut found) {
        Ok(()) => {}
        Err(Halt::Refused(finding)) => found.push(finding),
        Err(Halt::Failed(error)) => return Err(error),
    }
    Ok(found.into_vec())
}

fn against_schema(
    reader: impl Read,
    limits: &Limits,
    scratch: &Scratch,
    found: &mut Findings,
) -> Result<(), Halt> {
    let mut xml = Xml::new(reader, limits)?;
    xml.advance()?;
    let namespace = xml.namespace_of_name(xml.name());
    let Some(version) = SedaVersion::ALL.into_iter().find(|version| version.namespace() == namespace) else {
        found.push(Finding::new(&findings::MESSAGE_UNSUPPORTED_VERSION, "espace de noms inconnu"));
        return Ok(());
    };
    let mut grammars = Grammars::of_version(version);
    let mut identifiers = Identifiers::new(scratch);
    let read = listen(&mut xml, &mut grammars, Some(&mut identifiers), &mut Nobody, found);
    grammars.keep(version);
    read?;
    found.extend(identifiers.finish().map_err(Halt::Failed)?);
    Ok(())
}

/// A document against one profile alone.
///
/// # Errors
/// When the reader fails.
pub fn check_profile(reader: impl Read, profile: &Grammar, limits: &Limits) -> io::Result<Vec<Finding>> {
    let mut found = Findings::new(limits.findings_max);
    match against_profile(reader, profile, limits, &mut found) {
        Ok(()) => {}
        Err(Halt::Refused(finding)) => found.push(finding),
        Err(Halt::Failed(error)) => return Err(error),
    }
    Ok(found.into_vec())
}

fn against_profile(
    reader: impl Read,
    profile: &Grammar,
    limits: &Limits,
    found: &mut Findings,
) -> Result<(), Halt> {
    let mut xml = Xml::new(reader, limits)?;
    xml.advance()?;
    listen(&mut xml, &mut Grammars::of_profile(profile), None, &mut Nobody, found)
}

/// What the schema's matcher tells.
struct Told<'a> {
    found: &'a mut Findings,
    identifiers: Option<&'a mut Identifiers>,
}

impl Witness for Told<'_> {
    fn finding(&mut self, finding: Finding) {
        self.found.push(finding);
    }

    fn identifier(&mut self, identity: Identity, text: &str, line: u64) {
        if let Some(identifiers) = &mut self.identifiers {
            identifiers.add(identity, text, line);
        }
    }
}

/// What a profile's matcher tells: identifiers are the schema's affair.
struct OnlyFindings<'a>(&'a mut Findings);

impl Witness for OnlyFindings<'_> {
    fn finding(&mut self, finding: Finding) {
        self.0.push(finding);
    }

    fn identifier(&mut self, _: Identity, _: &str, _: u64) {}
}
