//! The platform's log taken back from the sites by a database that has forgotten it: after a rebuild, its leaves and its seals
//! are those that were published, or nothing is sealed.

use std::collections::HashMap;

use super::gather::{PAGE, leaf_data};
use super::published::Published;
use super::{Error, Sealing, blocking, platform};
use crate::db::Technical;
use crate::evidence::seal_queries::{self as queries, KeptSeal};
use crate::evidence::tree::Rows;
use crate::model::TenantId;
use crate::proof::merkle::{self, Hash};
use crate::proof::note::Note;
use crate::proof::seal::Record;
use crate::proof::tiles::{self, WIDTH};
use crate::registry;

impl Sealing {
    /// Takes back what the sites have of the platform's log and the rows have not.
    pub(super) async fn take_back_platform(&self) -> Result<(), Error> {
        let mut tx = self.db.technical().await?;
        let last = queries::last_platform_seal(&mut tx).await?;
        let last = last.map(|seal| Record::parse(&seal.record)).transpose()?;
        drop(tx);
        let known = last.as_ref().map_or(0, |last| last.number);
        let published = self.published_beyond(platform(), &self.platform_origin(), known).await?;
        let forgotten = published.after(last.as_ref())?;
        let Some((until, _)) = forgotten.last() else { return Ok(()) };
        let heads = self.heads().await?;
        let mut tx = self.db.technical().await?;
        let mut have = last.as_ref().map_or(0, |last| last.size);
        have += queries::leaves(&mut tx, have.cast_signed(), i64::MAX >> 1).await?.len() as u64;
        for (position, data) in (have..).zip(self.published_leaves(&published, have, until.size).await?) {
            let number = until.number;
            let unknown = || {
                let reason = format!(
                    "la tête {position} du journal de la plateforme est d'une collectivité que la base n'a pas encore"
                );
                Error::Forked { number, reason }
            };
            let (tenant, seal) = heads.get(&data).ok_or_else(unknown)?;
            queries::insert_leaf(&mut tx, *tenant, *seal, &data).await?;
        }
        enter(&mut tx, last, forgotten).await?;
        Ok(tx.commit().await?)
    }

    /// Whose head each leaf is.
    async fn heads(&self) -> Result<HashMap<Hash, (TenantId, i64)>, Error> {
        let members = registry::queries::members(&mut self.db.technical().await?).await?;
        let mut heads = HashMap::new();
        for member in members {
            let mut after = 0;
            loop {
                let seals =
                    queries::seals_after(&mut self.db.read(member.tenant).await?, after, PAGE).await?;
                let Some(last) = seals.last() else { break };
                after = last.number;
                for seal in &seals {
                    heads.insert(leaf_data(&Note::parse(&seal.note)?), (member.tenant, seal.number));
                }
            }
        }
        Ok(heads)
    }

    /// Data of the leaves from `from` until `until`, as the site of `published` has them.
    async fn published_leaves(
        &self,
        published: &Published,
        from: u64,
        until: u64,
    ) -> Result<Vec<Hash>, Error> {
        let store = self.storage.tenant(platform()).on(&[published.site()])?;
        blocking(move || {
            let mut leaves = Vec::new();
            for tile in tiles::new_tiles(from, until).filter(|tile| tile.level == 0) {
                let name = format!("log/{}", tile.entries_path());
                let damaged =
                    || Error::Damaged { name: name.clone(), reason: "il manque, ou est endommagé".into() };
                let bundle = store.kept(&name)?.and_then(|bytes| tiles::read_bundle(&bytes, tile.width));
                let bundle = bundle.ok_or_else(damaged)?;
                let known = from.saturating_sub(tile.index * WIDTH) as usize;
                leaves.extend(bundle.into_iter().skip(known));
            }
            Ok(leaves)
        })
        .await
    }
}

/// Enters the seals again, each once the leaves give its root.
async fn enter(
    tx: &mut Technical,
    mut last: Option<Record>,
    forgotten: &[(Record, Note)],
) -> Result<(), Error> {
    let mut tree = Rows::Platform(tx).growing(last.as_ref().map_or(0, |last| last.size)).await?;
    for (record, note) in forgotten {
        let missing = record.size.saturating_sub(tree.size());
        let leaves = queries::leaves(tx, tree.size().cast_signed(), missing.cast_signed()).await?;
        leaves.iter().for_each(|data| tree.push(merkle::leaf(data)));
        if tree.root() != record.root || record.previous != last.as_ref().map(Record::hash) {
            let reason = "les sites ont un scellement d'autres têtes que celles de la base".to_string();
            return Err(Error::Forked { number: record.number, reason });
        }
        queries::insert_platform_tiles(tx, &tree.take_full()).await?;
        let kept =
            KeptSeal { number: record.number.cast_signed(), record: record.text(), note: note.to_string() };
        queries::insert_platform_seal(tx, &kept, record.at, record.size.cast_signed()).await?;
        last = Some(record.clone());
    }
    Ok(())
}
