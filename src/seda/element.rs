//! The element just started, in words of its own: what the schema check and the description look at.
//!
//! Never checks anything.

use super::xml::Xml;

/// An element, copied out of the reader.
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
    /// The element that `xml` has just started.
    pub fn of<R>(xml: &mut Xml<R>) -> Self {
        let line = xml.line();
        let attribute = |(name, value): (_, &str)| Attribute {
            namespace: xml.namespace_of_name(name).to_owned(),
            local: xml.local(name).to_owned(),
            value: value.to_owned(),
        };
        Self {
            namespace: xml.namespace_of_name(xml.name()).to_owned(),
            local: xml.local(xml.name()).to_owned(),
            attributes: xml.attributes().map(attribute).collect(),
            line,
        }
    }
}
