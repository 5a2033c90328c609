//! What is swept from the sites once it is old: what dead attempts left in staging, and what repairs set
//! aside. Nothing that has a name in a storage root is ever looked at.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::error::Error;
use super::{Medium, Storage};

/// Where repairs put what they took out of its place.
pub(super) const ASIDE: &str = ".aside";

/// What a sweep removed from one site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Swept {
    pub site: String,
    /// Attempts that died.
    pub staged: u64,
    /// Names under which things had been set aside: tenant, archive and moment.
    pub set_aside: Vec<String>,
}

impl Storage {
    /// Removes, on every site that is there, what is older than `age`; the sites where something was.
    pub fn sweep(&self, age: Duration) -> Result<Vec<Swept>, Error> {
        let mut all = Vec::new();
        for site in &self.sites.sites {
            let Ok(medium) = site.there() else { continue };
            let staged = medium.sweep(age)?;
            let set_aside = sweep_aside(medium, age, self.sites.clock.now())?;
            if staged > 0 || !set_aside.is_empty() {
                all.push(Swept { site: site.name.clone(), staged, set_aside });
            }
        }
        Ok(all)
    }
}

fn sweep_aside(medium: &dyn Medium, age: Duration, now: DateTime<Utc>) -> Result<Vec<String>, Error> {
    let limit = now.timestamp_micros() - i64::try_from(age.as_micros()).unwrap_or(i64::MAX);
    let mut swept = Vec::new();
    for entry in medium.names(ASIDE)? {
        let moment = entry.name.rsplit('.').next().and_then(|moment| moment.parse::<i64>().ok());
        if moment.is_some_and(|moment| moment <= limit) {
            medium.remove(&format!("{ASIDE}/{}", entry.name))?;
            swept.push(entry.name);
        }
    }
    Ok(swept)
}
