//! Where the container holds a declared file: by its exact path, and for 0.2 and 1.0 by the nearest one.
//!
//! Senders of these versions zip the folder that holds the files, or name files without their folders: a folder common to
//! the whole container is left out, then a last part that only one file has is enough. Never two files for one name.

use std::collections::HashMap;

use percent_encoding::percent_decode_str;
use unicode_normalization::UnicodeNormalization;

/// The container's files by name.
pub(super) struct Places {
    by_path: HashMap<String, usize>,
    /// Folders that hold every file, outermost first, each with its slash.
    roots: Vec<String>,
    /// `None` when several files share it.
    by_last: HashMap<String, Option<usize>>,
}

impl Places {
    /// `names`: every file of the container but the manifest.
    pub fn new(names: &[&str]) -> Self {
        let mut by_path = HashMap::new();
        let mut by_last: HashMap<String, Option<usize>> = HashMap::new();
        for (entry, name) in names.iter().enumerate() {
            let path: String = name.nfc().collect();
            by_last
                .entry(last_part(&path).to_owned())
                .and_modify(|known| *known = None)
                .or_insert(Some(entry));
            by_path.insert(path, entry);
        }
        Self { roots: common_folders(names), by_path, by_last }
    }

    /// The file of this very path, or of the path with its escapes undone.
    pub fn exact(&self, path: &str) -> Option<usize> {
        self.by_path.get(path).or_else(|| self.by_path.get(&unescaped(path)?)).copied()
    }

    /// The file that 0.2 and 1.0 may mean by a path that is no file's.
    pub fn near(&self, path: &str) -> Option<usize> {
        let path = path.replace('\\', "/");
        let under = |root: &String| self.exact(&format!("{root}{path}"));
        let last = || self.by_last.get(last_part(&path)).copied().flatten();
        let unescaped_last = || self.by_last.get(last_part(&unescaped(&path)?)).copied().flatten();
        self.exact(&path)
            .or_else(|| self.roots.iter().rev().find_map(under))
            .or_else(last)
            .or_else(unescaped_last)
    }
}

/// The path with its escapes undone, when it has any: a name may hold a bare `%`.
pub(super) fn unescaped(uri: &str) -> Option<String> {
    let is_digit = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_hexdigit);
    let bytes = uri.as_bytes();
    let is_escape = |at: usize| is_digit(bytes.get(at + 1)) && is_digit(bytes.get(at + 2));
    let is_escaped =
        bytes.contains(&b'%') && bytes.iter().enumerate().all(|(at, &byte)| byte != b'%' || is_escape(at));
    let decoded = is_escaped.then(|| percent_decode_str(uri).decode_utf8().ok()).flatten()?;
    Some(decoded.nfc().collect())
}

/// What follows the last slash.
pub(super) fn last_part(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

fn common_folders(names: &[&str]) -> Vec<String> {
    let mut common: Option<&str> = None;
    for name in names {
        let folder = name.rfind('/').map_or("", |at| &name[..=at]);
        common = Some(match common {
            None => folder,
            Some(known) => shared(known, folder),
        });
    }
    let common = common.unwrap_or_default();
    common.match_indices('/').map(|(at, _)| common[..=at].nfc().collect()).collect()
}

/// The longest folder that both are in.
fn shared<'a>(one: &'a str, other: &str) -> &'a str {
    let differ = one.bytes().zip(other.bytes()).position(|(a, b)| a != b);
    let length = differ.unwrap_or(one.len().min(other.len()));
    one[..one.floor_char_boundary(length)].rfind('/').map_or("", |at| &one[..=at])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_common_folder_is_left_out_then_a_last_part_is_enough() {
        let places = Places::new(&["envoi/lot/a/x.pdf", "envoi/lot/b/x.pdf", "envoi/lot/b/é y.pdf"]);
        assert_eq!(places.roots, ["envoi/", "envoi/lot/"]);
        for (path, entry) in [
            ("envoi/lot/a/x.pdf", Some(0)),
            ("a/x.pdf", Some(0)),
            ("lot/b/x.pdf", Some(1)),
            ("b\\x.pdf", Some(1)),
            ("x.pdf", None),
            ("c/x.pdf", None),
            ("c/é y.pdf", Some(2)),
            ("%C3%A9%20y.pdf", Some(2)),
            ("z.pdf", None),
        ] {
            assert_eq!(places.near(path), entry, "{path}");
        }
        assert_eq!(places.exact("a/x.pdf"), None);
        assert!(Places::new(&["a.pdf", "b/c.pdf"]).roots.is_empty());
        assert!(Places::new(&["ab/x", "ac/x"]).roots.is_empty());
        assert_eq!(Places::new(&["é/x", "é/y"]).near("x"), Some(0));
    }
}
