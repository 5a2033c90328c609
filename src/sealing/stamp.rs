//! Heads stamped by time-stamping authorities, turn after turn.
//!
//! Never keeps a seal waiting for its stamp: a head without one is *scellé non horodaté* until an authority answers; while
//! none does, they are asked less and less often. The one thing to know: a first token stamps the head's text; one that
//! renews it stamps that text and every token before it, one after the other.

use chrono::{DateTime, TimeDelta, Utc};

use super::{Error, Sealing};
use crate::evidence::stamping_queries::{self as standing, Stamping};
use crate::mail::{self, Letter};
use crate::timestamp::{self, Authority, Stamped};

/// Heads read at a time; heads stamped in one turn, and tokens renewed.
pub(super) const TURN: i64 = 50;
/// A head that waits for longer is an alert (norms E-07).
pub const WAITING_MAX: TimeDelta = TimeDelta::hours(24);
/// Between the first two attempts; then twice as long each time.
const DELAY: TimeDelta = TimeDelta::minutes(5);
/// Longest delay between two attempts.
const DELAY_MAX: TimeDelta = TimeDelta::hours(1);

/// Who stamps, and when stamps are renewed.
#[derive(Clone, Debug)]
pub struct Authorities {
    /// In the order they are asked.
    pub all: Vec<Authority>,
    /// Days before a certificate's end from which its tokens are renewed.
    pub renew_days: u32,
    /// How far an authority's clock may be from ours.
    pub clock_tolerance: TimeDelta,
}

impl Default for Authorities {
    fn default() -> Self {
        Self { all: Vec::new(), renew_days: 0, clock_tolerance: TimeDelta::minutes(10) }
    }
}

/// Where a token of the platform's seals is published.
pub fn token_name(number: u64, ordinal: u16) -> String {
    format!("log/seals/{number:06}.{ordinal}.tsr")
}

/// The bytes that the next token stamps.
pub fn stamped_bytes(body: &str, before: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = body.as_bytes().to_vec();
    before.iter().for_each(|token| bytes.extend(token));
    bytes
}

/// How long nothing is asked after so many attempts without an answer: half of it to all of it, so that services that
/// were refused together do not come back together.
pub(super) fn delay(failures: i32, random: u32) -> TimeDelta {
    let doubled = DELAY * (1 << failures.clamp(1, 8).saturating_sub(1));
    let longest = doubled.min(DELAY_MAX);
    longest / 2 + longest / 2 * (random % 1_000).cast_signed() / 1_000
}

impl Sealing {
    /// Stamps the heads that wait, unless the authorities were found away a short while ago, and renews what ends; gives how
    /// many tokens were kept. An authority that does not answer is no failure: that is noted, and a later turn asks again.
    pub async fn stamp_what_waits(&self) -> Result<usize, Error> {
        self.stamp(false).await
    }

    /// As [`stamp_what_waits`](Self::stamp_what_waits), and asks however recently they were found away: somebody waits.
    pub async fn stamp_now(&self) -> Result<usize, Error> {
        self.stamp(true).await
    }

    async fn stamp(&self, at_once: bool) -> Result<usize, Error> {
        if self.authorities.all.is_empty() {
            return Ok(0);
        }
        let now = self.clock.now();
        let mut stamping = standing::stamping(&mut self.db.technical().await?).await?;
        let may_ask = at_once || stamping.next_at.is_none_or(|next| next <= now);
        let mut kept = self.stamp_heads(&mut stamping, may_ask, now).await?;
        match self.renew(&mut stamping, now).await {
            Ok(renewed) => kept += renewed,
            Err(error) => tracing::warn!(%error, "time stamps were not renewed"),
        }
        self.note_stamping(stamping, now).await?;
        self.publish_tokens().await?;
        Ok(kept)
    }

    /// The authorities that stamp: those that only verify what they stamped once are left out.
    pub(super) fn asked(&self) -> impl Iterator<Item = &Authority> {
        self.authorities.all.iter().filter(|authority| authority.is_asked())
    }

    /// The first token that one of these gives; those that give none are left out of them. No error: none is left.
    pub(super) async fn ask<'a>(
        &self,
        answering: &mut Vec<&'a Authority>,
        bytes: &[u8],
        now: DateTime<Utc>,
    ) -> Result<(&'a Authority, Stamped), Option<timestamp::Error>> {
        let mut failure = None;
        while let Some(authority) = answering.first().copied() {
            match self.ask_one(authority, bytes, now).await {
                Ok(stamped) => return Ok((authority, stamped)),
                Err(error) => {
                    tracing::warn!(%error, "no time stamp");
                    answering.remove(0);
                    failure = Some(error);
                }
            }
        }
        Err(failure)
    }

    /// A token of this authority's, of a time that is ours too.
    pub(super) async fn ask_one(
        &self,
        authority: &Authority,
        bytes: &[u8],
        asked_at: DateTime<Utc>,
    ) -> Result<Stamped, timestamp::Error> {
        let nonce = self.clock.fresh_id().as_u64_pair().1;
        let stamped = authority.stamp(bytes, nonce).await?;
        let tolerance = self.authorities.clock_tolerance;
        let ours = asked_at - tolerance..=self.clock.now() + tolerance;
        if !ours.contains(&stamped.stamp.at) {
            return Err(timestamp::Error::Clock { name: authority.name().to_string(), at: stamped.stamp.at });
        }
        Ok(stamped)
    }

    /// Says how stamping stands; after a day without a stamp, those who must know are written to, once a day.
    async fn note_stamping(&self, stamping: Stamping, now: DateTime<Utc>) -> Result<(), Error> {
        let mut tx = self.db.technical().await?;
        standing::note_stamping(&mut tx, &stamping).await?;
        if let Some(since) = stamping.waiting_since.filter(|since| now - *since > WAITING_MAX) {
            tracing::error!(%since, "seals wait for their time stamp");
            let letter = Letter::Unstamped { since, reason: stamping.reason.unwrap_or_default() };
            let topic = format!("horodatage:{}", self.clock.today());
            mail::write_to_operators(&mut tx, &self.clock, &topic, &letter).await?;
        }
        Ok(tx.commit().await?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_are_farther_and_farther_apart_and_not_all_at_once() {
        let minutes = |failures, random| delay(failures, random).num_minutes();
        assert_eq!([1, 2, 3, 4, 5, 99].map(|failures| minutes(failures, 999)), [4, 9, 19, 39, 59, 59]);
        assert_eq!([1, 2, 3, 4, 5, 99].map(|failures| minutes(failures, 0)), [2, 5, 10, 20, 30, 30]);
        assert!(minutes(5, 250) < minutes(5, 500) && minutes(5, 500) < minutes(5, 750));
        assert_eq!(delay(i32::MAX, u32::MAX), delay(8, u32::MAX));
    }
}
