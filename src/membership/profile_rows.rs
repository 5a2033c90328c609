//! The profiles a member's file names: rows made or changed to what the file says.
//!
//! Never rewrites a version: other bytes than those in force are one more.

use super::change::{Changes, Differences};
use super::file::{Member, Profile};
use super::profile_queries as queries;
use crate::clock::Clock;
use crate::db::{Error, TenantTx};

/// The profiles, found again by their identifiers.
pub(super) async fn write_profiles(
    tx: &mut TenantTx,
    member: &Member,
    clock: &Clock,
    changes: &mut Changes,
) -> Result<(), Error> {
    for profile in &member.profiles {
        match queries::lock_named(tx, &profile.identifier).await? {
            None => make(tx, profile, clock, changes).await?,
            Some(before) => change(tx, profile, &before, clock, changes).await?,
        }
    }
    Ok(())
}

async fn make(
    tx: &mut TenantTx,
    profile: &Profile,
    clock: &Clock,
    changes: &mut Changes,
) -> Result<(), Error> {
    let (id, active) = (clock.fresh_id(), profile.active.unwrap_or(true));
    queries::insert(tx, id, &profile.identifier, &profile.name, &profile.notice, active).await?;
    queries::insert_version(tx, id, 1, &profile.grammar, clock.now(), None).await?;
    let detail = vec![
        ("state", state(active).to_owned()),
        ("version", "1".to_owned()),
        ("sha512", hex::encode(profile.grammar.sha512)),
    ];
    let version = profile.grammar.seda_version.map(|number| format!(" (SEDA {number})")).unwrap_or_default();
    let sentence = format!("profil créé : {}, {}{version}", profile.identifier, profile.name);
    changes.made(format!("profile:{}", profile.identifier), detail, sentence);
    Ok(())
}

async fn change(
    tx: &mut TenantTx,
    profile: &Profile,
    before: &queries::Found,
    clock: &Clock,
    changes: &mut Changes,
) -> Result<(), Error> {
    let active = profile.active.unwrap_or(before.state == "active");
    let is_other = before.sha512 != profile.grammar.sha512;
    let version = before.version + i32::from(is_other);
    let mut differences = Differences::default();
    differences.note("name", &before.name, &profile.name);
    differences.note("notice", &before.notice, &profile.notice);
    differences.note("state", before.state.as_str(), state(active));
    differences.note("version", i64::from(before.version), i64::from(version));
    if differences.is_empty() {
        return Ok(());
    }
    if is_other {
        let grammar = &profile.grammar;
        queries::insert_version(tx, before.profile_id, version, grammar, clock.now(), None).await?;
    }
    queries::update(tx, before.profile_id, &profile.name, &profile.notice, active, version).await?;
    let mut detail = differences.detail();
    if is_other {
        detail.push(("sha512", hex::encode(profile.grammar.sha512)));
    }
    let sentence = format!("profil {} modifié : {}", profile.identifier, differences.words());
    changes.changed(format!("profile:{}", profile.identifier), detail, sentence);
    Ok(())
}

/// The word in rows.
pub(super) fn state(active: bool) -> &'static str {
    if active { "active" } else { "inactive" }
}
