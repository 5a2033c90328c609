//! The tables of a version side by side: what is declared at the top of each, found by its full name.
//!
//! Never looks below the first line of a declaration. The one thing to know: a name without a prefix belongs to the
//! namespace of the table it stands in.

use std::collections::HashMap;

use super::lines::{self, Line, Token};
use super::sources::Source;

/// Namespace and local name.
pub type Name = (&'static str, &'static str);

/// Namespace of the types of XML Schema, which every table calls `xs`.
pub const XSD: &str = "http://www.w3.org/2001/XMLSchema";

/// A line of a table that cannot be understood: ours to mend.
#[derive(Debug, thiserror::Error)]
#[error("standard/{file}, line {line}: {what}")]
pub struct Broken {
    pub file: &'static str,
    pub line: usize,
    pub what: String,
}

/// A table, or the part of a file that speaks of one namespace.
pub struct Table {
    pub file: &'static str,
    pub namespace: &'static str,
    prefixes: HashMap<&'static str, &'static str>,
    lines: Vec<Line>,
}

/// What can be declared at the top of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    Message,
    Element,
    Attribute,
    Type,
    Simple,
    Group,
    Attributes,
}

/// A declaration.
#[derive(Clone)]
pub struct Declaration<'t> {
    pub table: &'t Table,
    pub line: &'t Line,
    pub kind: Kind,
    pub name: Name,
    pub is_abstract: bool,
    pub is_mixed: bool,
    /// Where what follows the name begins, in the line.
    pub rest: usize,
}

impl Table {
    /// The tables a file holds.
    pub fn read(&(file, text): &Source) -> Result<Vec<Table>, Broken> {
        let mut tables: Vec<Table> = Vec::new();
        for line in lines::read(text) {
            let words: Vec<&str> = line.tokens.iter().map(|token| token.word()).collect();
            match (&words[..], tables.last_mut()) {
                (["namespace", namespace], _) => {
                    let prefixes = HashMap::from([("xs", XSD), ("", *namespace)]);
                    tables.push(Table { file, namespace, prefixes, lines: Vec::new() });
                }
                (["prefix", prefix, "=", namespace], Some(table)) => {
                    table.prefixes.insert(prefix, namespace);
                }
                (_, Some(table)) => table.lines.push(line),
                (_, None) => {
                    let what = "before any namespace".to_owned();
                    return Err(Broken { file, line: line.number, what });
                }
            }
        }
        Ok(tables)
    }

    /// The full name a word stands for.
    pub fn resolve(&self, line: &Line, word: &'static str) -> Result<Name, Broken> {
        let (prefix, local) = word.split_once(':').unwrap_or(("", word));
        match self.prefixes.get(prefix) {
            Some(namespace) if !local.is_empty() => Ok((namespace, local)),
            _ => Err(self.broken(line, format!("what is `{word}`?"))),
        }
    }

    /// What is wrong with a line.
    pub fn broken(&self, line: &Line, what: impl Into<String>) -> Broken {
        Broken { file: self.file, line: line.number, what: what.into() }
    }

    /// Everything it declares, in order.
    pub fn declarations(&self) -> Result<Vec<Declaration<'_>>, Broken> {
        self.lines.iter().map(|line| self.declaration(line)).collect()
    }

    fn declaration<'t>(&'t self, line: &'t Line) -> Result<Declaration<'t>, Broken> {
        let words: Vec<&'static str> = line.tokens.iter().map(|token| token.word()).collect();
        let marks = words.iter().take_while(|word| matches!(**word, "abstract" | "mixed")).count();
        let kind = match words.get(marks).copied() {
            Some("message") => Kind::Message,
            Some("element") => Kind::Element,
            Some("attribute") => Kind::Attribute,
            Some("type") => Kind::Type,
            Some("simple") => Kind::Simple,
            Some("group") => Kind::Group,
            Some("attributes") => Kind::Attributes,
            _ => return Err(self.broken(line, "not a declaration")),
        };
        let Some(name) = words.get(marks + 1).filter(|name| !name.is_empty()) else {
            return Err(self.broken(line, "no name"));
        };
        Ok(Declaration {
            table: self,
            line,
            kind,
            name: (self.namespace, name),
            is_abstract: words[..marks].contains(&"abstract"),
            is_mixed: words[..marks].contains(&"mixed"),
            rest: marks + 2,
        })
    }
}

impl<'t> Declaration<'t> {
    /// What follows the name.
    pub fn rest(&self) -> &'t [Token] {
        &self.line.tokens[self.rest..]
    }
}
