//! Writes a tree as a document: the root's namespace is the default one, every other gets a prefix declared at the root.
//!
//! Never fails: what cannot be named (a type of no namespace) is written with a prefix that is declared nowhere.

use std::fmt::Write;
use std::sync::Arc;

use super::dom::{Element, Name, Node, XML, XSI};

/// The document's bytes.
pub fn bytes(root: &Element) -> Vec<u8> {
    let mut writer = Writer {
        text: "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n".to_owned(),
        prefixes: vec![(XML.to_owned(), "xml".to_owned())],
        default: root.name.namespace.clone(),
    };
    writer.collect(root);
    let mut declarations = String::new();
    if !writer.default.is_empty() {
        let _ = write!(declarations, " xmlns=\"{}\"", escaped(&writer.default, true));
    }
    for (namespace, prefix) in &writer.prefixes[1..] {
        let _ = write!(declarations, " xmlns:{prefix}=\"{}\"", escaped(namespace, true));
    }
    writer.element(root, &root.name.namespace, &declarations);
    writer.text.push('\n');
    writer.text.into_bytes()
}

struct Writer {
    text: String,
    /// Namespaces and their prefixes, declared at the root; the default one too when a prefix is needed for it.
    prefixes: Vec<(String, String)>,
    default: Arc<str>,
}

/// The namespace and local name a value of `xsi:type` speaks of.
fn type_name<'a>(name: &Name, value: &'a str) -> Option<(&'a str, &'a str)> {
    if !name.is_xsi("type") {
        return None;
    }
    value.strip_prefix('{')?.split_once('}')
}

impl Writer {
    fn collect(&mut self, element: &Element) {
        if element.name.namespace != self.default {
            self.declare(&element.name.namespace);
        }
        for (name, value) in &element.attributes {
            self.declare(&name.namespace);
            if let Some((namespace, _)) = type_name(name, value) {
                self.declare(namespace);
            }
        }
        element.elements().for_each(|child| self.collect(child));
    }

    fn declare(&mut self, namespace: &str) {
        if namespace.is_empty() || self.prefixes.iter().any(|(known, _)| known == namespace) {
            return;
        }
        let prefix = if namespace == XSI { "xsi".to_owned() } else { format!("n{}", self.prefixes.len()) };
        self.prefixes.push((namespace.to_owned(), prefix));
    }

    fn prefix(&self, namespace: &str) -> &str {
        self.prefixes.iter().find(|(known, _)| known == namespace).map_or("nowhere", |(_, prefix)| prefix)
    }

    /// `scope`: the default namespace where the element is written, its own declarations included.
    fn element(&mut self, element: &Element, scope: &str, declarations: &str) {
        let namespace = &*element.name.namespace;
        let name = if namespace.is_empty() || *namespace == *self.default {
            element.name.local.to_string()
        } else {
            format!("{}:{}", self.prefix(namespace), element.name.local)
        };
        let _ = write!(self.text, "<{name}{declarations}");
        self.attributes(element);
        if element.children.is_empty() {
            self.text.push_str("/>");
            return;
        }
        self.text.push('>');
        element.children.iter().for_each(|child| self.node(child, scope));
        let _ = write!(self.text, "</{name}>");
    }

    fn node(&mut self, node: &Node, scope: &str) {
        let _ = match node {
            Node::Element(child) => {
                let namespace = child.name.namespace.clone();
                if (namespace.is_empty() || namespace == self.default) && *namespace != *scope {
                    self.element(child, &namespace, &format!(" xmlns=\"{}\"", escaped(&namespace, true)));
                } else {
                    self.element(child, scope, "");
                }
                Ok(())
            }
            Node::Text(text) => write!(self.text, "{}", escaped(text, false)),
            Node::Literal(text) => write!(self.text, "<![CDATA[{}]]>", text.replace("]]>", "")),
            Node::Comment(text) => write!(self.text, "<!--{text}-->"),
            Node::Instruction(text) => write!(self.text, "<?{text}?>"),
        };
    }

    fn attributes(&mut self, element: &Element) {
        for (name, value) in &element.attributes {
            let value = match type_name(name, value) {
                Some((namespace, local)) => format!("{}:{local}", self.prefix(namespace)),
                None => value.clone(),
            };
            let qualified = if name.namespace.is_empty() {
                name.local.to_string()
            } else {
                format!("{}:{}", self.prefix(&name.namespace), name.local)
            };
            let _ = write!(self.text, " {qualified}=\"{}\"", escaped(&value, true));
        }
    }
}

fn escaped(text: &str, in_attribute: bool) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' if in_attribute => escaped.push_str("&quot;"),
            '\t' | '\n' if in_attribute => escaped.push_str(if character == '\t' { "&#9;" } else { "&#10;" }),
            '\r' => escaped.push_str("&#13;"),
            other => escaped.push(other),
        }
    }
    escaped
}
