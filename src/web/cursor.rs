//! Places in a list, as opaque text in addresses: where a page ended, never how many were before.
//!
//! A cursor is no secret and grants nothing: it only names a place in what its caller may see.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::catalog::search::Place;

/// Longest cursor read.
const BYTES_MAX: usize = 400;

/// A moment and an identifier: the place in a list sorted by both.
pub type Moment = (DateTime<Utc>, Uuid);

/// A place in a list of units, as a cursor holds it.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
pub enum UnitPlace {
    Listed(DateTime<Utc>, Uuid, u32),
    Found(Option<Moment>, Option<(i16, DateTime<Utc>, i32, Uuid)>),
}

impl From<Place> for UnitPlace {
    fn from(place: Place) -> Self {
        match place {
            Place::Listed { at, archive, ordinal } => UnitPlace::Listed(at, archive, ordinal),
            Place::Found { begins, after } => UnitPlace::Found(begins, after),
        }
    }
}

impl From<UnitPlace> for Place {
    fn from(written: UnitPlace) -> Self {
        match written {
            UnitPlace::Listed(at, archive, ordinal) => Place::Listed { at, archive, ordinal },
            UnitPlace::Found(begins, after) => Place::Found { begins, after },
        }
    }
}

/// A place as text for an address.
pub fn write<T: Serialize>(place: &T) -> String {
    URL_SAFE_NO_PAD.encode(serde_json::to_vec(place).unwrap_or_default())
}

/// The place that a text names; `None` when it is none of ours.
pub fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    if text.len() > BYTES_MAX {
        return None;
    }
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_read_back_and_nothing_else_is() {
        let place: Moment = (DateTime::UNIX_EPOCH, Uuid::from_u128(7));
        let text = write(&place);
        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{text}");
        assert_eq!(read::<Moment>(&text), Some(place));
        for wrong in ["", "x", "é", "W10", &"A".repeat(1000)] {
            assert_eq!(read::<Moment>(wrong), None, "{wrong}");
        }
    }
}
