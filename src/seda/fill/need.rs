//! An element that the profile asks for and that nobody gave: offered, put together from what the profile fixes, or missing.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::rc::Rc;

use super::complete::{Attributed, UNIT};
use super::follow::{MISSING, PUT};
use super::{Done, Filler, What};
use crate::seda::engine::grammar::{EMPTY, PatternId, Symbol, SymbolId};
use crate::seda::engine::names::NameClass;
use crate::seda::write::element::Element;

/// Elements put together one in another.
const DEPTH_MAX: usize = 8;

/// The only name of a class: namespace and local name.
pub(super) fn only_name(class: &NameClass) -> Option<(&str, &str)> {
    match class {
        NameClass::Name(namespace, local) => Some((namespace, local)),
        _ => None,
    }
}

impl Filler<'_> {
    /// What is to be written for an element that must come.
    pub(super) fn needed(&mut self, symbol: SymbolId) -> Done {
        let name = match self.derivatives.patterns.symbol(symbol) {
            Symbol::Element(element) => only_name(&element.name),
            _ => None,
        };
        let name =
            name.filter(|(namespace, _)| *namespace == self.namespace).map(|(_, local)| local.to_owned());
        let Some(name) = name else { return self.missing(symbol, "…", None) };
        self.steps = self.steps.saturating_sub(1);
        if self.steps == 0 {
            return self.missing(symbol, &name, None);
        }
        let offers = self.offers.clone();
        for offer in offers.iter().filter(|offer| offer.name == name.as_str()) {
            let done = self.complete(offer, symbol);
            if done.lacks.is_empty() {
                return Done { cost: PUT, ..done };
            }
        }
        let tells_apart = self.tells_apart(&name);
        let Some(content) = self.content_of(symbol).filter(|_| self.depth < DEPTH_MAX && name != UNIT) else {
            return self.missing(symbol, &name, None);
        };
        let empty = Element { name: name.clone().into(), ..Element::default() };
        let Attributed { at, written, mut lacks, .. } = self.attributes(&empty, content);
        let mut put = Element { attributes: written, ..empty };
        if !self.texts(at).is_empty() {
            match self.only_value(at).filter(|_| !tells_apart) {
                Some(value) => put.text = value,
                None => return self.missing(symbol, &name, Some(at)),
            }
        } else {
            self.depth += 1;
            self.path.push(name);
            self.around.push(self.documentation(symbol));
            let fit = self.fit(&[], at);
            self.path.pop();
            self.around.pop();
            self.depth -= 1;
            put.children = fit.children;
            lacks.extend(fit.lacks);
        }
        let cost = if lacks.is_empty() { PUT } else { MISSING.saturating_mul(lacks.len() as u32) };
        Done { element: Rc::new(put), cost, lacks }
    }

    /// Whether this element of a description tells the unit being completed from others.
    pub(super) fn tells_apart(&self, name: &str) -> bool {
        self.units.last().is_some_and(|&unit| self.told_apart.contains(&(unit, name.to_owned())))
    }

    fn missing(&mut self, symbol: SymbolId, name: &str, content: Option<PatternId>) -> Done {
        self.path.push(name.to_owned());
        let content = content.or_else(|| self.content_of(symbol));
        let mut lack = self.lack_here(What::Missing, symbol, content.unwrap_or(EMPTY));
        self.path.pop();
        if name == UNIT {
            // What would be recognised as it.
            lack.wanted = self.fixed_of(symbol).into_values().map(|value| format!("« {value} »")).collect();
        }
        let element = Rc::new(Element { name: name.to_owned().into(), ..Element::default() });
        Done { element, cost: MISSING, lacks: vec![Rc::new(lack)] }
    }

    /// The elements whose values, fixed otherwise for one unit than for another that may stand beside it, tell which is which.
    pub(super) fn told_apart(&self) -> HashSet<(SymbolId, String)> {
        let mut told = HashSet::new();
        for of in 0..self.derivatives.patterns.symbols.len() as u32 {
            let Some(content) = self.content_of(SymbolId(of)) else { continue };
            let mut units = self.derivatives.all(content);
            units.retain(|&symbol| self.is_named(symbol, UNIT) && !self.is_any(symbol));
            let fixed: Vec<(SymbolId, BTreeMap<String, String>)> =
                units.into_iter().map(|unit| (unit, self.fixed_of(unit))).collect();
            let mut values: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
            for (name, value) in fixed.iter().flat_map(|(_, fixed)| fixed) {
                values.entry(name).or_default().insert(value);
            }
            for (unit, fixed) in &fixed {
                let apart = fixed.keys().filter(|name| values[name.as_str()].len() > 1);
                told.extend(apart.map(|name| (*unit, name.clone())));
            }
        }
        told
    }

    fn is_any(&self, symbol: SymbolId) -> bool {
        match self.derivatives.patterns.symbol(symbol) {
            Symbol::Element(element) => only_name(&element.name).is_none(),
            _ => true,
        }
    }

    /// Elements of a unit's description that may have one value only. Not its level, which says nothing of what it is.
    fn fixed_of(&self, unit: SymbolId) -> BTreeMap<String, String> {
        let below =
            |symbol| self.content_of(symbol).map(|content| self.derivatives.all(content)).unwrap_or_default();
        let descriptions = below(unit).into_iter().filter(|&symbol| self.is_named(symbol, "Content"));
        let mut fixed = BTreeMap::new();
        for symbol in descriptions.flat_map(below) {
            let Symbol::Element(element) = self.derivatives.patterns.symbol(symbol) else { continue };
            let (Some((_, local)), Some(content)) = (only_name(&element.name), self.content_of(symbol))
            else {
                continue;
            };
            if local != "DescriptionLevel"
                && let Some(value) = self.only_value(content)
            {
                fixed.insert(local.to_owned(), value);
            }
        }
        fixed
    }
}
