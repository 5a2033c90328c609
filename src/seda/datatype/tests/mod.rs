//! Every type, with texts it allows and texts it does not; equality; identifiers; what is said.

mod restrictions;

use super::{Base64Check, Datatype, Identity, Library, NoPrefixes, Prefixes};

struct Bound;

impl Prefixes for Bound {
    fn namespace_of(&self, prefix: &str) -> Option<&str> {
        matches!(prefix, "" | "p" | "q").then_some("urn:x")
    }
}

fn xsd(name: &str) -> Datatype {
    Datatype::builtin(Library::Xsd, name).unwrap_or_else(|| panic!("{name}"))
}

fn restricted(name: &str, facets: &[(&str, &str)]) -> Result<Datatype, String> {
    xsd(name).restricted(facets, &NoPrefixes)
}

/// Type, allowed texts, refused texts; separated by `|`.
const TEXTS: &[(&str, &str, &str)] = &[
    ("string", "|a| a\t", ""),
    ("normalizedString", "| a\tb ", ""),
    ("token", "| a  b ", ""),
    ("language", "fr| fr-FR |x-a1", "|f_r|1a|abcdefghi|fr-"),
    ("NMTOKEN", "a|1|-:| a ", "|a b|a,b"),
    ("NMTOKENS", "a|1 2\t3", "|  |a,b c"),
    ("Name", "a|:a|a:b", "|1|-a"),
    ("NCName", "a|_1|é", "|a:b|1a|a b"),
    ("ID", "a| a\n", "|1|a b"),
    ("IDREF", "a", "|1|a b"),
    ("IDREFS", "a|a b", "|1| |a 1"),
    ("ENTITY", "", "|a"),
    ("ENTITIES", "", "|a|a b"),
    ("anyURI", "|a|é è|http://a/", ":|%g|a#b#c"),
    ("boolean", "true|false|0|1| true ", "|TRUE|2|vrai"),
    ("decimal", "0|-1.50|+.5|5.|000", "|.|1e1|1,5|- 1"),
    ("integer", "0|-0|+1|123456789012345678901234567890", "|1.0|+|a"),
    ("nonPositiveInteger", "0|-1|-0", "1|+1"),
    ("negativeInteger", "-1|-99999999999999999999", "0|-0|1"),
    ("nonNegativeInteger", "0|-0|+7", "-1"),
    ("positiveInteger", "1|+1|01", "0|-1|"),
    ("long", "9223372036854775807|-9223372036854775808", "9223372036854775808|-9223372036854775809"),
    ("int", "2147483647|-2147483648", "2147483648|-2147483649"),
    ("short", "32767|-32768", "32768|-32769"),
    ("byte", "127|-128|0000127", "128|-129"),
    ("unsignedLong", "18446744073709551615|0|-0", "18446744073709551616|-1"),
    ("unsignedInt", "4294967295", "4294967296|-1"),
    ("unsignedShort", "65535", "65536|-1"),
    ("unsignedByte", "255", "256|-1"),
    ("float", "1|1.5e-3|INF|-INF|NaN|.5|5.", "+INF|inf|1e|.|"),
    ("double", "1|1.5E+3|INF", "+INF|nan|1f"),
    ("duration", "P1Y|-P1DT1H|PT0.1S", "|P|P1YT|PT1.S|1Y"),
    (
        "dateTime",
        "2024-02-29T00:00:00|2024-01-01T24:00:00|-0001-01-01T00:00:00Z|12024-01-01T00:00:00.5+14:00",
        "2023-02-29T00:00:00|0000-01-01T00:00:00|2024-01-01T24:00:01|2024-01-01T00:00:60|2024-01-01|\
         2024-01-01T00:00:00+14:01|2024-01-01T00:00:00.|02024-01-01T00:00:00|2024-01-01T00:00|2024-01-01t00:00:00\
         |2024-01-01T00:00:00z|2024-01-01 00:00:00",
    ),
    (
        "date",
        "2024-02-29| 2024-12-31 |2024-01-01Z|2024-01-01-05:00|-2024-01-01",
        "2023-02-29|2024-13-01|2024-1-1|\
     01/02/2024|24-01-01|2024-00-01|2024-01-00|2024-04-31|2024-01-01+15:00|+2024-01-01|1900-02-29",
    ),
    ("time", "00:00:00|23:59:59.999Z|24:00:00", "24:00:01|12:00|1:00:00|12:60:00|12:00:60"),
    ("gYear", "2024|-2024|12024|2024Z", "0000|24|02024|2024-01|+2024"),
    ("gYearMonth", "2024-01|2024-12Z", "2024-13|2024-00|2024"),
    ("gMonthDay", "--02-29|--12-31+01:00", "--02-30|--13-01|02-29|--04-31"),
    ("gMonth", "--01|--12Z", "--13|-01|--1|01"),
    ("gDay", "---01|---31Z", "---32|---00|--01"),
    ("hexBinary", "|0a|0AFF", "0|0g|0 a"),
    ("base64Binary", "|AAAA|QQ==|Q Q = =", "A|QR==|A*AA"),
    ("QName", "a|p:a|xml:a", "|z:a|p:|:a|p:a:b|1a"),
    ("NOTATION", "a|p:a", "|1a"),
    ("anySimpleType", "|a ", ""),
];

#[test]
fn each_type_allows_what_the_standard_says() {
    for &(name, good, bad) in TEXTS {
        let datatype = xsd(name);
        // An empty cell is no text at all; a cell that begins with `|` holds the empty text.
        let texts = |cell: &'static str| cell.split('|').take(if cell.is_empty() { 0 } else { usize::MAX });
        for text in texts(good) {
            assert!(datatype.check(text, &Bound), "{name} allows {text:?}");
            assert!(datatype.value(text, &Bound).is_some(), "{name} understands {text:?}");
        }
        for text in texts(bad) {
            assert!(!datatype.check(text, &Bound), "{name} refuses {text:?}");
        }
    }
    assert_eq!(TEXTS.len(), 45);
    assert!(Datatype::builtin(Library::Xsd, "precisionDecimal").is_none());
}

#[test]
fn equality_is_of_meanings_not_of_texts() {
    for (name, one, other, expected) in [
        ("decimal", "1.0", "+01.00", true),
        ("string", "a", " a", false),
        ("token", "a b", " a \n b ", true),
        ("boolean", "1", "true", true),
        ("dateTime", "2024-01-01T00:00:00Z", "2024-01-01T02:00:00+02:00", true),
        ("dateTime", "2024-01-01T24:00:00", "2024-01-02T00:00:00", true),
        ("dateTime", "2024-01-01T00:00:00.50", "2024-01-01T00:00:00.5", true),
        ("dateTime", "2024-01-01T00:00:00", "2024-01-01T00:00:00Z", false),
        ("date", "2024-01-01", "2024-01-02", false),
        ("duration", "P1Y", "P12M", true),
        ("hexBinary", "ff", "FF", true),
        ("base64Binary", "QUI=", "Q U I =", true),
        ("QName", "p:a", "q:a", true),
        ("QName", "p:a", "a", true),
        ("IDREFS", "a b", " a  b", true),
        ("float", "1e1", "10", true),
        ("anyURI", "a", "a ", true),
    ] {
        let datatype = xsd(name);
        let value = datatype.value(one, &Bound).unwrap_or_else(|| panic!("{one}"));
        assert_eq!(datatype.equals(&value, other, &Bound), expected, "{name} {one:?} {other:?}");
    }
    let string = Datatype::builtin(Library::RelaxNg, "string").unwrap();
    let value = string.value("a ", &NoPrefixes).unwrap();
    assert!(string.equals(&value, "a ", &NoPrefixes) && !string.equals(&value, "a", &NoPrefixes));
}

#[test]
fn unions_and_lists_are_made_of_types() {
    let dates = Datatype::union(vec![xsd("date"), xsd("dateTime"), xsd("gYear")]);
    assert!(dates.check(" 2024 ", &NoPrefixes) && !dates.check("24", &NoPrefixes));
    let years = dates.restricted(&[("pattern", "\\d{4}"), ("enumeration", "2024")], &NoPrefixes).unwrap();
    assert!(years.check(" 2024 ", &NoPrefixes) && !years.check("2024-01-01", &NoPrefixes));
    let list = Datatype::list(xsd("int")).restricted(&[("length", "2"), ("enumeration", "1 2")], &NoPrefixes);
    let list = list.unwrap();
    assert!(
        list.check(" 01\n+2", &NoPrefixes)
            && !list.check("1", &NoPrefixes)
            && !list.check("1 a", &NoPrefixes)
    );
}

#[test]
fn identifiers_are_known_through_restrictions() {
    assert_eq!(restricted("ID", &[("minLength", "2")]).map(|id| id.identity()), Ok(Identity::Id));
    assert_eq!(xsd("IDREFS").identity(), Identity::Idrefs);
    assert_eq!(Datatype::list(xsd("IDREF")).identity(), Identity::Idrefs);
    assert_eq!(Datatype::union(vec![xsd("ID"), xsd("int")]).identity(), Identity::None);
    assert_eq!(xsd("NCName").identity(), Identity::None);
}

#[test]
fn what_is_expected_is_said_in_french() {
    let said =
        |name, facets: &[(&str, &str)]| restricted(name, facets).map(|datatype| datatype.words()).unwrap();
    assert_eq!(xsd("date").words(), "une date (AAAA-MM-JJ)");
    assert_eq!(xsd("positiveInteger").words(), "un nombre entier positif");
    assert_eq!(said("token", &[("enumeration", "a")]), "la valeur « a »");
    let many: Vec<(&str, &str)> =
        ["a", "b", "c", "d", "e", "f", "g"].map(|value| ("enumeration", value)).into();
    assert_eq!(said("token", &many), "une des valeurs : a, b, c, d, e, f…");
    let facets = [("minLength", "1"), ("pattern", "[a-z]*")];
    assert_eq!(said("token", &facets), "un texte, non vide, de la forme [a-z]*");
    assert_eq!(
        said("int", &[("maxInclusive", "12")]),
        "un nombre entier (de -2147483648 à 2147483647), au maximum 12"
    );
}

#[test]
fn only_unrestricted_base64_is_checked_piece_by_piece() {
    assert!(xsd("base64Binary").is_base64_binary());
    assert!(!restricted("base64Binary", &[("length", "3")]).unwrap().is_base64_binary());
    let mut check = Base64Check::new();
    check.push("QU");
    assert!(!check.is_valid());
    check.push("I=");
    assert!(check.is_valid());
}
