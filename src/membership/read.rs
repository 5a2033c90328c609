//! From the folder of members to checked values, every fault with its file and line.
//!
//! Never stops at the first fault, never lets half a folder through.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::NaiveDate;
use serde::Deserialize;
use toml::Spanned;
use toml::value::Datetime;

use super::Fault;
use super::check;
use super::file::{Grammar, Member};
use super::grammars::{self, Unread};
use crate::storage::Storage;

/// Longest file.
const FILE_BYTES_MAX: u64 = 1 << 20;

pub(super) type Text = Spanned<String>;

/// A file as written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    pub code: Text,
    pub name: Text,
    pub kind: Text,
    pub siren: Text,
    pub department: Text,
    pub quota: WrittenQuota,
    /// Names of the sites on which its archives are kept; all there are when it names none.
    pub sites: Option<Spanned<Vec<String>>>,
    /// Whether its own seals are stamped, beside the platform's.
    #[serde(default)]
    pub own_stamps: bool,
    pub population: Option<WrittenPopulation>,
    pub valid_from: Option<Spanned<Datetime>>,
    pub valid_until: Option<Spanned<Datetime>>,
    pub successor: Option<Text>,
    /// The Archives départementales whose director controls its archives.
    pub control: Option<Text>,
    pub convention: Option<WrittenConvention>,
    pub numbering: Option<WrittenNumbering>,
    #[serde(default)]
    pub party: Vec<WrittenParty>,
    #[serde(default)]
    pub profile: Vec<WrittenProfile>,
    #[serde(default)]
    pub agreement: Vec<WrittenAgreement>,
    #[serde(default)]
    pub person: Vec<WrittenPerson>,
    #[serde(default)]
    pub machine: Vec<WrittenMachine>,
}

/// Inhabitants, as the INSEE counts them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenPopulation {
    pub inhabitants: Spanned<i64>,
    pub year: Spanned<i64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenConvention {
    pub identifier: Text,
    pub regime: Text,
    pub state: Text,
    pub signed_on: Option<Spanned<Datetime>>,
    pub valid_from: Option<Spanned<Datetime>>,
    pub valid_until: Option<Spanned<Datetime>>,
    pub notice_months: Spanned<i64>,
    pub archives_service: Option<Text>,
    pub draft_sent_on: Option<Spanned<Datetime>>,
    pub opinion_on: Option<Spanned<Datetime>>,
    pub certificate: Option<Text>,
    pub certificate_until: Option<Spanned<Datetime>>,
    pub policy_signed_on: Option<Spanned<Datetime>>,
    pub declaration_on: Option<Spanned<Datetime>>,
    pub service_file_sent_on: Option<Spanned<Datetime>>,
    #[serde(default)]
    pub fields: BTreeMap<String, Text>,
}

/// Patterns of numbers, one a kind.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenNumbering {
    pub cote: Option<Text>,
    pub accuse: Option<Text>,
    pub attestation: Option<Text>,
    pub bordereau: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenQuota {
    pub bytes: Spanned<i64>,
    pub soft_bytes: Option<Spanned<i64>>,
    pub objects: Option<Spanned<i64>>,
    pub deposits_per_day: Option<Spanned<i64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenParty {
    pub identifier: Text,
    pub name: Text,
    pub siret: Option<Text>,
    pub parts: Vec<Text>,
    pub valid_from: Option<Spanned<Datetime>>,
    pub valid_until: Option<Spanned<Datetime>>,
    pub successor: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenProfile {
    pub identifier: Text,
    pub name: Text,
    pub notice: Option<Text>,
    /// Its own file; or else a model of the library.
    pub file: Option<Text>,
    pub library: Option<Text>,
    pub state: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenAgreement {
    pub identifier: Text,
    pub name: Text,
    pub acceptance: Text,
    pub archival_agency: Text,
    pub transferring: Vec<Text>,
    pub originating: Vec<Text>,
    pub transfer_bytes_max: Spanned<i64>,
    pub profiles: Option<Vec<Text>>,
    pub profile_imposed: Option<Spanned<bool>>,
    #[serde(default)]
    pub tolerances: Vec<Text>,
    pub virus: Option<Text>,
    pub virus_large: Option<Text>,
    #[serde(default)]
    pub formats: Vec<Text>,
    pub format_unknown: Option<Text>,
    pub format_differs: Option<Text>,
    #[serde(default)]
    pub limit: Vec<WrittenLimit>,
    pub age: Option<Text>,
    pub typology: Option<Text>,
    #[serde(default)]
    pub digests: Vec<Text>,
    pub message_signature: Option<Text>,
    pub document_signatures: Option<Text>,
    pub reply_codes: Option<Text>,
    #[serde(default)]
    pub notify: Vec<Text>,
    #[serde(default)]
    pub sites: Vec<Text>,
    pub reading_days: Option<Spanned<i64>>,
    #[serde(default)]
    pub reliable_copy: bool,
    pub expected: Option<WrittenExpected>,
    pub valid_from: Option<Spanned<Datetime>>,
    pub valid_until: Option<Spanned<Datetime>>,
    pub state: Text,
}

/// Deposits expected by the calendar.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenExpected {
    pub every: Text,
    pub within_days: Spanned<i64>,
    pub since: Spanned<Datetime>,
}

/// Most that may be deposited in a time.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenLimit {
    pub per: Text,
    pub transfers: Option<Spanned<i64>>,
    pub files: Option<Spanned<i64>>,
    pub bytes: Option<Spanned<i64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenPerson {
    pub login: Text,
    pub name: Text,
    pub email: Option<Text>,
    #[serde(default)]
    pub roles: Vec<Text>,
    /// Roles held for some agreements and producing services only.
    #[serde(default)]
    pub scoped: Vec<WrittenScoped>,
    pub password: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenScoped {
    pub role: Text,
    pub agreements: Option<Vec<Text>>,
    pub producers: Option<Vec<Text>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenMachine {
    pub client_id: Text,
    pub name: Text,
    pub agreements: Vec<Text>,
    pub secret: Option<Text>,
    /// In what form it is answered.
    pub replies: Option<Text>,
}

/// Every member of the folder, by code; or everything that is wrong.
pub(super) fn read_all(
    folder: &Path,
    storage: &Storage,
    today: NaiveDate,
) -> Result<Vec<Member>, Vec<Fault>> {
    let mut members = Vec::new();
    let mut faults = Vec::new();
    for path in paths(folder)? {
        match read_one(&path, storage, today) {
            Ok(member) => members.push((path, member)),
            Err(found) => faults.extend(found),
        }
    }
    faults.extend(between(&members));
    if faults.is_empty() { Ok(members.into_iter().map(|(_, member)| member).collect()) } else { Err(faults) }
}

/// The members' files, in the order of their codes.
pub(super) fn paths(folder: &Path) -> Result<Vec<PathBuf>, Vec<Fault>> {
    let whole = |reason: String| vec![Fault { path: folder.to_path_buf(), line: 0, reason }];
    let entries = fs::read_dir(folder).map_err(|error| whole(format!("dossier illisible ({error})")))?;
    let mut paths: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path().join("member.toml")))
        .filter(|path| path.parent().is_some_and(Path::is_dir))
        .collect();
    paths.sort();
    if paths.is_empty() {
        return Err(whole("aucun membre : un dossier par membre est attendu, et son member.toml".into()));
    }
    Ok(paths)
}

/// A file's text and what it says, not checked.
pub(super) fn written(path: &Path) -> Result<(String, Written), Vec<Fault>> {
    let whole = |reason: String| vec![Fault { path: path.to_path_buf(), line: 0, reason }];
    let size_bytes = fs::metadata(path).map_err(|error| whole(format!("illisible ({error})")))?.len();
    if size_bytes > FILE_BYTES_MAX {
        return Err(whole(format!("plus de {FILE_BYTES_MAX} octets")));
    }
    let text = fs::read_to_string(path).map_err(|error| whole(format!("illisible ({error})")))?;
    let written = toml::from_str(&text).map_err(|error| {
        let line = line_at(&text, error.span().map_or(0, |span| span.start));
        vec![Fault { path: path.to_path_buf(), line, reason: in_french(error.message()) }]
    })?;
    Ok((text, written))
}

fn read_one(path: &Path, storage: &Storage, today: NaiveDate) -> Result<Member, Vec<Fault>> {
    let (text, written) = written(path)?;
    let at = |(offset, reason)| Fault { path: path.to_path_buf(), line: line_at(&text, offset), reason };
    let folder = path.parent().unwrap_or(Path::new("."));
    let mut faults = Vec::new();
    let mut profiles = Vec::new();
    for profile in &written.profile {
        match grammar(folder, profile) {
            Ok(grammar) => profiles.push((profile, grammar)),
            Err((offset, Unread::Path(reason))) => faults.push(at((offset, reason))),
            Err((_, Unread::Refused(found))) => faults.extend(found),
        }
    }
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    match check::checked(&written, &name, profiles, storage, today) {
        Ok(member) if faults.is_empty() => Ok(member),
        Ok(_) => Err(faults),
        Err(found) => Err(found.into_iter().map(at).chain(faults).collect()),
    }
}

/// The grammar of a profile, from its own file or from the library; or where it is at fault, and why.
fn grammar(folder: &Path, profile: &WrittenProfile) -> Result<Grammar, (usize, Unread)> {
    let (written, read) = match (&profile.file, &profile.library) {
        (Some(file), None) => (file, grammars::read(folder, file.get_ref())),
        (None, Some(model)) => (model, grammars::of_model(model.get_ref())),
        (Some(_), Some(model)) => {
            let reason = "un profil vient d'un fichier (file) ou d'un modèle (library), pas des deux";
            (model, Err(Unread::Path(reason.into())))
        }
        (None, None) => {
            let reason = "il manque la clé file, ou la clé library qui nomme un modèle";
            (&profile.identifier, Err(Unread::Path(reason.into())))
        }
    };
    read.map_err(|unread| (written.span().start, unread))
}

pub(super) fn line_at(text: &str, offset: usize) -> usize {
    text.as_bytes()[..offset.min(text.len())].iter().filter(|byte| **byte == b'\n').count() + 1
}

/// The reader's own words, for the faults that a hand makes most.
fn in_french(message: &str) -> String {
    let quoted = message.split('`').nth(1).unwrap_or_default();
    if message.starts_with("unknown field") {
        format!("clé inconnue : {quoted}")
    } else if message.starts_with("missing field") {
        format!("il manque la clé {quoted}")
    } else if message.starts_with("duplicate key") {
        "clé écrite deux fois".into()
    } else if let Some((found, expected)) =
        message.strip_prefix("invalid type: ").and_then(|m| m.split_once(", expected "))
    {
        format!("mauvais type : {found} au lieu de {expected}")
    } else {
        format!("TOML mal écrit : {message}")
    }
}

/// What one file alone cannot show: one person or client, told in two ways.
fn between(members: &[(PathBuf, Member)]) -> Vec<Fault> {
    let mut faults = Vec::new();
    let mut people = BTreeMap::new();
    let mut clients = BTreeMap::new();
    for (path, member) in members {
        let mut fault = |reason| faults.push(Fault { path: path.clone(), line: 0, reason });
        for person in &member.people {
            let (first, other) = people.entry(&person.login).or_insert((person, path));
            if first.email.is_some() && person.email.is_some() && first.email != person.email {
                let other = other.display();
                fault(format!("« {} » a une autre adresse électronique dans {other}", person.login));
            }
            if (&first.name, &first.password) != (&person.name, &person.password) {
                let other = other.display();
                fault(format!("« {} » a un autre nom ou un autre mot de passe dans {other}", person.login));
            }
        }
        if let Some(successor) = &member.successor
            && !members.iter().any(|(_, other)| other.code == *successor)
        {
            fault(format!("la collectivité qui lui succède, « {successor} », n'est pas dans le dossier"));
        }
        for machine in &member.machines {
            if let Some(other) = clients.insert(&machine.client_id, path) {
                fault(format!(
                    "l'identifiant client « {} » est aussi dans {}",
                    machine.client_id,
                    other.display()
                ));
            }
        }
    }
    faults
}
