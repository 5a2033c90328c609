//! What a compiled profile keeps of its text: names, places, words.

use super::{Bundle, Limits, Profile, compile};
use crate::seda::engine::grammar::Symbol;
use crate::seda::engine::names::NameClass;

const NS: &str = "xmlns=\"http://relaxng.org/ns/structure/1.0\" \
    datatypeLibrary=\"http://www.w3.org/2001/XMLSchema-datatypes\"";

fn profile(text: &str) -> Profile {
    compile(text.as_bytes(), &Bundle::new(), &Limits::default()).expect("a profile")
}

fn codes(text: &str) -> Vec<(&'static str, Option<u64>)> {
    let findings = compile(text.as_bytes(), &Bundle::new(), &Limits::default()).expect_err("refused");
    findings.iter().map(|finding| (finding.kind.code, finding.line)).collect()
}

#[test]
fn every_fault_is_told_with_its_line() {
    let text = format!(
        "<grammar {NS}>\n<start><ref name='a'/></start>\n<define name='b'><texte/></define>\n</grammar>"
    );
    assert_eq!(codes(&text), [("profile.syntax", Some(3))]);
    let text = format!(
        "<grammar {NS}>\n<start>\n<ref name='a'/></start>\n<define name='b'><empty x='y'/>\n<text>oui</text></define></grammar>"
    );
    let told = [("profile.syntax", Some(4)), ("profile.syntax", Some(5)), ("profile.reference", Some(3))];
    assert_eq!(codes(&text), told);
    let text = format!(
        "<element {NS} name='a'>\n<choice>\n<data type='dat'/>\n<value type='int'>x</value></choice></element>"
    );
    assert_eq!(codes(&text), [("profile.datatype", Some(4)), ("profile.datatype", Some(3))]);
    let text =
        format!("<element {NS} name='a'>\n<element name='b'><text/><data type='int'/></element></element>");
    assert_eq!(codes(&text), [("profile.restriction", Some(2))]);
}

#[test]
fn what_the_author_says_is_kept_beside_what_is_matched() {
    let text = format!(
        "<grammar {NS} xmlns:a='http://relaxng.org/ns/compatibility/annotations/1.0'>\
         <start><ref name='t'/></start>\
         <define name='t'><a:documentation> Le titre,\n  en clair. </a:documentation><element name='Title'>\
         <choice><value>Délibérations</value><data type='token'><param name='maxLength'>9</param></data></choice>\
         </element></define></grammar>"
    );
    let profile = profile(&text);
    let mut told = Vec::new();
    for (at, symbol) in profile.grammar.patterns.symbols.iter().enumerate() {
        let note = &profile.notes[at];
        told.push(match symbol {
            Symbol::Element(_) => note.documentation.clone().unwrap_or_default(),
            Symbol::Value(..) => note.text.clone(),
            Symbol::Data(_) => format!("{} {:?}", note.type_name, note.params),
            _ => String::new(),
        });
    }
    assert_eq!(told, ["Le titre, en clair.", "Délibérations", "token [(\"maxLength\", \"9\")]"]);
}

#[test]
fn a_profile_may_hold_itself_through_an_element() {
    let text = format!(
        "<grammar {NS} ns='urn:s'><start><ref name='u'/></start><define name='u'><element name='Unit'>\
         <optional><attribute name='xml:id'><data type='ID'/></attribute></optional>\
         <zeroOrMore><ref name='u'/></zeroOrMore></element></define></grammar>"
    );
    let profile = profile(&text);
    let names: Vec<&NameClass> = (profile.grammar.patterns.symbols.iter())
        .filter_map(|symbol| match symbol {
            Symbol::Element(element) => Some(&element.name),
            Symbol::Attribute(attribute) => Some(&attribute.name),
            _ => None,
        })
        .collect();
    let name = |namespace: &str, local: &str| NameClass::Name(namespace.to_owned(), local.to_owned());
    let xml = "http://www.w3.org/XML/1998/namespace";
    assert_eq!(names, [&name("urn:s", "Unit"), &name(xml, "id")]);
}
