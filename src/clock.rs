//! The time and fresh identifiers, given to whoever needs them: nobody asks the world.

use std::sync::{Arc, Mutex};

use chrono::{DateTime, Duration, NaiveDate, NaiveTime, TimeZone, Utc};
use chrono_tz::Europe::Paris;
use uuid::Uuid;

/// The first moment of a day of Paris.
pub fn midnight(day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    // Clocks change at two or three in Paris: there is a midnight, and one only.
    Paris.from_local_datetime(&midnight).earliest().map_or_else(|| midnight.and_utc(), |local| local.to_utc())
}

/// The day that it is in Paris at a moment.
pub fn day_of(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&Paris).date_naive()
}

/// The world's clock, or one that a test moves.
#[derive(Clone, Default)]
pub struct Clock {
    obeying: Option<Arc<Mutex<DateTime<Utc>>>>,
}

impl std::fmt::Debug for Clock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(if self.obeying.is_some() { "Clock(standing)" } else { "Clock" })
    }
}

impl Clock {
    /// The machine's own time.
    pub fn system() -> Self {
        Self { obeying: None }
    }

    /// A clock that stands at `start` until it is moved.
    pub fn standing_at(start: DateTime<Utc>) -> Self {
        Self { obeying: Some(Arc::new(Mutex::new(start))) }
    }

    /// Moves a standing clock on; the machine's own time does not obey.
    pub fn advance(&self, by: Duration) {
        if let Some(now) = &self.obeying {
            *now.lock().expect("no holder of the clock panics") += by;
        }
    }

    /// Now, to the microsecond that PostgreSQL keeps.
    #[expect(clippy::disallowed_methods, reason = "the one place that asks the machine for the time")]
    pub fn now(&self) -> DateTime<Utc> {
        let now = match &self.obeying {
            Some(now) => *now.lock().expect("no holder of the clock panics"),
            None => Utc::now(),
        };
        DateTime::from_timestamp_micros(now.timestamp_micros()).expect("a date of this era")
    }

    /// Today where the service's law applies.
    pub fn today(&self) -> NaiveDate {
        day_of(self.now())
    }

    /// An identifier never given before, ordered by time (UUID version 7).
    #[expect(clippy::disallowed_methods, reason = "the one place that makes identifiers")]
    pub fn fresh_id(&self) -> Uuid {
        Uuid::now_v7()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_is_from_midnight_to_midnight_whatever_the_clocks_do() {
        for (day, hours) in [("2027-03-28", 23), ("2027-10-31", 25), ("2028-02-29", 24), ("2027-12-31", 24)] {
            let day: NaiveDate = day.parse().unwrap();
            let next = day.succ_opt().unwrap();
            assert_eq!((midnight(next) - midnight(day)).num_hours(), hours, "{day}");
        }
    }
}
