//! From what is held now and what came since, what was held at the end of each day: rules, and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::{AddAssign, Sub};

use chrono::NaiveDate;

/// Archives, or copies of them, with their files and bytes (manifest and objects, expanded).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Amount {
    pub archives: i64,
    pub objects: i64,
    pub bytes: i64,
}

impl AddAssign for Amount {
    fn add_assign(&mut self, other: Self) {
        self.archives += other.archives;
        self.objects += other.objects;
        self.bytes += other.bytes;
    }
}

impl Sub for Amount {
    type Output = Self;

    /// Never less than nothing: a copy destroyed since is not held any more, though it came.
    fn sub(self, other: Self) -> Self {
        let left = |one: i64, other: i64| (one - other).max(0);
        Self {
            archives: left(self.archives, other.archives),
            objects: left(self.objects, other.objects),
            bytes: left(self.bytes, other.bytes),
        }
    }
}

/// A site and an agreement.
pub(super) type Place = (String, String);

/// What the rows say at one moment.
#[derive(Debug, Default)]
pub(super) struct Counted {
    /// By agreement, now.
    pub held: BTreeMap<String, Amount>,
    /// The copies, now.
    pub copies: BTreeMap<Place, Amount>,
    /// Since the first day to measure, today included.
    pub came: Vec<(NaiveDate, String, Amount)>,
    pub copies_came: Vec<(NaiveDate, Place, Amount)>,
    pub refused: Vec<(NaiveDate, String, i64)>,
}

/// An agreement at the end of a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct OfAgreement {
    pub held: Amount,
    pub came: Amount,
    pub refused: i64,
}

/// A day, as it is entered: no line says nothing.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Day {
    pub day: NaiveDate,
    pub agreements: BTreeMap<String, OfAgreement>,
    pub sites: BTreeMap<Place, Amount>,
}

impl Counted {
    /// What there was at the end of a day.
    pub fn at_the_end_of(&self, day: NaiveDate) -> Day {
        let mut agreements: BTreeMap<String, OfAgreement> = BTreeMap::new();
        for (agreement, held) in still_there(&self.held, &self.came, day) {
            agreements.entry(agreement).or_default().held = held;
        }
        for (_, agreement, came) in self.came.iter().filter(|(on, ..)| *on == day) {
            agreements.entry(agreement.clone()).or_default().came += *came;
        }
        for (_, agreement, refused) in self.refused.iter().filter(|(on, ..)| *on == day) {
            agreements.entry(agreement.clone()).or_default().refused += refused;
        }
        agreements.retain(|_, of| *of != OfAgreement::default());
        let sites = still_there(&self.copies, &self.copies_came, day).collect();
        Day { day, agreements, sites }
    }
}

/// What is held now, without what came after the day; what is nothing is left out.
fn still_there<K: Clone + Ord>(
    now: &BTreeMap<K, Amount>,
    came: &[(NaiveDate, K, Amount)],
    day: NaiveDate,
) -> impl Iterator<Item = (K, Amount)> {
    let mut after: BTreeMap<&K, Amount> = BTreeMap::new();
    for (_, key, amount) in came.iter().filter(|(on, ..)| *on > day) {
        *after.entry(key).or_default() += *amount;
    }
    let held =
        now.iter().map(|(key, amount)| (key.clone(), *amount - after.get(key).copied().unwrap_or_default()));
    held.filter(|(_, amount)| *amount != Amount::default()).collect::<Vec<_>>().into_iter()
}

impl Day {
    /// Held and come in all, and refused; the bytes of every copy.
    pub fn total(&self) -> (OfAgreement, Amount) {
        let (mut total, mut copies) = (OfAgreement::default(), Amount::default());
        for of in self.agreements.values() {
            total.held += of.held;
            total.came += of.came;
            total.refused += of.refused;
        }
        self.sites.values().for_each(|amount| copies += *amount);
        (total, copies)
    }

    /// How many sites hold something.
    pub fn site_count(&self) -> usize {
        self.sites.keys().map(|(site, _)| site).collect::<BTreeSet<_>>().len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(archives: i64) -> Amount {
        Amount { archives, objects: archives * 3, bytes: archives * 100 }
    }

    fn day(number: u32) -> NaiveDate {
        NaiveDate::from_ymd_opt(2027, 3, number).unwrap()
    }

    /// Two before the first of March, then three on the second and one on the fourth, which is today.
    fn counted() -> Counted {
        let of = |agreement: &str| agreement.to_owned();
        let place = |site: &str| (of(site), of("A"));
        Counted {
            held: [(of("A"), amount(6))].into(),
            copies: [(place("nord"), amount(6)), (place("sud"), amount(4))].into(),
            came: vec![(day(2), of("A"), amount(3)), (day(4), of("A"), amount(1))],
            copies_came: vec![
                (day(2), place("nord"), amount(3)),
                (day(4), place("nord"), amount(1)),
                (day(4), place("sud"), amount(1)),
            ],
            refused: vec![(day(3), of(""), 2), (day(4), of("A"), 1)],
        }
    }

    #[test]
    fn each_day_holds_what_the_day_before_did_and_what_came() {
        let held: Vec<i64> = (1..=4).map(|n| counted().at_the_end_of(day(n)).total().0.held.bytes).collect();
        assert_eq!(held, [200, 500, 500, 600]);
        let came: Vec<i64> = (1..=4).map(|n| counted().at_the_end_of(day(n)).total().0.came.bytes).collect();
        assert_eq!(came, [0, 300, 0, 100]);
        let sud: Vec<i64> = (1..=4)
            .map(|n| counted().at_the_end_of(day(n)).sites[&("sud".to_owned(), "A".to_owned())].archives)
            .collect();
        assert_eq!(sud, [3, 3, 3, 4], "a site that lacks some copies holds the others");
    }

    #[test]
    fn a_day_without_anything_has_no_line_and_refusals_alone_have_one() {
        let empty = Counted::default().at_the_end_of(day(1));
        assert_eq!((empty.agreements.len(), empty.sites.len()), (0, 0));
        let third = counted().at_the_end_of(day(3));
        assert_eq!(third.agreements[""], OfAgreement { refused: 2, ..OfAgreement::default() });
        assert_eq!((third.total().0.refused, third.site_count()), (2, 2));
    }

    #[test]
    fn a_copy_destroyed_since_it_came_is_not_less_than_nothing() {
        let mut counted = counted();
        counted.copies.insert(("nord".into(), "A".into()), amount(0));
        assert!(!counted.at_the_end_of(day(1)).sites.contains_key(&("nord".to_owned(), "A".to_owned())));
    }
}
