//! A matcher by derivatives as the book has them: slow, short, and independent of the engine's.
//!
//! Keeps nothing from one step to the next but the patterns themselves. For small documents only.

use std::collections::HashMap;

use chartrier::seda::datatype::Prefixes;
use chartrier::seda::engine::grammar::{
    AttributeValue, Content, EMPTY, Grammar, NOT_ALLOWED, Pattern, PatternId, Patterns, Symbol,
};
use quick_xml::events::{BytesStart, Event};
use quick_xml::name::ResolveResult;
use quick_xml::{NsReader, XmlVersion};

/// Namespace, local name.
type Name = (String, String);

enum Node {
    Text(String),
    Element(Element),
}

struct Element {
    name: Name,
    attributes: Vec<(Name, String)>,
    children: Vec<Node>,
    prefixes: Bound,
}

#[derive(Clone, Default)]
struct Bound(HashMap<String, String>);

impl Prefixes for Bound {
    fn namespace_of(&self, prefix: &str) -> Option<&str> {
        self.0.get(prefix).map(String::as_str)
    }
}

/// Whether a document is what the grammar says.
pub fn is_valid(grammar: &Grammar, document: &str) -> bool {
    let root = parse(document);
    let mut matcher = Matcher { patterns: grammar.patterns.clone() };
    let rest = matcher.element(grammar.start, &root);
    matcher.patterns.is_nullable(rest)
}

fn parse(document: &str) -> Element {
    let mut reader = NsReader::from_str(document);
    reader.config_mut().expand_empty_elements = true;
    let mut open = vec![Element {
        name: Name::default(),
        attributes: Vec::new(),
        children: Vec::new(),
        prefixes: Bound::default(),
    }];
    loop {
        let event = reader.read_event().expect("well-formed");
        let text = match event {
            Event::Start(tag) => {
                let around = open.last().expect("open").prefixes.clone();
                open.push(started(&tag, around, &reader));
                continue;
            }
            Event::End(_) => {
                let element = open.pop().expect("open");
                open.last_mut().expect("open").children.push(Node::Element(element));
                continue;
            }
            Event::Text(text) => text.xml10_content().into_owned(),
            Event::CData(text) => text.xml10_content().into_owned(),
            Event::GeneralRef(reference) => match reference.resolve_char_ref().expect("a reference") {
                Some(character) => character.to_string(),
                None => match &*reference {
                    "lt" => "<".to_owned(),
                    "gt" => ">".to_owned(),
                    "amp" => "&".to_owned(),
                    "quot" => "\"".to_owned(),
                    _ => "'".to_owned(),
                },
            },
            Event::Eof => break,
            _ => continue,
        };
        match open.last_mut().expect("open").children.last_mut() {
            Some(Node::Text(known)) => known.push_str(&text),
            _ => open.last_mut().expect("open").children.push(Node::Text(text)),
        }
    }
    let children = open.remove(0).children.into_iter();
    children
        .filter_map(|child| if let Node::Element(root) = child { Some(root) } else { None })
        .next()
        .expect("a root")
}

fn bound(result: ResolveResult<'_>) -> String {
    match result {
        ResolveResult::Bound(namespace) => namespace.as_ref().to_owned(),
        _ => String::new(),
    }
}

fn started(tag: &BytesStart<'_>, mut prefixes: Bound, reader: &NsReader<&[u8]>) -> Element {
    let mut attributes = Vec::new();
    for attribute in tag.attributes() {
        let attribute = attribute.expect("an attribute");
        let value = attribute.normalized_value(XmlVersion::Explicit1_0).expect("a value").into_owned();
        let key: &str = attribute.key.as_ref();
        if key == "xmlns" {
            prefixes.0.insert(String::new(), value);
        } else if let Some(prefix) = key.strip_prefix("xmlns:") {
            prefixes.0.insert(prefix.to_owned(), value);
        } else {
            let (namespace, local) = reader.resolver().resolve_attribute(attribute.key);
            attributes.push(((bound(namespace), local.as_ref().to_owned()), value));
        }
    }
    let (namespace, local) = reader.resolver().resolve_element(tag.name());
    let name = (bound(namespace), local.as_ref().to_owned());
    Element { name, attributes, children: Vec::new(), prefixes }
}

fn is_white(text: &str) -> bool {
    text.chars().all(|c| matches!(c, ' ' | '\t' | '\r' | '\n'))
}

struct Matcher {
    patterns: Patterns,
}

impl Matcher {
    /// What is left of a pattern after something, given what becomes of its symbols.
    fn derive(
        &mut self,
        id: PatternId,
        is_ordered: bool,
        of: &mut impl FnMut(&mut Self, &Symbol) -> PatternId,
    ) -> PatternId {
        match self.patterns.get(id).clone() {
            Pattern::Empty | Pattern::NotAllowed => NOT_ALLOWED,
            Pattern::Symbol(symbol) => {
                let symbol = self.patterns.symbol(symbol).clone();
                match of(self, &symbol) {
                    // Text stays.
                    EMPTY if matches!(symbol, Symbol::Text) => id,
                    left => left,
                }
            }
            Pattern::Choice(parts) => {
                let left: Vec<_> = parts.iter().map(|&part| self.derive(part, is_ordered, of)).collect();
                self.patterns.choice(left)
            }
            Pattern::Group(first, then) => {
                let left = self.derive(first, is_ordered, of);
                let here = self.patterns.group(left, then);
                if is_ordered && !self.patterns.is_nullable(first) {
                    return here;
                }
                let left = self.derive(then, is_ordered, of);
                let later = if is_ordered { left } else { self.patterns.group(first, left) };
                self.patterns.choice([here, later])
            }
            Pattern::Interleave(parts) => {
                let mut all = Vec::new();
                for at in 0..parts.len() {
                    let mut left = parts.to_vec();
                    left[at] = self.derive(parts[at], is_ordered, of);
                    all.push(self.patterns.interleave(left));
                }
                self.patterns.choice(all)
            }
            Pattern::OneOrMore(inner) => {
                let left = self.derive(inner, is_ordered, of);
                let more = self.patterns.zero_or_more(inner);
                self.patterns.group(left, more)
            }
        }
    }

    fn element(&mut self, id: PatternId, element: &Element) -> PatternId {
        self.derive(id, true, &mut |matcher, symbol| match symbol {
            Symbol::Element(wanted) if wanted.name.contains(&element.name.0, &element.name.1) => {
                match wanted.content {
                    Content::Pattern(content) if matcher.content(content, element) => EMPTY,
                    _ => NOT_ALLOWED,
                }
            }
            _ => NOT_ALLOWED,
        })
    }

    fn content(&mut self, mut id: PatternId, element: &Element) -> bool {
        for ((namespace, local), value) in &element.attributes {
            id = self.derive(id, false, &mut |matcher, symbol| match symbol {
                Symbol::Attribute(wanted) if wanted.name.contains(namespace, local) => match wanted.value {
                    AttributeValue::Pattern(pattern) if matcher.value(pattern, value, &element.prefixes) => {
                        EMPTY
                    }
                    _ => NOT_ALLOWED,
                },
                _ => NOT_ALLOWED,
            });
        }
        id = self.without_attributes(id);
        let texts: Vec<&String> = (element.children.iter())
            .filter_map(|child| if let Node::Text(text) = child { Some(text) } else { None })
            .collect();
        if texts.len() == element.children.len() {
            let text: String = texts.into_iter().cloned().collect();
            return self.value(id, &text, &element.prefixes);
        }
        for child in &element.children {
            id = match child {
                Node::Text(text) if is_white(text) => id,
                Node::Text(text) => self.text(id, text, &element.prefixes),
                Node::Element(child) => self.element(id, child),
            };
        }
        self.patterns.is_nullable(id)
    }

    /// Attributes that were not met cannot be any more.
    fn without_attributes(&mut self, id: PatternId) -> PatternId {
        match self.patterns.get(id).clone() {
            Pattern::Empty | Pattern::NotAllowed => id,
            Pattern::Symbol(symbol) => match self.patterns.symbol(symbol) {
                Symbol::Attribute(_) => NOT_ALLOWED,
                _ => id,
            },
            Pattern::Choice(parts) => {
                let parts: Vec<_> = parts.iter().map(|&part| self.without_attributes(part)).collect();
                self.patterns.choice(parts)
            }
            Pattern::Interleave(parts) => {
                let parts: Vec<_> = parts.iter().map(|&part| self.without_attributes(part)).collect();
                self.patterns.interleave(parts)
            }
            Pattern::Group(first, then) => {
                let (first, then) = (self.without_attributes(first), self.without_attributes(then));
                self.patterns.group(first, then)
            }
            Pattern::OneOrMore(inner) => {
                let inner = self.without_attributes(inner);
                self.patterns.one_or_more(inner)
            }
        }
    }

    /// Whether a whole text, that of an attribute or of an element without others in it, is what is wanted.
    fn value(&mut self, id: PatternId, text: &str, prefixes: &Bound) -> bool {
        if self.patterns.is_nullable(id) && is_white(text) {
            return true;
        }
        let left = self.text(id, text, prefixes);
        self.patterns.is_nullable(left)
    }

    fn text(&mut self, id: PatternId, text: &str, prefixes: &Bound) -> PatternId {
        self.derive(id, true, &mut |matcher, symbol| {
            let is_met = match symbol {
                Symbol::Text => true,
                Symbol::Data(data) => {
                    let is_excepted = match data.except {
                        Some(except) => {
                            let left = matcher.text(except, text, prefixes);
                            matcher.patterns.is_nullable(left)
                        }
                        None => false,
                    };
                    data.datatype.check(text, prefixes) && !is_excepted
                }
                Symbol::Value(datatype, value) => datatype.equals(value, text, prefixes),
                Symbol::List(inner) => {
                    let mut left = *inner;
                    for token in text.split([' ', '\t', '\r', '\n']).filter(|token| !token.is_empty()) {
                        left = matcher.text(left, token, prefixes);
                    }
                    matcher.patterns.is_nullable(left)
                }
                Symbol::Element(_) | Symbol::Attribute(_) => false,
            };
            if is_met { EMPTY } else { NOT_ALLOWED }
        })
    }
}
