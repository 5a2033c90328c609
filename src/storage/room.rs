//! Room: what new deposits may take of the quarantine and of the sites, less what others have already been
//! promised.
//!
//! Promises are this process's own: several processes on one disk are kept apart by the room that must stay
//! free.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use super::error::Error;
use super::folder;
use super::{Storage, TenantStore};

/// Promises by place: a site's name, or the quarantine.
#[derive(Debug, Default)]
pub(super) struct Rooms {
    free_bytes_min: u64,
    promised: Arc<Mutex<HashMap<String, u64>>>,
}

const QUARANTINE: &str = "";

/// Room promised to one deposit, until dropped.
#[derive(Debug)]
pub struct Reserved {
    promised: Arc<Mutex<HashMap<String, u64>>>,
    places: Vec<String>,
    bytes: u64,
}

impl Rooms {
    pub fn new(free_bytes_min: u64) -> Self {
        Self { free_bytes_min, promised: Arc::default() }
    }

    /// Promises room in every place, or in none.
    fn reserve(&self, places: &[(String, Option<u64>)], bytes: u64) -> Result<Reserved, Error> {
        let mut promised = self.promised.lock().unwrap_or_else(PoisonError::into_inner);
        for (place, free) in places {
            let taken = promised.get(place).copied().unwrap_or(0);
            let needed = bytes.saturating_add(taken).saturating_add(self.free_bytes_min);
            if free.is_some_and(|free| free < needed) {
                let path = PathBuf::from(if place.is_empty() { "la quarantaine" } else { place });
                return Err(Error::Full { doing: "reserving room on", path });
            }
        }
        for (place, _) in places {
            *promised.entry(place.clone()).or_default() += bytes;
        }
        let places = places.iter().map(|(place, _)| place.clone()).collect();
        Ok(Reserved { promised: Arc::clone(&self.promised), places, bytes })
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        let mut promised = self.promised.lock().unwrap_or_else(PoisonError::into_inner);
        for place in &self.places {
            if let Some(taken) = promised.get_mut(place) {
                *taken = taken.saturating_sub(self.bytes);
            }
        }
    }
}

impl Storage {
    /// Room for a deposit of so many bytes in quarantine; [`Error::Full`] when there is not enough, there or,
    /// for what it will become, on a site of the member's.
    pub fn reserve_reception(&self, store: &TenantStore, bytes: u64) -> Result<Reserved, Error> {
        drop(store.reserve(bytes)?);
        self.reserve_draft(bytes)
    }

    /// Room for so many bytes in quarantine alone: of what somebody gathers, and may never send.
    pub fn reserve_draft(&self, bytes: u64) -> Result<Reserved, Error> {
        let quarantine = folder::room(self.quarantine.scratch()).map(|room| room.free_bytes);
        self.sites.rooms.reserve(&[(QUARANTINE.to_string(), quarantine)], bytes)
    }
}

impl TenantStore {
    /// Room for an archive of so many bytes on every site of the store that says what room it has.
    pub fn reserve(&self, bytes: u64) -> Result<Reserved, Error> {
        let room =
            |site: &super::site::Site| (site.name.clone(), site.medium.room().map(|room| room.free_bytes));
        let places: Vec<_> = self.sites().map(room).collect();
        self.sites.rooms.reserve(&places, bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn room_promised_to_one_is_not_promised_to_another() {
        let rooms = Rooms::new(100);
        let place = |free| [("nord".to_string(), Some(free)), ("sud".to_string(), None)];
        let first = rooms.reserve(&place(1_000), 500).unwrap();
        assert!(rooms.reserve(&place(1_000), 401).is_err_and(|error| error.is_full()));
        let second = rooms.reserve(&place(1_000), 400).unwrap();
        drop(first);
        assert!(rooms.reserve(&place(1_000), 501).is_err());
        drop(second);
        assert!(rooms.reserve(&place(1_000), 900).is_ok());
        assert!(rooms.reserve(&place(1_000), u64::MAX).is_err());
    }
}
