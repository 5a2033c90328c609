//! Datatypes of a profile: libraries and names to the types of `datatype` (4.3, 4.16).
//!
//! Three libraries are known: RELAX NG's own, XML Schema's, and the identifiers of DTD compatibility, which are XML Schema's.

use super::document::{Node, Scope};
use crate::model::findings::shortened;
use crate::seda::datatype::{Datatype, Library, Prefixes, Value};

const XSD: &str = "http://www.w3.org/2001/XMLSchema-datatypes";
const COMPATIBILITY: &str = "http://relaxng.org/ns/compatibility/datatypes/1.0";

/// Prefixes of a place, with the `ns` of the pattern for names without one.
struct At<'a> {
    scope: &'a Scope,
    ns: &'a str,
}

impl Prefixes for At<'_> {
    fn namespace_of(&self, prefix: &str) -> Option<&str> {
        match prefix {
            "" => (!self.ns.is_empty()).then_some(self.ns),
            _ => self.scope.namespace_of(prefix),
        }
    }
}

/// The type of a `data` with its parameters, or what is wrong with it.
pub fn datatype(
    library: &str,
    name: &str,
    params: &[(String, String)],
    node: &Node,
) -> Result<Datatype, String> {
    let base = named(library, name)?;
    if params.is_empty() {
        return Ok(base);
    }
    let shown = shortened(name.to_owned(), 100);
    if library != XSD {
        return Err(format!("le type « {shown} » n'a pas de paramètre"));
    }
    let params: Vec<(&str, &str)> =
        params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    base.restricted(&params, &*node.prefixes).map_err(|why| format!("type « {shown} » : {why}"))
}

/// The type and the value of a `value`, or what is wrong with it.
pub fn value(library: &str, name: &str, ns: &str, node: &Node) -> Result<(Datatype, Value), String> {
    let datatype = named(library, name)?;
    let value = datatype.value(&node.text, &At { scope: &node.prefixes, ns }).ok_or_else(|| {
        let (text, name) = (shortened(node.text.clone(), 100), shortened(name.to_owned(), 100));
        format!("« {text} » n'est pas une valeur du type « {name} »")
    })?;
    Ok((datatype, value))
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
