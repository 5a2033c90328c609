//! The measure of the days that are over, each entered once with its event.
//!
//! Safe to run in several processes and as often as one likes: of two that measure the same day, the rows let one. A day on
//! which the service was stopped is measured at the next pass, from the dates in the rows.

use chrono::{Days, TimeDelta};

use super::count::{Amount, Counted, Day, OfAgreement};
use super::measure_queries as queries;
use crate::clock::{self, Clock};
use crate::db::{self, Db};
use crate::model::{Agent, Event, EventType, Outcome, TenantId};
use crate::registry;

/// Nothing is measured so soon after midnight: what ended before may not be committed, and machines' clocks differ.
const SETTLING: TimeDelta = TimeDelta::minutes(5);
/// Most days entered by one pass: the next goes on.
const DAYS_MAX: u64 = 400;

/// Measures what is due of every member; days measured. One member's trouble leaves the others to go on.
pub async fn measure_what_is_due(db: &Db, clock: &Clock) -> Result<u32, db::Error> {
    let members = registry::queries::members(&mut db.technical().await?).await?;
    let mut measured = 0;
    for member in members {
        match measure(db, clock, member.tenant).await {
            Ok(days) => measured += days,
            Err(error) => tracing::error!(tenant.id = %member.tenant, %error, "the usage was not measured"),
        }
    }
    Ok(measured)
}

/// Measures what is due of a member, from its first day on; days measured.
pub async fn measure(db: &Db, clock: &Clock, tenant: TenantId) -> Result<u32, db::Error> {
    let (today, now) = (clock.today(), clock.now());
    let elapsed = now - clock::midnight(today);
    let mut tx = db.read(tenant).await?;
    let Some(first) = queries::first_to_measure(&mut tx).await?.filter(|first| *first < today) else {
        return Ok(0);
    };
    // Asked before anything is counted: whatever began yesterday and ends later would be of no day.
    if elapsed < SETTLING || queries::is_unsettled(&mut tx, elapsed - SETTLING).await? {
        return Ok(0);
    }
    drop(tx);
    let mut tx = db.read(tenant).await?;
    let counted = Counted {
        held: queries::held(&mut tx).await?,
        copies: queries::copies(&mut tx).await?,
        came: queries::came(&mut tx, clock::midnight(first)).await?,
        copies_came: queries::copies_came(&mut tx, clock::midnight(first)).await?,
        refused: queries::refused(&mut tx, clock::midnight(first)).await?,
    };
    drop(tx);
    let days = first.iter_days().take_while(|day| *day < today).take(DAYS_MAX as usize);
    let mut measured = 0;
    for day in days {
        let late = day + Days::new(1) < today;
        if !enter(db, tenant, &counted.at_the_end_of(day), late).await? {
            break;
        }
        measured += 1;
    }
    Ok(measured)
}

/// Enters a day; `false`: another process was quicker.
async fn enter(db: &Db, tenant: TenantId, day: &Day, late: bool) -> Result<bool, db::Error> {
    let mut tx = db.write(tenant).await?;
    if !queries::insert_day(&mut tx, day.day, late).await? {
        return Ok(false);
    }
    queries::insert_agreements(&mut tx, day).await?;
    queries::insert_sites(&mut tx, day).await?;
    tx.record(measured(day, late));
    tx.commit().await?;
    Ok(true)
}

/// The totals, and every line: a rebuild enters the day again from them (`recovery/usage_queries.rs`).
fn measured(day: &Day, late: bool) -> Event {
    let (OfAgreement { held, came, refused }, copies) = day.total();
    let mut detail = vec![
        ("jour", day.day.to_string()),
        ("archives", held.archives.to_string()),
        ("fichiers", held.objects.to_string()),
        ("octets", held.bytes.to_string()),
        ("octets_des_copies", copies.bytes.to_string()),
        ("sites", day.site_count().to_string()),
        ("versements", came.archives.to_string()),
        ("fichiers_recus", came.objects.to_string()),
        ("octets_recus", came.bytes.to_string()),
        ("refus", refused.to_string()),
        ("par_accord", lines_of_agreements(day)),
        ("par_site", lines_of_sites(day)),
    ];
    if late {
        detail.push(("apres_coup", "oui".into()));
    }
    Event {
        event_type: EventType::Mesure,
        outcome: Outcome::Ok,
        agent: Agent::Service,
        object: format!("usage:{}", day.day),
        detail,
    }
}

fn numbers(amount: Amount) -> [i64; 3] {
    [amount.archives, amount.objects, amount.bytes]
}

/// `[["ACCORD", archives, files, bytes, deposits, their files, their bytes, refused], …]`
fn lines_of_agreements(day: &Day) -> String {
    let lines = day.agreements.iter().map(|(agreement, of)| {
        let mut line = vec![serde_json::Value::from(agreement.as_str())];
        line.extend(numbers(of.held).into_iter().chain(numbers(of.came)).map(serde_json::Value::from));
        line.push(of.refused.into());
        line
    });
    serde_json::Value::from_iter(lines).to_string()
}

/// `[["site", "ACCORD", copies, files, bytes], …]`
fn lines_of_sites(day: &Day) -> String {
    let lines = day.sites.iter().map(|((site, agreement), amount)| {
        let mut line = vec![serde_json::Value::from(site.as_str()), agreement.as_str().into()];
        line.extend(numbers(*amount).map(serde_json::Value::from));
        line
    });
    serde_json::Value::from_iter(lines).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_entry_of_a_day_has_every_line_of_it() {
        let held = Amount { archives: 2, objects: 6, bytes: 900 };
        let of = OfAgreement { held, came: Amount::default(), refused: 1 };
        let day = Day {
            day: "2027-03-01".parse().unwrap(),
            agreements: [("A \"1\"".to_owned(), of)].into(),
            sites: [(("nord".to_owned(), "A \"1\"".to_owned()), held)].into(),
        };
        let event = measured(&day, false);
        let detail =
            |name: &str| event.detail.iter().find(|(of, _)| *of == name).map(|(_, value)| value.as_str());
        assert_eq!(event.object, "usage:2027-03-01");
        assert_eq!(detail("par_accord"), Some(r#"[["A \"1\"",2,6,900,0,0,0,1]]"#));
        assert_eq!(detail("par_site"), Some(r#"[["nord","A \"1\"",2,6,900]]"#));
        assert_eq!((detail("octets_des_copies"), detail("apres_coup")), (Some("900"), None));
    }
}
