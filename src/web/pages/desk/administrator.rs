//! The administrator's desk: agreements prepared and followed, deposits expected and come, the place that is left, connectors, the bill.
//!
//! Shows numbers, names of agreements and of applications: no title.

use chrono::{DateTime, Days, TimeDelta, Utc};

use super::words::outlook;
use crate::billing;
use crate::membership::expected::{self, Awaited, Missed, open_alerts};
use crate::membership::machines::{Known, machines_of};
use crate::model::trend;
use crate::model::{Agreement, Outlook};
use crate::registry::{self, Quota};
use crate::usage::queries::days;
use crate::usage::{self, Month};
use crate::web::callers::Person;
use crate::web::pages::shell::Link;
use crate::web::pages::{connector_words, words};
use crate::web::{Problem, State, Who};

/// Days of measures through which the pace is drawn.
const PACE_DAYS: u64 = 120;
/// Width of a bar that stands for all that is promised.
const BAR_WIDTH: u128 = 1_000;
/// Days after which an application that was used is said to be silent.
const SILENT_DAYS: i64 = 30;

/// The desk.
pub struct AdministratorDesk {
    /// Deposits that were expected and did not come, in sentences.
    pub missed: Vec<String>,
    /// Those of the periods under way.
    pub expected: Vec<ExpectedLine>,
    pub agreements: Vec<String>,
    /// Agreements that await the archivist's validation.
    pub drafts: Vec<Link>,
    /// When the place will be all taken.
    pub trend: String,
    /// The place taken at the end of each month, of what is promised.
    pub months: Vec<MonthBar>,
    pub bill: Option<String>,
    /// Applications that say nothing any more.
    pub silent: Vec<String>,
}

/// The place taken at the end of a month.
pub struct MonthBar {
    pub label: String,
    pub held: String,
    /// What came in the month.
    pub came: String,
    /// Of a thousand promised.
    pub width: u64,
}

/// A deposit expected in the period under way.
pub struct ExpectedLine {
    pub words: String,
    pub has_come: bool,
}

/// What was read, before it is put in words.
pub struct Found {
    pub missed: Vec<Missed>,
    pub awaited: Vec<Awaited>,
    pub agreements: Vec<Agreement>,
    pub outlook: Outlook,
    pub months: Vec<Month>,
    pub bytes_max: u64,
    pub statement: Option<billing::Statement>,
    pub machines: Vec<Known>,
}

/// Looks, for an administrator of the session's member.
pub async fn look(
    state: &State,
    person: &Person,
    quota: Option<&Quota>,
) -> Result<Option<AdministratorDesk>, Problem> {
    if !Who::MachineKeeper.admits(&person.roles) {
        return Ok(None);
    }
    let today = state.clock.today();
    let first = today.checked_sub_days(Days::new(PACE_DAYS)).unwrap_or(today);
    let mut tx = state.db.read(person.tenant).await?;
    let agreements = registry::queries::agreements(&mut tx).await?;
    let measured = days(&mut tx, first, today).await?;
    let taken: Vec<_> = measured.iter().map(|day| (day.day, day.held.bytes.unsigned_abs())).collect();
    let found = Found {
        months: usage::months(&measured),
        bytes_max: quota.map_or(0, |quota| quota.bytes_max),
        missed: open_alerts(&mut tx).await?,
        awaited: expected::under_way(&mut tx, &agreements, today).await?,
        outlook: trend::outlook(&taken, quota.map_or(u64::MAX, |quota| quota.bytes_max)),
        statement: billing::queries::statements(&mut tx).await?.into_iter().next(),
        machines: machines_of(&mut tx).await?,
        agreements,
    };
    Ok(Some(desk(&found, state.clock.now(), today)))
}

/// The desk of what was found.
pub fn desk(found: &Found, now: DateTime<Utc>, today: chrono::NaiveDate) -> AdministratorDesk {
    let (drafts, kept): (Vec<&Agreement>, Vec<&Agreement>) =
        found.agreements.iter().partition(|agreement| agreement.is_draft);
    let open = kept.iter().filter(|agreement| agreement.is_open_on(today)).count() as u64;
    let closed = kept.len() as u64 - open;
    let mut agreements = vec![words::count(open, "accord ouvert", "accords ouverts")];
    agreements
        .extend((closed > 0).then(|| words::count(closed, "suspendu ou terminé", "suspendus ou terminés")));
    AdministratorDesk {
        missed: found.missed.iter().map(connector_words::missed).collect(),
        expected: found.awaited.iter().map(expected_line).collect(),
        agreements,
        drafts: drafts
            .iter()
            .map(|draft| Link::new(&draft.name, format!("/accords/{}", draft.agreement_id)))
            .collect(),
        trend: outlook(found.outlook, "La place occupée est mesurée"),
        months: found.months.iter().rev().map(|month| bar(month, found.bytes_max)).collect(),
        bill: found.statement.as_ref().map(|bill| {
            format!(
                "Exercice {} : {} (état liquidatif {}).",
                bill.year,
                words::euros(bill.share),
                bill.number
            )
        }),
        silent: found.machines.iter().filter_map(|machine| silent(machine, now)).collect(),
    }
}

/// The bar of a month, no longer than what is promised.
fn bar(month: &Month, bytes_max: u64) -> MonthBar {
    let held = month.held.bytes.unsigned_abs();
    let share = (u128::from(held) * BAR_WIDTH).checked_div(u128::from(bytes_max)).unwrap_or(0);
    MonthBar {
        label: words::sentence(&words::lexical_date(&month.first.format("%Y-%m").to_string())),
        held: words::size(held),
        came: words::size(month.came.bytes.unsigned_abs()),
        width: u64::try_from(share.min(BAR_WIDTH)).unwrap_or_default().max(u64::from(held > 0) * 4),
    }
}

fn expected_line(awaited: &Awaited) -> ExpectedLine {
    let day = |day: chrono::NaiveDate| words::lexical_date(&day.to_string());
    let words = if awaited.has_come {
        format!("{} ({}) : reçu pour la période en cours.", awaited.name, awaited.every.label())
    } else {
        let due = day(awaited.period.due);
        format!("{} ({}) : attendu le {due} au plus tard.", awaited.name, awaited.every.label())
    };
    ExpectedLine { words, has_come: awaited.has_come }
}

/// An application that is open and has said nothing for long, or ever.
fn silent(machine: &Known, now: DateTime<Utc>) -> Option<String> {
    if machine.is_closed {
        return None;
    }
    match machine.used_at {
        None => Some(format!("{} ne s’est jamais connectée.", machine.name)),
        Some(at) if now - at > TimeDelta::days(SILENT_DAYS) => {
            let days = (now - at).num_days().unsigned_abs();
            Some(format!("{} est silencieuse depuis {}.", machine.name, words::count(days, "jour", "jours")))
        }
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::expected::{Every, Period};
    use crate::model::{MachineId, ReplyForm};

    fn machine(used_at: Option<&str>, is_closed: bool) -> Known {
        Known {
            machine_id: MachineId(uuid::Uuid::nil()),
            client_id: "x".into(),
            name: "Pastell".into(),
            tiers: None,
            agreements: Vec::new(),
            used_at: used_at.map(|at| at.parse().unwrap()),
            used_by: None,
            rotated_at: None,
            former_until: None,
            has_keys: false,
            certificates: Vec::new(),
            is_closed,
            has_basic: true,
            replies: ReplyForm::Asalae,
            bus: None,
        }
    }

    #[test]
    fn an_application_is_silent_after_a_month_unless_it_is_closed() {
        let now = "2027-03-31T08:00:00Z".parse().unwrap();
        let said = |used_at, is_closed| silent(&machine(used_at, is_closed), now);
        assert_eq!(said(None, false).unwrap(), "Pastell ne s’est jamais connectée.");
        assert_eq!(
            said(Some("2027-02-18T08:00:00Z"), false).unwrap(),
            "Pastell est silencieuse depuis 41\u{a0}jours."
        );
        assert_eq!(said(Some("2027-03-20T08:00:00Z"), false), None);
        assert_eq!(said(None, true), None);
    }

    #[test]
    fn a_month_s_bar_is_of_what_is_promised_and_no_longer() {
        let month = |bytes| Month {
            first: "2026-11-01".parse().unwrap(),
            last: "2026-11-20".parse().unwrap(),
            days: 20,
            held: usage::Amount { bytes, ..usage::Amount::default() },
            copies_bytes: 0,
            bytes_days: 0,
            came: usage::Amount::default(),
            refused: 0,
        };
        assert_eq!(bar(&month(500), 1_000).label, "Novembre 2026");
        let widths = [0, 1, 500, 2_000].map(|bytes| bar(&month(bytes), 1_000).width);
        assert_eq!(widths, [0, 4, 500, 1_000]);
        assert_eq!(bar(&month(500), 0).width, 4, "nothing is promised");
    }

    #[test]
    fn what_is_expected_is_told_to_have_come_or_by_when() {
        let day = |text: &str| text.parse().unwrap();
        let awaited = |has_come| Awaited {
            agreement: "ACTES".into(),
            name: "Actes".into(),
            every: Every::Month,
            period: Period { from: day("2027-03-01"), until: day("2027-03-31"), due: day("2027-04-05") },
            has_come,
        };
        assert!(expected_line(&awaited(true)).words.contains("reçu pour la période en cours"));
        let late = expected_line(&awaited(false));
        assert!(!late.has_come && late.words.contains("avril 2027 au plus tard"), "{}", late.words);
    }
}
