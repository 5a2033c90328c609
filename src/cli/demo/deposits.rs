//! Every deposit, sent as its member's machine, and what became of it.

use std::fs;
use std::path::Path;

use serde_json::Value;

use super::answers;
use super::client::{Client, word};
use super::members::Member;
use super::report::{self, Report};
use super::sources::{Expected, Sip};
use crate::cli::Failure;
use crate::model::{ArchiveId, Indication, Signatures};
use crate::storage::Storage;

/// A transfer taken in charge.
#[derive(Debug)]
pub struct Taken {
    /// Code of its member.
    pub member: String,
    /// Address of the transfer.
    pub transfer: String,
}

/// What a deposit is shown with.
pub struct Stage<'a> {
    pub report: &'a Report,
    /// Address of the service.
    pub service: &'a str,
    /// Folder where replies are kept.
    pub replies: &'a Path,
    pub storage: &'a Storage,
}

/// Sends every package, prints what is answered, keeps the replies. What was not as expected
/// is an error, in words.
pub fn run(stage: &Stage<'_>, members: &[Member], sips: &[Sip]) -> Result<Vec<Taken>, Failure> {
    let report = stage.report;
    let mut taken = Vec::new();
    for member in members {
        report.heading(&member.name);
        let machine = member.machine.first().ok_or_else(|| format!("{} n'a pas de machine", member.code))?;
        let client = Client::connect(stage.service, &machine.client_id, &machine.secret)?;
        for sip in sips.iter().filter(|sip| sip.member == member.code) {
            let transfer = client.deposit(sip)?;
            let outcome = client.outcome(&transfer)?;
            let state = word(&outcome, "state");
            match (sip.expected, state) {
                (Expected::TakenInCharge | Expected::Examined, "taken_in_charge") => {
                    taken.push(show_taken(stage, &client, member, sip, &transfer, &outcome)?);
                }
                (Expected::Examined, "examined") => {
                    report.waiting(&titled(sip));
                    report.detail("état", "contrôlé sans faute, attend l'archiviste");
                }
                (Expected::Refused, "refused") => show_refused(stage, &client, sip, &transfer, &outcome)?,
                _ => {
                    let findings = serde_json::to_string_pretty(&outcome)?;
                    return Err(
                        format!("{} : {state}, ce qui n'était pas attendu\n{findings}", sip.title).into()
                    );
                }
            }
        }
    }
    Ok(taken)
}

fn show_taken(
    stage: &Stage<'_>,
    client: &Client,
    member: &Member,
    sip: &Sip,
    transfer: &str,
    outcome: &Value,
) -> Result<Taken, Failure> {
    let (kept, reply) = reply(stage, client, sip, transfer)?;
    if !reply.is_acceptance() || reply.version != word(outcome, "seda_version") {
        return Err(
            format!("{} : la réponse n'est pas celle d'une prise en charge : {reply:?}", sip.title).into()
        );
    }
    let report = stage.report;
    report.good(&titled(sip));
    let archive = ArchiveId(word(outcome, "archive_id").parse()?);
    report.detail("réponse", &format!("{} {}, SEDA {}, {kept}", reply.message, reply.code, reply.version));
    report
        .detail("cote", &format!("{}, prise en charge le {}", reply.cote, report::moment(&reply.grant_date)));
    report.detail("archive", &archive.to_string());
    if let Some(said) = signatures(outcome) {
        report.detail("signé", &said);
    }
    let copies = stage.storage.tenant(member.tenant()).check(archive)?;
    let sites: Vec<&str> = copies.iter().map(|copy| copy.site.as_str()).collect();
    let path = copies.first().map(|copy| copy.path.as_str()).unwrap_or_default();
    if copies.len() < 2 || copies.iter().any(|copy| copy.path != path || !copy.faults.is_empty()) {
        return Err(format!("{} : copies absentes ou en défaut : {copies:?}", reply.cote).into());
    }
    report.detail("copies", &format!("{} : {path}", sites.join(" et ")));
    Ok(Taken { member: member.code.clone(), transfer: transfer.to_owned() })
}

/// Signatures of the files, by what they are worth; nothing where there are none.
fn signatures(outcome: &Value) -> Option<String> {
    let found: Signatures = serde_json::from_value(outcome.get("signatures")?.clone()).ok()?;
    let counts = Indication::ALL.iter().rev().map(|kind| (found.of(*kind), kind.label()));
    let told: Vec<String> =
        counts.filter(|(count, _)| *count > 0).map(|(count, label)| format!("{count} {label}")).collect();
    Some(told.join(", "))
}

fn show_refused(
    stage: &Stage<'_>,
    client: &Client,
    sip: &Sip,
    transfer: &str,
    outcome: &Value,
) -> Result<(), Failure> {
    let (kept, reply) = reply(stage, client, sip, transfer)?;
    let report = stage.report;
    report.refused(&titled(sip));
    report.detail("réponse", &format!("{} {}, SEDA {}, {kept}", reply.message, reply.code, reply.version));
    let findings = outcome.get("findings").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let errors: Vec<&Value> =
        findings.iter().filter(|finding| word(finding, "severity") == "error").collect();
    for finding in &errors {
        report.detail("motif", &format!("{} ({})", word(finding, "message"), word(finding, "code")));
    }
    if errors.len() < 3 {
        return Err(format!("{} : {} motif(s) au lieu de trois au moins", sip.title, errors.len()).into());
    }
    Ok(())
}

/// The reply, kept as a file whose path is returned, and its facts.
fn reply(
    stage: &Stage<'_>,
    client: &Client,
    sip: &Sip,
    transfer: &str,
) -> Result<(String, answers::Reply), Failure> {
    let xml = client.text(&format!("{transfer}/reply"))?;
    let folder = stage.replies.join(&sip.member);
    fs::create_dir_all(&folder)?;
    let stem = sip.file_name.split('.').next().unwrap_or_default();
    let path = folder.join(format!("{stem}.xml"));
    fs::write(&path, &xml)?;
    Ok((near(&path), answers::read(&xml)?))
}

fn titled(sip: &Sip) -> String {
    let container = sip.file_name.split_once('.').map(|(_, extension)| extension).unwrap_or_default();
    format!("{} ({container}, {})", sip.title, report::bytes(sip.bytes.len() as u64))
}

/// A path as short as it can be said from here.
pub fn near(path: &Path) -> String {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).display().to_string()
}
