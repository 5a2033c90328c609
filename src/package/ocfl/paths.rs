//! Which names may stand in an object: logical paths (names as received) and stored paths (ours).
//!
//! Stored paths are held to more than OCFL asks: plain ASCII, so that any file system and any bucket
//! keeps them apart.

use std::collections::HashSet;

/// Longest stored path, in bytes; one part holds at most 255, as file systems have it.
const STORED_PATH_BYTES_MAX: usize = 1_024;

/// Whether a path under `v1/content/` may be made on any disk: letters, digits, `.`, `_`, `-`, no part
/// that begins with a dot.
pub fn content_path_is_safe(path: &str) -> bool {
    let part_is_safe = |part: &str| {
        (1..=255).contains(&part.len())
            && !part.starts_with('.')
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-'))
    };
    path.len() <= STORED_PATH_BYTES_MAX && path.split('/').all(part_is_safe)
}

/// Whether a path names content of an object from its root: `v1/content/…`, safe as above.
pub fn stored_path_is_safe(path: &str) -> bool {
    let mut parts = path.splitn(3, '/');
    let version = parts.next().and_then(version_number).is_some();
    version && parts.next() == Some("content") && parts.next().is_some_and(content_path_is_safe)
}

/// Number of a version's name: `v1` and so on, without padding.
pub(super) fn version_number(name: &str) -> Option<u32> {
    let digits = name.strip_prefix('v')?;
    let plain =
        !digits.is_empty() && !digits.starts_with('0') && digits.bytes().all(|byte| byte.is_ascii_digit());
    if plain { digits.parse().ok() } else { None }
}

/// Whether OCFL allows the path at all: relative, no empty part, no `.` nor `..`. // OCFL 1.1, 3.5.3.1
pub(super) fn is_plain(path: &str) -> bool {
    path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}

/// The first path that appears twice, or is also the folder of another.
pub(super) fn conflict<'a>(paths: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let mut files = HashSet::new();
    let paths: Vec<&str> = paths.collect();
    if let Some(twice) = paths.iter().find(|path| !files.insert(**path)) {
        return Some(twice);
    }
    let folders = |path: &'a str| path.match_indices('/').map(move |(end, _)| &path[..end]);
    paths.iter().flat_map(|path| folders(path)).find(|folder| files.contains(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_ascii_names_are_stored() {
        for safe in ["manifest.xml", "objects/000001.pdf", "metadata/a-b_c.json"] {
            assert!(content_path_is_safe(safe), "{safe}");
        }
        let long = "a".repeat(256);
        for unsafe_path in
            ["", "/a", "a/", "a//b", ".", "..", "a/../b", ".hidden", "a\\b", "é", "a b", "a\0", "c:x", &long]
        {
            assert!(!content_path_is_safe(unsafe_path), "{unsafe_path}");
        }
        assert!(stored_path_is_safe("v1/content/objects/1"));
        for other in [
            "v1/inventory.json",
            "v0/content/a",
            "v01/content/a",
            "v1/content",
            "content/a",
            "v1/content/../a",
        ] {
            assert!(!stored_path_is_safe(other), "{other}");
        }
    }

    #[test]
    fn a_path_may_not_be_a_file_and_a_folder() {
        assert_eq!(conflict(["a", "b", "c/d"].into_iter()), None);
        assert_eq!(conflict(["a", "b", "a"].into_iter()), Some("a"));
        assert_eq!(conflict(["a/b/c", "a/b"].into_iter()), Some("a/b"));
    }
}
