//! A person's own sessions: seen, and closed one by one or all at once. A session that is closed opens nothing any more, from
//! the next request on.
//!
//! Never tells one person of another's.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::person::IDLE;
use super::{Error, Identity, queries, secret};
use crate::model::PersonId;

/// Longest name kept of a browser.
const BROWSER_CHARS_MAX: usize = 100;

/// An open session, as its person recognises it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    pub session_id: Uuid,
    pub browser: String,
    /// From where it was opened.
    pub address: String,
    pub opened_at: DateTime<Utc>,
    /// To a minute.
    pub seen_at: DateTime<Utc>,
    /// The one that asks.
    pub is_this_one: bool,
}

impl Identity {
    /// Keeps with a session just opened what it was opened with.
    pub async fn name_session(&self, cookie: &str, browser: &str) -> Result<(), Error> {
        let Some(hash) = secret::kept(cookie) else { return Ok(()) };
        let browser: String = browser.chars().filter(|c| !c.is_control()).take(BROWSER_CHARS_MAX).collect();
        let mut tx = self.db.technical().await?;
        queries::name_session(&mut tx, &hash, &browser).await?;
        Ok(tx.commit().await?)
    }

    /// The open sessions of the person of this one, the last seen first.
    pub async fn sessions(&self, person: PersonId, cookie: &str) -> Result<Vec<Opened>, Error> {
        let this = secret::kept(cookie).unwrap_or_default();
        let now = self.clock.now();
        let mut tx = self.db.technical().await?;
        Ok(queries::sessions_of(&mut tx, person, &this, now, now - IDLE).await?)
    }

    /// Closes one session of this person; whether it was open.
    pub async fn close_session(&self, person: PersonId, session: Uuid) -> Result<bool, Error> {
        let mut tx = self.db.technical().await?;
        let closed = queries::close_session(&mut tx, person, session).await?;
        tx.commit().await?;
        Ok(closed)
    }

    /// Closes every session of this person but the one of the cookie; how many.
    pub async fn close_other_sessions(&self, person: PersonId, cookie: &str) -> Result<u64, Error> {
        let Some(this) = secret::kept(cookie) else { return Ok(0) };
        let mut tx = self.db.technical().await?;
        let closed = queries::close_other_sessions(&mut tx, person, &this).await?;
        tx.commit().await?;
        Ok(closed)
    }
}
