//! The member itself, its parties and agreements: rows made or changed to what the file says.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::change::{Changes, Differences};
use super::file::{Agreement, Member, Party, Validity};
use super::{agreement_queries, queries};
use crate::clock::Clock;
use crate::db::{Error, TenantTx};
use crate::model::{Conditions, DepositLimit};
use crate::registry;

/// The member with its quota and its journal.
pub(super) async fn write_member(
    tx: &mut TenantTx,
    member: &Member,
    now: DateTime<Utc>,
    changes: &mut Changes,
) -> Result<(), Error> {
    let object = format!("member:{}", member.code);
    let quota = member.quota;
    let Some(before) = queries::find_member(tx).await? else {
        queries::insert_member(tx, member, now).await?;
        queries::insert_quota(tx, quota).await?;
        queries::insert_journal_head(tx, now).await?;
        let detail = vec![
            ("kind", member.kind.clone()),
            ("siren", member.siren.clone()),
            ("quota_bytes", quota.bytes.to_string()),
        ];
        changes.made(object, detail, format!("collectivité créée : {}", member.name));
        return Ok(());
    };
    let mut differences = Differences::default();
    differences.note("name", &before.name, &member.name);
    differences.note("kind", &before.kind, &member.kind);
    differences.note("siren", &before.siren, &member.siren);
    differences.note("department", &before.department, &member.department);
    differences.note("own_stamps", before.own_stamps, member.own_stamps);
    differences.note("quota_bytes", before.bytes_max, quota.bytes);
    differences.note("quota_soft_bytes", &before.bytes_soft, &quota.soft_bytes);
    differences.note("quota_objects", &before.objects_max, &quota.objects);
    differences.note("quota_deposits_per_day", &before.deposits_per_day, &quota.deposits_per_day);
    let population = |inhabitants: Option<i32>, year: Option<i16>| {
        inhabitants.zip(year).map(|(inhabitants, year)| format!("{inhabitants} en {year}"))
    };
    let (inhabitants, year) = member.population.unzip();
    let was = population(before.population, before.population_year);
    differences.note("population", &was, &population(inhabitants, year));
    note_validity(
        &mut differences,
        Validity { from: before.valid_from, until: before.valid_until },
        member.validity,
    );
    differences.note("successor", &before.successor, &member.successor);
    differences.note("control", &before.control, &member.control);
    // Where archives are, only a migration may change: it copies before it forgets.
    let moves = before.sites.is_some() && before.archives_held > 0 || member.sites.is_none();
    if !moves {
        differences.note("sites", listed(before.sites.as_ref()), listed(member.sites.as_ref()));
    }
    if !differences.is_empty() {
        queries::update_member(tx, member).await?;
        queries::update_quota(tx, quota).await?;
        if !moves {
            queries::update_sites(tx, member.sites.as_deref()).await?;
        }
        changes.changed(
            object,
            differences.detail(),
            format!("collectivité modifiée : {}", differences.words()),
        );
    }
    Ok(())
}

/// The parties, found again by their identifiers.
pub(super) async fn write_parties(
    tx: &mut TenantTx,
    member: &Member,
    clock: &Clock,
    changes: &mut Changes,
) -> Result<(), Error> {
    for party in &member.parties {
        let object = format!("party:{}", party.identifier);
        let Some((id, before)) = queries::find_party(tx, &party.identifier).await? else {
            queries::insert_party(tx, clock.fresh_id(), party).await?;
            changes.made(
                object,
                vec![("parts", parts(party))],
                format!("partie créée : {}", named(&party.identifier, &party.name)),
            );
            continue;
        };
        let mut differences = Differences::default();
        differences.note("name", &before.name, &party.name);
        differences.note("siret", &before.siret, &party.siret);
        differences.note("parts", &parts(&before), &parts(party));
        note_validity(&mut differences, before.validity, party.validity);
        differences.note("successor", &before.successor, &party.successor);
        if !differences.is_empty() {
            queries::update_party(tx, id, party).await?;
            let sentence = format!("partie {} modifiée : {}", party.identifier, differences.words());
            changes.changed(object, differences.detail(), sentence);
        }
    }
    Ok(())
}

/// The agreements, found again by their identifiers; the parties they admit become those of the file.
pub(super) async fn write_agreements(
    tx: &mut TenantTx,
    member: &Member,
    clock: &Clock,
    changes: &mut Changes,
) -> Result<(), Error> {
    for agreement in &member.agreements {
        let object = format!("agreement:{}", agreement.identifier);
        let Some((id, before)) = agreement_queries::find_agreement(tx, &agreement.identifier).await? else {
            let id = clock.fresh_id();
            agreement_queries::insert_agreement(tx, id, agreement).await?;
            write_lists(tx, id, agreement).await?;
            keep_terms(tx, &agreement.identifier, clock).await?;
            changes.made(
                object,
                described(agreement),
                format!("accord créé : {}", named(&agreement.identifier, &agreement.name)),
            );
            continue;
        };
        let mut differences = Differences::default();
        differences.note("name", &before.name, &agreement.name);
        differences.note("acceptance", &before.acceptance, &agreement.acceptance);
        differences.note("archival_agency", &before.archival_agency, &agreement.archival_agency);
        differences.note("transferring", before.transferring.as_slice(), agreement.transferring.as_slice());
        differences.note("originating", before.originating.as_slice(), agreement.originating.as_slice());
        differences.note("transfer_bytes_max", before.transfer_bytes_max, agreement.transfer_bytes_max);
        differences.note("state", &before.state, &agreement.state);
        note_validity(&mut differences, before.validity, agreement.validity);
        note_profiles(&mut differences, &before, agreement);
        differences.note("tolerances", before.tolerances.as_slice(), agreement.tolerances.as_slice());
        differences.note("virus", before.virus.word(), agreement.virus.word());
        differences.note("virus_large", before.virus_large.word(), agreement.virus_large.word());
        let (was, is) = (&before.formats, &agreement.formats);
        differences.note("formats", was.accepted.as_slice(), is.accepted.as_slice());
        differences.note("format_unknown", was.unknown.word(), is.unknown.word());
        differences.note("format_differs", was.differs.word(), is.differs.word());
        let (was, is) = (said(&before.limits), said(&agreement.limits));
        differences.note("limits", was.as_slice(), is.as_slice());
        note_conditions(&mut differences, &before.conditions, &agreement.conditions);
        if !differences.is_empty() && !changes.takes_files() {
            changes.left_if(true, format!("accord {}", agreement.identifier));
        } else if !differences.is_empty() {
            agreement_queries::update_agreement(tx, id, agreement).await?;
            write_lists(tx, id, agreement).await?;
            keep_terms(tx, &agreement.identifier, clock).await?;
            let sentence = format!("accord {} modifié : {}", agreement.identifier, differences.words());
            changes.changed(object, differences.detail(), sentence);
        }
    }
    Ok(())
}

/// The terms become one more version, when they changed.
pub(super) async fn keep_terms(tx: &mut TenantTx, identifier: &str, clock: &Clock) -> Result<(), Error> {
    match registry::queries::find_agreement(tx, identifier).await? {
        Some(agreement) => registry::terms_queries::keep(tx, &agreement, clock.now()).await,
        None => Ok(()),
    }
}

/// What an entry says of an agreement just made.
fn described(agreement: &Agreement) -> Vec<(&'static str, String)> {
    let mut detail = vec![("acceptance", agreement.acceptance.clone()), ("state", agreement.state.clone())];
    if let Some(profiles) = agreement.profiles.as_ref().filter(|profiles| !profiles.is_empty()) {
        detail.push(("profiles", profiles.join(" ")));
        detail.push(("profile_imposed", agreement.profile_imposed.unwrap_or(false).to_string()));
    }
    if !agreement.tolerances.is_empty() {
        detail.push(("tolerances", agreement.tolerances.join(" ")));
    }
    detail.push(("virus", agreement.virus.word().into()));
    detail.push(("virus_large", agreement.virus_large.word().into()));
    if !agreement.formats.accepted.is_empty() {
        detail.push(("formats", agreement.formats.accepted.join(" ")));
    }
    detail.push(("format_unknown", agreement.formats.unknown.word().into()));
    detail.push(("format_differs", agreement.formats.differs.word().into()));
    if !agreement.limits.is_empty() {
        detail.push(("limits", said(&agreement.limits).join(", ")));
    }
    let untold = Conditions::default().said();
    detail.extend(agreement.conditions.said().into_iter().filter(|said| !untold.contains(said)));
    detail.extend(agreement.conditions.expected.map(|expected| ("expected", expected.said())));
    detail
}

/// The parties, the profiles, the tolerances, the virus check, the formats and the limits of an agreement, as far as the file names them.
pub(super) async fn write_lists(
    tx: &mut TenantTx,
    agreement_id: Uuid,
    agreement: &Agreement,
) -> Result<(), Error> {
    agreement_queries::set_admitted(tx, agreement_id, "transferring", &agreement.transferring).await?;
    agreement_queries::set_admitted(tx, agreement_id, "originating", &agreement.originating).await?;
    if let Some(profiles) = &agreement.profiles {
        agreement_queries::set_listed(tx, agreement_id, profiles).await?;
    }
    if let Some(imposed) = agreement.profile_imposed {
        agreement_queries::set_imposed(tx, agreement_id, imposed).await?;
    }
    agreement_queries::set_tolerances(tx, agreement_id, &agreement.tolerances).await?;
    agreement_queries::set_virus(tx, agreement_id, agreement).await?;
    agreement_queries::set_formats(tx, agreement_id, agreement).await?;
    agreement_queries::set_limits(tx, agreement_id, &agreement.limits).await?;
    agreement_queries::set_conditions(tx, agreement_id, &agreement.conditions).await
}

/// Limits as entries and words tell them: `month: 100 transfers, 5000000 bytes`.
fn said(limits: &[DepositLimit]) -> Vec<String> {
    let one = |limit: &DepositLimit| {
        let most = [(limit.transfers, "transfers"), (limit.files, "files"), (limit.bytes, "bytes")];
        let most = most.iter().filter_map(|(most, unit)| most.map(|most| format!("{most} {unit}")));
        format!("{}: {}", limit.per.word(), most.collect::<Vec<_>>().join(", "))
    };
    limits.iter().map(one).collect()
}

fn note_profiles(differences: &mut Differences, before: &Agreement, after: &Agreement) {
    if let (Some(before), Some(after)) = (&before.profiles, &after.profiles) {
        differences.note("profiles", before.as_slice(), after.as_slice());
    }
    if after.profile_imposed.is_some() {
        differences.note("profile_imposed", &before.profile_imposed, &after.profile_imposed);
    }
}

/// The addresses that are written to are counted in the journal, and read by the operator only.
fn note_conditions(differences: &mut Differences, before: &Conditions, after: &Conditions) {
    for ((name, before), (_, after)) in before.said().iter().zip(&after.said()) {
        differences.note(name, before, after);
    }
    let expected = |conditions: &Conditions| conditions.expected.map(|expected| expected.said());
    differences.note("expected", &expected(before), &expected(after));
    if before.notify != after.notify {
        let count = |conditions: &Conditions| format!("{} adresse(s)", conditions.notify.len());
        differences.note("notify", &count(before), &format!("{}, changées", count(after)));
    }
}

fn note_validity(differences: &mut Differences, before: Validity, after: Validity) {
    differences.note("valid_from", &before.from, &after.from);
    differences.note("valid_until", &before.until, &after.until);
}

fn listed(sites: Option<&Vec<String>>) -> &[String] {
    sites.map_or(&[], Vec::as_slice)
}

fn parts(party: &Party) -> String {
    party.parts.iter().map(String::as_str).collect::<Vec<_>>().join(" ")
}

fn named(identifier: &str, name: &str) -> String {
    format!("{identifier}, {name}")
}
