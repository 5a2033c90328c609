//! Letters that wait: put with the transaction that has something to tell, sent when the relay takes them, told to the operator
//! when it does not.
//!
//! Each is tried so often and for so long; then it is given up, and shown. Safe to run in several processes at once. A crash
//! between the relay's answer and the row may send a letter twice, under the same identifier.

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Europe::Paris;

use super::letter::Letter;
use super::queries::{self, Due, New};
use super::smtp::{NotTaken, Outgoing, Relay};
use super::subject::{Subject, digest_at};
use super::{Error, Mail};
use crate::clock::Clock;
use crate::db::{self, Db, Technical, TenantTx};
use crate::model::{PersonId, TenantId};

/// Letters of one turn.
const TURN: i64 = 20;
/// Letters of one digest; the others come with the next.
const DIGEST_MAX: i64 = 200;
/// Attempts after which a letter is given up: with the delays, about half a day.
const ATTEMPTS_MAX: i32 = 16;
/// Age at which it is given up, whatever its attempts: nobody needs old news.
const AGE_MAX: TimeDelta = TimeDelta::days(3);
/// Longest delay between two attempts.
const DELAY_MAX: TimeDelta = TimeDelta::hours(1);
/// How long a worker has for the letters of its turn, before another may take them.
const LEASE: TimeDelta = TimeDelta::minutes(30);
/// How long what is over is kept: sent letters keep their topic from being told twice.
const KEPT: TimeDelta = TimeDelta::days(30);
/// Most bytes kept of the relay's words.
const ERROR_BYTES_MAX: usize = 500;

/// Letters that nobody received.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Troubles {
    /// Waiting after an attempt that failed.
    pub delayed: u64,
    pub given_up: u64,
    /// What the relay said last.
    pub last_error: Option<String>,
}

/// Writes to a person, if they have an address and were not written to on this topic.
pub async fn write_to_person(
    tx: &mut TenantTx,
    clock: &Clock,
    person: PersonId,
    topic: &str,
    letter: &Letter,
) -> Result<(), db::Error> {
    let to = queries::address_of(tx, person).await?;
    put(tx, clock, to.into_iter().collect(), topic, letter).await
}

/// Writes to an address, whatever was written on the topic before.
pub async fn write_link(
    tx: &mut TenantTx,
    clock: &Clock,
    to: &str,
    letter: &Letter,
) -> Result<(), db::Error> {
    let topic = format!("link:{}", clock.fresh_id());
    put(tx, clock, vec![to.to_owned()], &topic, letter).await
}

/// Writes to the member's administrators, each once on a topic.
pub async fn write_to_administrators(
    tx: &mut TenantTx,
    clock: &Clock,
    topic: &str,
    letter: &Letter,
) -> Result<(), db::Error> {
    let to = queries::administrators(tx).await?;
    put(tx, clock, to, topic, letter).await
}

/// Writes to the pilots of the service about this member, each once on a topic.
pub async fn write_to_pilots(
    tx: &mut Technical,
    clock: &Clock,
    about: TenantId,
    topic: &str,
    letter: &Letter,
) -> Result<(), db::Error> {
    let text = serde_json::to_string(letter).map_err(|error| db::Error::row("letter", error))?;
    for recipient in queries::pilots(tx).await? {
        let new = new(clock, &recipient, (topic, &text), letter);
        queries::insert_for(tx, about.as_uuid(), &new).await?;
    }
    Ok(())
}

/// Writes each letter to its address on its topic, about this member.
pub async fn write_each(
    tx: &mut Technical,
    clock: &Clock,
    about: TenantId,
    letters: &[(String, String, Letter)],
) -> Result<(), db::Error> {
    let mut put = Vec::with_capacity(letters.len());
    for (to, topic, letter) in letters {
        let text = serde_json::to_string(letter).map_err(|error| db::Error::row("letter", error))?;
        put.push((clock.fresh_id(), to.as_str(), topic.as_str(), text));
    }
    queries::insert_each(tx, about.as_uuid(), &put, clock.now()).await
}

/// Writes to these addresses, each once on a topic.
pub async fn write_to_addresses(
    tx: &mut TenantTx,
    clock: &Clock,
    to: &[String],
    topic: &str,
    letter: &Letter,
) -> Result<(), db::Error> {
    put(tx, clock, to.to_vec(), topic, letter).await
}

/// Writes to those who answer for the service as a whole, its operators and the members' administrators, each once on a
/// topic however many members they have.
pub async fn write_to_operators(
    tx: &mut Technical,
    clock: &Clock,
    topic: &str,
    letter: &Letter,
) -> Result<(), db::Error> {
    let text = serde_json::to_string(letter).map_err(|error| db::Error::row("letter", error))?;
    for (tenant, recipient) in queries::operators(tx).await? {
        let new = new(clock, &recipient, (topic, &text), letter);
        queries::insert_for(tx, tenant, &new).await?;
    }
    Ok(())
}

/// Puts what awaits an archivist in the next digest of this address, in place of what was put there before; takes it out when nothing does.
pub async fn keep_awaiting(
    db: &Db,
    clock: &Clock,
    under: TenantId,
    recipient: &str,
    letter: Option<&Letter>,
) -> Result<(), db::Error> {
    let at = digest_at(clock.now());
    // One a day: the day is that on which it leaves.
    let topic = format!("awaiting:{}", at.with_timezone(&Paris).date_naive());
    let mut tx = db.technical().await?;
    match letter {
        None => queries::withdraw(&mut tx, recipient, &topic).await?,
        Some(letter) => {
            let text = serde_json::to_string(letter).map_err(|error| db::Error::row("letter", error))?;
            let new = new(clock, recipient, (&topic, &text), letter);
            queries::put_in_digest(&mut tx, under.as_uuid(), &new).await?;
        }
    }
    tx.commit().await
}

async fn put(
    tx: &mut TenantTx,
    clock: &Clock,
    to: Vec<String>,
    topic: &str,
    letter: &Letter,
) -> Result<(), db::Error> {
    let text = serde_json::to_string(letter).map_err(|error| db::Error::row("letter", error))?;
    for recipient in to {
        queries::insert(tx, &new(clock, &recipient, (topic, &text), letter)).await?;
    }
    Ok(())
}

fn new<'a>(clock: &Clock, recipient: &'a str, (topic, text): (&'a str, &'a str), letter: &Letter) -> New<'a> {
    let (id, at) = (clock.fresh_id(), clock.now());
    let subject = Subject::of(letter).map_or("", Subject::word);
    New { id, recipient, topic, letter: text, at, subject, digest_at: digest_at(at) }
}

/// Letters that nobody received, for the operator.
pub async fn troubles(tx: &mut Technical) -> Result<Troubles, db::Error> {
    queries::troubles(tx).await
}

impl Mail {
    /// Sends what is due, a turn of it; how many letters were taken. Without a relay, what waits is dropped.
    pub async fn send_due(&self) -> Result<u64, Error> {
        let now = self.clock.now();
        let mut tx = self.db.technical().await?;
        let Some(relay) = &self.relay else {
            queries::drop_waiting(&mut tx).await?;
            tx.commit().await?;
            return Ok(0);
        };
        queries::forget(&mut tx, now - KEPT).await?;
        let due = queries::claim(&mut tx, now, now + LEASE, TURN).await?;
        tx.commit().await?;
        let mut taken = 0;
        for letter in due {
            let outcome = self.send(relay, &letter).await;
            taken += u64::from(outcome.is_ok());
            self.settle(&letter, outcome).await?;
        }
        Ok(taken + self.send_digests(relay).await?)
    }

    /// The digests of a turn, one recipient after the other; how many letters were taken.
    async fn send_digests(&self, relay: &Relay) -> Result<u64, Error> {
        let mut taken = 0;
        for _ in 0..TURN {
            let now = self.clock.now();
            let mut tx = self.db.technical().await?;
            let due = queries::claim_digest(&mut tx, now, now + LEASE, DIGEST_MAX).await?;
            tx.commit().await?;
            if due.is_empty() {
                break;
            }
            let outcome = self.send_digest(relay, &due).await;
            taken += if outcome.is_ok() { due.len() as u64 } else { 0 };
            for letter in &due {
                self.settle(letter, outcome.clone()).await?;
            }
        }
        Ok(taken)
    }

    /// Subject and body of a letter that waits.
    pub(super) fn written(&self, due: &Due) -> Result<(String, String), String> {
        let letter = letter_of(due)?;
        letter.written(&due.member, &self.public_url, &self.at_rest).map_err(|error| error.to_string())
    }

    async fn send(&self, relay: &Relay, due: &Due) -> Result<(), NotTaken> {
        let for_good = |reason: String| NotTaken { reason, for_good: true };
        let (subject, body) = self.written(due).map_err(for_good)?;
        let (id, to, at) = (due.letter_id, due.recipient.as_str(), due.created_at);
        relay.send(&Outgoing { id, to, at, subject, body }).await
    }

    async fn settle(&self, due: &Due, outcome: Result<(), NotTaken>) -> Result<(), Error> {
        let now = self.clock.now();
        let mut tx = self.db.technical().await?;
        match outcome {
            Ok(()) => queries::sent(&mut tx, due.letter_id, now).await?,
            Err(NotTaken { reason, for_good }) => {
                let reason = &reason[..reason.floor_char_boundary(ERROR_BYTES_MAX)];
                let over = for_good || due.attempts >= ATTEMPTS_MAX || now - due.created_at > AGE_MAX;
                if over {
                    tracing::error!(letter.id = %due.letter_id, %reason, "a letter is given up");
                    queries::given_up(&mut tx, due.letter_id, now, reason).await?;
                } else {
                    tracing::warn!(letter.id = %due.letter_id, %reason, "a letter was not taken");
                    queries::later(&mut tx, due.letter_id, next(now, due.attempts), reason).await?;
                }
            }
        }
        Ok(tx.commit().await?)
    }
}

/// The letter that waits.
pub(super) fn letter_of(due: &Due) -> Result<Letter, String> {
    serde_json::from_str(&due.letter).map_err(|error| error.to_string())
}

/// After so many attempts: a minute, then twice as long each time.
fn next(now: DateTime<Utc>, attempts: i32) -> DateTime<Utc> {
    let doubled = TimeDelta::minutes(1 << attempts.clamp(1, 7).saturating_sub(1));
    now + doubled.min(DELAY_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_are_farther_and_farther_apart() {
        let now: DateTime<Utc> = "2027-03-01T08:00:00Z".parse().unwrap();
        let minutes = |attempts| (next(now, attempts) - now).num_minutes();
        assert_eq!([1, 2, 3, 6, 7, 99].map(minutes), [1, 2, 4, 32, 60, 60]);
        assert_eq!([0, -1].map(minutes), [1, 1]);
    }
}
