//! What may stand inside an element: the lines of a type, of a group, of an element without a named type.
//!
//! The one thing to know: lines follow each other as they stand, unless a line above them says otherwise; lines that
//! begin with `@` or `=` are no content (see [`super::attributes`]).

use super::lines::{Line, Token};
use super::load::Loader;
use super::tables::{Broken, Kind, Table};
use crate::seda::engine::grammar::{
    Content, Declared, EMPTY, ElementSymbol, NOT_ALLOWED, PatternId, Patterns, Process, Symbol,
};
use crate::seda::engine::names::NameClass;

impl<'t> Loader<'t> {
    /// Lines in their order.
    pub fn particles(&mut self, table: &'t Table, lines: &'t [Line]) -> Result<PatternId, Broken> {
        let parts = self.each(table, lines)?;
        Ok(parts.into_iter().rev().fold(EMPTY, |then, part| self.patterns.group(part, then)))
    }

    fn each(&mut self, table: &'t Table, lines: &'t [Line]) -> Result<Vec<PatternId>, Broken> {
        let content = lines.iter().filter(|line| !line.first().starts_with(['@', '=']));
        content.map(|line| self.particle(table, line)).collect()
    }

    fn particle(&mut self, table: &'t Table, line: &'t Line) -> Result<PatternId, Broken> {
        let (word, occurs) = split(line.first());
        let inner = match (word, &line.tokens[1..]) {
            ("choice", []) => {
                let parts = self.each(table, &line.below)?;
                self.patterns.choice(parts)
            }
            ("all", []) => {
                let parts = self.each(table, &line.below)?;
                self.patterns.interleave(parts)
            }
            ("sequence", []) => self.particles(table, &line.below)?,
            ("any", of) => {
                let (name, process) = wildcard(table, line, of)?;
                let content = Content::Wildcard(process);
                let symbol = self.patterns.add_symbol(Symbol::Element(ElementSymbol { name, content }));
                self.patterns.one(symbol)
            }
            _ => match word.strip_prefix('&') {
                Some(group) => self.group(table, line, group)?,
                None => self.element(table, line, word)?,
            },
        };
        Ok(repeat(&mut self.patterns, inner, occurs))
    }

    fn group(&mut self, table: &'t Table, line: &'t Line, word: &'static str) -> Result<PatternId, Broken> {
        let name = table.resolve(line, word)?;
        match self.groups.get(&(Kind::Group, name)).cloned() {
            Some(group) => self.particles(group.table, &group.line.below),
            None => Err(table.broken(line, format!("no group `{word}`"))),
        }
    }

    fn element(&mut self, table: &'t Table, line: &'t Line, word: &'static str) -> Result<PatternId, Broken> {
        let name = table.resolve(line, word)?;
        let declared = match &line.tokens[1..] {
            [Token::Word("global")] => match self.elements.get(&name) {
                // Nothing stands for it in the standard: what is never matched had better not be asked for.
                Some((_, declared)) if declared.is_abstract => return Ok(NOT_ALLOWED),
                Some(&(symbol, _)) => return Ok(self.patterns.one(symbol)),
                None => return Err(table.broken(line, format!("no element `{word}` at the top"))),
            },
            rest if !line.below.is_empty() => {
                let id = self.add_type(None, super::builtin::ANY_TYPE);
                self.make_type(id, table, line, rest, false)?;
                Declared { type_id: id, nillable: false, has_default: false, is_abstract: false }
            }
            rest => self.declared(table, line, rest)?,
        };
        let symbol = self.element_symbol(name, declared);
        Ok(self.patterns.one(symbol))
    }

    /// `Type`, perhaps `nillable`, perhaps `default "x"`.
    pub fn declared(&self, table: &Table, line: &Line, rest: &[Token]) -> Result<Declared, Broken> {
        let [Token::Word(word), marks @ ..] = rest else {
            return Err(table.broken(line, "a type expected"));
        };
        let (nillable, has_default) = match marks {
            [] => (false, false),
            [Token::Word("nillable")] => (true, false),
            [Token::Word("default"), Token::Quoted(_)] => (false, true),
            [Token::Word("nillable"), Token::Word("default"), Token::Quoted(_)] => (true, true),
            _ => return Err(table.broken(line, "`nillable` or `default \"…\"` expected")),
        };
        let type_id = self.type_named(table, line, word)?;
        Ok(Declared { type_id, nillable, has_default, is_abstract: false })
    }
}

/// How often a word says: `Name?`, `Name*`, `Name+`.
pub fn split(word: &'static str) -> (&'static str, &'static str) {
    word.split_at(word.trim_end_matches(['?', '*', '+']).len())
}

/// What `lax ##other` and its like let in.
pub fn wildcard(table: &Table, line: &Line, of: &[Token]) -> Result<(NameClass, Process), Broken> {
    let [Token::Word(process), Token::Word(namespace)] = *of else {
        return Err(table.broken(line, "`lax ##other` or its like expected"));
    };
    let process = match process {
        "lax" => Process::Lax,
        "strict" => Process::Strict,
        _ => return Err(table.broken(line, format!("`{process}`: lax or strict"))),
    };
    let class = match namespace {
        "##any" => NameClass::Any,
        // XML Schema part 1, 3.10.1: neither the table's namespace nor none.
        "##other" => {
            let not = [table.namespace, ""].map(|namespace| NameClass::Namespace(namespace.to_owned()));
            NameClass::Except(Box::new(NameClass::Any), Box::new(NameClass::Choice(Box::new(not))))
        }
        _ => return Err(table.broken(line, format!("`{namespace}`: ##any or ##other"))),
    };
    Ok((class, process))
}

fn repeat(patterns: &mut Patterns, inner: PatternId, occurs: &str) -> PatternId {
    match occurs {
        "?" => patterns.optional(inner),
        "*" => patterns.zero_or_more(inner),
        "+" => patterns.one_or_more(inner),
        _ => inner,
    }
}
