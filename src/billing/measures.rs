//! What each member is and did in a year: the weights of the keys.
//!
//! Stock is in byte-days of what is held at the end of each day, once whatever the copies; deposits in bytes taken in charge; a
//! flow-month is a month in which an agreement received something. Members of no day of the year are none of the bill.

use chrono::{Datelike, NaiveDate};

use super::queries;
use crate::costs::Measure;
use crate::db::{self, Db};
use crate::model::{Convention, ConventionState, TenantId};
use crate::registry::convention_queries;

/// A member of the bill.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weighed {
    pub tenant: TenantId,
    pub code: String,
    pub name: String,
    pub kind: String,
    pub siren: String,
    pub measure: Measure,
    /// The last day measured, when something was.
    pub measured_to: Option<NaiveDate>,
}

/// The first and the last day of a year.
pub fn days_of(year: i32) -> (NaiveDate, NaiveDate) {
    let day = |month, day| NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default();
    (day(1, 1), day(12, 31))
}

/// Days of the year.
pub fn year_days(year: i32) -> u32 {
    days_of(year).1.ordinal()
}

/// The members of a year, by code.
pub async fn of_year(db: &Db, year: &super::Year) -> Result<Vec<Weighed>, db::Error> {
    let (first, last) = days_of(year.year);
    let members = queries::members(&mut db.technical().await?).await?;
    let mut weighed = Vec::with_capacity(members.len());
    for member in members {
        let mut tx = db.read(member.tenant).await?;
        let conventions = convention_queries::conventions(&mut tx).await?;
        let days = days_under(&conventions, (member.valid_from, member.valid_until), (first, last));
        if days == 0 {
            continue;
        }
        let used = queries::used(&mut tx, first, last).await?;
        let coefficient = year.coefficients.get(&member.kind).copied();
        let is_exempt = year.options.exempt.contains(&member.code);
        weighed.push(Weighed {
            tenant: member.tenant,
            code: member.code,
            name: member.name,
            kind: member.kind,
            siren: member.siren,
            measure: Measure {
                population: member.population,
                coefficient_percent: coefficient.unwrap_or(100),
                days,
                stock: used.byte_days,
                deposited: used.deposited_bytes,
                flow_months: used.flow_months,
                is_exempt,
            },
            measured_to: used.measured_to,
        });
    }
    Ok(weighed)
}

/// Days of a year on which a member existed under a convention.
fn days_under(
    conventions: &[Convention],
    (from, until): (Option<NaiveDate>, Option<NaiveDate>),
    (first, last): (NaiveDate, NaiveDate),
) -> u32 {
    let within = |day: NaiveDate, from: Option<NaiveDate>, until: Option<NaiveDate>| {
        from.is_none_or(|from| from <= day) && until.is_none_or(|until| day <= until)
    };
    let signed = || conventions.iter().filter(|convention| convention.state != ConventionState::Draft);
    let is_member = |day: &NaiveDate| {
        within(*day, from, until)
            && signed().any(|convention| within(*day, convention.valid_from, convention.valid_until))
    };
    first.iter_days().take_while(|day| *day <= last).filter(is_member).count() as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ConventionDetails, Regime};

    fn convention(state: ConventionState, from: &str, until: Option<&str>) -> Convention {
        Convention {
            identifier: "C".into(),
            regime: Regime::ALL[0],
            state,
            signed_on: None,
            valid_from: from.parse().ok(),
            valid_until: until.and_then(|until| until.parse().ok()),
            notice_months: 6,
            archives_service: None,
            details: ConventionDetails::default(),
        }
    }

    #[test]
    fn days_are_those_of_the_conventions_and_of_the_member() {
        let year = days_of(2027);
        let days = |conventions: &[Convention], from: Option<&str>, until: Option<&str>| {
            let day = |text: Option<&str>| text.and_then(|text| text.parse().ok());
            days_under(conventions, (day(from), day(until)), year)
        };
        let active = convention(ConventionState::Active, "2027-07-01", None);
        let ended = convention(ConventionState::Terminated, "2020-01-01", Some("2027-01-31"));
        let draft = convention(ConventionState::Draft, "2020-01-01", None);
        assert_eq!(days(std::slice::from_ref(&active), None, None), 184);
        assert_eq!(days(&[active.clone(), ended], None, None), 184 + 31);
        assert_eq!(days(&[active], None, Some("2027-07-10")), 10, "it left");
        assert_eq!(days(&[draft], None, None), 0);
        assert_eq!((year_days(2027), year_days(2028)), (365, 366));
    }
}
