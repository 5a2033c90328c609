//! Words of file formats: how one is named, what an agreement asks of them, the risk that a member sees in one.

/// A format as PRONOM names it; what it has not is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NamedFormat {
    pub puid: String,
    pub name: String,
    pub version: String,
    pub mime: String,
}

impl NamedFormat {
    /// Its name and version, for people.
    pub fn title(&self) -> String {
        match (self.name.as_str(), self.version.as_str()) {
            ("", _) => self.puid.clone(),
            (name, "") => name.to_owned(),
            (name, version) => format!("{name}, version {version}"),
        }
    }
}

/// The risk that a member sees in a format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FormatRisk {
    /// Open, widespread, read by several programs.
    Safe,
    /// Readable today, to be looked at again.
    Watch,
    /// To be converted while it can be.
    Convert,
}

impl FormatRisk {
    /// Every one, the least grave first.
    pub const ALL: [FormatRisk; 3] = [FormatRisk::Safe, FormatRisk::Watch, FormatRisk::Convert];

    /// The word in files and rows.
    pub fn word(self) -> &'static str {
        match self {
            FormatRisk::Safe => "safe",
            FormatRisk::Watch => "watch",
            FormatRisk::Convert => "convert",
        }
    }

    /// What a word says, if it says one.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|risk| risk.word() == word)
    }
}

/// What an agreement asks of the formats of its transfers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormatPolicy {
    /// PUIDs, or the beginning of some followed by `*`; none: every format.
    pub accepted: Vec<String>,
    /// A file that nothing names.
    pub unknown: WhenAmiss,
    /// A file that is not of the format declared.
    pub differs: WhenAmiss,
}

impl FormatPolicy {
    /// Whether a PUID is among the formats accepted.
    pub fn accepts(&self, puid: &str) -> bool {
        let is_it = |accepted: &String| match accepted.strip_suffix('*') {
            Some(beginning) => puid.starts_with(beginning),
            None => accepted == puid,
        };
        self.accepted.is_empty() || self.accepted.iter().any(is_it)
    }
}

/// What becomes of a transfer with a file that is not as it should be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WhenAmiss {
    /// Accepted, and said.
    #[default]
    Warn,
    Refuse,
}

impl WhenAmiss {
    /// Every one, in the order of the documents.
    pub const ALL: [WhenAmiss; 2] = [WhenAmiss::Warn, WhenAmiss::Refuse];

    /// The word in files and rows.
    pub fn word(self) -> &'static str {
        match self {
            WhenAmiss::Warn => "warn",
            WhenAmiss::Refuse => "refuse",
        }
    }

    /// What a word says, if it says one.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|when| when.word() == word)
    }
}

/// Whether a text is a PUID.
pub fn is_puid(text: &str) -> bool {
    is_puid_or_family(text) && !text.ends_with('*')
}

/// Whether a text is a PUID, or the beginning of some followed by `*`.
pub fn is_puid_or_family(text: &str) -> bool {
    let Some((family, number)) = text.strip_prefix("x-").unwrap_or(text).split_once('/') else {
        return false;
    };
    let digits = number.strip_suffix('*').unwrap_or(number);
    let is_number = digits.len() <= 6 && digits.bytes().all(|byte| byte.is_ascii_digit());
    family == "fmt" && is_number && !number.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_accepted_one_by_one_or_by_family() {
        let policy = |accepted: &[&str]| FormatPolicy {
            accepted: accepted.iter().map(|one| (*one).to_owned()).collect(),
            ..FormatPolicy::default()
        };
        assert!(policy(&[]).accepts("fmt/1"));
        assert!(policy(&["fmt/18", "x-fmt/*"]).accepts("x-fmt/111"));
        assert!(policy(&["fmt/18"]).accepts("fmt/18"));
        assert!(!policy(&["fmt/18"]).accepts("fmt/180"), "a whole PUID");
        assert!(!policy(&["fmt/*"]).accepts("x-fmt/18"));
    }

    #[test]
    fn a_puid_is_told_from_what_looks_like_one() {
        for good in ["fmt/18", "x-fmt/111", "fmt/*", "x-fmt/*", "fmt/9*"] {
            assert!(is_puid_or_family(good), "{good}");
        }
        for bad in [
            "",
            "*",
            "fmt",
            "fmt/",
            "fmt/x",
            "FMT/18",
            "fmt/1234567",
            "x-x-fmt/1",
            "fmt/1/2",
            "fmt/*8",
            "pdf",
        ] {
            assert!(!is_puid_or_family(bad), "{bad}");
        }
        assert!(is_puid("x-fmt/18") && !is_puid("fmt/*") && !is_puid("pdf"));
    }
}
