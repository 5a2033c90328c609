//! One document of a profile, from its bytes to a flat tree of RELAX NG elements.
//!
//! The only file here that knows the XML reader. What is not RELAX NG is left out (4.1), but for the texts of
//! `documentation` elements; nodes come parents first, so that a pass over them in order sees a parent before its
//! children, and a pass backwards the children first.

use super::Limits;
use super::fault::{Faults, too_complex, unreadable};
use super::syntax::Tag;
use crate::model::findings::{self, shortened};
use crate::model::{self, Finding};
use crate::seda::datatype::Prefixes;
use crate::seda::xml::{Halt, Token, XML_NAMESPACE, Xml};

/// The namespace of RELAX NG's elements.
const RELAX_NG: &str = "http://relaxng.org/ns/structure/1.0";
const DOCUMENTATION_CHARS_MAX: usize = 2_000;

/// A RELAX NG element.
#[derive(Debug)]
pub struct Node {
    pub tag: Tag,
    pub parent: Option<usize>,
    pub children: Vec<usize>,
    /// Those without a namespace.
    pub attributes: Vec<(String, String)>,
    /// `xml:base`.
    pub base: Option<String>,
    /// Its own text, in one piece.
    pub text: String,
    /// It holds elements that are not RELAX NG's.
    pub has_foreign: bool,
    pub documentation: Option<String>,
    /// The prefix that its name or its text begins with, and the namespace it is bound to there.
    pub prefix: Option<(String, String)>,
    pub line: u64,
}

impl Node {
    /// Value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The prefix a text begins with, if it is bound here.
    fn bind(&mut self, text: &str, prefixes: &impl Prefixes) {
        if let Some((prefix, _)) = text.trim_start().split_once(':')
            && let Some(namespace) = prefixes.namespace_of(prefix)
        {
            self.prefix = Some((prefix.to_owned(), namespace.to_owned()));
        }
    }
}

impl Prefixes for Node {
    fn namespace_of(&self, prefix: &str) -> Option<&str> {
        self.prefix.as_ref().filter(|(known, _)| known == prefix).map(|(_, namespace)| namespace.as_str())
    }
}

/// Reads a document after the nodes already there; returns the place of its root.
///
/// # Errors
/// It is not well-formed, or past a limit. What is merely no RELAX NG goes to `faults`.
pub fn read(
    bytes: &[u8],
    limits: &Limits,
    nodes: &mut Vec<Node>,
    faults: &mut Faults,
) -> Result<usize, Vec<Finding>> {
    let root = nodes.len();
    let of_reader = model::Limits {
        xml_elements_max: limits.patterns_max,
        xml_depth_max: limits.depth_max,
        ..model::Limits::default()
    };
    let mut reader = Xml::new(bytes, &of_reader).map_err(refused)?;
    let mut builder = Builder { nodes, faults, limits, open: Vec::new(), documentation: None };
    loop {
        match reader.advance().map_err(refused)? {
            Token::Start => builder.start(&mut reader)?,
            Token::End => builder.end(&reader),
            Token::Chunk => {}
            Token::Over => break,
        }
    }
    match builder.nodes.get(root) {
        Some(_) => Ok(root),
        None => {
            let mut faults = Faults::new();
            faults.syntax("la racine du document n'est pas un élément de RELAX NG", 1);
            faults.into_result().map(|()| root)
        }
    }
}

/// What the reader refuses, told of a profile.
fn refused(halt: Halt) -> Vec<Finding> {
    let finding = match halt {
        Halt::Refused(finding) => finding,
        Halt::Failed(_) => return unreadable("le profil ne peut pas être lu", 1),
    };
    let limits = [
        &findings::XML_SIZE,
        &findings::XML_DEPTH,
        &findings::XML_NAMES,
        &findings::XML_ATTRIBUTES,
        &findings::XML_TEXT_LENGTH,
    ];
    match limits.iter().any(|kind| std::ptr::eq(*kind, finding.kind)) {
        true => too_complex(finding.message),
        false => unreadable(finding.message, finding.line.unwrap_or(1)),
    }
}

struct Builder<'a> {
    nodes: &'a mut Vec<Node>,
    faults: &'a mut Faults,
    limits: &'a Limits,
    /// Open elements; `None` for one that is not RELAX NG's, or lies in such a one.
    open: Vec<Option<usize>>,
    /// The node documented, and how deep the `documentation` element open now is.
    documentation: Option<(usize, usize)>,
}

impl Builder<'_> {
    fn text(&mut self, text: &str) {
        if let Some((node, _)) = self.documentation {
            let documentation = self.nodes[node].documentation.get_or_insert_default();
            if documentation.len() < DOCUMENTATION_CHARS_MAX {
                documentation.push_str(text);
            }
        } else if let Some(Some(node)) = self.open.last() {
            self.nodes[*node].text.push_str(text);
        }
    }

    fn end(&mut self, reader: &Xml<&[u8]>) {
        self.text(reader.text());
        if let Some(Some(node)) = self.open.pop() {
            let node = &mut self.nodes[node];
            if matches!(node.tag, Tag::Name | Tag::Value) {
                let text = std::mem::take(&mut node.text);
                node.bind(&text, reader);
                node.text = text;
            }
        }
        if self.documentation.is_some_and(|(_, depth)| self.open.len() < depth) {
            self.documentation = None;
        }
    }

    fn start(&mut self, reader: &mut Xml<&[u8]>) -> Result<(), Vec<Finding>> {
        self.text(reader.text());
        let line = reader.line();
        let local = reader.local(reader.name());
        let parent = self.open.last().copied().flatten();
        let is_inside = self.open.is_empty() || parent.is_some();
        let is_relax_ng = reader.namespace_of_name(reader.name()) == RELAX_NG;
        let known = if is_inside && is_relax_ng { self.known(local, line) } else { None };
        let Some(tag) = known else {
            if let Some(parent) = parent {
                self.nodes[parent].has_foreign = true;
            }
            if local == "documentation" && self.documentation.is_none() {
                let documented = self.open.iter().rev().find_map(|&node| node);
                self.documentation = documented.map(|node| (node, self.open.len() + 1));
            }
            self.open.push(None);
            return Ok(());
        };
        let place = self.nodes.len();
        if place >= self.limits.patterns_max {
            return Err(too_complex(format!("plus de {} éléments", self.limits.patterns_max)));
        }
        if let Some(parent) = parent {
            self.nodes[parent].children.push(place);
        }
        let mut node = Node {
            tag,
            parent,
            children: Vec::new(),
            attributes: Vec::new(),
            base: None,
            text: String::new(),
            has_foreign: false,
            documentation: None,
            prefix: None,
            line,
        };
        for (name, value) in reader.attributes() {
            match (reader.namespace_of_name(name), reader.local(name)) {
                ("", local) => node.attributes.push((local.to_owned(), value.to_owned())),
                (XML_NAMESPACE, "base") => node.base = Some(value.to_owned()),
                (RELAX_NG, local) => node.attributes.push((format!("rng:{local}"), value.to_owned())),
                _ => {}
            }
        }
        if let Some(name) = node.attribute("name").map(str::to_owned) {
            node.bind(&name, reader);
        }
        self.nodes.push(node);
        self.open.push(Some(place));
        Ok(())
    }

    fn known(&mut self, local: &str, line: u64) -> Option<Tag> {
        let known = Tag::named(local);
        if known.is_none() {
            let shown = shortened(local.to_owned(), 40);
            self.faults.syntax(format!("« {shown} » n'est pas un élément de RELAX NG"), line);
        }
        known
    }
}
