//! The platform's heads shown to the witnesses of other services, and what they put under them.
//!
//! Never waits for a witness: a head without its cosignatures is sealed all the same, and the next one is shown with proof that
//! it follows the last that was seen. A witness that saw another story than ours is an alert.

use chrono::{DateTime, TimeDelta, Utc};

use super::publish::keep_once;
use super::{Error, Sealing, blocking, platform};
use crate::evidence::seal_queries::{self, KeptSeal};
use crate::evidence::tree::Rows;
use crate::evidence::witness_queries::{self as queries, Cosigned, WitnessState};
use crate::proof::checkpoint::Checkpoint;
use crate::proof::note::{Note, Signature, Verifier};
use crate::proof::witness::Request;
use crate::storage;
use crate::witness::{self, Answer, Witness};

/// After a witness did not cosign, how long it is left alone.
const AGAIN: TimeDelta = TimeDelta::hours(1);
/// Cosignatures published in one turn.
const TURN: i64 = 200;

/// Where a cosignature is published.
pub fn cosignature_name(number: u64, key_id: [u8; 4]) -> String {
    format!("log/seals/{number:06}.{}.cosig", hex::encode(key_id))
}

impl Sealing {
    /// Shows the last head to each witness that has not cosigned it; how many did. One that does not is noted, and asked
    /// again later.
    pub async fn ask_witnesses(&self) -> Result<usize, Error> {
        if self.witnesses().next().is_none() {
            return Ok(0);
        }
        let mut tx = self.db.technical().await?;
        let Some(seal) = seal_queries::last_platform_seal(&mut tx).await? else { return Ok(0) };
        let states = queries::states(&mut tx).await?;
        let have = queries::cosignatures(&mut tx, seal.number).await?;
        drop(tx);
        let (mut cosigned, now) = (0, self.clock.now());
        for witness in self.witnesses() {
            let name = witness.key().name();
            let state = states.iter().find(|state| state.witness == name);
            let left_alone =
                state.is_some_and(|state| state.trouble.is_some() && now - state.tried_at < AGAIN);
            if left_alone || have.iter().any(|cosigned| cosigned.witness == name) {
                continue;
            }
            cosigned += usize::from(self.show(witness, &seal, state, now).await?);
        }
        self.publish_cosignatures().await?;
        Ok(cosigned)
    }

    /// Shows a head to a witness; whether it is cosigned.
    async fn show(
        &self,
        witness: &Witness,
        seal: &KeptSeal,
        state: Option<&WitnessState>,
        now: DateTime<Utc>,
    ) -> Result<bool, Error> {
        let note = Note::parse(&seal.note)?;
        let size = Checkpoint::parse(note.text())?.size;
        let mut seen = state.map_or(0, |state| state.size.unsigned_abs());
        let line = match self.published_cosignature(seal.number.unsigned_abs(), &note, witness.key()).await? {
            Some(line) => Ok(line),
            None => self.ask_witness(witness, &note, size, &mut seen).await?,
        };
        let mut tx = self.db.technical().await?;
        let trouble = match &line {
            Ok(line) => {
                let time = line.time().and_then(|time| DateTime::from_timestamp(time.cast_signed(), 0));
                let cosigned = Cosigned {
                    witness: witness.key().name().to_string(),
                    line: line.to_string(),
                    cosigned_at: time.unwrap_or(now),
                };
                queries::insert_cosignature(&mut tx, seal.number, &cosigned).await?;
                seen = size;
                None
            }
            Err(error) => {
                tracing::warn!(%error, "a head is not cosigned");
                Some(error.to_string())
            }
        };
        let (name, seen) = (witness.key().name(), seen.cast_signed());
        let forked = matches!(line, Err(witness::Error::Forked { .. }));
        queries::note_state(&mut tx, name, seen, (trouble.as_deref(), forked), now).await?;
        tx.commit().await?;
        Ok(line.is_ok())
    }

    /// Asks from where the witness saw last; once more when it says that it saw elsewhere.
    async fn ask_witness(
        &self,
        witness: &Witness,
        note: &Note,
        size: u64,
        seen: &mut u64,
    ) -> Result<Result<Signature, witness::Error>, Error> {
        for _ in 0..2 {
            if *seen > size {
                return Ok(Err(witness::Error::Forked { name: witness.name().to_string() }));
            }
            let mut tx = self.db.technical().await?;
            let proof = Rows::Platform(&mut tx).consistency(*seen, size).await?.unwrap_or_default();
            drop(tx);
            match witness.ask(&Request { old: *seen, proof, note: note.clone() }).await {
                Ok(Answer::Cosigned(line)) => return Ok(Ok(line)),
                Ok(Answer::Saw(saw)) => *seen = saw,
                Err(error) => return Ok(Err(error)),
            }
        }
        let reason = "il ne dit pas deux fois la même taille".to_string();
        Ok(Err(witness::Error::Refused { name: witness.name().to_string(), reason }))
    }

    /// The line of this witness that a site has under a head, for a database that forgot it.
    async fn published_cosignature(
        &self,
        number: u64,
        note: &Note,
        key: &Verifier,
    ) -> Result<Option<Signature>, Error> {
        let (storage, name) = (self.storage.clone(), cosignature_name(number, key.id()));
        let found = blocking(move || {
            let mut found = Vec::new();
            for site in storage.sites() {
                let kept = storage.tenant(platform()).on(&[site])?.kept(&name);
                found.extend(kept.ok().flatten().and_then(|bytes| String::from_utf8(bytes).ok()));
            }
            Ok(found)
        })
        .await?;
        let lines = found.iter().filter_map(|text| {
            let mut note = note.clone();
            note.add(Signature::parse(text.trim_end()).ok()?);
            note.signed_by(key).cloned()
        });
        Ok(lines.into_iter().next())
    }

    /// Puts the cosignatures beside the seals, on every site; one that is away gets them later.
    async fn publish_cosignatures(&self) -> Result<(), Error> {
        for site in self.storage.sites() {
            let store = self.storage.tenant(platform()).on(&[site])?;
            let lines = queries::unpublished(&mut self.db.technical().await?, site, TURN).await?;
            for (number, witness, line) in lines {
                let name = cosignature_name(number.unsigned_abs(), Signature::parse(&line)?.key_id);
                let (at_hand, text) = (store.clone(), format!("{line}\n"));
                match blocking(move || keep_once(&at_hand, &name, text.as_bytes())).await {
                    // Another line of the same witness under the same head says the same.
                    Ok(()) | Err(Error::Storage(storage::Error::Occupied { .. })) => {}
                    Err(error) => {
                        tracing::warn!(%error, site, "cosignatures are not published everywhere");
                        break;
                    }
                }
                let mut tx = self.db.technical().await?;
                queries::note_published(&mut tx, number, &witness, site).await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }
}
