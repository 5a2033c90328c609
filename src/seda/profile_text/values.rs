//! What an element or an attribute must hold besides elements, in French words.

use std::collections::BTreeSet;

use crate::model::findings::shortened;
use crate::seda::engine::grammar::{Pattern, PatternId, Symbol};
use crate::seda::relaxng::Profile;

/// Most values told of a list, and most characters of one.
const VALUES_MAX: usize = 30;
const CHARS_MAX: usize = 300;
/// Patterns looked at for one value.
const STEPS_MAX: usize = 10_000;
/// Lists and exceptions one in another.
const NESTING_MAX: usize = 4;

/// What a content must hold, if it is not free.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Held {
    pub words: Option<String>,
    /// All it may hold is given.
    pub is_fixed: bool,
    /// Any text may stand there.
    pub is_free: bool,
}

/// What was met of texts in a content, elements and attributes apart.
#[derive(Default)]
struct Met {
    values: Vec<String>,
    types: Vec<String>,
    has_text: bool,
}

/// What a content must hold besides its elements and attributes.
pub fn held(profile: &Profile, content: PatternId) -> Held {
    let met = met(profile, content, 0);
    let may_be_empty = profile.grammar.patterns.is_nullable(content);
    if met.has_text {
        return Held { is_free: true, ..Held::default() };
    }
    if met.values.is_empty() && met.types.is_empty() {
        return Held::default();
    }
    let is_fixed = met.types.is_empty();
    let mut words = match met.values.as_slice() {
        [_] if is_fixed => format!("valeur fixée : {}", met.words()),
        _ => met.words(),
    };
    if may_be_empty {
        words.push_str(", ou rien");
    }
    Held { words: Some(words), is_fixed, is_free: false }
}

impl Met {
    fn words(&self) -> String {
        let shown = |value: &String| match value.as_str() {
            "" => "rien".to_owned(),
            _ => format!("« {} »", shortened(value.clone(), CHARS_MAX)),
        };
        let mut told = match self.values.as_slice() {
            [] => String::new(),
            [one] => shown(one),
            several => {
                let told: Vec<String> = several.iter().take(VALUES_MAX).map(shown).collect();
                let more = match several.len() {
                    count if count > VALUES_MAX => format!("… ({count} valeurs)"),
                    _ => String::new(),
                };
                format!("une des valeurs : {}{more}", told.join(", "))
            }
        };
        for words in &self.types {
            if !told.is_empty() {
                told.push_str(" ou ");
            }
            told.push_str(words);
        }
        told
    }
}

/// Types whose exact form an archivist does not write by hand.
fn plain(type_name: &str) -> Option<&'static str> {
    Some(match type_name {
        "ID" => "un identifiant, unique dans le bordereau",
        "IDREF" => "l'identifiant d'un autre élément",
        "NCName" | "Name" => "un nom sans espace",
        "NMTOKEN" => "un mot sans espace",
        "base64Binary" => "des octets en base64",
        "hexBinary" => "des octets en hexadécimal",
        _ => return None,
    })
}

fn met(profile: &Profile, content: PatternId, nesting: usize) -> Met {
    let mut met = Met::default();
    let (mut seen, mut open) = (BTreeSet::new(), vec![content]);
    while let Some(id) = open.pop() {
        if seen.len() >= STEPS_MAX || !seen.insert(id) {
            continue;
        }
        match profile.grammar.patterns.get(id) {
            Pattern::Empty | Pattern::NotAllowed => {}
            Pattern::Choice(parts) | Pattern::Interleave(parts) => open.extend(parts.iter().rev()),
            Pattern::Group(first, then) => open.extend([*then, *first]),
            Pattern::OneOrMore(inner) => open.push(*inner),
            Pattern::Symbol(symbol) => match profile.grammar.patterns.symbol(*symbol) {
                Symbol::Element(_) | Symbol::Attribute(_) => {}
                Symbol::Text => met.has_text = true,
                Symbol::Value(..) => {
                    // On one line: a profile indents long values as its tool pleases.
                    let words: Vec<&str> = profile.note(*symbol).text.split_whitespace().collect();
                    let text = words.join(" ");
                    if !met.values.contains(&text) {
                        met.values.push(text);
                    }
                }
                Symbol::Data(data) => {
                    let note = profile.note(*symbol);
                    let is_free = matches!(note.type_name.as_str(), "string" | "token" | "normalizedString");
                    if is_free && note.params.is_empty() && data.except.is_none() {
                        met.has_text = true;
                        continue;
                    }
                    let mut words = match plain(&note.type_name).filter(|_| note.params.is_empty()) {
                        Some(plain) => plain.to_owned(),
                        None => data.datatype.words(),
                    };
                    if let Some(except) = data.except.filter(|_| nesting < NESTING_MAX) {
                        words = format!("{words}, sauf {}", self::met(profile, except, nesting + 1).words());
                    }
                    if !met.types.contains(&words) {
                        met.types.push(words);
                    }
                }
                Symbol::List(inner) if nesting < NESTING_MAX => {
                    let inner = self::met(profile, *inner, nesting + 1).words();
                    met.types.push(format!("une liste, séparée par des espaces : {inner}"));
                }
                Symbol::List(_) => met.types.push("une liste".to_owned()),
            },
        }
    }
    met
}
