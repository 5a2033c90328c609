//! From when a unit, or a file, may be read by whoever has no other right to it (norms §4), and when its time is over: the
//! rules of the unit and of all that is above it, the archive's own included.
//!
//! Computed at each reading, of what the catalogue holds: no rule is ever out of date. A file that several units describe
//! opens when the last of them does.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use crate::catalog::queries::{self as catalog, Ruled};
use crate::catalog::search::Answer;
use crate::db::{self, TenantRead};
use crate::model::{ArchiveId, UnitId};
use crate::seda::opening::{Facts, Opening, Term, in_effect, last_day, of_terms};
use crate::seda::retention::{self, Said};

/// Units looked at above those asked for, at most: past them nobody can tell.
const ABOVE_MAX: i64 = 5_000;
/// The same, for all the answers to a question.
const ABOVE_ALL_MAX: i64 = 20_000;

/// When all of these units of an archive are open.
pub(super) async fn of_units(
    tx: &mut TenantRead,
    archive: ArchiveId,
    units: &[UnitId],
) -> Result<Opening, db::Error> {
    let Some(whole) = catalog::rules_of(tx, archive).await? else { return Ok(Opening::Unknown) };
    let ids: Vec<Uuid> = units.iter().map(|unit| unit.0).collect();
    let rows = catalog::ruled(tx, &ids, ABOVE_MAX).await?;
    if units.is_empty() || rows.len() as i64 >= ABOVE_MAX {
        return Ok(Opening::Unknown);
    }
    let whole = in_effect(&whole, []);
    let rows: HashMap<Uuid, Ruled> = rows.into_iter().map(|row| (row.unit_id, row)).collect();
    let mut judged = Judged::over(&rows, &whole);
    let each = ids.iter().map(|id| judged.opening(*id));
    Ok(each.max().unwrap_or(Opening::Unknown))
}

/// When each of these units of one archive opens.
pub(super) async fn of_all(
    tx: &mut TenantRead,
    archive: ArchiveId,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Opening>, db::Error> {
    let nobody_can_tell = || ids.iter().map(|id| (*id, Opening::Unknown)).collect();
    let Some(whole) = catalog::rules_of(tx, archive).await? else { return Ok(nobody_can_tell()) };
    let rows = catalog::ruled(tx, ids, ABOVE_ALL_MAX).await?;
    if rows.len() as i64 >= ABOVE_ALL_MAX {
        return Ok(nobody_can_tell());
    }
    let whole = in_effect(&whole, []);
    let rows: HashMap<Uuid, Ruled> = rows.into_iter().map(|row| (row.unit_id, row)).collect();
    let mut judged = Judged::over(&rows, &whole);
    Ok(ids.iter().map(|id| (*id, judged.opening(*id))).collect())
}

/// When each of these answers, wanted whole, opens, in their order.
pub(super) async fn of_each(tx: &mut TenantRead, answers: &[Answer]) -> Result<Vec<Opening>, db::Error> {
    let own = || answers.iter().filter_map(|answer| answer.ruled.as_ref());
    let above: HashSet<Uuid> = own().flat_map(|ruled| ruled.parents.iter().copied()).collect();
    let above: Vec<Uuid> = above.into_iter().collect();
    let rows = catalog::ruled(tx, &above, ABOVE_ALL_MAX).await?;
    if rows.len() as i64 >= ABOVE_ALL_MAX {
        return Ok(vec![Opening::Unknown; answers.len()]);
    }
    let mut whole: HashMap<Uuid, Vec<Term>> = HashMap::new();
    for answer in answers {
        if let Some(rules) = &answer.came.rules {
            whole.entry(answer.archive_id.0).or_insert_with(|| in_effect(rules, []));
        }
    }
    let rows: HashMap<Uuid, Ruled> =
        rows.into_iter().chain(own().cloned()).map(|row| (row.unit_id, row)).collect();
    let mut known: HashMap<Uuid, Judged<'_>> = HashMap::new();
    let each = answers.iter().map(|answer| {
        let Some(whole) = whole.get(&answer.archive_id.0) else { return Opening::Unknown };
        let judged = known.entry(answer.archive_id.0).or_insert_with(|| Judged::over(&rows, whole));
        judged.opening(answer.unit_id.0)
    });
    Ok(each.collect())
}

/// What is said of a unit's time and fate, those of what contains it included; `None`: nobody can tell.
pub(super) async fn said_of(
    tx: &mut TenantRead,
    archive: ArchiveId,
    unit: UnitId,
) -> Result<Option<Said>, db::Error> {
    let Some(whole) = catalog::rules_of(tx, archive).await? else { return Ok(None) };
    let rows = catalog::ruled(tx, &[unit.0], ABOVE_MAX).await?;
    if rows.len() as i64 >= ABOVE_MAX {
        return Ok(None);
    }
    let whole = retention::in_effect(&whole, Said::default());
    let rows: HashMap<Uuid, Ruled> = rows.into_iter().map(|row| (row.unit_id, row)).collect();
    Ok(Some(said(unit.0, &rows, &whole, &mut HashMap::new(), &mut HashSet::new())))
}

fn said(
    id: Uuid,
    rows: &HashMap<Uuid, Ruled>,
    whole: &Said,
    known: &mut HashMap<Uuid, Said>,
    under_way: &mut HashSet<Uuid>,
) -> Said {
    if let Some(known) = known.get(&id) {
        return known.clone();
    }
    let Some(row) = rows.get(&id).filter(|_| under_way.insert(id)) else { return Said::default() };
    let mut above = if row.parents.is_empty() { whole.clone() } else { Said::default() };
    for parent in &row.parents {
        let parent = said(*parent, rows, whole, known, under_way);
        above.fate = above.fate.max(parent.fate);
        above.terms.extend(parent.terms);
    }
    let found = retention::in_effect(&row.rules, above);
    under_way.remove(&id);
    known.insert(id, found.clone());
    found
}

/// Units as they are judged, those above first.
struct Judged<'a> {
    rows: &'a HashMap<Uuid, Ruled>,
    /// In effect on the whole archive.
    whole: &'a [Term],
    known: HashMap<Uuid, (Vec<Term>, Option<chrono::NaiveDate>)>,
    under_way: HashSet<Uuid>,
}

impl<'a> Judged<'a> {
    fn over(rows: &'a HashMap<Uuid, Ruled>, whole: &'a [Term]) -> Self {
        Self { rows, whole, known: HashMap::new(), under_way: HashSet::new() }
    }

    fn opening(&mut self, id: Uuid) -> Opening {
        let (terms, latest) = self.in_effect(id);
        of_terms(&terms, &Facts { latest, ..Facts::default() })
    }

    /// The rules in effect on a unit, and its last day: its own, or that of what contains it.
    fn in_effect(&mut self, id: Uuid) -> (Vec<Term>, Option<chrono::NaiveDate>) {
        if let Some(known) = self.known.get(&id) {
            return known.clone();
        }
        // A unit under itself was refused when it came in.
        let Some(row) = self.rows.get(&id).filter(|_| self.under_way.insert(id)) else {
            return (Vec::new(), None);
        };
        let (mut above, mut latest) = (Vec::new(), None);
        for parent in &row.parents {
            let (terms, day) = self.in_effect(*parent);
            above.extend(terms);
            latest = latest.max(day);
        }
        if row.parents.is_empty() {
            above.extend(self.whole.iter().cloned());
        }
        let own = row.end_date.as_deref().and_then(last_day);
        let known = (in_effect(&row.rules, above), own.or(latest));
        self.under_way.remove(&id);
        self.known.insert(id, known.clone());
        known
    }
}
