//! What a profile asks, laid out as the lines of a tree that a human reads.
//!
//! Never longer than a fixed number of lines, never deeper than a fixed depth: a grammar may refer to itself. The one
//! thing to know: what was explained once and holds elements of its own is not explained again, only named.

use std::collections::HashSet;

use super::{ExplainedLine, words};
use crate::seda::engine::grammar::{AttributeValue, Content, Symbol, SymbolId};
use crate::seda::engine::names::NameClass;
use crate::seda::engine::pattern::{EMPTY, Pattern, PatternId};
use crate::seda::relaxng::Profile;

/// Most lines.
const LINES_MAX: usize = 5_000;
/// Most elements one in another.
const DEPTH_MAX: usize = 48;
/// Most patterns looked at for one element's content.
const STEPS_MAX: usize = 20_000;

/// How often something comes.
#[derive(Clone, Copy)]
struct Occurs {
    is_required: bool,
    is_repeated: bool,
    /// One of several, of which one comes.
    is_choice: bool,
}

impl Occurs {
    const ONCE: Occurs = Occurs { is_required: true, is_repeated: false, is_choice: false };

    fn words(self) -> &'static str {
        match (self.is_choice, self.is_required, self.is_repeated) {
            (true, _, false) => "au choix",
            (true, _, true) => "au choix, répétable",
            (false, true, false) => "obligatoire",
            (false, true, true) => "obligatoire, répétable",
            (false, false, false) => "facultatif",
            (false, false, true) => "facultatif, répétable",
        }
    }
}

struct Explaining<'a> {
    profile: &'a Profile,
    lines: Vec<ExplainedLine>,
    /// Elements with content of their own, explained already.
    explained: HashSet<SymbolId>,
}

/// The lines of a profile.
pub fn explain(profile: &Profile) -> Vec<ExplainedLine> {
    let mut explaining = Explaining { profile, lines: Vec::new(), explained: HashSet::new() };
    explaining.content(profile.grammar.start, 0);
    explaining.lines
}

impl Explaining<'_> {
    /// Attributes first, then elements, in the order of the grammar.
    fn content(&mut self, pattern: PatternId, depth: usize) {
        let met = self.met(pattern);
        for &(id, occurs) in &met {
            if let Symbol::Attribute(attribute) = self.symbol(id) {
                let value = match &attribute.value {
                    AttributeValue::Pattern(pattern) => self.value(*pattern),
                    AttributeValue::Wildcard(_) => None,
                };
                let name = format!("@{}", name(&attribute.name, "attribut"));
                self.line(id, depth, name, occurs, value);
            }
        }
        for &(id, occurs) in &met {
            self.element(id, occurs, depth);
        }
    }

    fn element(&mut self, id: SymbolId, occurs: Occurs, depth: usize) {
        let Symbol::Element(element) = self.symbol(id) else { return };
        let Content::Pattern(content) = element.content else { return };
        let called = name(&element.name, "élément");
        let is_open = !matches!(element.name, NameClass::Name(..) | NameClass::Choice(_));
        let has_elements =
            self.met(content).iter().any(|(id, _)| matches!(self.symbol(*id), Symbol::Element(_)));
        if is_open {
            // Whatever it may hold, its own grammar says nothing a human needs.
            return self.line(id, depth, called, occurs, None);
        }
        if has_elements && (depth >= DEPTH_MAX || !self.explained.insert(id)) {
            let seen = ("comme plus haut, sous le même nom".to_owned(), false);
            return self.line(id, depth, called, occurs, Some(seen));
        }
        let value = self.value(content);
        self.line(id, depth, called, occurs, value);
        self.content(content, depth + 1);
    }

    fn line(
        &mut self,
        id: SymbolId,
        depth: usize,
        name: String,
        occurs: Occurs,
        value: Option<(String, bool)>,
    ) {
        if self.lines.len() >= LINES_MAX {
            return;
        }
        let is_fixed = value.as_ref().is_some_and(|(_, is_fixed)| *is_fixed);
        self.lines.push(ExplainedLine {
            depth,
            name,
            occurrence: occurs.words(),
            is_required: occurs.is_required,
            value: value.map(|(words, _)| words),
            is_fixed,
            documentation: self.profile.note(id).documentation.clone(),
        });
    }

    /// The symbols of a content, in order, with how often each comes.
    fn met(&self, pattern: PatternId) -> Vec<(SymbolId, Occurs)> {
        let patterns = &self.profile.grammar.patterns;
        let (mut met, mut left, mut steps) = (Vec::new(), vec![(pattern, Occurs::ONCE)], 0);
        while let Some((pattern, occurs)) = left.pop() {
            steps += 1;
            if steps > STEPS_MAX || self.lines.len() >= LINES_MAX {
                break;
            }
            match patterns.get(pattern) {
                Pattern::Empty | Pattern::NotAllowed => {}
                Pattern::Symbol(id) => met.push((*id, occurs)),
                Pattern::Group(first, then) => left.extend([(*then, occurs), (*first, occurs)]),
                Pattern::Interleave(parts) => left.extend(parts.iter().rev().map(|part| (*part, occurs))),
                Pattern::OneOrMore(inner) => left.push((*inner, Occurs { is_repeated: true, ..occurs })),
                Pattern::Choice(branches) => {
                    let some = branches.iter().filter(|branch| **branch != EMPTY);
                    let is_choice = occurs.is_choice || some.clone().count() > 1;
                    let occurs = Occurs { is_required: false, is_choice, ..occurs };
                    left.extend(some.rev().map(|branch| (*branch, occurs)));
                }
            }
        }
        met
    }

    /// What a text must be, in words, and whether one value only will do; `None` when any text will.
    fn value(&self, pattern: PatternId) -> Option<(String, bool)> {
        let mut values = Vec::new();
        let mut types = Vec::new();
        for (id, _) in self.met(pattern) {
            match self.symbol(id) {
                Symbol::Value(..) => values.push(words::quoted(&self.profile.note(id).text)),
                Symbol::Data(_) => types.extend(words::of_type(self.profile.note(id))),
                Symbol::List(inner) => {
                    let (words, _) = self.value(*inner)?;
                    types.push(format!("une suite de mots : {words}"));
                }
                Symbol::Text => return None,
                Symbol::Element(_) | Symbol::Attribute(_) => {}
            }
        }
        let is_fixed = values.len() == 1 && types.is_empty();
        let listed = words::one_of(&values);
        let words: Vec<String> = listed.into_iter().chain(types).collect();
        (!words.is_empty()).then(|| (words.join(" ou "), is_fixed))
    }

    fn symbol(&self, id: SymbolId) -> &Symbol {
        self.profile.grammar.patterns.symbol(id)
    }
}

/// The name, or what is allowed in its place.
fn name(names: &NameClass, what: &str) -> String {
    match names {
        NameClass::Name(_, local) => local.clone(),
        NameClass::Choice(names) if names.len() <= 8 => {
            names.iter().map(|one| name(one, what)).collect::<Vec<_>>().join(" ou ")
        }
        NameClass::Namespace(namespace) => format!("tout {what} de « {namespace} »"),
        NameClass::Except(class, _) => format!("{}, sauf exceptions", name(class, what)),
        NameClass::Any | NameClass::Choice(_) => format!("tout {what}"),
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "grammars of the tests' own")]

    use crate::seda::profile::Profile;

    fn explained(content: &str) -> Vec<String> {
        let rng = format!(
            "<grammar xmlns='http://relaxng.org/ns/structure/1.0' \
             xmlns:a='http://relaxng.org/ns/compatibility/annotations/1.0' ns='urn:x' \
             datatypeLibrary='http://www.w3.org/2001/XMLSchema-datatypes'>{content}</grammar>"
        );
        let lines = Profile::compile(rng.as_bytes()).unwrap().explain();
        let line = |line: &crate::seda::profile::ExplainedLine| {
            let value = line.value.as_ref().map(|value| format!(" = {value}")).unwrap_or_default();
            let words = line.documentation.as_ref().map(|words| format!(" # {words}")).unwrap_or_default();
            format!("{}{} {}{value}{words}", "  ".repeat(line.depth), line.name, line.occurrence)
        };
        lines.iter().map(line).collect()
    }

    #[test]
    fn what_is_required_fixed_and_repeated_is_said() {
        let lines = explained(
            "<start><element name='A'><attribute name='id'><data type='ID'/></attribute>
               <element name='B'><a:documentation>Le bé</a:documentation><value>x</value></element>
               <zeroOrMore><element name='C'><choice><value>1</value><value>2</value></choice></element></zeroOrMore>
               <oneOrMore><element name='D'><data type='date'/></element></oneOrMore>
               <optional><element name='E'><text/></element></optional>
               <choice><element name='F'><empty/></element><element name='G'><empty/></element></choice>
             </element></start>",
        );
        assert_eq!(
            lines,
            [
                "A obligatoire",
                "  @id obligatoire = un identifiant unique dans le bordereau",
                "  B obligatoire = « x » # Le bé",
                "  C facultatif, répétable = « 1 » ou « 2 »",
                "  D obligatoire, répétable = une date (AAAA-MM-JJ)",
                "  E facultatif",
                "  F au choix",
                "  G au choix",
            ]
        );
    }

    #[test]
    fn a_grammar_that_refers_to_itself_is_explained_once() {
        let lines = explained(
            "<start><ref name='u'/></start><define name='u'><element name='U'><element name='T'><text/></element>
             <zeroOrMore><ref name='u'/></zeroOrMore><zeroOrMore><ref name='any'/></zeroOrMore></element></define>
             <define name='any'><element><anyName><except><nsName ns='urn:x'/></except></anyName>
             <zeroOrMore><ref name='any'/></zeroOrMore></element></define>",
        );
        assert_eq!(
            lines,
            [
                "U obligatoire",
                "  T obligatoire",
                "  U facultatif, répétable = comme plus haut, sous le même nom",
                "  tout élément, sauf exceptions facultatif, répétable",
            ]
        );
    }
}
