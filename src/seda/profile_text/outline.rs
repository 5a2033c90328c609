//! The walk through a grammar that makes its lines.
//!
//! Bounded in lines, in depth and in nesting: a grammar may hold itself, or double at each step. An element's content told
//! once is not told again.

use std::collections::HashMap;

use super::names::told;
use super::times::{ALTERNATIVE, ONCE, Shows, Times, shows};
use super::values::{Held, held};
use super::{LINES_MAX, Line};
use crate::seda::engine::grammar::{
    AttributeSymbol, AttributeValue, Content, EMPTY, ElementSymbol, Pattern, PatternId, Symbol, SymbolId,
};
use crate::seda::relaxng::Profile;

/// Elements and gathering lines one in another.
const DEPTH_MAX: usize = 60;
/// Patterns one in another, from the root to where one is.
const NESTING_MAX: usize = 400;
/// Names of attributes told on the line that gathers them.
const GATHERED_MAX: usize = 4;

/// The lines of a profile.
pub fn outline(profile: &Profile) -> Vec<Line> {
    let mut outliner = Outliner {
        profile,
        shows: shows(profile),
        lines: Vec::new(),
        told: HashMap::new(),
        gathered: Vec::new(),
        nesting: 0,
    };
    outliner.walk(profile.grammar.start, ONCE, 0);
    if outliner.lines.len() >= LINES_MAX {
        outliner.lines.truncate(LINES_MAX);
        outliner.lines.push(gathering(0, "la suite n'est pas montrée", ""));
    }
    outliner.lines
}

fn gathering(depth: usize, name: &str, occurrence: &'static str) -> Line {
    Line {
        depth,
        name: name.to_owned(),
        occurrence,
        is_required: false,
        value: None,
        is_fixed: false,
        documentation: None,
    }
}

/// Attributes that nobody has to fill in, those of any name last.
fn gathered_line(mut names: Vec<String>, depth: usize) -> Line {
    names.sort_by_key(|name| !name.starts_with('@'));
    let occurrence = if names.len() > 1 { "facultatifs" } else { "facultatif" };
    let left = names.len().saturating_sub(GATHERED_MAX);
    let name = match left {
        0 | 1 => names.join(", "),
        _ => format!("{} et {left} autres attributs", names[..GATHERED_MAX].join(", ")),
    };
    gathering(depth, &name, occurrence)
}

struct Outliner<'a> {
    profile: &'a Profile,
    shows: Vec<Shows>,
    lines: Vec<Line>,
    /// Contents told already, or being told, and by which element.
    told: HashMap<PatternId, String>,
    /// Attributes of the element being told that nobody has to fill in.
    gathered: Vec<String>,
    nesting: usize,
}

impl Outliner<'_> {
    fn shows(&self, id: PatternId) -> bool {
        self.shows[id.at()] != Shows::default()
    }

    fn walk(&mut self, id: PatternId, times: Times, depth: usize) {
        if !self.shows(id) || self.lines.len() >= LINES_MAX {
            return;
        }
        if self.nesting >= NESTING_MAX || depth >= DEPTH_MAX {
            self.lines.push(gathering(depth, "…", ""));
            return;
        }
        self.nesting += 1;
        match self.profile.grammar.patterns.get(id) {
            Pattern::Empty | Pattern::NotAllowed => {}
            Pattern::Symbol(symbol) => self.symbol(*symbol, times, depth),
            Pattern::OneOrMore(inner) => self.walk(*inner, Times { is_repeated: true, ..times }, depth),
            Pattern::Choice(parts) => self.choice(parts, times, depth),
            Pattern::Group(..) => self.sequence(id, times, depth),
            Pattern::Interleave(parts) => {
                let shown: Vec<PatternId> = parts.iter().copied().filter(|&part| self.shows(part)).collect();
                let with_elements = shown.iter().filter(|part| self.shows[part.at()].elements).count();
                let name = if with_elements > 1 { "dans n'importe quel ordre" } else { "" };
                self.together(&shown, name, times, depth);
            }
        }
        self.nesting -= 1;
    }

    fn sequence(&mut self, id: PatternId, times: Times, depth: usize) {
        let (mut parts, mut rest) = (Vec::new(), id);
        while let Pattern::Group(first, then) = *self.profile.grammar.patterns.get(rest) {
            parts.push(first);
            rest = then;
        }
        parts.push(rest);
        parts.retain(|&part| self.shows(part));
        self.together(&parts, "", times, depth);
    }

    /// Parts that come together: under a line that says so when they repeat, or may lack, as one.
    fn together(&mut self, parts: &[PatternId], name: &str, times: Times, depth: usize) {
        if let [one] = parts {
            return self.walk(*one, times, depth);
        }
        let name = match times {
            ONCE => name,
            _ if times == ALTERNATIVE && name.is_empty() => "soit",
            _ if name.is_empty() => "ensemble",
            _ => name,
        };
        let inner = if name.is_empty() { depth } else { depth + 1 };
        if !name.is_empty() {
            let occurrence = if name == "soit" { "" } else { times.words() };
            self.lines.push(gathering(depth, name, occurrence));
        }
        for &part in parts {
            self.walk(part, ONCE, inner);
        }
    }

    fn choice(&mut self, parts: &[PatternId], times: Times, depth: usize) {
        let patterns = &self.profile.grammar.patterns;
        let is_optional = parts.iter().any(|&part| patterns.is_nullable(part) || !self.shows(part));
        let times = Times { is_optional: times.is_optional || is_optional, ..times };
        let shown: Vec<PatternId> =
            parts.iter().copied().filter(|&part| part != EMPTY && self.shows(part)).collect();
        if let [one] = shown[..] {
            return self.walk(one, times, depth);
        }
        self.lines.push(gathering(depth, "au choix", times.words()));
        for part in shown {
            self.walk(part, ALTERNATIVE, depth + 1);
        }
    }

    fn symbol(&mut self, symbol: SymbolId, times: Times, depth: usize) {
        let profile = self.profile;
        match profile.grammar.patterns.symbol(symbol) {
            Symbol::Element(element) => self.element(symbol, element, times, depth),
            Symbol::Attribute(attribute) => self.attribute(symbol, attribute, times, depth),
            _ => {}
        }
    }

    fn element(&mut self, symbol: SymbolId, element: &ElementSymbol, times: Times, depth: usize) {
        let Content::Pattern(content) = element.content else { return };
        let held = held(self.profile, content);
        let name = told(&element.name, false);
        let shows = self.shows[content.at()];
        let held = match &held.words {
            None if held.is_free && shows.elements => {
                Held { words: Some("texte libre admis entre les éléments".to_owned()), ..held }
            }
            None if !held.is_free && !shows.elements => {
                Held { words: Some("sans contenu".to_owned()), ..held }
            }
            _ => held,
        };
        let (value, is_known) = match self.told.get(&content) {
            Some(known) if shows.elements => {
                let same = format!("même contenu que « {known} » plus haut");
                (Some(held.words.map_or(same.clone(), |words| format!("{words} ; {same}"))), true)
            }
            _ => (held.words, false),
        };
        let place = self.lines.len();
        self.lines.push(Line {
            depth,
            name: name.clone(),
            occurrence: times.words(),
            is_required: times.is_required(),
            value,
            is_fixed: held.is_fixed,
            documentation: self.profile.note(symbol).documentation.clone(),
        });
        if is_known {
            return;
        }
        self.told.insert(content, name);
        let around = std::mem::take(&mut self.gathered);
        self.walk(content, ONCE, depth + 1);
        let gathered = std::mem::replace(&mut self.gathered, around);
        if !gathered.is_empty() {
            self.lines.insert(place + 1, gathered_line(gathered, depth + 1));
        }
    }

    fn attribute(&mut self, symbol: SymbolId, attribute: &AttributeSymbol, times: Times, depth: usize) {
        let AttributeValue::Pattern(value) = attribute.value else { return };
        let held = held(self.profile, value);
        let name = told(&attribute.name, true);
        let documentation = self.profile.note(symbol).documentation.clone();
        // Nobody has to fill it in, and nothing is asked of it but a form.
        if times.is_optional && !held.is_fixed && documentation.is_none() {
            self.gathered.push(name);
            return;
        }
        // An attribute comes once, however its name class is repeated.
        let times = Times { is_repeated: false, ..times };
        self.lines.push(Line {
            depth,
            name,
            occurrence: times.words(),
            is_required: times.is_required(),
            value: held.words,
            is_fixed: held.is_fixed,
            documentation,
        });
    }
}
