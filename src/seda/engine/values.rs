//! What is told of a fault in a text or an attribute: what was found, and what was wanted.

use std::io::Read;

use super::attributes::shown;
use super::fault::Witness;
use super::grammar::{AttributeValue, PatternId, Symbol, SymbolId};
use super::matcher::{Frame, Matcher};
use super::words::{listed, name_words};
use crate::model::Finding;
use crate::seda::xml::{NameId, Xml};

impl Matcher<'_> {
    pub(super) fn unknown_attribute<R: Read>(
        &self,
        frame: &Frame,
        name: NameId,
        line: u64,
        xml: &Xml<R>,
        witness: &mut impl Witness,
    ) {
        let message = format!("l'attribut {} n'est pas prévu ici", shown(xml.local(name)));
        self.tell(self.kinds.attribute, message, (frame.name, line), xml, witness);
    }

    #[expect(clippy::too_many_arguments, reason = "what is wrong, where, and who is told")]
    pub(super) fn bad_attribute<R: Read>(
        &self,
        frame: &Frame,
        symbols: &[SymbolId],
        name: NameId,
        value: &str,
        line: u64,
        xml: &Xml<R>,
        witness: &mut impl Witness,
    ) {
        let mut wanted = Vec::new();
        for &symbol in symbols {
            if let Symbol::Attribute(attribute) = self.automaton.derivatives.patterns.symbol(symbol)
                && let AttributeValue::Pattern(pattern) = attribute.value
            {
                wanted.extend(self.data_words(pattern));
            }
        }
        let message = format!(
            "attribut {} : « {} » n'est pas admis{}",
            xml.local(name),
            shown(value),
            expected(&wanted)
        );
        self.tell(self.kinds.invalid_value, message, (frame.name, line), xml, witness);
    }

    pub(super) fn attributes_missing<R: Read>(
        &mut self,
        frame: &Frame,
        required: &[SymbolId],
        xml: &mut Xml<R>,
        witness: &mut impl Witness,
    ) {
        let line = xml.line();
        let names = required.iter().map(|&id| match self.automaton.derivatives.patterns.symbol(id) {
            Symbol::Attribute(attribute) => name_words(&attribute.name),
            _ => String::new(),
        });
        let mut names: Vec<String> = names.collect();
        names.dedup();
        let message = match names.len() {
            0 => "les attributs ne vont pas ensemble".to_owned(),
            1 => format!("l'attribut {} manque", names[0]),
            _ => format!("les attributs {} manquent", listed(&names)),
        };
        self.tell(self.kinds.attribute, message, (frame.name, line), xml, witness);
    }

    pub(super) fn unexpected_text<R: Read>(&mut self, xml: &mut Xml<R>, witness: &mut impl Witness) {
        let line = xml.text_line();
        let message = format!("texte « {} » entre les éléments", shown(xml.text()));
        let names = self.frames.iter().map(|frame| xml.local(frame.name));
        let path = names.collect::<Vec<_>>().join("/");
        witness.finding(Finding::new(self.kinds.unexpected_text, message).at_line(line).in_path(path));
    }

    pub(super) fn unexpected_text_at_end<R: Read>(
        &mut self,
        frame: &Frame,
        xml: &mut Xml<R>,
        witness: &mut impl Witness,
    ) {
        let line = xml.text_line();
        let message = format!("texte « {} » entre les éléments", shown(xml.text()));
        self.tell(self.kinds.unexpected_text, message, (frame.name, line), xml, witness);
    }

    /// Whether the fault is the text's, and then tells it.
    pub(super) fn explains_value<R: Read>(
        &mut self,
        frame: &Frame,
        xml: &mut Xml<R>,
        witness: &mut impl Witness,
    ) -> bool {
        let texts = self.automaton.get(frame.state).texts.clone();
        let line = xml.text_line();
        if texts.is_empty() {
            let is_blank = xml.text_is_blank();
            if is_blank && (xml.text().is_empty() || !self.holds_nothing(frame.state)) {
                return false;
            }
            if is_blank {
                let message = format!("{} doit être vide : pas même un blanc", xml.local(frame.name));
                self.tell(self.kinds.unexpected_text, message, (frame.name, line), xml, witness);
            } else if !frame.is_text_refused {
                let message = format!("texte « {} » là où aucun n'est prévu", shown(xml.text()));
                self.tell(self.kinds.unexpected_text, message, (frame.name, line), xml, witness);
            }
            return true;
        }
        let wanted: Vec<String> =
            texts.iter().filter_map(|&id| self.automaton.derivatives.words_of(id)).collect();
        let found = match xml.text() {
            text if text.trim().is_empty() => "une valeur vide n'est pas admise".to_owned(),
            text => format!("« {} » n'est pas admis", shown(text)),
        };
        let message = format!("{} : {found}{}", xml.local(frame.name), expected(&wanted));
        self.tell(self.kinds.invalid_value, message, (frame.name, line), xml, witness);
        true
    }

    fn data_words(&self, pattern: PatternId) -> Vec<String> {
        let symbols = self.automaton.derivatives.first(pattern).into_iter();
        symbols.filter_map(|id| self.automaton.derivatives.words_of(id)).collect()
    }
}

fn expected(wanted: &[String]) -> String {
    let mut distinct: Vec<String> = Vec::new();
    for words in wanted {
        if !distinct.contains(words) {
            distinct.push(words.clone());
        }
    }
    match listed(&distinct) {
        words if words.is_empty() => words,
        words => format!(" ; attendu : {words}"),
    }
}
