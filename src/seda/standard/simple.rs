//! Types of values: `xs:token minLength 1`, `xs:token one of a b`, `union of A B`.
//!
//! The one thing to know: a type that adds nothing to its base shares its values, and keeps its own name for `xsi:type`.

use super::builtin::ANY_SIMPLE_TYPE;
use super::lines::{Line, Token};
use super::load::Loader;
use super::tables::{Broken, Table};
use crate::seda::datatype::{Datatype, NoPrefixes};
use crate::seda::engine::grammar::{DataSymbol, Symbol, TypeId};

impl<'t> Loader<'t> {
    /// Makes the simple type that the tokens describe.
    pub fn make_simple(
        &mut self,
        id: TypeId,
        table: &'t Table,
        line: &'t Line,
        of: &[Token],
    ) -> Result<(), Broken> {
        let mut rest = of;
        self.describe(id, table, line, &mut rest)?;
        if rest.is_empty() { Ok(()) } else { Err(table.broken(line, "too much")) }
    }

    /// A type of values by its name, or described in parentheses.
    pub fn item(&mut self, table: &'t Table, line: &'t Line, rest: &mut &[Token]) -> Result<TypeId, Broken> {
        match **rest {
            [Token::Open, ref inner @ ..] => {
                *rest = inner;
                let id = self.add_type(None, ANY_SIMPLE_TYPE);
                self.describe(id, table, line, rest)?;
                match **rest {
                    [Token::Close, ref after @ ..] => *rest = after,
                    _ => return Err(table.broken(line, "`)` expected")),
                }
                Ok(id)
            }
            [Token::Word(word), ref after @ ..] => {
                *rest = after;
                let id = self.type_named(table, line, word)?;
                self.make(id)?;
                Ok(id)
            }
            _ => Err(table.broken(line, "a type expected")),
        }
    }

    fn describe(
        &mut self,
        id: TypeId,
        table: &'t Table,
        line: &'t Line,
        rest: &mut &[Token],
    ) -> Result<(), Broken> {
        if let [Token::Word("union"), Token::Word("of"), members @ ..] = *rest {
            *rest = members;
            let mut members = Vec::new();
            while !matches!(**rest, [] | [Token::Close, ..]) {
                members.push(self.item(table, line, rest)?);
            }
            let datatypes = members.iter().map(|member| self.datatypes.get(member).cloned());
            let datatypes: Option<Vec<Datatype>> = datatypes.collect();
            let datatype = Datatype::union(datatypes.ok_or_else(|| table.broken(line, "values expected"))?);
            self.types[id.at()].members = members.into();
            self.set_values(id, ANY_SIMPLE_TYPE, datatype);
            return Ok(());
        }
        let base = self.item(table, line, rest)?;
        let Some(datatype) = self.datatypes.get(&base).cloned() else {
            return Err(table.broken(line, "values expected"));
        };
        let facets = facets(table, line, rest)?;
        self.types[id.at()].members = self.types[base.at()].members.clone();
        if facets.is_empty() {
            let pattern = self.types[base.at()].pattern;
            let made = &mut self.types[id.at()];
            (made.base, made.pattern) = (Some(base), pattern);
            self.datatypes.insert(id, datatype);
            return Ok(());
        }
        match datatype.restricted(&facets, &NoPrefixes) {
            Ok(datatype) => {
                self.set_values(id, base, datatype);
                Ok(())
            }
            Err(refused) => Err(table.broken(line, refused)),
        }
    }

    /// Says which values a type has.
    pub fn set_values(&mut self, id: TypeId, base: TypeId, datatype: Datatype) {
        let data = DataSymbol { datatype: datatype.clone(), except: None };
        let symbol = self.patterns.add_symbol(Symbol::Data(data));
        let pattern = self.patterns.one(symbol);
        let made = &mut self.types[id.at()];
        (made.base, made.pattern) = (Some(base), pattern);
        self.datatypes.insert(id, datatype);
    }
}

/// `minLength 1 one of a b`: names and values, up to the end or the parenthesis.
fn facets(
    table: &Table,
    line: &Line,
    rest: &mut &[Token],
) -> Result<Vec<(&'static str, &'static str)>, Broken> {
    let mut facets = Vec::new();
    let mut is_list = false;
    loop {
        let (facet, after) = match **rest {
            [] | [Token::Close, ..] => return Ok(facets),
            [Token::Word("one"), Token::Word("of"), ref after @ ..] if !is_list => {
                is_list = true;
                *rest = after;
                continue;
            }
            [value, ref after @ ..] if is_list => (value.text().map(|value| ("enumeration", value)), after),
            [Token::Word(facet), value, ref after @ ..] => (value.text().map(|value| (facet, value)), after),
            _ => (None, &[][..]),
        };
        facets.push(facet.ok_or_else(|| table.broken(line, "a facet and its value expected"))?);
        *rest = after;
    }
}
