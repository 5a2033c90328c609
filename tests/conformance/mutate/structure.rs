//! Changes of structure: what is there, where, how often, under which name.

use crate::dom::{Element, Name, Node, XS};
use crate::mutate::{any, any_where};
use crate::pool::Pool;
use crate::random::Random;

fn is_parent(element: &Element) -> bool {
    element.elements().next().is_some()
}

pub fn remove(root: &mut Element, _: &Pool, random: &mut Random) -> bool {
    let Some(parent) = any_where(root, random, is_parent) else { return false };
    let places = parent.places();
    let Some(&place) = random.pick(&places) else { return false };
    parent.children.remove(place);
    true
}

pub fn repeat(root: &mut Element, _: &Pool, random: &mut Random) -> bool {
    let Some(parent) = any_where(root, random, is_parent) else { return false };
    let places = parent.places();
    let Some(&place) = random.pick(&places) else { return false };
    let Node::Element(mut copy) = parent.children[place].clone() else { return false };
    if random.chance(70) {
        // Without its identifiers, whose repetition would hide everything else.
        forget_identifiers(&mut copy);
    }
    let place = if random.chance(75) { place + 1 } else { *random.pick(&places).unwrap_or(&0) };
    parent.children.insert(place, Node::Element(copy));
    true
}

fn forget_identifiers(element: &mut Element) {
    element.attributes.retain(|(name, _)| !name.local.eq_ignore_ascii_case("id"));
    for child in &mut element.children {
        if let Node::Element(child) = child {
            forget_identifiers(child);
        }
    }
}

pub fn swap(root: &mut Element, _: &Pool, random: &mut Random) -> bool {
    let Some(parent) = any_where(root, random, |element| element.elements().nth(1).is_some()) else {
        return false;
    };
    let places = parent.places();
    let first = random.below(places.len() - 1);
    let other = if random.chance(70) { first + 1 } else { random.below(places.len()) };
    parent.children.swap(places[first], places[other]);
    first != other
}

pub fn relocate(root: &mut Element, _: &Pool, random: &mut Random) -> bool {
    let Some(parent) = any_where(root, random, is_parent) else { return false };
    let places = parent.places();
    let Some(&place) = random.pick(&places) else { return false };
    let moved = parent.children.remove(place);
    let Some(target) = any_where(root, random, |element| !element.has_text()) else { return false };
    target.children.insert(random.below(target.children.len() + 1), moved);
    true
}

/// What was met somewhere in an element of that name, at a place where it may belong.
pub fn insert_plausible(root: &mut Element, pool: &Pool, random: &mut Random) -> bool {
    let Some(target) = any_where(root, random, |element| pool.inside.contains_key(&element.name)) else {
        return false;
    };
    let Some(sample) = pool.inside.get(&target.name).and_then(|inside| random.pick(inside)) else {
        return false;
    };
    let mut sample = sample.clone();
    if random.chance(80) {
        forget_identifiers(&mut sample);
    }
    let same: Vec<usize> = target
        .places()
        .into_iter()
        .filter(|&place| matches!(&target.children[place], Node::Element(child) if child.name == sample.name))
        .collect();
    let place = match random.pick(&same) {
        Some(place) if random.chance(50) => place + 1,
        _ => random.below(target.children.len() + 1),
    };
    target.children.insert(place, Node::Element(sample));
    true
}

pub fn insert_any(root: &mut Element, pool: &Pool, random: &mut Random) -> bool {
    let Some(sample) = random.pick(&pool.elements).cloned() else { return false };
    let Some(target) = any(root, random) else { return false };
    target.children.insert(random.below(target.children.len() + 1), Node::Element(sample));
    true
}

pub fn replace_alike(root: &mut Element, pool: &Pool, random: &mut Random) -> bool {
    let known = |element: &Element| pool.alike.get(&element.name).is_some_and(|alike| alike.len() > 1);
    let Some(target) = any_where(root, random, known) else { return false };
    let Some(sample) = pool.alike.get(&target.name).and_then(|alike| random.pick(alike)) else {
        return false;
    };
    let changed = target != sample;
    *target = sample.clone();
    changed
}

pub fn replace_any(root: &mut Element, pool: &Pool, random: &mut Random) -> bool {
    let Some(sample) = random.pick(&pool.elements).cloned() else { return false };
    let Some(target) = any(root, random) else { return false };
    *target = sample;
    true
}

pub fn unwrap(root: &mut Element, _: &Pool, random: &mut Random) -> bool {
    let Some(parent) = any_where(root, random, is_parent) else { return false };
    let places = parent.places();
    let Some(&place) = random.pick(&places) else { return false };
    if let Node::Element(child) = parent.children.remove(place) {
        parent.children.splice(place..place, child.children);
    }
    true
}

pub fn wrap(root: &mut Element, pool: &Pool, random: &mut Random) -> bool {
    let Some(parent) = any_where(root, random, is_parent) else { return false };
    let places = parent.places();
    let Some(&place) = random.pick(&places) else { return false };
    let name = if random.chance(50) {
        parent.name.clone()
    } else {
        random.pick(&pool.elements).map_or_else(|| parent.name.clone(), |element| element.name.clone())
    };
    let wrapped = parent.children.remove(place);
    parent.children.insert(place, Node::Element(Element { children: vec![wrapped], ..Element::new(name) }));
    true
}

pub fn empty(root: &mut Element, _: &Pool, random: &mut Random) -> bool {
    let Some(target) = any_where(root, random, |element| !element.children.is_empty()) else { return false };
    target.children.clear();
    if random.chance(20) {
        target.children.push(Node::Text(random.one(&[" ", "\n  ", "\t"]).to_owned()));
    }
    true
}

pub fn rename(root: &mut Element, pool: &Pool, random: &mut Random) -> bool {
    let Some(sample) = random.pick(&pool.elements) else { return false };
    let case = random.below(4);
    let Some(target) = any(root, random) else { return false };
    let local = match case {
        0 => target.name.local.to_lowercase(),
        1 => format!("{}s", target.name.local),
        _ => sample.name.local.to_string(),
    };
    let changed = *target.name.local != *local;
    target.name.local = local.into();
    changed
}

pub fn change_namespace(root: &mut Element, pool: &Pool, random: &mut Random) -> bool {
    let other = pool.namespace.replace("v2.1", "v2.9").replace("v1.0", "v2.1").replace("v0.2", "v1.0");
    let namespace = random.one(&["", "urn:example:foreign", XS, &other, &pool.namespace]).to_owned();
    let deep = random.chance(30);
    let Some(target) = any(root, random) else { return false };
    let changed = *target.name.namespace != *namespace;
    set_namespace(target, &namespace, deep);
    changed
}

fn set_namespace(element: &mut Element, namespace: &str, deep: bool) {
    element.name = Name::new(namespace, &element.name.local.clone());
    for child in &mut element.children {
        if let (true, Node::Element(child)) = (deep, child) {
            set_namespace(child, namespace, deep);
        }
    }
}

/// Text, or space, in an element that holds elements or nothing.
pub fn stray_text(root: &mut Element, _: &Pool, random: &mut Random) -> bool {
    let Some(target) = any_where(root, random, |element| !element.has_text()) else { return false };
    let text = random.one(&["texte", "0", " ", "\n\n", "\u{a0}", "&", "2024-01-01"]).to_owned();
    target.children.insert(random.below(target.children.len() + 1), Node::Text(text));
    true
}
