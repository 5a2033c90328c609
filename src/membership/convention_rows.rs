//! The convention of a member: the row made or changed to what the file says.

use super::change::{Changes, Differences};
use super::convention_queries as queries;
use super::file::Member;
use crate::clock::Clock;
use crate::db::{Error, TenantTx};
use crate::model::{CONVENTION_FIELDS, Convention};
use crate::proof::digest::sha256;

/// The convention named; another that was active must be ended by its own file first, or it is here.
pub(super) async fn write_convention(
    tx: &mut TenantTx,
    member: &Member,
    clock: &Clock,
    changes: &mut Changes,
) -> Result<(), Error> {
    let Some(convention) = &member.convention else { return Ok(()) };
    let object = format!("convention:{}", convention.identifier);
    for ended in queries::end_others(tx, convention).await? {
        let detail = vec![("state", "terminated".to_owned())];
        changes.changed(format!("convention:{ended}"), detail, format!("convention {ended} remplacée"));
    }
    let Some(before) = queries::find(tx, &convention.identifier).await? else {
        queries::insert(tx, clock.fresh_id(), convention).await?;
        let detail = vec![
            ("regime", convention.regime.word().to_owned()),
            ("state", convention.state.word().to_owned()),
        ];
        let sentence = format!(
            "convention {} : {}, {}",
            convention.identifier,
            convention.regime.label(),
            convention.state.label()
        );
        changes.made(object, detail, sentence);
        return Ok(());
    };
    let differences = differences(&before, convention);
    if !differences.is_empty() {
        queries::update(tx, convention).await?;
        let sentence = format!("convention {} modifiée : {}", convention.identifier, differences.words());
        changes.changed(object, differences.detail(), sentence);
    }
    Ok(())
}

fn differences(before: &Convention, after: &Convention) -> Differences {
    let mut found = Differences::default();
    found.note("regime", before.regime.word(), after.regime.word());
    found.note("state", before.state.word(), after.state.word());
    found.note("signed_on", &before.signed_on, &after.signed_on);
    found.note("valid_from", &before.valid_from, &after.valid_from);
    found.note("valid_until", &before.valid_until, &after.valid_until);
    found.note("notice_months", i64::from(before.notice_months), i64::from(after.notice_months));
    found.note("archives_service", &before.archives_service, &after.archives_service);
    let (was, is) = (&before.details, &after.details);
    found.note("draft_sent_on", &was.draft_sent_on, &is.draft_sent_on);
    found.note("opinion_on", &was.opinion_on, &is.opinion_on);
    found.note("certificate", &was.certificate, &is.certificate);
    found.note("certificate_until", &was.certificate_until, &is.certificate_until);
    found.note("policy_signed_on", &was.policy_signed_on, &is.policy_signed_on);
    found.note("declaration_on", &was.declaration_on, &is.declaration_on);
    found.note("service_file_sent_on", &was.service_file_sent_on, &is.service_file_sent_on);
    // Texts may name people: the journal tells that they changed, and their digests.
    let digest = |text: Option<&String>| text.map(|text| hex::encode(&sha256(text.as_bytes())[..4]));
    for (name, ..) in CONVENTION_FIELDS {
        found.note(name, &digest(was.fields.get(name)), &digest(is.fields.get(name)));
    }
    found
}
