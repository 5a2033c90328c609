//! Words of the virus check: what an agreement asks for, what answered, how far a transfer was looked at.

use chrono::NaiveDate;

/// Whether the transfers of an agreement are shown to the virus scanner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VirusCheck {
    /// Always; without a scanner, no transfer is accepted.
    Required,
    /// As soon as the service has a scanner.
    WhenConfigured,
    Off,
}

impl VirusCheck {
    /// Every one, in the order of the documents.
    pub const ALL: [VirusCheck; 3] = [VirusCheck::Required, VirusCheck::WhenConfigured, VirusCheck::Off];

    /// The word in files and rows.
    pub fn word(self) -> &'static str {
        match self {
            VirusCheck::Required => "required",
            VirusCheck::WhenConfigured => "when_configured",
            VirusCheck::Off => "off",
        }
    }

    /// What a word says, if it says one.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|check| check.word() == word)
    }
}

/// What becomes of a file larger than the scanner takes at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LargeFiles {
    /// Shown in parts that overlap: no virus hides at a border, but what must be seen whole to be known is missed.
    Parts,
    /// Accepted without a look, and said.
    Unscanned,
    /// The transfer is refused.
    Refuse,
}

impl LargeFiles {
    /// Every one, in the order of the documents.
    pub const ALL: [LargeFiles; 3] = [LargeFiles::Parts, LargeFiles::Unscanned, LargeFiles::Refuse];

    /// The word in files and rows.
    pub fn word(self) -> &'static str {
        match self {
            LargeFiles::Parts => "parts",
            LargeFiles::Unscanned => "unscanned",
            LargeFiles::Refuse => "refuse",
        }
    }

    /// What a word says, if it says one.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|large| large.word() == word)
    }
}

/// The scanner that answered, and what it knew then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Engine {
    /// `ClamAV 1.4.3`.
    pub name: String,
    /// Version of its signatures, when it tells one.
    pub signatures: Option<String>,
    /// The day they were made.
    pub signatures_date: Option<NaiveDate>,
}

/// Why a file was not looked at, or not wholly.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NotScanned {
    /// The agreement asks for no check.
    Off,
    /// The service has no scanner.
    NotConfigured,
    /// It is larger than the scanner takes, and its agreement has it shown whole or not at all.
    TooLarge,
    /// The scanner gave up: too deep, too many files inside, too long.
    EngineLimit,
    /// The transfer was refused before the file was read, or because it could not be read.
    Refused,
}

impl NotScanned {
    /// Every one.
    pub const ALL: [NotScanned; 5] = [
        NotScanned::Off,
        NotScanned::NotConfigured,
        NotScanned::TooLarge,
        NotScanned::EngineLimit,
        NotScanned::Refused,
    ];

    /// The word in rows, answers and the journal.
    pub fn word(self) -> &'static str {
        match self {
            NotScanned::Off => "off",
            NotScanned::NotConfigured => "not_configured",
            NotScanned::TooLarge => "too_large",
            NotScanned::EngineLimit => "engine_limit",
            NotScanned::Refused => "refused",
        }
    }

    /// The words people read, after the number of files.
    pub fn label(self) -> &'static str {
        match self {
            NotScanned::Off => "l’accord ne le demande pas",
            NotScanned::NotConfigured => "le service n’a pas d’antivirus",
            NotScanned::TooLarge => "plus gros que l’antivirus n’en prend",
            NotScanned::EngineLimit => "l’antivirus n’a pas pu aller au bout",
            NotScanned::Refused => "versement refusé avant l’analyse",
        }
    }

    /// The words of preservation metadata.
    pub fn english(self) -> &'static str {
        match self {
            NotScanned::Off => "the agreement asks for no check",
            NotScanned::NotConfigured => "the service has no scanner",
            NotScanned::TooLarge => "larger than the scanner takes",
            NotScanned::EngineLimit => "the scanner reached its own limits",
            NotScanned::Refused => "refused before the check",
        }
    }

    /// What a word says, if it says one.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|why| why.word() == word)
    }
}

/// How far the files of a transfer (the manifest and the contents it bears included) were checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VirusCoverage {
    /// `None`: no scanner was asked.
    pub engine: Option<Engine>,
    /// Files whose every byte was looked at, and in which nothing was found.
    pub scanned: u64,
    /// Of these, those shown in parts.
    pub in_parts: u64,
    /// Files in which something was found, whether looked at to their end or not.
    pub infected: u64,
    /// How many were not looked at wholly, by reason, in order; no zero.
    pub not_scanned: Vec<(NotScanned, u64)>,
}

impl VirusCoverage {
    /// Counts one more that was not looked at.
    pub fn skip(&mut self, why: NotScanned, count: u64) {
        if count == 0 {
            return;
        }
        match self.not_scanned.binary_search_by_key(&why, |(why, _)| *why) {
            Ok(at) => self.not_scanned[at].1 += count,
            Err(at) => self.not_scanned.insert(at, (why, count)),
        }
    }

    /// Files not looked at wholly.
    pub fn not_scanned_count(&self) -> u64 {
        self.not_scanned.iter().map(|(_, count)| count).sum()
    }

    /// Whether every file was looked at.
    pub fn is_whole(&self) -> bool {
        self.not_scanned.is_empty()
    }

    /// Whether some file was left out for this reason.
    pub fn has(&self, why: NotScanned) -> bool {
        self.not_scanned.iter().any(|(reason, _)| *reason == why)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_come_back_as_what_they_say() {
        assert!(VirusCheck::ALL.iter().all(|check| VirusCheck::from_word(check.word()) == Some(*check)));
        assert!(LargeFiles::ALL.iter().all(|large| LargeFiles::from_word(large.word()) == Some(*large)));
        assert!(NotScanned::ALL.iter().all(|why| NotScanned::from_word(why.word()) == Some(*why)));
        assert_eq!(VirusCheck::from_word("always"), None);
    }

    #[test]
    fn reasons_are_counted_apart_and_in_order() {
        let mut coverage = VirusCoverage::default();
        assert!(coverage.is_whole());
        coverage.skip(NotScanned::Refused, 2);
        coverage.skip(NotScanned::TooLarge, 1);
        coverage.skip(NotScanned::Refused, 1);
        coverage.skip(NotScanned::EngineLimit, 0);
        assert_eq!(coverage.not_scanned, [(NotScanned::TooLarge, 1), (NotScanned::Refused, 3)]);
        assert_eq!(coverage.not_scanned_count(), 4);
        assert!(coverage.has(NotScanned::TooLarge) && !coverage.has(NotScanned::EngineLimit));
    }
}
