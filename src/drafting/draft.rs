//! A deposit being prepared: what was answered, what was asked, the files that came.
//!
//! Plain values. The one thing to know: what is said of a unit is kept by the names of `seda::write::columns`, whoever asked for it.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::model::{CopySaid, PersonId, Scope, TenantId, TransferId};

/// Files of one deposit.
pub const FILES_MAX: usize = 2_000;
/// Characters of an answer.
pub const ANSWER_CHARS_MAX: usize = 2_000;

/// Whose draft it is, and how far they deposit.
#[derive(Clone, Debug)]
pub struct By {
    pub tenant: TenantId,
    pub person: PersonId,
    pub scope: Scope,
}

/// A deposit being prepared, or sent.
#[derive(Clone, Debug)]
pub struct Draft {
    pub draft_id: Uuid,
    pub person: PersonId,
    /// Identifier of the agreement.
    pub agreement: String,
    pub copy: Option<CopySaid>,
    /// By unit: the whole under `""`, a folder under its path.
    pub answers: BTreeMap<String, Sheet>,
    pub message_identifier: String,
    /// The refused transfer that it takes up again.
    pub resumes: Option<TransferId>,
    pub used_at: DateTime<Utc>,
    /// Since it is being sent.
    pub sending_since: Option<DateTime<Utc>>,
    /// What it became.
    pub transfer_id: Option<TransferId>,
    /// As they came.
    pub files: Vec<DraftFile>,
}

/// A file that came, or is coming.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftFile {
    pub file_id: Uuid,
    /// From 1.
    pub rank: u32,
    /// Folders above it, `/` between them.
    pub folder: String,
    pub name: String,
    /// `None`: known once all of it came.
    pub bytes_total: Option<u64>,
    pub bytes_received: u64,
    /// When its sender's machine last changed it, as that machine says.
    pub modified_ms: Option<i64>,
    /// Once it is whole.
    pub sha512: Option<Vec<u8>>,
    pub puid: Option<String>,
    pub format_name: Option<String>,
    pub mime: Option<String>,
    pub sheet: Sheet,
}

/// What was answered of a unit, and what was asked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Sheet {
    pub values: BTreeMap<String, String>,
    pub asked: Vec<Question>,
}

/// A question, as it was put.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Question {
    /// What the answer fills: one field or several that are the same to whoever answers.
    pub fields: Vec<String>,
    pub label: String,
    pub hint: String,
    pub form: Form,
    /// Whether a deposit is sent without its answer.
    #[serde(default)]
    pub optional: bool,
}

/// How an answer is given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    Text,
    Date,
    /// Value, and the words people read.
    Choice(Vec<(String, String)>),
}

impl Question {
    /// The field by which it is known.
    pub fn name(&self) -> &str {
        self.fields.first().map_or("", String::as_str)
    }
}

impl DraftFile {
    /// Whether all of it came, and was digested.
    pub fn is_whole(&self) -> bool {
        self.sha512.is_some()
    }

    /// Its name with the folders above it.
    pub fn path(&self) -> String {
        if self.folder.is_empty() { self.name.clone() } else { format!("{}/{}", self.folder, self.name) }
    }

    /// Its name without what follows the last dot, as a title.
    pub fn title(&self) -> String {
        let stem = self.name.rsplit_once('.').map_or(self.name.as_str(), |(stem, _)| stem);
        let words: Vec<&str> = stem.split(['_', ' ']).filter(|word| !word.is_empty()).collect();
        if words.is_empty() { self.name.clone() } else { words.join(" ") }
    }
}

impl Draft {
    /// What is said of the whole.
    pub fn whole(&self) -> &Sheet {
        static NOTHING: Sheet = Sheet { values: BTreeMap::new(), asked: Vec::new() };
        self.answers.get("").unwrap_or(&NOTHING)
    }

    /// Bytes of its files, those still to come included.
    pub fn size_bytes(&self) -> u64 {
        let of = |file: &DraftFile| file.bytes_total.unwrap_or(file.bytes_received);
        self.files.iter().map(of).fold(0, u64::saturating_add)
    }

    /// The file of this identifier.
    pub fn file(&self, id: Uuid) -> Option<&DraftFile> {
        self.files.iter().find(|file| file.file_id == id)
    }

    /// Whether it has the same answers and the same files.
    pub fn says_as(&self, other: &Draft) -> bool {
        self.answers == other.answers && self.files == other.files && self.copy == other.copy
    }

    /// Whether it may still change.
    pub fn is_open(&self) -> bool {
        self.sending_since.is_none()
    }
}

/// Drafts as tests of rules need them.
#[cfg(test)]
pub(super) mod testing {
    use super::*;

    /// A file of which nothing came, under this path.
    pub fn file(path: &str, rank: u32) -> DraftFile {
        let (folder, name) = super::super::names::placed(path);
        DraftFile {
            file_id: Uuid::from_u128(rank.into()),
            rank,
            folder,
            name,
            bytes_total: None,
            bytes_received: 0,
            modified_ms: None,
            sha512: None,
            puid: None,
            format_name: None,
            mime: None,
            sheet: Sheet::default(),
        }
    }

    pub fn draft(files: Vec<DraftFile>) -> Draft {
        Draft {
            draft_id: Uuid::nil(),
            person: PersonId(Uuid::nil()),
            agreement: String::new(),
            copy: None,
            answers: BTreeMap::new(),
            message_identifier: String::new(),
            resumes: None,
            used_at: DateTime::UNIX_EPOCH,
            sending_since: None,
            transfer_id: None,
            files,
        }
    }
}
