//! What the start of a grammar leads to: the rest is not there (4.19), and is not checked.
//!
//! Never recurses: a grammar may be as deep as its limits allow.

use crate::seda::engine::grammar::{
    AttributeValue, Content, DataSymbol, Grammar, Pattern, PatternId, Symbol,
};

/// What the start of a grammar leads to.
pub struct Reached {
    pub patterns: Vec<bool>,
    pub symbols: Vec<bool>,
    /// Ends of longer sequences.
    pub tails: Vec<bool>,
}

/// Follows patterns and symbols, through elements' contents.
pub fn reached(grammar: &Grammar) -> Reached {
    let mut reached = Reached {
        patterns: vec![false; grammar.patterns.count()],
        symbols: vec![false; grammar.patterns.symbols.len()],
        tails: vec![false; grammar.patterns.count()],
    };
    let mut open = vec![grammar.start];
    while let Some(id) = open.pop() {
        if std::mem::replace(&mut reached.patterns[id.at()], true) {
            continue;
        }
        match grammar.patterns.get(id) {
            Pattern::Empty | Pattern::NotAllowed => {}
            Pattern::Choice(parts) | Pattern::Interleave(parts) => open.extend(parts.iter()),
            Pattern::Group(first, then) => {
                reached.tails[then.at()] = true;
                open.extend([*first, *then]);
            }
            Pattern::OneOrMore(inner) => open.push(*inner),
            Pattern::Symbol(symbol) => {
                reached.symbols[symbol.at()] = true;
                open.extend(inside(grammar.patterns.symbol(*symbol)));
            }
        }
    }
    reached
}

/// The pattern within a symbol.
pub fn inside(symbol: &Symbol) -> Option<PatternId> {
    match symbol {
        Symbol::Element(element) => match element.content {
            Content::Pattern(content) => Some(content),
            Content::Typed(_) | Content::Wildcard(_) => None,
        },
        Symbol::Attribute(attribute) => match attribute.value {
            AttributeValue::Pattern(value) => Some(value),
            AttributeValue::Wildcard(_) => None,
        },
        Symbol::Data(DataSymbol { except, .. }) => *except,
        Symbol::List(inner) => Some(*inner),
        Symbol::Value(..) | Symbol::Text => None,
    }
}
