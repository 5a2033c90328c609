//! What an agreement asks of its transfers beyond parties, profiles, formats and sizes.

use serde::{Deserialize, Serialize};

use super::expected::Expected;

/// The age of what comes under an agreement (norms §10).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Age {
    /// Still useful to whoever made them; some will be destroyed.
    #[default]
    Intermediaire,
    /// Kept for ever: nothing in them may be destroyed.
    Definitif,
}

/// What is asked of electronic signatures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Signing {
    /// Nothing: they are reported.
    #[default]
    Free,
    /// There must be one.
    Required,
    /// There must be one, and every one must be valid.
    Valid,
}

/// In what words replies say yes and no.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ReplyCodes {
    /// `000`, `101`…
    #[default]
    Numbers,
    /// `OK` and `KO`, which some applications expect.
    Words,
}

impl Age {
    /// Every age.
    pub const ALL: [Age; 2] = [Age::Intermediaire, Age::Definitif];

    /// The word in files and rows.
    pub fn word(self) -> &'static str {
        match self {
            Age::Intermediaire => "intermediaire",
            Age::Definitif => "definitif",
        }
    }

    /// The words people read.
    pub fn label(self) -> &'static str {
        match self {
            Age::Intermediaire => "archives intermédiaires",
            Age::Definitif => "archives définitives",
        }
    }

    /// The age of a word.
    pub fn from_word(word: &str) -> Option<Age> {
        Age::ALL.into_iter().find(|age| age.word() == word)
    }
}

impl Signing {
    /// Every one.
    pub const ALL: [Signing; 3] = [Signing::Free, Signing::Required, Signing::Valid];

    /// The word in files and rows.
    pub fn word(self) -> &'static str {
        match self {
            Signing::Free => "free",
            Signing::Required => "required",
            Signing::Valid => "valid",
        }
    }

    /// The words people read.
    pub fn label(self) -> &'static str {
        match self {
            Signing::Free => "non exigée",
            Signing::Required => "exigée",
            Signing::Valid => "exigée et valide",
        }
    }

    /// What a word asks.
    pub fn from_word(word: &str) -> Option<Signing> {
        Signing::ALL.into_iter().find(|signing| signing.word() == word)
    }
}

impl ReplyCodes {
    /// Every one.
    pub const ALL: [ReplyCodes; 2] = [ReplyCodes::Numbers, ReplyCodes::Words];

    /// The word in files and rows.
    pub fn word(self) -> &'static str {
        match self {
            ReplyCodes::Numbers => "numbers",
            ReplyCodes::Words => "words",
        }
    }

    /// Those of a word.
    pub fn from_word(word: &str) -> Option<ReplyCodes> {
        ReplyCodes::ALL.into_iter().find(|codes| codes.word() == word)
    }

    /// The code as it is written in a reply.
    pub fn written(self, code: &str) -> &str {
        match self {
            ReplyCodes::Numbers => code,
            ReplyCodes::Words if code.starts_with("00") => "OK",
            ReplyCodes::Words => "KO",
        }
    }
}

/// What is asked; what is not said asks nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Conditions {
    pub age: Age,
    /// Code of the rule of the retention schedule.
    pub typology: Option<String>,
    /// Usual names of the digest algorithms admitted, sorted; empty: all, and none is asked where the standard asks none.
    pub digests: Vec<String>,
    /// Of the message itself.
    pub message_signature: Signing,
    /// Of its documents.
    pub document_signatures: Signing,
    pub reply_codes: ReplyCodes,
    /// Who is written to when a transfer is taken in charge or refused, sorted.
    pub notify: Vec<String>,
    /// Sites on which its archives must be kept, sorted; the member's are those it may be on.
    pub sites: Vec<String>,
    /// Days within which each copy is read again; `None`: the service's own cycle.
    pub reading_days: Option<u32>,
    /// A scan must be a faithful copy (*copie fiable*).
    pub reliable_copy: bool,
    /// Deposits expected by the calendar; it judges none of them, and is no term of the agreement.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<Expected>,
}

/// Fewest days between two readings that an agreement may ask.
pub const READING_DAYS_MIN: u32 = 7;

/// What a depositor says of the files of a transfer (norms §10).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopySaid {
    /// Made digital.
    Original,
    /// Scans without a procedure: the paper is kept.
    Simple,
    /// Scans by a procedure of faithful copy (code civil, 1379).
    Reliable,
}

impl CopySaid {
    /// Every one.
    pub const ALL: [CopySaid; 3] = [CopySaid::Original, CopySaid::Simple, CopySaid::Reliable];

    /// The word in rows and requests.
    pub fn word(self) -> &'static str {
        match self {
            CopySaid::Original => "original",
            CopySaid::Simple => "simple",
            CopySaid::Reliable => "reliable",
        }
    }

    /// The words people read.
    pub fn label(self) -> &'static str {
        match self {
            CopySaid::Original => "documents nés numériques",
            CopySaid::Simple => "numérisation sans procédure (copie simple)",
            CopySaid::Reliable => "numérisation selon une procédure de copie fiable",
        }
    }

    /// What a word says.
    pub fn from_word(word: &str) -> Option<CopySaid> {
        CopySaid::ALL.into_iter().find(|said| said.word() == word)
    }
}

impl Conditions {
    /// Each term with its name and its value in words, for entries, differences and versions; an address is told by its number only,
    /// and what is expected by the calendar apart.
    pub fn said(&self) -> Vec<(&'static str, String)> {
        vec![
            ("age", self.age.word().to_owned()),
            ("typology", self.typology.clone().unwrap_or_default()),
            ("digests", self.digests.join(" ")),
            ("message_signature", self.message_signature.word().to_owned()),
            ("document_signatures", self.document_signatures.word().to_owned()),
            ("reply_codes", self.reply_codes.word().to_owned()),
            ("sites", self.sites.join(" ")),
            ("reading_days", self.reading_days.map(|days| days.to_string()).unwrap_or_default()),
            ("reliable_copy", if self.reliable_copy { "required" } else { "" }.to_owned()),
        ]
    }
}
