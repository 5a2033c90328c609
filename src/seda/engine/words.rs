//! What is told of a fault: where, what was found, and what was allowed there, in words.

use std::io::Read;

use super::attributes::shown;
use super::automaton::StateId;
use super::fault::Witness;
use super::grammar::{Content, Symbol, SymbolId};
use super::matcher::{Frame, Matcher, Tolerated};
use super::names::NameClass;
use super::steps::StepId;
use crate::model::Finding;
use crate::model::findings::{self, Kind};
use crate::seda::xml::{NameId, Xml};

/// Names listed of what was allowed; the rest is « … ».
const LISTED_MAX: usize = 6;

impl Matcher<'_> {
    fn path<R: Read>(&self, xml: &Xml<R>, last: NameId) -> String {
        let names = self.frames.iter().map(|frame| xml.local(frame.name));
        names.chain([xml.local(last)]).collect::<Vec<_>>().join("/")
    }

    pub(super) fn tell<R: Read>(
        &self,
        kind: &'static Kind,
        message: String,
        at: (NameId, u64),
        xml: &Xml<R>,
        witness: &mut impl Witness,
    ) {
        witness.finding(Finding::new(kind, message).at_line(at.1).in_path(self.path(xml, at.0)));
    }

    /// Names of the elements that could have come.
    fn allowed(&self, state: StateId) -> Vec<String> {
        self.names_of(&self.automaton.elements(state))
    }

    fn names_of(&self, elements: &[SymbolId]) -> Vec<String> {
        let names = elements.iter().map(|&id| match self.automaton.derivatives.patterns.symbol(id) {
            Symbol::Element(element) if matches!(element.content, Content::Wildcard(_)) => {
                "un élément d'un autre espace de noms".to_owned()
            }
            Symbol::Element(element) => name_words(&element.name),
            _ => String::new(),
        });
        let mut distinct: Vec<String> = Vec::new();
        for name in names {
            if !distinct.contains(&name) {
                distinct.push(name);
            }
        }
        distinct
    }

    /// Whether an element that the grammar has not here is let in all the same; said as a warning.
    pub(super) fn is_tolerated<R: Read>(
        &mut self,
        name: NameId,
        xml: &mut Xml<R>,
        witness: &mut impl Witness,
    ) -> bool {
        let Some(parent) = self.frames.last() else { return false };
        let is_same = xml.namespace_of_name(parent.name) == xml.namespace_of_name(name);
        let is_it = |element: &&Tolerated| {
            is_same && element.parent == xml.local(parent.name) && element.child == xml.local(name)
        };
        let Some(Tolerated { parent, child, by }) = self.tolerated.iter().find(is_it).copied() else {
            return false;
        };
        let message = format!("{child} dans {parent} : extension admise par tolérance");
        let line = xml.line();
        let finding = Finding::new(&findings::SCHEMA_TOLERATED, message).about(by);
        witness.finding(finding.at_line(line).in_path(self.path(xml, name)));
        true
    }

    /// An element out of place; what had to come before it, when that is plain, is said to be missing.
    pub(super) fn unexpected<R: Read>(
        &mut self,
        above: StateId,
        step: StepId,
        name: NameId,
        xml: &mut Xml<R>,
        witness: &mut impl Witness,
    ) {
        let line = xml.line();
        let found = self.name_shown(name, xml);
        let missing = self.names_of(&self.automaton.missing_before(above, step));
        let (kind, message) = match (&missing[..], listed(&self.allowed(above))) {
            ([], allowed) if allowed.is_empty() => {
                let message = format!("{found} n'est pas prévu ici : plus aucun élément ne l'est");
                (self.kinds.unexpected_element, message)
            }
            ([], allowed) => {
                (self.kinds.unexpected_element, format!("{found} n'est pas prévu ici ; attendu : {allowed}"))
            }
            (missing, _) => {
                (self.kinds.missing_element, format!("{} attendu avant {found}", listed(missing)))
            }
        };
        self.tell(kind, message, (name, line), xml, witness);
    }

    /// The name, with its namespace when that is not its parent's.
    fn name_shown<R: Read>(&self, name: NameId, xml: &Xml<R>) -> String {
        let (local, namespace) = (shown(xml.local(name)), xml.namespace_of_name(name));
        match self.frames.last() {
            Some(parent) if xml.namespace_of_name(parent.name) != namespace => match namespace {
                "" => format!("{local} (sans espace de noms)"),
                namespace => format!("{local} (espace de noms « {} »)", shown(namespace)),
            },
            _ => local,
        }
    }

    pub(super) fn not_declared<R: Read>(
        &mut self,
        name: NameId,
        xml: &mut Xml<R>,
        witness: &mut impl Witness,
    ) {
        let line = xml.line();
        let message = format!("{} n'est déclaré dans aucun schéma connu", self.name_shown(name, xml));
        self.tell(self.kinds.unexpected_element, message, (name, line), xml, witness);
    }

    pub(super) fn not_nil<R: Read>(&mut self, xml: &mut Xml<R>, witness: &mut impl Witness) {
        let line = xml.line();
        let name = xml.name();
        let message = "l'élément est déclaré vide par xsi:nil et ne l'est pas".to_owned();
        self.tell(self.kinds.invalid_value, message, (name, line), xml, witness);
        if let Some(frame) = self.frames.last_mut() {
            frame.is_text_refused = true;
        }
    }

    pub(super) fn instance_fault<R: Read>(
        &mut self,
        message: &str,
        frame: &Frame,
        xml: &mut Xml<R>,
        witness: &mut impl Witness,
    ) {
        let line = xml.line();
        self.tell(self.kinds.abstract_type, message.to_owned(), (frame.name, line), xml, witness);
    }

    pub(super) fn incomplete<R: Read>(
        &mut self,
        frame: &Frame,
        xml: &mut Xml<R>,
        witness: &mut impl Witness,
    ) {
        let line = xml.line();
        let allowed = self.allowed(frame.state);
        let message = format!("{} est incomplet ; attendu : {}", xml.local(frame.name), listed(&allowed));
        self.tell(self.kinds.missing_element, message, (frame.name, line), xml, witness);
    }
}

/// « A, B ou C », « A, B, C… » when there are too many.
pub(super) fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [.., last] if names.len() <= LISTED_MAX => {
            format!("{} ou {last}", names[..names.len() - 1].join(", "))
        }
        _ => format!("{}…", names[..LISTED_MAX].join(", ")),
    }
}

pub(super) fn name_words(class: &NameClass) -> String {
    match class {
        NameClass::Name(_, local) => local.clone(),
        NameClass::Namespace(namespace) => format!("un nom de « {} »", shown(namespace)),
        NameClass::Any => "n'importe quel nom".to_owned(),
        NameClass::Except(..) => "un nom d'un autre espace de noms".to_owned(),
        NameClass::Choice(classes) => listed(&classes.iter().map(name_words).collect::<Vec<_>>()),
    }
}
