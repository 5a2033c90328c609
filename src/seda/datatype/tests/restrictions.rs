//! Restrictions: what they let through, what they stop, which are refused.

use super::{restricted, xsd};
use crate::seda::datatype::{Datatype, Library, NoPrefixes};

/// Type, facets, allowed texts, refused texts.
type Case =
    (&'static str, &'static [(&'static str, &'static str)], &'static [&'static str], &'static [&'static str]);

const RESTRICTED: &[Case] = &[
    ("token", &[("minLength", "1"), ("maxLength", "3")], &["é", " abc "], &["", " ", "abcd"]),
    ("string", &[("length", "2")], &["a ", "éé"], &["a", "abc"]),
    ("token", &[("enumeration", "a b"), ("enumeration", "c")], &[" a  b", "c"], &["a", "", "C"]),
    ("decimal", &[("minInclusive", "1"), ("maxExclusive", "2.5")], &["1.0", "2.49999"], &["0.99", "2.50"]),
    ("decimal", &[("totalDigits", "3"), ("fractionDigits", "1")], &["12.30", "0012.3"], &["12.34", "1234"]),
    ("decimal", &[("enumeration", "1.0")], &["1", "+1.00"], &["1.1"]),
    (
        "date",
        &[("minInclusive", "2000-01-01")],
        &["2000-01-01", "2024-01-01Z"],
        &["1999-12-31", "2000-01-01Z"],
    ),
    ("hexBinary", &[("length", "2")], &["0a0b"], &["0a", "0a0b0c"]),
    ("base64Binary", &[("maxLength", "2")], &["QUI=", "Q Q = ="], &["QUJD"]),
    ("IDREFS", &[("maxLength", "2")], &["a", "a b"], &["a b c", ""]),
    ("duration", &[("maxInclusive", "P1M")], &["P27D", "P1M"], &["P30D", "P2M"]),
    ("string", &[("pattern", "[A-Z]{2}\\d+")], &["AB1", "AB٣"], &["AB", "xAB1", "AB1x"]),
    ("string", &[("pattern", "a"), ("pattern", "b")], &["a", "b"], &["c", "ab"]),
    ("string", &[("pattern", "^a$")], &["^a$"], &["a"]),
    ("string", &[("pattern", "[a-z-[aeiou]]+")], &["bcd"], &["bad", ""]),
    ("string", &[("pattern", "[^a-z-[0]]")], &["1", "A"], &["a", "0"]),
    ("string", &[("pattern", "\\p{Lu}\\P{Lu}\\p{IsBasicLatin}")], &["Éaa"], &["aaa", "Aaé"]),
    ("string", &[("pattern", "\\i\\c*|")], &["a", "", "é-1", ":a"], &["-", "a "]),
    ("string", &[("pattern", ".")], &["é", "😀", " "], &["\n", "ab", ""]),
    ("string", &[("pattern", "[\\-\\]^-]+")], &["-", "]^"], &["a"]),
    ("string", &[("pattern", "\\w\\W\\s\\S\\D")], &["a,\nbc"], &["a,\nb1"]),
    (
        "string",
        &[("pattern", "\\p{L}{1,35}( \\p{L}{1,35}){0,9}")],
        &["é", "Jean Évrard"],
        &["", "a  b", "a1"],
    ),
    ("string", &[("pattern", ".{0,1000}")], &["", "é"], &["\n"]),
    ("string", &[("pattern", "(a|ab)(c|bcd)(d*)")], &["abcd", "acd"], &["abcde"]),
    ("string", &[("pattern", "a{2}b{1,}c{0,1}")], &["aab", "aabbbc"], &["ab", "aa", "aabcc"]),
    ("string", &[("whiteSpace", "collapse"), ("enumeration", "a")], &[" a "], &["b"]),
    ("positiveInteger", &[("maxInclusive", "99999999999999999999")], &["1"], &["0", "100000000000000000000"]),
];

#[test]
fn restrictions_narrow_a_type() {
    for &(name, facets, good, bad) in RESTRICTED {
        let datatype = restricted(name, facets).unwrap_or_else(|error| panic!("{error}"));
        for text in good {
            assert!(datatype.check(text, &NoPrefixes), "{name} {facets:?} allows {text:?}");
        }
        for text in bad {
            assert!(!datatype.check(text, &NoPrefixes), "{name} {facets:?} refuses {text:?}");
        }
    }
}

#[test]
fn what_cannot_be_a_restriction_is_refused_with_a_sentence() {
    for (name, facet, value) in [
        ("string", "minInclusive", "1"),
        ("decimal", "length", "1"),
        ("string", "assertion", "1"),
        ("string", "length", "-1"),
        ("string", "length", "a"),
        ("decimal", "maxInclusive", "abc"),
        ("token", "whiteSpace", "preserve"),
        ("date", "enumeration", "hier"),
        ("decimal", "totalDigits", "0"),
        ("string", "pattern", "(a"),
        ("string", "pattern", "a{3,2}"),
        ("string", "pattern", "[z-a]"),
        ("string", "pattern", "\\p{Latin}"),
        ("string", "pattern", "\\b"),
        ("string", "pattern", "*"),
        ("string", "pattern", "a**"),
        ("string", "pattern", "[]"),
        ("string", "pattern", "(?:a)"),
        ("string", "pattern", "((\\c{1000}){1000}){1000}"),
    ] {
        let error = restricted(name, &[(facet, value)]).expect_err(value);
        assert!(error.contains(" « "), "{error}");
    }
    let deep = format!("{}a{}", "(".repeat(5_000), ")".repeat(5_000));
    assert!(restricted("string", &[("pattern", &deep)]).is_err());
}

#[test]
fn parameters_of_relax_ng_must_all_hold() {
    let params = [("pattern", "[ab]+"), ("pattern", "[bc]+")];
    let datatype = xsd("string").with_params(&params, &NoPrefixes).unwrap();
    assert!(datatype.check("b", &NoPrefixes) && !datatype.check("a", &NoPrefixes));
    assert!(xsd("string").with_params(&[("enumeration", "a")], &NoPrefixes).is_err());
    let own = Datatype::builtin(Library::RelaxNg, "token").unwrap();
    assert!(own.with_params(&[("pattern", "a")], &NoPrefixes).is_err());
}

#[test]
fn a_pattern_costs_no_more_than_its_length_times_the_text_s() {
    let hostile = restricted("string", &[("pattern", "((a|b)*)*a(a|b){12}c")]).unwrap();
    assert!(!hostile.check(&"ab".repeat(50_000), &NoPrefixes));
    assert!(hostile.memory() < 256 * 1024);
}
