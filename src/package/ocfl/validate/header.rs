//! The rules of an inventory's own keys and of the names of its versions. // OCFL 1.1, 3.3 and 3.5.1

use super::super::digest::Algorithm;
use super::findings::Findings;
use super::parse::{Field, OddKeys, Raw};
use super::terms::{PathFaults, Spec, VersionName, is_uri};

/// What the rest of a validation takes from an inventory's own keys.
#[derive(Debug)]
pub(super) struct Frame {
    /// Of the digests of its manifest and states, when it is one that is known.
    pub algorithm: Option<Algorithm>,
    /// Name of the content folder in each version, when it is one.
    pub content: Option<String>,
    /// Those of `versions` that have the form of one, by number.
    pub versions: Vec<VersionName>,
}

/// Where an inventory stands: its path for findings, and what is asked of it there.
#[derive(Clone, Copy)]
pub(super) struct Standing<'a> {
    pub path: &'a str,
    pub spec: Spec,
    /// The root's: a prior version's is spared the warnings that the root's repeats.
    pub is_root: bool,
}

impl Frame {
    /// Whether a path is in the content folder of a version of this inventory.
    pub fn holds(&self, path: &str) -> bool {
        let mut parts = path.splitn(3, '/');
        let version = parts.next().and_then(VersionName::of);
        version.is_some_and(|version| self.versions.binary_search(&version).is_ok())
            && parts.next().is_some_and(|folder| self.content.as_deref() == Some(folder))
            && parts.next().is_some_and(|inside| PathFaults::of(inside).none())
    }
}

pub(super) fn check(raw: &Raw, at: Standing<'_>, found: &mut Findings) -> Frame {
    odd_keys(&raw.odd, "", at, found);
    identifier(raw, at, found);
    inventory_type(raw, at, found);
    let algorithm = algorithm(raw, at, found);
    let content = content_directory(raw, at, found);
    let versions = versions(raw, at, found);
    head(raw, &versions, at, found);
    Frame { algorithm, content, versions }
}

/// Says the keys that the specification does not know, and those given twice.
pub(super) fn odd_keys(odd: &OddKeys, of: &str, at: Standing<'_>, found: &mut Findings) {
    for key in &odd.unknown {
        found.add("E102", at.path, format!("la clé « {of}{key} » n’est pas prévue par la norme"));
    }
    for key in &odd.repeated {
        found.add("E033", at.path, format!("la clé « {of}{key} » est donnée deux fois"));
    }
}

fn missing(key: &str, at: Standing<'_>, found: &mut Findings) {
    found.add("E036", at.path, format!("la clé « {key} » manque"));
}

fn identifier(raw: &Raw, at: Standing<'_>, found: &mut Findings) {
    match &raw.id {
        Field::Absent => missing("id", at, found),
        Field::Wrong => found.add("E037", at.path, "« id » n’est pas un texte"),
        Field::Is(id) if id.is_empty() => found.add("E037", at.path, "« id » est vide"),
        Field::Is(id) if at.is_root && !is_uri(id) => {
            found.add("W005", at.path, format!("« id » n’est pas un URI : {id}"));
        }
        Field::Is(_) => {}
    }
}

fn inventory_type(raw: &Raw, at: Standing<'_>, found: &mut Findings) {
    match &raw.inventory_type {
        Field::Absent => missing("type", at, found),
        Field::Is(text) if Spec::of_type(text) == Some(at.spec) => {}
        Field::Is(text) => {
            let wanted = at.spec.inventory_type();
            found.add("E038", at.path, format!("« type » vaut {text}, et non {wanted}"));
        }
        Field::Wrong => found.add("E038", at.path, "« type » n’est pas un texte"),
    }
}

fn algorithm(raw: &Raw, at: Standing<'_>, found: &mut Findings) -> Option<Algorithm> {
    let name = match &raw.digest_algorithm {
        Field::Absent => {
            missing("digestAlgorithm", at, found);
            return None;
        }
        Field::Wrong => {
            found.add("E025", at.path, "« digestAlgorithm » n’est pas un texte");
            return None;
        }
        Field::Is(name) => name.as_str(),
    };
    match Algorithm::named(name) {
        Some(Algorithm::Sha512) => {}
        Some(Algorithm::Sha256) => {
            found.add("W004", at.path, "les empreintes sont en sha256 ; la norme conseille sha512");
        }
        _ => {
            found.add("E025", at.path, format!("« digestAlgorithm » vaut {name} : sha512 ou sha256 attendu"));
        }
    }
    Algorithm::named(name)
}

fn content_directory(raw: &Raw, at: Standing<'_>, found: &mut Findings) -> Option<String> {
    match &raw.content_directory {
        Field::Absent => return Some("content".to_string()),
        Field::Wrong => found.add("E017", at.path, "« contentDirectory » n’est pas un texte"),
        Field::Is(name) if name.contains('/') => {
            found.add("E017", at.path, format!("« contentDirectory » contient une barre oblique : {name}"));
        }
        Field::Is(name) if name == "." || name == ".." => {
            found.add("E018", at.path, format!("« contentDirectory » vaut « {name} »"));
        }
        Field::Is(name) if name.is_empty() => {
            let code = if at.spec >= Spec::V1_1 { "E108" } else { "E017" };
            found.add(code, at.path, "« contentDirectory » est vide");
        }
        Field::Is(name) => return Some(name.clone()),
    }
    None
}

fn versions(raw: &Raw, at: Standing<'_>, found: &mut Findings) -> Vec<VersionName> {
    let blocks = match &raw.versions {
        Field::Absent => {
            found.add("E041", at.path, "le bloc « versions » manque");
            return Vec::new();
        }
        Field::Wrong => {
            found.add("E045", at.path, "« versions » n’est pas un objet JSON");
            return Vec::new();
        }
        Field::Is(blocks) => blocks,
    };
    if blocks.is_empty() {
        found.add("E008", at.path, "aucune version");
    }
    let mut names = Vec::new();
    for (key, _) in blocks {
        match VersionName::of(key) {
            Some(name) => names.push(name),
            None => {
                let code = match (at.spec, key.starts_with('v')) {
                    (Spec::V1_0, _) => "E046",
                    (_, true) => "E105",
                    (_, false) => "E104",
                };
                found.add(code, at.path, format!("« {key} » n’est pas un nom de version (v1, v2…)"));
            }
        }
    }
    names.sort();
    if !names.is_empty() {
        sequence(&names, at, found);
        convention(&names, at, found);
    }
    names
}

fn sequence(names: &[VersionName], at: Standing<'_>, found: &mut Findings) {
    if let Some(twice) = names.windows(2).find(|pair| pair[0].number == pair[1].number) {
        let (one, other) = (&twice[0].text, &twice[1].text);
        let code = if one == other { "E033" } else { "E012" };
        return found.add(code, at.path, format!("{one} et {other} sont la même version"));
    }
    let first = names[0].number;
    if first != 1 {
        found.add("E009", at.path, format!("la première version est {}, et non la version 1", names[0].text));
    }
    if let Some(gap) = names.windows(2).find(|pair| pair[1].number != pair[0].number + 1) {
        found.add("E010", at.path, format!("rien entre {} et {}", gap[0].text, gap[1].text));
    }
}

/// The first version's name gives the convention of all.
fn convention(names: &[VersionName], at: Standing<'_>, found: &mut Findings) {
    let first = &names[0];
    let others = || names.iter().filter(|name| name.padded_to != first.padded_to);
    if first.padded_to.is_some() {
        if at.is_root {
            found.add(
                "W001",
                at.path,
                format!("les numéros de version sont complétés de zéros : {}", first.text),
            );
        }
        if let Some(name) = others().find(|name| name.padded_to.is_none()) {
            let said =
                format!("{} ne commence pas par un zéro, à la différence de {}", name.text, first.text);
            found.add("E011", at.path, said.clone());
            return found.add("E013", at.path, said);
        }
    }
    if let Some(name) = others().next() {
        found.add("E012", at.path, format!("{} n’est pas écrit comme {}", name.text, first.text));
    }
}

fn head(raw: &Raw, versions: &[VersionName], at: Standing<'_>, found: &mut Findings) {
    match &raw.head {
        Field::Absent => missing("head", at, found),
        Field::Wrong => found.add("E040", at.path, "« head » n’est pas un texte"),
        Field::Is(head) => {
            let newest = versions.last().map(|name| name.text.as_str());
            if newest.is_some_and(|newest| newest != head) {
                let newest = newest.unwrap_or_default();
                found.add("E040", at.path, format!("« head » vaut {head}, la dernière version est {newest}"));
            }
        }
    }
}
