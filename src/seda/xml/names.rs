//! Names of elements and attributes: each written form kept once, each expanded name given a small dense number.
//!
//! Never more of them than the limit. The one thing to know: a name already met costs one hash and one comparison; the
//! table of hashes is only a memory of recent ones, so that a hostile choice of names makes it useless and not slow.

use std::collections::HashMap;

use super::fault::{Stop, fault, malformed};
use super::interner::Interner;
use super::scope::{self, DEFAULT, NO_NAMESPACE, Scope, XMLNS};
use super::{chars, scan};
use crate::model::Limits;
use crate::model::findings;

/// Number of an expanded name (namespace and local name) in one document, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NameId(pub u32);

/// Longest name, without its prefix: names are repeated, in memory and in paths, by every element below.
const NAME_BYTES_MAX: usize = 256;
/// Bytes of all names together.
const NAMES_BYTES_MAX: usize = 2 << 20;
const RECENT: usize = 4096;

/// Every name met.
pub struct Names {
    /// Written forms met lately, by hash, two places each; one more than their number.
    recent: Box<[[u32; 2]]>,
    forms: Interner,
    of_form: Vec<Form>,
    locals: Interner,
    ids: HashMap<(u32, u32), NameId>,
    /// Namespace and local name.
    expanded: Vec<(u32, u32)>,
    count_max: usize,
}

/// A name as it is written, with its prefix.
struct Form {
    prefix: u32,
    local: u32,
    /// The prefix it declares, as the name of an attribute.
    declares: Option<u32>,
    /// The namespace it was last found in, and the name it then was.
    element: (u32, NameId),
    attribute: (u32, NameId),
}

impl Names {
    /// None is known.
    pub fn new(limits: &Limits) -> Self {
        Self {
            recent: vec![[0; 2]; RECENT].into_boxed_slice(),
            forms: Interner::default(),
            of_form: Vec::new(),
            locals: Interner::default(),
            ids: HashMap::new(),
            expanded: Vec::new(),
            count_max: limits.xml_names_max,
        }
    }

    /// The number of a written form; what is no qualified name is refused there.
    #[inline]
    pub fn form(&mut self, name: &str, hash: u64, scope: &mut Scope, at: usize) -> Result<u32, Stop> {
        let slot = (hash >> 52) as usize % RECENT;
        for known in self.recent[slot] {
            if known > 0 && scan::same(self.forms.text(known - 1).as_bytes(), name.as_bytes()) {
                return Ok(known - 1);
            }
        }
        let form = match self.forms.find(name) {
            Some(form) => form,
            None => self.add(name, scope, at)?,
        };
        self.recent[slot] = [form + 1, self.recent[slot][0]];
        Ok(form)
    }

    fn add(&mut self, name: &str, scope: &mut Scope, at: usize) -> Result<u32, Stop> {
        let (prefix, local) = name.split_once(':').unwrap_or(("", name));
        if prefix.len().max(local.len()) > NAME_BYTES_MAX {
            let message = format!("nom de plus de {NAME_BYTES_MAX} octets");
            return fault(&findings::XML_TEXT_LENGTH, message, at);
        }
        if !chars::is_ncname(local) || (local.len() < name.len() && !chars::is_ncname(prefix)) {
            return malformed("nom d'élément ou d'attribut mal écrit", at);
        }
        if self.forms.len() >= self.count_max || self.forms.bytes() + name.len() > NAMES_BYTES_MAX {
            return self.too_many(at);
        }
        let prefix = scope.prefix(prefix);
        let declares = match (prefix, local) {
            (DEFAULT, "xmlns") => Some(DEFAULT),
            (XMLNS, _) => Some(scope.prefix(local)),
            _ => None,
        };
        let unknown = (u32::MAX, NameId(0));
        let local = self.locals.add(local);
        self.of_form.push(Form { prefix, local, declares, element: unknown, attribute: unknown });
        Ok(self.forms.add(name))
    }

    fn too_many<T>(&self, at: usize) -> Result<T, Stop> {
        let message = format!("plus de {} noms différents, ou noms trop longs", self.count_max);
        fault(&findings::XML_NAMES, message, at)
    }

    /// A form as it is written.
    #[inline]
    pub fn written(&self, form: u32) -> &str {
        self.forms.text(form)
    }

    /// The prefix this form declares, as the name of an attribute.
    pub fn declares(&self, form: u32) -> Option<u32> {
        self.of_form[form as usize].declares
    }

    /// The name this form is as an element's.
    #[inline]
    pub fn element(&mut self, form: u32, scope: &Scope, at: usize) -> Result<NameId, Stop> {
        let known = &self.of_form[form as usize];
        let namespace = scope.bound(known.prefix);
        if known.element.0 == namespace {
            return Ok(known.element.1);
        }
        let name = self.expand(form, namespace, scope, at)?;
        self.of_form[form as usize].element = (namespace, name);
        Ok(name)
    }

    /// The name this form is as an attribute's: without a prefix, it is in no namespace.
    pub fn attribute(&mut self, form: u32, scope: &Scope, at: usize) -> Result<NameId, Stop> {
        let known = &self.of_form[form as usize];
        let namespace = if known.prefix == DEFAULT { NO_NAMESPACE } else { scope.bound(known.prefix) };
        if known.attribute.0 == namespace {
            return Ok(known.attribute.1);
        }
        let name = self.expand(form, namespace, scope, at)?;
        self.of_form[form as usize].attribute = (namespace, name);
        Ok(name)
    }

    fn expand(&mut self, form: u32, namespace: u32, scope: &Scope, at: usize) -> Result<NameId, Stop> {
        let Form { prefix, local, .. } = self.of_form[form as usize];
        if (prefix != DEFAULT && namespace == NO_NAMESPACE) || prefix == XMLNS {
            let message = format!("préfixe « {} » inconnu", scope.written_prefix(prefix));
            return fault(&findings::XML_NAMESPACE, message, at);
        }
        if let Some(&name) = self.ids.get(&(namespace, local)) {
            return Ok(name);
        }
        if self.expanded.len() >= self.count_max {
            return self.too_many(at);
        }
        let name = NameId(scope::number(self.expanded.len()));
        self.ids.insert((namespace, local), name);
        self.expanded.push((namespace, local));
        Ok(name)
    }

    /// How many expanded names were met.
    pub fn len(&self) -> usize {
        self.expanded.len()
    }

    /// The number of a name's namespace.
    #[inline]
    pub fn namespace(&self, name: NameId) -> u32 {
        self.expanded.get(name.0 as usize).map_or(NO_NAMESPACE, |&(namespace, _)| namespace)
    }

    /// A name without its namespace.
    pub fn local(&self, name: NameId) -> &str {
        self.expanded.get(name.0 as usize).map_or("", |&(_, local)| self.locals.text(local))
    }
}
