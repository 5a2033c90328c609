//! How the places where bytes are kept stand at this moment: whether they take bytes, and what room is left.
//!
//! Never looks at an archive. The one thing to know: a place is tried by writing in it, since a mount that
//! went away or a disk turned read-only says nothing before.

use super::error::{Error, failed};
use super::folder;
use super::{About, Storage, layout};

/// One place, as it stands.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The site's name; `None` for the quarantine.
    pub site: Option<String>,
    pub about: About,
    pub medium: MediumKind,
    /// Why it takes no bytes, for the log; `None` when it does.
    pub fault: Option<String>,
    /// Room of its disk, when the place says.
    pub room: Option<Room>,
    /// What keeps its objects from being removed, beside this program.
    pub lock: Lock,
}

/// What a place is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MediumKind {
    Folder,
    /// A bucket that speaks S3.
    S3,
    Azure,
    Google,
}

/// What a place says of the retention it holds its objects to (object lock).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Lock {
    /// It has none.
    #[default]
    None,
    /// It has, and no default retention is set: nothing is held.
    Unset,
    /// Every object is held so long: `COMPLIANCE` or `GOVERNANCE`.
    Kept { mode: String, days: u32 },
    /// It could not be asked.
    Unknown,
}

/// The room of a disk, as this program may use it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Room {
    pub free_bytes: u64,
    pub size_bytes: u64,
}

impl Room {
    /// From 0 to 100, rounded down.
    pub fn free_percent(self) -> u64 {
        let percent = u128::from(self.free_bytes) * 100 / u128::from(self.size_bytes.max(1));
        u64::try_from(percent).unwrap_or(100).min(100)
    }
}

impl Storage {
    /// Writes a file on every site and in the quarantine, removes it, and says what room is left: whether
    /// deposits can be kept now. Sites in the order of the settings, then the quarantine.
    pub fn stand(&self) -> Vec<Standing> {
        let sites = self.sites.sites.iter().map(|site| {
            let fault = site.there().and_then(|medium| medium.try_writing()).err();
            // What stands in the place of a disk that went away has another disk's room.
            let is_there = !matches!(fault, Some(Error::Away { .. }));
            Standing {
                site: Some(site.name.clone()),
                about: site.about.clone(),
                medium: site.medium.kind(),
                fault: fault.map(|error| error.to_string()),
                room: is_there.then(|| site.medium.room()).flatten(),
                lock: site.medium.lock(),
            }
        });
        let quarantine = self.quarantine.scratch();
        let fault = layout::try_writing(quarantine).map_err(failed("trying", quarantine)).err();
        sites
            .chain([Standing {
                site: None,
                about: About::default(),
                medium: MediumKind::Folder,
                fault: fault.map(|error| error.to_string()),
                room: folder::room(quarantine),
                lock: Lock::None,
            }])
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_of_free_room_is_rounded_down_and_bounded() {
        let percent = |free_bytes, size_bytes| Room { free_bytes, size_bytes }.free_percent();
        assert_eq!(
            [percent(99, 1_000), percent(u64::MAX, u64::MAX), percent(0, 0), percent(5, 1)],
            [9, 100, 0, 100]
        );
    }
}
