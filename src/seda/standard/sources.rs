//! Which tables make the grammar of each version.

use crate::model::SedaVersion;

/// A table: where it stands, and its text.
pub type Source = (&'static str, &'static str);

macro_rules! sources {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!($name))),*]
    };
}

/// The tables of a version, its own first.
pub fn of(version: SedaVersion) -> &'static [Source] {
    match version {
        SedaVersion::V0_2 => V0_2,
        SedaVersion::V1_0 => V1_0,
        SedaVersion::V2_0 => sources!["2.0.txt", "foreign/xml.txt", "foreign/xlink.txt"],
        SedaVersion::V2_1 => sources!["2.1.txt", "foreign/xml.txt", "foreign/xlink.txt"],
        SedaVersion::V2_2 => sources!["2.2.txt", "foreign/xml.txt", "foreign/xlink.txt"],
        SedaVersion::V2_3 => sources!["2.3.txt", "foreign/xml.txt", "foreign/xlink.txt"],
    }
}

const V0_2: &[Source] = sources![
    "0.2.txt",
    "foreign/datatypes-6.txt",
    "foreign/xades.txt",
    "foreign/xades141.txt",
    "foreign/xmldsig.txt",
    "codes/access-0.2.txt",
    "codes/agencies-d08a.txt",
    "codes/appraisal-0.2.txt",
    "codes/character-sets-2007.txt",
    "codes/countries-3.txt",
    "codes/currencies-2008.txt",
    "codes/documents-0.2.txt",
    "codes/encodings.txt",
    "codes/formats-0.2.txt",
    "codes/keywords-0.2.txt",
    "codes/languages-0.2.txt",
    "codes/levels-0.2.txt",
    "codes/media-types-2008.txt",
    "codes/replies-0.2.txt",
    "codes/units-5.txt",
];

const V1_0: &[Source] = sources![
    "1.0.txt",
    "foreign/datatypes-10.txt",
    "foreign/xades.txt",
    "foreign/xades141.txt",
    "foreign/xmldsig.txt",
    "codes/access-1.0.txt",
    "codes/agencies-d10a.txt",
    "codes/appraisal-1.0.txt",
    "codes/channels.txt",
    "codes/character-sets-2010.txt",
    "codes/countries-8.txt",
    "codes/currencies-2011.txt",
    "codes/documents-1.0.txt",
    "codes/encodings.txt",
    "codes/formats-1.0.txt",
    "codes/identifiers-1.0.txt",
    "codes/keywords-1.0.txt",
    "codes/languages-1.0.txt",
    "codes/levels-1.0.txt",
    "codes/media-types-2011.txt",
    "codes/reasons-1.0.txt",
    "codes/units-7.txt",
];
