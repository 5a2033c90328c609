//! Changes that schemas alone understand: `xsi:type` and `xsi:nil`, on right places and wrong ones.

use crate::dom::{Element, Name, XS, XSI};
use crate::mutate::{any, any_where};
use crate::pool::Pool;
use crate::random::Random;

const BUILTIN: &[&str] = &[
    "string",
    "token",
    "normalizedString",
    "date",
    "dateTime",
    "boolean",
    "integer",
    "decimal",
    "anyType",
    "anySimpleType",
    "anyURI",
    "ID",
    "IDREF",
    "NMTOKEN",
    "NCName",
    "language",
    "base64Binary",
    "hexBinary",
    "gYear",
    "int",
    "long",
    "positiveInteger",
    "nonNegativeInteger",
    "QName",
    "duration",
    "inconnu",
];

/// Any type, ours or not, on any element.
pub fn retype(root: &mut Element, pool: &Pool, random: &mut Random) -> bool {
    let value = match random.below(10) {
        0..=5 => random.pick(&pool.types).cloned().unwrap_or_default(),
        6 | 7 => format!("{{{XS}}}{}", random.one(BUILTIN)),
        8 => random.one(&["", "nulle:Part", ":", "a:b:c", " ", "string"]).to_owned(),
        _ => format!("{{{}}}Inconnu", pool.namespace),
    };
    let Some(target) = any(root, random) else { return false };
    target.set(Name::new(XSI, "type"), value);
    true
}

/// A type that was met on an element of that name, or moved from one to another.
pub fn retype_plausible(root: &mut Element, pool: &Pool, random: &mut Random) -> bool {
    let name = Name::new(XSI, "type");
    let mut met: Vec<(&Name, &str)> = Vec::new();
    for (element, attributes) in &pool.attributes_on {
        met.extend(
            attributes.iter().filter(|(known, _)| *known == name).map(|(_, value)| (element, &**value)),
        );
    }
    let Some((element, value)) = random.pick(&met).copied() else { return false };
    let same = any_where(root, random, |candidate| candidate.name == *element).is_some();
    let target = if same {
        any_where(root, random, |candidate| candidate.name == *element)
    } else {
        any(root, random)
    };
    let Some(target) = target else { return false };
    target.set(name, value);
    true
}

pub fn nil(root: &mut Element, pool: &Pool, random: &mut Random) -> bool {
    let name = Name::new(XSI, "nil");
    let value = random.one(&["true", "true", "1", "false", "0", " true ", "TRUE", "", "oui"]);
    let known = |element: &Element| {
        let met = pool.attributes_on.get(&element.name);
        met.is_some_and(|on| on.iter().any(|(attribute, _)| *attribute == name))
            || element.name.local.contains("Date")
    };
    let target = if random.chance(60) { any_where(root, random, known) } else { any(root, random) };
    let Some(target) = target else { return false };
    if random.chance(60) {
        target.children.clear();
    }
    target.set(name, value);
    true
}

/// What schemas allow anywhere, and what they do not.
pub fn other(root: &mut Element, _: &Pool, random: &mut Random) -> bool {
    let (local, value) = match random.below(3) {
        0 => ("schemaLocation", "urn:example:nowhere nowhere.xsd"),
        1 => ("noNamespaceSchemaLocation", "nowhere.xsd"),
        _ => ("inconnu", "x"),
    };
    let Some(target) = any(root, random) else { return false };
    target.set(Name::new(XSI, local), value);
    true
}
