//! `GET /api/v1/agreements…`: the agreements under which the machine deposits, with what each asks of its transfers.
//!
//! Never shows another agreement of the member, nor the addresses of those who are written to.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::NaiveDate;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};

use super::{Page, address, conditional, limit, page_by_name, place};
use crate::model::{Acceptance, Agreement, DepositLimit, WhenAmiss};
use crate::registry::{queries, terms};
use crate::web::callers::Machine;
use crate::web::problem::Problem;
use crate::web::{State, cursor, problems};

/// What a list by name is asked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listed {
    pub(super) after: Option<String>,
    pub(super) limit: Option<u32>,
}

#[derive(Serialize)]
struct AgreementJson {
    /// As a manifest names it.
    identifier: String,
    name: String,
    state: &'static str,
    /// Whether a deposit made today would find it open.
    open: bool,
    valid_from: Option<NaiveDate>,
    valid_until: Option<NaiveDate>,
    /// Changes when its terms do.
    terms_version: String,
    acceptance: &'static str,
    archival_agency: String,
    transferring_agencies: Vec<String>,
    originating_agencies: Vec<String>,
    archival_profiles: Vec<String>,
    profile_imposed: bool,
    extensions: Vec<String>,
    transfer_bytes_max: u64,
    limits: Vec<DepositLimit>,
    formats: FormatsJson,
    virus_check: VirusJson,
    age: &'static str,
    typology: Option<String>,
    digests: Vec<String>,
    message_signature: &'static str,
    document_signatures: &'static str,
    reply_codes: &'static str,
    sites: Vec<String>,
    reading_days: Option<u32>,
    reliable_copy: bool,
    links: Links,
}

#[derive(Serialize)]
struct FormatsJson {
    /// PUIDs; empty: every format.
    accepted: Vec<String>,
    unknown: WhenAmissWord,
    differs: WhenAmissWord,
}

/// `warn` or `refuse`.
type WhenAmissWord = &'static str;

#[derive(Serialize)]
struct VirusJson {
    when: &'static str,
    large_files: &'static str,
}

#[derive(Serialize)]
struct Links {
    #[serde(rename = "self")]
    itself: String,
}

/// `GET /api/v1/agreements`.
pub async fn list(
    machine: Machine,
    request: HttpRequest,
    asked: web::Query<Listed>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let most = limit(asked.limit)?;
    let after = place::<String>(asked.after.as_deref())?;
    let mut all = queries::agreements(&mut state.db.read(machine.tenant).await?).await?;
    all.retain(|agreement| machine.agreements.contains(&agreement.identifier));
    let (some, next) = page_by_name(all, |agreement| &agreement.identifier, after.as_deref(), most);
    let today = state.clock.today();
    let items = some.into_iter().map(|agreement| json(agreement, today)).collect();
    let next = next.map(|name| next_address("/api/v1/agreements", &asked, &name));
    conditional(&request, &Page { items, next })
}

/// Where a list by name goes on.
pub(super) fn next_address(path: &str, asked: &Listed, name: &str) -> String {
    let limit = asked.limit.map(|limit| limit.to_string());
    address(path, &[("limit", limit), ("after", Some(cursor::write(&name)))])
}

/// `GET /api/v1/agreements/{identifier}`.
pub async fn show(
    machine: Machine,
    request: HttpRequest,
    identifier: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    // Looked for among its own alone.
    let identifier = machine.agreements.iter().find(|own| **own == *identifier);
    let identifier = identifier.ok_or_else(problems::not_found)?;
    let found = queries::find_agreement(&mut state.db.read(machine.tenant).await?, identifier).await?;
    conditional(&request, &json(found.ok_or_else(problems::not_found)?, state.clock.today()))
}

fn json(agreement: Agreement, today: NaiveDate) -> AgreementJson {
    let (open, terms_version) = (agreement.is_open_on(today), terms::version(&agreement));
    let path = utf8_percent_encode(&agreement.identifier, NON_ALPHANUMERIC);
    let links = Links { itself: format!("/api/v1/agreements/{path}") };
    let conditions = agreement.conditions;
    AgreementJson {
        state: match (agreement.is_draft, agreement.active) {
            (true, _) => "draft",
            (false, true) => "active",
            (false, false) => "suspended",
        },
        open,
        valid_from: agreement.valid_from,
        valid_until: agreement.valid_until,
        terms_version,
        acceptance: match agreement.acceptance {
            Acceptance::Automatic => "automatic",
            Acceptance::Archivist => "archivist",
        },
        archival_agency: agreement.archival_agency,
        transferring_agencies: agreement.transferring_agencies,
        originating_agencies: agreement.originating_agencies,
        archival_profiles: agreement.profiles,
        profile_imposed: agreement.profile_imposed,
        extensions: agreement.tolerances,
        transfer_bytes_max: agreement.transfer_bytes_max,
        limits: agreement.limits,
        formats: FormatsJson {
            accepted: agreement.formats.accepted,
            unknown: WhenAmiss::word(agreement.formats.unknown),
            differs: WhenAmiss::word(agreement.formats.differs),
        },
        virus_check: VirusJson { when: agreement.virus.word(), large_files: agreement.virus_large.word() },
        age: conditions.age.word(),
        typology: conditions.typology,
        digests: conditions.digests,
        message_signature: conditions.message_signature.word(),
        document_signatures: conditions.document_signatures.word(),
        reply_codes: conditions.reply_codes.word(),
        sites: conditions.sites,
        reading_days: conditions.reading_days,
        reliable_copy: conditions.reliable_copy,
        identifier: agreement.identifier,
        name: agreement.name,
        links,
    }
}
