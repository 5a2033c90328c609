//! The platform's log: the members' heads, one leaf each, and its own seal of the day.
//!
//! Never leaves a head out: those that a stopped process did not gather are gathered by the next one, in the order of
//! their numbers.

use std::collections::HashMap;

use fail::fail_point;

use super::{Error, Sealed, Sealing, platform};
use crate::db::Technical;
use crate::evidence::seal_queries::{self as queries, KeptSeal};
use crate::evidence::tree::Rows;
use crate::proof::digest::sha256;
use crate::proof::journal::BEFORE_FIRST;
use crate::proof::merkle::{self, Hash};
use crate::proof::note::Note;
use crate::proof::seal::{Record, same_day_before};
use crate::registry;

/// Seals of a member read at a time.
pub(super) const PAGE: i64 = 500;

/// What a member's head is in the platform's log.
pub fn leaf_data(note: &Note) -> Hash {
    sha256(note.text().as_bytes())
}

impl Sealing {
    /// Gathers what the members sealed and seals the platform's log.
    pub async fn seal_platform(&self) -> Result<Sealed, Error> {
        let outcome = self.gather_and_seal().await;
        match &outcome {
            Ok(sealed) => self.note_sealed(platform(), sealed.number).await?,
            Err(error) if error.is_race() => {}
            Err(error) => drop(self.note_trouble(platform(), error).await?),
        }
        outcome
    }

    async fn gather_and_seal(&self) -> Result<Sealed, Error> {
        fail_point!("seal-before-platform");
        self.take_back_platform().await?;
        self.gather().await?;
        let now = self.clock.now();
        let mut tx = self.db.technical().await?;
        let last = queries::last_platform_seal(&mut tx).await?;
        let last = last.map(|seal| Record::parse(&seal.record)).transpose()?;
        let sealed = last.as_ref().map_or(0, |last| last.size);
        let mut tree = Rows::Platform(&mut tx).growing(sealed).await?;
        if let Some(last) = last.as_ref().filter(|last| tree.root() != last.root) {
            let reason = "les têtes qu'il scelle ont changé".to_string();
            return Err(Error::Forked { number: last.number, reason });
        }
        let mut entry = last.as_ref().map_or(BEFORE_FIRST, |last| last.entry);
        loop {
            let leaves = queries::leaves(&mut tx, tree.size().cast_signed(), 4_096).await?;
            let Some(newest) = leaves.last() else { break };
            entry = *newest;
            leaves.iter().for_each(|data| tree.push(merkle::leaf(data)));
        }
        queries::insert_platform_tiles(&mut tx, &tree.take_full()).await?;
        let at = now.max(last.as_ref().map_or(now, |last| last.at));
        let (month, year) = same_day_before(at.date_naive());
        let record = Record {
            number: last.as_ref().map_or(1, |last| last.number + 1),
            log: self.platform_origin(),
            at,
            size: tree.size(),
            root: tree.root(),
            entry,
            previous: last.as_ref().map(Record::hash),
            month: of_day(&mut tx, month).await?,
            year: of_day(&mut tx, year).await?,
        };
        let note = Note::sign(record.checkpoint().body(), &self.keys.in_use(at)?)?.to_string();
        let kept = KeptSeal { number: record.number.cast_signed(), record: record.text(), note };
        queries::insert_platform_seal(&mut tx, &kept, at, record.size.cast_signed()).await?;
        tx.commit().await?;
        fail_point!("seal-after-platform");
        Ok(Sealed { number: record.number, size: record.size, root: record.root })
    }

    /// A leaf for each head that has none, members in the order of their codes.
    async fn gather(&self) -> Result<(), Error> {
        let mut tx = self.db.technical().await?;
        let members = registry::queries::members(&mut tx).await?;
        let mut gathered: HashMap<_, _> = queries::gathered(&mut tx).await?.into_iter().collect();
        drop(tx);
        for member in members {
            let after = gathered.entry(member.tenant).or_insert(0);
            loop {
                let mut read = self.db.read(member.tenant).await?;
                let seals = queries::seals_after(&mut read, *after, PAGE).await?;
                drop(read);
                let Some(last) = seals.last().map(|seal| seal.number) else { break };
                let mut tx = self.db.technical().await?;
                for seal in &seals {
                    let data = leaf_data(&Note::parse(&seal.note)?);
                    queries::insert_leaf(&mut tx, member.tenant, seal.number, &data).await?;
                }
                tx.commit().await?;
                *after = last;
            }
        }
        Ok(())
    }
}

async fn of_day(tx: &mut Technical, day: Option<chrono::NaiveDate>) -> Result<Option<Hash>, Error> {
    let Some(day) = day else { return Ok(None) };
    let seal = queries::platform_seal_of_day(tx, day).await?;
    Ok(seal.map(|seal| Record::parse(&seal.record)).transpose()?.map(|record| record.hash()))
}
