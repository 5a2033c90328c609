//! The texts of a unit: no page markup in them, languages that exist, persistent identifiers that look like theirs.
//!
//! Warnings only: texts are kept as they are, and never shown but as text.

use std::collections::HashSet;
use std::io;
use std::sync::OnceLock;

use super::description::Manifest;
use super::language;
use super::spill::Repeats;
use crate::model::findings::Kind;
use crate::model::{Finding, Findings, SedaVersion, Unit, findings};

/// Elements of web pages that a description has no use for.
const TAGS: &[&str] = &[
    "a", "b", "body", "br", "button", "div", "em", "embed", "font", "form", "h1", "h2", "h3", "head", "html",
    "i", "iframe", "img", "input", "li", "link", "meta", "object", "ol", "p", "pre", "script", "span",
    "strong", "style", "svg", "table", "td", "tr", "ul", "video",
];
/// Older codes of libraries for languages that ISO 639-3 writes otherwise.
const LIBRARY_CODES: &[&str] = &[
    "alb", "arm", "baq", "bur", "chi", "cze", "dut", "fre", "geo", "ger", "gre", "ice", "mac", "mao", "may",
    "per", "rum", "slo", "tib", "wel",
];
/// Every language of ISO 639-3, as the closed list of 1.0 has them.
const THREE_LETTERS: &str = include_str!("standard/codes/languages-1.0.txt");

const PERSISTENT_TYPE: &str = "PersistentIdentifier/PersistentIdentifierType";
const PERSISTENT_CONTENT: &str = "PersistentIdentifier/PersistentIdentifierContent";

/// Texts are texts.
pub fn markup(unit: &Unit, found: &mut Findings) {
    let content = &unit.content;
    let others = content.others.iter().map(|(_, text)| text);
    let mut texts = content.title.iter().chain(&content.descriptions).chain(&content.keywords).chain(others);
    if let Some(tag) = texts.find_map(|text| tag_of(text)) {
        let message = || format!("un texte de l'unité {} contient la balise « <{tag}> »", unit.id);
        report(&findings::UNIT_MARKUP, message, unit, found);
    }
}

/// The first element of a web page in a text.
fn tag_of(text: &str) -> Option<&'static str> {
    text.match_indices('<').find_map(|(at, _)| {
        let rest = &text[at + 1..];
        let rest = rest.strip_prefix('/').unwrap_or(rest);
        let end = rest.find(|next: char| !next.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let is_closed =
            rest[end..].starts_with(|next: char| next.is_whitespace() || matches!(next, '>' | '/'));
        let tag = TAGS.iter().find(|tag| tag.eq_ignore_ascii_case(&rest[..end]))?;
        is_closed.then_some(*tag)
    })
}

/// Languages are those of the standard's lists.
pub fn languages(unit: &Unit, found: &mut Findings) {
    let is_language = |path: &str| matches!(path, "Language" | "DescriptionLanguage");
    for (path, text) in unit.content.others.iter().filter(|(path, _)| is_language(path)) {
        if !is_known(text) {
            let message = || format!("unité {} : langue « {text} » inconnue ({path})", unit.id);
            report(&findings::UNIT_LANGUAGE, message, unit, found);
        }
    }
}

fn is_known(tag: &str) -> bool {
    static KNOWN: OnceLock<HashSet<&'static str>> = OnceLock::new();
    let primary = tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    match primary.len() {
        2 => language::three_letters(&primary).is_some(),
        3 => {
            let listed = || THREE_LETTERS.lines().filter(|line| !line.starts_with('#'));
            let known = KNOWN.get_or_init(|| listed().flat_map(str::split_ascii_whitespace).collect());
            known.contains(primary.as_str()) || LIBRARY_CODES.contains(&primary.as_str())
        }
        _ => false,
    }
}

/// A persistent identifier has the form of its kind.
pub fn persistent(unit: &Unit, found: &mut Findings) {
    for (kind, text) in persistent_identifiers(unit) {
        let is_right = match kind.to_ascii_lowercase().as_str() {
            "ark" => is_ark(text),
            "doi" => is_doi(text),
            _ => true,
        };
        if !is_right {
            let message = || format!("unité {} : « {text} » n'a pas la forme d'un {kind}", unit.id);
            report(&findings::UNIT_PERSISTENT_IDENTIFIER, message, unit, found);
        }
    }
}

/// A persistent identifier names one unit.
///
/// # Errors
/// When the scratch that holds the description fails.
pub fn persistent_twice(manifest: &Manifest, found: &mut Findings) -> io::Result<()> {
    if manifest.heading.version < SedaVersion::V2_3 {
        return Ok(());
    }
    let mut said = Repeats::new(manifest.scratch());
    for (number, unit) in (0..).zip(manifest.units()) {
        let unit = unit?;
        let own: HashSet<&str> = persistent_identifiers(&unit).map(|(_, text)| text).collect();
        for text in own {
            said.push(text, number)?;
        }
    }
    for pair in said.finish()? {
        let (number, before) = pair?;
        if found.wants(&findings::UNIT_PERSISTENT_TWICE) {
            let (unit, first) = (manifest.unit(number as u32)?, manifest.unit(before as u32)?);
            let message = format!("les unités {} et {} ont le même identifiant pérenne", first.id, unit.id);
            let finding = Finding::new(&findings::UNIT_PERSISTENT_TWICE, message);
            found.push(finding.at_line(unit.line).in_path(&unit.id));
        }
    }
    Ok(())
}

/// (type, content) of each.
fn persistent_identifiers(unit: &Unit) -> impl Iterator<Item = (&str, &str)> {
    let mut kind = "";
    unit.content.others.iter().filter_map(move |(path, text)| {
        match path.as_str() {
            PERSISTENT_TYPE => kind = text,
            PERSISTENT_CONTENT => return Some((kind, text.as_str())),
            _ => {}
        }
        None
    })
}

/// `ark:/12148/btv1b8449691v`, with or without what comes before the authority's number.
fn is_ark(text: &str) -> bool {
    let name = text.rsplit_once("ark:").map_or(text, |(_, name)| name).trim_start_matches('/');
    let is_authority =
        |naan: &str| naan.len() >= 5 && naan.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_lowercase());
    name.split_once('/').is_some_and(|(naan, rest)| is_authority(naan) && !rest.is_empty())
}

/// `10.5281/zenodo.1234`, with or without what comes before.
fn is_doi(text: &str) -> bool {
    let name = text.find("10.").map_or("", |at| &text[at + 3..]);
    let is_prefix =
        |prefix: &str| prefix.len() >= 4 && prefix.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    name.split_once('/').is_some_and(|(prefix, rest)| is_prefix(prefix) && !rest.is_empty())
}

fn report(kind: &'static Kind, message: impl FnOnce() -> String, unit: &Unit, found: &mut Findings) {
    if found.wants(kind) {
        found.push(Finding::new(kind, message()).at_line(unit.line).in_path(&unit.id));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_told_from_comparisons_and_addresses() {
        for text in ["<p>a</p>", "a<BR/>", "</div>", "x <script src=y>"] {
            assert!(tag_of(text).is_some(), "{text}");
        }
        for text in ["a < b", "moins de <5 ans", "M. Martin <martin@exemple.fr>", "<balise", "<p", "é<é>"] {
            assert_eq!(tag_of(text), None, "{text}");
        }
    }

    #[test]
    fn languages_of_two_or_three_letters_are_known() {
        for tag in ["fr", "fra", "fre", "fr-FR", "gsw", "FRA"] {
            assert!(is_known(tag), "{tag}");
        }
        for tag in ["xx", "zzz", "francais", "f", ""] {
            assert!(!is_known(tag), "{tag}");
        }
    }

    #[test]
    fn persistent_identifiers_have_the_form_of_their_kind() {
        for text in ["ark:/12148/btv1b8449691v", "ark:12148/x", "12148/x", "https://n2t.net/ark:/12148/x"] {
            assert!(is_ark(text), "{text}");
        }
        assert!(!is_ark("btv1b8449691v") && !is_ark("ark:/12148/") && !is_ark("ark:/1/x"));
        assert!(is_doi("10.5281/zenodo.1234") && is_doi("https://doi.org/10.5281/x") && !is_doi("10.5281"));
    }
}
