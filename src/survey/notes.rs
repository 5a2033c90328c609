//! What the pilot heard from a producer, by theme: read by the pilots of the service, and by nobody else.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{By, Error, NotDone, Surveys, note_queries, producer_queries};

/// What a note is about.
pub const THEMES: [&str; 7] =
    ["Besoins", "Logiciels", "Organisation", "Moyens", "Calendrier", "Freins", "Autre"];
/// Characters of a note.
pub const BODY_CHARS_MAX: usize = 4_000;

/// A note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Note {
    pub theme: String,
    pub body: String,
    pub at: DateTime<Utc>,
    /// Name of whoever wrote it.
    pub by: String,
}

/// Why a note was not kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotKept {
    Theme,
    Body,
    Producer(NotDone),
}

impl Surveys {
    /// Keeps a note, once under its identifier.
    pub async fn note(
        &self,
        by: By,
        (campaign, siren): (Uuid, &str),
        id: Uuid,
        (theme, body): (&str, &str),
    ) -> Result<Result<(), NotKept>, Error> {
        let body = body.trim();
        if !THEMES.contains(&theme) {
            return Ok(Err(NotKept::Theme));
        }
        let is_text = |c: char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
        if body.is_empty() || body.chars().count() > BODY_CHARS_MAX || !body.chars().all(is_text) {
            return Ok(Err(NotKept::Body));
        }
        let mut tx = self.db.technical().await?;
        if producer_queries::producer(&mut tx, campaign, siren).await?.is_none() {
            return Ok(Err(NotKept::Producer(NotDone::Unknown)));
        }
        let note = (id, theme, body);
        note_queries::insert_note(&mut tx, (campaign, siren), note, by.person, self.clock.now()).await?;
        tx.commit().await?;
        Ok(Ok(()))
    }
}
