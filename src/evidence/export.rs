//! A journal given out, entry by entry in its order; each is verified as it goes, so that what is given out holds together.

use std::io;

use serde_json::{Map, Value};

use super::{Error, PAGE, broken, events_about_any, journal_page, seal_queries, walk_after};
use crate::db::{self, TenantRead};
use crate::model::{ArchiveId, TransferId};
use crate::proof::journal::{Hash, hash};

/// Takes an entry: its exact text, its fields, its hash.
pub type Take<'a> = dyn FnMut(&str, &Map<String, Value>, &Hash) -> io::Result<()> + 'a;

/// Gives the entries numbered from `from` to `to`, or to the last; the number of the last one given, `from - 1` when there is
/// none.
///
/// # Errors
/// [`Error::Broken`] at the first entry that does not follow; those before it were given.
pub async fn entries(
    tx: &mut TenantRead,
    code: &str,
    (from, to): (i64, Option<i64>),
    take: &mut Take<'_>,
) -> Result<i64, Error> {
    let (mut walk, _) = walk_after(tx, from - 1, code).await?;
    loop {
        let page = journal_page(tx, walk.seq(), i64::from(PAGE)).await?;
        for row in &page {
            if to.is_some_and(|to| row.seq > to) {
                return Ok(walk.seq());
            }
            let fields = walk.step(row.seq, &row.entry, &row.hash)?;
            take(&row.entry, &fields, &walk.hash())?;
        }
        if page.len() < usize::from(PAGE) {
            return Ok(walk.seq());
        }
    }
}

/// Gives the entries about an archive and the transfer it was, in the journal's order; how many. They are not linked to each
/// other: each is compared with the hash that the journal keeps of it.
///
/// # Errors
/// [`Error::Broken`] at the first entry that is not what was hashed; those before it were given.
pub async fn entries_about(
    tx: &mut TenantRead,
    archive: ArchiveId,
    transfer: TransferId,
    take: &mut Take<'_>,
) -> Result<usize, Error> {
    let objects = [format!("transfer:{transfer}"), format!("archive:{archive}")];
    let (mut last, mut count) = (0, 0);
    loop {
        let page = events_about_any(tx, &objects, last, i64::from(PAGE)).await?;
        for entry in &page {
            let hash = hash(&entry.entry);
            if hash != entry.hash[..] {
                return Err(broken(entry.seq, "le texte ne correspond plus à son empreinte"));
            }
            let fields = serde_json::from_str(&entry.entry)
                .map_err(|_| broken(entry.seq, "le texte n'est pas un objet JSON"))?;
            take(&entry.entry, &fields, &hash)?;
            last = entry.seq;
        }
        count += page.len();
        if page.len() < usize::from(PAGE) {
            return Ok(count);
        }
    }
}

/// The signed head of the last seal that covers no entry after the one numbered `last`.
pub async fn head_within(tx: &mut TenantRead, last: i64) -> Result<Option<String>, db::Error> {
    Ok(seal_queries::last_seal_within(tx, last).await?.map(|seal| seal.note))
}
