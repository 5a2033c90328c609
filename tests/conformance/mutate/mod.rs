//! Mutants: a valid document changed in one to three places, each change of a kind that says what it tries.
//!
//! Never aims at invalid documents alone: a good part of the changes puts what is allowed there, so that a verdict too
//! strict shows as well as one too lax.

mod attributes;
mod foreign;
pub mod octets;
mod structure;
mod types;
mod values;

use super::dom::Element;
use super::pool::Pool;
use super::random::Random;

/// A change of a document: false when there was nothing to change.
type Change = fn(&mut Element, &Pool, &mut Random) -> bool;

/// Every kind, with how often it is drawn.
const CHANGES: &[(&str, usize, Change)] = &[
    ("supprimer", 6, structure::remove),
    ("répéter", 5, structure::repeat),
    ("échanger", 4, structure::swap),
    ("déplacer", 4, structure::relocate),
    ("insérer ce qui se trouve là", 12, structure::insert_plausible),
    ("insérer n'importe quoi", 4, structure::insert_any),
    ("remplacer par un semblable", 7, structure::replace_alike),
    ("remplacer par un autre", 2, structure::replace_any),
    ("déballer", 2, structure::unwrap),
    ("emballer", 2, structure::wrap),
    ("vider", 4, structure::empty),
    ("renommer", 4, structure::rename),
    ("changer d'espace de noms", 3, structure::change_namespace),
    ("texte déplacé", 4, structure::stray_text),
    ("valeur d'un type", 10, values::typed),
    ("valeur altérée", 8, values::altered),
    ("valeur d'ailleurs", 5, values::elsewhere),
    ("attribut retiré", 4, attributes::remove),
    ("attribut ajouté", 6, attributes::add),
    ("attribut renommé", 3, attributes::rename),
    ("valeur d'attribut", 8, attributes::value),
    ("identifiant", 6, attributes::identifier),
    ("xsi:type", 7, types::retype),
    ("xsi:type plausible", 4, types::retype_plausible),
    ("xsi:nil", 6, types::nil),
    ("autre attribut xsi", 2, types::other),
    ("contenu étranger", 6, foreign::subtree),
    ("attribut étranger", 3, foreign::attribute),
    ("commentaire, CDATA", 4, foreign::dressing),
];

/// What a mutant is.
pub struct Mutant {
    pub root: Element,
    /// The seed it comes from and the kinds of its changes.
    pub story: String,
    /// The kind of its first change, for the table.
    pub kind: &'static str,
}

/// A mutant of one of the pool's documents.
pub fn mutant(pool: &Pool, random: &mut Random) -> Option<Mutant> {
    let (name, seed) = random.pick(&pool.seeds)?;
    let mut root = seed.clone();
    let changes = if random.chance(72) { 1 } else { 2 + random.below(2) };
    let mut kinds: Vec<&'static str> = Vec::new();
    for _ in 0..changes * 8 {
        let (kind, change) = draw(random);
        if change(&mut root, pool, random) {
            kinds.push(kind);
        }
        if kinds.len() == changes {
            break;
        }
    }
    let kind = *kinds.first()?;
    Some(Mutant { root, story: format!("{name} : {}", kinds.join(", ")), kind })
}

fn draw(random: &mut Random) -> (&'static str, Change) {
    let total: usize = CHANGES.iter().map(|(_, weight, _)| weight).sum();
    let mut at = random.below(total);
    for (kind, weight, change) in CHANGES {
        if at < *weight {
            return (kind, *change);
        }
        at -= weight;
    }
    (CHANGES[0].0, CHANGES[0].2)
}

/// Any element of the document.
fn any<'a>(root: &'a mut Element, random: &mut Random) -> Option<&'a mut Element> {
    let size = root.size();
    root.nth_mut(random.below(size))
}

/// Any element of which something is true.
fn any_where<'a>(
    root: &'a mut Element,
    random: &mut Random,
    wanted: impl Fn(&Element) -> bool,
) -> Option<&'a mut Element> {
    let mut fitting = Vec::new();
    let mut at = 0;
    root.walk(None, &mut |element, _| {
        if wanted(element) {
            fitting.push(at);
        }
        at += 1;
    });
    let chosen = *random.pick(&fitting)?;
    root.nth_mut(chosen)
}
