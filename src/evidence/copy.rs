//! A member's journal copied beside its archives, so that it outlives the database (`proof::journal_copy` has the form).
//!
//! Never shortens a copy, never writes one journal over another: a database that has forgotten what its copy remembers is
//! told so. Each call is about one site.

use fail::fail_point;

use super::{attestation_queries, queries};
use crate::db::{self, Db, TenantRead};
use crate::model::TenantId;
use crate::proof::journal_copy::{
    ENTRIES, HEAD, Head, Kept, attestations_after, file_after, line, read, read_attestations,
};
use crate::storage::{self, TenantStore};

/// Why a journal was not copied, or its copy not read.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error(transparent)]
    Storage(#[from] storage::Error),
    #[error("copie du journal, {name} : {reason}")]
    Damaged { name: String, reason: String },
    /// The database's journal is not the one that was copied.
    #[error(
        "la copie du journal va jusqu'à l'entrée {seq}, que la base n'a pas, ou n'a pas ainsi : a-t-elle été restaurée ? \
         « chartrier rebuild » la complète"
    )]
    Forgotten { seq: i64 },
    #[error("the thread that copied a journal died")]
    Died,
}

impl Error {
    /// Whether the same call may succeed later.
    pub fn is_transient(&self) -> bool {
        match self {
            Error::Db(error) => error.is_transient(),
            Error::Storage(error) => error.is_transient(),
            Error::Damaged { .. } | Error::Forgotten { .. } => false,
            Error::Died => true,
        }
    }
}

/// Where the database's journal ends; `None` before its first entry.
pub async fn head(tx: &mut TenantRead) -> Result<Option<Head>, db::Error> {
    let row = queries::copied_head(tx).await?.ok_or(db::Error::UnknownTenant)?;
    Ok((row.seq > 0).then(|| Head::new(&row.code, row.seq, &row.hash, row.at)))
}

/// Whether the database's journal has the entry at which a copy ends, as it ends there.
pub async fn has(tx: &mut TenantRead, copy: &Head) -> Result<bool, db::Error> {
    let page = queries::journal_page(tx, copy.seq - 1, 1).await?;
    Ok(page.first().is_some_and(|row| copy.is(row.seq, &row.hash)))
}

/// Brings the copy up to where the journal ends now: where it ended before, and where it ends.
pub async fn copy(
    db: &Db,
    tenant: TenantId,
    store: &TenantStore,
) -> Result<(Option<Head>, Option<Head>), Error> {
    let there = blocking(store, read_head).await?;
    let mut tx = db.read(tenant).await?;
    let head = head(&mut tx).await?;
    if let Some(there) = &there
        && !has(&mut tx, there).await?
    {
        return Err(Error::Forgotten { seq: there.seq });
    }
    drop(tx);
    let Some(head) = head else { return Ok((there, None)) };
    let mut seq = there.as_ref().map_or(0, |there| there.seq);
    while seq < head.seq {
        let (name, before) = file_after(seq);
        // Each its own transaction: entries do not change, and a slow site must not hold one open.
        let mut tx = db.read(tenant).await?;
        let page = queries::journal_page(&mut tx, before, ENTRIES).await?;
        seq = page.last().map_or(before, |last| last.seq);
        let declared = attestation_queries::declared(&mut tx, before, seq).await?;
        drop(tx);
        if seq <= before {
            return Err(Error::Damaged { name, reason: "le journal de la base est incomplet".into() });
        }
        let lines: String = page.iter().map(|row| line(&row.hash, &row.entry)).collect();
        blocking(store, move |store| keep(store, &name, &lines)).await?;
        fail_point!("copy-after-file");
        // After the entries that declare them: a text that no entry declares is not believed.
        if !declared.is_empty() {
            let (name, lines) =
                (attestations_after(before), declared.iter().map(Kept::line).collect::<String>());
            blocking(store, move |store| keep(store, &name, &lines)).await?;
            fail_point!("copy-after-attestations");
        }
    }
    let text = head.to_json();
    blocking(store, move |store| keep(store, HEAD, &text)).await?;
    Ok((there, Some(head)))
}

/// Where the copy ends; `None` when there is none.
pub fn read_head(store: &TenantStore) -> Result<Option<Head>, Error> {
    let Some(bytes) = store.kept(HEAD)?.filter(|bytes| !bytes.is_empty()) else { return Ok(None) };
    let head = Head::from_json(&bytes);
    head.map(Some).map_err(|reason| Error::Damaged { name: HEAD.into(), reason })
}

/// Texts of the entries after the one numbered `after`, up to the end of their file. A copy that ends before its head says
/// so is damaged.
pub fn read_after(store: &TenantStore, head: &Head, after: i64) -> Result<Vec<String>, Error> {
    let (name, before) = file_after(after);
    let damaged = |reason: String| Error::Damaged { name: name.clone(), reason };
    let bytes = match store.kept(&name)? {
        Some(bytes) => bytes,
        None if after >= head.seq => return Ok(Vec::new()),
        None => return Err(damaged("le fichier manque".into())),
    };
    let entries = read(bytes).map_err(damaged)?;
    let last = before + entries.len() as i64;
    if last < head.seq && last < before + ENTRIES {
        return Err(damaged(format!("le fichier s'arrête à l'entrée {last}")));
    }
    if before < head.seq && head.seq <= last {
        let (_, hash) = &entries[(head.seq - before - 1) as usize];
        if !head.is(head.seq, hash) {
            return Err(damaged(format!("l'entrée {} n'est pas celle que dit {HEAD}", head.seq)));
        }
    }
    Ok(entries.into_iter().skip((after - before) as usize).map(|(text, _)| text).collect())
}

/// The attestations that entries of a file declare, the file of those after the one numbered `after`.
pub fn read_statements(store: &TenantStore, after: i64) -> Result<Vec<Result<Kept, String>>, Error> {
    Ok(store.kept(&attestations_after(after))?.map(|bytes| read_attestations(&bytes)).unwrap_or_default())
}

/// Keeps the copy as it stands under other names, which begin with `why`: the database's own is to take its place.
pub fn put_aside(store: &TenantStore, head: &Head, why: &str) -> Result<(), Error> {
    let mut seq = 0;
    while seq < head.seq {
        let (name, before) = file_after(seq);
        if let Some(bytes) = store.kept(&name)? {
            keep_bytes(store, &format!("{why}-{name}"), &bytes)?;
        }
        let name = attestations_after(before);
        if let Some(bytes) = store.kept(&name)? {
            keep_bytes(store, &format!("{why}-{name}"), &bytes)?;
        }
        seq = before + ENTRIES;
    }
    keep(store, &format!("{why}-{HEAD}"), &head.to_json())?;
    // From here on there is no copy: the next one begins with the first entry.
    keep(store, HEAD, "")
}

fn keep(store: &TenantStore, name: &str, text: &str) -> Result<(), Error> {
    keep_bytes(store, name, text.as_bytes())
}

/// A site that did not take the file is a failure here.
fn keep_bytes(store: &TenantStore, name: &str, bytes: &[u8]) -> Result<(), Error> {
    store.keep(name, bytes)?.pop().map_or(Ok(()), |(_, error)| Err(error.into()))
}

async fn blocking<T: Send + 'static>(
    store: &TenantStore,
    work: impl FnOnce(&TenantStore) -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let store = store.clone();
    tokio::task::spawn_blocking(move || work(&store)).await.map_err(|_| Error::Died)?
}
