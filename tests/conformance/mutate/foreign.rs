//! What comes from elsewhere: foreign elements and attributes, and what changes nothing of a document.

use crate::dom::{Element, Name, Node, XLINK, XML, XS, XSI};
use crate::mutate::{any, any_where};
use crate::pool::Pool;
use crate::random::Random;

const FOREIGN: &str = "urn:example:foreign";

/// A foreign element somewhere, which may hold elements of ours, types, identifiers.
pub fn subtree(root: &mut Element, pool: &Pool, random: &mut Random) -> bool {
    let namespace = random.one(&[FOREIGN, FOREIGN, "", XLINK, &pool.namespace]).to_owned();
    let mut element = Element::new(Name::new(&namespace, "Etranger"));
    match random.below(8) {
        0 => element.children.push(Node::Text("texte".to_owned())),
        1 => element.set(Name::new("", "libre"), "1"),
        2 => element
            .set(Name::new(XSI, "type"), format!("{{{XS}}}{}", random.one(&["date", "string", "inconnu"]))),
        3 => element.set(Name::new(XSI, "nil"), "true"),
        4 => element.set(Name::new(XML, "id"), random.one(&["etranger", "id1", "1"])),
        5 => element.set(Name::new(XSI, "type"), random.pick(&pool.types).cloned().unwrap_or_default()),
        _ => {}
    }
    if random.chance(40)
        && let Some(sample) = random.pick(&pool.elements)
    {
        element.children.push(Node::Element(sample.clone()));
    }
    if random.chance(20)
        && let Some((_, seed)) = random.pick(&pool.seeds)
        && seed.size() < 30
    {
        element.children.push(Node::Element(seed.clone()));
    }
    // Where something foreign was met, or inside it, rather than anywhere.
    let open = |candidate: &Element| {
        *candidate.name.namespace != *pool.namespace
            || pool
                .inside
                .get(&candidate.name)
                .is_some_and(|inside| inside.iter().any(|i| *i.name.namespace != *pool.namespace))
    };
    let has_open = random.chance(70) && any_where(root, random, open).is_some();
    let target = if has_open { any_where(root, random, open) } else { any(root, random) };
    let Some(target) = target else { return false };
    target.children.insert(random.below(target.children.len() + 1), Node::Element(element));
    true
}

pub fn attribute(root: &mut Element, pool: &Pool, random: &mut Random) -> bool {
    let (name, value) = match random.below(9) {
        0 => (Name::new(FOREIGN, "libre"), "1"),
        1 => (Name::new(XLINK, "href"), "http://example.org/"),
        2 => (Name::new(XLINK, "type"), random.one(&["simple", "locator", "faux"])),
        3 => (Name::new(XML, "lang"), random.one(&["fr", "", "francaises", "fr-FR", " fr"])),
        4 => (Name::new(XML, "base"), random.one(&["http://example.org/", "%zz"])),
        5 => (Name::new(XML, "space"), random.one(&["preserve", "default", "autre"])),
        6 => (Name::new(&pool.namespace, "id"), "qualifie"),
        7 => (Name::new(XML, "inconnu"), "1"),
        _ => (Name::new("", "libre"), "1"),
    };
    let Some(target) = any(root, random) else { return false };
    target.set(name, value);
    true
}

/// Comments and instructions, which change nothing, and text written otherwise.
pub fn dressing(root: &mut Element, _: &Pool, random: &mut Random) -> bool {
    let leaf = random.chance(60);
    let Some(target) = any_where(root, random, |element| !leaf || element.has_text()) else { return false };
    let added = match random.below(3) {
        0 => Node::Comment(" rien ".to_owned()),
        1 => Node::Instruction("rien a=\"1\"".to_owned()),
        _ => Node::Literal(random.one(&["", "texte", " ", "0"]).to_owned()),
    };
    let place = random.below(target.children.len() + 1);
    let inside = target.children.get(place).cloned();
    match inside {
        Some(Node::Text(text)) if leaf && !text.is_empty() => {
            let letters: Vec<char> = text.chars().collect();
            let cut = random.below(letters.len() + 1);
            let (before, after): (String, String) =
                (letters[..cut].iter().collect(), letters[cut..].iter().collect());
            let after = if random.chance(30) { Node::Literal(after) } else { Node::Text(after) };
            target.children.splice(place..=place, [Node::Text(before), added, after]);
        }
        _ => target.children.insert(place, added),
    }
    true
}
