//! Members given back as files: what [`super::apply`] would read, so that applying it changes nothing.
//!
//! Never a password nor a secret: none is known. The one thing to know: what was made or changed at the portal is there as
//! well, and so the files can be brought up to what runs.

use std::fs;
use std::io;
use std::path::{Component, Path, PathBuf};

use chrono::{Datelike, NaiveDate};
use toml::value::{Date, Datetime};
use toml::{Table, Value};

use super::queries::FoundMember;
use super::{export_queries, queries};
use crate::db::{self, Db, TenantRead};
use crate::model::{
    Acceptance, Agreement, Convention, ConventionState, DepositLimit, Holding, Party, ReplyForm, Signing,
};
use crate::registry::{self, Member, Profile, convention_queries, numbering_queries, profile_queries};

/// Why members were not exported.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error("{} : {error}", path.display())]
    Io { path: PathBuf, error: io::Error },
    #[error("{0} existe déjà : donnez un dossier qui n'existe pas, ou vide")]
    NotEmpty(PathBuf),
    #[error("aucune collectivité n'a le code « {0} »")]
    Unknown(String),
    #[error("écriture : {0}")]
    Toml(#[from] toml::ser::Error),
}

/// Writes every member, or the one of this code, under a folder that is new or empty; their codes.
pub async fn export(db: &Db, folder: &Path, code: Option<&str>) -> Result<Vec<String>, Error> {
    let failed = |path: &Path| {
        let path = path.to_path_buf();
        move |error| Error::Io { path, error }
    };
    fs::create_dir_all(folder).map_err(failed(folder))?;
    if fs::read_dir(folder).map_err(failed(folder))?.next().is_some() {
        return Err(Error::NotEmpty(folder.to_path_buf()));
    }
    let members = registry::queries::members(&mut db.technical().await?).await?;
    let wanted = members.into_iter().filter(|member| code.is_none_or(|code| code == member.code));
    let mut codes = Vec::new();
    for member in wanted {
        let mut tx = db.read(member.tenant).await?;
        let Some(found) = queries::find_member(&mut tx).await? else { continue };
        let own = folder.join(&member.code);
        fs::create_dir(&own).map_err(failed(&own))?;
        let mut files = Vec::new();
        let table = member_table(&mut tx, &member, &found, &mut files).await?;
        drop(tx);
        for (name, bytes) in files {
            let path = own.join(name);
            let parent = path.parent().unwrap_or(&own);
            fs::create_dir_all(parent).map_err(failed(parent))?;
            fs::write(&path, bytes).map_err(failed(&path))?;
        }
        let path = own.join("member.toml");
        fs::write(&path, toml::to_string(&table)?).map_err(failed(&path))?;
        codes.push(member.code);
    }
    match code {
        Some(code) if codes.is_empty() => Err(Error::Unknown(code.to_owned())),
        _ => Ok(codes),
    }
}

/// A table being written: what is empty is left out.
#[derive(Default)]
struct Written(Table);

impl Written {
    fn put(&mut self, key: &str, value: impl Into<Value>) {
        self.0.insert(key.to_owned(), value.into());
    }

    fn text(&mut self, key: &str, value: Option<&str>) {
        if let Some(value) = value {
            self.put(key, value);
        }
    }

    fn number(&mut self, key: &str, value: Option<i64>) {
        if let Some(value) = value {
            self.put(key, value);
        }
    }

    fn day(&mut self, key: &str, day: Option<NaiveDate>) {
        if let Some(day) = day {
            let date = Date { year: day.year() as u16, month: day.month() as u8, day: day.day() as u8 };
            self.put(key, Datetime { date: Some(date), time: None, offset: None });
        }
    }

    fn list(&mut self, key: &str, texts: &[String]) {
        if !texts.is_empty() {
            self.put(key, Value::Array(texts.iter().map(|text| Value::from(text.as_str())).collect()));
        }
    }

    fn tables(&mut self, key: &str, tables: Vec<Written>) {
        if !tables.is_empty() {
            self.put(key, Value::Array(tables.into_iter().map(|table| Value::Table(table.0)).collect()));
        }
    }
}

async fn member_table(
    tx: &mut TenantRead,
    member: &Member,
    found: &FoundMember,
    files: &mut Vec<(PathBuf, Vec<u8>)>,
) -> Result<Table, Error> {
    let mut of = Written::default();
    of.put("code", member.code.as_str());
    of.put("name", member.name.as_str());
    of.put("kind", member.kind.as_str());
    of.put("siren", member.siren.as_str());
    of.put("department", member.department.as_str());
    if member.own_stamps {
        of.put("own_stamps", true);
    }
    of.list("sites", found.sites.as_deref().unwrap_or_default());
    if let Some((inhabitants, year)) = found.population.zip(found.population_year) {
        let mut population = Written::default();
        population.put("inhabitants", i64::from(inhabitants));
        population.put("year", i64::from(year));
        of.put("population", population.0);
    }
    of.day("valid_from", found.valid_from);
    of.day("valid_until", found.valid_until);
    of.text("successor", found.successor.as_deref());
    of.text("control", found.control.as_deref());
    of.put("quota", quota_table(found));
    let conventions = convention_queries::conventions(tx).await?;
    let active = conventions.iter().find(|one| one.state == ConventionState::Active);
    if let Some(convention) = active.or(conventions.first()) {
        of.put("convention", convention_table(convention));
    }
    let numbering = numbering_table(tx).await?;
    if !numbering.is_empty() {
        of.put("numbering", numbering);
    }
    of.tables("party", registry::queries::parties(tx).await?.iter().map(party).collect());
    let mut profiles = Vec::new();
    for profile in profile_queries::profiles(tx).await? {
        let rng = profile_queries::find_rng(tx, profile.profile_id, profile.in_force.version).await?;
        let path = file_of(&profile);
        profiles.push(profile_table(&profile, &path));
        files.extend(rng.map(|rng| (path, rng)));
    }
    of.tables("profile", profiles);
    of.tables("agreement", registry::queries::agreements(tx).await?.iter().map(agreement).collect());
    let people = export_queries::people(tx).await?.into_iter().map(person_table);
    of.tables("person", people.collect::<Result<_, _>>()?);
    let machines = export_queries::machines(tx).await?.into_iter().map(|machine| {
        let mut of = Written::default();
        of.put("client_id", machine.client_id);
        of.put("name", machine.name);
        of.put("agreements", Value::Array(machine.agreements.into_iter().map(Value::from).collect()));
        of.text(
            "replies",
            Some(machine.reply_form.as_str()).filter(|form| *form != ReplyForm::default().word()),
        );
        of
    });
    of.tables("machine", machines.collect());
    Ok(of.0)
}

fn person_table(person: export_queries::Person) -> Result<Written, db::Error> {
    let holdings: Result<Vec<Holding>, _> = serde_json::from_value(person.holdings);
    let holdings = holdings.map_err(|error| db::Error::row("assignment", error))?;
    let (scoped, whole): (Vec<Holding>, Vec<Holding>) =
        holdings.into_iter().partition(|held| held.agreements.is_some() || held.producers.is_some());
    let mut of = Written::default();
    of.put("login", person.login);
    of.put("name", person.name);
    of.text("email", person.email.as_deref());
    of.put("roles", Value::Array(whole.iter().map(|held| Value::from(held.role.word())).collect()));
    let scoped = scoped.into_iter().map(|held| {
        let mut of = Written::default();
        of.put("role", held.role.word());
        of.list("agreements", held.agreements.as_deref().unwrap_or_default());
        of.list("producers", held.producers.as_deref().unwrap_or_default());
        of
    });
    of.tables("scoped", scoped.collect());
    Ok(of)
}

fn quota_table(found: &FoundMember) -> Table {
    let mut of = Written::default();
    of.put("bytes", found.bytes_max);
    of.number("soft_bytes", found.bytes_soft);
    of.number("objects", found.objects_max);
    of.number("deposits_per_day", found.deposits_per_day);
    of.0
}

/// The patterns that the member ever set.
async fn numbering_table(tx: &mut TenantRead) -> Result<Table, Error> {
    let mut of = Written::default();
    for (known, is_set) in numbering_queries::in_force(tx).await? {
        of.text(known.kind.word(), is_set.then_some(known.written.as_str()));
    }
    Ok(of.0)
}

fn convention_table(convention: &Convention) -> Table {
    let (mut of, details) = (Written::default(), &convention.details);
    of.put("identifier", convention.identifier.as_str());
    of.put("regime", convention.regime.word());
    of.put("state", convention.state.word());
    of.day("signed_on", convention.signed_on);
    of.day("valid_from", convention.valid_from);
    of.day("valid_until", convention.valid_until);
    of.put("notice_months", i64::from(convention.notice_months));
    of.text("archives_service", convention.archives_service.as_deref());
    of.day("draft_sent_on", details.draft_sent_on);
    of.day("opinion_on", details.opinion_on);
    of.text("certificate", details.certificate.as_deref());
    of.day("certificate_until", details.certificate_until);
    of.day("policy_signed_on", details.policy_signed_on);
    of.day("declaration_on", details.declaration_on);
    of.day("service_file_sent_on", details.service_file_sent_on);
    let fields = details.fields.iter().map(|(name, text)| (name.clone(), Value::from(text.as_str())));
    of.put("fields", fields.collect::<Table>());
    of.0
}

fn party(party: &Party) -> Written {
    let mut of = Written::default();
    of.put("identifier", party.identifier.as_str());
    of.put("name", party.name.as_str());
    of.text("siret", party.siret.as_deref());
    let parts = [
        ("archival", party.archival),
        ("transferring", party.transferring),
        ("originating", party.originating),
    ];
    let parts = parts.into_iter().filter(|(_, has)| *has).map(|(part, _)| part.to_owned());
    of.list("parts", &parts.collect::<Vec<_>>());
    of.day("valid_from", party.valid_from);
    of.day("valid_until", party.valid_until);
    of.text("successor", party.successor.as_deref());
    of
}

/// Where the file of a profile goes: where it came from, if that is a path under the member's folder.
fn file_of(profile: &Profile) -> PathBuf {
    let path = Path::new(&profile.in_force.file_name);
    let is_inside = path.components().all(|part| matches!(part, Component::Normal(_)));
    let is_own = path.components().count() > 1 && path.extension().is_some_and(|end| end == "rng");
    if is_inside && is_own {
        return path.to_path_buf();
    }
    PathBuf::from(format!("profils/{}.rng", profile.profile_id))
}

fn profile_table(profile: &Profile, path: &Path) -> Written {
    let mut of = Written::default();
    of.put("identifier", profile.identifier.as_str());
    of.put("name", profile.name.as_str());
    of.text("notice", Some(profile.notice.as_str()).filter(|notice| !notice.is_empty()));
    of.put("file", path.to_string_lossy().into_owned());
    of.put("state", if profile.active { "active" } else { "inactive" });
    of
}

fn agreement(agreement: &Agreement) -> Written {
    let mut of = Written::default();
    of.put("identifier", agreement.identifier.as_str());
    of.put("name", agreement.name.as_str());
    of.put(
        "acceptance",
        match agreement.acceptance {
            Acceptance::Automatic => "automatic",
            Acceptance::Archivist => "archivist",
        },
    );
    of.put("archival_agency", agreement.archival_agency.as_str());
    let texts =
        |texts: &[String]| Value::Array(texts.iter().map(|text| Value::from(text.as_str())).collect());
    of.put("transferring", texts(&agreement.transferring_agencies));
    of.put("originating", texts(&agreement.originating_agencies));
    of.put("transfer_bytes_max", i64::try_from(agreement.transfer_bytes_max).unwrap_or(i64::MAX));
    of.list("profiles", &agreement.profiles);
    if agreement.profile_imposed {
        of.put("profile_imposed", true);
    }
    of.list("tolerances", &agreement.tolerances);
    of.put("virus", agreement.virus.word());
    of.put("virus_large", agreement.virus_large.word());
    of.list("formats", &agreement.formats.accepted);
    of.put("format_unknown", agreement.formats.unknown.word());
    of.put("format_differs", agreement.formats.differs.word());
    of.tables("limit", agreement.limits.iter().map(limit).collect());
    let conditions = &agreement.conditions;
    of.put("age", conditions.age.word());
    of.text("typology", conditions.typology.as_deref());
    of.list("digests", &conditions.digests);
    let signing = |signing: Signing| Some(signing.word()).filter(|_| signing != Signing::Free);
    of.text("message_signature", signing(conditions.message_signature));
    of.text("document_signatures", signing(conditions.document_signatures));
    of.put("reply_codes", conditions.reply_codes.word());
    of.list("notify", &conditions.notify);
    of.list("sites", &conditions.sites);
    of.number("reading_days", conditions.reading_days.map(i64::from));
    if conditions.reliable_copy {
        of.put("reliable_copy", true);
    }
    if let Some(expected) = conditions.expected {
        let mut calendar = Written::default();
        calendar.put("every", expected.every.word());
        calendar.put("within_days", i64::from(expected.within_days));
        calendar.day("since", Some(expected.since));
        of.put("expected", calendar.0);
    }
    of.day("valid_from", agreement.valid_from);
    of.day("valid_until", agreement.valid_until);
    of.put("state", if agreement.active { "active" } else { "suspended" });
    of
}

fn limit(limit: &DepositLimit) -> Written {
    let mut of = Written::default();
    of.put("per", limit.per.word());
    let number = |number: Option<u64>| number.and_then(|number| i64::try_from(number).ok());
    of.number("transfers", number(limit.transfers));
    of.number("files", number(limit.files));
    of.number("bytes", number(limit.bytes));
    of
}
