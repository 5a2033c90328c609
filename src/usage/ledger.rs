//! What a journal says of what came, folded entry by entry: rules, and nothing else.

use std::collections::BTreeMap;
use std::collections::btree_map::IntoIter;
use std::iter::Peekable;

use chrono::NaiveDate;
use serde::Deserialize;

use super::count::{Amount, Place};
use crate::clock;
use crate::evidence::Recorded;

/// What an entry of a taking in charge, or of its copies, says; others have none of it.
#[derive(Deserialize)]
struct Entry {
    detail: Detail,
}

#[derive(Default, Deserialize)]
struct Detail {
    nom_accord: Option<String>,
    fichiers: Option<String>,
    octets: Option<String>,
    sites: Option<String>,
}

/// What came, day by day, by agreement and by site.
#[derive(Default)]
pub(super) struct Ledger {
    came: BTreeMap<(NaiveDate, String), Amount>,
    copies: BTreeMap<(NaiveDate, Place), Amount>,
    /// The sites of the archive whose taking in charge comes next.
    sites: Option<(String, Vec<String>)>,
    /// Takings in charge that do not say how large they are: those of before entries did.
    pub unsaid: u64,
    /// Copies went from a site to another: where they are is not said by the takings in charge alone.
    pub has_moved: bool,
}

/// What was held and what came at the end of a day.
#[derive(Default)]
pub(super) struct Until {
    pub held: BTreeMap<String, Amount>,
    pub came: BTreeMap<String, Amount>,
    pub copies: BTreeMap<Place, Amount>,
}

impl Ledger {
    /// Takes the next entry in.
    pub fn enter(&mut self, entry: &Recorded) {
        let detail =
            || serde_json::from_str::<Entry>(&entry.entry).map(|entry| entry.detail).unwrap_or_default();
        match (entry.event_type.as_str(), entry.outcome.as_str()) {
            ("REPLICATION", "OK") => {
                let sites = detail().sites.unwrap_or_default();
                self.sites = Some((entry.object.clone(), sites.split(' ').map(str::to_owned).collect()));
            }
            ("PRISE_EN_CHARGE", "OK") => self.take(entry, detail()),
            ("MIGRATION_SUPPORT", _) => self.has_moved = true,
            _ => {}
        }
    }

    fn take(&mut self, entry: &Recorded, detail: Detail) {
        let number = |text: Option<String>| text.and_then(|text| text.parse::<i64>().ok());
        let said = detail.nom_accord.zip(number(detail.fichiers)).zip(number(detail.octets));
        let Some(((agreement, objects), bytes)) = said else {
            self.unsaid += 1;
            return;
        };
        let day = clock::day_of(entry.at);
        let amount = Amount { archives: 1, objects, bytes };
        *self.came.entry((day, agreement.clone())).or_default() += amount;
        let sites = self.sites.take().filter(|(of, _)| *of == entry.object).map(|(_, sites)| sites);
        for site in sites.unwrap_or_default() {
            *self.copies.entry((day, (site, agreement.clone()))).or_default() += amount;
        }
    }

    /// From its first day on.
    pub fn running(self) -> Running {
        Running {
            came: self.came.into_iter().peekable(),
            copied: self.copies.into_iter().peekable(),
            until: Until::default(),
        }
    }
}

/// A ledger read day after day.
pub(super) struct Running {
    came: Peekable<IntoIter<(NaiveDate, String), Amount>>,
    copied: Peekable<IntoIter<(NaiveDate, Place), Amount>>,
    until: Until,
}

impl Running {
    /// What there was at the end of a day, which comes after those asked for before.
    pub fn on(&mut self, day: NaiveDate) -> &Until {
        self.until.came.clear();
        while let Some(((on, agreement), amount)) = self.came.next_if(|((on, _), _)| *on <= day) {
            *self.until.held.entry(agreement.clone()).or_default() += amount;
            if on == day {
                self.until.came.insert(agreement, amount);
            }
        }
        while let Some(((_, place), amount)) = self.copied.next_if(|((on, _), _)| *on <= day) {
            *self.until.copies.entry(place).or_default() += amount;
        }
        &self.until
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(event_type: &str, at: &str, object: &str, detail: &str) -> Recorded {
        Recorded {
            seq: 1,
            at: at.parse().unwrap(),
            event_type: event_type.into(),
            outcome: "OK".into(),
            object: object.into(),
            entry: format!(r#"{{"detail":{detail}}}"#),
            hash: Vec::new(),
        }
    }

    #[test]
    fn days_are_those_of_paris_and_what_came_stays() {
        let mut ledger = Ledger::default();
        let taken = r#"{"nom_accord":"ACTES","fichiers":"3","octets":"900"}"#;
        for (archive, at) in [("archive:a", "2027-03-01T22:59:59Z"), ("archive:b", "2027-03-01T23:00:00Z")] {
            ledger.enter(&entry("REPLICATION", at, archive, r#"{"sites":"nord sud"}"#));
            ledger.enter(&entry("PRISE_EN_CHARGE", at, archive, taken));
        }
        ledger.enter(&entry("PRISE_EN_CHARGE", "2027-03-02T08:00:00Z", "archive:c", r#"{"cote":"C"}"#));
        ledger.enter(&entry("CONSULTATION", "2027-03-02T08:00:00Z", "archive:a", taken));
        assert_eq!(ledger.unsaid, 1, "an entry of before says nothing of its size");
        let mut running = ledger.running();
        let mut on = |day: &str| {
            let until = running.on(day.parse().unwrap());
            let copies = until.copies[&("sud".to_owned(), "ACTES".to_owned())];
            (until.held["ACTES"], until.came.get("ACTES").copied(), copies)
        };
        let one = Amount { archives: 1, objects: 3, bytes: 900 };
        let both = Amount { archives: 2, objects: 6, bytes: 1_800 };
        assert_eq!(on("2027-03-01"), (one, Some(one), one));
        assert_eq!(on("2027-03-02"), (both, Some(one), both));
        assert_eq!(on("2027-03-03"), (both, None, both));
    }
}
