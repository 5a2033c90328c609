//! The trees of logs, read from their rows: a member's, whose leaves are its journal's entries, and the platform's,
//! whose leaves are the members' heads.
//!
//! Never holds more than the tiles a question needs. The one thing to know: a leaf's data is the 32 bytes of an entry's
//! SHA-256, or of a checkpoint's.

use std::collections::HashMap;

use super::seal_queries as queries;
use crate::db::{self, Technical, TenantRead};
use crate::proof::merkle::{self, Hash, NodeId};
use crate::proof::tiles::{Growing, Tile, WIDTH};

/// Why a tree does not answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Db(#[from] db::Error),
    /// Rows are missing under what was sealed.
    #[error("le journal n'a pas toutes les entrées de ce qui a été scellé (tuile {path})")]
    Incomplete { path: String },
}

impl Error {
    /// Whether trying again later may succeed.
    pub fn is_transient(&self) -> bool {
        matches!(self, Error::Db(error) if error.is_transient())
    }
}

/// A log's rows.
pub enum Rows<'a> {
    Member(&'a mut TenantRead),
    Platform(&'a mut Technical),
}

impl Rows<'_> {
    /// Data of the leaves from `from`, `count` at most.
    pub async fn data(&mut self, from: u64, count: u64) -> Result<Vec<Hash>, db::Error> {
        let (from, count) = (from.cast_signed(), count.cast_signed());
        match self {
            Rows::Member(tx) => queries::entry_hashes(tx, from, count).await,
            Rows::Platform(tx) => queries::leaves(tx, from, count).await,
        }
    }

    /// The hashes of a tile.
    pub async fn tile(&mut self, tile: Tile) -> Result<Vec<Hash>, Error> {
        let (from, count) = (tile.index * WIDTH, u64::from(tile.width));
        let hashes = if tile.level == 0 {
            self.data(from, count).await?.iter().map(|data| merkle::leaf(data)).collect()
        } else {
            let (level, from, count) = (i16::from(tile.level) - 1, from.cast_signed(), count.cast_signed());
            match self {
                Rows::Member(tx) => queries::tile_roots(tx, level, from, count).await?,
                Rows::Platform(tx) => queries::platform_tile_roots(tx, level, from, count).await?,
            }
        };
        if hashes.len() == usize::from(tile.width) {
            return Ok(hashes);
        }
        Err(Error::Incomplete { path: tile.path() })
    }

    /// The tree of the first `size` leaves, to be gone on.
    pub async fn growing(&mut self, size: u64) -> Result<Growing, Error> {
        let mut edge = Vec::new();
        for tile in Growing::wanted(size) {
            edge.push(if tile.width == 0 { Vec::new() } else { self.tile(tile).await? });
        }
        let last = || Error::Incomplete { path: "tile/0".into() };
        Growing::after(size, edge).ok_or_else(last)
    }

    /// Proof that leaf `index` is in the tree of the first `size` leaves.
    pub async fn inclusion(&mut self, index: u64, size: u64) -> Result<Option<Vec<Hash>>, Error> {
        self.ask(size, |nodes| merkle::inclusion(index, size, nodes)).await
    }

    /// Proof that the tree of the first `size` leaves goes on the one of the first `before`.
    pub async fn consistency(&mut self, before: u64, size: u64) -> Result<Option<Vec<Hash>>, Error> {
        self.ask(size, |nodes| merkle::consistency(before, size, nodes)).await
    }

    /// Asks until every tile that the answer needs was read: a handful, whatever the tree's size.
    async fn ask<T>(
        &mut self,
        size: u64,
        answer: impl Fn(&mut dyn FnMut(NodeId) -> Result<Hash, Tile>) -> Result<T, Tile>,
    ) -> Result<T, Error> {
        let mut tiles: HashMap<Tile, Vec<Hash>> = HashMap::new();
        loop {
            let mut hash = |id: NodeId| {
                let tile = Tile::of(id, size);
                tiles.get(&tile).and_then(|hashes| tile.hash(id, hashes)).ok_or(tile)
            };
            match answer(&mut hash) {
                Ok(answer) => return Ok(answer),
                Err(missing) if tiles.contains_key(&missing) => {
                    return Err(Error::Incomplete { path: missing.path() });
                }
                Err(missing) => {
                    let hashes = self.tile(missing).await?;
                    tiles.insert(missing, hashes);
                }
            }
        }
    }
}
