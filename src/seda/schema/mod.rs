//! The standard's content models as automata: which element may follow, which is missing, which value is wrong.
//!
//! Covers every element of `ArchiveTransfer`, its order and cardinality, required attributes and simple values of 2.0 to
//! 2.3. Never fetches a schema: the tables (`*.txt`, see [`table`]) are facts of the standard. Foreign elements pass where
//! the standard leaves room for them, unread.

use super::element::Element;
use crate::model::{Finding, findings};

mod table;

use table::{Body, Type};
pub use table::{Schema, of};

const INSTANCE: &str = "http://www.w3.org/2001/XMLSchema-instance";

/// Where a document stands in its schema.
pub struct Position {
    schema: &'static Schema,
    open: Vec<Open>,
}

struct Open {
    /// `None` under an element the schema does not know: nothing there is judged.
    kind: Option<usize>,
    state: Option<usize>,
    has_children: bool,
}

impl Position {
    /// At the root of an `ArchiveTransfer`.
    pub fn at_root(schema: &'static Schema) -> Self {
        Self { schema, open: vec![Open { kind: Some(schema.root), state: None, has_children: false }] }
    }

    /// An element starts. `is_seda`: it is in the message's own namespace. What is wrong, if anything.
    pub fn start(&mut self, element: &Element, is_seda: bool) -> Vec<Finding> {
        let mut found = Vec::new();
        let Some(parent) = self.open.last_mut() else { return found };
        parent.has_children = true;
        let kind = match parent.kind.map(|kind| &self.schema.types[kind].body) {
            None | Some(Body::Abstract) => None,
            Some(Body::Any) if !is_seda => None,
            Some(Body::Elements(automaton)) if is_seda => {
                let next = automaton.next(parent.state, &element.local);
                if let Some(state) = next {
                    parent.state = Some(state);
                    Some(automaton.names[state].1)
                } else {
                    found.push(unexpected(element, &automaton.expected(parent.state)));
                    None
                }
            }
            Some(Body::Elements(automaton)) => {
                found.push(unexpected(element, &automaton.expected(parent.state)));
                None
            }
            Some(Body::Any) => {
                found.push(unexpected(element, "un élément d'un autre espace de noms"));
                None
            }
            Some(Body::Simple(_)) => {
                found.push(unexpected(element, "du texte seul"));
                None
            }
        };
        if let Some(kind) = kind {
            attributes(&self.schema.types[kind], element, &mut found);
        }
        self.open.push(Open { kind, state: None, has_children: false });
        found
    }

    /// Text stands between two tags of the element that is open. What is wrong, if anything.
    pub fn text_between(&self, text: &str, line: u64) -> Option<Finding> {
        let kind = self.open.last()?.kind?;
        let is_elements = matches!(self.schema.types[kind].body, Body::Elements(_) | Body::Any);
        (is_elements && !text.trim_matches([' ', '\t', '\r', '\n']).is_empty()).then(|| {
            let shown: String = text.trim().chars().take(40).collect();
            Finding::new(&findings::SCHEMA_UNEXPECTED_TEXT, format!("texte « {shown} »")).at_line(line)
        })
    }

    /// The open element ends, after `text`. What is wrong, if anything.
    pub fn end(&mut self, name: &str, text: &str, line: u64) -> Option<Finding> {
        let open = self.open.pop()?;
        match &self.schema.types[open.kind?].body {
            Body::Simple(simple) if !open.has_children => simple.fault(text).map(|fault| {
                let shown: String = text.chars().take(60).collect();
                let message = format!("{name} : « {shown} » ; {fault}");
                Finding::new(&findings::SCHEMA_INVALID_VALUE, message).at_line(line)
            }),
            Body::Elements(automaton) if !automaton.accepts(open.state) => {
                let message = format!("{name} est incomplet ; attendu : {}", automaton.expected(open.state));
                Some(Finding::new(&findings::SCHEMA_MISSING_ELEMENT, message).at_line(line))
            }
            _ => None,
        }
    }
}

fn attributes(declared: &Type, element: &Element, found: &mut Vec<Finding>) {
    let mut report = |kind, message| found.push(Finding::new(kind, message).at_line(element.line));
    for name in declared.required.iter().filter(|name| element.attribute(name).is_none()) {
        report(&findings::SCHEMA_ATTRIBUTE, format!("{} n'a pas d'attribut {name}", element.local));
    }
    let is_known = |name: &str| declared.required.contains(&name) || declared.optional.contains(&name);
    for attribute in element.attributes.iter().filter(|a| a.namespace.is_empty() && !is_known(&a.local)) {
        let message = format!("{} n'admet pas d'attribut {}", element.local, attribute.local);
        report(&findings::SCHEMA_ATTRIBUTE, message);
    }
    let has_type = element.attributes.iter().any(|a| a.namespace == INSTANCE && a.local == "type");
    if matches!(declared.body, Body::Abstract) && !has_type {
        report(&findings::SCHEMA_ABSTRACT, format!("{} n'est admis qu'avec un xsi:type", element.local));
    }
}

fn unexpected(element: &Element, expected: &str) -> Finding {
    let message = format!("{} n'est pas prévu ici ; attendu : {expected}", element.local);
    Finding::new(&findings::SCHEMA_UNEXPECTED_ELEMENT, message).at_line(element.line)
}
