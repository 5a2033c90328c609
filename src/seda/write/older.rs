//! What 0.2 and 1.0 share: organizations, closed lists, the archive a reply repeats.
//!
//! Never writes a code outside the lists of 2009 and 2011: what a transfer names otherwise, or does not name, gets
//! the value that says least.

use chrono::{DateTime, SecondsFormat, Utc};

use super::writer::Writer;
use super::{ReplyUnit, TransferReply};
use crate::model::SedaVersion;
use crate::seda::{date, language};

/// Said by a receipt, which nothing else in it says.
pub(super) const RECEIVED: &str = "Votre transfert a été reçu ; son contenu n'est pas encore contrôlé.";
const LIST: &str = "listVersionID";
/// Edition of every list of 0.2, and of those of 1.0 but languages.
pub(super) const EDITION: &str = "edition 2009";
/// The list of 0.2, family by family: first code and last.
const REPLY_CODES: [(u16, u16); 4] = [(0, 2), (101, 102), (200, 212), (300, 312)];

/// A date and time with its offset in figures: clients of these versions do not all read `Z`.
pub(super) fn date_time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, false)
}

/// A code of a closed list, with the edition of the list.
pub(super) fn coded(out: &mut Writer, name: &str, code: &str) {
    out.leaf_with(name, LIST, EDITION, code);
}

pub(super) fn organization(out: &mut Writer, name: &'static str, identification: &str) {
    out.open(name);
    out.leaf("Identification", identification);
    out.close();
}

/// The reply's code; one outside the list is told as a malformed message.
pub(super) fn reply_code(out: &mut Writer, code: &str) {
    let number = code.parse::<u16>().ok().filter(|_| code.len() == 3);
    let is_listed =
        number.is_some_and(|number| REPLY_CODES.iter().any(|(from, to)| (*from..=*to).contains(&number)));
    coded(out, "ReplyCode", if is_listed { code } else { "101" });
}

/// Level in the lower case of these versions; `file` when the transfer's is none of theirs.
pub(super) fn level(unit: &ReplyUnit) -> String {
    super::level(unit).unwrap_or("File").to_ascii_lowercase()
}

pub(super) fn title(unit: &ReplyUnit) -> &str {
    let title = unit.title.as_deref().filter(|title| !title.trim().is_empty());
    title.unwrap_or(&unit.archival_agency_archive_unit_identifier)
}

/// Each language once, French when none is told: these versions demand one at least.
pub(super) fn languages(out: &mut Writer, version: SedaVersion, name: &str, languages: &[String]) {
    let (edition, french) =
        if version == SedaVersion::V0_2 { (EDITION, "fr") } else { ("edition 2011", "fra") };
    let mut codes: Vec<&str> = languages.iter().filter_map(|language| code_of(version, language)).collect();
    if codes.is_empty() {
        codes.push(french);
    }
    let mut written: Vec<&str> = Vec::new();
    for code in codes {
        if !written.contains(&code) {
            out.leaf_with(name, LIST, edition, code);
            written.push(code);
        }
    }
}

fn code_of(version: SedaVersion, language: &str) -> Option<&str> {
    let is_lower = language.bytes().all(|byte| byte.is_ascii_lowercase());
    match (version, language.len()) {
        (SedaVersion::V0_2, 2) => language::three_letters(language).and_then(language::two_letters),
        (SedaVersion::V0_2, _) => language::two_letters(language),
        (_, 2) => language::three_letters(language),
        (_, 3) if is_lower => Some(language),
        _ => None,
    }
}

/// Code and start of the rule a unit bears. A transfer without one is not valid: closed for ever, from this reply
/// on, is what leaves nothing open by mistake.
pub(super) fn access_rule<'a>(unit: &'a ReplyUnit, reply: &TransferReply<'_>) -> (&'a str, String) {
    let is_listed = |code: &str| {
        let number = code.strip_prefix("AR").filter(|digits| digits.len() == 3);
        number.and_then(|digits| digits.parse::<u8>().ok()).is_some_and(|number| (38..=62).contains(&number))
    };
    match &unit.access_rule {
        Some((code, start)) if is_listed(code) && date::is_date(start) => (code, start.clone()),
        _ => ("AR062", reply.date.format("%F").to_string()),
    }
}
