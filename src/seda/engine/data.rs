//! What a symbol of data wants: whether a text is that, and how a message says it.

use super::attributes::shown;
use super::derive::Derivatives;
use super::grammar::{PatternId, Symbol, SymbolId};
use crate::seda::datatype::Prefixes;

impl Derivatives {
    /// Whether a text is what a symbol of data wants.
    pub fn text_matches(&mut self, symbol: SymbolId, text: &str, prefixes: &dyn Prefixes) -> bool {
        match self.patterns.symbol(symbol) {
            Symbol::Text => true,
            Symbol::Value(datatype, value) => datatype.equals(value, text, prefixes),
            Symbol::Data(data) => {
                let except = data.except;
                data.datatype.check(text, prefixes)
                    && except.is_none_or(|except| !self.is_one_of(except, text, prefixes))
            }
            Symbol::List(pattern) => {
                let pattern = *pattern;
                self.list_matches(pattern, text, prefixes)
            }
            Symbol::Element(_) | Symbol::Attribute(_) => false,
        }
    }

    fn is_one_of(&mut self, pattern: PatternId, text: &str, prefixes: &dyn Prefixes) -> bool {
        let symbols = self.first(pattern);
        symbols.into_iter().any(|symbol| self.text_matches(symbol, text, prefixes))
    }

    /// Each token in turn (RELAX NG 6.2.9).
    fn list_matches(&mut self, mut pattern: PatternId, text: &str, prefixes: &dyn Prefixes) -> bool {
        for token in text.split([' ', '\t', '\r', '\n']).filter(|token| !token.is_empty()) {
            let symbols = self.first(pattern);
            let matched =
                symbols.into_iter().filter(|&symbol| self.text_matches(symbol, token, prefixes)).collect();
            let set = self.set(matched);
            pattern = self.after(pattern, set);
        }
        self.patterns.is_nullable(pattern)
    }

    /// What a symbol of data wants, in words; `None`: any text will do, or it is no data.
    pub fn words_of(&self, symbol: SymbolId) -> Option<String> {
        match self.patterns.symbol(symbol) {
            Symbol::Data(data) => Some(data.datatype.words()),
            Symbol::Value(_, value) => Some(format!("« {} »", shown(value.text()))),
            Symbol::List(_) => Some("une liste de valeurs".to_owned()),
            Symbol::Text | Symbol::Element(_) | Symbol::Attribute(_) => None,
        }
    }
}
