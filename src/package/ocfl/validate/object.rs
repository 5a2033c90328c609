//! One object, whole: its folder, its inventories, its versions, every byte of its content.

use std::collections::{HashMap, HashSet};

use super::super::tree::{Entry, Tree};
use super::contents::{Contents, Count, Extras};
use super::declaration::OBJECT;
use super::findings::Findings;
use super::header::{self, Frame, Standing};
use super::history::{Current, Described, paths};
use super::inventory::{Loaded, Place};
use super::parse::Raw;
use super::prior::{Upto, fixity, newest, prior};
use super::terms::Spec;
use super::walk::Walk;
use super::{Options, blocks};

/// Among other objects: files for each thread.
const FILES_EACH: usize = 64;

/// What is said of one object.
#[derive(Clone, Debug)]
pub struct Report {
    /// In the tree.
    pub folder: String,
    pub id: Option<String>,
    /// As declared.
    pub spec: Option<Spec>,
    /// Newest version.
    pub head: Option<String>,
    /// Content files that were read, and their bytes.
    pub files: u64,
    pub size_bytes: u64,
    pub findings: Findings,
}

/// An object's report, and its current inventory when it could be read.
pub struct Validated {
    pub report: Report,
    pub held: Option<Held>,
}

/// A current inventory as it was read; whether it is right is in the report.
pub struct Held {
    raw: Raw,
    /// Content files that are there, in order.
    on_disk: Vec<String>,
}

/// A file of a version's state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HeldFile<'a> {
    /// Of the object's algorithm, as written.
    pub digest: &'a str,
    /// In the object.
    pub content_path: &'a str,
}

impl Held {
    /// Every file of a version's state that is there, by logical path.
    pub fn files(&self, version: &str) -> HashMap<&str, HeldFile<'_>> {
        let mut versions = self.raw.versions.get().into_iter().flatten();
        let state =
            versions.find(|(name, _)| name == version).and_then(|(_, version)| version.get()?.state.get());
        let is_there = |path: &str| self.on_disk.binary_search_by(|known| known.as_str().cmp(path)).is_ok();
        let contents: HashMap<&str, &str> =
            paths(self.raw.manifest.get()).filter(|(_, path)| is_there(path)).collect();
        paths(state)
            .filter_map(|(digest, path)| {
                contents.get(digest).map(|content_path| (path, HeldFile { digest, content_path }))
            })
            .collect()
    }

    /// Name of its digest algorithm.
    pub fn algorithm(&self) -> Option<&str> {
        self.raw.digest_algorithm.get().map(String::as_str)
    }
}

/// Validates the object in a folder of the tree. What is wrong is in the report, unreadable files included.
pub fn validate_object(tree: &dyn Tree, folder: &str, options: &Options) -> Validated {
    validate(tree, folder, options, 1)
}

/// The same when other threads validate other objects: one thread, unless there is much to read.
pub(super) fn validate_among_others(tree: &dyn Tree, folder: &str, options: &Options) -> Validated {
    validate(tree, folder, options, FILES_EACH)
}

fn validate(tree: &dyn Tree, folder: &str, options: &Options, files_each: usize) -> Validated {
    let mut report = Report {
        folder: folder.to_string(),
        id: None,
        spec: None,
        head: None,
        files: 0,
        size_bytes: 0,
        findings: Findings::new(options.limits.findings_max),
    };
    let walk = Walk { tree, object: folder, limits: &options.limits };
    let held = Object { walk, options, files_each }.check(&mut report);
    Validated { report, held }
}

struct Object<'a> {
    walk: Walk<'a>,
    options: &'a Options,
    /// Files for which one more thread is worth its start.
    files_each: usize,
}

/// A version's folder that the inventory names.
struct Version {
    name: String,
    entries: Vec<Entry>,
}

impl Object<'_> {
    fn check(&self, report: &mut Report) -> Option<Held> {
        let found = &mut report.findings;
        let entries = self.walk.list("", found)?;
        report.spec = OBJECT.read(self.walk.tree, self.walk.object, &entries, found);
        let folders = self.walk.top(&entries, found);
        let place = self.place("", &entries);
        if !place.has_one() {
            found.add("E063", "", "l’inventaire inventory.json manque");
            return None;
        }
        let Loaded { raw, sha512 } = place.load(found)?;
        report.id = raw.id.get().cloned();
        report.head = raw.head.get().cloned();
        let spec = report.spec.or_else(|| Spec::of_type(raw.inventory_type.get()?)).unwrap_or(Spec::V1_1);
        let at = Standing { path: &place.path(), spec, is_root: true };
        let frame = header::check(&raw, at, found);
        blocks::check(&raw, &frame, at, found);
        for folder in folders.iter().filter(|folder| !frame.versions.contains(folder)) {
            found.add("E046", folder.text.as_str(), "cette version n’est pas dans l’inventaire");
        }
        let folders: HashSet<&str> = folders.iter().map(|folder| folder.text.as_str()).collect();
        let (versions, files) = self.versions(&raw, &frame, &folders, found);
        let count =
            self.contents(Described { raw: &raw, frame: &frame }, &sha512, spec, &versions, &files, found);
        report.files = count.files;
        report.size_bytes = count.size_bytes;
        Some(Held { raw, on_disk: files })
    }

    fn place<'a>(&'a self, folder: &'a str, entries: &'a [Entry]) -> Place<'a> {
        let Walk { tree, object, limits } = self.walk;
        Place { tree, object, folder, entries, limits }
    }

    /// Lists the versions of the inventory, and their content files in order.
    fn versions(
        &self,
        raw: &Raw,
        frame: &Frame,
        folders: &HashSet<&str>,
        found: &mut Findings,
    ) -> (Vec<Version>, Vec<String>) {
        let (mut versions, mut files) = (Vec::new(), Vec::new());
        for name in &frame.versions {
            let name = name.text.as_str();
            if !folders.contains(name) {
                found.add("E010", name, "le dossier de cette version manque");
                continue;
            }
            let Some(entries) = self.walk.list(name, found) else { continue };
            let content = frame.content.as_deref();
            let has_content = self.walk.version(name, &entries, content, found);
            let content = content.map(|content| format!("{name}/{content}"));
            match content {
                Some(content) if has_content => self.walk.content(&content, &mut files, found),
                Some(content) => {
                    let inside = format!("{content}/");
                    if paths(raw.manifest.get()).any(|(_, path)| path.starts_with(&inside)) {
                        found.add("E016", name, "le dossier de contenu de cette version manque");
                    }
                }
                None => {}
            }
            versions.push(Version { name: name.to_string(), entries });
        }
        files.sort();
        (versions, files)
    }

    /// Reads the versions' inventories, then every content file.
    fn contents(
        &self,
        current: Described<'_>,
        sha512: &str,
        spec: Spec,
        versions: &[Version],
        files: &[String],
        found: &mut Findings,
    ) -> Count {
        let named: HashSet<&str> = paths(current.raw.manifest.get()).map(|(_, path)| path).collect();
        for path in files.iter().filter(|path| !named.contains(path.as_str())) {
            found.add("E023", path.as_str(), "ce fichier n’est pas référencé dans l’inventaire");
        }
        let mut extras = Extras::new();
        fixity(current.raw, "inventory.json", &mut extras);
        let history = Current::new(current);
        let head = current.frame.versions.last().map(|name| name.text.as_str());
        let mut oldest_allowed = Spec::V1_0;
        for version in versions {
            let place = self.place(&version.name, &version.entries);
            if !place.has_one() {
                found.add("W010", version.name.as_str(), "cette version n’a pas son inventaire");
            } else if Some(version.name.as_str()) == head {
                newest(place, current.raw, sha512, found);
            } else {
                let upto = Upto { spec, oldest_allowed: &mut oldest_allowed, files };
                prior(place, &history, upto, &mut extras, found);
            }
        }
        if oldest_allowed > spec {
            found.add("E103", "inventory.json", "une version plus ancienne suit une norme plus récente");
        }
        let on_disk: HashSet<&str> = files.iter().map(String::as_str).collect();
        let contents = Contents {
            tree: self.walk.tree,
            folder: self.walk.object,
            frame: current.frame,
            manifest: current.raw.manifest.get(),
            on_disk: &on_disk,
            extras: &extras,
        };
        contents.check(self.options, self.files_each, found)
    }
}
