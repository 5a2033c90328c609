//! What a prior version's inventory must have in common with the current one. // OCFL 1.1, 3.7
//!
//! The specification gives E019 and E020 (content folder), E037 and E110 (identifier) for one and the same
//! break; E019 and E037 are said, as the public fixtures have it.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::super::digest::Algorithm;
use super::blocks::lower;
use super::contents::{Extras, Wanted};
use super::findings::Findings;
use super::header::Frame;
use super::parse::{Block, Field, Raw, RawVersion};

/// An inventory with what its header says.
#[derive(Clone, Copy)]
pub(super) struct Described<'a> {
    pub raw: &'a Raw,
    pub frame: &'a Frame,
}

/// The current inventory, laid out for comparisons.
pub(super) struct Current<'a> {
    described: Described<'a>,
    versions: HashMap<&'a str, &'a RawVersion>,
    /// Digest of each content path.
    digests: HashMap<&'a str, &'a str>,
}

impl<'a> Current<'a> {
    pub fn new(described: Described<'a>) -> Self {
        let versions = described.raw.versions.get().into_iter().flatten();
        let versions = versions.filter_map(|(name, version)| Some((name.as_str(), version.get()?))).collect();
        let digests = paths(described.raw.manifest.get()).map(|(digest, path)| (path, digest)).collect();
        Self { described, versions, digests }
    }

    /// Compares the inventory of a prior version (`folder`: `v1`) with this one; `place` is its path.
    pub fn compare(&self, prior: Described<'_>, folder: &str, place: &str, found: &mut Findings) {
        let current = self.described;
        if let (Some(was), Some(is)) = (prior.raw.id.get(), current.raw.id.get())
            && was != is
        {
            found.add("E037", place, format!("l’identifiant y est {was}, et {is} aujourd’hui"));
        }
        if let (Some(was), Some(is)) = (&prior.frame.content, &current.frame.content)
            && was != is
        {
            found.add(
                "E019",
                place,
                format!("le dossier de contenu y est « {was} », et « {is} » aujourd’hui"),
            );
        }
        if prior.raw.head.get().is_some_and(|head| head != folder) {
            found.add("E040", place, format!("« head » n’y vaut pas {folder}"));
        }
        let same = self.equality(prior);
        for (name, was) in prior.raw.versions.get().into_iter().flatten() {
            let Some(was) = was.get() else { continue };
            let Some(is) = self.versions.get(name.as_str()) else {
                found.add("E066", place, format!("{name} n’est pas dans l’inventaire actuel"));
                continue;
            };
            if let (Some(was), Some(is), Some(same)) = (was.state.get(), is.state.get(), &same)
                && let Some(path) = difference(was, is, same)
            {
                let said =
                    format!("{name} n’y a pas le même contenu qu’aujourd’hui, à commencer par « {path} »");
                found.add("E066", place, said);
            }
            if (&was.created, &was.message, &was.user) != (&is.created, &is.message, &is.user) {
                found.add(
                    "W011",
                    place,
                    format!("date, message ou auteur de {name} ne sont pas ceux d’aujourd’hui"),
                );
            }
        }
    }

    /// Notes which digests of a prior manifest must still be compared with the files, and says the files
    /// that it lacks or names without their being there. `on_disk`: those of the versions up to its own.
    pub fn compare_manifest(
        &self,
        prior: Described<'_>,
        place: &str,
        on_disk: &[&str],
        extras: &mut Extras,
        found: &mut Findings,
    ) {
        let Some(algorithm) = prior.frame.algorithm else { return };
        let is_same_algorithm = self.described.frame.algorithm == Some(algorithm);
        let mut named = HashSet::new();
        for (digest, path) in paths(prior.raw.manifest.get()) {
            named.insert(path);
            match self.digests.get(path) {
                Some(known) if is_same_algorithm && known.eq_ignore_ascii_case(digest) => {}
                Some(_) => want(extras, path, algorithm, digest, "E092", place),
                None if on_disk.binary_search(&path).is_ok() || !prior.frame.holds(path) => {}
                None => found.add("E092", place, format!("le fichier {path} n’existe pas")),
            }
        }
        for path in on_disk.iter().filter(|path| self.digests.contains_key(**path) && !named.contains(**path))
        {
            found.add("E023", place, format!("le fichier {path} n’y est pas référencé"));
        }
    }

    /// How two digests, one of a prior inventory and one of this, are told equal.
    fn equality<'p>(&self, prior: Described<'p>) -> Option<Equality<'_, 'p>> {
        let (was, is) = (prior.frame.algorithm?, self.described.frame.algorithm?);
        if was == is {
            return Some(Equality::SameAlgorithm);
        }
        let mut paths_of = HashMap::<Cow<'p, str>, Vec<&'p str>>::new();
        for (digest, path) in paths(prior.raw.manifest.get()) {
            paths_of.entry(lower(digest)).or_default().push(path);
        }
        Some(Equality::ByPaths { paths_of, digests: &self.digests })
    }
}

enum Equality<'c, 'p> {
    SameAlgorithm,
    /// Equal when a file listed under one is listed under the other.
    ByPaths {
        paths_of: HashMap<Cow<'p, str>, Vec<&'p str>>,
        digests: &'c HashMap<&'c str, &'c str>,
    },
}

impl Equality<'_, '_> {
    fn holds(&self, was: &str, is: &str) -> bool {
        match self {
            Self::SameAlgorithm => was.eq_ignore_ascii_case(is),
            Self::ByPaths { paths_of, digests } => paths_of.get(&lower(was)).is_some_and(|paths| {
                paths
                    .iter()
                    .any(|path| digests.get(path).is_some_and(|digest| digest.eq_ignore_ascii_case(is)))
            }),
        }
    }
}

/// A logical path that is not the same in both states.
fn difference<'a>(was: &'a Block, is: &'a Block, same: &Equality<'_, '_>) -> Option<&'a str> {
    let mut left: HashMap<&str, &str> = paths(Some(is)).map(|(digest, path)| (path, digest)).collect();
    for (digest, path) in paths(Some(was)) {
        if !left.remove(path).is_some_and(|now| same.holds(digest, now)) {
            return Some(path);
        }
    }
    left.into_keys().min()
}

/// Asks that a file be compared with one more digest.
pub(super) fn want(
    extras: &mut Extras,
    path: &str,
    algorithm: Algorithm,
    digest: &str,
    code: &'static str,
    place: &str,
) {
    let wanted = extras.entry(path.to_string()).or_default();
    let is_known = |known: &Wanted| {
        known.algorithm == algorithm && known.code == code && known.digest.eq_ignore_ascii_case(digest)
    };
    if !wanted.iter().any(is_known) {
        wanted.push(Wanted { algorithm, digest: digest.into(), code, place: place.into() });
    }
}

/// Every digest and path of a block.
pub(super) fn paths(block: Option<&Block>) -> impl Iterator<Item = (&str, &str)> {
    block.into_iter().flatten().flat_map(|(digest, paths)| {
        let paths = match paths {
            Field::Is(paths) => paths.as_slice(),
            _ => &[],
        };
        paths.iter().map(move |path| (&**digest, &**path))
    })
}
