//! The attributes of a type: the lines that begin with `@`.
//!
//! The one thing to know: in a derived type a line replaces what the base said of the same attribute, `@-name` takes it
//! away, and a wildcard never stands for an attribute that is named beside it.

use super::content::{split, wildcard};
use super::lines::{Line, Token};
use super::load::Loader;
use super::tables::{Broken, Kind, Name, Table};
use crate::seda::datatype::NoPrefixes;
use crate::seda::engine::grammar::{
    AttributeSymbol, AttributeValue, EMPTY, PatternId, Patterns, Process, Symbol, SymbolId,
};
use crate::seda::engine::names::NameClass;

/// The attributes of a type.
#[derive(Clone, Default)]
pub struct Attributes {
    uses: Vec<Use>,
    wildcard: Option<(NameClass, Process)>,
}

#[derive(Clone)]
struct Use {
    name: Name,
    symbol: SymbolId,
    is_required: bool,
}

impl Attributes {
    /// A restriction keeps the attributes of its base, not its wildcard.
    pub fn forget_wildcard(&mut self) {
        self.wildcard = None;
    }

    /// All of them, in any order.
    pub fn pattern(&self, patterns: &mut Patterns) -> PatternId {
        let mut parts: Vec<PatternId> = Vec::new();
        for attribute in &self.uses {
            let one = patterns.one(attribute.symbol);
            parts.push(if attribute.is_required { one } else { patterns.optional(one) });
        }
        if let Some((class, process)) = &self.wildcard {
            let named = self.uses.iter();
            let named = named.map(|of| NameClass::Name(of.name.0.to_owned(), of.name.1.to_owned()));
            let name =
                NameClass::Except(Box::new(class.clone()), Box::new(NameClass::Choice(named.collect())));
            let value = AttributeValue::Wildcard(*process);
            let symbol = patterns.add_symbol(Symbol::Attribute(AttributeSymbol { name, value }));
            let one = patterns.one(symbol);
            parts.push(patterns.zero_or_more(one));
        }
        if parts.is_empty() { EMPTY } else { patterns.interleave(parts) }
    }

    fn set(&mut self, new: Use) {
        match self.uses.iter_mut().find(|known| known.name == new.name) {
            Some(known) => *known = new,
            None => self.uses.push(new),
        }
    }
}

impl<'t> Loader<'t> {
    /// Adds what the lines that begin with `@` say.
    pub fn read_attributes(
        &mut self,
        table: &'t Table,
        lines: &'t [Line],
        into: &mut Attributes,
    ) -> Result<(), Broken> {
        for line in lines {
            let Some(word) = line.first().strip_prefix('@') else { continue };
            if let Some(group) = word.strip_prefix('&') {
                let name = table.resolve(line, group)?;
                let Some(group) = self.groups.get(&(Kind::Attributes, name)).cloned() else {
                    return Err(table.broken(line, format!("no attributes `{group}`")));
                };
                self.read_attributes(group.table, &group.line.below, into)?;
            } else if let Some(removed) = word.strip_prefix('-') {
                into.uses.retain(|known| known.name != ("", removed));
            } else if word == "any" {
                if into.wildcard.is_some() {
                    return Err(table.broken(line, "a second wildcard"));
                }
                into.wildcard = Some(wildcard(table, line, &line.tokens[1..])?);
            } else {
                into.set(self.attribute(table, line, word)?);
            }
        }
        Ok(())
    }

    fn attribute(&mut self, table: &'t Table, line: &'t Line, word: &'static str) -> Result<Use, Broken> {
        let (word, occurs) = split(word);
        let (name, rest) = (word, &line.tokens[1..]);
        let is_required = occurs.is_empty();
        let name = if name.contains(':') { table.resolve(line, name)? } else { ("", name) };
        if name.0.is_empty() {
            let value = self.value_of(table, line, rest)?;
            return Ok(Use { name, symbol: self.attribute_symbol(name, value), is_required });
        }
        let Some(&symbol) = self.attributes.get(&name) else {
            return Err(table.broken(line, format!("no attribute `{word}` at the top")));
        };
        let symbol = match rest {
            [] => symbol,
            [Token::Word("fixed"), Token::Quoted(value)] => {
                let Symbol::Attribute(AttributeSymbol { value: AttributeValue::Pattern(of), .. }) =
                    self.patterns.symbol(symbol)
                else {
                    return Err(table.broken(line, "no value"));
                };
                let value = self.fixed(table, line, *of, value)?;
                self.attribute_symbol(name, value)
            }
            _ => return Err(table.broken(line, "`fixed \"…\"` expected")),
        };
        Ok(Use { name, symbol, is_required })
    }

    /// `Type` or `(values)`, perhaps `default "x"` or `fixed "x"`: what the value must be.
    pub fn value_of(
        &mut self,
        table: &'t Table,
        line: &'t Line,
        rest: &[Token],
    ) -> Result<PatternId, Broken> {
        let mut rest = rest;
        let id = self.item(table, line, &mut rest)?;
        let pattern = self.types[id.at()].pattern;
        match *rest {
            [] | [Token::Word("default"), Token::Quoted(_)] => Ok(pattern),
            [Token::Word("fixed"), Token::Quoted(value)] => self.fixed(table, line, pattern, value),
            _ => Err(table.broken(line, "`default \"…\"` or `fixed \"…\"` expected")),
        }
    }

    fn fixed(&mut self, table: &Table, line: &Line, of: PatternId, text: &str) -> Result<PatternId, Broken> {
        let datatype = match self.patterns.get(of) {
            crate::seda::engine::grammar::Pattern::Symbol(symbol) => match self.patterns.symbol(*symbol) {
                Symbol::Data(data) => data.datatype.clone(),
                _ => return Err(table.broken(line, "no simple type")),
            },
            _ => return Err(table.broken(line, "no simple type")),
        };
        let Some(value) = datatype.value(text, &NoPrefixes) else {
            return Err(table.broken(line, format!("`{text}` is no value of its type")));
        };
        let symbol = self.patterns.add_symbol(Symbol::Value(datatype, value));
        Ok(self.patterns.one(symbol))
    }
}
