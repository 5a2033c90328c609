//! A log published on the sites, as files that anyone may mirror (C2SP tlog-tiles): the tree, the entries' hashes, each
//! seal's record and note, and last the signed head.
//!
//! Never writes over what is published but the head. Each site goes on from its own head: one that was away catches up.

use fail::fail_point;

use super::{Error, Sealing, Which, blocking};
use crate::evidence::seal_queries::{self as queries, KeptSeal};
use crate::evidence::tree::Rows;
use crate::model::TenantId;
use crate::proof::checkpoint::Checkpoint;
use crate::proof::note::Note;
use crate::proof::tiles::{self, WIDTH};
use crate::storage::TenantStore;

/// The signed head of a log, under its folder.
pub const CHECKPOINT: &str = "log/checkpoint";
/// Seals published at a time.
const PAGE: i64 = 200;

/// Where a seal's record is published.
pub fn record_name(number: u64) -> String {
    format!("log/seals/{number:06}.json")
}

/// Where a seal's note is published.
pub fn note_name(number: u64) -> String {
    format!("log/seals/{number:06}.note")
}

impl Sealing {
    /// Publishes a member's seals on each of its sites.
    pub async fn publish(&self, tenant: TenantId, code: &str) -> Result<(), Error> {
        let sites = self.sites_of(Which::Member(tenant)).await?;
        self.publish_on(Which::Member(tenant), &self.origin(code), &sites).await
    }

    /// Publishes the platform's seals on every site.
    pub async fn publish_platform(&self) -> Result<(), Error> {
        let sites = self.sites_of(Which::Platform).await?;
        self.publish_on(Which::Platform, &self.platform_origin(), &sites).await
    }

    /// The sites where a log is published: every one, or the member's.
    pub(super) async fn sites_of(&self, which: Which) -> Result<Vec<String>, Error> {
        let own = match which {
            Which::Member(tenant) => {
                crate::evidence::sites_of_member(&mut self.db.read(tenant).await?).await?
            }
            Which::Platform => None,
        };
        let all = self.storage.sites().map(str::to_owned);
        Ok(all.filter(|site| own.as_ref().is_none_or(|own| own.contains(site))).collect())
    }

    /// Each site for itself; the first failure is told once the others are done.
    async fn publish_on(&self, which: Which, origin: &str, sites: &[String]) -> Result<(), Error> {
        let tenant = which.tenant();
        let mut failure = None;
        for site in sites {
            let store = self.storage.tenant(tenant).on(&[site])?;
            match self.bring_up_to_date(which, origin, store).await {
                Ok(None) => {}
                Ok(Some(number)) => {
                    let mut tx = self.db.technical().await?;
                    queries::note_published(&mut tx, tenant.as_uuid(), site, number, self.clock.now())
                        .await?;
                    tx.commit().await?;
                }
                Err(error) => failure = Some(error),
            }
        }
        failure.map_or(Ok(()), Err)
    }

    /// Number of the last seal published there; `None` when there is none.
    async fn bring_up_to_date(
        &self,
        which: Which,
        origin: &str,
        store: TenantStore,
    ) -> Result<Option<i64>, Error> {
        let at_hand = store.clone();
        let head = blocking(move || Ok(at_hand.kept(CHECKPOINT)?)).await?;
        let (mut number, mut size) = head.map_or(Ok((0, 0)), |head| read_head(&head, origin))?;
        loop {
            let seals = self.seals_after(which, number).await?;
            let Some(last) = seals.last().cloned() else { break };
            let until = Checkpoint::parse(Note::parse(&last.note)?.text())?.size;
            self.publish_tree(which, &store, size, until).await?;
            let (at_hand, number_after) = (store.clone(), last.number);
            blocking(move || {
                for seal in &seals {
                    keep(&at_hand, &record_name(seal.number.cast_unsigned()), seal.record.as_bytes())?;
                    keep_once(&at_hand, &note_name(seal.number.cast_unsigned()), seal.note.as_bytes())?;
                }
                fail_point!("seal-after-file");
                keep(&at_hand, CHECKPOINT, last.note.as_bytes())
            })
            .await?;
            (number, size) = (number_after, until);
        }
        Ok((number > 0).then_some(number))
    }

    /// Seals of a log after the one numbered `after`, a page of them.
    pub(super) async fn seals_after(&self, which: Which, after: i64) -> Result<Vec<KeptSeal>, Error> {
        Ok(match which {
            Which::Member(tenant) => {
                queries::seals_after(&mut self.db.read(tenant).await?, after, PAGE).await?
            }
            Which::Platform => {
                queries::platform_seals_after(&mut self.db.technical().await?, after, PAGE).await?
            }
        })
    }

    /// The tiles and the entries' bundles that a tree of `until` leaves has beyond one of `from`.
    async fn publish_tree(
        &self,
        which: Which,
        store: &TenantStore,
        from: u64,
        until: u64,
    ) -> Result<(), Error> {
        for tile in tiles::new_tiles(from, until) {
            let mut files = Vec::new();
            let mut read = |hashes: Vec<_>, data: Option<Vec<_>>| {
                files.push((format!("log/{}", tile.path()), tiles::bytes(&hashes)));
                files.extend(data.map(|data| (format!("log/{}", tile.entries_path()), tiles::bundle(&data))));
            };
            // Each its own transaction: rows under a seal do not change, and a slow site must not hold one open.
            let (from, count) = (tile.index * WIDTH, u64::from(tile.width));
            match which {
                Which::Member(tenant) => {
                    let mut tx = self.db.read(tenant).await?;
                    let mut rows = Rows::Member(&mut tx);
                    let data = if tile.level == 0 { Some(rows.data(from, count).await?) } else { None };
                    read(rows.tile(tile).await?, data);
                }
                Which::Platform => {
                    let mut tx = self.db.technical().await?;
                    let mut rows = Rows::Platform(&mut tx);
                    let data = if tile.level == 0 { Some(rows.data(from, count).await?) } else { None };
                    read(rows.tile(tile).await?, data);
                }
            }
            let store = store.clone();
            blocking(move || files.iter().try_for_each(|(name, bytes)| keep(&store, name, bytes))).await?;
        }
        Ok(())
    }
}

/// Number and size of a published head, which must be of this log.
fn read_head(bytes: &[u8], origin: &str) -> Result<(i64, u64), Error> {
    let damaged = |reason: &str| Error::Damaged { name: CHECKPOINT.into(), reason: reason.into() };
    let text = std::str::from_utf8(bytes).map_err(|_| damaged("ce n'est pas du texte"))?;
    let head = Checkpoint::parse(Note::parse(text)?.text())?;
    if head.origin != origin {
        return Err(damaged("c'est la tête d'un autre journal"));
    }
    let number =
        head.extensions.first().and_then(|line| line.strip_prefix("seal ")?.split(' ').next()?.parse().ok());
    Ok((number.ok_or_else(|| damaged("elle ne dit pas de quel scellement elle est"))?, head.size))
}

/// What was signed or stamped: other bytes under its name stay, and are a failure.
pub(super) fn keep_once(store: &TenantStore, name: &str, bytes: &[u8]) -> Result<(), Error> {
    store.keep_once(name, bytes)?.pop().map_or(Ok(()), |(_, error)| Err(error.into()))
}

/// A site that did not take the file is a failure here.
fn keep(store: &TenantStore, name: &str, bytes: &[u8]) -> Result<(), Error> {
    store.keep(name, bytes)?.pop().map_or(Ok(()), |(_, error)| Err(error.into()))
}
