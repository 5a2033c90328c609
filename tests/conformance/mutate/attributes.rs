//! Changes of attributes, identifiers and references among them.

use crate::dom::{Element, Name, XLINK, XML};
use crate::mutate::{any, any_where, values};
use crate::pool::Pool;
use crate::random::Random;

fn has_attributes(element: &Element) -> bool {
    !element.attributes.is_empty()
}

pub fn remove(root: &mut Element, _: &Pool, random: &mut Random) -> bool {
    let Some(target) = any_where(root, random, has_attributes) else { return false };
    target.attributes.remove(random.below(target.attributes.len()));
    true
}

pub fn add(root: &mut Element, pool: &Pool, random: &mut Random) -> bool {
    let plausible = random.chance(60);
    let known = |element: &Element| {
        !plausible || pool.attributes_on.get(&element.name).is_some_and(|on| !on.is_empty())
    };
    let Some(target) = any_where(root, random, known) else { return false };
    let on = pool.attributes_on.get(&target.name).filter(|_| plausible);
    let Some((name, value)) = random.pick(on.unwrap_or(&pool.attributes)).cloned() else { return false };
    if target.attributes.iter().any(|(known, _)| *known == name) {
        return false;
    }
    target.attributes.insert(random.below(target.attributes.len() + 1), (name, value));
    true
}

pub fn rename(root: &mut Element, pool: &Pool, random: &mut Random) -> bool {
    let case = random.below(5);
    let other = random.pick(&pool.attributes).map(|(name, _)| name.clone());
    let Some(target) = any_where(root, random, has_attributes) else { return false };
    let at = random.below(target.attributes.len());
    let before = target.attributes[at].0.clone();
    let after = match (case, other) {
        (0, _) => Name::new(&pool.namespace, &before.local),
        (1, _) => Name::new(random.one(&[XLINK, XML, "urn:example:foreign", ""]), &before.local),
        (2, _) => Name::new(&before.namespace, &before.local.to_uppercase()),
        (_, Some(other)) => other,
        _ => return false,
    };
    if target.attributes.iter().any(|(known, _)| *known == after) {
        return false;
    }
    target.attributes[at].0 = after;
    true
}

pub fn value(root: &mut Element, pool: &Pool, random: &mut Random) -> bool {
    let Some(target) = any_where(root, random, has_attributes) else { return false };
    let at = random.below(target.attributes.len());
    let before = target.attributes[at].1.clone();
    target.attributes[at].1 = values::any_text(&before, pool, random);
    target.attributes[at].1 != before
}

/// Identifiers given twice, wrongly formed, where none belongs, and references to nothing.
pub fn identifier(root: &mut Element, _: &Pool, random: &mut Random) -> bool {
    let mut known = Vec::new();
    root.walk(None, &mut |element, _| {
        known.extend(element.attributes.iter().filter(|(n, _)| is_identifier(n)).cloned());
    });
    let other = random.pick(&known).map_or_else(|| "id1".to_owned(), |(_, value)| value.clone());
    match random.below(4) {
        // Given twice, or its references left behind.
        0 | 1 => {
            let new = if random.chance(50) {
                other
            } else {
                random.one(&["nouveau", " id1 ", "1a", "", "a b", "é", "a:b"]).into()
            };
            let wanted = |element: &Element| element.attributes.iter().any(|(name, _)| is_identifier(name));
            let Some(target) = any_where(root, random, wanted) else { return false };
            let Some((_, value)) = target.attributes.iter_mut().find(|(name, _)| is_identifier(name)) else {
                return false;
            };
            let changed = *value != new;
            *value = new;
            changed
        }
        // Where there was none.
        2 => {
            let name = match random.below(4) {
                0 => Name::new(XML, "id"),
                1 => Name::new("", "Id"),
                _ => Name::new("", "id"),
            };
            let value = if random.chance(50) { other } else { "neuf".to_owned() };
            let Some(target) = any(root, random) else { return false };
            target.set(name, value);
            true
        }
        // A reference elsewhere.
        _ => {
            let value = if random.chance(50) { other } else { "nulle-part".to_owned() };
            let refers = |element: &Element| {
                element.name.local.contains("Ref")
                    || element.attributes.iter().any(|(name, _)| &*name.local == "target")
            };
            let Some(target) = any_where(root, random, refers) else { return false };
            let name = Name::new("", "target");
            match target.attribute_mut(&name) {
                Some(known) => *known = value,
                None => {
                    *target = Element {
                        attributes: target.attributes.clone(),
                        ..Element::with_text(target.name.clone(), &value)
                    }
                }
            }
            true
        }
    }
}

fn is_identifier(name: &Name) -> bool {
    name.local.eq_ignore_ascii_case("id")
}
