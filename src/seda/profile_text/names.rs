//! Name classes in French words.

use crate::model::findings::shortened;
use crate::seda::engine::names::NameClass;
use crate::seda::xml::XML_NAMESPACE;

/// Most names of a choice that are told.
const NAMES_MAX: usize = 8;
const CHARS_MAX: usize = 200;

/// The names of an element, or of an attribute (`@…`).
pub fn told(class: &NameClass, is_attribute: bool) -> String {
    let sign = if is_attribute { "@" } else { "" };
    let every = if is_attribute { "tout autre attribut" } else { "tout élément" };
    let told = match class {
        NameClass::Name(namespace, local) if namespace == XML_NAMESPACE => format!("{sign}xml:{local}"),
        NameClass::Name(_, local) => format!("{sign}{local}"),
        NameClass::Any => every.to_owned(),
        NameClass::Namespace(namespace) if namespace.is_empty() => format!("{every} sans espace de noms"),
        NameClass::Namespace(namespace) => format!("{every} de « {namespace} »"),
        // What is left out is mostly the standard's own namespaces: nothing that helps to read.
        NameClass::Except(class, except) => match **except {
            NameClass::Name(..) => {
                format!("{} sauf {}", told(class, is_attribute), told(except, is_attribute))
            }
            _ => told(class, is_attribute),
        },
        NameClass::Choice(classes) => {
            let told: Vec<String> =
                classes.iter().take(NAMES_MAX).map(|class| told(class, is_attribute)).collect();
            let more = if classes.len() > NAMES_MAX { "…" } else { "" };
            format!("{}{more}", told.join(" ou "))
        }
    };
    shortened(told, CHARS_MAX)
}
