//! The formats known when no signature file was imported: what local flows carry, read from `builtin.txt`.
//!
//! Never more than that: PRONOM knows 2 500 formats, this table some sixty. The signatures are ours, from the formats' own
//! specifications, in the same writing as PRONOM's and compiled the same way.

use super::chain::Chain;
use super::container_file::{self, Inner};
use super::droid;
use super::inner::Kind;
use super::sequence::{self, Anchor, Part, Written};
use super::{Settings, Signatures};

const TABLE: &str = include_str!("builtin.txt");
/// The format whose inside is worth looking at.
const ZIP: &str = "x-fmt/263";

impl Signatures {
    /// Our own small table.
    pub fn built_in() -> Self {
        let (file, containers) = read(TABLE).expect("the table is ours");
        Self::compile(file, Some(containers), Settings::default()).expect("the table is ours")
    }
}

/// The table, or the first line that is wrong.
pub(super) fn read(table: &str) -> Result<(droid::File, container_file::File), String> {
    let mut file = droid::File { version: "intégrée".into(), ..Default::default() };
    let mut packed = container_file::File { triggers: vec![(Kind::Zip, ZIP.into())], ..Default::default() };
    let mut over = Vec::new();
    for line in table.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')) {
        let entry = match line.strip_prefix("    ") {
            Some(signature) => add(signature, &mut file, &mut packed),
            None => format(line, file.formats.len()).map(|(format, lesser)| {
                file.formats.push(format);
                over.push(lesser);
            }),
        };
        entry.ok_or_else(|| format!("« {line} »"))?;
    }
    for (at, lesser) in over.into_iter().enumerate() {
        let others = file.formats.iter().filter(|one| lesser.contains(&one.puid) && one.id != at.to_string());
        let ids = others.map(|one| one.id.clone()).collect();
        file.formats[at].over = ids;
    }
    Ok((file, packed))
}

fn format(line: &str, at: usize) -> Option<(droid::Format, Vec<String>)> {
    let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let fields: Vec<&str> = line.split('|').map(str::trim).collect();
    let [puid, name, version, mime, extensions, over] = fields[..].try_into().ok()?;
    let [puid, name, version, mime] = [puid, name, version, mime].map(str::to_owned);
    let (id, extensions) = (at.to_string(), words(extensions));
    let format = droid::Format { id, puid, name, version, mime, extensions, ..Default::default() };
    Some((format, words(over)))
}

/// A signature of the last format.
fn add(line: &str, file: &mut droid::File, packed: &mut container_file::File) -> Option<()> {
    let format = file.formats.last_mut()?;
    if let Some(inner) = line.strip_prefix("zip ") {
        let id = packed.signatures.len().to_string();
        packed.formats.push((id.clone(), format.puid.clone()));
        packed.signatures.push(container_file::Signature {
            id,
            kind: Kind::Zip,
            files: vec![file_inside(inner)?],
        });
    } else if let Some(inner) = line.strip_prefix("and ") {
        packed.signatures.last_mut()?.files.push(file_inside(inner)?);
    } else {
        let id = file.signatures.len().to_string();
        format.signatures.push(id.clone());
        file.signatures.push((id, sequences(line)?));
    }
    Some(())
}

fn file_inside(text: &str) -> Option<Inner> {
    let (path, rest) = text.split_once(" : ")?;
    Some(Inner { path: path.to_owned(), signatures: vec![sequences(rest)?] })
}

fn sequences(text: &str) -> Option<Vec<Chain>> {
    text.split(" & ").map(sequence).collect()
}

fn sequence(text: &str) -> Option<Chain> {
    let (hold, rest) = text.split_once(' ')?;
    let (anchor, range, sequence) = match hold {
        "begin" => (Anchor::Beginning, rest.split_once(' ')?.0, rest.split_once(' ')?.1),
        "end" => (Anchor::End, rest.split_once(' ')?.0, rest.split_once(' ')?.1),
        "anywhere" => (Anchor::Nowhere, "", rest),
        _ => return None,
    };
    let (min, max) = match range.split_once('-') {
        Some((min, max)) => (min.parse().ok()?, Some(max.parse().ok()?)),
        None => (0, None),
    };
    let part = Part { position: 1, min, max, sequence: sequence.to_owned(), ..Part::default() };
    sequence::compile(Written { anchor, parts: vec![part] }).ok()
}
