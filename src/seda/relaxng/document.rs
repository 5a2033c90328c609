//! One document of a profile, from its bytes to a flat tree of RELAX NG elements.
//!
//! The only file here that knows the XML parser. Never expands an entity, never accepts a DOCTYPE. What is not RELAX NG
//! is left out (4.1), but for the texts of `documentation` elements; nodes come parents first, so that a pass over
//! them in order sees a parent before its children, and a pass backwards the children first.

use std::rc::Rc;

use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

use super::Limits;
use super::fault::{Faults, too_complex, unreadable};
use super::syntax::Tag;
use crate::model::Finding;
use crate::model::findings::shortened;
use crate::seda::datatype::Prefixes;

/// The namespace of RELAX NG's elements.
const RELAX_NG: &str = "http://relaxng.org/ns/structure/1.0";
const XML: &str = "http://www.w3.org/XML/1998/namespace";
const ATTRIBUTES_MAX: usize = 256;
/// Prefixes in scope at one place: each name is looked up among them.
const BINDINGS_MAX: usize = 256;
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
    pub prefixes: Rc<Scope>,
    pub line: u64,
}

impl Node {
    /// Value of an attribute.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Prefixes bound at one place of a document.
#[derive(Debug, Default)]
pub struct Scope {
    outer: Option<Rc<Scope>>,
    bindings: Vec<(String, String)>,
    count: usize,
}

impl Prefixes for Scope {
    fn namespace_of(&self, prefix: &str) -> Option<&str> {
        if prefix == "xml" {
            return Some(XML);
        }
        let mut scope = Some(self);
        while let Some(here) = scope {
            if let Some((_, namespace)) = here.bindings.iter().find(|(known, _)| known == prefix) {
                return (!namespace.is_empty()).then_some(namespace.as_str());
            }
            scope = here.outer.as_deref();
        }
        None
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
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = str::from_utf8(bytes).map_err(|error| {
        let line = lines(&bytes[..error.valid_up_to()]) + 1;
        unreadable("octets qui ne sont pas de l'UTF-8", line)
    })?;
    if let Some((at, c)) = text.char_indices().find(|&(_, c)| !is_allowed(c)) {
        return Err(unreadable(format!("caractère U+{:04X}", u32::from(c)), lines(&bytes[..at]) + 1));
    }
    let root = nodes.len();
    let mut builder = Builder {
        nodes,
        faults,
        limits,
        open: Vec::new(),
        scopes: Vec::new(),
        documentation: None,
        has_root: false,
        line: 1,
    };
    let mut reader = Reader::from_str(text);
    reader.config_mut().expand_empty_elements = true;
    reader.config_mut().check_comments = true;
    let mut reached = 0;
    loop {
        let event = reader.read_event().map_err(|error| builder.broken(&error))?;
        let is_over = matches!(event, Event::Eof);
        builder.step(event, reached == 0)?;
        let position = usize::try_from(reader.buffer_position()).unwrap_or(bytes.len()).min(bytes.len());
        builder.line += lines(&bytes[reached.min(position)..position]);
        reached = position;
        if is_over {
            break;
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

fn lines(bytes: &[u8]) -> u64 {
    bytes.iter().filter(|&&byte| byte == b'\n').count() as u64
}

/// XML 1.0, 2.2: what a document may contain.
fn is_allowed(c: char) -> bool {
    !matches!(c, '\0'..='\x08' | '\x0b' | '\x0c' | '\x0e'..='\x1f' | '\u{fffe}' | '\u{ffff}')
}

/// A predefined entity or a legal character reference (XML 1.0, 4.1 and 4.6).
fn character(reference: &str) -> Option<char> {
    let number = match reference {
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "amp" => return Some('&'),
        "quot" => return Some('"'),
        "apos" => return Some('\''),
        _ => reference.strip_prefix('#')?,
    };
    let code = match number.strip_prefix('x') {
        Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
        None => number.parse().ok()?,
    };
    char::from_u32(code).filter(|&c| is_allowed(c))
}

struct Builder<'a> {
    nodes: &'a mut Vec<Node>,
    faults: &'a mut Faults,
    limits: &'a Limits,
    /// Open elements; `None` for one that is not RELAX NG's, or lies in such a one.
    open: Vec<Option<usize>>,
    scopes: Vec<Rc<Scope>>,
    /// The node documented, and how deep the `documentation` element open now is.
    documentation: Option<(usize, usize)>,
    has_root: bool,
    line: u64,
}

impl Builder<'_> {
    fn broken(&self, error: &quick_xml::Error) -> Vec<Finding> {
        let message = match error {
            quick_xml::Error::Syntax(_) => "le fichier s'arrête au milieu d'une balise",
            quick_xml::Error::IllFormed(_) => "les balises ouvrantes et fermantes ne se répondent pas",
            _ => "document mal formé",
        };
        unreadable(message, self.line)
    }

    fn refused<T>(&self, message: impl Into<String>) -> Result<T, Vec<Finding>> {
        Err(unreadable(message, self.line))
    }

    fn step(&mut self, event: Event<'_>, is_first: bool) -> Result<(), Vec<Finding>> {
        match event {
            Event::Start(tag) | Event::Empty(tag) => self.start(&tag),
            Event::End(_) => {
                self.scopes.pop();
                self.open.pop();
                if self.documentation.is_some_and(|(_, depth)| self.open.len() < depth) {
                    self.documentation = None;
                }
                Ok(())
            }
            Event::Text(text) if text.contains("]]>") => self.refused("« ]]> » dans un texte"),
            Event::Text(text) => self.text(&text.xml10_content()),
            Event::CData(text) => self.text(&text.xml10_content()),
            Event::GeneralRef(reference) => match character(&reference) {
                Some(character) => self.text(character.encode_utf8(&mut [0; 4])),
                None => {
                    let shown = shortened(reference.to_string(), 40);
                    self.refused(format!("référence « &{shown}; » inconnue"))
                }
            },
            Event::DocType(_) => self.refused("déclaration DOCTYPE"),
            Event::Decl(_) if !is_first => self.refused("déclaration XML hors de sa place"),
            Event::Decl(declaration) => {
                let is_utf8 = match declaration.encoding() {
                    None => true,
                    Some(Ok(name)) => {
                        name.eq_ignore_ascii_case("utf-8") || name.eq_ignore_ascii_case("us-ascii")
                    }
                    Some(Err(_)) => false,
                };
                match declaration.version() {
                    Ok(version) if version == "1.0" && is_utf8 => Ok(()),
                    Ok(version) if version == "1.0" => self.refused("encodage autre que l'UTF-8"),
                    _ => self.refused("version de XML autre que 1.0"),
                }
            }
            Event::Comment(_) | Event::PI(_) => Ok(()),
            Event::Eof if !self.open.is_empty() => {
                self.refused("un élément reste ouvert à la fin du fichier")
            }
            Event::Eof if !self.has_root => self.refused("le document est vide"),
            Event::Eof => Ok(()),
        }
    }

    fn text(&mut self, text: &str) -> Result<(), Vec<Finding>> {
        if let Some((node, _)) = self.documentation {
            let documentation = self.nodes[node].documentation.get_or_insert_default();
            if documentation.len() < DOCUMENTATION_CHARS_MAX {
                documentation.push_str(text);
            }
            return Ok(());
        }
        match self.open.last() {
            Some(Some(node)) => self.nodes[*node].text.push_str(text),
            Some(None) => {}
            None if text.trim_matches([' ', '\t', '\r', '\n']).is_empty() => {}
            None => return self.refused("texte hors de l'élément racine"),
        }
        Ok(())
    }

    fn start(&mut self, tag: &BytesStart<'_>) -> Result<(), Vec<Finding>> {
        if self.open.is_empty() && std::mem::replace(&mut self.has_root, true) {
            return self.refused("un second élément racine");
        }
        if self.open.len() >= self.limits.depth_max {
            let message = format!("plus de {} éléments emboîtés", self.limits.depth_max);
            return Err(too_complex(message));
        }
        let (plain, base, scope) = self.attributes(tag)?;
        let (local, prefix) = tag.name().decompose();
        let prefix = prefix.map_or(String::new(), |prefix| prefix.as_ref().to_owned());
        let namespace = scope.namespace_of(&prefix);
        if namespace.is_none() && !prefix.is_empty() {
            return self.refused(format!("préfixe « {} » inconnu", shortened(prefix, 40)));
        }
        let parent = self.open.last().copied().flatten();
        let is_inside = self.open.is_empty() || parent.is_some();
        let local: &str = local.as_ref();
        let known = if is_inside && namespace == Some(RELAX_NG) { self.known(local) } else { None };
        if let (None, Some(parent)) = (known, parent) {
            self.nodes[parent].has_foreign = true;
        }
        self.scopes.push(Rc::clone(&scope));
        let Some(tag) = known else {
            if local == "documentation" && self.documentation.is_none() {
                let documented = self.open.iter().rev().find_map(|&node| node);
                self.documentation = documented.map(|node| (node, self.open.len() + 1));
            }
            self.open.push(None);
            return Ok(());
        };
        if self.nodes.len() >= self.limits.patterns_max {
            return Err(too_complex(format!("plus de {} éléments", self.limits.patterns_max)));
        }
        let place = self.nodes.len();
        if let Some(parent) = parent {
            self.nodes[parent].children.push(place);
        }
        self.nodes.push(Node {
            tag,
            parent,
            children: Vec::new(),
            attributes: plain,
            base,
            text: String::new(),
            has_foreign: false,
            documentation: None,
            prefixes: scope,
            line: self.line,
        });
        self.open.push(Some(place));
        Ok(())
    }

    fn known(&mut self, local: &str) -> Option<Tag> {
        let known = Tag::named(local);
        if known.is_none() {
            let shown = shortened(local.to_owned(), 40);
            self.faults.syntax(format!("« {shown} » n'est pas un élément de RELAX NG"), self.line);
        }
        known
    }

    /// Plain attributes, `xml:base`, and the prefixes bound here and around.
    fn attributes(&mut self, tag: &BytesStart<'_>) -> Result<Attributes, Vec<Finding>> {
        let (mut plain, mut base, mut bindings, mut prefixed) = (Vec::new(), None, Vec::new(), Vec::new());
        for (count, attribute) in tag.attributes().enumerate() {
            if count >= ATTRIBUTES_MAX {
                return Err(too_complex(format!("plus de {ATTRIBUTES_MAX} attributs sur un élément")));
            }
            let Ok(attribute) = attribute else {
                return self.refused("attribut mal écrit ou répété");
            };
            let value = match attribute.normalized_value(XmlVersion::Explicit1_0) {
                Ok(value) if value.chars().all(is_allowed) && !attribute.value.contains('<') => {
                    value.into_owned()
                }
                _ => return self.refused("valeur d'attribut mal écrite"),
            };
            let name: &str = attribute.key.as_ref();
            match name.split_once(':') {
                None if name == "xmlns" => bindings.push((String::new(), value)),
                None => plain.push((name.to_owned(), value)),
                Some(("xmlns", prefix)) if value.is_empty() || prefix.is_empty() || prefix == "xmlns" => {
                    return self.refused("espace de noms mal déclaré");
                }
                Some(("xmlns", "xml")) if value == XML => {}
                Some(("xmlns", prefix)) => bindings.push((prefix.to_owned(), value)),
                Some(("xml", "base")) => base = Some(value),
                Some((prefix, local)) => prefixed.push((prefix.to_owned(), local.to_owned())),
            }
        }
        let outer = self.scopes.last().cloned().unwrap_or_default();
        let count = outer.count + bindings.len();
        if count > BINDINGS_MAX {
            return Err(too_complex(format!("plus de {BINDINGS_MAX} espaces de noms déclarés")));
        }
        let scope = match bindings.is_empty() {
            true => outer,
            false => Rc::new(Scope { outer: Some(outer), bindings, count }),
        };
        for (prefix, local) in prefixed {
            match scope.namespace_of(&prefix) {
                None => return self.refused(format!("préfixe « {} » inconnu", shortened(prefix, 40))),
                Some(RELAX_NG) => plain.push((format!("{prefix}:{local}"), String::new())),
                Some(_) => {}
            }
        }
        Ok((plain, base, scope))
    }
}

type Attributes = (Vec<(String, String)>, Option<String>, Rc<Scope>);
