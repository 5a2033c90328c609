//! Flows as they are in the member: connector, profile, agreement, first deposit; what was planned beside what came.

use chrono::NaiveDate;

use super::{Planned, flow_queries};
use crate::catalog::register_queries::came_by_month;
use crate::db::{self, Db};

/// An agreement of the member, seen from the way in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flow {
    pub agreement: String,
    pub name: String,
    pub is_open: bool,
    /// Connectors assigned to it.
    pub machines: u64,
    pub profiles: u64,
    /// Periods of its calendar in which nothing came.
    pub missed: u64,
    /// The day of the first deposit taken in charge.
    pub first_on: Option<NaiveDate>,
    pub deposits: u64,
}

/// What was planned, and what came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Beside {
    pub planned: Planned,
    pub came: u64,
}

/// The member's flows, and what came of what was planned; `None`: the service has no member of this SIREN.
pub async fn look(
    db: &Db,
    siren: &str,
    planned: &[Planned],
) -> Result<Option<(Vec<Flow>, Vec<Beside>)>, db::Error> {
    let Some(tenant) = flow_queries::member(&mut db.technical().await?, siren).await? else {
        return Ok(None);
    };
    let mut tx = db.read(tenant).await?;
    let flows = flow_queries::flows(&mut tx).await?;
    let came = came_by_month(&mut tx).await?;
    let beside = |planned: &Planned| {
        let is_its = |(agreement, month, _): &&(String, NaiveDate, u64)| {
            *agreement == planned.agreement && *month == planned.month
        };
        Beside { planned: planned.clone(), came: came.iter().find(is_its).map_or(0, |(_, _, count)| *count) }
    };
    Ok(Some((flows, planned.iter().map(beside).collect())))
}
