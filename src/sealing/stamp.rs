//! The platform's heads stamped by time-stamping authorities, and stamped again before the certificates end.
//!
//! Never keeps a seal waiting for its stamp: a head without one is *scellé non horodaté* until an authority answers, which
//! is asked again at each turn. The one thing to know: a first token stamps the head's text; one that renews it stamps
//! that text and every token before it, one after the other.

use chrono::{DateTime, TimeDelta, Utc};

use super::publish::keep;
use super::{Error, Sealing, blocking, platform};
use crate::evidence::token_queries::{self as queries, KeptToken, Stamping};
use crate::evidence::{seal_queries, token_queries};
use crate::proof::note::Note;
use crate::timestamp::{self, Authority, Stamped};

/// Heads stamped in one turn, and tokens renewed.
const TURN: i64 = 50;
/// A head that waits for longer is an alert (norms E-07).
pub const WAITING_MAX: TimeDelta = TimeDelta::hours(24);

/// Who stamps, and when stamps are renewed.
#[derive(Clone, Debug, Default)]
pub struct Authorities {
    /// In the order they are asked.
    pub all: Vec<Authority>,
    /// Days before a certificate's end from which its tokens are renewed.
    pub renew_days: u32,
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

impl Sealing {
    /// Stamps the heads that wait, renews what ends; gives how many tokens were kept. An authority that does not answer is
    /// no failure: that is noted, and the next turn asks again.
    pub async fn stamp_what_waits(&self) -> Result<usize, Error> {
        if self.authorities.all.is_empty() {
            return Ok(0);
        }
        let now = self.clock.now();
        let mut kept = 0;
        let mut reason = None;
        let waiting = token_queries::unstamped(&mut self.db.technical().await?, platform(), TURN).await?;
        for head in &waiting {
            let body = Note::parse(&head.note)?.text().to_string();
            match self.ask(&stamped_bytes(&body, &[])).await {
                Ok((authority, stamped)) => {
                    kept += self.keep_token(head.number, 1, authority, stamped).await?;
                }
                Err(error) => {
                    reason = Some(error.to_string());
                    break;
                }
            }
        }
        if reason.is_none() {
            kept += self.renew(now).await.unwrap_or_else(|error| {
                tracing::warn!(%error, "time stamps were not renewed");
                0
            });
        }
        self.note_stamping(now, reason).await?;
        self.publish_tokens().await?;
        Ok(kept)
    }

    /// The first token that an authority gives.
    async fn ask(&self, bytes: &[u8]) -> Result<(&Authority, Stamped), timestamp::Error> {
        let mut failure = None;
        for authority in &self.authorities.all {
            let nonce = self.clock.fresh_id().as_u64_pair().1;
            match authority.stamp(bytes, nonce).await {
                Ok(stamped) => return Ok((authority, stamped)),
                Err(error) => {
                    tracing::warn!(%error, "no time stamp");
                    failure = Some(error);
                }
            }
        }
        Err(failure.unwrap_or(timestamp::Error::Away { name: String::new(), reason: "aucune".into() }))
    }

    async fn keep_token(
        &self,
        number: i64,
        ordinal: i16,
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
        let is_kept = queries::insert_token(&mut tx, platform(), &kept).await?;
        tx.commit().await?;
        Ok(usize::from(is_kept))
    }

    /// Renews the tokens whose certificate ends soon.
    async fn renew(&self, now: DateTime<Utc>) -> Result<usize, Error> {
        let limit = now + TimeDelta::days(i64::from(self.authorities.renew_days));
        let mut tx = self.db.technical().await?;
        let ending = queries::ending(&mut tx, platform(), limit, TURN).await?;
        drop(tx);
        let mut kept = 0;
        for number in ending {
            let mut tx = self.db.technical().await?;
            let before = queries::tokens_of(&mut tx, platform(), number).await?;
            let seal = seal_queries::platform_seals_after(&mut tx, number - 1, 1).await?;
            drop(tx);
            let (Some(seal), Some(last)) = (seal.first(), before.last()) else { continue };
            let tokens: Vec<Vec<u8>> = before.iter().map(|token| token.token.clone()).collect();
            let bytes = stamped_bytes(Note::parse(&seal.note)?.text(), &tokens);
            let Ok((authority, stamped)) = self.ask(&bytes).await else { break };
            // A certificate that ends as soon would be renewed at every turn, for nothing.
            if stamped.stamp.certificate_ends <= last.certificate_ends {
                break;
            }
            kept += self.keep_token(number, last.ordinal + 1, authority, stamped).await?;
        }
        Ok(kept)
    }

    async fn note_stamping(&self, now: DateTime<Utc>, reason: Option<String>) -> Result<(), Error> {
        let mut tx = self.db.technical().await?;
        let waiting_since = queries::unstamped(&mut tx, platform(), 1).await?.pop().map(|head| head.at);
        let stamping = Stamping { waiting_since, reason, tried_at: Some(now) };
        queries::note_stamping(&mut tx, &stamping).await?;
        tx.commit().await?;
        if waiting_since.is_some_and(|since| now - since > WAITING_MAX) {
            tracing::error!(since = ?waiting_since, "seals wait for their time stamp");
        }
        Ok(())
    }

    /// Puts the tokens beside the seals, on every site; one that is away gets them later.
    async fn publish_tokens(&self) -> Result<(), Error> {
        for site in self.storage.sites() {
            let store = self.storage.tenant(platform()).on(&[site])?;
            let mut tx = self.db.technical().await?;
            let tokens = queries::unpublished(&mut tx, platform(), site, TURN * 4).await?;
            drop(tx);
            for (number, ordinal, token) in tokens {
                let name = token_name(number.cast_unsigned(), ordinal.cast_unsigned());
                let at_hand = store.clone();
                if let Err(error) = blocking(move || keep(&at_hand, &name, &token)).await {
                    tracing::warn!(%error, site, "time stamps are not published everywhere");
                    break;
                }
                let mut tx = self.db.technical().await?;
                queries::note_token_published(&mut tx, platform(), (number, ordinal), site).await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }
}
