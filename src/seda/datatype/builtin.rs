//! The named types: those of XML Schema part 2, the two of RELAX NG.
//!
//! Never more than a table: how each is written (`Atom`), its white space, its bounds, what it is called in a message. The
//! one thing to know: ENTITY and ENTITIES name what a document type declares; without one, nothing is of those types.

use super::atom::Atom;
use super::calendar::Calendar;
use super::facets::{Bound, Facets, Side};
use super::white::White;
use super::{Datatype, Identity, Inner, Library, NoPrefixes, Shape};

/// Name, how it is written, what it is called.
type Row = (&'static str, Atom, &'static str);

/// Types whose white space is collapsed and which have no bounds.
const ROWS: [Row; 31] = [
    ("token", Atom::Text, "un texte"),
    ("language", Atom::Language, "un code de langue (fr, fra, fr-FR…)"),
    ("NMTOKEN", Atom::Nmtoken, "un mot (lettres, chiffres, « . », « - », « _ » ou « : »)"),
    ("Name", Atom::Name, "un nom XML"),
    ("NCName", Atom::NcName, "un nom (une lettre ou « _ », puis lettres, chiffres, « . », « - » ou « _ »)"),
    (
        "ID",
        Atom::NcName,
        "un identifiant (une lettre ou « _ », puis lettres, chiffres, « . », « - » ou « _ »)",
    ),
    ("IDREF", Atom::NcName, "l'identifiant d'un élément du message"),
    ("ENTITY", Atom::NcName, "le nom d'une entité déclarée"),
    ("anyURI", Atom::Uri, "une adresse (URI)"),
    ("boolean", Atom::Boolean, "true ou false"),
    ("decimal", Atom::Decimal, "un nombre décimal (par exemple 12.5)"),
    ("integer", Atom::Integer, "un nombre entier"),
    ("float", Atom::Float, "un nombre (par exemple 12.5 ou 1.25E1)"),
    ("double", Atom::Double, "un nombre (par exemple 12.5 ou 1.25E1)"),
    ("duration", Atom::Duration, "une durée (par exemple P5Y pour cinq ans, P1M, P10D, PT12H)"),
    ("dateTime", Atom::Moment(Calendar::DateTime), "une date et une heure (AAAA-MM-JJThh:mm:ss)"),
    ("date", Atom::Moment(Calendar::Date), "une date (AAAA-MM-JJ)"),
    ("time", Atom::Moment(Calendar::Time), "une heure (hh:mm:ss)"),
    ("gYearMonth", Atom::Moment(Calendar::YearMonth), "un mois d'une année (AAAA-MM)"),
    ("gYear", Atom::Moment(Calendar::Year), "une année (AAAA)"),
    ("gMonthDay", Atom::Moment(Calendar::MonthDay), "un jour d'un mois (--MM-JJ)"),
    ("gMonth", Atom::Moment(Calendar::Month), "un mois (--MM)"),
    ("gDay", Atom::Moment(Calendar::Day), "un jour (---JJ)"),
    (
        "hexBinary",
        Atom::Hexadecimal,
        "des octets en hexadécimal (deux chiffres ou lettres de A à F par octet)",
    ),
    ("base64Binary", Atom::Base64, "un contenu en base64"),
    ("QName", Atom::QName, "un nom XML, précédé ou non d'un préfixe déclaré"),
    ("NOTATION", Atom::QName, "le nom d'une notation"),
    ("NMTOKENS", Atom::Nmtoken, "un mot (lettres, chiffres, « . », « - », « _ » ou « : »)"),
    ("IDREFS", Atom::NcName, "l'identifiant d'un élément du message"),
    ("ENTITIES", Atom::NcName, "le nom d'une entité déclarée"),
    ("normalizedString", Atom::Text, "un texte"),
];

/// Name, least, greatest, what it is called.
const INTEGERS: [(&str, &str, &str, &str); 12] = [
    ("nonPositiveInteger", "", "0", "un nombre entier négatif ou nul"),
    ("negativeInteger", "", "-1", "un nombre entier négatif"),
    ("nonNegativeInteger", "0", "", "un nombre entier positif ou nul"),
    ("positiveInteger", "1", "", "un nombre entier positif"),
    ("long", "-9223372036854775808", "9223372036854775807", "un nombre entier (au plus 19 chiffres)"),
    ("int", "-2147483648", "2147483647", "un nombre entier (de -2147483648 à 2147483647)"),
    ("short", "-32768", "32767", "un nombre entier (de -32768 à 32767)"),
    ("byte", "-128", "127", "un nombre entier (de -128 à 127)"),
    ("unsignedLong", "0", "18446744073709551615", "un nombre entier positif ou nul (au plus 20 chiffres)"),
    ("unsignedInt", "0", "4294967295", "un nombre entier (de 0 à 4294967295)"),
    ("unsignedShort", "0", "65535", "un nombre entier (de 0 à 65535)"),
    ("unsignedByte", "0", "255", "un nombre entier (de 0 à 255)"),
];

/// The type of this name; `None` when the library has none.
pub(super) fn named(library: Library, name: &str) -> Option<Datatype> {
    match (library, name) {
        (Library::RelaxNg, "token") => Some(plain(White::Collapse, true)),
        (Library::RelaxNg, "string") => Some(plain(White::Preserve, true)),
        (Library::RelaxNg, _) => None,
        (Library::Xsd, "string" | "anySimpleType") => Some(plain(White::Preserve, false)),
        (Library::Xsd, "normalizedString") => Some(plain(White::Replace, false)),
        (Library::Xsd, _) => integer(name).or_else(|| other(name)),
    }
}

fn plain(white: White, without_params: bool) -> Datatype {
    let inner = Inner { white, without_params, ..Inner::of(Shape::Atom(Atom::Text), "un texte") };
    Datatype::made(inner)
}

fn integer(name: &str) -> Option<Datatype> {
    let (_, least, greatest, noun) = INTEGERS.iter().find(|row| row.0 == name)?;
    let mut facets = Facets::default();
    for (side, text) in [(Side::Least, least), (Side::Greatest, greatest)] {
        if let Some(value) = Atom::Integer.read(text, &NoPrefixes) {
            facets.bound(Bound { side, is_excluded: false, value, written: None });
        }
    }
    Some(Datatype::made(Inner {
        facets: Some(Box::new(facets)),
        ..Inner::of(Shape::Atom(Atom::Integer), noun)
    }))
}

fn other(name: &str) -> Option<Datatype> {
    let (_, atom, noun) = *ROWS.iter().find(|row| row.0 == name)?;
    let identity = match name {
        "ID" => Identity::Id,
        "IDREF" | "IDREFS" => Identity::Idref,
        _ => Identity::None,
    };
    let facets = name.starts_with("ENTIT").then(|| Box::new(Facets::impossible()));
    let one = Datatype::made(Inner { identity, facets, ..Inner::of(Shape::Atom(atom), noun) });
    if !matches!(name, "NMTOKENS" | "IDREFS" | "ENTITIES") {
        return Some(one);
    }
    let facets = Facets { lengths: (1, usize::MAX), ..Facets::default() };
    let list = Datatype::list(one);
    Some(Datatype::made(Inner { facets: Some(Box::new(facets)), ..(*list.0).clone() }))
}
