//! Datatypes against the references: `xmllint` for those of a schema, `jing` for those of RELAX NG, on the same values.
//!
//! The values are the same every time; `CHARTRIER_VALUES` asks for more of them for each type.

mod cases;
mod explained;
mod reference;
mod values;

use std::fmt::Write;

use chartrier::seda::datatype::{Datatype, Library, Prefixes};

use cases::{EQUAL, PATTERNS, RESTRICTED};
use explained::explained;
use reference::{Reference, escaped};
use values::{Mutations, TYPES};

/// What the documents asked about declare.
pub struct Declared;

impl Prefixes for Declared {
    fn namespace_of(&self, prefix: &str) -> Option<&str> {
        matches!(prefix, "p" | "q").then_some("urn:x")
    }
}

/// A type, how each reference writes it, and texts to try it with.
struct Tried {
    name: String,
    ours: Box<dyn Fn(&str) -> bool>,
    /// Inside of `xs:simpleType`.
    schema: String,
    /// A pattern of RELAX NG.
    grammar: String,
    texts: Vec<String>,
}

#[test]
fn each_type_allows_what_the_references_allow() {
    let tried = |(name, seeds, alphabet): &(&str, &str, &str)| {
        let datatype = xsd(name);
        Tried {
            name: (*name).to_string(),
            ours: Box::new(move |text| datatype.check(text, &Declared)),
            schema: format!("<xs:restriction base=\"xs:{name}\"/>"),
            grammar: format!("<data type=\"{name}\"/>"),
            texts: Mutations::new(1).texts(seeds, alphabet, wanted()),
        }
    };
    compare(&TYPES.iter().map(tried).collect::<Vec<_>>());
}

#[test]
fn each_restriction_allows_what_the_references_allow() {
    let tried = |(name, facets, seeds, alphabet): &cases::Restricted| {
        restricted(name, facets, Mutations::new(2).texts(seeds, alphabet, wanted()))
    };
    compare(&RESTRICTED.iter().map(tried).collect::<Vec<_>>());
}

#[test]
fn each_pattern_matches_what_the_references_match() {
    let tried = |(pattern, seeds, alphabet): &(&'static str, &str, &str)| {
        restricted("string", &[("pattern", pattern)], Mutations::new(3).texts(seeds, alphabet, wanted()))
    };
    compare(&PATTERNS.iter().map(tried).collect::<Vec<_>>());
}

#[test]
fn values_are_equal_when_the_references_say_so() {
    let tried = |(name, value, texts): &(&str, &str, &str)| {
        let datatype = xsd(name);
        let known = datatype.value(value, &Declared).unwrap();
        let written = escaped(value);
        Tried {
            name: format!("{name} = {value}"),
            ours: Box::new(move |text| datatype.equals(&known, text, &Declared)),
            schema: format!(
                "<xs:restriction base=\"xs:{name}\"><xs:enumeration value=\"{written}\"/></xs:restriction>"
            ),
            grammar: format!("<value type=\"{name}\">{written}</value>"),
            texts: texts.split('¦').map(str::to_string).collect(),
        }
    };
    compare(&EQUAL.iter().map(tried).collect::<Vec<_>>());
}

fn xsd(name: &str) -> Datatype {
    Datatype::builtin(Library::Xsd, name).unwrap()
}

fn restricted(name: &str, facets: &[(&str, &str)], texts: Vec<String>) -> Tried {
    let datatype = xsd(name).restricted(facets, &Declared).unwrap();
    let (mut inside, mut params) = (String::new(), String::new());
    for (facet, value) in facets {
        let value = escaped(value);
        let _ = write!(inside, "<xs:{facet} value=\"{value}\"/>");
        let _ = write!(params, "<param name=\"{facet}\">{value}</param>");
    }
    Tried {
        name: format!("{name} {facets:?}"),
        ours: Box::new(move |text| datatype.check(text, &Declared)),
        schema: format!("<xs:restriction base=\"xs:{name}\">{inside}</xs:restriction>"),
        grammar: format!("<data type=\"{name}\">{params}</data>"),
        texts,
    }
}

/// Texts tried for each type.
fn wanted() -> usize {
    std::env::var("CHARTRIER_VALUES").ok().and_then(|count| count.parse().ok()).unwrap_or(60)
}

/// No difference that is not explained.
fn compare(all: &[Tried]) {
    let lines = all
        .iter()
        .enumerate()
        .flat_map(|(index, tried)| tried.texts.iter().map(move |text| (index, &**text)));
    let lines: Vec<(usize, &str)> = lines.collect();
    let mut unexplained = Vec::new();
    for (reference, contents) in [
        (Reference::Xmllint, all.iter().map(|tried| &*tried.schema).collect::<Vec<_>>()),
        (Reference::Jing, all.iter().map(|tried| &*tried.grammar).collect()),
    ] {
        let Some(verdicts) = reference.verdicts(&contents, &lines) else { continue };
        let (mut differences, mut refused) = (0, 0);
        for (&(index, text), &theirs) in lines.iter().zip(&verdicts) {
            let ours = (all[index].ours)(text);
            refused += usize::from(!ours);
            if ours != theirs {
                differences += 1;
                if !explained(reference, &all[index].name, text, theirs) {
                    unexplained.push(format!("{} {text:?}: {reference:?} {theirs}", all[index].name));
                }
            }
        }
        println!("{reference:?} : {} valeurs, {refused} refusées, {differences} différences", lines.len());
    }
    assert!(unexplained.is_empty(), "\n{}", unexplained.join("\n"));
}
