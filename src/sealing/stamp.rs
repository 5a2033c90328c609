//! The platform's heads stamped by time-stamping authorities, and the stamps published.
//!
//! Never keeps a seal waiting for its stamp: a head without one is *scellé non horodaté* until an authority answers; while
//! none does, they are asked less and less often. The one thing to know: a first token stamps the head's text; one that
//! renews it stamps that text and every token before it, one after the other.

use chrono::{DateTime, TimeDelta, Utc};

use super::publish::keep_once;
use super::tokens_back::Back;
use super::{Error, Sealing, Which, blocking, platform};
use crate::evidence::seal_queries::KeptSeal;
use crate::evidence::stamping_queries::{self as standing, Stamping};
use crate::evidence::token_queries::{self as queries, KeptToken};
use crate::mail::{self, Letter};
use crate::model::TenantId;
use crate::proof::note::Note;
use crate::proof::seal::Record;
use crate::timestamp::{self, Authority, Stamped};
use crate::{registry, storage};

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

/// Heads being stamped.
struct Turn<'a> {
    now: DateTime<Utc>,
    may_ask: bool,
    /// Authorities that have not failed in this turn.
    answering: Vec<&'a Authority>,
    asked: i64,
    kept: usize,
    /// Why an authority gave none.
    failure: Option<String>,
    /// A token on a site that nobody of the settings gave.
    unknown: Option<String>,
}

/// How long nothing is asked after so many attempts without an answer: half of it to all of it, so that services that
/// were refused together do not come back together.
fn delay(failures: i32, random: u32) -> TimeDelta {
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

    /// Gives each head that waits the token that the sites have of it, or else one that an authority gives.
    async fn stamp_heads(
        &self,
        stamping: &mut Stamping,
        may_ask: bool,
        now: DateTime<Utc>,
    ) -> Result<usize, Error> {
        // One that did not answer for a head is not waited for at the next.
        let answering = if may_ask { self.asked().collect() } else { Vec::new() };
        let mut turn = Turn { now, may_ask, answering, asked: 0, kept: 0, failure: None, unknown: None };
        let mut after = 0;
        loop {
            let waiting =
                queries::unstamped(&mut self.db.technical().await?, platform(), after, TURN).await?;
            let Some(last) = waiting.last() else { break };
            after = last.number;
            for head in waiting {
                let seal = KeptSeal { number: head.number, record: String::new(), note: head.note };
                self.stamp_head(&mut turn, Which::Platform, &seal, true).await?;
            }
        }
        stamping.waiting_since =
            match queries::unstamped(&mut self.db.technical().await?, platform(), 0, 1).await? {
                waiting if waiting.is_empty() => self.stamp_members(&mut turn).await?,
                waiting => waiting.first().map(|head| head.at),
            };
        let Turn { kept, failure, unknown, .. } = turn;
        if may_ask {
            let random = self.clock.fresh_id().as_u64_pair().1 as u32;
            stamping.failures = if failure.is_some() { stamping.failures.saturating_add(1) } else { 0 };
            stamping.next_at = failure.as_ref().map(|_| now + delay(stamping.failures, random));
            stamping.reason = failure.or(unknown);
            stamping.tried_at = Some(now);
        }
        Ok(kept)
    }

    /// Stamps the last head of each member that has its own stamps: one covers every head before it. Gives since when the
    /// first of them waits. The platform's heads, which stand for all, go first.
    async fn stamp_members(&self, turn: &mut Turn<'_>) -> Result<Option<DateTime<Utc>>, Error> {
        let members = registry::queries::members(&mut self.db.technical().await?).await?;
        let mut waiting_since = None;
        for member in members.into_iter().filter(|member| member.own_stamps) {
            let log = Which::Member(member.tenant);
            let mut after = queries::last_stamped(&mut self.db.technical().await?, member.tenant).await?;
            let mut since = None;
            loop {
                let seals = self.seals_after(log, after.unwrap_or(0)).await?;
                let Some(last) = seals.last().map(|seal| seal.number) else { break };
                let is_end = self.seals_after(log, last).await?.is_empty();
                for seal in &seals {
                    let is_last = is_end && seal.number == last;
                    if self.stamp_head(turn, log, seal, is_last).await? {
                        since = None;
                    } else if since.is_none() && (after.is_some() || is_last) {
                        since = Some(Record::parse(&seal.record)?.at);
                    }
                }
                after = Some(last);
            }
            waiting_since = [waiting_since, since].into_iter().flatten().min();
        }
        Ok(waiting_since)
    }

    /// Whether the head has a token now.
    async fn stamp_head(
        &self,
        turn: &mut Turn<'_>,
        log: Which,
        seal: &KeptSeal,
        is_wanted: bool,
    ) -> Result<bool, Error> {
        match self.take_back_tokens(log, seal).await? {
            Back::Taken(tokens @ 1..) => {
                turn.kept += tokens;
                return Ok(true);
            }
            Back::Unknown(reason) => {
                turn.unknown = Some(reason);
                return Ok(false);
            }
            Back::Taken(_) => {}
        }
        if !is_wanted || !turn.may_ask || turn.asked >= TURN {
            return Ok(false);
        }
        turn.asked += 1;
        let bytes = stamped_bytes(Note::parse(&seal.note)?.text(), &[]);
        match self.ask(&mut turn.answering, &bytes, turn.now).await {
            Ok((authority, stamped)) => {
                turn.kept += self.keep_token(log, (seal.number, 1), authority, stamped).await?;
                Ok(true)
            }
            Err(error) => {
                turn.failure = error.map(|error| error.to_string()).or(turn.failure.take());
                Ok(false)
            }
        }
    }

    /// The authorities that stamp: those that only verify what they stamped once are left out.
    pub(super) fn asked(&self) -> impl Iterator<Item = &Authority> {
        self.authorities.all.iter().filter(|authority| authority.is_asked())
    }

    /// The first token that one of these gives; those that give none are left out of them. No error: none is left.
    async fn ask<'a>(
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

    pub(super) async fn keep_token(
        &self,
        log: Which,
        (number, ordinal): (i64, i16),
        authority: &Authority,
        stamped: Stamped,
    ) -> Result<usize, Error> {
        let kept = KeptToken {
            number,
            ordinal,
            authority: authority.name().to_string(),
            is_demonstration: authority.is_demonstration(),
            algorithm: stamped.stamp.algorithm.name().to_string(),
            token: stamped.token,
            stamped_at: stamped.stamp.at,
            signer: stamped.stamp.authority,
            certificate_ends: stamped.stamp.certificate_ends,
        };
        let mut tx = self.db.technical().await?;
        let is_kept = queries::insert_token(&mut tx, log.tenant(), &kept).await?;
        tx.commit().await?;
        Ok(usize::from(is_kept))
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

    /// Puts the tokens beside the seals, on every site of their log; one that is away gets them later.
    async fn publish_tokens(&self) -> Result<(), Error> {
        for tenant in queries::stamped_logs(&mut self.db.technical().await?).await? {
            for site in self.sites_of(Which::of(tenant)).await? {
                self.publish_tokens_on(tenant, &site).await?;
            }
        }
        Ok(())
    }

    /// What the site holds under the name of another token stays there, and is told.
    async fn publish_tokens_on(&self, tenant: TenantId, site: &str) -> Result<(), Error> {
        let store = self.storage.tenant(tenant).on(&[site])?;
        let mut tx = self.db.technical().await?;
        let tokens = queries::unpublished(&mut tx, tenant, site, TURN * 4).await?;
        drop(tx);
        for (number, ordinal, bytes) in tokens {
            let name = token_name(number.cast_unsigned(), ordinal.cast_unsigned());
            let (at_hand, file) = (store.clone(), name.clone());
            let published = blocking(move || keep_once(&at_hand, &file, &bytes)).await;
            let mut tx = self.db.technical().await?;
            match published {
                Ok(()) => queries::note_token_published(&mut tx, tenant, (number, ordinal), site).await?,
                Err(Error::Storage(storage::Error::Occupied { .. })) => {
                    if queries::note_token_contradicted(&mut tx, tenant, (number, ordinal), site).await? {
                        tracing::error!(site, name, "a site holds other bytes under a time stamp's name");
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, site, "time stamps are not published everywhere");
                    break;
                }
            }
            tx.commit().await?;
        }
        Ok(())
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
