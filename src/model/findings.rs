//! Everything that can be found wrong with a transfer: the catalogue of codes, and one finding.
//!
//! Codes are stable and dotted, the first word telling the family (`container`, `xml`, `schema`,
//! `reference`, `object`, `header`, `rule`, `unit`, `quota`, `message`, `format`, `virus`, `profile`).
//! Each has a fixture; a test fails when one lacks it.

/// How grave.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Accepted all the same, and said in the reply.
    Warning,
    /// The transfer is refused.
    Error,
}

impl Severity {
    /// The word in answers and rows.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// A kind of fault: one line of the catalogue.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// Stable, dotted.
    pub code: &'static str,
    pub severity: Severity,
    /// De-facto SEDA reply code it leads to (seda.md §2.2): `101`, `207`…
    pub reply_code: &'static str,
    /// What is wrong in general, in French, for documents.
    pub title: &'static str,
    /// What the depositor can do about it, in French, one sentence.
    pub remedy: &'static str,
}

/// One thing found wrong, at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub kind: &'static Kind,
    /// Line in the manifest, from 1.
    pub line: Option<u64>,
    /// Element path in the manifest, or name in the container.
    pub path: Option<String>,
    /// What is wrong here, in French, with the values that show it.
    pub message: String,
}

impl Finding {
    /// A finding with its sentence; place it with [`Finding::at_line`] and [`Finding::in_path`].
    pub fn new(kind: &'static Kind, message: impl Into<String>) -> Self {
        Self { kind, line: None, path: None, message: message.into() }
    }

    /// At this line of the manifest.
    pub fn at_line(mut self, line: u64) -> Self {
        self.line = Some(line);
        self
    }

    /// At this element or file.
    pub fn in_path(mut self, path: impl Into<String>) -> Self {
        self.path = Some(path.into());
        self
    }

    /// Whether it refuses the transfer.
    pub fn is_error(&self) -> bool {
        self.kind.severity == Severity::Error
    }
}

macro_rules! catalogue {
    ($($name:ident = $code:literal, $severity:ident, $reply:literal, $title:literal, $remedy:literal;)*) => {
        $(#[doc = $title] pub static $name: Kind = Kind {
            code: $code, severity: Severity::$severity, reply_code: $reply, title: $title, remedy: $remedy,
        };)*
        /// Every kind, in the order of the catalogue.
        pub static CATALOGUE: &[&Kind] = &[$(&$name),*];
    };
}

/// The kind of a code, if the catalogue has it.
pub fn kind(code: &str) -> Option<&'static Kind> {
    CATALOGUE.iter().copied().find(|kind| kind.code == code)
}

catalogue! {
    CONTAINER_UNREADABLE = "container.unreadable", Error, "101",
        "Le fichier n'est pas une archive lisible",
        "Refaites l'archive (zip, tar, tar.gz ou tar.bz2) et déposez-la de nouveau.";
}
