//! Prefixes and the namespaces they are bound to, element after element (Namespaces in XML 1.0).
//!
//! Never undeclares a prefix, never lets `xml` and `xmlns` be bound to anything else. The one thing to know: what a
//! prefix is bound to is one look in a table; an element that declares some leaves what to restore on a stack.

use super::fault::{Stop, fault};
use super::interner::Interner;
use crate::model::findings;

/// Numbers of the prefixes and namespaces every document has.
pub const DEFAULT: u32 = 0;
/// Namespace of `xml:lang` and its kin, which no document declares (Namespaces in XML 1.0, 3).
pub const XML_NAMESPACE: &str = "http://www.w3.org/XML/1998/namespace";

const XML: u32 = 1;
pub const XMLNS: u32 = 2;
pub const NO_NAMESPACE: u32 = 0;
pub const XINCLUDE: u32 = 3;

const NAMESPACES: [&str; 4] =
    ["", XML_NAMESPACE, "http://www.w3.org/2000/xmlns/", "http://www.w3.org/2001/XInclude"];

/// Longest namespace, distinct ones, and declarations in force at once.
const NAMESPACE_BYTES_MAX: usize = 1_000;
const NAMESPACES_MAX: usize = 1_000;
const DECLARATIONS_MAX: usize = 10_000;

/// What each prefix is bound to, here.
pub struct Scope {
    prefixes: Interner,
    namespaces: Interner,
    /// By prefix.
    bound: Vec<u32>,
    /// Prefixes declared and what they were bound to before.
    before: Vec<(u32, u32)>,
}

impl Scope {
    /// Only `xml` and `xmlns` are bound.
    pub fn new() -> Self {
        let mut scope = Self {
            prefixes: Interner::default(),
            namespaces: Interner::default(),
            bound: vec![NO_NAMESPACE, XML, XMLNS],
            before: Vec::new(),
        };
        for prefix in ["", "xml", "xmlns"] {
            scope.prefixes.add(prefix);
        }
        for namespace in NAMESPACES {
            scope.namespaces.add(namespace);
        }
        scope
    }

    /// The number of a prefix. As many as names, which bound them.
    pub fn prefix(&mut self, written: &str) -> u32 {
        let prefix = self.prefixes.add(written);
        if self.bound.len() < self.prefixes.len() {
            self.bound.push(NO_NAMESPACE);
        }
        prefix
    }

    /// A prefix as it is written.
    pub fn written_prefix(&self, prefix: u32) -> &str {
        self.prefixes.text(prefix)
    }

    /// The number of the namespace a prefix is bound to; [`NO_NAMESPACE`] when it is not.
    #[inline]
    pub fn bound(&self, prefix: u32) -> u32 {
        self.bound.get(prefix as usize).copied().unwrap_or(NO_NAMESPACE)
    }

    /// A namespace by its number.
    pub fn namespace(&self, namespace: u32) -> &str {
        self.namespaces.text(namespace)
    }

    /// What a written prefix is bound to, if it is.
    pub fn namespace_of(&self, written: &str) -> Option<&str> {
        let namespace = self.bound(self.prefixes.find(written)?);
        (namespace != NO_NAMESPACE).then(|| self.namespace(namespace))
    }

    /// How many declarations are in force, to come back to with [`Scope::restore`].
    pub fn depth(&self) -> usize {
        self.before.len()
    }

    /// Leaves out the declarations made since.
    #[inline]
    pub fn restore(&mut self, depth: usize) {
        while self.before.len() > depth {
            if let Some((prefix, namespace)) = self.before.pop() {
                self.bound[prefix as usize] = namespace;
            }
        }
    }

    /// An element declares a prefix.
    pub fn declare(&mut self, prefix: u32, namespace: &str, at: usize) -> Result<(), Stop> {
        if namespace.len() > NAMESPACE_BYTES_MAX {
            let message = format!("espace de noms de plus de {NAMESPACE_BYTES_MAX} octets");
            return fault(&findings::XML_TEXT_LENGTH, message, at);
        }
        let is_reserved = namespace == NAMESPACES[1] || namespace == NAMESPACES[2];
        let is_wrong = match prefix {
            XML => namespace != NAMESPACES[1],
            XMLNS => true,
            DEFAULT => is_reserved,
            _ => is_reserved || namespace.is_empty(),
        };
        if is_wrong {
            let written = self.written_prefix(prefix);
            let message = match (prefix, namespace) {
                (DEFAULT, _) => format!("l'espace de noms par défaut ne peut pas être « {namespace} »"),
                (_, "") => format!("le préfixe « {written} » est lié à un espace de noms vide"),
                _ => format!("le préfixe « {written} » ne peut pas être lié à « {namespace} »"),
            };
            return fault(&findings::XML_NAMESPACE, message, at);
        }
        if self.before.len() >= DECLARATIONS_MAX || self.namespaces.len() >= NAMESPACES_MAX {
            return fault(&findings::XML_NAMES, "trop d'espaces de noms différents", at);
        }
        let namespace = self.namespaces.add(namespace);
        let before = std::mem::replace(&mut self.bound[prefix as usize], namespace);
        self.before.push((prefix, before));
        Ok(())
    }
}

/// A place in a bounded list, as a number.
pub fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
