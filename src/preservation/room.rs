//! The room of each site, measured once a day: what tells when a disk will be full.
//!
//! Never looks at an archive. A place that does not say its room has no measure.

use chrono::{Days, NaiveDate};

use super::{Error, Preservation, room_queries};
use crate::model::Outlook;
use crate::model::trend::outlook;

/// Days through which the pace is drawn.
const PACE_DAYS: u64 = 60;
/// Days that are kept.
const KEPT_DAYS: u64 = 400;

/// The room of a site on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Measured {
    pub site: String,
    pub day: NaiveDate,
    pub free_bytes: u64,
    pub size_bytes: u64,
}

/// When a site will be full.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteOutlook {
    pub site: String,
    pub outlook: Outlook,
}

impl Preservation {
    /// Measures the room of each site, unless it was measured today.
    pub async fn measure_room(&self) -> Result<(), Error> {
        let today = self.clock.today();
        let storage = self.storage.clone();
        let places = tokio::task::spawn_blocking(move || storage.stand()).await?;
        let measured = places.into_iter().filter_map(|place| {
            let (site, room) = (place.site?, place.room?);
            Some(Measured { site, day: today, free_bytes: room.free_bytes, size_bytes: room.size_bytes })
        });
        let mut tx = self.db.technical().await?;
        for of in measured {
            room_queries::insert(&mut tx, &of).await?;
        }
        if let Some(before) = today.checked_sub_days(Days::new(KEPT_DAYS)) {
            room_queries::forget(&mut tx, before).await?;
        }
        Ok(tx.commit().await?)
    }

    /// When each site will be full, at the pace of the last two months.
    pub async fn room_outlooks(&self) -> Result<Vec<SiteOutlook>, Error> {
        let today = self.clock.today();
        let since = today.checked_sub_days(Days::new(PACE_DAYS)).unwrap_or(today);
        Ok(outlooks(&room_queries::since(&mut self.db.technical().await?, since).await?))
    }
}

/// Of each site, by name; `measured`: in the order of sites and days.
fn outlooks(measured: &[Measured]) -> Vec<SiteOutlook> {
    let sites = measured.chunk_by(|one, next| one.site == next.site);
    sites.filter_map(site_outlook).collect()
}

/// A disk that was made larger, or smaller, begins anew that day.
fn site_outlook(of: &[Measured]) -> Option<SiteOutlook> {
    let last = of.last()?;
    let same = of.iter().rev().take_while(|one| one.size_bytes == last.size_bytes);
    let mut taken: Vec<(NaiveDate, u64)> =
        same.map(|one| (one.day, one.size_bytes.saturating_sub(one.free_bytes))).collect();
    taken.reverse();
    Some(SiteOutlook { site: last.site.clone(), outlook: outlook(&taken, last.size_bytes) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_site_has_its_own_pace_and_a_larger_disk_begins_anew() {
        let day = |n: u64| NaiveDate::from_ymd_opt(2027, 1, 1).unwrap() + Days::new(n);
        let measured = |site: &str, n: u64, free: u64, size: u64| Measured {
            site: site.into(),
            day: day(n),
            free_bytes: free,
            size_bytes: size,
        };
        let nord = (0..31).map(|n| measured("nord", n, 1_000 - 20 * n, 1_000));
        let sud = (0..31).map(|n| {
            if n < 25 { measured("sud", n, 1_000 - 20 * n, 1_000) } else { measured("sud", n, 9_000, 10_000) }
        });
        let all: Vec<Measured> = nord.chain(sud).collect();
        let found = outlooks(&all);
        assert_eq!(found[0].outlook, Outlook::On { day: day(50), days: 20, daily: 20 });
        assert_eq!((found[1].site.as_str(), found[1].outlook), ("sud", Outlook::Unknown));
    }
}
