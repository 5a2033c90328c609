//! An element given, as one element of the profile would have it.

use std::borrow::Cow;
use std::rc::Rc;

use super::follow::{Arena, MISSING, MISTAKEN, PUT, REFUSED, Thread, UNEXPECTED};
use super::need::only_name;
use super::{Done, Filler, Lack, What};
use crate::seda::datatype::NoPrefixes;
use crate::seda::engine::grammar::{AttributeValue, EMPTY, NOT_ALLOWED, PatternId, Symbol, SymbolId};
use crate::seda::write::element::{Element, Standing};
use crate::seda::xml::XML_NAMESPACE;

/// The element that stands for a unit of description.
pub(super) const UNIT: &str = "ArchiveUnit";

/// Children as the profile would have them.
pub(super) struct Fit {
    pub children: Vec<Rc<Element>>,
    pub cost: u32,
    pub lacks: Vec<Rc<Lack>>,
}

/// An element once its attributes have come.
pub(super) struct Attributed {
    /// What may still come in it.
    pub at: PatternId,
    pub written: Vec<(Cow<'static, str>, String)>,
    pub cost: u32,
    pub lacks: Vec<Rc<Lack>>,
}

impl Filler<'_> {
    /// The element as this symbol would have it.
    pub(super) fn complete(&mut self, element: &Rc<Element>, symbol: SymbolId) -> Done {
        let is_unit = element.name == UNIT;
        let key = (Rc::as_ptr(element), symbol);
        if let Some(done) = self.known.get(&key) {
            return done.clone();
        }
        let outside = match is_unit {
            true => (std::mem::take(&mut self.path), std::mem::take(&mut self.around)),
            false => (Vec::new(), Vec::new()),
        };
        let (marks, units) = (self.marks.len(), self.units.len());
        self.marks.extend(element.mark);
        if is_unit {
            self.units.push(symbol);
        } else {
            self.path.push(element.name.clone().into_owned());
            self.around.push(self.documentation(symbol));
        }
        let done = self.completed(element, symbol);
        self.marks.truncate(marks);
        self.units.truncate(units);
        if is_unit {
            (self.path, self.around) = outside;
            self.known.insert(key, done.clone());
        } else {
            self.path.pop();
            self.around.pop();
        }
        done
    }

    fn completed(&mut self, element: &Rc<Element>, symbol: SymbolId) -> Done {
        let Some(content) = self.content_of(symbol) else {
            return Done { element: element.clone(), cost: 0, lacks: Vec::new() };
        };
        let Attributed { at, written, mut cost, mut lacks } = self.attributes(element, content);
        let mut filled = Element { attributes: written, children: Vec::new(), ..element.shell() };
        if element.children.is_empty() && (!element.text.is_empty() || !self.texts(at).is_empty()) {
            match self.text(element, at) {
                Some(text) if text == element.text => {}
                Some(text) => {
                    cost += PUT;
                    filled.text = text;
                }
                None => {
                    // Who says what a unit is means that one, whatever else it lacks.
                    cost += if self.tells_apart(&element.name) { MISTAKEN } else { REFUSED };
                    let what = match element.standing {
                        Standing::Usual => What::Missing,
                        Standing::Fact | Standing::Given => What::Refused(element.text.clone()),
                    };
                    lacks.push(Rc::new(self.lack_here(what, symbol, at)));
                }
            }
        } else {
            let fit = self.best_fit(&element.children, at);
            filled.children = fit.children;
            cost = cost.saturating_add(fit.cost);
            lacks.extend(fit.lacks);
        }
        Done { element: Rc::new(filled), cost, lacks }
    }

    /// The children in their order or, when the profile has something against it, in the profile's.
    fn best_fit(&mut self, children: &[Rc<Element>], at: PatternId) -> Fit {
        let as_given = self.fit(children, at);
        if as_given.lacks.is_empty() {
            return as_given;
        }
        match self.in_profile_order(children, at) {
            Some(sorted) => {
                let sorted = self.fit(&sorted, at);
                if sorted.cost < as_given.cost { sorted } else { as_given }
            }
            None => as_given,
        }
    }

    /// The children in the best of all readings.
    pub(super) fn fit(&mut self, children: &[Rc<Element>], at: PatternId) -> Fit {
        let mut arena = Arena::default();
        let mut threads = vec![Thread { at, cost: 0, last: None }];
        for child in children {
            threads = self.follow(&mut arena, threads, child);
        }
        let ended = self.ended(&mut arena, threads);
        let (children, lacks) = arena.unwound(&ended);
        Fit { children, cost: ended.cost, lacks }
    }

    /// The units among the children in the order in which the profile has what they are, when it tells several apart.
    fn in_profile_order(&mut self, children: &[Rc<Element>], at: PatternId) -> Option<Vec<Rc<Element>>> {
        let mut kinds = self.derivatives.all(at);
        kinds.retain(|&symbol| self.is_named(symbol, UNIT));
        let first = children.iter().position(|child| child.name == UNIT)?;
        let last = children.iter().rposition(|child| child.name == UNIT)?;
        if kinds.len() < 2 || first == last {
            return None;
        }
        let mut sorted = children.to_vec();
        let mut place = |unit: &Rc<Element>| {
            (0..kinds.len()).min_by_key(|&at| self.complete(unit, kinds[at]).cost).unwrap_or_default()
        };
        sorted[first..=last].sort_by_cached_key(&mut place);
        Some(sorted)
    }

    /// Texts and data that may come next.
    pub(super) fn texts(&self, at: PatternId) -> Vec<SymbolId> {
        let mut symbols = self.derivatives.first(at);
        symbols.retain(|&symbol| {
            !matches!(self.derivatives.patterns.symbol(symbol), Symbol::Element(_) | Symbol::Attribute(_))
        });
        symbols
    }

    /// The text if it is admitted, or the one that the profile fixes in place of what is only usual.
    fn text(&mut self, element: &Element, at: PatternId) -> Option<String> {
        if self.is_admitted(&element.text, at) {
            return Some(element.text.clone());
        }
        let may_change = element.standing == Standing::Usual && !self.tells_apart(&element.name);
        self.only_value(at).filter(|_| may_change)
    }

    fn is_admitted(&mut self, text: &str, at: PatternId) -> bool {
        let mut matched = self.texts(at);
        matched.retain(|&symbol| self.derivatives.text_matches(symbol, text, &NoPrefixes));
        let set = self.derivatives.set(matched);
        let after = self.derivatives.after(at, set);
        let patterns = &self.derivatives.patterns;
        patterns.is_nullable(after) || text.trim().is_empty() && patterns.is_nullable(at)
    }

    /// The one text that a content may be.
    pub(super) fn only_value(&self, at: PatternId) -> Option<String> {
        if self.derivatives.patterns.is_nullable(at) {
            return None;
        }
        let mut values = self.texts(at).into_iter().map(|symbol| self.value_of(symbol));
        let first = values.next()??;
        values.all(|value| value.as_ref() == Some(&first)).then_some(first)
    }

    /// A value on one line where that is the same one: profiles are indented as their tools please.
    pub(super) fn value_of(&self, symbol: SymbolId) -> Option<String> {
        let Symbol::Value(datatype, value) = self.derivatives.patterns.symbol(symbol) else { return None };
        let on_one_line = value.text().split_whitespace().collect::<Vec<_>>().join(" ");
        let is_same = datatype.equals(value, &on_one_line, &NoPrefixes);
        Some(if is_same { on_one_line } else { value.text().to_owned() })
    }

    /// What is left of a content once the attributes have come, those that it fixes included.
    pub(super) fn attributes(&mut self, element: &Element, content: PatternId) -> Attributed {
        let (mut at, mut written, mut cost, mut lacks) = (content, Vec::new(), 0, Vec::new());
        for (name, value) in &element.attributes {
            if name.starts_with("xmlns") {
                written.push((name.clone(), value.clone()));
                continue;
            }
            let mut symbols = self.derivatives.all(at);
            symbols.retain(|&symbol| self.is_attribute(symbol, name, value));
            let set = self.derivatives.set(symbols);
            match self.derivatives.with_attribute(at, set) {
                NOT_ALLOWED => {
                    cost += UNEXPECTED;
                    lacks.push(Rc::new(self.lack(What::Unexpected, &format!("@{name}"))));
                }
                left => {
                    at = left;
                    written.push((name.clone(), value.clone()));
                }
            }
        }
        while self.derivatives.closed(at) == NOT_ALLOWED {
            let Some((name, value, left)) = self.fixed_attribute(at) else {
                let wanted =
                    self.derivatives.all(at).into_iter().find_map(|symbol| self.attribute_name(symbol));
                let name = format!("@{}", wanted.unwrap_or_default());
                cost += MISSING;
                lacks.push(Rc::new(self.lack(What::Missing, &name)));
                at = self.without_attributes(at);
                break;
            };
            cost += PUT;
            at = left;
            written.push((name.into(), value));
        }
        Attributed { at: self.derivatives.closed(at), written, cost, lacks }
    }

    fn is_attribute(&mut self, symbol: SymbolId, name: &str, value: &str) -> bool {
        let Symbol::Attribute(attribute) = self.derivatives.patterns.symbol(symbol) else { return false };
        let AttributeValue::Pattern(pattern) = attribute.value else { return false };
        let is_named = match name.strip_prefix("xml:") {
            Some(local) => attribute.name.contains(XML_NAMESPACE, local),
            None => attribute.name.contains("", name),
        };
        is_named && self.is_admitted(value, pattern)
    }

    /// An attribute that must come and whose value is fixed, or known: what we write is in French.
    fn fixed_attribute(&mut self, at: PatternId) -> Option<(String, String, PatternId)> {
        for symbol in self.derivatives.all(at) {
            let Symbol::Attribute(attribute) = self.derivatives.patterns.symbol(symbol) else { continue };
            let AttributeValue::Pattern(pattern) = attribute.value else { continue };
            let only = self.derivatives.single(symbol);
            let left = self.derivatives.with_attribute(at, only);
            // One that may be left out brings the content no nearer to its end.
            let needs = |filler: &Self, at| {
                filler.derivatives.all(at).iter().filter(|&&of| filler.attribute_name(of).is_some()).count()
            };
            if left == NOT_ALLOWED || needs(self, left) >= needs(self, at) {
                continue;
            }
            let Some(name) = self.attribute_name(symbol) else { continue };
            let french = (name == "xml:lang" && self.is_admitted("fr", pattern)).then(|| "fr".to_owned());
            if let Some(value) = self.only_value(pattern).or(french) {
                return Some((name, value, left));
            }
        }
        None
    }

    fn attribute_name(&self, symbol: SymbolId) -> Option<String> {
        let Symbol::Attribute(attribute) = self.derivatives.patterns.symbol(symbol) else { return None };
        match only_name(&attribute.name)? {
            ("", local) => Some(local.to_owned()),
            (XML_NAMESPACE, local) => Some(format!("xml:{local}")),
            _ => None,
        }
    }

    /// The content as if all its attributes had come.
    fn without_attributes(&mut self, at: PatternId) -> PatternId {
        self.derivatives.replaced(at, &mut |symbol| match symbol {
            Symbol::Attribute(_) => Some(EMPTY),
            _ => None,
        })
    }
}
