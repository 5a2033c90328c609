//! How the places where bytes are kept stand at this moment: whether they take bytes, and what room is left.
//!
//! Never looks at an archive. The one thing to know: a place is tried by writing in it, since a mount that
//! went away or a disk turned read-only says nothing before.

use std::path::Path;

use nix::sys::statvfs::statvfs;

use super::error::failed;
use super::{Storage, layout};

/// One place, as it stands.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The site's name; `None` for the quarantine.
    pub site: Option<String>,
    /// Why it takes no bytes, for the log; `None` when it does.
    pub fault: Option<String>,
    /// Room of its disk, when the disk says.
    pub room: Option<Room>,
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
        let sites = self.sites.sites.iter();
        let sites = sites.map(|site| {
            let there = site.be_there().err();
            let standing = standing(Some(site.name.clone()), &site.folder);
            Standing { fault: there.map(|error| error.to_string()).or(standing.fault), ..standing }
        });
        sites.chain([standing(None, self.quarantine.scratch())]).collect()
    }
}

fn standing(site: Option<String>, folder: &Path) -> Standing {
    let tried = layout::try_writing(folder).map_err(failed("trying", folder));
    let room = statvfs(folder).ok().map(|disk| Room {
        free_bytes: disk.blocks_available().saturating_mul(disk.fragment_size()),
        size_bytes: disk.blocks().saturating_mul(disk.fragment_size()),
    });
    Standing { site, fault: tried.err().map(|error| error.to_string()), room }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_that_went_away_is_told_from_one_that_takes_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let well = standing(Some("nord".into()), folder.path());
        assert!(well.fault.is_none(), "{well:?}");
        let room = well.room.unwrap();
        assert!(room.size_bytes > 0 && room.free_bytes <= room.size_bytes, "{room:?}");
        let away = standing(None, &folder.path().join("absent"));
        assert!(away.fault.is_some_and(|fault| fault.contains("absent")) && away.room.is_none());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left of the trial");
    }

    #[test]
    fn the_share_of_free_room_is_rounded_down_and_bounded() {
        let percent = |free_bytes, size_bytes| Room { free_bytes, size_bytes }.free_percent();
        assert_eq!(
            [percent(99, 1_000), percent(u64::MAX, u64::MAX), percent(0, 0), percent(5, 1)],
            [9, 100, 0, 100]
        );
    }
}
