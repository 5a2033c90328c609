//! Retention schedules imported: of a département, for the members it controls, or of a member, which the control authority
//! validates (norms §7 and §8).
//!
//! Never rewrites a rule: one that changes is another version, and what was stays. The one thing to know: a rule that is not
//! validated stands only where it keeps more than what is above it; nothing that is *à valider* ever serves an elimination.

use std::collections::HashMap;
use std::path::Path;

use sha2::{Digest, Sha256};

use super::profiles::By;
use super::{Error, Fault, read, schedule_queries as queries};
use crate::clock::Clock;
use crate::db::{self, Db};
use crate::model::{Agent, Event, EventType, Outcome, RetentionRule, TenantId};
use crate::registry::retention_queries;
use crate::seda::retention::{self, LineFault, base};

/// What an import changes, or would.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    pub new: u64,
    pub changed: u64,
    pub same: u64,
    /// Of the new and the changed, those that somebody has to validate.
    pub to_validate: u64,
    /// Archives of the member that the new and the changed bear upon; 0 of a département's schedule, which opens no member.
    pub archives: u64,
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    /// Everything that is wrong in the file.
    #[error("{}", .0.iter().map(LineFault::to_string).collect::<Vec<_>>().join("\n"))]
    File(Vec<LineFault>),
    #[error(transparent)]
    Db(#[from] db::Error),
}

/// A file read: its rules and the SHA-256 of its bytes.
struct Schedule {
    rules: Vec<RetentionRule>,
    sha256: [u8; 32],
}

fn read_file(bytes: &[u8]) -> Result<Schedule, Refused> {
    let rules = retention::read(bytes).map_err(Refused::File)?;
    Ok(Schedule { rules, sha256: Sha256::digest(bytes).into() })
}

/// Sorts the rules of a file by what they change of the last versions.
fn sorted(
    rules: Vec<RetentionRule>,
    last: &HashMap<String, (u32, RetentionRule)>,
) -> (Imported, Vec<(u32, RetentionRule)>) {
    let (mut told, mut versions) = (Imported::default(), Vec::new());
    for rule in rules {
        let version = match last.get(&rule.code) {
            // Who validated a rule has not to do it again because the file comes back.
            Some((_, known))
                if RetentionRule { is_validated: known.is_validated, ..rule.clone() } == *known =>
            {
                told.same += 1;
                continue;
            }
            Some((version, _)) => {
                told.changed += 1;
                version + 1
            }
            None => {
                told.new += 1;
                1
            }
        };
        told.to_validate += u64::from(!rule.is_validated);
        versions.push((version, rule));
    }
    (told, versions)
}

/// Imports a member's schedule; with `dry`, only tells. A person's rules are *à valider* whatever the file says: only the
/// control authority validates.
pub async fn import_member(
    db: &Db,
    clock: &Clock,
    tenant: TenantId,
    by: Option<By>,
    bytes: &[u8],
    dry: bool,
) -> Result<Imported, Refused> {
    let mut file = read_file(bytes)?;
    if by.is_some() {
        file.rules.iter_mut().for_each(|rule| rule.is_validated = false);
    }
    let mut tx = db.write(tenant).await?;
    queries::lock(&mut tx).await?;
    let (mut told, versions) = sorted(file.rules, &queries::last_versions(&mut tx).await?);
    let codes: Vec<String> = versions.iter().map(|(_, rule)| rule.code.clone()).collect();
    told.archives = queries::archives_under(&mut tx, &codes).await?;
    if dry || versions.is_empty() {
        return Ok(told);
    }
    let person = by.map(|by| by.person);
    queries::insert(&mut tx, &versions, person, clock.now(), &file.sha256).await?;
    tx.record(Event {
        event_type: EventType::Parametrage,
        outcome: Outcome::Ok,
        agent: by.map_or(Agent::Operator, |by| Agent::Person(by.person, by.role)),
        object: "retention_schedule".into(),
        detail: vec![
            ("action", "import".into()),
            ("archives", told.archives.to_string()),
            ("changed", told.changed.to_string()),
            ("file_sha256", hex::encode(file.sha256)),
            ("new", told.new.to_string()),
        ],
    });
    tx.commit().await?;
    Ok(told)
}

/// Imports a département's schedule, which the file alone validates: it is the control authority's own.
pub async fn import_department(
    db: &Db,
    clock: &Clock,
    department: &str,
    bytes: &[u8],
    dry: bool,
) -> Result<Imported, Refused> {
    let file = read_file(bytes)?;
    let mut tx = db.technical().await?;
    queries::lock_department(&mut tx, department).await?;
    let (told, versions) = sorted(file.rules, &queries::last_of_department(&mut tx, department).await?);
    if !dry && !versions.is_empty() {
        queries::insert_department(&mut tx, department, &versions, clock.now(), &file.sha256).await?;
        tx.commit().await?;
        tracing::info!(department, new = told.new, changed = told.changed, "retention schedule imported");
    }
    Ok(told)
}

/// Validates the last version of a member's rule; whether it had to be.
pub async fn validate(db: &Db, clock: &Clock, by: By, code: &str) -> Result<bool, db::Error> {
    let mut tx = db.write(by.tenant).await?;
    let Some((version, imported_by)) = queries::lock_to_validate(&mut tx, code).await? else {
        return Ok(false);
    };
    // Two persons: who proposes does not validate.
    if imported_by == Some(by.person.0) {
        return Ok(false);
    }
    queries::validate(&mut tx, code, version, by.person, clock.now()).await?;
    tx.record(Event {
        event_type: EventType::Parametrage,
        outcome: Outcome::Ok,
        agent: Agent::Person(by.person, by.role),
        object: format!("retention_rule:{code}"),
        detail: vec![("action", "validation".into()), ("version", version.to_string())],
    });
    tx.commit().await?;
    Ok(true)
}

/// Each agreement that names a rule which neither the member nor its département has, with its line; a file that cannot be read
/// is told by whoever reads it.
pub(super) async fn unknown_typologies(db: &Db, folder: &Path) -> Result<Vec<Fault>, Error> {
    let mut faults = Vec::new();
    for path in read::paths(folder).unwrap_or_default() {
        let Ok((text, written)) = read::written(&path) else { continue };
        let code = written.code.get_ref();
        for named in written.agreement.iter().filter_map(|agreement| agreement.typology.as_ref()) {
            let of_member = |error| Error::Db { code: code.clone(), error };
            let is_known = is_known(db, code, written.department.get_ref(), named.get_ref());
            if !is_known.await.map_err(of_member)? {
                let reason = format!(
                    "le tableau de gestion n'a pas de règle « {} » : corrigez le code, ou importez d'abord la règle \
                     (chartrier schedule import)",
                    named.get_ref()
                );
                let line = read::line_at(&text, named.span().start);
                faults.push(Fault { path: path.clone(), line, reason });
            }
        }
    }
    Ok(faults)
}

async fn is_known(db: &Db, member: &str, department: &str, code: &str) -> Result<bool, db::Error> {
    if base().iter().any(|rule| rule.code == code) {
        return Ok(true);
    }
    if queries::last_of_department(&mut db.technical().await?, department).await?.contains_key(code) {
        return Ok(true);
    }
    let mut tx = db.read(TenantId::of_member(member)).await?;
    Ok(!retention_queries::versions(&mut tx, Some(code)).await?.is_empty())
}
