//! The control authority reads a member's archives with a reason (norms §8, L-10): it says why, of what and for how long, and then reads by the
//! ordinary pages until that is past. The member's journal has each opening, and each file opened under it.
//!
//! Never widens what the role reaches: a reading opens, for a while, the files of what the role sees described. It waits for nobody's agreement and nobody of the member
//! ends it, for it is they who are controlled; they see it. The one thing to know: `identity` looks for readings at each request, so that one that is
//! past opens nothing any more.

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::profiles::By;
use super::reading_queries as queries;
use crate::catalog;
use crate::clock::Clock;
use crate::db::{self, Db};
use crate::model::{Agent, ArchiveId, Event, EventType, Outcome, Scope};
use crate::proof::digest;

pub use super::reading_queries::{PAGE, Read, Reading, files_of, find, of_member};

/// Longest reading, in hours: a working day.
pub const HOURS_MAX: u32 = 10;
/// Hours that may be chosen.
pub const HOURS: [u32; 3] = [1, 4, HOURS_MAX];
/// Longest words beside the reason.
pub const WORDS_CHARS_MAX: usize = 500;
/// Longest cote that is looked for.
const COTE_CHARS_MAX: usize = 200;
/// Readings that one person may have open at once in a member.
const OPEN_MAX: u64 = 20;

/// Why a control authority reads (code du patrimoine, R212-3 and R212-4): the list is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    Conditions,
    Description,
    Disposal,
    Access,
    Incident,
    Asked,
}

impl Reason {
    /// Every one, in the order of the form.
    pub const ALL: [Reason; 6] = [
        Reason::Conditions,
        Reason::Description,
        Reason::Disposal,
        Reason::Access,
        Reason::Incident,
        Reason::Asked,
    ];

    /// The word in rows, forms and the journal.
    pub fn word(self) -> &'static str {
        match self {
            Reason::Conditions => "conservation",
            Reason::Description => "classement",
            Reason::Disposal => "elimination",
            Reason::Access => "communication",
            Reason::Incident => "incident",
            Reason::Asked => "demande",
        }
    }

    /// The reason of a word, if it is one.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.word() == word)
    }

    /// The words people read.
    pub fn label(self) -> &'static str {
        match self {
            Reason::Conditions => "Contrôle des conditions de conservation",
            Reason::Description => "Contrôle du classement et de la description",
            Reason::Disposal => "Instruction d’une élimination",
            Reason::Access => "Instruction d’une communication ou d’une dérogation",
            Reason::Incident => "Sinistre, vol ou détournement signalé",
            Reason::Asked => "Conseil ou expertise, à la demande de la collectivité",
        }
    }
}

/// What a control authority asks for, as it was typed.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub reason: String,
    pub words: String,
    /// Of the one archive; empty: all that the role reaches.
    pub cote: String,
    pub hours: u32,
}

/// Why nothing was opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotOpened {
    ReasonUnknown,
    WordsMissing,
    WordsTooLong,
    HoursWrong,
    NoSuchArchive,
    TooMany,
}

/// Opens a reading, from now on, within what the role reaches.
pub async fn open(
    db: &Db,
    clock: &Clock,
    by: By,
    ressort: &Scope,
    asked: &Asked,
) -> Result<Result<DateTime<Utc>, NotOpened>, db::Error> {
    let Some(reason) = Reason::from_word(&asked.reason) else { return Ok(Err(NotOpened::ReasonUnknown)) };
    let words: String = asked.words.trim().chars().filter(|c| !c.is_control() || *c == '\n').collect();
    if words.is_empty() {
        return Ok(Err(NotOpened::WordsMissing));
    }
    if words.chars().count() > WORDS_CHARS_MAX {
        return Ok(Err(NotOpened::WordsTooLong));
    }
    if !HOURS.contains(&asked.hours) {
        return Ok(Err(NotOpened::HoursWrong));
    }
    let mut tx = db.write(by.tenant).await?;
    let cote = asked.cote.trim();
    let archive = if cote.is_empty() { None } else { Some(of_cote(&mut tx, ressort, cote).await?) };
    let archive = match archive {
        Some(None) => return Ok(Err(NotOpened::NoSuchArchive)),
        Some(found) => found,
        None => None,
    };
    let now = clock.now();
    if queries::count_open(&mut tx, by.person, now).await? >= OPEN_MAX {
        return Ok(Err(NotOpened::TooMany));
    }
    let new = queries::New {
        id: clock.fresh_id(),
        person: by.person,
        reason: reason.word(),
        words: &words,
        archive,
        opened_at: now,
        until: now + TimeDelta::hours(i64::from(asked.hours)),
    };
    queries::insert(&mut tx, &new).await?;
    tx.record(event(by, new.id, opened(&new)));
    tx.commit().await?;
    Ok(Ok(new.until))
}

/// The archive of a cote, if the role reaches it.
async fn of_cote(tx: &mut db::TenantTx, ressort: &Scope, cote: &str) -> Result<Option<ArchiveId>, db::Error> {
    if cote.chars().count() > COTE_CHARS_MAX || cote.contains(char::is_control) {
        return Ok(None);
    }
    let Some(id) = catalog::queries::archive_of_cote(tx, cote).await? else { return Ok(None) };
    Ok(catalog::queries::find_archive(tx, ressort, id).await?.map(|archive| archive.archive_id))
}

/// What the journal keeps: the reason by its word, and of what was said beside it, which may name somebody, a digest that binds the row.
fn opened(new: &queries::New<'_>) -> Vec<(&'static str, String)> {
    let mut detail = vec![
        ("action", "lecture ouverte".to_owned()),
        ("motif", new.reason.to_owned()),
        ("precision_sha256", hex::encode(digest::sha256(new.words.as_bytes()))),
        ("jusqu_au", new.until.to_rfc3339()),
        ("delais_de_communicabilite", "non opposes".to_owned()),
    ];
    detail.extend(new.archive.map(|archive| ("archive", archive.to_string())));
    detail
}

/// Ends a reading of this person before its time; whether one was open.
pub async fn end(db: &Db, clock: &Clock, by: By, id: Uuid) -> Result<bool, db::Error> {
    let mut tx = db.write(by.tenant).await?;
    if !queries::end(&mut tx, id, by.person, clock.now()).await? {
        return Ok(false);
    }
    tx.record(event(by, id, vec![("action", "lecture fermee".to_owned())]));
    tx.commit().await?;
    Ok(true)
}

fn event(by: By, id: Uuid, detail: Vec<(&'static str, String)>) -> Event {
    Event {
        event_type: EventType::Parametrage,
        outcome: Outcome::Ok,
        agent: Agent::Person(by.person, by.role),
        object: format!("reading:{id}"),
        detail,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_has_one_word_and_nothing_else_is_one() {
        for reason in Reason::ALL {
            assert_eq!(Reason::from_word(reason.word()), Some(reason));
            assert!(reason.word().len() <= 40 && reason.label().len() < 80);
        }
        for other in ["", "Incident", "incident ", "autre", "incident\0"] {
            assert_eq!(Reason::from_word(other), None, "{other:?}");
        }
        assert!(HOURS.iter().all(|hours| (1..=HOURS_MAX).contains(hours)));
    }
}
