//! Small terms of the specification: its versions, names of version folders, paths, URIs.

use super::super::paths::is_plain;

/// A published version of the specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Spec {
    V1_0,
    V1_1,
}

impl Spec {
    /// Every one, oldest first.
    pub const ALL: [Self; 2] = [Self::V1_0, Self::V1_1];

    /// `1.0`, `1.1`.
    pub fn number(self) -> &'static str {
        match self {
            Self::V1_0 => "1.0",
            Self::V1_1 => "1.1",
        }
    }

    pub(super) fn numbered(number: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|spec| spec.number() == number)
    }

    /// The `type` of its inventories.
    pub(super) fn inventory_type(self) -> String {
        format!("https://ocfl.io/{}/spec/#inventory", self.number())
    }

    pub(super) fn of_type(inventory_type: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|spec| spec.inventory_type() == inventory_type)
    }
}

/// Name of a version's folder: `v1`, or padded, `v0001`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct VersionName {
    pub number: u32,
    /// Count of digits when it begins with a zero, else none.
    pub padded_to: Option<usize>,
    pub text: String,
}

impl VersionName {
    pub fn of(text: &str) -> Option<Self> {
        let digits = text.strip_prefix('v')?;
        if digits.is_empty() || digits.len() > 9 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        let number: u32 = digits.parse().ok().filter(|number| *number > 0)?;
        let padded_to = digits.starts_with('0').then_some(digits.len());
        Some(Self { number, padded_to, text: text.to_string() })
    }
}

/// What is wrong with a path of an inventory, by the rules of both kinds of path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct PathFaults {
    /// Begins or ends with `/`, or is empty.
    pub edges: bool,
    /// Has an element that is empty, `.` or `..`, the edges apart.
    pub elements: bool,
}

impl PathFaults {
    pub fn of(path: &str) -> Self {
        let edges = path.is_empty() || path.starts_with('/') || path.ends_with('/');
        let inner = path.strip_prefix('/').unwrap_or(path);
        let inner = inner.strip_suffix('/').unwrap_or(inner);
        Self { edges, elements: !inner.is_empty() && !is_plain(inner) }
    }

    pub fn none(self) -> bool {
        !self.edges && !self.elements
    }
}

/// Whether a text is an absolute URI, by its characters. // RFC 3986, appendix A
pub(super) fn is_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let named = scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:/?#[]@!$&'()*+,;=%".contains(&byte);
    let escapes = rest.split('%').skip(1).all(|after| {
        let mut digits = after.bytes();
        (0..2).all(|_| digits.next().is_some_and(|digit| digit.is_ascii_hexdigit()))
    });
    named && !rest.is_empty() && rest.bytes().all(allowed) && escapes
}

/// Names of the registered extensions; `initial` is the one that may stand beside them.
pub(super) const REGISTERED: [&str; 13] = [
    "0001-digest-algorithms",
    "0002-flat-direct-storage-layout",
    "0003-hash-and-id-n-tuple-storage-layout",
    "0004-hashed-n-tuple-storage-layout",
    "0005-mutable-head",
    "0006-flat-omit-prefix-storage-layout",
    "0007-n-tuple-omit-prefix-storage-layout",
    "0008-schema-registry",
    "0009-digest-algorithms",
    "0010-differential-n-tuple-omit-prefix-storage-layout",
    "0011-direct-clean-path-layout",
    "0012-hash-and-no-prefix-id-n-tuple-storage-layout",
    "initial",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_versions() {
        let name = |text| VersionName::of(text).map(|name| (name.number, name.padded_to));
        assert_eq!(name("v1"), Some((1, None)));
        assert_eq!(name("v0010"), Some((10, Some(4))));
        for other in ["v", "v0", "v00", "1", "v-1", "v1a", "V1", "v1234567890", "v+1"] {
            assert_eq!(name(other), None, "{other}");
        }
    }

    #[test]
    fn paths_and_their_faults() {
        let faults = |path| (PathFaults::of(path).edges, PathFaults::of(path).elements);
        assert_eq!(faults("v1/content/a"), (false, false));
        for (path, edges, elements) in [
            ("", true, false),
            ("/a", true, false),
            ("a/", true, false),
            ("a//b", false, true),
            ("../a", false, true),
            ("a/.", false, true),
            ("/a/../b/", true, true),
        ] {
            assert_eq!(faults(path), (edges, elements), "{path}");
        }
    }

    #[test]
    fn uris_and_others() {
        for uri in ["urn:uuid:0f8c", "mailto:a@b.fr", "https://orcid.org/0000-0001", "ark:123/abc", "a:%20"] {
            assert!(is_uri(uri), "{uri}");
        }
        for other in ["", "abc", "urn:", "1a:b", "a b:c", "urn:é", "urn:a b", "a:%2", "a:%zz", ":a"] {
            assert!(!is_uri(other), "{other}");
        }
    }
}
