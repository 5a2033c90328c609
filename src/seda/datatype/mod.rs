//! Datatypes of XML Schema part 2, and the two of RELAX NG: which texts they allow, and when two texts say the same.
//!
//! Never allocates to check an ordinary text. The one thing to know: a type is built once, when a grammar is compiled
//! (facets, patterns), and checked millions of times.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

mod atom;
mod binary;
mod builtin;
mod calendar;
mod decimal;
mod duration;
mod facets;
mod moment;
mod name_chars;
mod names;
mod pieces;
mod regex;
mod restrict;
mod uri;
mod white;
mod words;

#[cfg(test)]
mod tests;

use atom::{Atom, Typed};
use facets::Facets;
use white::White;

pub use binary::Base64Check;
pub use pieces::PieceCheck;

/// What is known around a text: prefixes, for `xs:QName`.
pub trait Prefixes {
    /// The namespace a prefix is bound to; the empty prefix is the default one.
    fn namespace_of(&self, prefix: &str) -> Option<&str>;
}

/// No prefix is bound.
pub struct NoPrefixes;

impl Prefixes for NoPrefixes {
    fn namespace_of(&self, _: &str) -> Option<&str> {
        None
    }
}

/// What a value has to do with the identifiers of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Identity {
    None,
    Id,
    Idref,
    Idrefs,
}

/// Where a type's name is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Library {
    /// `http://www.w3.org/2001/XMLSchema-datatypes`, or the types of a schema.
    Xsd,
    /// RELAX NG's own, whose library has an empty name: `string` and `token`.
    RelaxNg,
}

/// A type of text, ready to check. Cheap to clone.
#[derive(Clone)]
pub struct Datatype(Arc<Inner>);

/// A text understood, kept to be compared: equal to another when their type says so.
#[derive(Clone, Debug)]
pub struct Value {
    typed: Typed,
    written: Box<str>,
}

#[derive(Clone)]
struct Inner {
    shape: Shape,
    white: White,
    identity: Identity,
    /// What it is called in a message.
    noun: &'static str,
    /// Parameters are refused (RELAX NG's own types).
    without_params: bool,
    facets: Option<Box<Facets>>,
}

#[derive(Clone)]
enum Shape {
    Atom(Atom),
    List(Datatype),
    Union(Arc<[Datatype]>),
}

impl Datatype {
    /// The type a library names so.
    pub fn builtin(library: Library, name: &str) -> Option<Self> {
        builtin::named(library, name)
    }

    /// What is of one of these types, tried in this order.
    pub fn union(of: Vec<Self>) -> Self {
        let mut identities = of.iter().map(Self::identity);
        let first = identities.next().unwrap_or(Identity::None);
        let identity = if identities.all(|identity| identity == first) { first } else { Identity::None };
        Self::made(Inner { identity, ..Inner::of(Shape::Union(of.into()), "une valeur de plusieurs types") })
    }

    /// Words of this type, separated by white space.
    pub fn list(of: Self) -> Self {
        let identity = match of.identity() {
            Identity::Idref | Identity::Idrefs => Identity::Idrefs,
            // A list cannot say which of its words is whose identifier.
            Identity::Id | Identity::None => Identity::None,
        };
        Self::made(Inner { identity, ..Inner::of(Shape::List(of), "une liste") })
    }

    /// Whether a text is of this type, once its white space is treated as the type says.
    pub fn check(&self, text: &str, prefixes: &dyn Prefixes) -> bool {
        match (&self.0.shape, self.0.facets.as_deref()) {
            (Shape::Atom(Atom::Text), None) => true,
            (Shape::Atom(atom), None) => atom.allows(white::trim(text), prefixes),
            (Shape::Atom(atom), Some(facets)) => {
                let text = self.0.white.apply(text);
                atom.allows(&text, prefixes) && facets.hold(*atom, &text, prefixes)
            }
            (Shape::List(item), None) => white::words(text).all(|word| item.check(word, prefixes)),
            (Shape::List(item), Some(facets)) => {
                white::words(text).all(|word| item.check(word, prefixes))
                    && facets.lengths_hold(|| facets::words(text))
                    && (facets.patterns.is_empty() || facets.patterns_hold(&self.0.white.apply(text)))
                    && facets.values_hold(text, || self.read(text, prefixes))
            }
            (Shape::Union(members), facets) => {
                let Some(member) = members.iter().find(|member| member.check(text, prefixes)) else {
                    return false;
                };
                facets.is_none_or(|facets| {
                    facets.patterns_hold(&member.normalised(text))
                        && facets.values_hold(text, || member.read(text, prefixes))
                })
            }
        }
    }

    /// What a text means, when it is of this type.
    pub fn value(&self, text: &str, prefixes: &dyn Prefixes) -> Option<Value> {
        let typed = if self.check(text, prefixes) { self.read(text, prefixes)? } else { return None };
        Some(Value { typed, written: text.into() })
    }

    /// Whether a text means this value. Restrictions of the type are not looked at: [`check`](Self::check) does.
    pub fn equals(&self, value: &Value, text: &str, prefixes: &dyn Prefixes) -> bool {
        match (&value.typed, &self.0.shape) {
            (Typed::Text(known), Shape::Atom(atom)) if atom.is_text() => self.0.white.apply(text) == **known,
            _ => self.read(text, prefixes).is_some_and(|read| read == value.typed),
        }
    }

    /// What a text means; restrictions not looked at.
    fn read(&self, text: &str, prefixes: &dyn Prefixes) -> Option<Typed> {
        match &self.0.shape {
            Shape::Atom(atom) => atom.read(&self.0.white.apply(text), prefixes),
            Shape::List(item) => {
                let read: Option<Box<[Typed]>> =
                    white::words(text).map(|word| item.read(word, prefixes)).collect();
                read.map(Typed::List)
            }
            Shape::Union(members) => {
                members.iter().find(|member| member.check(text, prefixes))?.read(text, prefixes)
            }
        }
    }

    /// Whether its values identify, or refer.
    pub fn identity(&self) -> Identity {
        self.0.identity
    }

    /// A text, its white space treated as the type says. In a union each member has its own way: nothing is done.
    pub fn normalised<'a>(&self, text: &'a str) -> Cow<'a, str> {
        self.0.white.apply(text)
    }

    /// Whether this is base64, with no restriction, which [`Base64Check`] checks piece by piece. [`by_pieces`](Self::by_pieces)
    /// says it of more types.
    pub fn is_base64_binary(&self) -> bool {
        matches!(self.0.shape, Shape::Atom(Atom::Base64)) && self.0.facets.is_none()
    }

    /// Bytes its patterns hold, for who sums what a grammar costs.
    pub fn memory(&self) -> usize {
        let own = self.0.facets.iter().flat_map(|facets| &facets.patterns).map(regex::Pattern::memory).sum();
        match &self.0.shape {
            Shape::Atom(_) => own,
            Shape::List(item) => own + item.memory(),
            Shape::Union(members) => own + members.iter().map(Self::memory).sum::<usize>(),
        }
    }

    fn made(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }
}

impl Inner {
    /// Without restriction, white space collapsed (a union's left to its members).
    fn of(shape: Shape, noun: &'static str) -> Self {
        let white = if matches!(shape, Shape::Union(_)) { White::Preserve } else { White::Collapse };
        Self { shape, white, identity: Identity::None, noun, without_params: false, facets: None }
    }
}

impl Value {
    /// As it was written.
    pub fn text(&self) -> &str {
        &self.written
    }
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        self.typed == other.typed
    }
}

impl fmt::Debug for Datatype {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Datatype({})", self.words())
    }
}
