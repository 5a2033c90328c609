//! The usage found again from the journal alone, beside what was measured: a second path to every figure of the shared bill.
//!
//! Changes nothing. The one thing to know: the measure counts rows, the recount reads entries; they share no query.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::count::Amount;
use super::ledger::{Ledger, Until};
use super::{AgreementDay, queries};
use crate::db::{self, Db};
use crate::evidence::journal_page;
use crate::model::TenantId;

/// Entries read at once.
const PAGE: i64 = 1_000;
/// Days whose lines are read at once: a year.
const DAYS: usize = 366;

/// A figure that the journal does not say as it was measured.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Difference {
    pub day: NaiveDate,
    pub agreement: String,
    /// What: held, come, or the copies of a site.
    pub what: What,
    pub measured: Amount,
    pub recounted: Amount,
}

/// A figure of a day and agreement.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    Held,
    Came,
    Copies(String),
}

/// What a recount found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recount {
    pub entries: u64,
    pub days: u64,
    /// Figures compared.
    pub figures: u64,
    pub differences: Vec<Difference>,
    /// Takings in charge that do not say how large they are, so that nothing is told of the days from theirs on.
    pub unsaid: u64,
    /// Copies went from a site to another: those of sites are not compared.
    pub has_moved: bool,
}

/// Recounts a member's days, every one that was measured.
pub async fn recount(db: &Db, tenant: TenantId) -> Result<Recount, db::Error> {
    let mut tx = db.read(tenant).await?;
    let (mut ledger, mut after, mut entries) = (Ledger::default(), 0, 0);
    loop {
        let page = journal_page(&mut tx, after, PAGE).await?;
        let Some(last) = page.last() else { break };
        after = last.seq;
        entries += page.len() as u64;
        page.iter().for_each(|entry| ledger.enter(entry));
    }
    let days = queries::measured_days(&mut tx).await?;
    let (unsaid, has_moved) = (ledger.unsaid, ledger.has_moved);
    let mut found = Recount { entries, days: days.len() as u64, unsaid, has_moved, ..Recount::default() };
    if unsaid > 0 {
        return Ok(found);
    }
    let mut running = ledger.running();
    for days in days.chunks(DAYS) {
        let (Some(first), Some(last)) = (days.first(), days.last()) else { continue };
        let mut of_day: BTreeMap<NaiveDate, Vec<AgreementDay>> = BTreeMap::new();
        let measured = queries::agreement_days(&mut tx, *first, *last).await?;
        measured.into_iter().for_each(|of| of_day.entry(of.day).or_default().push(of));
        for day in days {
            compare(*day, &of_day.remove(day).unwrap_or_default(), running.on(*day), &mut found);
        }
    }
    Ok(found)
}

/// Every figure of a day, by either path.
fn compare(day: NaiveDate, measured: &[AgreementDay], recounted: &Until, found: &mut Recount) {
    let mut figures: BTreeMap<(String, What), (Amount, Amount)> = BTreeMap::new();
    let nothing = Amount::default();
    for of in measured {
        let mut put = |what, amount| {
            if amount != nothing {
                figures.entry((of.agreement.clone(), what)).or_default().0 = amount;
            }
        };
        put(What::Held, of.held);
        put(What::Came, of.came);
        for (site, amount) in of.sites.iter().filter(|_| !found.has_moved) {
            put(What::Copies(site.clone()), *amount);
        }
    }
    let mut put = |agreement: &String, what, amount: Amount| {
        figures.entry((agreement.clone(), what)).or_default().1 = amount;
    };
    recounted.held.iter().for_each(|(agreement, amount)| put(agreement, What::Held, *amount));
    recounted.came.iter().for_each(|(agreement, amount)| put(agreement, What::Came, *amount));
    for ((site, agreement), amount) in recounted.copies.iter().filter(|_| !found.has_moved) {
        put(agreement, What::Copies(site.clone()), *amount);
    }
    for ((agreement, what), (measured, recounted)) in figures {
        found.figures += 1;
        if measured != recounted {
            found.differences.push(Difference { day, agreement, what, measured, recounted });
        }
    }
}

impl Recount {
    /// Whether the journal says what was measured.
    pub fn is_right(&self) -> bool {
        self.unsaid == 0 && self.differences.is_empty()
    }
}
