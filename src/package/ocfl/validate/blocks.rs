//! The rules of the blocks of an inventory: manifest and fixity, lists of paths by digest; `states` has those of
//! its versions. // OCFL 1.1, 3.5.2 and 3.5.4

use std::borrow::Cow;
use std::collections::HashSet;

use super::super::digest::Algorithm;
use super::super::paths::conflict;
use super::findings::Findings;
use super::header::{Frame, Standing};
use super::parse::{Block, Field, Raw};
use super::states;
use super::terms::{PathFaults, Spec};

/// Checks every block of an inventory.
pub(super) fn check(raw: &Raw, frame: &Frame, at: Standing<'_>, found: &mut Findings) {
    manifest(raw, frame, at, found);
    fixity(raw, at, found);
    let digests: Option<HashSet<&str>> =
        raw.manifest.get().map(|manifest| manifest.iter().map(|(digest, _)| &**digest).collect());
    for (name, version) in raw.versions.get().into_iter().flatten() {
        match version {
            Field::Is(version) => states::version_block(name, version, digests.as_ref(), at, found),
            _ => found.add("E047", at.path, format!("« {name} » n’est pas un objet JSON")),
        }
    }
}

fn manifest(raw: &Raw, frame: &Frame, at: Standing<'_>, found: &mut Findings) {
    let is_new = at.spec >= Spec::V1_1;
    let manifest = match &raw.manifest {
        Field::Absent => return found.add("E041", at.path, "le bloc « manifest » manque"),
        Field::Wrong => {
            let code = if is_new { "E106" } else { "E041" };
            return found.add(code, at.path, "« manifest » n’est pas un objet JSON");
        }
        Field::Is(manifest) => manifest,
    };
    digests(manifest, frame.algorithm, "E096", at, found);
    let named =
        |version: &str| raw.versions.get().is_none_or(|all| all.iter().any(|(key, _)| key == version));
    for (digest, paths) in manifest {
        match paths {
            Field::Is(paths) if paths.is_empty() => {
                found.add("E092", at.path, format!("l’empreinte {} n’a aucun fichier", short(digest)));
            }
            Field::Is(paths) => {
                for path in paths {
                    if content_path(path, at, found) && !frame.holds(path) {
                        misplaced(path, frame, &named, at, found);
                    }
                }
            }
            _ => found.add("E092", at.path, format!("{} : une liste de chemins est attendue", short(digest))),
        }
    }
    unique(manifest, "E101", "le chemin de contenu", at, found);
    if is_new {
        unused(raw, manifest, at, found);
    }
}

/// A digest of the manifest that no version's state uses.
fn unused(raw: &Raw, manifest: &Block, at: Standing<'_>, found: &mut Findings) {
    let versions = raw.versions.get().into_iter().flatten();
    let states = versions.filter_map(|(_, version)| version.get().and_then(|version| version.state.get()));
    let used: HashSet<Cow<'_, str>> = states.flatten().map(|(digest, _)| lower(digest)).collect();
    // Without any readable state, nothing can be told.
    let left = manifest.iter().filter(|(digest, _)| !used.is_empty() && !used.contains(&lower(digest)));
    for (digest, _) in left {
        found.add("E107", at.path, format!("l’empreinte {} ne sert à aucune version", short(digest)));
    }
}

/// Whether a content path may be followed; says what is wrong with it.
fn content_path(path: &str, at: Standing<'_>, found: &mut Findings) -> bool {
    let faults = PathFaults::of(path);
    if faults.edges {
        found.add("E100", at.path, format!("le chemin « {path} » commence ou finit par une barre oblique"));
    }
    if faults.elements {
        found.add("E099", at.path, format!("le chemin « {path} » contient « . », « .. » ou un nom vide"));
    }
    faults.none()
}

fn misplaced(
    path: &str,
    frame: &Frame,
    named: &dyn Fn(&str) -> bool,
    at: Standing<'_>,
    found: &mut Findings,
) {
    let mut parts = path.split('/');
    if !parts.next().is_some_and(named) {
        found.add("E014", at.path, format!("le chemin « {path} » n’est dans aucune version"));
    } else if let Some(content) = &frame.content
        && (parts.next() != Some(content) || parts.next().is_none())
    {
        found.add("E015", at.path, format!("le chemin « {path} » n’est pas dans le dossier « {content} »"));
    }
}

fn fixity(raw: &Raw, at: Standing<'_>, found: &mut Findings) {
    let blocks = match &raw.fixity {
        Field::Absent => return,
        Field::Wrong => {
            let code = if at.spec >= Spec::V1_1 { "E111" } else { "E057" };
            return found.add(code, at.path, "« fixity » n’est pas un objet JSON");
        }
        Field::Is(blocks) => blocks,
    };
    let mut names = HashSet::new();
    for (name, block) in blocks {
        let algorithm = Algorithm::named(name);
        if algorithm.is_none() {
            let said =
                format!("l’algorithme « {name} » n’est pas connu : ses empreintes ne sont pas vérifiées");
            found.add("N001", at.path, said);
        }
        if !names.insert(name) {
            found.add("E033", at.path, format!("la clé « fixity.{name} » est donnée deux fois"));
        }
        let Field::Is(block) = block else {
            found.add("E057", at.path, format!("« fixity.{name} » n’est pas un objet JSON"));
            continue;
        };
        // Sizes are shared by files that differ, and an unknown digest may tell case apart.
        if algorithm.is_some_and(|algorithm| algorithm != Algorithm::Size) {
            digests(block, algorithm, "E097", at, found);
        }
        for (digest, paths) in block {
            let Field::Is(paths) = paths else {
                found.add("E057", at.path, format!("{} : une liste de chemins est attendue", short(digest)));
                continue;
            };
            for path in paths {
                content_path(path, at, found);
            }
        }
    }
}

/// The digests of a block: of their algorithm's form, none given twice whatever its case.
fn digests(
    block: &Block,
    algorithm: Option<Algorithm>,
    twice: &'static str,
    at: Standing<'_>,
    found: &mut Findings,
) {
    let mut seen = HashSet::new();
    for (digest, _) in block {
        if !seen.insert(lower(digest)) {
            found.add(twice, at.path, format!("l’empreinte {} est donnée deux fois", short(digest)));
        }
        if algorithm.is_some_and(|algorithm| !algorithm.may_give(digest)) {
            let code = match algorithm {
                Some(Algorithm::Sha512) => "E031",
                Some(Algorithm::Sha256) => "E030",
                Some(Algorithm::Sha1) => "E029",
                Some(Algorithm::Blake2b512) => "E032",
                _ => "E057",
            };
            found.add(
                code,
                at.path,
                format!("« {} » n’est pas une empreinte de cet algorithme", short(digest)),
            );
        }
    }
}

/// Paths of a block that stand twice, or are a folder too: the first is told.
pub(super) fn unique(block: &Block, code: &'static str, what: &str, at: Standing<'_>, found: &mut Findings) {
    let paths = block.iter().filter_map(|(_, paths)| paths.get()).flatten().map(|path| &**path);
    if let Some(path) = conflict(paths) {
        found.add(code, at.path, format!("{what} « {path} » est donné deux fois, ou est aussi un dossier"));
    }
}

/// A digest in lower case.
pub(super) fn lower(digest: &str) -> Cow<'_, str> {
    if digest.bytes().any(|byte| byte.is_ascii_uppercase()) {
        Cow::Owned(digest.to_ascii_lowercase())
    } else {
        Cow::Borrowed(digest)
    }
}

/// Enough of a digest, or of what stands in its place, to find it in the file.
pub(super) fn short(digest: &str) -> String {
    let kept: String = digest.chars().take(16).collect();
    if kept.len() < digest.len() { format!("{kept}…") } else { kept }
}
