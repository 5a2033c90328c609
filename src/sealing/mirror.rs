//! A log's files, made from its rows for whoever mirrors it.

use super::{Error, Sealing};
use crate::evidence::seal_queries as queries;
use crate::evidence::tree::Rows;
use crate::model::TenantId;
use crate::proof::checkpoint::Checkpoint;
use crate::proof::note::Note;
use crate::proof::tiles::{self, Named, WIDTH};

/// A file of a log.
#[derive(Debug)]
pub enum LogFile {
    /// The signed head, which changes.
    Checkpoint(String),
    /// What never does.
    Tile(Vec<u8>),
}

impl Sealing {
    /// The file of this name (`checkpoint`, `tile/0/000.p/5`) in a member's log, or in the platform's; `None` when there is
    /// none under the last seal.
    pub async fn file(&self, tenant: Option<TenantId>, name: &str) -> Result<Option<LogFile>, Error> {
        let last = match tenant {
            Some(tenant) => queries::last_seal(&mut self.db.read(tenant).await?).await?,
            None => queries::last_platform_seal(&mut self.db.technical().await?).await?,
        };
        let Some(last) = last else { return Ok(None) };
        if name == "checkpoint" {
            return Ok(Some(LogFile::Checkpoint(last.note)));
        }
        let size = Checkpoint::parse(Note::parse(&last.note)?.text())?.size;
        let Some(Named { tile, is_entries }) = Named::parse(name).filter(|named| named.tile.is_under(size))
        else {
            return Ok(None);
        };
        let bytes = match tenant {
            Some(tenant) => read(Rows::Member(&mut self.db.read(tenant).await?), tile, is_entries).await?,
            None => read(Rows::Platform(&mut self.db.technical().await?), tile, is_entries).await?,
        };
        Ok(Some(LogFile::Tile(bytes)))
    }
}

async fn read(mut rows: Rows<'_>, tile: tiles::Tile, is_entries: bool) -> Result<Vec<u8>, Error> {
    if is_entries {
        let data = rows.data(tile.index * WIDTH, tile.width.into()).await?;
        return Ok(tiles::bundle(&data));
    }
    Ok(tiles::bytes(&rows.tile(tile).await?))
}
