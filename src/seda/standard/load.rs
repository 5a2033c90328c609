//! From tables to a grammar: every declaration of every table of a version becomes a type, an element or an attribute.
//!
//! Never guesses: what a table says and this does not understand is [`Broken`]. The one thing to know: types are numbered
//! before any is made, so that contents may name each other; a type is made when first needed (bases, values of
//! attributes), since only elements may go round in circles.

use std::collections::HashMap;

use super::Standard;
use super::attributes::Attributes;
use super::builtin::{self, ANY_TYPE};
use super::lines::{Line, Token};
use super::sources::Source;
use super::tables::{Broken, Declaration, Kind, Name, Table};
use crate::seda::datatype::Datatype;
use crate::seda::engine::grammar::{
    Declared, Grammar, NOT_ALLOWED, PatternId, Patterns, Symbol, SymbolId, Type, TypeId,
};

/// A grammar being made.
pub struct Loader<'t> {
    pub patterns: Patterns,
    /// Any text, for mixed contents.
    pub any_text: PatternId,
    pub types: Vec<Type>,
    pub named: HashMap<Name, TypeId>,
    /// Of the simple types made so far.
    pub datatypes: HashMap<TypeId, Datatype>,
    /// Of the types with attributes or elements made so far.
    pub shapes: HashMap<TypeId, Shape>,
    pub groups: HashMap<(Kind, Name), Declaration<'t>>,
    pub elements: HashMap<Name, (SymbolId, Declared)>,
    pub attributes: HashMap<Name, SymbolId>,
    /// Types that wait to be made.
    waiting: HashMap<TypeId, Declaration<'t>>,
    pub symbols: HashMap<(Name, TypeId, [bool; 3]), SymbolId>,
    pub values: HashMap<(Name, PatternId), SymbolId>,
}

/// What a type with attributes or elements is made of, before it is one pattern: what derives from it starts here.
#[derive(Clone)]
pub struct Shape {
    pub attributes: Attributes,
    /// The type of its text, when it has text and no element.
    pub text: Option<TypeId>,
    pub content: PatternId,
    pub is_mixed: bool,
}

/// The grammar and the messages that some tables make.
pub fn load(sources: &[Source]) -> Result<Standard, Broken> {
    let tables: Vec<Vec<Table>> = sources.iter().map(Table::read).collect::<Result<_, _>>()?;
    let mut declared = Vec::new();
    for table in tables.iter().flatten() {
        declared.extend(table.declarations()?);
    }
    let mut loader = Loader::new();
    builtin::add(&mut loader)?;
    loader.number(&declared);
    for declaration in &declared {
        loader.make_attribute(declaration)?;
    }
    for declaration in &declared {
        loader.make_element(declaration)?;
    }
    for at in 0..loader.types.len() as u32 {
        loader.make(TypeId(at))?;
    }
    let messages = declared.iter().filter(|declaration| declaration.kind == Kind::Message);
    let messages = messages.map(|declaration| declaration.name.1).collect();
    Ok(Standard { grammar: loader.finish(), messages })
}

impl<'t> Loader<'t> {
    fn new() -> Self {
        let mut patterns = Patterns::new();
        let text = patterns.add_symbol(Symbol::Text);
        Self {
            any_text: patterns.one(text),
            patterns,
            types: Vec::new(),
            named: HashMap::new(),
            datatypes: HashMap::new(),
            shapes: HashMap::new(),
            groups: HashMap::new(),
            elements: HashMap::new(),
            attributes: HashMap::new(),
            waiting: HashMap::new(),
            symbols: HashMap::new(),
            values: HashMap::new(),
        }
    }

    /// Gives every type its number, and remembers the groups.
    fn number(&mut self, declared: &[Declaration<'t>]) {
        for declaration in declared {
            match declaration.kind {
                Kind::Type | Kind::Simple => {
                    let id = self.add_type(Some(declaration.name), ANY_TYPE);
                    self.waiting.insert(id, declaration.clone());
                }
                Kind::Group | Kind::Attributes => {
                    self.groups.insert((declaration.kind, declaration.name), declaration.clone());
                }
                Kind::Message | Kind::Element | Kind::Attribute => {}
            }
        }
    }

    /// A type that nothing matches yet.
    pub fn add_type(&mut self, name: Option<Name>, base: TypeId) -> TypeId {
        let id = TypeId(self.types.len() as u32);
        self.types.push(Type {
            name: name.map(|(namespace, local)| (namespace.to_owned(), local.to_owned())),
            base: (id != ANY_TYPE).then_some(base),
            members: Box::new([]),
            is_abstract: false,
            pattern: NOT_ALLOWED,
        });
        if let Some(name) = name {
            self.named.insert(name, id);
        }
        id
    }

    /// The type a word names.
    pub fn type_named(&self, table: &Table, line: &Line, word: &'static str) -> Result<TypeId, Broken> {
        let name = table.resolve(line, word)?;
        self.named.get(&name).copied().ok_or_else(|| table.broken(line, format!("no type `{word}`")))
    }

    /// Makes a type, if it is not made.
    pub fn make(&mut self, id: TypeId) -> Result<(), Broken> {
        let Some(declaration) = self.waiting.remove(&id) else { return Ok(()) };
        let (table, line) = (declaration.table, declaration.line);
        if declaration.kind == Kind::Simple {
            let tokens = line.unfolded();
            return match &tokens[declaration.rest..] {
                [Token::Word("="), of @ ..] => self.make_simple(id, table, line, of),
                _ => Err(table.broken(line, "`simple Name = …` expected")),
            };
        }
        self.types[id.at()].is_abstract = declaration.is_abstract;
        self.make_type(id, table, line, declaration.rest(), declaration.is_mixed)
    }

    /// A type with attributes or elements: what `line` says of its base, and the lines below.
    pub fn make_type(
        &mut self,
        id: TypeId,
        table: &'t Table,
        line: &'t Line,
        derivation: &[Token],
        is_mixed: bool,
    ) -> Result<(), Broken> {
        let (base, shape) = self.derive(table, line, derivation, is_mixed)?;
        let attributes = shape.attributes.pattern(&mut self.patterns);
        let content = match shape.text {
            Some(text) => self.types[text.at()].pattern,
            None if shape.is_mixed => self.patterns.interleave([self.any_text, shape.content]),
            None => shape.content,
        };
        let pattern = self.patterns.group(attributes, content);
        let made = &mut self.types[id.at()];
        (made.base, made.pattern) = (Some(base), pattern);
        self.shapes.insert(id, shape);
        Ok(())
    }

    fn derive(
        &mut self,
        table: &'t Table,
        line: &'t Line,
        derivation: &[Token],
        is_mixed: bool,
    ) -> Result<(TypeId, Shape), Broken> {
        let own = self.particles(table, &line.below)?;
        let text = self.text(table, &line.below)?;
        let mut shape = Shape { attributes: Attributes::default(), text, content: own, is_mixed };
        let base = match derivation {
            [] => text.unwrap_or(ANY_TYPE),
            [Token::Word(verb @ ("extends" | "restricts")), Token::Word(base)] if text.is_none() => {
                let base = self.type_named(table, line, base)?;
                self.make(base)?;
                let Some(from) = self.shapes.get(&base) else {
                    return Err(table.broken(line, "its base has neither attributes nor elements"));
                };
                shape.attributes = from.attributes.clone();
                shape.text = from.text;
                shape.is_mixed |= from.is_mixed;
                if *verb == "extends" {
                    shape.content = self.patterns.group(from.content, own);
                } else {
                    shape.attributes.forget_wildcard();
                }
                base
            }
            _ => return Err(table.broken(line, "`extends Base` or `restricts Base` expected")),
        };
        self.read_attributes(table, &line.below, &mut shape.attributes)?;
        Ok((base, shape))
    }

    /// The type of the text, when a line says `= Type`.
    fn text(&mut self, table: &'t Table, lines: &'t [Line]) -> Result<Option<TypeId>, Broken> {
        let Some(line) = lines.iter().find(|line| line.first() == "=") else { return Ok(None) };
        let [_, Token::Word(word)] = line.tokens[..] else {
            return Err(table.broken(line, "`= Type` expected"));
        };
        let id = self.type_named(table, line, word)?;
        self.make(id)?;
        Ok(Some(id))
    }

    fn finish(self) -> Grammar {
        let owned = |(namespace, local): Name| (namespace.to_owned(), local.to_owned());
        let elements = self.elements.into_iter().map(|(name, (symbol, _))| (owned(name), symbol)).collect();
        let attributes = self.attributes.into_iter().map(|(name, symbol)| (owned(name), symbol)).collect();
        Grammar::of_schema(self.patterns, self.types, elements, attributes)
    }
}
