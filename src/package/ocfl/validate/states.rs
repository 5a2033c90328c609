//! The rules of a version's block: its date, message and author, and its logical state.
//! // OCFL 1.1, 3.5.3.1

use std::collections::HashSet;

use chrono::DateTime;

use super::blocks::{short, unique};
use super::findings::Findings;
use super::header::{Standing, odd_keys};
use super::parse::{Block, Field, RawVersion};
use super::terms::{PathFaults, is_uri};

/// Checks the block of one version; `manifest`: the digests of the inventory's.
pub(super) fn version_block(
    name: &str,
    version: &RawVersion,
    manifest: Option<&HashSet<&str>>,
    at: Standing<'_>,
    found: &mut Findings,
) {
    odd_keys(&version.odd, &format!("{name}."), at, found);
    match &version.created {
        Field::Absent => found.add("E048", at.path, format!("la clé « created » de {name} manque")),
        Field::Is(created) if DateTime::parse_from_rfc3339(created).is_ok() => {}
        Field::Is(created) => {
            found.add(
                "E049",
                at.path,
                format!("la date de {name} n’a pas la forme de la RFC 3339 : {created}"),
            );
        }
        Field::Wrong => found.add("E049", at.path, format!("la date de {name} n’est pas un texte")),
    }
    if version.message == Field::Wrong {
        found.add("E094", at.path, format!("le message de {name} n’est pas un texte"));
    }
    if at.is_root && (version.message.is_absent() || version.user.is_absent()) {
        found.add("W007", at.path, format!("{name} n’a pas de message ou pas d’auteur"));
    }
    user(name, version, at, found);
    match &version.state {
        Field::Absent => found.add("E048", at.path, format!("la clé « state » de {name} manque")),
        Field::Wrong => found.add("E050", at.path, format!("l’état de {name} n’est pas un objet JSON")),
        Field::Is(state) => self::state(name, state, manifest, at, found),
    }
}

fn user(name: &str, version: &RawVersion, at: Standing<'_>, found: &mut Findings) {
    let user = match &version.user {
        Field::Absent => return,
        Field::Wrong => {
            return found.add("E054", at.path, format!("l’auteur de {name} n’est pas un objet JSON"));
        }
        Field::Is(user) => user,
    };
    odd_keys(&user.odd, &format!("{name}.user."), at, found);
    if user.name.get().is_none_or(String::is_empty) {
        found.add("E054", at.path, format!("l’auteur de {name} n’a pas de nom"));
    }
    match &user.address {
        Field::Absent if at.is_root => {
            found.add("W008", at.path, format!("l’auteur de {name} n’a pas d’adresse"));
        }
        Field::Absent => {}
        Field::Is(address) if is_uri(address) => {}
        _ if at.is_root => {
            found.add("W009", at.path, format!("l’adresse de l’auteur de {name} n’est pas un URI"));
        }
        _ => {}
    }
}

fn state(
    name: &str,
    state: &Block,
    manifest: Option<&HashSet<&str>>,
    at: Standing<'_>,
    found: &mut Findings,
) {
    let mut seen = HashSet::new();
    for (digest, paths) in state {
        if !seen.insert(&**digest) {
            found.add(
                "E033",
                at.path,
                format!("{name} : l’empreinte {} est donnée deux fois", short(digest)),
            );
        }
        if manifest.is_some_and(|manifest| !manifest.contains(&**digest)) {
            let said = format!("{name} : l’empreinte {} n’est pas dans « manifest »", short(digest));
            found.add("E050", at.path, said);
        }
        let Field::Is(paths) = paths else {
            found.add("E051", at.path, format!("{name} : {} n’a pas de liste de chemins", short(digest)));
            continue;
        };
        for path in paths {
            let faults = PathFaults::of(path);
            if faults.edges {
                let said = format!("{name} : « {path} » commence ou finit par une barre oblique");
                found.add("E053", at.path, said);
            }
            if faults.elements {
                let said = format!("{name} : « {path} » contient « . », « .. » ou un nom vide");
                found.add("E052", at.path, said);
            }
        }
    }
    unique(state, "E095", &format!("{name} : le chemin logique"), at, found);
}
