//! Rules of retention schedules below the base table, read.

use chrono::{DateTime, NaiveDate, Utc};

use crate::db::{Error, Technical, TenantRead};
use crate::model::{ArchiveId, Fate, PersonId, RetentionRule, ScheduleLevel, StartEvent, Utility};

struct RuleRow {
    level: String,
    code: String,
    version: i32,
    typology: String,
    utility: String,
    starts: String,
    fate: String,
    access: Option<String>,
    reference: String,
    valid_from: Option<NaiveDate>,
    valid_until: Option<NaiveDate>,
    is_validated: bool,
    imported_at: DateTime<Utc>,
}

/// One version of a rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    pub level: ScheduleLevel,
    /// From 1, within its level.
    pub version: u32,
    pub rule: RetentionRule,
    pub imported_at: DateTime<Utc>,
}

impl TryFrom<RuleRow> for Version {
    type Error = Error;

    fn try_from(row: RuleRow) -> Result<Self, Error> {
        let wrong = |what: &str| Error::row("retention_rule", what);
        let level = match row.level.as_str() {
            "member" => ScheduleLevel::Member,
            _ => ScheduleLevel::Department,
        };
        let rule = RetentionRule {
            code: row.code,
            typology: row.typology,
            utility: Utility::from_word(&row.utility),
            starts: StartEvent::from_word(&row.starts).ok_or_else(|| wrong(&row.starts))?,
            fate: Fate::from_letter(&row.fate).ok_or_else(|| wrong(&row.fate))?,
            access: row.access,
            reference: row.reference,
            valid_from: row.valid_from,
            valid_until: row.valid_until,
            is_validated: row.is_validated,
        };
        Ok(Version { level, version: row.version.unsigned_abs(), rule, imported_at: row.imported_at })
    }
}

/// Every version of every rule that the member's département and the member itself have, by code, the highest level and the
/// oldest version first.
pub async fn versions(tx: &mut TenantRead, code: Option<&str>) -> Result<Vec<Version>, Error> {
    let rows = sqlx::query_as!(
        RuleRow,
        r#"select 'department' as "level!", code as "code!", version as "version!", typology as "typology!",
                  utility as "utility!", starts as "starts!", fate as "fate!", access, reference as "reference!",
                  valid_from, valid_until, is_validated as "is_validated!", imported_at as "imported_at!"
           from platform.retention_rule
           where department = (select department from member) and ($1::text is null or code = $1)
           union all
           select 'member', code, version, typology, utility, starts, fate, access, reference, valid_from, valid_until,
                  is_validated, imported_at
           from retention_rule
           where $1::text is null or code = $1
           order by 2, 1, 3"#,
        code
    );
    rows.fetch_all(tx.conn()).await?.into_iter().map(Version::try_from).collect()
}

/// The last version of each rule of a département's schedule.
pub async fn last_of_department(tx: &mut Technical, department: &str) -> Result<Vec<Version>, Error> {
    let rows = sqlx::query_as!(
        RuleRow,
        r#"select distinct on (code) 'department' as "level!", code, version, typology, utility, starts, fate, access,
                  reference, valid_from, valid_until, is_validated, imported_at
           from platform.retention_rule where department = $1 order by code, version desc"#,
        department
    );
    rows.fetch_all(tx.conn()).await?.into_iter().map(Version::try_from).collect()
}

/// How many rules of the member await the agreement of a control authority who did not propose them.
pub async fn awaiting_count(tx: &mut TenantRead, authority: PersonId) -> Result<u64, Error> {
    let count = sqlx::query_scalar!(
        r#"select count(*) as "count!" from (
               select distinct on (code) is_validated, imported_by from retention_rule order by code, version desc
           ) last
           where not is_validated and imported_by is distinct from $1"#,
        authority.0
    );
    Ok(count.fetch_one(tx.conn()).await?.unsigned_abs())
}

/// Those of one code, as [`super::retention::in_force`] takes them.
pub async fn versions_of(
    tx: &mut TenantRead,
    code: &str,
) -> Result<Vec<(ScheduleLevel, RetentionRule)>, Error> {
    let versions = versions(tx, Some(code)).await?;
    Ok(versions.into_iter().map(|version| (version.level, version.rule)).collect())
}

/// The code that the agreement of an archive names, when it names one.
pub async fn typology_of(tx: &mut TenantRead, archive: ArchiveId) -> Result<Option<String>, Error> {
    let code = sqlx::query_scalar!(
        r#"select g.conditions ->> 'typology' as code
           from archive a join agreement g using (tenant_id, agreement_id) where a.archive_id = $1"#,
        archive.0
    );
    Ok(code.fetch_optional(tx.conn()).await?.flatten())
}
