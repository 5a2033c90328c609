//! A draft as the units and objects of a transfer: folders as units, a unit a file, what was answered of each.
//!
//! Pure; never judges. The one thing to know: a kind that holds no file itself is a folder, and the files of that kind go into it.

use std::collections::{BTreeMap, BTreeSet};

use uuid::Uuid;

use super::answers::NATURE;
use super::draft::{Draft, DraftFile, Sheet};
use super::ground::Ground;
use super::{kinds, names};
use crate::seda::write::columns::{self, Column};
use crate::seda::write::transfer::{NewObject, NewUnit};

/// What something said is said of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Place {
    /// The whole under `""`, a folder under its path.
    Unit(String),
    File(Uuid),
}

/// A deposit as a transfer will have it.
pub(super) struct Described {
    pub root: NewUnit,
    pub objects: Vec<NewObject>,
    /// By mark: what each unit and object is of; objects are the files' own.
    pub sources: Vec<(Place, bool)>,
    /// Of each file, in the draft's order, the kind it stands under.
    pub kinds: BTreeMap<Uuid, String>,
}

/// What was worked out beside the answers: values nobody was asked, and answers that have no place any more.
#[derive(Clone, Debug, Default)]
pub(super) struct Additions {
    pub automatic: BTreeMap<(Place, String), String>,
    pub dropped: BTreeSet<(Place, String)>,
    /// Kinds of files of earlier deposits, by the letters of their names.
    pub before: Vec<(String, String)>,
}

/// The units and objects of the files that are whole.
pub(super) fn describe(ground: &Ground, draft: &Draft, more: &Additions) -> Described {
    let mut making = Making { ground, draft, more, sources: Vec::new(), kinds: BTreeMap::new() };
    let mut root =
        making.unit(("RecordGrp", &ground.agreement.name), Place::Unit(String::new()), draft.whole(), None);
    let mut objects = Vec::new();
    for file in draft.files.iter().filter(|file| file.is_whole()) {
        let mut unit = &mut root;
        let chosen = making.kind_of(file);
        let path = chosen.as_deref().and_then(|path| kinds::named(&ground.kinds, path)).unwrap_or_default();
        let (own, above) = match path.split_last() {
            Some((last, above)) if last.holds_files => (Some(last.value.as_str()), above.to_vec()),
            _ => (None, path.clone()),
        };
        let mut key = String::new();
        for kind in &above {
            key = format!("{key}\\{}", kind.value);
            unit = making.folder(unit, &key, &kind.value, Some(&kind.value));
        }
        for part in file.folder.split('/').filter(|part| !part.is_empty()) {
            key = if key.is_empty() { part.to_owned() } else { format!("{key}/{part}") };
            unit = making.folder(unit, &key, part, None);
        }
        let place = Place::File(file.file_id);
        let mut leaf = making.unit(("Item", &file.title()), place, &file.sheet, own);
        leaf.object = Some(objects.len());
        unit.children.push(leaf);
        objects.push(making.object(file));
    }
    Described { root, objects, sources: making.sources, kinds: making.kinds }
}

struct Making<'a> {
    ground: &'a Ground,
    draft: &'a Draft,
    more: &'a Additions,
    sources: Vec<(Place, bool)>,
    kinds: BTreeMap<Uuid, String>,
}

impl Making<'_> {
    fn unit(
        &mut self,
        (level, title): (&str, &str),
        place: Place,
        sheet: &Sheet,
        kind: Option<&str>,
    ) -> NewUnit {
        let mut values = self.values(&place, sheet);
        if let (Some(kind), Ok(column)) = (kind, Column::named("type de document")) {
            values.insert(column, kind.to_owned());
        }
        let (management, content) = columns::unit(&values, level, title);
        let mark = self.mark(place, false);
        NewUnit { management, content, mark, ..NewUnit::default() }
    }

    /// The unit of a folder right below.
    fn folder<'u>(
        &mut self,
        above: &'u mut NewUnit,
        key: &str,
        title: &str,
        kind: Option<&str>,
    ) -> &'u mut NewUnit {
        let at = above.children.iter().position(|child| child.folder.as_deref() == Some(key));
        let at = at.unwrap_or_else(|| {
            let sheet = self.draft.answers.get(key).cloned().unwrap_or_default();
            let made = self.unit(("File", title), Place::Unit(key.to_owned()), &sheet, kind);
            above.children.push(NewUnit { folder: Some(key.to_owned()), ..made });
            above.children.len() - 1
        });
        &mut above.children[at]
    }

    fn kind_of(&mut self, file: &DraftFile) -> Option<String> {
        if self.ground.kinds.is_empty() {
            return None;
        }
        let said =
            file.sheet.values.get(NATURE).filter(|kind| kinds::named(&self.ground.kinds, kind).is_some());
        let kind = said.cloned().or_else(|| kinds::guessed(&self.ground.kinds, file, &self.more.before))?;
        self.kinds.insert(file.file_id, kind.clone());
        Some(kind)
    }

    fn object(&mut self, file: &DraftFile) -> NewObject {
        NewObject {
            uri: names::in_package(file.rank, &file.name),
            file_name: file.name.clone(),
            sha512: file.sha512.as_deref().map(hex::encode).unwrap_or_default(),
            size_bytes: file.bytes_received,
            puid: file.puid.clone(),
            format_name: file.format_name.clone(),
            mime: file.mime.clone(),
            mark: self.mark(Place::File(file.file_id), true),
        }
    }

    fn mark(&mut self, place: Place, is_object: bool) -> Option<u32> {
        self.sources.push((place, is_object));
        u32::try_from(self.sources.len() - 1).ok()
    }

    /// What is said of a unit, by column, as the standard writes it; what is not well written is left out, and told elsewhere.
    fn values(&self, place: &Place, sheet: &Sheet) -> BTreeMap<Column, String> {
        let is_kept = |field: &&String| !self.more.dropped.contains(&(place.clone(), (*field).clone()));
        let said = sheet.values.iter().filter(|(field, _)| is_kept(field));
        let mut all: BTreeMap<&str, &str> =
            said.map(|(field, value)| (field.as_str(), value.as_str())).collect();
        for ((of, field), value) in &self.more.automatic {
            if of == place && !self.more.dropped.contains(&(of.clone(), field.clone())) {
                all.entry(field).or_insert(value);
            }
        }
        let mut values = BTreeMap::new();
        for (field, value) in &all {
            let Ok(column) = Column::named(field) else { continue };
            if field.contains(['@', '.']) {
                continue;
            }
            if let Ok(value) = column.standard(value) {
                values.insert(column, keyword(field, value, &all));
            }
        }
        values
    }
}

/// A keyword with the parts that were asked apart.
fn keyword(field: &str, value: String, all: &BTreeMap<&str, &str>) -> String {
    if field != "mots-clés" {
        return value;
    }
    let part = |name: &str| all.get(name).map_or("", |part| part.trim());
    let value = value.replace('|', "/");
    match (part("mots-clés.nature"), part("mots-clés.reference")) {
        ("", "") => value,
        (kind, "") => format!("{value} [{kind}]"),
        (kind, reference) => format!("{value} [{kind}:{reference}]"),
    }
}
