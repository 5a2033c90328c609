//! Stamps renewed before the certificates that signed them end.
//!
//! Never asks an authority twice in a day for nothing: what each last answered is kept with the rows, so that a restart
//! does not ask again. A token that renews another is kept only when its certificate ends later.

use chrono::{DateTime, TimeDelta, Utc};

use super::stamp::{TURN, stamped_bytes};
use super::tokens_back::Back;
use super::{Error, Sealing, Which};
use crate::evidence::stamping_queries::{self as standing, Renewal, RenewalRequest, Stamping};
use crate::evidence::token_queries::{self as queries, KeptToken};
use crate::proof::note::Note;
use crate::timestamp::Authority;

/// Between two requests to an authority that had nothing better to give.
const AGAIN: TimeDelta = TimeDelta::days(1);

/// What came of the renewal of one seal's stamp.
#[derive(Default)]
struct Outcome {
    kept: usize,
    /// Why there is none; `None` when nobody was to be asked again.
    reason: Option<String>,
}

impl Sealing {
    /// Renews the tokens whose certificate ends soon, and says in `stamping` which of them nobody renews.
    pub(super) async fn renew(&self, stamping: &mut Stamping, now: DateTime<Utc>) -> Result<usize, Error> {
        let limit = now + TimeDelta::days(i64::from(self.authorities.renew_days));
        let mut tx = self.db.technical().await?;
        let ending = queries::ending(&mut tx, limit, TURN).await?;
        let mut requests = standing::renewal_requests(&mut tx).await?;
        drop(tx);
        let (mut kept, mut left, mut reason) = (0, None, None);
        for (tenant, number) in ending {
            let log = Which::of(tenant);
            let seals = self.seals_after(log, number - 1).await?;
            let Some(seal) = seals.into_iter().next().filter(|seal| seal.number == number) else { continue };
            let back = self.take_back_tokens(log, &seal).await?;
            if let Back::Taken(tokens @ 1..) = back {
                kept += tokens;
                continue;
            }
            let mut tx = self.db.technical().await?;
            let before = queries::tokens_of(&mut tx, tenant, number).await?;
            drop(tx);
            let Some(last) = before.last() else { continue };
            let outcome = match back {
                Back::Unknown(reason) => Outcome { kept: 0, reason: Some(reason) },
                Back::Taken(_) => {
                    let note = Note::parse(&seal.note)?;
                    self.renew_one(log, note.text(), &before, &mut requests, now).await?
                }
            };
            kept += outcome.kept;
            if outcome.kept == 0 {
                left = left.or(Some(last.certificate_ends));
            }
            reason = reason.or(outcome.reason);
        }
        stamping.renewal = left.map(|ends| {
            let before = stamping.renewal.take();
            let since = before.as_ref().map_or(now, |before| before.since);
            let reason = reason.or(before.map(|before| before.reason)).unwrap_or_default();
            Renewal { since, reason, ends }
        });
        Ok(kept)
    }

    /// Asks the authorities, each unless it has answered lately that it has nothing better.
    async fn renew_one(
        &self,
        log: Which,
        body: &str,
        before: &[KeptToken],
        requests: &mut Vec<RenewalRequest>,
        now: DateTime<Utc>,
    ) -> Result<Outcome, Error> {
        let Some(last) = before.last() else { return Ok(Outcome::default()) };
        let tokens: Vec<Vec<u8>> = before.iter().map(|token| token.token.clone()).collect();
        let bytes = stamped_bytes(body, &tokens);
        let mut reason = None;
        for authority in
            self.asked().filter(|one| may_ask(requests, one, last.certificate_ends, now)).collect::<Vec<_>>()
        {
            let answer = self.ask_one(authority, &bytes, now).await;
            let ends = answer.as_ref().ok().map(|stamped| stamped.stamp.certificate_ends);
            let request = RenewalRequest {
                authority: authority.name().to_string(),
                asked_at: now,
                certificate_ends: ends,
            };
            let mut tx = self.db.technical().await?;
            standing::note_renewal_request(&mut tx, &request).await?;
            tx.commit().await?;
            requests.retain(|other| other.authority != request.authority);
            requests.push(request);
            match answer {
                Ok(stamped) if stamped.stamp.certificate_ends > last.certificate_ends => {
                    let kept =
                        self.keep_token(log, (last.number, last.ordinal + 1), authority, stamped).await?;
                    return Ok(Outcome { kept, reason: None });
                }
                Ok(_) => reason = Some(no_better(authority)),
                Err(error) => {
                    tracing::warn!(%error, "a time stamp was not renewed");
                    reason = Some(error.to_string());
                }
            }
        }
        Ok(Outcome { kept: 0, reason })
    }
}

fn no_better(authority: &Authority) -> String {
    let name = authority.name();
    format!("le certificat de l'autorité « {name} » ne finit pas plus tard que celui du jeton à renouveler")
}

/// Whether an authority may have a token to give whose certificate ends after `ends`.
fn may_ask(
    requests: &[RenewalRequest],
    authority: &Authority,
    ends: DateTime<Utc>,
    now: DateTime<Utc>,
) -> bool {
    let last = requests.iter().find(|request| request.authority == authority.name());
    last.is_none_or(|last| {
        last.certificate_ends.is_some_and(|better| better > ends) || now - last.asked_at >= AGAIN
    })
}
