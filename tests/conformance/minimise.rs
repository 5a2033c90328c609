//! Makes a differing document small: what can be taken away while the verdicts differ the same way is taken away.
//!
//! Never one process a try: every single removal of a round is put to the reference in one call.

use std::io;
use std::path::Path;

use crate::contest::Contest;
use crate::dom::{self, Element, Node};
use crate::tally::Difference;
use crate::written;

/// Rounds at most; each takes away one part.
const ROUNDS: usize = 60;
/// Tries of one round.
const TRIES: usize = 400;

/// The same difference on the smallest document found.
pub fn minimise(contest: &Contest, folder: &Path, difference: &Difference) -> io::Result<Difference> {
    let mut smallest = difference.clone();
    let Some(mut root) = dom::parse_whole(&difference.bytes) else { return Ok(smallest) };
    for _ in 0..ROUNDS {
        let tries = smaller(&root);
        let written: Vec<Vec<u8>> = tries.iter().map(written::bytes).collect();
        let documents: Vec<&[u8]> = written.iter().map(Vec::as_slice).collect();
        let opinions = contest.opinions(folder, &documents)?;
        let mut found = None;
        for ((tried, bytes), reference) in tries.into_iter().zip(written).zip(opinions) {
            if reference.valid != difference.reference.valid {
                continue;
            }
            let ours = (contest.ours)(&bytes);
            if ours.valid != difference.ours.valid {
                continue;
            }
            let candidate = Difference { bytes, ours, reference, ..smallest.clone() };
            if contest.explanations(folder, std::slice::from_ref(&candidate))?[0].is_none() {
                found = Some((tried, candidate));
                break;
            }
        }
        let Some((tried, candidate)) = found else { break };
        (root, smallest) = (tried, candidate);
    }
    Ok(smallest)
}

/// The document less one part, largest parts first.
fn smaller(root: &Element) -> Vec<Element> {
    let size = root.size();
    let mut parts: Vec<(usize, Element)> = Vec::new();
    for n in 0..size {
        let Some(element) = root.nth(n) else { continue };
        for (place, child) in element.children.iter().enumerate() {
            let weight = match child {
                Node::Element(child) => 2 * child.size(),
                Node::Text(text) if text.trim().is_empty() => continue,
                _ => 1,
            };
            parts.push((weight, changed(root, n, |element| drop(element.children.remove(place)))));
        }
        for at in 0..element.attributes.len() {
            parts.push((1, changed(root, n, |element| drop(element.attributes.remove(at)))));
        }
        if element.children.iter().any(|child| matches!(child, Node::Text(text) if text.trim().is_empty())) {
            let blank = |child: &Node| matches!(child, Node::Text(text) if text.trim().is_empty());
            parts.push((0, changed(root, n, |element| element.children.retain(|child| !blank(child)))));
        }
    }
    parts.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
    parts.truncate(TRIES);
    parts.into_iter().map(|(_, root)| root).collect()
}

fn changed(root: &Element, n: usize, change: impl FnOnce(&mut Element)) -> Element {
    let mut copy = root.clone();
    if let Some(element) = copy.nth_mut(n) {
        change(element);
    }
    copy
}
