//! An attestation as a file: what the service declares, the journal's entry that declares it, and the proof that the entry
//! is in a sealed journal.
//!
//! Never decides what may be attested. The one thing to know: the statement is digested as canonical JSON (RFC 8785), and the
//! entry repeats that digest; so a statement is genuine when its entry is, and the entry is when its proof leads to a seal.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{canonical, digest, journal};

/// Version of the statement's form; a reader refuses one it does not know.
const FORM: u32 = 1;
/// Type of the entries that declare.
pub const EVENT_TYPE: &str = "ATTESTATION";
/// Files named one by one in a statement; the inventory's digest binds them all.
pub const FILES_MAX: usize = 200;
/// Longest file read as an attestation.
pub const FILE_BYTES_MAX: usize = 4 << 20;

/// What is declared. Times are RFC 3339, UTC; digests hexadecimal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// [`Statement::FORM`].
    pub form: u32,
    pub kind: Kind,
    /// Unique in the service: it begins with the member's code.
    pub number: String,
    pub issued_at: String,
    pub member: Member,
    pub transfer: Transfer,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub archive: Option<Archive>,
    /// What was checked before the taking in charge, and what it came to.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub controls: Vec<Control>,
    /// Each copy, read again to its last byte.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub copies: Vec<Copy>,
    /// The first of them; [`Archive::file_count`] counts all.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub files: Vec<File>,
}

/// What an attestation declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Bytes were received; nothing is said yet of what they hold.
    Reception,
    /// An archive was taken in charge: checked, written on every site, read again.
    PriseEnCharge,
    /// The copies of an archive, as they were read again on demand.
    Integrite,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    pub code: String,
    pub name: String,
}

/// The deposit it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    pub id: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub message_identifier: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub transferring_agency: Option<String>,
    pub file_name: String,
    pub received_at: String,
    pub size_bytes: u64,
    /// Of the container as received.
    pub sha512: String,
}

/// The archive it is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Archive {
    pub id: String,
    pub cote: String,
    pub title: String,
    pub agreement: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub profile: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub originating_agency: Option<String>,
    pub taken_in_charge_at: String,
    pub unit_count: u64,
    pub file_count: u64,
    pub size_bytes: u64,
    /// Of the OCFL inventory fixed at the taking in charge, which has the digest of every file.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub inventory_sha512: Option<String>,
    /// How many files of each format.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub formats: Vec<Counted>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counted {
    pub name: String,
    pub count: u64,
}

/// A family of checks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Control {
    pub name: String,
    /// `pass`, `warning`, or in words why it was not made.
    pub outcome: String,
}

/// A copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Copy {
    pub site: String,
    pub read_at: String,
    /// Whether every byte was there and right.
    pub intact: bool,
    /// Bytes read.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub size_bytes: Option<u64>,
    /// Of the inventory found there.
    #[serde(skip_serializing_if = "Option::is_none", default)]
    pub inventory_sha512: Option<String>,
    /// What is wrong with it, the first of it.
    #[serde(skip_serializing_if = "Vec::is_empty", default)]
    pub faults: Vec<String>,
}

/// A file of the archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    pub name: String,
    pub size_bytes: u64,
    pub sha512: String,
}

impl Kind {
    /// The word in the statement.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Reception => "reception",
            Kind::PriseEnCharge => "prise_en_charge",
            Kind::Integrite => "integrite",
        }
    }

    /// The kind of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Kind::Reception, Kind::PriseEnCharge, Kind::Integrite].into_iter().find(|kind| kind.word() == word)
    }

    /// As people read it.
    pub fn title(self) -> &'static str {
        match self {
            Kind::Reception => "Accusé de réception",
            Kind::PriseEnCharge => "Attestation de prise en charge",
            Kind::Integrite => "Attestation d’intégrité",
        }
    }
}

impl Statement {
    /// The form written today.
    pub const FORM: u32 = FORM;

    /// The canonical text, as digested.
    pub fn text(&self) -> Result<String, canonical::Error> {
        canonical::text(&serde_json::to_value(self).unwrap_or_default())
    }

    /// Reads a statement back; the error says why not, in French.
    pub fn from_text(text: &str) -> Result<Self, String> {
        let statement: Self =
            serde_json::from_str(text).map_err(|error| format!("déclaration illisible ({error})"))?;
        match statement.form {
            FORM => Ok(statement),
            form => Err(format!("déclaration de forme {form}, inconnue de ce programme")),
        }
    }
}

/// How the journal's entries name an attestation.
pub fn event_object(number: &str) -> String {
    format!("attestation:{number}")
}

/// The file: the statement, the entry that declares it, and its proof when there is one.
pub fn file(statement: &str, entry: &str, proof: Option<Value>) -> Result<String, serde_json::Error> {
    let mut fields = Map::new();
    fields.insert("statement".into(), serde_json::from_str(statement)?);
    fields.insert("entry".into(), entry.into());
    fields.insert("proof".into(), proof.unwrap_or_default());
    Ok(serde_json::to_string_pretty(&Value::Object(fields))? + "\n")
}

/// A file that holds together; its proof is still to be verified.
#[derive(Clone, Debug)]
pub struct Declared {
    pub statement: Statement,
    /// Of the statement.
    pub sha256: [u8; 32],
    /// The entry's exact text.
    pub entry: String,
    /// Of the entry: the leaf that the proof must lead to a seal.
    pub entry_hash: journal::Hash,
    /// Number of the entry in the member's journal.
    pub seq: i64,
    pub proof: Option<Value>,
}

/// Why a file proves nothing, in French.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Fault(pub String);

/// Whether a file says of itself that it is an attestation.
pub fn looks_like_one(bytes: &[u8]) -> bool {
    let fields: Option<Map<String, Value>> = serde_json::from_slice(bytes).ok();
    fields.is_some_and(|fields| fields.contains_key("statement"))
}

/// Reads a file, and verifies that its statement is the one its entry declares.
pub fn read(bytes: &[u8]) -> Result<Declared, Fault> {
    let fault = |reason: &str| Fault(reason.to_owned());
    if bytes.len() > FILE_BYTES_MAX {
        return Err(fault("le fichier est trop gros pour une attestation"));
    }
    let Ok(Value::Object(mut fields)) = serde_json::from_slice(bytes) else {
        return Err(fault("le fichier n’est pas une attestation : ce n’est pas un objet JSON"));
    };
    let (Some(declared), Some(Value::String(entry))) = (fields.remove("statement"), fields.remove("entry"))
    else {
        return Err(fault(
            "le fichier n’est pas une attestation : il y manque la déclaration ou l’entrée du journal",
        ));
    };
    let text = canonical::text(&declared).map_err(|error| Fault(format!("déclaration : {error}")))?;
    let statement = Statement::from_text(&text).map_err(Fault)?;
    let sha256 = digest::sha256(text.as_bytes());
    let said: Value =
        serde_json::from_str(&entry).map_err(|_| fault("l’entrée du journal n’est pas un objet JSON"))?;
    if canonical::text(&said).as_deref() != Ok(&entry) {
        return Err(fault("l’entrée du journal n’est pas sous sa forme canonique"));
    }
    let field = |name: &str| said.get(name).and_then(Value::as_str);
    let detail = |name: &str| said.pointer(&format!("/detail/{name}")).and_then(Value::as_str);
    if field("type") != Some(EVENT_TYPE) || field("object") != Some(&event_object(&statement.number)) {
        return Err(fault("l’entrée du journal ne déclare pas cette attestation"));
    }
    if detail("sha256") != Some(&hex::encode(sha256)) {
        return Err(fault(
            "la déclaration a été modifiée : son empreinte n’est pas celle que dit le journal",
        ));
    }
    if field("tenant") != Some(&statement.member.code) || detail("genre") != Some(statement.kind.word()) {
        return Err(fault("l’entrée du journal est d’une autre collectivité, ou d’un autre genre"));
    }
    let seq = said
        .get("seq")
        .and_then(Value::as_i64)
        .ok_or_else(|| fault("l’entrée du journal n’a pas de numéro"))?;
    let proof = fields.remove("proof").filter(|proof| !proof.is_null());
    Ok(Declared { statement, sha256, entry_hash: journal::hash(&entry), entry, seq, proof })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn statement() -> Statement {
        Statement {
            form: FORM,
            kind: Kind::Reception,
            number: "E01-ACC-2027-000001".into(),
            issued_at: "2027-03-01T08:00:00Z".into(),
            member: Member { code: "E01".into(), name: "Commune d’É".into() },
            transfer: Transfer {
                id: "t".into(),
                message_identifier: None,
                transferring_agency: None,
                file_name: "actes.zip".into(),
                received_at: "2027-03-01T08:00:00Z".into(),
                size_bytes: 12,
                sha512: "ab".repeat(64),
            },
            archive: None,
            controls: vec![],
            copies: vec![],
            files: vec![],
        }
    }

    fn entry(statement: &Statement) -> String {
        let sha256 = hex::encode(digest::sha256(statement.text().unwrap().as_bytes()));
        journal::Entry {
            seq: 7,
            tenant: "E01",
            at: "2027-03-01T08:00:00Z".parse().unwrap(),
            event_type: EVENT_TYPE,
            outcome: "OK",
            object: &event_object(&statement.number),
            agent: Some("service"),
            role: None,
            program: None,
            detail: &[("genre", "reception".into()), ("sha256", sha256)],
            prev: [0; 32],
        }
        .text()
    }

    #[test]
    fn a_file_reads_back_with_the_digests_that_prove_it() {
        let statement = statement();
        let text = statement.text().unwrap();
        let file = file(&text, &entry(&statement), Some(serde_json::json!({"size": 9}))).unwrap();
        let declared = read(file.as_bytes()).unwrap();
        assert_eq!(declared.statement, statement);
        assert_eq!(declared.sha256, digest::sha256(text.as_bytes()));
        assert_eq!((declared.entry_hash, declared.seq), (journal::hash(&entry(&statement)), 7));
        assert_eq!(declared.proof, Some(serde_json::json!({"size": 9})));
        assert_eq!(Statement::from_text(&text), Ok(statement));
    }

    #[test]
    fn one_character_changed_anywhere_is_found_and_said() {
        let statement = statement();
        let whole = file(&statement.text().unwrap(), &entry(&statement), None).unwrap();
        assert!(read(whole.as_bytes()).unwrap().proof.is_none());
        for (from, to, said) in [
            ("\"size_bytes\": 12", "\"size_bytes\": 13", "a été modifiée"),
            ("abab", "abac", "a été modifiée"),
            ("d’É", "d’E", "a été modifiée"),
            ("\"number\": \"E01-ACC-2027-000001\"", "\"number\": \"E01-ACC-2027-000002\"", "ne déclare pas"),
            ("\"form\": 1", "\"form\": 2", "inconnue"),
            ("\\\"type\\\":\\\"ATTESTATION", "\\\"type\\\":\\\"RECEPTION", "ne déclare pas"),
            ("\\\"tenant\\\":\\\"E01", "\\\"tenant\\\":\\\"E02", "autre collectivité"),
            ("{\\\"agent", "{ \\\"agent", "canonique"),
            ("\"statement\"", "\"declaration\"", "il y manque"),
            ("\"number\"", "\"inconnu\": 1, \"number\"", "illisible"),
        ] {
            let changed = whole.replacen(from, to, 1);
            assert_ne!(changed, whole, "{from}");
            let fault = read(changed.as_bytes()).expect_err(from);
            assert!(fault.0.contains(said), "{from}: {fault}");
        }
        assert!(read(&vec![b' '; FILE_BYTES_MAX + 1]).is_err());
        assert!(read(b"[1]").is_err());
    }
}
