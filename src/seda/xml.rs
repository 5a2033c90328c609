//! XML 1.0 with namespaces, read strictly: what is not well-formed, or has no place in a message, stops the reading.
//!
//! Never expands an entity, never fetches anything, never accepts a DOCTYPE. Elements come one at a time with their
//! namespace, attributes and line; memory is bounded by one tag and one text.

use std::io::{self, BufRead};

use quick_xml::events::attributes::Attribute as RawAttribute;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{NsReader, XmlVersion};

use super::fault::{self, attribute_fault, bound, character, check_characters, check_name, refused};
use super::source::{Encoding, Source};
use crate::model::{Finding, Limits, findings};

const XINCLUDE: &str = "http://www.w3.org/2001/XInclude";

/// Why reading ended before the end of the document.
#[derive(Debug)]
pub enum Halt {
    /// The document is at fault.
    Refused(Finding),
    /// The reader is.
    Failed(io::Error),
}

/// What comes next in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    Start,
    End,
    /// The document is over and well-formed.
    Over,
}

/// The element just started.
#[derive(Debug, Default)]
pub struct Element {
    /// Empty when it is in none.
    pub namespace: String,
    pub local: String,
    pub attributes: Vec<Attribute>,
    pub line: u64,
}

/// An attribute of an element; namespace declarations are none.
#[derive(Debug)]
pub struct Attribute {
    /// Empty for a plain attribute.
    pub namespace: String,
    pub local: String,
    pub value: String,
}

impl Element {
    /// Value of a plain attribute.
    pub fn attribute(&self, local: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|a| a.namespace.is_empty() && a.local == local);
        found.map(|a| a.value.as_str())
    }
}

/// A strict reader of one document.
pub struct Xml<R> {
    reader: NsReader<Source<R>>,
    buffer: Vec<u8>,
    element: Element,
    text: String,
    depth: usize,
    elements: usize,
    is_begun: bool,
    has_root: bool,
    elements_max: usize,
    depth_max: usize,
    attributes_max: usize,
    text_bytes_max: usize,
}

impl<R: BufRead> Xml<R> {
    /// Refuses at once an encoding we do not read.
    ///
    /// # Errors
    /// [`Halt`].
    pub fn new(reader: R, limits: &Limits) -> Result<Self, Halt> {
        let source = Source::new(reader, limits).map_err(Halt::Failed)?;
        if let Encoding::Other(name) = source.encoding() {
            let message = format!("encodage « {} » ; UTF-8 attendu", name.escape_default());
            return Err(Halt::Refused(Finding::new(&findings::XML_ENCODING, message).at_line(1)));
        }
        let mut reader = NsReader::from_reader(source);
        reader.config_mut().expand_empty_elements = true;
        reader.config_mut().check_comments = true;
        Ok(Self {
            reader,
            buffer: Vec::new(),
            element: Element::default(),
            text: String::new(),
            depth: 0,
            elements: 0,
            is_begun: false,
            has_root: false,
            elements_max: limits.xml_elements_max,
            depth_max: limits.xml_depth_max,
            attributes_max: limits.xml_attributes_max,
            text_bytes_max: limits.xml_text_bytes_max,
        })
    }

    /// The element last started.
    pub fn element(&self) -> &Element {
        &self.element
    }

    /// The text met since the tag before.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Line reached, from 1.
    pub fn line(&self) -> u64 {
        self.reader.get_ref().line()
    }

    /// Goes to the next start or end of an element, gathering the text before it.
    ///
    /// # Errors
    /// [`Halt`]; nothing more can then be read.
    pub fn advance(&mut self) -> Result<Token, Halt> {
        self.text.clear();
        loop {
            let line = self.line();
            self.buffer.clear();
            self.reader.get_mut().start_span();
            let mut buffer = std::mem::take(&mut self.buffer);
            let event = self.reader.read_event_into(&mut buffer);
            let step = match event {
                Ok(event) => self.step(event, line),
                Err(error) => {
                    Err(fault::broken(error, self.reader.get_ref().stop(), self.text_bytes_max, self.line()))
                }
            };
            self.buffer = buffer;
            if let Some(token) = step? {
                return Ok(token);
            }
        }
    }

    fn step(&mut self, event: Event<'_>, line: u64) -> Result<Option<Token>, Halt> {
        let is_first = !std::mem::replace(&mut self.is_begun, true);
        match event {
            Event::Start(tag) | Event::Empty(tag) => {
                self.start(&tag, line)?;
                Ok(Some(Token::Start))
            }
            Event::End(_) => {
                self.depth -= 1;
                Ok(Some(Token::End))
            }
            Event::Text(text) => {
                if text.contains("]]>") {
                    return refused(&findings::XML_MALFORMED, "« ]]> » dans un texte", line);
                }
                self.push_text(&text, line)
            }
            Event::CData(text) => self.push_text(&text, line),
            Event::GeneralRef(reference) => {
                let character = character(&reference).ok_or_else(|| {
                    let shown: String = reference.chars().take(40).collect();
                    let kind =
                        if shown.starts_with('#') { &findings::XML_CHARACTER } else { &findings::XML_ENTITY };
                    Halt::Refused(Finding::new(kind, format!("référence « &{shown}; »")).at_line(line))
                })?;
                self.push_text(character.encode_utf8(&mut [0; 4]), line)
            }
            Event::DocType(_) => refused(&findings::XML_DOCTYPE, "déclaration DOCTYPE", line),
            Event::Decl(_) if !is_first => {
                refused(&findings::XML_MALFORMED, "déclaration XML hors de sa place", line)
            }
            Event::Decl(declaration) => match declaration.version() {
                Ok(version) if version == "1.0" => Ok(None),
                _ => refused(&findings::XML_MALFORMED, "version de XML autre que 1.0", line),
            },
            Event::Comment(text) => check_characters(&text, line).map(|()| None),
            Event::PI(text) => check_characters(&text, line).map(|()| None),
            Event::Eof if self.depth > 0 => {
                let message = format!("{} éléments restent ouverts à la fin du fichier", self.depth);
                refused(&findings::XML_UNCLOSED, &message, line)
            }
            Event::Eof if !self.has_root => refused(&findings::XML_MALFORMED, "le document est vide", line),
            Event::Eof => Ok(Some(Token::Over)),
        }
    }

    fn push_text(&mut self, text: &str, line: u64) -> Result<Option<Token>, Halt> {
        check_characters(text, line)?;
        if self.depth == 0 && !text.trim_matches([' ', '\t', '\r', '\n', '\u{feff}']).is_empty() {
            return refused(&findings::XML_MALFORMED, "texte hors de l'élément racine", line);
        }
        if self.text.len() + text.len() > self.text_bytes_max {
            let message = format!("texte de plus de {} octets", self.text_bytes_max);
            return refused(&findings::XML_TEXT_LENGTH, &message, line);
        }
        self.text.push_str(text);
        Ok(None)
    }

    fn start(&mut self, tag: &BytesStart<'_>, line: u64) -> Result<(), Halt> {
        if self.depth == 0 && std::mem::replace(&mut self.has_root, true) {
            return refused(&findings::XML_SEVERAL_ROOTS, "un second élément racine", line);
        }
        self.elements += 1;
        if self.elements > self.elements_max {
            return refused(&findings::XML_SIZE, &format!("plus de {} éléments", self.elements_max), line);
        }
        self.depth += 1;
        if self.depth > self.depth_max {
            return refused(
                &findings::XML_DEPTH,
                &format!("plus de {} éléments emboîtés", self.depth_max),
                line,
            );
        }
        let (namespace, local) = self.reader.resolver().resolve_element(tag.name());
        self.element.namespace = bound(namespace, line)?;
        self.element.local = local.as_ref().to_owned();
        self.element.line = line;
        check_name(&self.element.local, line)?;
        if self.element.namespace == XINCLUDE {
            return refused(&findings::XML_XINCLUDE, "inclusion d'un autre fichier", line);
        }
        self.element.attributes.clear();
        for (count, attribute) in tag.attributes().enumerate() {
            if count >= self.attributes_max {
                let message = format!("plus de {} attributs", self.attributes_max);
                return refused(&findings::XML_ATTRIBUTES, &message, line);
            }
            let attribute = attribute.map_err(|error| attribute_fault(&error, line))?;
            if let Some(attribute) = self.attribute(&attribute, line)? {
                self.element.attributes.push(attribute);
            }
        }
        Ok(())
    }

    /// One attribute, checked; `None` for a namespace declaration.
    fn attribute(&self, raw: &RawAttribute<'_>, line: u64) -> Result<Option<Attribute>, Halt> {
        let Ok(value) = raw.normalized_value(XmlVersion::Explicit1_0) else {
            return refused(&findings::XML_ENTITY, "référence inconnue dans un attribut", line);
        };
        check_characters(&value, line)?;
        if raw.value.contains('<') {
            return refused(&findings::XML_MALFORMED, "« < » dans un attribut", line);
        }
        if raw.key.as_namespace_binding().is_some() {
            return Ok(None);
        }
        let (namespace, local) = self.reader.resolver().resolve_attribute(raw.key);
        let (namespace, local) = (bound(namespace, line)?, local.as_ref().to_owned());
        check_name(&local, line)?;
        if self.element.attributes.iter().any(|a| a.local == local && a.namespace == namespace) {
            return refused(&findings::XML_DUPLICATE_ATTRIBUTE, &format!("attribut « {local} »"), line);
        }
        Ok(Some(Attribute { namespace, local, value: value.into_owned() }))
    }
}
