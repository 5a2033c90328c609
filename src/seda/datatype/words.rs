//! A type said in French, for whoever reads « on attendait … ».
//!
//! Never longer than a sentence: six values of an enumeration, then an ellipsis. The one thing to know: an enumeration
//! says all there is to say; other restrictions follow the name of the type.

use super::facets::{Facets, Side, Values};
use super::restrict::SAID;
use super::{Datatype, Shape};

/// Characters of a value, a bound or a pattern that are said.
const LONGEST: usize = 60;

impl Datatype {
    /// The least value, as written, when one is said.
    pub fn least(&self) -> Option<&str> {
        let facets = self.0.facets.as_deref()?;
        let least = |bound: &&super::facets::Bound| bound.side == Side::Least && !bound.is_excluded;
        facets.bounds.iter().find(least)?.written.as_deref()
    }

    /// What is expected, in French: « une date (AAAA-MM-JJ) », « une des valeurs : a, b, c ».
    pub fn words(&self) -> String {
        let facets = self.0.facets.as_deref();
        if let Some(values) = facets.and_then(|facets| facets.values.as_deref()) {
            return enumeration(values);
        }
        let mut words = match &self.0.shape {
            Shape::Atom(_) => self.0.noun.to_string(),
            Shape::List(item) => format!("une liste, séparée par des espaces : chaque fois {}", item.words()),
            Shape::Union(members) => {
                let mut all: Vec<String> = members.iter().take(SAID).map(Self::words).collect();
                all.dedup();
                all.join(" ou ")
            }
        };
        if let Some(facets) = facets {
            words.push_str(&restrictions(facets, matches!(self.0.shape, Shape::List(_))));
        }
        words
    }
}

fn enumeration(values: &Values) -> String {
    let said: Vec<String> = values.said.iter().map(|value| shortened(value)).collect();
    match said.as_slice() {
        [one] if values.count == 1 => format!("la valeur « {one} »"),
        _ => {
            let more = if values.count > said.len() { "…" } else { "" };
            format!("une des valeurs : {}{more}", said.join(", "))
        }
    }
}

fn restrictions(facets: &Facets, is_list: bool) -> String {
    let mut said = String::new();
    let mut say = |more: String| {
        said.push_str(", ");
        said.push_str(&more);
    };
    let unit = if is_list { "élément(s)" } else { "caractère(s)" };
    match facets.lengths {
        (least, most) if least > most => say("ce que rien ne peut être".into()),
        (least, most) if least == most => say(format!("{least} {unit} exactement")),
        (least, most) => {
            if least == 1 && !is_list {
                say("non vide".into());
            } else if least > 1 {
                say(format!("au moins {least} {unit}"));
            }
            if most < usize::MAX {
                say(format!("au plus {most} {unit}"));
            }
        }
    }
    for bound in &facets.bounds {
        let Some(written) = &bound.written else { continue };
        let written = shortened(written);
        say(match (bound.side, bound.is_excluded) {
            (Side::Least, false) => format!("au minimum {written}"),
            (Side::Least, true) => format!("supérieur à {written}"),
            (Side::Greatest, false) => format!("au maximum {written}"),
            (Side::Greatest, true) => format!("inférieur à {written}"),
        });
    }
    if facets.total_digits < usize::MAX {
        say(format!("au plus {} chiffre(s)", facets.total_digits));
    }
    if facets.fraction_digits < usize::MAX {
        say(format!("au plus {} chiffre(s) après le point", facets.fraction_digits));
    }
    for pattern in &facets.patterns {
        let sources: Vec<String> = pattern.sources().take(SAID).map(shortened).collect();
        say(format!("de la forme {}", sources.join(" ou ")));
    }
    said
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        None => text.to_string(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}
