//! An element to write, and those below it.
//!
//! Never holds mixed content: what has children has no text of its own.

use std::borrow::Cow;
use std::io::{self, Write};
use std::rc::Rc;

use super::writer::escaped;

/// How an element came to be there, and so what a profile may do with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Standing {
    /// Somebody gave it: it is written, or told to be refused.
    #[default]
    Given,
    /// True of what it describes: left out where it has no place, never changed.
    Fact,
    /// Nobody gave it, it is what is usual: left out where it has no place, another value may take its place.
    Usual,
}

/// An element, in the namespace of the message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    pub name: Cow<'static, str>,
    pub attributes: Vec<(Cow<'static, str>, String)>,
    /// Empty when it has children.
    pub text: String,
    pub children: Vec<Rc<Element>>,
    /// A number of the giver's own, by which what is told of it finds its source again.
    pub mark: Option<u32>,
    pub standing: Standing,
}

impl Element {
    /// One with a text.
    pub fn leaf(name: &'static str, text: impl Into<String>) -> Self {
        Self { name: name.into(), text: text.into(), ..Self::default() }
    }

    /// One with children.
    pub fn of(name: &'static str, children: impl IntoIterator<Item = Element>) -> Self {
        let children = children.into_iter().map(Rc::new).collect();
        Self { name: name.into(), children, ..Self::default() }
    }

    /// The same, with an attribute.
    #[must_use]
    pub fn with(mut self, attribute: &'static str, value: impl Into<String>) -> Self {
        self.attributes.push((attribute.into(), value.into()));
        self
    }

    /// The same, known by this number.
    #[must_use]
    pub fn marked(mut self, mark: Option<u32>) -> Self {
        self.mark = mark;
        self
    }

    /// The same, for want of anything given.
    #[must_use]
    pub fn usual(self) -> Self {
        Self { standing: Standing::Usual, ..self }
    }

    /// The same, true but not asked for.
    #[must_use]
    pub fn fact(self) -> Self {
        Self { standing: Standing::Fact, ..self }
    }

    /// The same without its attributes and children.
    pub(in crate::seda) fn shell(&self) -> Element {
        let Element { name, text, mark, standing, .. } = self;
        let (name, text) = (name.clone(), text.clone());
        Element { name, text, mark: *mark, standing: *standing, ..Element::default() }
    }

    pub(super) fn open(&self, out: &mut dyn Write) -> io::Result<()> {
        write!(out, "<{}", self.name)?;
        for (name, value) in &self.attributes {
            write!(out, " {name}=\"{}\"", escaped(value))?;
        }
        write!(out, ">")
    }

    pub(super) fn close(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(out, "</{}>", self.name)
    }

    pub(super) fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        self.open(out)?;
        write!(out, "{}", escaped(&self.text))?;
        if !self.children.is_empty() {
            writeln!(out)?;
        }
        self.children.iter().try_for_each(|child| child.write(out))?;
        self.close(out)
    }
}
