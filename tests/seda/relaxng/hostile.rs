//! Profiles made to break the compiler: deep, wide, doubled, circular. Refused or compiled, soon, and on a small stack.

use std::time::{Duration, Instant};

use chartrier::seda::relaxng::{Bundle, Limits, Profile, compile};

const NS: &str = "xmlns=\"http://relaxng.org/ns/structure/1.0\"";

/// Compiles in a thread with little stack; the code of the first finding when it is refused.
fn outcome(profile: String) -> Result<(), &'static str> {
    let began = Instant::now();
    let compile = move || compile(profile.as_bytes(), &Bundle::new(), &Limits::default());
    let thread = std::thread::Builder::new().stack_size(256 * 1024).spawn(compile).expect("a thread");
    let outcome: Result<Profile, _> = thread.join().expect("no overflow");
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    outcome.map(|_| ()).map_err(|findings| findings[0].kind.code)
}

fn grammar(content: &str) -> String {
    format!("<grammar {NS}>{content}</grammar>")
}

fn defines(count: usize, body: impl Fn(usize) -> String) -> String {
    (0..count).map(|n| format!("<define name='d{n}'>{}</define>", body(n))).collect()
}

#[test]
fn patterns_nested_a_hundred_thousand_times_are_refused() {
    for name in ["group", "choice", "interleave", "oneOrMore", "list", "optional", "mixed", "div"] {
        let (open, close) = (format!("<{name}>").repeat(100_000), format!("</{name}>").repeat(100_000));
        let profile = format!("<element {NS} name='a'>{open}<text/>{close}</element>");
        assert_eq!(outcome(profile), Err("profile.too_complex"), "{name}");
    }
    let open = "<x>".repeat(100_000);
    assert_eq!(outcome(open), Err("profile.too_complex"));
}

#[test]
fn a_chain_of_definitions_is_followed_without_recursion() {
    let start = "<start><element name='a'><ref name='d0'/></element></start>";
    let last = "<define name='d10000'><text/></define>";
    let chain = defines(10_000, |n| format!("<ref name='d{}'/>", n + 1));
    assert_eq!(outcome(grammar(&format!("{start}{chain}{last}"))), Ok(()));
    let chain = defines(10_000, |n| {
        format!("<optional><element name='e'><empty/></element><ref name='d{}'/></optional>", n + 1)
    });
    assert_eq!(outcome(grammar(&format!("{start}{chain}{last}"))), Err("profile.too_complex"));
    let circle = defines(10_000, |n| format!("<ref name='d{}'/>", (n + 1) % 10_000));
    assert_eq!(outcome(grammar(&format!("{start}{circle}"))), Err("profile.reference"));
}

#[test]
fn definitions_that_double_are_bounded() {
    let start = "<start><element name='a'><ref name='d0'/></element></start>";
    for (around, expected) in [("group", Err("profile.too_complex")), ("choice", Ok(()))] {
        let twice = |n: usize| format!("<{around}><ref name='d{0}'/><ref name='d{0}'/></{around}>", n + 1);
        let last = "<define name='d60'><element name='e'><empty/></element></define>";
        let doubled = defines(60, twice);
        assert_eq!(outcome(grammar(&format!("{start}{doubled}{last}"))), expected, "{around}");
    }
    let mixed = |n: usize| {
        format!(
            "<choice><group><element name='e'><empty/></element><ref name='d{0}'/></group><oneOrMore><group>\
             <ref name='d{0}'/><element name='e'><empty/></element></group></oneOrMore></choice>",
            n + 1
        )
    };
    let last = "<define name='d200'><element name='f'><empty/></element></define>";
    assert_eq!(outcome(grammar(&format!("{start}{}{last}", defines(200, mixed)))), Ok(()));
}

#[test]
fn wide_choices_and_many_names_are_compared_in_time() {
    let elements: String = (0..20_000).map(|n| format!("<element name='e{n}'><empty/></element>")).collect();
    assert_eq!(outcome(format!("<element {NS} name='a'><choice>{elements}</choice></element>")), Ok(()));
    assert_eq!(
        outcome(format!("<element {NS} name='a'><interleave>{elements}</interleave></element>")),
        Ok(())
    );
    let attributes: String = (0..800).map(|n| format!("<attribute name='e{n}'/>")).collect();
    assert_eq!(outcome(format!("<element {NS} name='a'>{attributes}</element>")), Ok(()));
    let spaces: String = (0..3_000)
        .map(|n| {
            let excepted: String = (0..10).map(|m| format!("<name ns='n{n}'>x{m}</name>")).collect();
            format!("<element><nsName ns='n{n}'><except>{excepted}</except></nsName><empty/></element>")
        })
        .collect();
    let outcome_of_spaces =
        outcome(format!("<element {NS} name='a'><interleave>{spaces}</interleave></element>"));
    assert!(matches!(outcome_of_spaces, Ok(()) | Err("profile.too_complex")), "{outcome_of_spaces:?}");
}

#[test]
fn types_with_many_large_patterns_are_refused() {
    let types: String = (0..2_000)
        .map(|n| format!("<value>{n}</value><data type='token'><param name='pattern'>(\\p{{L}}\\p{{N}}?x{n}){{50}}</param></data>"))
        .collect();
    let profile = format!(
        "<element {NS} name='a' datatypeLibrary='http://www.w3.org/2001/XMLSchema-datatypes'><choice>{types}</choice></element>"
    );
    assert_eq!(outcome(profile), Err("profile.datatype"));
}

#[test]
fn what_is_no_profile_is_refused_for_what_it_is() {
    let refused = |text: &str| outcome(text.to_owned()).expect_err(text);
    for text in
        ["", "   ", "<a", "<a/>x", "<a/><b/>", "texte", "<!DOCTYPE a [<!ENTITY b 'c'>]><a/>", "<a b='&c;'/>"]
    {
        assert_eq!(refused(text), "profile.unreadable", "{text}");
    }
    assert_eq!(refused("<?xml version='1.0' encoding='ISO-2022-JP'?><a/>"), "profile.unreadable");
    assert_eq!(refused("<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'/>"), "profile.syntax");
    assert_eq!(
        refused(&format!("<grammar {NS}><include href='http://a.fr/b.rng'/></grammar>")),
        "profile.reference"
    );
    assert_eq!(refused(&format!("<externalRef {NS} href='../../etc/passwd'/>")), "profile.reference");
    let types = format!(
        "<element {NS} name='a' datatypeLibrary='http://www.w3.org/2001/XMLSchema-datatypes'><data type='dat'/></element>"
    );
    assert_eq!(refused(&types), "profile.datatype");
    let attributes: String = (0..300).map(|n| format!(" a{n}=''")).collect();
    assert_eq!(refused(&format!("<element {NS} {attributes}/>")), "profile.too_complex");
}

#[test]
fn files_that_include_one_another_are_bounded() {
    let mut bundle = Bundle::new();
    for n in 0..40 {
        let next = n + 1;
        bundle.insert(
            format!("f{n}.rng"),
            format!("<grammar {NS}><include href='f{next}.rng'/><include href='f{next}.rng'/></grammar>"),
        );
    }
    let main = format!("<grammar {NS}><include href='f0.rng'/></grammar>");
    let findings = compile(main.as_bytes(), &bundle, &Limits::default()).expect_err("too many");
    assert_eq!(findings[0].kind.code, "profile.too_complex");
}
