//! Name classes: made from their elements, and what 4.16 forbids in them.
//!
//! Never deeper than an exception within an exception: choices are flattened as they are made.

use std::sync::LazyLock;

use super::context::Context;
use super::document::Node;
use super::fault::Faults;
use super::syntax::Tag;
use crate::model::findings::shortened;
use crate::seda::datatype::{Datatype, Library, NoPrefixes, Prefixes};
use crate::seda::engine::names::NameClass;

const XMLNS: &str = "http://www.w3.org/2000/xmlns";

/// Without the spaces around.
pub fn trimmed(text: &str) -> &str {
    text.trim_matches([' ', '\t', '\r', '\n'])
}

/// A name without a colon, as `xs:NCName` has it.
pub fn is_ncname(name: &str) -> bool {
    static NCNAME: LazyLock<Option<Datatype>> = LazyLock::new(|| Datatype::builtin(Library::Xsd, "NCName"));
    trimmed(name) == name && NCNAME.as_ref().is_some_and(|ncname| ncname.check(name, &NoPrefixes))
}

/// A name, with a prefix or without.
pub fn is_qname(name: &str) -> bool {
    match name.split_once(':') {
        Some((prefix, local)) => is_ncname(prefix) && is_ncname(local),
        None => is_ncname(name),
    }
}

/// The class of one name written `name` or `prefix:name` (4.8 to 4.10).
pub fn one(name: &str, namespace: &str, node: &Node, faults: &mut Faults) -> NameClass {
    let name = trimmed(name);
    let (namespace, local) = match name.split_once(':') {
        None => (namespace, name),
        Some((prefix, local)) => match node.namespace_of(prefix) {
            Some(namespace) => (namespace, local),
            None => {
                let shown = shortened(prefix.to_owned(), 40);
                faults.reference(format!("préfixe « {shown} » inconnu"), node.line);
                ("", local)
            }
        },
    };
    NameClass::Name(namespace.to_owned(), local.to_owned())
}

/// The class of an element of names, its children made already.
pub fn class(node: &Node, context: &Context, children: Vec<NameClass>, faults: &mut Faults) -> NameClass {
    let whole = match node.tag {
        Tag::Name => return one(&node.text, &context.ns, node, faults),
        Tag::NsName => NameClass::Namespace(context.ns.to_string()),
        Tag::AnyName => NameClass::Any,
        _ => return choice(children),
    };
    match children.into_iter().next() {
        Some(except) => NameClass::Except(Box::new(whole), Box::new(except)),
        None => whole,
    }
}

/// One of these.
fn choice(mut classes: Vec<NameClass>) -> NameClass {
    if classes.len() == 1 {
        return classes.remove(0);
    }
    let mut flat = Vec::with_capacity(classes.len());
    for class in classes {
        match class {
            NameClass::Choice(inner) => flat.extend(inner),
            other => flat.push(other),
        }
    }
    NameClass::Choice(flat.into())
}

/// What 4.16 forbids in the names of an element or an attribute.
pub fn check(class: &NameClass, is_attribute: bool, line: u64, faults: &mut Faults) {
    let mut open = vec![(class, Around::Nothing)];
    while let Some((class, around)) = open.pop() {
        match class {
            NameClass::Choice(classes) => open.extend(classes.iter().map(|class| (class, around))),
            NameClass::Except(whole, except) => {
                open.push((whole, around));
                let inner = if **whole == NameClass::Any { Around::Any } else { Around::Namespace };
                open.push((except, around.max(inner)));
            }
            NameClass::Any if around > Around::Nothing => {
                faults.syntax("« anyName » dans un « except »", line);
            }
            NameClass::Namespace(_) if around == Around::Namespace => {
                faults.syntax("« nsName » dans le « except » d'un « nsName »", line);
            }
            NameClass::Name(namespace, local) if is_attribute && namespace.is_empty() && local == "xmlns" => {
                faults.syntax("un attribut ne peut se nommer « xmlns »", line);
            }
            NameClass::Name(namespace, _) | NameClass::Namespace(namespace)
                if is_attribute && namespace == XMLNS =>
            {
                faults.syntax(format!("un attribut ne peut être de l'espace de noms « {XMLNS} »"), line);
            }
            _ => {}
        }
    }
}

/// The exceptions a class lies in.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Around {
    Nothing,
    Any,
    Namespace,
}

/// Whether it has no end: `anyName` or `nsName`.
pub fn is_infinite(class: &NameClass) -> bool {
    match class {
        NameClass::Name(..) => false,
        NameClass::Choice(classes) => classes.iter().any(is_infinite),
        NameClass::Any | NameClass::Namespace(_) | NameClass::Except(..) => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_fourth_edition() {
        for name in ["foo", "_a", "é", "ดี", "a-b.c", "x1"] {
            assert!(is_ncname(name), "{name}");
        }
        for name in ["", "1a", "ี", "a b", "a:b", "-a", ".a"] {
            assert!(!is_ncname(name), "{name}");
        }
        assert!(is_qname("a:b") && !is_qname("a:b:c") && !is_qname(":b") && !is_qname("a:"));
    }
}
