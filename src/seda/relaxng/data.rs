//! Datatypes of a profile: libraries and names to the types of `datatype` (4.3, 4.16).
//!
//! Three libraries are known: RELAX NG's own, XML Schema's, and the identifiers of DTD compatibility, which are XML Schema's.

use std::collections::HashMap;

use super::document::Node;
use crate::model::findings::shortened;
use crate::seda::datatype::{Datatype, Library, Prefixes, Value};

const XSD: &str = "http://www.w3.org/2001/XMLSchema-datatypes";
const COMPATIBILITY: &str = "http://relaxng.org/ns/compatibility/datatypes/1.0";

/// Prefixes of a place, with the `ns` of the pattern for names without one.
struct At<'a> {
    node: &'a Node,
    ns: &'a str,
}

impl Prefixes for At<'_> {
    fn namespace_of(&self, prefix: &str) -> Option<&str> {
        match prefix {
            "" => (!self.ns.is_empty()).then_some(self.ns),
            _ => self.node.namespace_of(prefix),
        }
    }
}

/// A type's library, name and parameters.
type Key = (String, String, Vec<(String, String)>);

/// What a type with a pattern costs besides its automaton, which grows as it matches.
const PATTERN_BYTES: usize = 32 << 10;
/// What a type that could not be made is counted for.
const REFUSED_BYTES: usize = 512 << 10;

/// The types of a profile, each made once.
pub struct Datatypes {
    known: HashMap<Key, Result<Datatype, String>>,
    bytes_left: usize,
}

impl Datatypes {
    /// None yet; their patterns may take so many bytes.
    pub fn new(bytes_max: usize) -> Self {
        Self { known: HashMap::new(), bytes_left: bytes_max }
    }

    /// The type of a `data` with its parameters, or what is wrong with it.
    pub fn datatype(
        &mut self,
        library: &str,
        name: &str,
        params: &[(String, String)],
        node: &Node,
    ) -> Result<Datatype, String> {
        let key = (library.to_owned(), name.to_owned(), params.to_vec());
        if let Some(known) = self.known.get(&key) {
            return known.clone();
        }
        let made = self.made(library, name, params, node);
        self.known.insert(key, made.clone());
        made
    }

    fn made(
        &mut self,
        library: &str,
        name: &str,
        params: &[(String, String)],
        node: &Node,
    ) -> Result<Datatype, String> {
        let base = named(library, name)?;
        if params.is_empty() {
            return Ok(base);
        }
        // Said once, when nothing more can be taken: the rest would cost as much to refuse as to make.
        let too_much = || "trop de types restreints par un motif".to_owned();
        if self.bytes_left == 0 {
            return Err(too_much());
        }
        let params: Vec<(&str, &str)> =
            params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        let made = base.with_params(&params, node);
        let bytes = match made.as_ref().map(Datatype::memory) {
            Ok(0) => 0,
            Ok(bytes) => bytes + PATTERN_BYTES,
            // It may have been refused for its size only, at great cost.
            Err(_) => REFUSED_BYTES,
        };
        self.bytes_left = self.bytes_left.saturating_sub(bytes);
        match made {
            Ok(_) if self.bytes_left == 0 => Err(too_much()),
            Ok(made) => Ok(made),
            Err(why) => Err(format!("type « {} » : {why}", shortened(name.to_owned(), 100))),
        }
    }

    /// The type and the value of a `value`, or what is wrong with it.
    pub fn value(
        &mut self,
        library: &str,
        name: &str,
        ns: &str,
        node: &Node,
    ) -> Result<(Datatype, Value), String> {
        let datatype = self.datatype(library, name, &[], node)?;
        let value = datatype.value(&node.text, &At { node, ns }).ok_or_else(|| {
            let (text, name) = (shortened(node.text.clone(), 100), shortened(name.to_owned(), 100));
            format!("« {text} » n'est pas une valeur du type « {name} »")
        })?;
        Ok((datatype, value))
    }
}

fn named(library: &str, name: &str) -> Result<Datatype, String> {
    let known = match library {
        "" => Datatype::builtin(Library::RelaxNg, name),
        XSD => Datatype::builtin(Library::Xsd, name),
        COMPATIBILITY if matches!(name, "ID" | "IDREF" | "IDREFS") => Datatype::builtin(Library::Xsd, name),
        _ => None,
    };
    known.ok_or_else(|| {
        let (name, library) = (shortened(name.to_owned(), 100), shortened(library.to_owned(), 200));
        match library.is_empty() {
            true => format!("type « {name} » inconnu"),
            false => format!("type « {name} » de la bibliothèque « {library} » inconnu"),
        }
    })
}
