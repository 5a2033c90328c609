//! The matcher on small profiles: what is ambiguous, interleaved, deep, forgotten, or wrong.

use super::automaton::Automaton;
use super::fault::OF_PROFILE;
use super::matcher::Matcher;
use crate::model::{Findings, Limits};
use crate::seda::pass::{Grammars, Nobody, check_profile, listen};
use crate::seda::relaxng::{self, Bundle, Profile, compile};
use crate::seda::xml::Xml;

const RNG: &str = "xmlns='http://relaxng.org/ns/structure/1.0'";

fn profile(rng: &str) -> Profile {
    compile(rng.as_bytes(), &Bundle::new(), &relaxng::Limits::default()).expect("a profile")
}

/// Code, line and message of each finding.
fn found(profile: &Profile, document: &str) -> Vec<(&'static str, u64, String)> {
    let found = check_profile(document.as_bytes(), &profile.grammar, &Limits::default()).expect("memory");
    let told = found.into_iter().map(|f| (f.kind.code, f.line.unwrap_or(0), f.message));
    told.collect()
}

#[test]
fn elements_of_one_name_are_told_apart_by_what_they_hold() {
    let keyword = |value: &str, then: &str| {
        format!("<element name='k'><element name='c'><value>{value}</value></element>{then}</element>")
    };
    let reference = "<element name='r'><text/></element>";
    let rng = format!("<element name='a' {RNG}>{}{}</element>", keyword("x", reference), keyword("y", ""));
    let profile = profile(&rng);
    assert_eq!(found(&profile, "<a><k><c>x</c><r>1</r></k><k><c>y</c></k></a>"), []);
    let wrong = found(&profile, "<a><k><c>y</c></k><k><c>y</c></k></a>");
    assert_eq!(wrong.first().map(|f| f.0), Some("profile.invalid_value"), "{wrong:?}");
    let wrong = found(&profile, "<a><k><c>x</c></k><k><c>y</c></k></a>");
    assert_eq!(wrong.iter().map(|f| f.0).collect::<Vec<_>>(), ["profile.missing_element"], "{wrong:?}");
}

#[test]
fn one_mistake_is_one_finding_with_its_place_and_what_was_allowed() {
    let leaf = |name: &str| format!("<element name='{name}'><text/></element>");
    let rng = format!(
        "<element name='a' {RNG}>{}<optional>{}</optional>{}{}</element>",
        leaf("b"),
        leaf("c"),
        leaf("d"),
        leaf("e")
    );
    let profile = profile(&rng);
    for (document, code, line, message) in [
        ("<a><b/>\n<e/></a>", "profile.missing_element", 2, "d attendu avant e"),
        (
            "<a><b/>\n<z/><d/><e/></a>",
            "profile.unexpected_element",
            2,
            "z n'est pas prévu ici ; attendu : c ou d",
        ),
        ("<a><b/><d/>\n</a>", "profile.missing_element", 2, "a est incomplet ; attendu : e"),
        (
            "<a><b/><d/><e/>\n<e/></a>",
            "profile.unexpected_element",
            2,
            "e n'est pas prévu ici : plus aucun élément ne l'est",
        ),
        ("<a><b x='1'/><d/><e/></a>", "profile.attribute", 1, "l'attribut x n'est pas prévu ici"),
        ("<a>mot<b/><d/><e/></a>", "profile.unexpected_text", 1, "texte « mot » entre les éléments"),
    ] {
        assert_eq!(found(&profile, document), [(code, line, message.to_owned())], "{document}");
    }
}

#[test]
fn what_is_forgotten_is_made_again() {
    // Each subset of the names is a state: a thousand rows meet more of them than are kept.
    let names: Vec<String> = (0..12).map(|n| format!("e{n}")).collect();
    let parts: String = names
        .iter()
        .map(|name| format!("<optional><element name='{name}'><empty/></element></optional>"))
        .collect();
    let rng = format!(
        "<element name='a' {RNG}><zeroOrMore><element name='row'><interleave>{parts}</interleave></element>\
         </zeroOrMore></element>"
    );
    let profile = profile(&rng);
    let mut seed = 12_345_u32;
    let mut row = |twice: bool| {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let chosen: Vec<usize> = (0..12).filter(|n| seed >> (n + 8) & 1 == 1).collect();
        let mut names: Vec<String> = chosen.iter().map(|n| format!("<e{n}/>")).collect();
        let by = seed as usize % names.len().max(1);
        names.rotate_left(by);
        if twice {
            names.push("<e0/><e0/>".to_owned());
        }
        format!("<row>{}</row>", names.concat())
    };
    let rows: String = (0..1_000).map(|_| row(false)).collect();
    assert_eq!(found(&profile, &format!("<a>{rows}</a>")), []);
    let wrong = found(&profile, &format!("<a>{rows}\n{}</a>", row(true)));
    assert!(!wrong.is_empty() && wrong.iter().all(|f| f.0 == "profile.unexpected_element"), "{wrong:?}");
}

#[test]
fn depth_makes_no_states() {
    let rng = format!(
        "<grammar {RNG}><start><ref name='u'/></start><define name='u'><element name='u'>\
         <optional><attribute name='id'/></optional><zeroOrMore><ref name='u'/></zeroOrMore></element></define></grammar>"
    );
    let profile = profile(&rng);
    let states = |depth: usize| {
        let document = format!("{}{}", "<u id='x'>".repeat(depth), "</u>".repeat(depth));
        let mut grammars = Grammars::of_profile(&profile.grammar);
        grammars.profile = Some(Matcher::with(Automaton::new(&profile.grammar), &OF_PROFILE));
        let mut found = Findings::new(10);
        let mut xml = Xml::new(document.as_bytes(), &Limits::default()).expect("a reader");
        xml.advance().expect("a root");
        listen(&mut xml, &mut grammars, None, &mut Nobody, &mut found).expect("a document");
        assert!(found.into_vec().is_empty());
        grammars.profile.map(|matcher| matcher.into_automaton().weight())
    };
    assert_eq!(states(3), states(200));
}

#[test]
fn the_longest_sequence_a_profile_may_have_needs_little_stack() {
    let optional = |name: String| format!("<optional>{name}</optional>");
    let elements: String =
        (0..400).map(|n| optional(format!("<element name='e{n}'><empty/></element>"))).collect();
    let attributes: String = (0..400).map(|n| optional(format!("<attribute name='a{n}'/>"))).collect();
    let rng = format!("<element name='a' {RNG}>{attributes}{elements}</element>");
    let judged = std::thread::Builder::new().stack_size(1 << 20).spawn(move || {
        let profile = profile(&rng);
        [
            found(&profile, "<a a399='1' a0='2'><e0/><e399/></a>").len(),
            found(&profile, "<a><e399/><e0/></a>").len(),
        ]
    });
    assert_eq!(judged.map(|thread| thread.join().ok()).ok(), Some(Some([0, 1])));
}
