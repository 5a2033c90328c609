//! Settings as they are written: the grammar of the file, and how file and environment lie over the defaults.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Deserialize;
use toml::{Table, Value};

use super::Error;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    pub data: PathBuf,
    pub listen: String,
    pub public_url: String,
    pub trusted_proxy: String,
    pub metrics: Metrics,
    pub log: Log,
    pub database: Database,
    pub storage: Storage,
    pub backup: Backup,
    pub sites: BTreeMap<String, Site>,
    pub worker: Worker,
    pub share: Share,
    pub integrity: Integrity,
    pub antivirus: Antivirus,
    pub signatures: Signatures,
    pub evidence: Evidence,
    pub timestamp: BTreeMap<String, Timestamp>,
    pub witness: BTreeMap<String, Witness>,
    pub witnessed: BTreeMap<String, Witnessed>,
    pub keys: Keys,
    pub people: People,
    pub tls: Tls,
    pub provider: Provider,
    pub mail: Mail,
    pub quarantine: Quarantine,
    pub quota: Quota,
    pub limits: WrittenLimits,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct People {
    pub second_factor: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Tls {
    pub certificate_file: PathBuf,
    pub key_file: PathBuf,
    pub client_certificates: bool,
}

/// What is said of the identity provider.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Provider {
    pub issuer: String,
    pub client_id: String,
    pub client_secret_file: PathBuf,
    pub label: String,
    pub scopes: String,
    pub acr_values: String,
    pub strong_acr: String,
    pub account: String,
    pub email_is_checked: bool,
    pub signed_userinfo: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Evidence {
    pub name: String,
    pub renew_days: u32,
    pub clock_tolerance_seconds: u32,
}

/// What is said of one time-stamping authority.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Timestamp {
    pub url: String,
    pub policy: String,
    pub user: String,
    pub password_file: PathBuf,
    pub digest: String,
    pub roots: PathBuf,
    #[serde(default = "yes")]
    pub ask: bool,
}

fn yes() -> bool {
    true
}

/// What is said of a service that cosigns our heads.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Witness {
    pub url: String,
    pub key: String,
}

/// What is said of a log of another service that we cosign.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Witnessed {
    pub origin: String,
    pub key: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Signatures {
    pub anchors: PathBuf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Keys {
    pub passphrase_file: PathBuf,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Metrics {
    pub listen: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Log {
    pub format: String,
    pub level: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Database {
    pub url: String,
    pub connections: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Storage {
    pub sites: String,
    pub grouped_bytes: u64,
    pub free_bytes_min: u64,
    pub waiting_max: u32,
}

/// What is said of one site, beside where it is.
#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Site {
    pub location: String,
    pub country: String,
    pub owner: String,
    pub qualification: String,
    pub endpoint: String,
    pub region: String,
    pub key_file: PathBuf,
    pub timeout_seconds: Option<u64>,
    pub retry_seconds: Option<u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Backup {
    pub folder: PathBuf,
    pub wal_seconds: u32,
    pub kept: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Worker {
    pub jobs: usize,
    pub lease_seconds: u64,
}

/// What one member may have.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Share {
    pub requests_per_second: u32,
    pub requests_burst: u32,
    pub requests_at_once: u32,
    pub uploads_per_second: u32,
    pub uploads_burst: u32,
    pub uploads_at_once: u32,
    pub jobs: u32,
    pub connections: u32,
    pub connection_wait_seconds: u32,
    pub statement_seconds: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Integrity {
    pub cycle_months: u32,
    pub sample_percent: f64,
    pub overdue_hours: u32,
    pub bytes_per_second: u64,
    pub repair_bytes_per_second: u64,
    pub communication_days: i32,
    pub canaries: u32,
    pub canary_days: u32,
    pub canary_found_days: u32,
    pub listing_days: u32,
    pub orphan_days: u32,
    pub set_aside_days: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Antivirus {
    pub address: String,
    pub stream_bytes_max: u64,
    pub parts_overlap_bytes: u64,
    pub timeout_seconds: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Mail {
    pub host: String,
    pub port: u16,
    pub tls: String,
    pub user: String,
    pub password_file: PathBuf,
    pub from: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Quota {
    pub machine_wait_days: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Quarantine {
    pub refused_days: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenLimits {
    pub received_bytes: u64,
    pub expanded_bytes: u64,
    pub expansion_ratio: u64,
    pub entries: u64,
    pub manifest_bytes: u64,
    pub xml_elements: usize,
    pub units: usize,
    pub objects: usize,
}

/// Settings that are tables of tables, each with a name that the operator chooses.
const NAMED_TABLES: [&str; 4] = ["sites", "timestamp", "witness", "witnessed"];

/// Lays what is written over the defaults; only what the defaults know may be written, with its own type.
pub(super) fn merge(
    into: &mut Table,
    from: Table,
    prefix: &str,
    refuse: &dyn Fn(&str, &str) -> Error,
) -> Result<(), Error> {
    for (key, value) in from {
        let name = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
        match (into.get_mut(&key), value) {
            // One table for each site that `storage.sites` names; its keys are those of `Site`.
            (None, value @ Value::Table(_)) if NAMED_TABLES.contains(&prefix) => {
                _ = into.insert(key, value);
            }
            (None, _) => return Err(refuse(&name, "réglage inconnu")),
            (Some(Value::Table(into)), Value::Table(from)) => merge(into, from, &name, refuse)?,
            (Some(slot), value) if slot.same_type(&value) => *slot = value,
            (Some(slot), value) => {
                let reason = format!("attendu : {} ; trouvé : {}", slot.type_str(), value.type_str());
                return Err(refuse(&name, &reason));
            }
        }
    }
    Ok(())
}

/// Sets what a variable of the environment names, in the type of its default.
pub(super) fn set_variable(settings: &mut Table, variable: &str, value: &str) -> Result<(), Error> {
    fn find<'a>(table: &'a mut Table, rest: &str) -> Option<&'a mut Value> {
        let key = table.iter().find_map(|(key, value)| {
            let name = key.to_uppercase();
            let deeper = rest.strip_prefix(&name).is_some_and(|rest| rest.starts_with('_'));
            (rest == name && !value.is_table() || deeper && value.is_table()).then(|| key.clone())
        })?;
        match table.get_mut(&key)? {
            Value::Table(inner) => find(inner, &rest[key.len() + 1..]),
            slot => Some(slot),
        }
    }
    let slot = find(settings, &variable["CHARTRIER_".len()..])
        .ok_or_else(|| Error(format!("variable {variable} : réglage inconnu")))?;
    *slot = match slot {
        Value::Integer(_) => Value::Integer(
            value
                .parse()
                .map_err(|_| Error(format!("variable {variable} : un nombre entier est attendu")))?,
        ),
        Value::Boolean(_) => Value::Boolean(
            value.parse().map_err(|_| Error(format!("{variable} : true ou false est attendu")))?,
        ),
        _ => Value::String(value.to_string()),
    };
    Ok(())
}
