//! The demonstration, run as people run it, twice: the second run finds what the first left, and is asked what archivists look for.

mod questions;

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Output, Stdio};

use chartrier::model::EventType;
use serde_json::Value;
use uuid::Uuid;

fn demo(data: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_chartrier"))
        .args(["demo", "--once"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .env("CHARTRIER_DATA", data)
        .env_remove("CHARTRIER_DATABASE_URL")
        .output()
        .expect("the program runs")
}

/// The demonstration with its portal, stopped with the test.
struct Served {
    child: Child,
    said: BufReader<ChildStdout>,
    portal: String,
    printed: String,
}

impl Served {
    fn start(data: &Path) -> Served {
        let free = || TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let (listen, metrics) = (free(), free());
        let mut child = Command::new(env!("CARGO_BIN_EXE_chartrier"))
            .arg("demo")
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .env("CHARTRIER_DATA", data)
            .env("CHARTRIER_LISTEN", listen.to_string())
            .env("CHARTRIER_METRICS_LISTEN", metrics.to_string())
            .env_remove("CHARTRIER_DATABASE_URL")
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program runs");
        let said = BufReader::new(child.stdout.take().unwrap());
        let mut served = Served { child, said, portal: format!("http://{listen}"), printed: String::new() };
        while !served.printed.contains("Tout est en ordre") {
            let read = served.said.read_line(&mut served.printed).unwrap();
            assert!(read > 0, "it stopped: {}", served.printed);
        }
        served
    }

    /// As Ctrl-C does; its database is stopped with it.
    fn stop(mut self) -> String {
        self.interrupt();
        self.said.read_to_string(&mut self.printed).unwrap();
        assert!(self.child.wait().unwrap().success(), "{}", self.printed);
        std::mem::take(&mut self.printed)
    }

    fn interrupt(&self) {
        let _ = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        if self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            self.interrupt();
            let _ = self.child.wait();
        }
    }
}

/// The references (cotes) printed, in order.
fn cotes(printed: &str) -> Vec<&str> {
    printed.lines().filter_map(|line| line.trim().strip_prefix("cote ")).collect()
}

#[test]
fn the_demonstration_succeeds_and_its_second_run_finds_what_the_first_left() {
    let data = tempfile::tempdir().expect("a folder");
    let output = demo(data.path());
    let first = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{first}{}", String::from_utf8_lossy(&output.stderr));
    let served = Served::start(data.path());
    questions::each_has_its_first_answer(&served.portal);
    let printed = [first, served.stop()];
    assert_eq!(cotes(&printed[0]).len(), 24, "{}", printed[0]);
    for version in ["0.2", "1.0", "2.1", "2.2", "2.3"] {
        assert!(printed[0].contains(&format!(" 000, SEDA {version}, ")), "{version}: {}", printed[0]);
    }
    assert_eq!(cotes(&printed[0]), cotes(&printed[1]));
    assert!(printed[0].contains("object.missing_file"), "{}", printed[0]);
    // The flows of accounts are signed; the signer of one had a certificate that has ended.
    let told = |what: &str| printed[0].lines().filter(|line| line.trim_end().ends_with(what)).count();
    assert_eq!((told("1 valide"), told("1 indéterminée")), (5, 1), "{}", printed[0]);
    assert!(printed[1].contains("Rien n'a changé depuis la dernière fois."), "{}", printed[1]);
    entries_say_what_they_must(data.path());
    let left = data.path().join("postgres/cluster/postmaster.pid");
    assert!(!left.exists(), "the database is still there");
}

/// What an entry of each type says beside who, when and how it ended (norms E-02 to E-04): one of these lists, whole; `None`: the
/// demonstration has no occasion for it, `usage`, `preservation::faults`, `preservation::migration` and `recovery::journal` have.
fn said(event_type: EventType) -> Option<&'static [&'static [&'static str]]> {
    match event_type {
        EventType::Reception => Some(&[&["canal", "octets", "sha512"]]),
        // Accepted; waiting for an archivist; a step on the way.
        EventType::Controle => Some(&[
            &["accord", "accord_version", "manifest_sha512", "antivirus", "archive", "cote"],
            &["accord", "accord_version", "antivirus"],
            &["etape"],
        ]),
        EventType::Rejet => Some(&[&["codes"]]),
        EventType::PriseEnCharge => Some(&[&[
            "accord",
            "accord_version",
            "cote",
            "fichiers",
            "nom_accord",
            "octets",
            "reponse_sha512",
            "transfert",
        ]]),
        EventType::Replication => Some(&[&["sites"]]),
        EventType::ControleIntegrite => {
            Some(&[&["archives", "archives_en_defaut", "copies", "octets", "sites"]])
        }
        EventType::Consultation => Some(&[&["archive"]]),
        EventType::Attestation => Some(&[&["genre", "sha256"]]),
        EventType::Parametrage => Some(&[&["action"]]),
        // A seal; attestations completed by it.
        EventType::Scellement => Some(&[&["number", "root", "seal", "size"], &["attestations"]]),
        // The demonstration is over before its day is.
        EventType::Mesure
        | EventType::Communication
        | EventType::Incident
        | EventType::Reparation
        | EventType::MigrationSupport
        | EventType::Reconstruction => None,
    }
}

const TYPES: [EventType; 16] = [
    EventType::Reception,
    EventType::Controle,
    EventType::Rejet,
    EventType::PriseEnCharge,
    EventType::Replication,
    EventType::ControleIntegrite,
    EventType::MigrationSupport,
    EventType::Consultation,
    EventType::Communication,
    EventType::Attestation,
    EventType::Incident,
    EventType::Reparation,
    EventType::Reconstruction,
    EventType::Parametrage,
    EventType::Scellement,
    EventType::Mesure,
];

/// Who acted is an identifier, never a name.
fn is_pseudonym(agent: &str) -> bool {
    match agent.split_once(':') {
        Some(("person" | "machine", id)) => Uuid::parse_str(id).is_ok(),
        None => matches!(agent, "service" | "operator"),
        Some(_) => false,
    }
}

/// Each entry that the demonstration left in the members' journals, read from their copies on a site.
fn entries_say_what_they_must(data: &Path) {
    let mut seen: BTreeMap<(String, usize), u64> = BTreeMap::new();
    for member in fs::read_dir(data.join("sites/nord/.kept")).unwrap() {
        let copy = member.unwrap().path().join("journal-000000000001.txt");
        let Ok(text) = fs::read_to_string(&copy) else { continue };
        for line in text.lines() {
            let entry: Value = serde_json::from_str(&line[line.find('{').unwrap()..]).unwrap();
            let field = |name: &str| entry[name].as_str().unwrap_or_else(|| panic!("{name}: {line}"));
            let event_type = TYPES.iter().find(|known| known.word() == field("type"));
            let event_type = event_type.unwrap_or_else(|| panic!("a type of no table: {line}"));
            assert!(is_pseudonym(field("agent")) && matches!(field("outcome"), "OK" | "KO"), "{line}");
            // Whom a person acts for is the member, whose journal it is; under which role, the entry says.
            assert_eq!(entry["role"].is_string(), field("agent").starts_with("person:"), "{line}");
            // A thing by its identifier, or what the member has one of.
            let object = field("object");
            let is_named =
                object.split_once(':').is_some_and(|(kind, id)| !kind.is_empty() && !id.is_empty());
            assert!(is_named || ["deposits", "retention_schedule"].contains(&object), "{line}");
            assert!(field("ts").ends_with('Z'), "{line}");
            let has = |names: &&&[&str]| names.iter().all(|name| entry["detail"][*name].is_string());
            let whole = said(*event_type).map(|lists| lists.iter().position(|names| has(&names)));
            assert_ne!(whole, Some(None), "it does not say what it must: {line}");
            if let Some(Some(which)) = whole {
                *seen.entry((field("type").to_owned(), which)).or_default() += 1;
            }
        }
    }
    for event_type in TYPES.iter().filter(|known| said(**known).is_some()) {
        let first = (event_type.word().to_owned(), 0);
        assert!(seen.contains_key(&first), "{first:?}: {seen:?}");
    }
}
