//! A seal: the state of a log at a moment, bound to the seals before it, and the signed head that carries it.
//!
//! Never says when a seal is due. The one thing to know: the record's SHA-256 stands in the checkpoint that is signed, so
//! the signature covers what the record binds: the seal before, the one of the same day last month, and last year
//! (norms E-05).

use chrono::{DateTime, Datelike, Months, NaiveDate, Utc};
use serde_json::{Map, Value, json};

use super::checkpoint::Checkpoint;
use super::journal::timestamp;
use super::merkle::Hash;
use super::{canonical, digest};

const VERSION: u64 = 1;

/// What a seal says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// From 1, without gap in one log.
    pub number: u64,
    /// The log's origin.
    pub log: String,
    pub at: DateTime<Utc>,
    /// Entries sealed.
    pub size: u64,
    /// Root of their tree.
    pub root: Hash,
    /// Hash of the last entry; zeros when there is none.
    pub entry: Hash,
    /// Hash of the record numbered `number - 1`.
    pub previous: Option<Hash>,
    /// Hash of the last record of the same day last month, when there was one that day.
    pub month: Option<Hash>,
    /// Hash of the last record of the same day last year.
    pub year: Option<Hash>,
}

impl Record {
    /// The canonical text, as hashed and kept.
    pub fn text(&self) -> String {
        let bound = |hash: Option<Hash>| hash.map_or(Value::Null, |hash| hex::encode(hash).into());
        let value = json!({
            "v": VERSION,
            "number": self.number,
            "log": self.log,
            "at": timestamp(self.at),
            "size": self.size,
            "root": hex::encode(self.root),
            "entry": hex::encode(self.entry),
            "previous": bound(self.previous),
            "month": bound(self.month),
            "year": bound(self.year),
        });
        canonical::text(&value).expect("numbers under 2^53")
    }

    /// SHA-256 of the text.
    pub fn hash(&self) -> Hash {
        digest::sha256(self.text().as_bytes())
    }

    /// The head to be signed.
    pub fn checkpoint(&self) -> Checkpoint {
        let binding = format!("seal {} sha256:{}", self.number, hex::encode(self.hash()));
        Checkpoint { origin: self.log.clone(), size: self.size, root: self.root, extensions: vec![binding] }
    }

    /// Reads a text, which must be the canonical one.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let wrong = || Fault { number: 0, reason: "l'acte de scellement est illisible".to_string() };
        let fields: Map<String, Value> = serde_json::from_str(text).map_err(|_| wrong())?;
        let word = |name: &str| fields.get(name).and_then(Value::as_str);
        let number = |name: &str| fields.get(name).and_then(Value::as_u64);
        let hash = |name: &str| word(name).and_then(read_hash);
        let bound = |name: &str| match fields.get(name) {
            Some(Value::Null) => Some(None),
            _ => hash(name).map(Some),
        };
        let read = || {
            Some(Self {
                number: number("number")?,
                log: word("log")?.to_string(),
                at: DateTime::parse_from_rfc3339(word("at")?).ok()?.to_utc(),
                size: number("size")?,
                root: hash("root")?,
                entry: hash("entry")?,
                previous: bound("previous")?,
                month: bound("month")?,
                year: bound("year")?,
            })
        };
        read().filter(|record| record.text() == text).ok_or_else(wrong)
    }
}

fn read_hash(text: &str) -> Option<Hash> {
    let mut hash = [0; 32];
    hex::decode_to_slice(text, &mut hash).ok().map(|()| hash)
}

/// The same day last month and last year; the last day of that month when it has no such day.
pub fn same_day_before(day: NaiveDate) -> (Option<NaiveDate>, Option<NaiveDate>) {
    (day.checked_sub_months(Months::new(1)), day.checked_sub_months(Months::new(12)))
}

/// A seal that does not hold, and which one.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("scellement {number} : {reason}")]
pub struct Fault {
    /// 0 when the record itself cannot be read.
    pub number: u64,
    /// In French.
    pub reason: String,
}

/// A walk along a log's seals from the first: numbers without gap, each bound to those before it.
#[derive(Clone, Debug, Default)]
pub struct Walk {
    last: Option<Record>,
    /// Last record of each day.
    days: std::collections::BTreeMap<NaiveDate, Hash>,
}

impl Walk {
    /// The last seal walked.
    pub fn last(&self) -> Option<&Record> {
        self.last.as_ref()
    }

    /// What the next seal, made on that day, is bound to: the one before, last month's, last year's.
    pub fn bindings(&self, day: NaiveDate) -> (Option<Hash>, Option<Hash>, Option<Hash>) {
        let of = |day: Option<NaiveDate>| day.and_then(|day| self.days.get(&day).copied());
        let (month, year) = same_day_before(day);
        (self.last.as_ref().map(Record::hash), of(month), of(year))
    }

    /// Takes the next seal.
    pub fn step(&mut self, record: &Record) -> Result<(), Fault> {
        let fault = |reason: String| Fault { number: record.number, reason };
        let next = self.last.as_ref().map_or(1, |last| last.number + 1);
        if record.number != next {
            return Err(fault(format!("le scellement {next} manque")));
        }
        let day = record.at.date_naive();
        let (previous, month, year) = self.bindings(day);
        for (bound, expected, what) in [
            (record.previous, previous, "celui d'avant"),
            (record.month, month, "celui du même jour du mois précédent"),
            (record.year, year, "celui du même jour de l'année précédente"),
        ] {
            if bound != expected {
                return Err(fault(format!("il n'est pas lié à {what}")));
            }
        }
        if let Some(last) = &self.last {
            if record.log != last.log {
                return Err(fault("il est d'un autre journal".into()));
            }
            if record.at < last.at {
                return Err(fault("sa date précède celle du scellement d'avant".into()));
            }
            if record.size < last.size {
                return Err(fault("il scelle moins d'entrées que celui d'avant".into()));
            }
        }
        self.days.insert(day, record.hash());
        self.last = Some(record.clone());
        // What is more than thirteen months old is bound by nothing to come.
        let kept = day.checked_sub_months(Months::new(13));
        self.days.retain(|day, _| kept.is_none_or(|kept| day.year() > 0 && *day >= kept));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use chrono::Duration;

    use super::super::merkle::{Edge, leaf};
    use super::*;

    /// A seal a day, as a log that sometimes sleeps makes them.
    fn days(count: u64) -> Vec<Record> {
        let begin: DateTime<Utc> = "2027-01-15T03:00:00Z".parse().unwrap();
        let (mut walk, mut edge, mut records) = (Walk::default(), Edge::default(), Vec::new());
        for day in 0..count {
            if day % 3 == 0 {
                edge.push(leaf(&day.to_be_bytes()));
            }
            let at = begin + Duration::days(day as i64);
            let (previous, month, year) = walk.bindings(at.date_naive());
            let (number, log, entry) = (day + 1, "archives.example.fr/e01".to_string(), [0; 32]);
            let (size, root) = (edge.size(), edge.root());
            let record = Record { number, log, at, size, root, entry, previous, month, year };
            walk.step(&record).unwrap();
            records.push(record);
        }
        records
    }

    fn walk(records: &[Record]) -> Result<(), Fault> {
        let mut walk = Walk::default();
        records.iter().try_for_each(|record| walk.step(record))
    }

    #[test]
    fn four_hundred_days_are_bound_and_each_tampering_is_found_where_it_is() {
        let whole = days(400);
        assert!(whole[31].month == Some(whole[0].hash()) && whole[30].month.is_none());
        assert!(whole[365].year == Some(whole[0].hash()));
        assert_eq!(walk(&whole), Ok(()));
        for record in [&whole[0], &whole[399]] {
            assert_eq!(Record::parse(&record.text()).as_ref(), Ok(record));
        }
        let mut removed = whole.clone();
        removed.remove(200);
        assert_eq!(walk(&removed).unwrap_err().number, 202);
        // Removed, and those after renumbered and bound again to the one before.
        let mut renumbered = removed.clone();
        let mut previous = renumbered[199].hash();
        for record in &mut renumbered[200..] {
            record.number -= 1;
            record.previous = Some(previous);
            previous = record.hash();
        }
        let found = walk(&renumbered).unwrap_err();
        assert_eq!(
            found.number,
            whole.iter().position(|r| r.month == Some(whole[200].hash())).unwrap() as u64
        );
        let mut forged = whole.clone();
        forged[100].size += 1;
        assert_eq!(walk(&forged).unwrap_err().number, 102);
        let mut dated = whole.clone();
        dated[399].at -= Duration::days(2);
        assert_eq!(walk(&dated).unwrap_err().number, 400);
    }

    #[test]
    fn a_month_without_that_day_gives_its_last() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        assert_eq!(same_day_before(day("2027-03-31")), (Some(day("2027-02-28")), Some(day("2026-03-31"))));
        assert_eq!(same_day_before(day("2028-02-29")), (Some(day("2028-01-29")), Some(day("2027-02-28"))));
    }
}
