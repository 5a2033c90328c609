//! XML 1.0 with namespaces, read strictly: what is not well-formed, or has no place in a message, stops the reading.
//!
//! Never expands an entity, never fetches anything, never accepts a DOCTYPE. The one thing to know: elements come one at a
//! time, their names as small numbers; memory is bounded by one piece of the document, one text and one tag.
//!
//! Reading order: `source` (bytes to clean text), `window` (the part at hand), `advance` (the loop), `elements`, `tag`,
//! `names` and `scope` (namespaces), `markup`, `reference`.

use std::io::Read;

use self::fault::Stop;
use self::names::Names;
use self::scope::Scope;
use self::source::Source;
use self::tag::Tag;
use self::text::Text;
use self::window::Window;
use super::datatype::Prefixes;
use crate::model::{Finding, Limits};

mod advance;
mod chars;
mod elements;
mod encoding;
mod fault;
mod interner;
mod markup;
mod names;
mod reference;
mod scan;
mod scope;
mod source;
mod tag;
#[cfg(test)]
mod tests;
mod text;
mod window;

pub use fault::Halt;
pub use names::NameId;
pub use scope::XML_NAMESPACE;

/// What comes next in a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Token {
    Start,
    End,
    /// A piece of a long text; only after [`Xml::stream_text`].
    Chunk,
    /// The document is over and well-formed.
    Over,
}

/// A strict reader of one document.
pub struct Xml<R> {
    window: Window<R>,
    names: Names,
    scope: Scope,
    tag: Tag,
    text: Text,
    open: Vec<Open>,
    /// Where the piece of text or markup at hand begins, and how far it was read.
    mark: usize,
    at: usize,
    name: NameId,
    /// The element just started is written as empty: its end comes next.
    is_empty: bool,
    /// Declarations to come back to once what follows the end of an element is asked for: its text may name prefixes
    /// that it declared itself.
    left: Option<usize>,
    is_in_cdata: bool,
    is_streamed: bool,
    has_root: bool,
    is_over: bool,
    elements: usize,
    bounds: Bounds,
}

struct Open {
    form: u32,
    name: NameId,
    /// Declarations in force around it.
    declared: usize,
}

struct Bounds {
    elements: usize,
    depth: usize,
    attributes: usize,
    text_bytes: usize,
}

impl<R: Read> Xml<R> {
    /// Refuses at once an encoding we do not read.
    ///
    /// # Errors
    /// [`Halt`].
    pub fn new(reader: R, limits: &Limits) -> Result<Self, Halt> {
        let source = Source::new(reader, limits).map_err(|stop| match stop {
            Stop::Fault(fault) => Halt::Refused(Finding::new(fault.kind, fault.message).at_line(1)),
            Stop::Failed(error) => Halt::Failed(error),
            Stop::More => Halt::Failed(std::io::ErrorKind::UnexpectedEof.into()),
        })?;
        Ok(Self {
            window: Window::new(source),
            names: Names::new(limits),
            scope: Scope::new(),
            tag: Tag::default(),
            text: Text::default(),
            open: Vec::new(),
            mark: 0,
            at: 0,
            name: NameId(0),
            is_empty: false,
            left: None,
            is_in_cdata: false,
            is_streamed: false,
            has_root: false,
            is_over: false,
            elements: 0,
            bounds: Bounds {
                elements: limits.xml_elements_max,
                depth: limits.xml_depth_max,
                attributes: limits.xml_attributes_max,
                text_bytes: limits.xml_text_bytes_max,
            },
        })
    }

    /// Goes to the next start or end of an element, gathering the text before it.
    ///
    /// # Errors
    /// [`Halt`]; nothing more can then be read.
    pub fn advance(&mut self) -> Result<Token, Halt> {
        if self.is_over {
            return Ok(Token::Over);
        }
        if let Some(declared) = self.left.take() {
            self.scope.restore(declared);
        }
        self.tag.forget();
        self.text.clear(self.at);
        if std::mem::take(&mut self.is_empty) {
            return Ok(self.close());
        }
        self.mark = self.at;
        self.step().map_err(|stop| self.halt(stop))
    }
}

impl<R> Xml<R> {
    /// Name of the element just started, or just ended.
    pub fn name(&self) -> NameId {
        self.name
    }

    /// The namespace of a name; empty when it is in none.
    pub fn namespace_of_name(&self, name: NameId) -> &str {
        self.scope.namespace(self.names.namespace(name))
    }

    /// A name without its namespace.
    pub fn local(&self, name: NameId) -> &str {
        self.names.local(name)
    }

    /// How many names were met: every [`NameId`] is below.
    pub fn names_len(&self) -> usize {
        self.names.len()
    }

    /// Attributes of the element just started, in their order; namespace declarations are none.
    pub fn attributes(&self) -> impl ExactSizeIterator<Item = (NameId, &str)> {
        self.tag.attributes(self.window.text())
    }

    /// The text met since the tag before; once streamed, its last piece.
    pub fn text(&self) -> &str {
        self.text.get(self.window.text())
    }

    /// Whether that text is white space alone, or nothing.
    pub fn text_is_blank(&self) -> bool {
        chars::is_blank(self.text())
    }

    /// Line of the tag just read, from 1.
    pub fn line(&mut self) -> u64 {
        self.window.line_at(self.mark)
    }

    /// Line where the text before it begins.
    pub fn text_line(&mut self) -> u64 {
        match self.text.line {
            Some(line) => line,
            None => self.window.line_at(self.text.began),
        }
    }

    /// How many elements are open: the one just started is, the one just ended is not.
    pub fn depth(&self) -> usize {
        self.open.len()
    }

    /// The text up to the next tag may be of any length, and comes in pieces of at most 64 KiB ([`Token::Chunk`]).
    pub fn stream_text(&mut self) {
        self.is_streamed = true;
    }
}

/// As they are bound in the element just started, or just ended.
impl<R> Prefixes for Xml<R> {
    fn namespace_of(&self, prefix: &str) -> Option<&str> {
        self.scope.namespace_of(prefix)
    }
}
