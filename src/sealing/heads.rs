//! Heads that wait for their stamp, the platform's first, then those of members that have their own.

use chrono::{DateTime, Utc};

use super::stamp::{TURN, delay, stamped_bytes};
use super::tokens_back::Back;
use super::{Error, Sealing, Which, platform};
use crate::evidence::seal_queries::KeptSeal;
use crate::evidence::stamping_queries::Stamping;
use crate::evidence::token_queries as queries;
use crate::proof::note::Note;
use crate::proof::seal::Record;
use crate::registry;
use crate::timestamp::Authority;

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

impl Sealing {
    /// Gives each head that waits the token that the sites have of it, or else one that an authority gives.
    pub(super) async fn stamp_heads(
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
}
