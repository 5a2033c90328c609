//! The XML of signature files, one element at a time, bounded.
//!
//! Never accepts a DOCTYPE, never expands an entity but XML's own five and character references, never keeps more than the
//! element at hand. Names are local: PRONOM's files are told apart by their root.

use std::io::{BufReader, Read, Take};

use quick_xml::Reader;
use quick_xml::escape::unescape;
use quick_xml::events::{BytesStart, Event};

use super::Error;

/// Bytes of a signature file; PRONOM's largest is under 4 MiB.
const BYTES_MAX: u64 = 64 << 20;
const ELEMENTS_MAX: usize = 4_000_000;
const DEPTH_MAX: usize = 32;
const TEXT_BYTES_MAX: usize = 64 << 10;
const ATTRIBUTES_MAX: usize = 16;

/// What comes next.
pub enum Piece {
    Start(Element),
    /// The text of the element that ends here, trimmed.
    End(String),
    Over,
}

/// An element's name and attributes.
pub struct Element {
    pub name: String,
    attributes: Vec<(String, String)>,
}

impl Element {
    /// Value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The attribute as a number; `None` when it is absent.
    ///
    /// # Errors
    /// It is no number.
    pub fn number(&self, name: &str) -> Result<Option<u64>, Error> {
        let Some(value) = self.attribute(name) else { return Ok(None) };
        value.trim().parse().map(Some).map_err(|_| {
            Error::Malformed(format!("{} : {name}=\"{}\" n'est pas un nombre", self.name, short(value)))
        })
    }
}

/// A reader of one document.
pub struct Xml<R: Read> {
    reader: Reader<BufReader<Take<R>>>,
    buffer: Vec<u8>,
    text: String,
    depth: usize,
    elements: usize,
    /// An empty element was just told: its end comes next.
    closing: bool,
}

impl<R: Read> Xml<R> {
    /// A reader at the document's first byte.
    pub fn new(source: R) -> Self {
        let mut reader = Reader::from_reader(BufReader::with_capacity(1 << 16, source.take(BYTES_MAX + 1)));
        reader.config_mut().check_end_names = true;
        Self { reader, buffer: Vec::new(), text: String::new(), depth: 0, elements: 0, closing: false }
    }

    /// The next piece.
    ///
    /// # Errors
    /// The document cannot be read, is not well-formed, or is past a bound.
    pub fn advance(&mut self) -> Result<Piece, Error> {
        if std::mem::take(&mut self.closing) {
            return Ok(self.end());
        }
        loop {
            self.buffer.clear();
            let event = self.reader.read_event_into(&mut self.buffer);
            if self.reader.buffer_position() > BYTES_MAX {
                return Err(Error::TooLarge("octets"));
            }
            match event.map_err(unreadable)? {
                Event::Start(start) => {
                    let element = element(&start)?;
                    return self.start(element).map(Piece::Start);
                }
                Event::Empty(start) => {
                    let element = element(&start)?;
                    self.closing = true;
                    return self.start(element).map(Piece::Start);
                }
                Event::End(_) => return Ok(self.end()),
                Event::Text(text) => append(&mut self.text, &text)?,
                Event::CData(text) => append(&mut self.text, &text)?,
                Event::GeneralRef(reference) => {
                    let value = format!("&{};", &*reference);
                    append(&mut self.text, unescape(&value).map_err(malformed)?.as_ref())?;
                }
                Event::DocType(_) => return Err(Error::Malformed("une DOCTYPE n'est pas admise".into())),
                Event::Eof if self.depth > 0 => return Err(Error::Malformed("le fichier est coupé".into())),
                Event::Eof => return Ok(Piece::Over),
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
            }
        }
    }

    /// Passes over the element just started.
    ///
    /// # Errors
    /// Those of [`Xml::advance`].
    pub fn skip(&mut self) -> Result<(), Error> {
        let outside = self.depth - 1;
        while self.depth > outside {
            self.advance()?;
        }
        Ok(())
    }

    /// The text of the element just started, its children passed over.
    ///
    /// # Errors
    /// Those of [`Xml::advance`].
    pub fn text(&mut self) -> Result<String, Error> {
        let outside = self.depth - 1;
        loop {
            if let Piece::End(text) = self.advance()?
                && self.depth == outside
            {
                return Ok(text);
            }
        }
    }

    fn start(&mut self, element: Element) -> Result<Element, Error> {
        self.depth += 1;
        self.elements += 1;
        self.text.clear();
        if self.depth > DEPTH_MAX {
            return Err(Error::TooLarge("niveaux"));
        }
        if self.elements > ELEMENTS_MAX {
            return Err(Error::TooLarge("éléments"));
        }
        Ok(element)
    }

    fn end(&mut self) -> Piece {
        self.depth = self.depth.saturating_sub(1);
        let text = self.text.trim().to_owned();
        self.text.clear();
        Piece::End(text)
    }
}

fn element(start: &BytesStart<'_>) -> Result<Element, Error> {
    let name = start.local_name().as_ref().to_owned();
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(malformed)?;
        if attributes.len() >= ATTRIBUTES_MAX {
            return Err(Error::TooLarge("attributs"));
        }
        let value = unescape(&attribute.value).map_err(malformed)?;
        if value.len() > TEXT_BYTES_MAX {
            return Err(Error::TooLarge("octets dans un texte"));
        }
        attributes.push((attribute.key.local_name().as_ref().to_owned(), value.into_owned()));
    }
    Ok(Element { name, attributes })
}

fn append(text: &mut String, more: &str) -> Result<(), Error> {
    if text.len() + more.len() > TEXT_BYTES_MAX {
        return Err(Error::TooLarge("octets dans un texte"));
    }
    text.push_str(more);
    Ok(())
}

fn unreadable(error: quick_xml::Error) -> Error {
    match error {
        quick_xml::Error::Io(error) => Error::Io(std::io::Error::new(error.kind(), error.to_string())),
        error => malformed(error),
    }
}

fn malformed(error: impl std::fmt::Display) -> Error {
    Error::Malformed(format!("XML mal formé : {error}"))
}

/// A text of another's, short enough for a message.
pub fn short(text: &str) -> String {
    text.chars().take(40).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}
