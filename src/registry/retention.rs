//! Retention schedules as they stand for a member: the base table, its département's rules, its own.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::retention_queries::Version;
use crate::model::{RetentionRule, ScheduleLevel};
use crate::seda::retention;

/// The rule of a code in force on a day. `versions`: every one of the code that a lower level has, in order.
pub fn in_force(
    code: &str,
    versions: Vec<(ScheduleLevel, RetentionRule)>,
    day: NaiveDate,
) -> Option<RetentionRule> {
    let base = retention::base().iter().find(|rule| rule.code == code).cloned();
    retention::in_force(base.into_iter().chain(versions.into_iter().map(|(_, rule)| rule)).collect(), day)
}

/// The whole schedule of a member on a day, by code: each rule in force, with the level it comes from. `versions`: every one
/// that lower levels have, by code, in order.
pub fn schedule(versions: Vec<Version>, day: NaiveDate) -> Vec<(ScheduleLevel, RetentionRule)> {
    let mut of_codes: BTreeMap<String, Vec<(ScheduleLevel, RetentionRule)>> =
        retention::base().iter().map(|rule| (rule.code.clone(), Vec::new())).collect();
    for version in versions {
        of_codes.entry(version.rule.code.clone()).or_default().push((version.level, version.rule));
    }
    let each = of_codes.into_iter().filter_map(|(code, versions)| {
        let rule = in_force(&code, versions.clone(), day)?;
        let level = versions.iter().rev().find(|(_, of_level)| *of_level == rule).map(|(level, _)| *level);
        Some((level.unwrap_or(ScheduleLevel::Base), rule))
    });
    each.collect()
}
