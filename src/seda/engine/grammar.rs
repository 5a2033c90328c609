//! A grammar ready to be matched: a regular tree grammar over symbols, whatever it was written in.
//!
//! A *symbol* is what can be met inside an element: a child element, an attribute, a piece of data, text. A *pattern* is a
//! regular expression (with interleaving) over symbols, held once however often it is met (hash-consed), so that two
//! contents that allow the same have the same [`PatternId`]. RELAX NG profiles (`relaxng`) and the tables of the standard
//! (`schema`) both end here; what the schemas have beyond RELAX NG (types, `xsi:type`, `xsi:nil`, wildcards that look
//! declarations up) stands beside the patterns.

use std::collections::HashMap;

use super::alphabet::{Alphabet, Letter};
use super::names::NameClass;
use crate::seda::datatype::{Datatype, Value};

pub use super::pattern::{EMPTY, NOT_ALLOWED, Pattern, PatternId, Patterns, SymbolId, TypeId};

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
    index: Index,
}

/// What is looked up by letter or by name, made with the grammar.
#[derive(Debug)]
struct Index {
    alphabet: Alphabet,
    elements: Vec<Option<SymbolId>>,
    attributes: Vec<Option<SymbolId>>,
    types: HashMap<(String, String), TypeId>,
}

impl Grammar {
    /// A profile: patterns alone.
    pub fn of_profile(patterns: Patterns, start: PatternId) -> Self {
        Self::new(patterns, Vec::new(), HashMap::new(), HashMap::new(), start, false)
    }

    /// A schema: the root is any element declared at the top.
    pub fn of_schema(
        mut patterns: Patterns,
        types: Vec<Type>,
        elements: HashMap<(String, String), SymbolId>,
        attributes: HashMap<(String, String), SymbolId>,
    ) -> Self {
        let mut roots: Vec<SymbolId> = elements.values().copied().collect();
        roots.sort_unstable();
        let roots: Vec<PatternId> = roots.into_iter().map(|symbol| patterns.one(symbol)).collect();
        let start = patterns.choice(roots);
        Self::new(patterns, types, elements, attributes, start, true)
    }

    fn new(
        patterns: Patterns,
        types: Vec<Type>,
        elements: HashMap<(String, String), SymbolId>,
        attributes: HashMap<(String, String), SymbolId>,
        start: PatternId,
        is_schema: bool,
    ) -> Self {
        let alphabet = Alphabet::new(&patterns, elements.keys().chain(attributes.keys()));
        let by_letter = |symbols: &HashMap<(String, String), SymbolId>| {
            let mut table = vec![None; alphabet.count()];
            for ((namespace, local), &symbol) in symbols {
                table[alphabet.letter(namespace, local).0 as usize] = Some(symbol);
            }
            table
        };
        let (of_elements, of_attributes) = (by_letter(&elements), by_letter(&attributes));
        let named = types.iter().enumerate();
        let named = named.filter_map(|(at, of)| Some((of.name.clone()?, TypeId(at as u32)))).collect();
        let index = Index { alphabet, elements: of_elements, attributes: of_attributes, types: named };
        Self { patterns, types, elements, attributes, start, is_schema, index }
    }

    /// The names it tells apart.
    pub fn alphabet(&self) -> &Alphabet {
        &self.index.alphabet
    }

    /// The element declared at the top under this name.
    pub fn global_element(&self, letter: Letter) -> Option<SymbolId> {
        self.index.elements[letter.0 as usize]
    }

    /// The attribute declared at the top under this name.
    pub fn global_attribute(&self, letter: Letter) -> Option<SymbolId> {
        self.index.attributes[letter.0 as usize]
    }

    /// The type of this name.
    pub fn type_named(&self, namespace: &str, local: &str) -> Option<TypeId> {
        self.index.types.get(&(namespace.to_owned(), local.to_owned())).copied()
    }

    /// Whether a type is `base` or derives from it, or from a member of it when it is a union.
    pub fn derives(&self, type_id: TypeId, base: TypeId) -> bool {
        let members = &self.types[base.at()].members;
        let mut at = Some(type_id);
        while let Some(id) = at {
            if id == base || members.iter().any(|&member| self.derives(id, member)) {
                return true;
            }
            at = self.types[id.at()].base;
        }
        false
    }
}
