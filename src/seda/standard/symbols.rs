//! Elements and attributes as symbols: those declared at the top, which `global` and wildcards name, and all others.
//!
//! The one thing to know: places that say the same of a name share one symbol, so that equal contents are one pattern.

use super::load::Loader;
use super::tables::{Broken, Declaration, Kind, Name};
use crate::seda::engine::grammar::{
    AttributeSymbol, AttributeValue, Content, Declared, ElementSymbol, PatternId, Symbol, SymbolId,
};
use crate::seda::engine::names::NameClass;

impl<'t> Loader<'t> {
    /// An attribute declared at the top.
    pub fn make_attribute(&mut self, declaration: &Declaration<'t>) -> Result<(), Broken> {
        if declaration.kind == Kind::Attribute {
            let (table, line) = (declaration.table, declaration.line);
            let value = self.value_of(table, line, declaration.rest())?;
            let symbol = self.attribute_symbol(declaration.name, value);
            self.attributes.insert(declaration.name, symbol);
        }
        Ok(())
    }

    /// An element declared at the top.
    pub fn make_element(&mut self, declaration: &Declaration<'t>) -> Result<(), Broken> {
        if matches!(declaration.kind, Kind::Element | Kind::Message) {
            let (table, line) = (declaration.table, declaration.line);
            let mut declared = self.declared(table, line, declaration.rest())?;
            declared.is_abstract = declaration.is_abstract;
            let symbol = self.element_symbol(declaration.name, declared);
            self.elements.insert(declaration.name, (symbol, declared));
        }
        Ok(())
    }

    /// The symbol of an element: one for all places that say the same of it.
    pub fn element_symbol(&mut self, name: Name, declared: Declared) -> SymbolId {
        let marks = [declared.nillable, declared.has_default, declared.is_abstract];
        *self.symbols.entry((name, declared.type_id, marks)).or_insert_with(|| {
            self.patterns.add_symbol(Symbol::Element(ElementSymbol {
                name: NameClass::Name(name.0.to_owned(), name.1.to_owned()),
                content: Content::Typed(declared),
            }))
        })
    }

    /// The symbol of an attribute: one for all places that say the same of it.
    pub fn attribute_symbol(&mut self, name: Name, value: PatternId) -> SymbolId {
        *self.values.entry((name, value)).or_insert_with(|| {
            self.patterns.add_symbol(Symbol::Attribute(AttributeSymbol {
                name: NameClass::Name(name.0.to_owned(), name.1.to_owned()),
                value: AttributeValue::Pattern(value),
            }))
        })
    }
}
