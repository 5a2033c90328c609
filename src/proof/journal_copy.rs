//! A journal as files that stand beside the archives: the text of each file, written and read back.
//!
//! `journal-000000000001.txt` and so on hold a thousand entries each, one a line: its SHA-256 in hexadecimal, a space, its
//! text as hashed. `attestations-000000000001.txt` has the attestations that those entries declare, if any. `journal-head.json` says where the copy ends and is written last. Never decides which journal is right.

use chrono::{DateTime, SecondsFormat, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::digest::sha256;
use super::journal::{Hash, hash};

/// Entries of one file.
pub const ENTRIES: i64 = 1_000;
/// Name of the file that says where the copy ends.
pub const HEAD: &str = "journal-head.json";
/// Version of the head's form; a reader refuses one it does not know.
const FORM: u32 = 1;

/// Where a journal, or its copy, ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Head {
    form: u32,
    /// The member's code.
    pub member: String,
    /// Number of the last entry, from 1.
    pub seq: i64,
    /// Of that entry, hexadecimal.
    pub hash: String,
    /// When that entry was written; RFC 3339.
    pub at: String,
}

impl Head {
    /// The end of a member's journal.
    pub fn new(member: &str, seq: i64, hash: &[u8], at: DateTime<Utc>) -> Self {
        let at = at.to_rfc3339_opts(SecondsFormat::Micros, true);
        Self { form: FORM, member: member.to_owned(), seq, hash: hex::encode(hash), at }
    }

    /// The file's text.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("strings and numbers")
    }

    /// Reads the file back; the error is why it cannot be believed, in French.
    pub fn from_json(text: &[u8]) -> Result<Self, String> {
        let head: Self = serde_json::from_slice(text).map_err(|error| format!("illisible ({error})"))?;
        match head.form {
            FORM if head.seq > 0 && hex::decode(&head.hash).is_ok_and(|hash| hash.len() == 32) => Ok(head),
            FORM => Err("illisible".into()),
            form => Err(format!("écrit sous une forme {form}, inconnue de ce programme")),
        }
    }

    /// Whether an entry is the one at which the journal ends.
    pub fn is(&self, seq: i64, hash: &[u8]) -> bool {
        self.seq == seq && self.hash == hex::encode(hash)
    }
}

/// Name of the file that holds the entry after the one numbered `after`, and the number of the entry before its first.
pub fn file_after(after: i64) -> (String, i64) {
    let before = after / ENTRIES * ENTRIES;
    (format!("journal-{:012}.txt", before + 1), before)
}

/// One line of a file.
pub fn line(hash: &[u8], text: &str) -> String {
    format!("{} {text}\n", hex::encode(hash))
}

/// Name of the file that holds the attestations declared by those entries.
pub fn attestations_after(after: i64) -> String {
    format!("attestations-{:012}.txt", after / ENTRIES * ENTRIES + 1)
}

/// An attestation beside the journal that declares it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// Its address in the service.
    pub id: Uuid,
    /// Its statement, exactly as digested.
    pub text: String,
}

impl Kept {
    /// One line of a file: digest of the statement, identifier, statement.
    pub fn line(&self) -> String {
        format!("{} {} {}\n", hex::encode(sha256(self.text.as_bytes())), self.id, self.text)
    }

    fn read(line: &str) -> Result<Self, String> {
        let mut parts = line.splitn(3, ' ');
        let parts = (parts.next(), parts.next().and_then(|id| Uuid::parse_str(id).ok()), parts.next());
        let (Some(digest), Some(id), Some(text)) = parts else { return Err("la ligne est illisible".into()) };
        match hex::encode(sha256(text.as_bytes())) == digest {
            true => Ok(Self { id, text: text.to_owned() }),
            false => Err("le texte a changé".into()),
        }
    }
}

/// Each attestation in a file, or what is wrong with its line, in French.
pub fn read_attestations(bytes: &[u8]) -> Vec<Result<Kept, String>> {
    let lines = bytes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    lines.map(|line| Kept::read(std::str::from_utf8(line).map_err(|_| "ce n'est pas un texte")?)).collect()
}

/// Texts of the entries in a file, each with the hash that was taken of it; the error says what is wrong, in French.
pub fn read(bytes: Vec<u8>) -> Result<Vec<(String, Hash)>, String> {
    let text = String::from_utf8(bytes).map_err(|_| "ce n'est pas un texte".to_string())?;
    if !text.is_empty() && !text.ends_with('\n') {
        return Err("la dernière ligne est coupée".into());
    }
    let entry = |(place, line): (usize, &str)| {
        let (written, text) = line.split_once(' ').unwrap_or_default();
        let hash = hash(text);
        let right = hex::encode(hash) == written;
        if right { Ok((text.to_owned(), hash)) } else { Err(format!("la ligne {} a changé", place + 1)) }
    };
    text.lines().enumerate().map(entry).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_reads_back_and_a_changed_or_cut_one_is_refused() {
        let texts = ["{\"a\":1}", "{\"b\":\"é d\"}"];
        let file: String = texts.iter().map(|text| line(&hash(text), text)).collect();
        let read_back = |file: &str| read(file.as_bytes().to_vec());
        let found: Vec<String> = read_back(&file).unwrap().into_iter().map(|(text, _)| text).collect();
        assert_eq!(found, texts);
        assert_eq!(read_back(&file.replace("\"b\"", "\"c\"")), Err("la ligne 2 a changé".into()));
        assert_eq!(read_back(&file[..file.len() - 1]), Err("la dernière ligne est coupée".into()));
        assert_eq!(read_back(""), Ok(vec![]));
    }

    #[test]
    fn an_attestation_reads_back_and_a_changed_one_is_told_alone() {
        let kept = |text: &str| Kept { id: Uuid::from_u128(7), text: text.into() };
        let file = kept("{\"n\":1}").line() + &kept("{\"n\":\"é d\"}").line();
        assert_eq!(read_attestations(file.as_bytes()), [Ok(kept("{\"n\":1}")), Ok(kept("{\"n\":\"é d\"}"))]);
        let changed = file.replace("{\"n\":1}", "{\"n\":2}");
        assert_eq!(read_attestations(changed.as_bytes())[0], Err("le texte a changé".into()));
        assert!(read_attestations(changed.as_bytes())[1].is_ok());
        assert!(read_attestations(b"\xff\n")[0].is_err() && read_attestations(b"a b\n")[0].is_err());
        assert_eq!(attestations_after(1_999), "attestations-000000001001.txt");
    }

    #[test]
    fn entries_are_found_in_their_file() {
        for (after, expected) in [
            (0, ("journal-000000000001.txt", 0)),
            (999, ("journal-000000000001.txt", 0)),
            (1_000, ("journal-000000001001.txt", 1_000)),
        ] {
            let (name, before) = file_after(after);
            assert_eq!((name.as_str(), before), expected);
        }
    }

    #[test]
    fn a_head_reads_back() {
        let head = Head::new("mairie", 12, &[7; 32], "2027-03-01T08:00:00Z".parse().unwrap());
        assert_eq!(Head::from_json(head.to_json().as_bytes()), Ok(head.clone()));
        assert!(head.is(12, &[7; 32]) && !head.is(12, &[8; 32]));
        assert!(Head::from_json(head.to_json().replace("\"form\": 1", "\"form\": 2").as_bytes()).is_err());
    }
}
