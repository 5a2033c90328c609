//! The inventories of the versions: the newest, which repeats the object's, and those before it.

use super::super::digest::Algorithm;
use super::blocks;
use super::contents::Extras;
use super::findings::Findings;
use super::header::{self, Standing};
use super::history::{Current, Described, paths, want};
use super::inventory::{Loaded, Place};
use super::parse::Raw;
use super::terms::{PathFaults, Spec, VersionName};

/// What a prior version is held to: the specification of the object, that of the version before, the files.
pub(super) struct Upto<'a> {
    pub spec: Spec,
    pub oldest_allowed: &'a mut Spec,
    pub files: &'a [String],
}

/// The newest version's inventory is the root's, byte for byte.
pub(super) fn newest(place: Place<'_>, raw: &Raw, sha512: &str, found: &mut Findings) {
    let Some(text) = place.text(found) else { return };
    if Algorithm::Sha512.of(&text) == sha512 {
        place.sidecar(&text, raw.digest_algorithm.get().map(String::as_str), found);
    } else {
        found.add("E064", place.path(), "ce n’est pas l’inventaire de l’objet");
        // Its own faults: its sidecar, first.
        place.load(found);
    }
}

/// A prior version's inventory, by its own rules and beside the current one.
pub(super) fn prior(
    place: Place<'_>,
    history: &Current<'_>,
    upto: Upto<'_>,
    extras: &mut Extras,
    found: &mut Findings,
) {
    let path = place.path();
    let Some(Loaded { raw, .. }) = place.load(found) else { return };
    let own = raw.inventory_type.get().and_then(|text| Spec::of_type(text));
    if let Some(own) = own {
        if own < *upto.oldest_allowed {
            found.add("E103", path.as_str(), "cette version suit une norme plus ancienne que celle d’avant");
        }
        *upto.oldest_allowed = own.max(*upto.oldest_allowed);
    }
    let at = Standing { path: &path, spec: own.unwrap_or(upto.spec), is_root: false };
    let frame = header::check(&raw, at, found);
    blocks::check(&raw, &frame, at, found);
    let described = Described { raw: &raw, frame: &frame };
    history.compare(described, place.folder, &path, found);
    fixity(&raw, &path, extras);
    let number = VersionName::of(place.folder).map_or(0, |name| name.number);
    let is_upto = |file: &&str| {
        let version = file.split('/').next().and_then(VersionName::of);
        version.is_some_and(|version| version.number <= number)
    };
    let on_disk: Vec<&str> = upto.files.iter().map(String::as_str).filter(is_upto).collect();
    history.compare_manifest(described, &path, &on_disk, extras, found);
}

/// Asks for the comparisons of a fixity block.
pub(super) fn fixity(raw: &Raw, place: &str, extras: &mut Extras) {
    for (name, block) in raw.fixity.get().into_iter().flatten() {
        let Some(algorithm) = Algorithm::named(name) else { continue };
        for (digest, path) in paths(block.get()).filter(|(_, path)| PathFaults::of(path).none()) {
            want(extras, path, algorithm, digest, "E093", place);
        }
    }
}
