//! Datatypes of XML Schema part 2, and the two of RELAX NG: which texts they allow, and when two texts say the same.
//!
//! Never allocates to check an ordinary text. The one thing to know: a type is built once, when a grammar is compiled
//! (facets, patterns), and checked millions of times.

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
