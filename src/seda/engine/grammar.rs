//! A grammar ready to be matched: a regular tree grammar over symbols, whatever it was written in.
//!
//! A *symbol* is what can be met inside an element: a child element, an attribute, a piece of data, text. A *pattern* is a
//! regular expression (with interleaving) over symbols, held once however often it is met (hash-consed), so that two
//! contents that allow the same have the same [`PatternId`]. RELAX NG profiles (`relaxng`) and the tables of the standard
//! (`schema`) both end here; what the schemas have beyond RELAX NG (types, `xsi:type`, `xsi:nil`, wildcards that look
//! declarations up) stands beside the patterns.

use std::collections::HashMap;

use super::names::NameClass;
use crate::seda::datatype::{Datatype, Value};

macro_rules! index {
    ($(#[$meta:meta])* $name:ident) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub u32);

        impl $name {
            /// As an index into the grammar's table.
            pub fn at(self) -> usize {
                self.0 as usize
            }
        }
    };
}

index!(
    /// A pattern of a grammar.
    PatternId
);
index!(
    /// A symbol of a grammar.
    SymbolId
);
index!(
    /// A named type of a grammar.
    TypeId
);

/// The empty content.
pub const EMPTY: PatternId = PatternId(0);
/// What nothing matches.
pub const NOT_ALLOWED: PatternId = PatternId(1);

/// A regular expression over symbols. Made by [`Patterns`] only, which keeps it normal.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Pattern {
    Empty,
    NotAllowed,
    Symbol(SymbolId),
    /// Sorted, without repetition, two at least.
    Choice(Box<[PatternId]>),
    Group(PatternId, PatternId),
    /// Sorted, two at least.
    Interleave(Box<[PatternId]>),
    OneOrMore(PatternId),
}

/// What can be met inside an element.
#[derive(Clone, Debug)]
pub enum Symbol {
    Element(ElementSymbol),
    Attribute(AttributeSymbol),
    Data(DataSymbol),
    /// One value, compared as its type compares (RELAX NG `value`).
    Value(Datatype, Value),
    /// Tokens separated by spaces, matched by a pattern of `Data` and `Value` symbols.
    List(PatternId),
    /// Any text, none included, as often as it comes.
    Text,
}

/// An element allowed somewhere.
#[derive(Clone, Debug)]
pub struct ElementSymbol {
    pub name: NameClass,
    pub content: Content,
}

/// What an allowed element must hold.
#[derive(Clone, Debug)]
pub enum Content {
    /// Attributes and content, RELAX NG's way.
    Pattern(PatternId),
    /// A type of a schema, which `xsi:type` may replace by one derived from it.
    Typed(Declared),
    /// A wildcard: what was declared for the name, as far as it is asked.
    Wildcard(Process),
}

/// An element declaration of a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Declared {
    pub type_id: TypeId,
    /// `xsi:nil="true"` may stand for its content.
    pub nillable: bool,
    /// An empty element stands for a default value: its data is not looked at when there is none.
    pub has_default: bool,
    /// Never matched itself; a substitute or a derived type must be.
    pub is_abstract: bool,
}

/// How a wildcard looks at what it lets in (`processContents`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Process {
    /// Declared names are checked, others let in and their content looked at the same way.
    Lax,
    /// Only declared names.
    Strict,
    /// Anything well-formed.
    Skip,
}

/// An attribute allowed somewhere.
#[derive(Clone, Debug)]
pub struct AttributeSymbol {
    pub name: NameClass,
    pub value: AttributeValue,
}

/// What an attribute's value must be.
#[derive(Clone, Debug)]
pub enum AttributeValue {
    /// A pattern of `Data`, `Value`, `List` and `Text` symbols.
    Pattern(PatternId),
    /// A wildcard: what was declared for the name.
    Wildcard(Process),
}

/// Text of a type, save what is excepted.
#[derive(Clone, Debug)]
pub struct DataSymbol {
    pub datatype: Datatype,
    /// A pattern of `Data` and `Value` symbols (RELAX NG `except`).
    pub except: Option<PatternId>,
}

/// A named type of a schema.
#[derive(Clone, Debug)]
pub struct Type {
    /// Namespace and local name; `None` for an anonymous one.
    pub name: Option<(String, String)>,
    /// What it derives from; `None` for `xs:anyType` alone, from which all derive in the end.
    pub base: Option<TypeId>,
    /// Of a union: a type derived from one of these also stands for it (XML Schema part 1, 3.14.6, 2.2.4).
    pub members: Box<[TypeId]>,
    pub is_abstract: bool,
    /// Attributes and content.
    pub pattern: PatternId,
}

/// A compiled grammar. Immutable: what matching adds (derivatives) is kept by each matcher.
#[derive(Debug)]
pub struct Grammar {
    pub patterns: Patterns,
    pub types: Vec<Type>,
    /// Elements declared at the top, by name: the roots, and what wildcards look up.
    pub elements: HashMap<(String, String), SymbolId>,
    /// Attributes declared at the top, for wildcards.
    pub attributes: HashMap<(String, String), SymbolId>,
    /// What the document itself may be: a choice of element symbols.
    pub start: PatternId,
    /// `xsi:type`, `xsi:nil` and the other attributes of that namespace mean what schemas mean by them.
    pub is_schema: bool,
}

/// Patterns and symbols, each held once.
#[derive(Clone, Debug, Default)]
pub struct Patterns {
    pub symbols: Vec<Symbol>,
    patterns: Vec<Pattern>,
    nullable: Vec<bool>,
    known: HashMap<Pattern, PatternId>,
}

impl Patterns {
    /// None but [`EMPTY`] and [`NOT_ALLOWED`].
    pub fn new() -> Self {
        let mut patterns = Self::default();
        patterns.intern(Pattern::Empty);
        patterns.intern(Pattern::NotAllowed);
        patterns
    }

    /// Patterns held.
    pub fn len(&self) -> usize {
        self.patterns.len()
    }

    /// The pattern itself.
    pub fn get(&self, id: PatternId) -> &Pattern {
        &self.patterns[id.at()]
    }

    /// The symbol itself.
    pub fn symbol(&self, id: SymbolId) -> &Symbol {
        &self.symbols[id.at()]
    }

    /// Whether a content may be empty.
    pub fn is_nullable(&self, id: PatternId) -> bool {
        self.nullable[id.at()]
    }

    /// A new symbol. The content of an element may be set later, so that it can refer to itself.
    pub fn add_symbol(&mut self, symbol: Symbol) -> SymbolId {
        self.symbols.push(symbol);
        SymbolId(self.symbols.len() as u32 - 1)
    }

    /// One symbol, once.
    pub fn one(&mut self, symbol: SymbolId) -> PatternId {
        self.intern(Pattern::Symbol(symbol))
    }

    /// First `first`, then `then`.
    pub fn group(&mut self, first: PatternId, then: PatternId) -> PatternId {
        match (first, then) {
            (NOT_ALLOWED, _) | (_, NOT_ALLOWED) => NOT_ALLOWED,
            (EMPTY, other) | (other, EMPTY) => other,
            _ => match *self.get(first) {
                // To the right, so that what is left of a sequence is one pattern whatever came before.
                Pattern::Group(head, tail) => {
                    let tail = self.group(tail, then);
                    self.group(head, tail)
                }
                _ => self.intern(Pattern::Group(first, then)),
            },
        }
    }

    /// One of these.
    pub fn choice(&mut self, of: impl IntoIterator<Item = PatternId>) -> PatternId {
        let mut branches: Vec<PatternId> = Vec::new();
        for id in of {
            match self.get(id) {
                Pattern::NotAllowed => {}
                Pattern::Choice(inner) => branches.extend(inner.iter().copied()),
                _ => branches.push(id),
            }
        }
        branches.sort_unstable();
        branches.dedup();
        if branches.contains(&EMPTY)
            && branches.iter().any(|&branch| branch != EMPTY && self.is_nullable(branch))
        {
            branches.retain(|&branch| branch != EMPTY);
        }
        match branches[..] {
            [] => NOT_ALLOWED,
            [one] => one,
            _ => self.intern(Pattern::Choice(branches.into())),
        }
    }

    /// All of these, their parts in any order.
    pub fn interleave(&mut self, of: impl IntoIterator<Item = PatternId>) -> PatternId {
        let mut parts: Vec<PatternId> = Vec::new();
        for id in of {
            match self.get(id) {
                Pattern::NotAllowed => return NOT_ALLOWED,
                Pattern::Empty => {}
                Pattern::Interleave(inner) => parts.extend(inner.iter().copied()),
                _ => parts.push(id),
            }
        }
        parts.sort_unstable();
        match parts[..] {
            [] => EMPTY,
            [one] => one,
            _ => self.intern(Pattern::Interleave(parts.into())),
        }
    }

    /// This, once or more.
    pub fn one_or_more(&mut self, id: PatternId) -> PatternId {
        match self.get(id) {
            Pattern::Empty | Pattern::NotAllowed | Pattern::OneOrMore(_) => id,
            _ => self.intern(Pattern::OneOrMore(id)),
        }
    }

    /// This, or nothing.
    pub fn optional(&mut self, id: PatternId) -> PatternId {
        if self.is_nullable(id) { id } else { self.choice([EMPTY, id]) }
    }

    /// This, any number of times.
    pub fn zero_or_more(&mut self, id: PatternId) -> PatternId {
        let repeated = self.one_or_more(id);
        self.optional(repeated)
    }

    fn intern(&mut self, pattern: Pattern) -> PatternId {
        if let Some(&id) = self.known.get(&pattern) {
            return id;
        }
        let nullable = match &pattern {
            Pattern::Empty => true,
            Pattern::NotAllowed => false,
            Pattern::Symbol(symbol) => matches!(self.symbols[symbol.at()], Symbol::Text),
            Pattern::Choice(branches) => branches.iter().any(|&branch| self.is_nullable(branch)),
            Pattern::Group(first, then) => self.is_nullable(*first) && self.is_nullable(*then),
            Pattern::Interleave(parts) => parts.iter().all(|&part| self.is_nullable(part)),
            Pattern::OneOrMore(inner) => self.is_nullable(*inner),
        };
        let id = PatternId(self.patterns.len() as u32);
        self.known.insert(pattern.clone(), id);
        self.patterns.push(pattern);
        self.nullable.push(nullable);
        id
    }
}
