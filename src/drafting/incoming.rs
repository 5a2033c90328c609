//! A file about to come into a draft: its place, and whether there is room for it.
//!
//! Never takes a byte (`files`). The one thing to know: a file has its row before its first byte, so that its sender may ask where it
//! stands and go on.

use uuid::Uuid;

use super::draft::{By, Draft, DraftFile, FILES_MAX, Sheet};
use super::{Drafting, Error, arrange, file_queries, names, queries};
use crate::registry;

/// A file about to come.
#[derive(Clone, Copy, Debug)]
pub struct Coming<'a> {
    /// As the browser gives it, the folders above it included.
    pub path: &'a str,
    /// `None`: known once all of it came.
    pub size_bytes: Option<u64>,
    /// When its sender's machine last changed it, as that machine says.
    pub modified_ms: Option<i64>,
}

/// Why a file, or a piece of it, is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotTaken {
    /// No such draft, or no such file of it.
    NotFound,
    /// It is being sent.
    Closed,
    TooMany,
    /// More than a deposit may weigh.
    TooLarge,
    /// With what is gathered already, more than the member was promised.
    NoRoom,
    Empty,
    /// It is not what was announced: so many bytes are there.
    Misplaced(u64),
    /// Another request adds to it.
    Busy,
    /// It was cut: so many bytes are there.
    Cut(u64),
}

impl Drafting {
    /// Opens a file of a draft; one of the same name and version is gone on with, or is there whole: whoever was cut gives all of their
    /// files again, and sends what is lacking.
    ///
    /// # Errors
    /// When the rows cannot be changed.
    pub async fn open_file(
        &self,
        by: &By,
        draft: Uuid,
        coming: Coming<'_>,
    ) -> Result<Result<DraftFile, NotTaken>, Error> {
        let (folder, name) = names::placed(coming.path);
        let quota = registry::queries::find_quota(&mut self.db.read(by.tenant).await?).await?;
        let promised = quota.map_or(0, |quota| quota.bytes_max);
        let mut tx = self.db.technical().await?;
        let Some(mut draft) = queries::lock(&mut tx, by, draft).await? else {
            return Ok(Err(NotTaken::NotFound));
        };
        if !draft.is_open() {
            return Ok(Err(NotTaken::Closed));
        }
        if let Some(there) = there(&draft, &folder, &name, coming) {
            return Ok(Ok(there));
        }
        if let Some(begun) = begun(&draft, &folder, &name) {
            if is_same_version(&begun, coming) {
                return Ok(Ok(begun));
            }
            // Another version of it: what came of the former is no use.
            file_queries::delete_file(&mut tx, by.tenant, (draft.draft_id, begun.file_id)).await?;
            draft.files.retain(|file| file.file_id != begun.file_id);
        }
        let gathered = file_queries::gathered_bytes(&mut tx, by.tenant).await?;
        let room = Room { bytes_max: self.limits.received_bytes_max, gathered, promised };
        if let Err(why) = room.takes(&draft, coming.size_bytes) {
            return Ok(Err(why));
        }
        let file = self.fresh_file(&draft, (folder, name), coming);
        file_queries::insert_file(&mut tx, by.tenant, draft.draft_id, &file).await?;
        queries::touch(&mut tx, by.tenant, draft.draft_id, self.clock.now()).await?;
        tx.commit().await?;
        Ok(Ok(file))
    }

    /// One of which nothing came yet, under a name that no other file of its folder has.
    fn fresh_file(&self, draft: &Draft, (folder, name): (String, String), coming: Coming<'_>) -> DraftFile {
        DraftFile {
            file_id: self.clock.fresh_id(),
            rank: draft.files.iter().map(|file| file.rank).max().unwrap_or(0) + 1,
            name: arrange::Taken::of(draft, &folder).free(&name),
            folder,
            bytes_total: coming.size_bytes,
            bytes_received: 0,
            modified_ms: coming.modified_ms,
            sha512: None,
            puid: None,
            format_name: None,
            mime: None,
            sheet: Sheet::default(),
        }
    }
}

/// The whole file of this place that its sender's machine says is the very one.
fn there(draft: &Draft, folder: &str, name: &str, coming: Coming<'_>) -> Option<DraftFile> {
    let version = (coming.size_bytes, coming.modified_ms?);
    let is_it = |file: &&DraftFile| {
        let of = (file.bytes_total, file.modified_ms.unwrap_or_default());
        file.folder == folder && file.name == name && file.is_whole() && of == version
    };
    draft.files.iter().find(is_it).cloned()
}

/// The file of this place that is not whole yet.
fn begun(draft: &Draft, folder: &str, name: &str) -> Option<DraftFile> {
    let is_it = |file: &&DraftFile| file.folder == folder && file.name == name && !file.is_whole();
    draft.files.iter().find(is_it).cloned()
}

/// Whether what comes is known to go on with what came.
fn is_same_version(begun: &DraftFile, coming: Coming<'_>) -> bool {
    let version = (coming.size_bytes, coming.modified_ms);
    begun.bytes_total.is_some() && (begun.bytes_total, begun.modified_ms) == version
}

/// What a draft and its member may still hold.
struct Room {
    /// Of one deposit.
    bytes_max: u64,
    /// By all the member's people.
    gathered: u64,
    promised: u64,
}

impl Room {
    fn takes(&self, draft: &Draft, size_bytes: Option<u64>) -> Result<(), NotTaken> {
        let size = size_bytes.unwrap_or(0);
        if size_bytes == Some(0) {
            Err(NotTaken::Empty)
        } else if draft.files.len() >= FILES_MAX {
            Err(NotTaken::TooMany)
        } else if draft.size_bytes().saturating_add(size) > self.bytes_max {
            Err(NotTaken::TooLarge)
        } else if self.gathered.saturating_add(size) > self.promised {
            Err(NotTaken::NoRoom)
        } else {
            Ok(())
        }
    }
}
