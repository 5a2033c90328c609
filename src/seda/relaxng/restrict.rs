//! What RELAX NG does not let one ask for (section 7), checked on the grammar as it is once made.
//!
//! One pass over the patterns: those a pattern is made of have smaller numbers, so each is looked at once, after its parts,
//! and nothing recurses. What is wrong is carried up to the element it lies in, which is named.

use super::fault::{Faults, too_complex};
use super::names::is_infinite;
use super::overlap::Overlap;
use super::reach::{inside, reached};
use super::{Limits, Note};
use crate::model::Finding;
use crate::model::findings::shortened;
use crate::seda::engine::grammar::{Grammar, NOT_ALLOWED, Pattern, PatternId, Symbol, SymbolId};
use crate::seda::engine::names::NameClass;

/// What a pattern holds, elements' contents and attributes' values apart.
pub type Flags = u32;

pub const ELEMENT: Flags = 1;
pub const ATTRIBUTE: Flags = 1 << 1;
pub const TEXT: Flags = 1 << 2;
const DATA: Flags = 1 << 3;
const LIST: Flags = 1 << 4;
const EMPTY_PATTERN: Flags = 1 << 5;
/// A group or an interleave.
const GROUPED: Flags = 1 << 6;
const INTERLEAVED: Flags = 1 << 7;
const REPEATED: Flags = 1 << 8;
/// An attribute in a group or an interleave.
const GROUPED_ATTRIBUTE: Flags = 1 << 9;
/// An attribute without end of names, not repeated.
const LOOSE_INFINITE: Flags = 1 << 10;

const FAULTS: [(Flags, &str); 5] = [
    (1 << 16, "un groupe d'attributs est répété"),
    (1 << 17, "une valeur est mêlée à d'autres valeurs, à du texte ou à des éléments"),
    (1 << 18, "un même attribut est demandé deux fois"),
    (1 << 19, "des éléments de même nom sont mêlés sans ordre"),
    (1 << 20, "du texte est mêlé deux fois"),
];
const REPEATED_ATTRIBUTES: Flags = FAULTS[0].0;
const MIXED_STRINGS: Flags = FAULTS[1].0;
const TWICE_ATTRIBUTE: Flags = FAULTS[2].0;
const TWICE_ELEMENT: Flags = FAULTS[3].0;
const TWICE_TEXT: Flags = FAULTS[4].0;

/// 7.2: what an element holds besides attributes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Empty,
    Complex,
    Simple,
}

impl Kind {
    /// Whether both may stand in one content.
    fn goes_with(self, other: Kind) -> bool {
        self == Kind::Empty || other == Kind::Empty || (self == Kind::Complex && other == Kind::Complex)
    }
}

#[derive(Clone, Copy)]
struct Summary {
    flags: Flags,
    kind: Kind,
    height: usize,
}

const NOTHING: Summary = Summary { flags: 0, kind: Kind::Empty, height: 0 };

/// Checks a whole grammar.
///
/// # Errors
/// What is not allowed; patterns too high, names too many to compare.
pub fn check(grammar: &Grammar, notes: &[Note], limits: &Limits) -> Result<(), Vec<Finding>> {
    let reached = reached(grammar);
    let mut checker = Checker {
        grammar,
        summaries: vec![NOTHING; grammar.patterns.count()],
        overlap: Overlap::new(grammar, limits.steps_max),
        is_tail: reached.tails,
    };
    for at in (0..grammar.patterns.count()).filter(|&at| reached.patterns[at]) {
        let summary = checker.summary(PatternId(at as u32))?;
        if summary.height > limits.height_max {
            return Err(too_complex(format!("plus de {} motifs l'un dans l'autre", limits.height_max)));
        }
        checker.summaries[at] = summary;
        checker.overlap.set(at, summary.flags);
    }
    let mut faults = Faults::new();
    let start = checker.summaries[grammar.start.at()].flags;
    if grammar.start != NOT_ALLOWED && start != ELEMENT {
        faults.restriction("un document ne peut être que l'un ou l'autre de plusieurs éléments", 1);
    }
    for (at, symbol) in grammar.patterns.symbols.iter().enumerate() {
        if reached.symbols[at] {
            checker.check(symbol, notes.get(at).map_or(0, |note| note.line), &mut faults);
        }
    }
    faults.into_result()
}

struct Checker<'a> {
    grammar: &'a Grammar,
    summaries: Vec<Summary>,
    overlap: Overlap<'a>,
    is_tail: Vec<bool>,
}

impl Checker<'_> {
    fn of(&self, id: PatternId) -> Summary {
        self.summaries[id.at()]
    }

    fn summary(&mut self, id: PatternId) -> Result<Summary, Vec<Finding>> {
        let grammar = self.grammar;
        Ok(match grammar.patterns.get(id) {
            Pattern::NotAllowed => NOTHING,
            Pattern::Empty => Summary { flags: EMPTY_PATTERN, ..NOTHING },
            Pattern::Symbol(symbol) => self.symbol(*symbol),
            Pattern::Choice(parts) => {
                parts.iter().map(|&part| self.of(part)).fold(NOTHING, |all, part| Summary {
                    flags: all.flags | part.flags,
                    kind: all.kind.max(part.kind),
                    height: all.height.max(part.height + 1),
                })
            }
            Pattern::OneOrMore(inner) => {
                let inner = self.of(*inner);
                let mut flags = (inner.flags | REPEATED) & !LOOSE_INFINITE;
                if inner.flags & GROUPED_ATTRIBUTE != 0 {
                    flags |= REPEATED_ATTRIBUTES;
                }
                if !inner.kind.goes_with(inner.kind) {
                    flags |= MIXED_STRINGS;
                }
                Summary { flags, height: inner.height + 1, ..inner }
            }
            Pattern::Group(first, then) => {
                let mut summary = self.together([*first, *then].into_iter(), 0);
                // The attributes of a whole sequence are compared once, where it begins.
                if !self.is_tail[id.at()] && self.overlap.twice_in_sequence(id)? {
                    summary.flags |= TWICE_ATTRIBUTE;
                }
                summary
            }
            Pattern::Interleave(parts) => {
                let mut summary = self.together(parts.iter().copied(), INTERLEAVED);
                if self.overlap.twice(parts, ATTRIBUTE)? {
                    summary.flags |= TWICE_ATTRIBUTE;
                }
                if self.overlap.twice(parts, ELEMENT)? {
                    summary.flags |= TWICE_ELEMENT;
                }
                if parts.iter().filter(|&&part| self.of(part).flags & TEXT != 0).count() > 1 {
                    summary.flags |= TWICE_TEXT;
                }
                summary
            }
        })
    }

    /// A group or an interleave of these.
    fn together(&self, parts: impl Iterator<Item = PatternId>, more: Flags) -> Summary {
        let mut whole = Summary { flags: GROUPED | more, ..NOTHING };
        for part in parts.map(|part| self.of(part)) {
            whole.flags |= part.flags;
            if !whole.kind.goes_with(part.kind) {
                whole.flags |= MIXED_STRINGS;
            }
            whole.kind = whole.kind.max(part.kind);
            whole.height = whole.height.max(part.height + 1);
        }
        if whole.flags & ATTRIBUTE != 0 {
            whole.flags |= GROUPED_ATTRIBUTE;
        }
        whole
    }

    fn symbol(&self, symbol: SymbolId) -> Summary {
        let (flags, kind) = match self.grammar.patterns.symbol(symbol) {
            Symbol::Element(_) => (ELEMENT, Kind::Complex),
            Symbol::Attribute(attribute) if is_infinite(&attribute.name) => {
                (ATTRIBUTE | LOOSE_INFINITE, Kind::Empty)
            }
            Symbol::Attribute(_) => (ATTRIBUTE, Kind::Empty),
            Symbol::Data(_) | Symbol::Value(..) => (DATA, Kind::Simple),
            Symbol::List(_) => (LIST, Kind::Simple),
            Symbol::Text => (TEXT, Kind::Complex),
        };
        Summary { flags, kind, height: 1 }
    }

    /// What 7.1 forbids inside a symbol, and what is wrong in an element or an attribute.
    fn check(&self, symbol: &Symbol, line: u64, faults: &mut Faults) {
        let Some(inside) = inside(symbol) else { return };
        let mut flags = self.of(inside).flags;
        if matches!(symbol, Symbol::List(_) | Symbol::Data(_)) {
            // 7.2 speaks of what an element or an attribute holds.
            flags &= !MIXED_STRINGS;
        }
        let (place, forbidden) = match symbol {
            Symbol::Element(element) => (format!("élément {}", shown(&element.name)), 0),
            Symbol::Attribute(attribute) => {
                (format!("attribut {}", shown(&attribute.name)), ELEMENT | ATTRIBUTE)
            }
            Symbol::List(_) => ("liste".to_owned(), ELEMENT | ATTRIBUTE | LIST | TEXT | INTERLEAVED),
            _ => {
                let forbidden = ELEMENT | ATTRIBUTE | LIST | TEXT | GROUPED | REPEATED | EMPTY_PATTERN;
                ("exception d'un type".to_owned(), forbidden)
            }
        };
        if flags & forbidden != 0 {
            faults.restriction(format!("{place} : contenu qui n'a pas sa place ici"), line);
        }
        if flags & LOOSE_INFINITE != 0 && matches!(symbol, Symbol::Element(_)) {
            let message = format!("{place} : un attribut de nom quelconque n'est pas dans un « oneOrMore »");
            faults.restriction(message, line);
        }
        for (_, message) in FAULTS.iter().filter(|(fault, _)| flags & fault != 0) {
            faults.restriction(format!("{place} : {message}"), line);
        }
    }
}

/// A name class, for people.
fn shown(class: &NameClass) -> String {
    match class {
        NameClass::Name(_, local) => format!("« {} »", shortened(local.clone(), 100)),
        _ => "de nom variable".to_owned(),
    }
}
