//! `GET /api/v1/usage`: what was measured of the machine's own agreements, day by day, and what is left to the member.
//!
//! Shows nothing of other agreements: of the member as a whole, only the room that is left.

use actix_web::{HttpResponse, web};
use chrono::{Days, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{address, limit, place};
use crate::ingest::quota::Room;
use crate::usage::{AgreementDay, Amount, queries};
use crate::web::callers::Machine;
use crate::web::problem::Problem;
use crate::web::{State, cursor, problems};

/// Days told when the caller does not say, and at most.
const DAYS: u64 = 31;
const DAYS_MAX: i64 = 366;

/// What is asked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    first: Option<String>,
    last: Option<String>,
    after: Option<String>,
    limit: Option<u32>,
}

#[derive(Serialize)]
struct UsageJson {
    /// The last day measured; what is of today is measured tomorrow.
    measured_until: Option<NaiveDate>,
    quota_left: LeftJson,
    items: Vec<DayJson>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

#[derive(Serialize)]
struct LeftJson {
    bytes: u64,
    /// `null`: as many as one likes.
    objects: Option<u64>,
    deposits_today: Option<u64>,
}

#[derive(Serialize)]
struct DayJson {
    day: NaiveDate,
    archival_agreement: String,
    held: AmountJson,
    received: AmountJson,
    refused: u64,
}

#[derive(Serialize)]
struct AmountJson {
    deposits: u64,
    objects: u64,
    bytes: u64,
}

impl From<Amount> for AmountJson {
    fn from(amount: Amount) -> Self {
        let [deposits, objects, bytes] =
            [amount.archives, amount.objects, amount.bytes].map(i64::unsigned_abs);
        Self { deposits, objects, bytes }
    }
}

impl From<AgreementDay> for DayJson {
    fn from(of: AgreementDay) -> Self {
        Self {
            day: of.day,
            archival_agreement: of.agreement,
            held: of.held.into(),
            received: of.came.into(),
            refused: of.refused.unsigned_abs(),
        }
    }
}

impl From<Room> for LeftJson {
    fn from(room: Room) -> Self {
        Self { bytes: room.bytes, objects: room.objects, deposits_today: room.deposits }
    }
}

/// `GET /api/v1/usage`.
pub async fn show(
    machine: Machine,
    asked: web::Query<Asked>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let most = limit(asked.limit)?;
    let (first, last) = days(&asked, state.clock.today())?;
    let after = place::<(NaiveDate, String)>(asked.after.as_deref())?;
    let after = after.as_ref().map(|(day, agreement)| (*day, agreement.as_str()));
    if after.is_some_and(|(day, agreement)| !(first..=last).contains(&day) || agreement.contains('\0')) {
        return Err(Problem::new(&problems::BAD_REQUEST).detail("after n’est pas une suite de cette liste."));
    }
    let mut tx = state.db.read(machine.tenant).await?;
    let measured_until = queries::last_day(&mut tx).await?;
    let mut found = queries::days_under(&mut tx, &machine.agreements, (first, last), after, most + 1).await?;
    drop(tx);
    let more = found.len() > most as usize;
    found.truncate(most as usize);
    let next = found.last().filter(|_| more).map(|line| {
        let place = (line.day, line.agreement.as_str());
        address(
            "/api/v1/usage",
            &[
                ("first", Some(first.to_string())),
                ("last", Some(last.to_string())),
                ("limit", asked.limit.map(|limit| limit.to_string())),
                ("after", Some(cursor::write(&place))),
            ],
        )
    });
    Ok(HttpResponse::Ok().json(UsageJson {
        measured_until,
        quota_left: state.ingest.room(machine.tenant).await?.into(),
        items: found.into_iter().map(DayJson::from).collect(),
        next,
    }))
}

/// The first and the last day told.
fn days(asked: &Asked, today: NaiveDate) -> Result<(NaiveDate, NaiveDate), Problem> {
    let wrong = |sentence: &str| Problem::new(&problems::BAD_REQUEST).detail(sentence);
    let read = |text: &Option<String>| {
        let text = text.as_deref();
        let day = text.map(|text| day(text).ok_or_else(|| wrong("first et last s’écrivent AAAA-MM-JJ.")));
        day.transpose()
    };
    let last = read(&asked.last)?.unwrap_or(today);
    let first = read(&asked.first)?.unwrap_or(last - Days::new(DAYS - 1));
    if first > last || (last - first).num_days() >= DAYS_MAX {
        return Err(wrong("first précède last, de 366 jours au plus."));
    }
    Ok((first, last))
}

/// A day as RFC 3339 writes one, and of a year that a table may have.
fn day(text: &str) -> Option<NaiveDate> {
    let is_plain = text.len() == 10 && text.starts_with(|c: char| c.is_ascii_digit());
    let day: NaiveDate = is_plain.then(|| text.parse().ok()).flatten()?;
    (NaiveDate::from_ymd_opt(1970, 1, 1)? <= day).then_some(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(first: Option<&str>, last: Option<&str>) -> Result<String, ()> {
        let asked =
            Asked { first: first.map(Into::into), last: last.map(Into::into), after: None, limit: None };
        let (first, last) = days(&asked, "2027-03-31".parse().unwrap()).map_err(|_| ())?;
        Ok(format!("{first} {last}"))
    }

    #[test]
    fn a_month_is_told_unless_asked_otherwise_and_a_year_at_most() {
        assert_eq!(asked(None, None).unwrap(), "2027-03-01 2027-03-31");
        assert_eq!(asked(Some("2026-03-31"), None).unwrap(), "2026-03-31 2027-03-31");
        assert_eq!(asked(None, Some("1970-01-31")).unwrap(), "1970-01-01 1970-01-31");
        for (first, last) in [("2026-03-30", "2027-03-31"), ("2027-03-02", "2027-03-01")] {
            assert!(asked(Some(first), Some(last)).is_err(), "{first} {last}");
        }
        for wrong in ["", "hier", "+12027-03-1", "2027-3-1", "0001-01-01", "2027-02-30", "2027-03-01T00"] {
            assert!(asked(None, Some(wrong)).is_err(), "{wrong}");
        }
    }
}
