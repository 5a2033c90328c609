//! Which of a profile's kinds a file is: as its depositor said, else as its name says.
//!
//! Pure. What a name says is only put before the depositor, who sees it before anything is sent.

use super::draft::DraftFile;
use crate::seda::fill::Kind;
use crate::seda::write::folding::folded;

/// Between the kinds one in another.
pub const BELOW: &str = " › ";

/// Every kind, with those above it, as they are written and chosen.
pub(super) fn paths(kinds: &[Kind]) -> Vec<String> {
    let mut all = Vec::new();
    for kind in kinds {
        if kind.below.is_empty() {
            all.push(kind.value.clone());
        }
        all.extend(paths(&kind.below).into_iter().map(|below| format!("{}{BELOW}{below}", kind.value)));
    }
    all
}

/// The kinds that a path names, from the outside in.
pub(super) fn named<'a>(kinds: &'a [Kind], path: &str) -> Option<Vec<&'a Kind>> {
    let (mut found, mut among) = (Vec::new(), kinds);
    for part in path.split(BELOW) {
        let kind = among.iter().find(|kind| kind.value == part)?;
        found.push(kind);
        among = &kind.below;
    }
    Some(found)
}

/// What the names of a file and of the folders above it say, when they say one kind and no other better.
pub(super) fn guessed(kinds: &[Kind], file: &DraftFile, before: &[(String, String)]) -> Option<String> {
    let paths = paths(kinds);
    let stem = letters(&file.name);
    let known = before.iter().find(|(name, kind)| *name == stem && paths.contains(kind));
    if let Some((_, kind)) = known {
        return Some(kind.clone());
    }
    if let [only] = &paths[..] {
        return Some(only.clone());
    }
    let path = folded(&file.path());
    let mut said: Vec<(usize, &String)> = paths
        .iter()
        .filter_map(|kind| {
            let last = kind.rsplit(BELOW).next().unwrap_or_default();
            let words = [last, last.split([',', '(', ' ']).next().unwrap_or_default()];
            let found = words.iter().map(|word| folded(word)).filter(|word| word.len() >= 4);
            found.filter(|word| path.contains(word.as_str())).map(|word| (word.len(), kind)).max()
        })
        .collect();
    said.sort_by_key(|(length, _)| std::cmp::Reverse(*length));
    match said[..] {
        [(_, one)] => Some(one.clone()),
        [(length, one), (other, _), ..] if length > other => Some(one.clone()),
        _ => None,
    }
}

/// The letters of a file's name: those of a month's file and of the next one's are the same.
pub(super) fn letters(name: &str) -> String {
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
    folded(stem).chars().filter(char::is_ascii_alphabetic).collect()
}

#[cfg(test)]
mod tests {
    use super::super::draft::testing::file;
    use super::*;

    fn kind(value: &str, below: &[&str]) -> Kind {
        let below: Vec<Kind> = below.iter().map(|value| kind(value, &[])).collect();
        Kind { value: value.into(), documentation: None, holds_files: below.is_empty(), below }
    }

    #[test]
    fn a_name_says_its_kind_when_it_says_one() {
        let kinds = [
            "Convocation",
            "Délibération",
            "Liste des délibérations",
            "Procès-verbal",
            "Feuille de présence",
        ]
        .map(|value| kind(value, &[]));
        for (path, expected) in [
            ("convocation-2026.pdf", Some("Convocation")),
            ("PROCES VERBAL.pdf", Some("Procès-verbal")),
            ("liste des deliberations.pdf", Some("Liste des délibérations")),
            ("deliberation_12.pdf", Some("Délibération")),
            ("Feuille émargement.pdf", Some("Feuille de présence")),
            ("scan0001.pdf", None),
            ("convocation et procès-verbal.pdf", Some("Procès-verbal")),
        ] {
            assert_eq!(guessed(&kinds, &file(path, 1), &[]).as_deref(), expected, "{path}");
        }
        let before = [("scan".to_owned(), "Convocation".to_owned()), ("plan".to_owned(), "Autre".to_owned())];
        assert_eq!(guessed(&kinds, &file("scan 17.pdf", 1), &before).as_deref(), Some("Convocation"));
        assert_eq!(guessed(&kinds, &file("plan 17.pdf", 1), &before), None, "a kind that is no more");
    }

    #[test]
    fn kinds_one_in_another_are_named_from_the_outside_in() {
        let kinds = [
            kind("Carrière", &[]),
            kind("Pièces à durée limitée", &["Casier judiciaire", "Acte de naissance"]),
        ];
        let all = paths(&kinds);
        assert_eq!(
            all,
            [
                "Carrière",
                "Pièces à durée limitée › Casier judiciaire",
                "Pièces à durée limitée › Acte de naissance"
            ]
        );
        assert_eq!(named(&kinds, &all[2]).unwrap().len(), 2);
        assert!(named(&kinds, "Casier judiciaire").is_none());
        assert_eq!(guessed(&kinds, &file("casier.pdf", 1), &[]).as_deref(), Some(all[1].as_str()));
    }
}
