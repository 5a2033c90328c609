//! The last calls of each machine and what became of them, for whoever keeps it: told in words on its page.
//!
//! Never keeps more than the last hundred of a machine, and nothing of what was sent but the identifier of its message. The one thing
//! to know: a call is noted on its own, and a crash may lose the last ones: they are no archive events.

use chrono::{DateTime, Utc};

use super::call_queries as queries;
use crate::clock::Clock;
use crate::db::{Db, Error};
use crate::model::{MachineId, TenantId, TransferId};

pub use super::call_queries::calls_of;

/// Calls kept of a machine.
pub const CALLS_KEPT: i64 = 100;
/// Longest identifier and sentence kept; a longer one is cut.
const CHARS_MAX: usize = 255;

/// What a machine asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    Ping,
    Versions,
    Deposit,
    Chunk,
    Acknowledgement,
    Reply,
    /// The address of an archive at the portal.
    Link,
    /// A token of the native API.
    Token,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallOutcome {
    Ok,
    /// The deposit was refused, or the request was wrong.
    Refused,
    /// Nothing is known of what was asked for.
    Unknown,
    /// Not there yet: the machine asks again.
    Pending,
    /// The password is wrong, or opens nothing any more.
    Unauthorized,
    /// The service's fault.
    Error,
}

/// A call of a machine.
#[derive(Clone, Copy, Debug)]
pub struct Call<'a> {
    pub tenant: TenantId,
    pub machine: MachineId,
    pub what: What,
    pub outcome: CallOutcome,
    /// Of the message it was about.
    pub message_identifier: Option<&'a str>,
    /// A short sentence in French, for people; never a content nor a secret. Empty: the outcome says it all.
    pub detail: &'a str,
}

/// A call that was noted.
#[derive(Clone, Debug)]
pub struct Noted {
    pub at: DateTime<Utc>,
    pub what: What,
    pub outcome: CallOutcome,
    pub message_identifier: Option<String>,
    /// The last transfer of that identifier that this machine sent.
    pub transfer: Option<TransferId>,
    pub detail: String,
}

impl What {
    /// Every one.
    pub const ALL: [What; 8] = [
        What::Ping,
        What::Versions,
        What::Deposit,
        What::Chunk,
        What::Acknowledgement,
        What::Reply,
        What::Link,
        What::Token,
    ];

    /// The word in rows.
    pub fn word(self) -> &'static str {
        match self {
            What::Ping => "ping",
            What::Versions => "versions",
            What::Deposit => "deposit",
            What::Chunk => "chunk",
            What::Acknowledgement => "acknowledgement",
            What::Reply => "reply",
            What::Link => "link",
            What::Token => "token",
        }
    }

    /// What a word asks.
    pub fn from_word(word: &str) -> Option<What> {
        What::ALL.into_iter().find(|what| what.word() == word)
    }
}

impl CallOutcome {
    /// Every one.
    pub const ALL: [CallOutcome; 6] = [
        CallOutcome::Ok,
        CallOutcome::Refused,
        CallOutcome::Unknown,
        CallOutcome::Pending,
        CallOutcome::Unauthorized,
        CallOutcome::Error,
    ];

    /// The word in rows.
    pub fn word(self) -> &'static str {
        match self {
            CallOutcome::Ok => "ok",
            CallOutcome::Refused => "refused",
            CallOutcome::Unknown => "unknown",
            CallOutcome::Pending => "pending",
            CallOutcome::Unauthorized => "unauthorized",
            CallOutcome::Error => "error",
        }
    }

    /// That of a word.
    pub fn from_word(word: &str) -> Option<CallOutcome> {
        CallOutcome::ALL.into_iter().find(|outcome| outcome.word() == word)
    }
}

/// Notes a call of a machine: one statement, which also forgets those before the last hundred. Does not wait for the disk.
pub async fn note_call(db: &Db, clock: &Clock, call: &Call<'_>) -> Result<(), Error> {
    let identifier = call.message_identifier.map(kept);
    let mut tx = db.hurried().await?;
    queries::insert(&mut tx, call, identifier.as_deref(), &kept(call.detail), clock.now()).await?;
    tx.commit().await
}

/// A text of whoever calls, as it is kept: without control characters, cut when it is long.
fn kept(text: &str) -> String {
    text.chars().filter(|character| !character.is_control()).take(CHARS_MAX).collect()
}
