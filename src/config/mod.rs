//! Every setting: `config.toml` beside this folder holds defaults and explanations, `chartrier.toml` and
//! `CHARTRIER_…` variables replace them. A wrong one stops the program with the place at fault.

mod antivirus;
mod integrity;
mod mail;
mod provider;
mod secret;
mod share;
mod sites;
mod timestamp;
mod witness;
mod written;

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::TimeDelta;
use toml::{Table, Value};

use crate::antivirus as scanner;
use crate::identity::ProviderSettings;
use crate::mail as post;
use crate::model::Limits;
use crate::preservation;
use crate::proof::witness::Log;
use crate::storage::SiteSettings;
use crate::timestamp as stamping;
use crate::web::TlsSettings;
use crate::witness as cosigning;

pub use share::Share;
use written::{Written, merge, set_variable};

/// The defaults, as documented to operators.
pub const DEFAULTS: &str = include_str!("../config.toml");

/// Variables of the environment that are no settings of this file.
const OTHER_VARIABLES: [&str; 5] =
    ["CHARTRIER_CONFIG", "CHARTRIER_CORPUS", "CHARTRIER_FAIL_KILL", "CHARTRIER_PRONOM", "CHARTRIER_SYNC_LOG"];

/// The settings of one process.
#[derive(Clone, Debug)]
pub struct Config {
    pub data: PathBuf,
    pub listen: SocketAddr,
    pub public_url: String,
    pub trusted_proxy: Option<IpAddr>,
    pub metrics_listen: SocketAddr,
    pub log_json: bool,
    pub log_level: String,
    /// `None`: the program runs its own PostgreSQL.
    pub database_url: Option<String>,
    pub database_connections: u32,
    /// Folders are absolute or under `data`.
    pub sites: Vec<SiteSettings>,
    pub storage_grouped_bytes: u64,
    pub storage_free_bytes_min: u64,
    pub storage_waiting_max: u32,
    /// `None`: the database is not backed up by this program.
    pub backup: Option<Backup>,
    pub worker_jobs: usize,
    pub worker_lease: Duration,
    /// What one member may have of all this at once.
    pub share: Share,
    pub integrity: preservation::Settings,
    /// `None`: no virus scanner.
    pub antivirus: Option<scanner::Settings>,
    /// Under which the service signs, and with which the names of its logs begin.
    pub evidence_name: String,
    /// Who stamps the seals, in the order they are asked.
    pub timestamp: Vec<stamping::Settings>,
    /// Days before the end of its certificate from which a stamp is renewed.
    pub renew_days: u32,
    /// Services that cosign our heads.
    pub witnesses: Vec<cosigning::Settings>,
    /// Logs of other services that we cosign.
    pub witnessed: Vec<Log>,
    /// How far the time that a stamp tells may be from ours.
    pub clock_tolerance: TimeDelta,
    /// `None`: a passphrase is made beside the keys.
    pub keys_passphrase_file: Option<PathBuf>,
    /// Of those whom the service believes of electronic signatures; `None`: of nobody.
    pub signature_anchors: Option<PathBuf>,
    /// `None`: a proxy in front ends TLS.
    pub tls: Option<TlsSettings>,
    /// Whether the second factors of norms §8 are asked for.
    pub second_factor: bool,
    /// Said by the command that demonstrates, by no setting.
    pub is_demonstration: bool,
    /// `None`: people log in by their passwords alone.
    pub provider: Option<ProviderSettings>,
    /// `None`: nobody is written to.
    pub mail: Option<post::Settings>,
    pub quarantine_refused_days: u32,
    /// Days during which a machine's deposit waits for room in its member's quota.
    pub quota_machine_wait_days: u32,
    pub limits: Limits,
}

/// Where the database's backups go.
#[derive(Clone, Debug)]
pub struct Backup {
    pub folder: PathBuf,
    pub wal_seconds: u32,
    /// Bases or dumps kept.
    pub kept: usize,
}

/// Why the settings were refused; the sentence names file and line, or the variable.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Error(String);

/// The settings of this process: the file named by `CHARTRIER_CONFIG`, else `chartrier.toml` when there is
/// one, under the variables of the environment.
#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
pub fn load() -> Result<Config, Error> {
    let named = std::env::var_os("CHARTRIER_CONFIG").map(PathBuf::from);
    let path = named.clone().unwrap_or_else(|| PathBuf::from("chartrier.toml"));
    let text = match std::fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && named.is_none() => String::new(),
        Err(error) => return Err(Error(format!("{} : illisible ({error})", path.display()))),
    };
    let variables = std::env::vars().filter(|(name, _)| name.starts_with("CHARTRIER_"));
    read(&text, &path, variables)
}

/// The settings written in `text` (the content of `path`) under `variables`.
pub fn read(
    text: &str,
    path: &Path,
    variables: impl Iterator<Item = (String, String)>,
) -> Result<Config, Error> {
    let defaults: Table = DEFAULTS.parse().expect("config.toml is ours");
    let written: Table =
        text.parse().map_err(|error: toml::de::Error| at(path, text, error.span(), error.message()))?;
    let mut settings = defaults.clone();
    merge(&mut settings, written, "", &|name, reason| {
        let line = line_of(text, name);
        Error(format!("{}:{line} : {name} : {reason}", path.display()))
    })?;
    for (variable, value) in variables {
        if OTHER_VARIABLES.contains(&variable.as_str()) {
            continue;
        }
        set_variable(&mut settings, &variable, &value)?;
    }
    let written: Written = Value::Table(settings)
        .try_into()
        .map_err(|error: toml::de::Error| Error(format!("{} : {}", path.display(), error.message())))?;
    checked(written).map_err(|(name, reason)| {
        Error(format!("{}:{} : {name} : {reason}", path.display(), line_of(text, &name)))
    })
}

/// What ends TLS; else the setting's name and the reason.
fn tls(written: &written::Tls, data: &Path) -> Result<Option<TlsSettings>, (&'static str, String)> {
    let empty = |path: &Path| path.as_os_str().is_empty();
    match (empty(&written.certificate_file), empty(&written.key_file)) {
        (true, true) => return Ok(None),
        (false, false) => {}
        _ => return Err(("tls.key_file", "certificate_file et key_file vont ensemble".into())),
    }
    let key = data.join(&written.key_file);
    secret::kept(&key).map_err(|reason| ("tls.key_file", reason))?;
    let certificate = data.join(&written.certificate_file);
    Ok(Some(TlsSettings { certificate, key, asks_certificates: written.client_certificates }))
}

fn at(path: &Path, text: &str, span: Option<std::ops::Range<usize>>, reason: &str) -> Error {
    let line = span.map_or(1, |span| text[..span.start.min(text.len())].matches('\n').count() + 1);
    Error(format!("{}:{line} : {reason}", path.display()))
}

/// Line of the last part of a setting's path in the file, under its table; 0 when it is not written there.
fn line_of(text: &str, name: &str) -> usize {
    let (table, key) = name.rsplit_once('.').unwrap_or(("", name));
    let mut current = "";
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if let Some(header) = line.strip_prefix('[') {
            current = header.trim_end_matches(']');
        }
        let written = line.split('=').next().unwrap_or("").trim();
        if (current == table && written == key) || (line.starts_with('[') && current == name) {
            return index + 1;
        }
    }
    0
}

/// Values that only a look can check; the error gives the setting's path and the reason.
#[expect(clippy::too_many_lines, reason = "one setting after the other")]
fn checked(written: Written) -> Result<Config, (String, String)> {
    let bad = |name: &str, reason: &str| (name.to_string(), reason.to_string());
    let address = |name: &str, text: &str| -> Result<SocketAddr, (String, String)> {
        text.parse().map_err(|_| bad(name, "une adresse « 127.0.0.1:8080 » est attendue"))
    };
    let trusted_proxy = match written.trusted_proxy.as_str() {
        "" => None,
        text => Some(text.parse().map_err(|_| bad("trusted_proxy", "une adresse IP est attendue"))?),
    };
    if !matches!(written.log.format.as_str(), "text" | "json") {
        return Err(bad("log.format", "text ou json"));
    }
    if !written.public_url.starts_with("http://") && !written.public_url.starts_with("https://") {
        return Err(bad("public_url", "une adresse http:// ou https:// est attendue"));
    }
    if written.worker.jobs == 0 || written.worker.jobs > 256 {
        return Err(bad("worker.jobs", "de 1 à 256"));
    }
    if written.worker.lease_seconds == 0 || written.worker.lease_seconds > 3_600 {
        return Err(bad("worker.lease_seconds", "de 1 à 3600"));
    }
    if written.database.connections < 4 {
        return Err(bad("database.connections", "4 au moins"));
    }
    if written.quarantine.refused_days > 36_500 {
        return Err(bad("quarantine.refused_days", "36500 au plus"));
    }
    if written.quota.machine_wait_days > 365 {
        return Err(bad("quota.machine_wait_days", "365 au plus"));
    }
    let evidence_name = evidence_name(&written.evidence.name, &written.public_url);
    if evidence_name.is_empty()
        || evidence_name.contains('+')
        || evidence_name.chars().any(char::is_whitespace)
    {
        return Err(bad(
            "evidence.name",
            "un nom sans espace ni « + » est attendu, comme archives.example.fr",
        ));
    }
    let data = std::path::absolute(&written.data).map_err(|_| bad("data", "dossier illisible"))?;
    Ok(Config {
        listen: address("listen", &written.listen)?,
        metrics_listen: address("metrics.listen", &written.metrics.listen)?,
        public_url: written.public_url.trim_end_matches('/').to_string(),
        trusted_proxy,
        log_json: written.log.format == "json",
        log_level: written.log.level,
        database_url: Some(written.database.url).filter(|url| !url.is_empty()),
        database_connections: written.database.connections,
        sites: sites::sites(&written.storage.sites, &written.sites, &data)?,
        storage_grouped_bytes: written.storage.grouped_bytes,
        storage_free_bytes_min: written.storage.free_bytes_min,
        storage_waiting_max: written.storage.waiting_max,
        backup: backup(written.backup, &data).map_err(|(name, reason)| bad(name, reason))?,
        worker_jobs: written.worker.jobs,
        worker_lease: Duration::from_secs(written.worker.lease_seconds),
        share: share::checked(&written.share, written.worker.jobs, written.database.connections)?,
        integrity: integrity::checked(&written.integrity)?,
        antivirus: antivirus::checked(&written.antivirus).map_err(|(name, reason)| bad(name, reason))?,
        signature_anchors: anchors(&written.signatures.anchors, &data)
            .map_err(|reason| bad("signatures.anchors", &reason))?,
        evidence_name,
        timestamp: timestamp::authorities(&written.timestamp, &data)?,
        witnesses: witness::witnesses(&written.witness)?,
        witnessed: witness::witnessed(&written.witnessed)?,
        renew_days: written.evidence.renew_days,
        clock_tolerance: TimeDelta::seconds(written.evidence.clock_tolerance_seconds.into()),
        keys_passphrase_file: passphrase(&written.keys.passphrase_file, &data)
            .map_err(|reason| bad("keys.passphrase_file", &reason))?,
        tls: tls(&written.tls, &data).map_err(|(name, reason)| bad(name, &reason))?,
        second_factor: match written.people.second_factor.as_str() {
            "required" => true,
            "offered" => false,
            _ => return Err(bad("people.second_factor", "required ou offered")),
        },
        is_demonstration: false,
        provider: provider::checked(&written.provider, &data, written.public_url.trim_end_matches('/'))
            .map_err(|(name, reason)| bad(name, &reason))?,
        mail: mail::checked(&written.mail, &data).map_err(|(name, reason)| bad(name, &reason))?,
        quarantine_refused_days: written.quarantine.refused_days,
        quota_machine_wait_days: written.quota.machine_wait_days,
        limits: Limits {
            received_bytes_max: written.limits.received_bytes,
            expanded_bytes_max: written.limits.expanded_bytes,
            expansion_ratio_max: written.limits.expansion_ratio,
            entries_max: written.limits.entries,
            manifest_bytes_max: written.limits.manifest_bytes,
            xml_elements_max: written.limits.xml_elements,
            units_max: written.limits.units,
            objects_max: written.limits.objects,
            ..Limits::default()
        },
        data,
    })
}

/// The folder of those who are believed, when there is one.
fn anchors(path: &Path, data: &Path) -> Result<Option<PathBuf>, String> {
    if path.as_os_str().is_empty() {
        return Ok(None);
    }
    let path = data.join(path);
    match std::fs::read_dir(&path) {
        Ok(_) => Ok(Some(path)),
        Err(error) => Err(format!("un dossier de certificats est attendu : {} : {error}", path.display())),
    }
}

/// The file of the passphrase, when there is one.
fn passphrase(path: &Path, data: &Path) -> Result<Option<PathBuf>, String> {
    if path.as_os_str().is_empty() {
        return Ok(None);
    }
    let path = data.join(path);
    secret::kept(&path).map(|()| Some(path))
}

/// The name given, else the public address without its scheme.
fn evidence_name(given: &str, public_url: &str) -> String {
    if !given.is_empty() {
        return given.to_string();
    }
    let address = public_url.split_once("://").map_or(public_url, |(_, address)| address);
    address.trim_end_matches('/').replace(':', "-")
}

/// Where the database's backups go, when they go anywhere.
fn backup(written: written::Backup, data: &Path) -> Result<Option<Backup>, (&'static str, &'static str)> {
    if !(1..=3_600).contains(&written.wal_seconds) {
        return Err(("backup.wal_seconds", "de 1 à 3600"));
    }
    if written.kept == 0 {
        return Err(("backup.kept", "1 au moins"));
    }
    let folder = data.join(&written.folder);
    let wanted = !written.folder.as_os_str().is_empty();
    Ok(wanted.then_some(Backup { folder, wal_seconds: written.wal_seconds, kept: written.kept }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(text: &str, variables: &[(&str, &str)]) -> Result<Config, Error> {
        let variables = variables.iter().map(|(name, value)| (name.to_string(), value.to_string()));
        read(text, Path::new("chartrier.toml"), variables)
    }

    #[test]
    fn the_defaults_are_settings() {
        let config = with("", &[]).unwrap();
        assert_eq!(config.listen.port(), 8080);
        assert_eq!(config.sites.len(), 2);
        assert!(config.database_url.is_none());
        assert_eq!(config.integrity, preservation::Settings::default());
        assert!(config.antivirus.is_none() && config.mail.is_none());
        assert_eq!(config.evidence_name, "127.0.0.1-8080");
    }

    #[test]
    fn a_variable_replaces_the_file_which_replaces_the_default() {
        let file = "listen = \"127.0.0.1:1\"\n[worker]\njobs = 2\n";
        let config =
            with(file, &[("CHARTRIER_LISTEN", "127.0.0.1:2"), ("CHARTRIER_METRICS_LISTEN", "127.0.0.1:3")]);
        let config = config.unwrap();
        assert_eq!((config.listen.port(), config.metrics_listen.port(), config.worker_jobs), (2, 3, 2));
    }

    #[test]
    fn a_wrong_setting_is_refused_with_its_line() {
        for (text, expected) in [
            ("\nlisten = 8080", "chartrier.toml:2 : listen"),
            ("[worker]\n\njobs = 0", "chartrier.toml:3 : worker.jobs"),
            ("[share]\n\nuploads_at_once = 0", "chartrier.toml:3 : share.uploads_at_once : de 1"),
            ("[worker]\njob = 1", "chartrier.toml:2 : worker.job : réglage inconnu"),
            ("\n\nlisten = ", "chartrier.toml:3"),
            ("[quarantine]\nrefused_days = 4000000000", "chartrier.toml:2 : quarantine.refused_days"),
            ("[storage]\nsites = \"a=x\"", "chartrier.toml:2 : storage.sites : deux sites"),
            ("[integrity]\nsample_percent = 101.0", "chartrier.toml:2 : integrity.sample_percent : de 0"),
            ("[integrity]\n\ncycle_months = 0", "chartrier.toml:3 : integrity.cycle_months"),
            ("[antivirus]\naddress = \"clamd\"", "chartrier.toml:2 : antivirus.address"),
            ("[signatures]\nanchors = \"absent\"", "chartrier.toml:2 : signatures.anchors"),
            ("[antivirus]\nstream_bytes_max = 3000000000", "chartrier.toml:2 : antivirus.stream_bytes_max"),
            (
                "[antivirus]\nparts_overlap_bytes = 20000000",
                "chartrier.toml:2 : antivirus.parts_overlap_bytes",
            ),
            ("[antivirus]\ntimeout_seconds = 0", "chartrier.toml:2 : antivirus.timeout_seconds"),
            ("[mail]\ntls = \"ssl\"", "chartrier.toml:2 : mail.tls"),
            ("[mail]\nhost = \"mx\"", "chartrier.toml:0 : mail.from"),
            ("[mail]\n\nuser = \"x\"", "mail.password_file : user et password_file"),
            (
                "[mail]\nuser = \"x\"\npassword_file = \"y\"\ntls = \"none\"",
                "chartrier.toml:4 : mail.tls : un mot de passe",
            ),
            (
                "[mail]\nhost = \"mx\"\nfrom = \"a@b.fr\"\nuser = \"x\"\npassword_file = \"/nulle/part\"",
                "chartrier.toml:5 : mail.password_file",
            ),
            ("[keys]\npassphrase_file = \"/nulle/part\"", "chartrier.toml:2 : keys.passphrase_file"),
            ("[keys]\npassphrase_file = \"/etc/hostname\"", "est lisible par d’autres (chmod 600)"),
            (
                "[timestamp.a]\nurl = \"https://a.fr\"\nroots = \"/etc/hostname\"\nuser = \"x\"",
                "timestamp.a.password_file : user et password_file",
            ),
            (
                "[timestamp.a]\nurl = \"https://a.fr\"\nroots = \"/etc/hostname\"\nuser = \"x\"\n\
                 password_file = \"/etc/hostname\"",
                "chartrier.toml:5 : timestamp.a.password_file : /etc/hostname est lisible par d’autres",
            ),
            (
                "[mail]\nhost = \"mx\"\nfrom = \"a@b.fr\"\nuser = \"x\"\npassword_file = \"/etc/hostname\"",
                "chartrier.toml:5 : mail.password_file : /etc/hostname est lisible par d’autres",
            ),
            ("[witness.a]\nurl = \"mx\"", "witness.a.url : une adresse http"),
            (
                "[witness.a]\nurl = \"https://a.fr/witness\"\nkey = \"a.fr+00000000+AA==\"",
                "chartrier.toml:3 : witness.a.key",
            ),
            ("[witnessed.a]\nkey = \"x\"", "witnessed.a.origin"),
            (
                "[witnessed.a]\norigin = \"a.fr/plateforme\"\nkey = \"x\"",
                "chartrier.toml:3 : witnessed.a.key",
            ),
            ("[logs]\nformat = \"json\"", "chartrier.toml:1 : logs : réglage inconnu"),
        ] {
            let error = with(text, &[]).expect_err(text).to_string();
            assert!(error.contains(expected), "{text:?}: {error}");
        }
    }

    #[test]
    fn a_variable_reaches_into_a_table_and_one_that_names_no_setting_is_refused() {
        let scanner =
            with("[antivirus]\naddress = \"/run/clamd\"", &[("CHARTRIER_ANTIVIRUS_TIMEOUT_SECONDS", "5")]);
        assert_eq!(scanner.unwrap().antivirus.unwrap().timeout, Duration::from_secs(5));
        let error = with("", &[("CHARTRIER_LISTN", "x")]).unwrap_err().to_string();
        assert!(error.contains("CHARTRIER_LISTN"), "{error}");
    }
}
