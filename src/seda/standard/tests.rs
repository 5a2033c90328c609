//! The notation of the tables, on small ones; and every table of ours loaded.

use super::*;
use crate::model::{Finding, Limits};
use crate::seda::datatype::Identity;
use crate::seda::engine::fault::{OF_SCHEMA, Witness};
use crate::seda::engine::matcher::Matcher;
use crate::seda::xml::{Token, Xml};

struct Heard(Vec<Finding>);

impl Witness for Heard {
    fn finding(&mut self, finding: Finding) {
        self.0.push(finding);
    }

    fn identifier(&mut self, _: Identity, _: &str, _: u64) {}
}

/// Whether a document is what a table allows.
fn allows(table: &'static str, document: &str) -> bool {
    let standard = load::load(&[("small.txt", table)]).expect("a table");
    let mut matcher = Matcher::new(&standard.grammar, &OF_SCHEMA);
    let mut xml = Xml::new(document.as_bytes(), &Limits::default()).expect("a reader");
    let mut heard = Heard(Vec::new());
    loop {
        match xml.advance().expect("well formed") {
            Token::Start => matcher.start(&mut xml, &mut heard),
            Token::End => matcher.end(&mut xml, &mut heard),
            Token::Over => return heard.0.is_empty(),
            _ => {}
        }
    }
}

fn refusal(table: &'static str) -> String {
    load::load(&[("small.txt", table)]).err().map_or_else(String::new, |broken| broken.to_string())
}

#[test]
fn every_version_loads_with_all_its_messages() {
    let counts = SedaVersion::ALL.map(|version| messages(version).len());
    assert_eq!(counts, [25, 16, 15, 15, 15, 15]);
    for version in SedaVersion::ALL {
        let grammar = of(version);
        for message in messages(version) {
            let name = (version.namespace().to_owned(), (*message).to_owned());
            assert!(grammar.elements.contains_key(&name), "{version:?} {message}");
        }
    }
}

#[test]
fn what_is_declared_empty_holds_not_even_a_blank() {
    let table = "namespace u\nmessage M  T\ntype T\n  A?  Empty\n  B?  Maybe\ntype Empty\n  @a?  xs:string\ntype Maybe\n  C?  xs:string\n";
    assert!(allows(table, "<M xmlns='u'> <A a='1'/> <B> </B> </M>"));
    assert!(allows(table, "<M xmlns='u'><A><!-- nothing --></A></M>"));
    assert!(!allows(table, "<M xmlns='u'><A> </A></M>"));
    assert!(!allows(table, "<M xmlns='u'><A><![CDATA[ ]]></A></M>"));
}

#[test]
fn lines_follow_each_other_as_they_stand() {
    let table = "namespace u\nmessage M  T\ntype T\n  A?  xs:string\n  B+  xs:int\n";
    assert!(allows(table, "<M xmlns='u'><B>1</B></M>"));
    assert!(allows(table, "<M xmlns='u'><A/><B>1</B><B>2</B></M>"));
    assert!(!allows(table, "<M xmlns='u'><B>1</B><A/></M>"));
    assert!(!allows(table, "<M xmlns='u'><A/></M>"));
    assert!(!allows(table, "<M xmlns='u'><B>one</B></M>"));
}

#[test]
fn lines_under_all_come_in_any_order() {
    let table = "namespace u\nmessage M  T\ntype T\n  all\n    A?  xs:string\n    B?  xs:string\n";
    assert!(allows(table, "<M xmlns='u'><B/><A/></M>"));
    assert!(!allows(table, "<M xmlns='u'><A/><A/></M>"));
}

#[test]
fn a_derived_type_stands_where_xsi_type_names_it_and_an_abstract_one_never() {
    let table =
        "namespace u\nmessage M  T\nabstract type T\n  A  xs:string\n\ntype D extends T\n  B  xs:string\n";
    let named = "xmlns='u' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:type='D'";
    assert!(allows(table, &format!("<M {named}><A/><B/></M>")));
    assert!(!allows(table, &format!("<M {named}><A/></M>")));
    assert!(!allows(table, "<M xmlns='u'><A/></M>"));
}

#[test]
fn a_member_of_a_union_stands_for_it() {
    let table = "namespace u\nmessage M  D\nsimple D = union of xs:date xs:gYear\n";
    let typed = "xmlns='u' xmlns:xs='http://www.w3.org/2001/XMLSchema' \
                 xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:type=";
    assert!(allows(table, "<M xmlns='u'>2024</M>"));
    assert!(allows(table, &format!("<M {typed}'xs:gYear'>2024</M>")));
    assert!(!allows(table, &format!("<M {typed}'xs:date'>2024</M>")));
    assert!(!allows(table, &format!("<M {typed}'xs:int'>2024</M>")));
}

#[test]
fn a_restriction_takes_attributes_away_and_says_others_again() {
    let table = "namespace u\nmessage M  R\ntype T\n  @a?  xs:string\n  @b?  xs:int\n  @c  xs:string\n  = xs:token\n\n\
                 type R restricts T\n  @-a\n  @b  xs:int fixed \"1\"\n";
    assert!(allows(table, "<M xmlns='u' b=' 1 ' c=''>x</M>"));
    assert!(!allows(table, "<M xmlns='u' a='' b='1' c=''>x</M>"));
    assert!(!allows(table, "<M xmlns='u' b='2' c=''>x</M>"));
    assert!(!allows(table, "<M xmlns='u' c=''>x</M>"));
}

#[test]
fn a_wildcard_never_stands_for_an_attribute_named_beside_it() {
    let table = "namespace u\nmessage M  T\ntype T\n  @a?  xs:int\n  @any lax ##any\n";
    assert!(allows(table, "<M xmlns='u' b='x'/>"));
    assert!(!allows(table, "<M xmlns='u' a='x'/>"));
}

#[test]
fn other_namespaces_are_neither_the_tables_nor_none() {
    let table = "namespace u\nmessage M  T\ntype T\n  any* lax ##other\n";
    assert!(allows(table, "<M xmlns='u'><x xmlns='v'><y xmlns=''/></x></M>"));
    assert!(!allows(table, "<M xmlns='u'><x/></M>"));
    assert!(!allows(table, "<M xmlns='u'><x xmlns=''/></M>"));
    // Declared, hence looked at, however deep.
    assert!(!allows(table, "<M xmlns='u'><x xmlns='v'><M xmlns='u' a=''/></x></M>"));
}

#[test]
fn what_a_table_says_badly_is_told_with_its_line() {
    assert_eq!(refusal("namespace u\nmessage M  T\n"), "standard/small.txt, line 2: no type `T`");
    assert_eq!(refusal("message M  T\n"), "standard/small.txt, line 1: before any namespace");
    assert_eq!(refusal("namespace u\ntype T\n  p:A  xs:int\n"), "standard/small.txt, line 3: what is `p:A`?");
    assert_eq!(
        refusal("namespace u\ntype T\n  any* skip ##other\n"),
        "standard/small.txt, line 3: `skip`: lax or strict"
    );
}
