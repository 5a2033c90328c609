//! A document as a small tree that mutations can tear and stitch, and that is written with its namespaces again.
//!
//! Never a reader for the product. Names are held resolved; the value of `xsi:type` is held as `{namespace}local`, so that
//! a subtree may be moved into another document.

use std::sync::Arc;

pub const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
pub const XS: &str = "http://www.w3.org/2001/XMLSchema";
pub const XML: &str = "http://www.w3.org/XML/1998/namespace";
pub const XLINK: &str = "http://www.w3.org/1999/xlink";

/// Namespace (empty for none) and local name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    pub namespace: Arc<str>,
    pub local: Arc<str>,
}

impl Name {
    pub fn new(namespace: &str, local: &str) -> Self {
        Self { namespace: namespace.into(), local: local.into() }
    }

    /// Whether it is `xsi:…`.
    pub fn is_xsi(&self, local: &str) -> bool {
        &*self.namespace == XSI && &*self.local == local
    }
}

#[derive(Clone, Debug, PartialEq)]
pub enum Node {
    Element(Element),
    Text(String),
    /// Written as a CDATA section.
    Literal(String),
    Comment(String),
    Instruction(String),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Element {
    pub name: Name,
    pub attributes: Vec<(Name, String)>,
    pub children: Vec<Node>,
}

impl Element {
    pub fn new(name: Name) -> Self {
        Self { name, attributes: Vec::new(), children: Vec::new() }
    }

    /// With this text for all content.
    pub fn with_text(name: Name, text: &str) -> Self {
        Self { name, attributes: Vec::new(), children: vec![Node::Text(text.to_owned())] }
    }

    /// Elements in it, itself included.
    pub fn size(&self) -> usize {
        1 + self.elements().map(Element::size).sum::<usize>()
    }

    /// Its child elements.
    pub fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children
            .iter()
            .filter_map(|child| if let Node::Element(element) = child { Some(element) } else { None })
    }

    /// Places among its children of its child elements.
    pub fn places(&self) -> Vec<usize> {
        (0..self.children.len()).filter(|&place| matches!(self.children[place], Node::Element(_))).collect()
    }

    /// The n-th element in document order, itself being the first.
    pub fn nth(&self, mut n: usize) -> Option<&Element> {
        if n == 0 {
            return Some(self);
        }
        n -= 1;
        for child in self.elements() {
            let size = child.size();
            if n < size {
                return child.nth(n);
            }
            n -= size;
        }
        None
    }

    /// The n-th element, to change.
    pub fn nth_mut(&mut self, mut n: usize) -> Option<&mut Element> {
        if n == 0 {
            return Some(self);
        }
        n -= 1;
        for child in &mut self.children {
            let Node::Element(child) = child else { continue };
            let size = child.size();
            if n < size {
                return child.nth_mut(n);
            }
            n -= size;
        }
        None
    }

    /// Every element, with its parent's name.
    pub fn walk<'a>(
        &'a self,
        parent: Option<&'a Element>,
        each: &mut impl FnMut(&'a Element, Option<&'a Element>),
    ) {
        each(self, parent);
        self.elements().for_each(|child| child.walk(Some(self), each));
    }

    /// Whether it holds text other than space.
    pub fn has_text(&self) -> bool {
        self.children.iter().any(|child| matches!(child, Node::Text(text) if !text.trim().is_empty()))
    }

    /// The value of an attribute without namespace.
    pub fn attribute_mut(&mut self, name: &Name) -> Option<&mut String> {
        self.attributes.iter_mut().find(|(known, _)| known == name).map(|(_, value)| value)
    }

    /// Sets an attribute, which may be there already.
    pub fn set(&mut self, name: Name, value: impl Into<String>) {
        let value = value.into();
        match self.attribute_mut(&name) {
            Some(known) => *known = value,
            None => self.attributes.push((name, value)),
        }
    }
}

/// Reads a document, comments and instructions left out; `None` when it is not well-formed, or has a DTD.
pub fn parse(bytes: &[u8]) -> Option<Element> {
    let mut root = parse_whole(bytes)?;
    crate::faults::plain_text(&mut root);
    Some(root)
}

/// Reads a document with all it holds.
pub fn parse_whole(bytes: &[u8]) -> Option<Element> {
    let text = std::str::from_utf8(bytes).ok()?;
    let text = text.trim_start_matches('\u{feff}');
    let document = roxmltree::Document::parse(text).ok()?;
    Some(element(document.root_element(), text))
}

fn element(node: roxmltree::Node, source: &str) -> Element {
    let attributes = node.attributes().map(|attribute| {
        let name = Name::new(attribute.namespace().unwrap_or_default(), attribute.name());
        let value =
            if name.is_xsi("type") { clark(node, attribute.value()) } else { attribute.value().to_owned() };
        (name, value)
    });
    Element {
        name: Name::new(node.tag_name().namespace().unwrap_or_default(), node.tag_name().name()),
        attributes: attributes.collect(),
        children: node
            .children()
            .filter_map(|child| match child.node_type() {
                roxmltree::NodeType::Element => Some(Node::Element(element(child, source))),
                roxmltree::NodeType::Text => {
                    let text = child.text().unwrap_or_default().to_owned();
                    // Text and sections that follow one another are one node; its range may be its first piece.
                    let end = child.next_sibling().map_or(node.range().end, |next| next.range().start);
                    let is_literal = source[child.range().start..end].contains("<![CDATA[");
                    Some(if is_literal { Node::Literal(text) } else { Node::Text(text) })
                }
                roxmltree::NodeType::Comment => {
                    Some(Node::Comment(child.text().unwrap_or_default().to_owned()))
                }
                roxmltree::NodeType::PI => child.pi().map(|pi| {
                    Node::Instruction(
                        format!("{} {}", pi.target, pi.value.unwrap_or_default()).trim().to_owned(),
                    )
                }),
                roxmltree::NodeType::Root => None,
            })
            .collect(),
    }
}

/// A qualified name as `{namespace}local`, white space after it kept; as written when its prefix is not declared.
fn clark(node: roxmltree::Node, value: &str) -> String {
    let (prefix, local) =
        value.split_once(':').map_or((None, value), |(prefix, local)| (Some(prefix), local));
    match node.lookup_namespace_uri(prefix.map(str::trim_start)) {
        Some(namespace) => format!("{{{namespace}}}{local}"),
        None => value.to_owned(),
    }
}
