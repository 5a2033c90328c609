//! The virus check, by a real engine with a signature of our own: what is found, what is too large, what waits.

use std::io::Write;
use std::os::unix::net::UnixListener;
use std::sync::mpsc;
use std::time::Duration;

use chartrier::antivirus::{Address, Scanner, Settings};
use chartrier::ingest::archivist::Decider;
use chartrier::ingest::{Error, Ingest, WAITS_FOR_SCANNER};
use chartrier::model::{
    Agent, Event, EventType, Limits, NotScanned, Outcome, Transfer, TransferState, VirusCoverage,
};

use super::{Desk, codes, older};
use crate::support::clamd::{self, Clamd, FILES_MAX, INFECTED, NAME, OVERLAP_BYTES, STREAM_BYTES};
use crate::support::service::{Client, Place, Service};
use crate::support::sip::Sip;
use crate::support::{database, fresh_tenant, vault};

/// A desk whose path has this scanner.
async fn with(scanner: Scanner) -> Desk {
    let tenant = fresh_tenant().await;
    let ingest =
        Ingest::new(tenant.db.clone(), vault::storage(), tenant.clock.clone(), Limits::default(), 30);
    Desk { ingest: ingest.with_scanner(Some(scanner)), tenant }
}

async fn desk() -> Desk {
    with(clamd::shared().scanner()).await
}

/// Deposits, and leaves out what is said of formats: the files here are of none.
async fn deposit(desk: &Desk, bytes: Vec<u8>) -> Transfer {
    let mut transfer = desk.deposit(bytes).await;
    transfer.findings.retain(|finding| !finding.kind.code.starts_with("format."));
    transfer
}

/// What the desk's agreements ask from now on.
async fn ask(desk: &Desk, virus: &str, large: &str) {
    let mut tx = desk.tenant.db.write(desk.tenant.tenant).await.unwrap();
    sqlx::query("update agreement set virus = $1, virus_large = $2")
        .bind(virus)
        .bind(large)
        .execute(tx.conn())
        .await
        .unwrap();
    tx.record(Event {
        event_type: EventType::Parametrage,
        outcome: Outcome::Ok,
        agent: Agent::Operator,
        object: format!("agreement:{}", desk.tenant.agreement),
        detail: vec![("virus", virus.to_owned())],
    });
    tx.commit().await.unwrap();
}

fn coverage(transfer: &Transfer) -> &VirusCoverage {
    transfer.virus.as_ref().expect("it was examined")
}

/// The detail of the journal's entry that tells the check.
async fn told(desk: &Desk, transfer: &Transfer) -> Vec<String> {
    let mut tx = desk.tenant.db.read(desk.tenant.tenant).await.unwrap();
    sqlx::query_scalar(
        "select outcome || ' ' || entry from event
         where object = $1 and event_type = 'CONTROLE' and entry like '%moteur%' order by seq",
    )
    .bind(format!("transfer:{}", transfer.transfer_id))
    .fetch_all(tx.conn())
    .await
    .unwrap()
}

/// A file of this length that bears nothing, and the virus at this place when one is given.
fn file(size: usize, virus_at: Option<usize>) -> Vec<u8> {
    let mut bytes: Vec<u8> =
        (0..size as u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8 | 0x80).collect();
    if let Some(at) = virus_at {
        bytes[at..at + INFECTED.len()].copy_from_slice(INFECTED);
    }
    bytes
}

#[tokio::test]
async fn a_clean_transfer_is_taken_in_charge_and_says_how_far_it_was_checked() {
    let desk = desk().await;
    let transfer = deposit(&desk, desk.sip("SAIN").zip()).await;
    assert_eq!(transfer.state, TransferState::TakenInCharge, "{:?}", transfer.findings);
    let found = coverage(&transfer);
    assert_eq!((found.scanned, found.in_parts, found.infected), (4, 0, 0), "three files and the manifest");
    assert!(found.is_whole() && found.engine.as_ref().unwrap().name.starts_with("ClamAV"), "{found:?}");

    let told = told(&desk, &transfer).await;
    assert_eq!(told.len(), 1, "{told:?}");
    for said in ["OK ", "ClamAV", "analyses", "\"4\"", "non_analyses", "\"0\""] {
        assert!(told[0].contains(said), "{said}: {told:?}");
    }
    let mut premis = String::new();
    let store = vault::storage().tenant(desk.tenant.tenant);
    let path = "v1/content/metadata/premis.xml";
    std::io::Read::read_to_string(&mut store.read(transfer.archive_id.unwrap(), path).unwrap(), &mut premis)
        .unwrap();
    assert!(premis.contains("<eventType>virus check</eventType>"), "{premis}");
    assert!(premis.contains("4 files scanned by ClamAV"), "{premis}");
    desk.end().await;
}

#[tokio::test]
async fn an_infected_file_refuses_the_transfer_whose_bytes_are_locked_up_until_they_go() {
    let desk = desk().await;
    let mut sip = desk.sip("INFECTE");
    sip.files[1].1 = file(300_000, Some(200_000));
    // The engine looks inside archives.
    let inner = Sip { files: vec![("content/dedans.txt".into(), INFECTED.to_vec())], ..desk.sip("DEDANS") };
    sip.files[2] = ("content/archive.zip".into(), inner.zip());
    let bytes = sip.zip();
    let transfer = deposit(&desk, bytes.clone()).await;
    assert_eq!(transfer.state, TransferState::Refused);
    assert_eq!(codes(&transfer), ["virus.found"]);
    let infected: Vec<_> = transfer.findings.iter().map(|finding| finding.path.as_deref().unwrap()).collect();
    assert_eq!(infected, ["content/piece-2.pdf", "content/archive.zip"]);
    assert!(transfer.findings.iter().all(|f| f.line.is_some() && f.message.contains(NAME)), "{transfer:?}");
    assert_eq!((coverage(&transfer).infected, coverage(&transfer).scanned), (2, 2));
    assert!(told(&desk, &transfer).await[0].starts_with("KO "));

    let (tenant, id) = (desk.tenant.tenant, transfer.transfer_id);
    let (storage, folder) =
        (vault::storage(), database::folder().join("vault/quarantine").join(tenant.to_string()));
    let place = folder.join(id.to_string());
    let locked = folder.join(format!("{id}.infected"));
    assert!(storage.quarantine().open(tenant, id).is_err(), "nothing opens it any more");
    assert!(locked.exists() && !place.exists());
    // What a crash between the refusal's commit and the locking up leaves.
    std::fs::rename(&locked, &place).unwrap();
    desk.ingest.advance(tenant, id).await.unwrap();
    assert!(locked.exists() && !place.exists());
    assert_eq!(desk.ingest.sweep(tenant).await.unwrap(), 0);

    // A false alarm is put right by other signatures: the same bytes may be tried again.
    let again = deposit(&desk, bytes).await;
    assert_ne!(again.transfer_id, id);
    assert_eq!(again.state, TransferState::Refused);
    desk.tenant.clock.advance(chrono::Duration::days(31));
    desk.ingest.purge(tenant, id).await.unwrap();
    assert!(!locked.exists());
    desk.end().await;
}

#[tokio::test]
async fn the_manifest_what_it_bears_and_what_nothing_declares_are_looked_at_too() {
    let desk = desk().await;
    let mut inline = Sip { inline: true, ..desk.sip("DANS-LE-BORDEREAU") };
    inline.files[2].1 = file(100_000, Some(70_000));
    let transfer = deposit(&desk, inline.zip()).await;
    assert_eq!(codes(&transfer), ["object.inline", "virus.found"]);
    let found = transfer.findings.iter().find(|finding| finding.is_error()).unwrap();
    assert!(found.message.ends_with("dans le contenu de l'objet BDO2"), "{found:?}");
    assert_eq!((coverage(&transfer).scanned, coverage(&transfer).infected), (3, 1));

    let mut titled = desk.sip("BORDEREAU");
    titled.title = String::from_utf8_lossy(INFECTED).into_owned();
    let transfer = deposit(&desk, titled.zip()).await;
    assert_eq!(codes(&transfer), ["virus.found"]);
    assert_eq!(transfer.findings[0].path.as_deref(), Some("manifest.xml"));

    let sip = desk.sip("NON-DECLARE");
    let mut files: Vec<(&str, &[u8])> =
        sip.files.iter().map(|(name, b)| (name.as_str(), b.as_slice())).collect();
    files.push(("content/oublie.bin", INFECTED));
    let transfer = deposit(&desk, older::zipped_with(&desk, &sip.manifest(), &files)).await;
    assert_eq!(codes(&transfer), ["object.undeclared_file", "virus.found"]);
    assert_eq!((coverage(&transfer).scanned, coverage(&transfer).infected), (4, 1));
    desk.end().await;
}

#[tokio::test]
async fn a_file_larger_than_a_stream_is_taken_as_its_agreement_says() {
    let desk = desk().await;
    let large = |identifier: &str| {
        let mut sip = desk.sip(identifier);
        sip.files[0].1 = file(STREAM_BYTES as usize * 5 / 2, None);
        // The longest that is shown whole.
        sip.files[1].1 = file(STREAM_BYTES as usize, None);
        sip.zip()
    };
    let transfer = deposit(&desk, large("PARTIES")).await;
    assert_eq!(transfer.state, TransferState::TakenInCharge, "{:?}", transfer.findings);
    assert_eq!((coverage(&transfer).scanned, coverage(&transfer).in_parts), (4, 1));

    ask(&desk, "required", "unscanned").await;
    let transfer = deposit(&desk, large("SANS-ANALYSE")).await;
    assert_eq!(transfer.state, TransferState::TakenInCharge, "{:?}", transfer.findings);
    assert_eq!(codes(&transfer), ["virus.not_scanned"]);
    assert_eq!(transfer.findings[0].path.as_deref(), Some("content/piece-1.pdf"));
    assert_eq!(coverage(&transfer).not_scanned, [(NotScanned::TooLarge, 1)]);
    let told = told(&desk, &transfer).await;
    assert!(told[0].contains("too_large 1"), "{told:?}");

    ask(&desk, "required", "refuse").await;
    let bytes = large("REFUS");
    let transfer = deposit(&desk, bytes.clone()).await;
    assert_eq!(transfer.state, TransferState::Refused);
    assert_eq!(codes(&transfer), ["virus.too_large"]);
    ask(&desk, "required", "parts").await;
    let again = deposit(&desk, bytes).await;
    assert_eq!(again.state, TransferState::TakenInCharge, "the rule has changed: {:?}", again.findings);
    desk.end().await;
}

#[tokio::test]
async fn a_virus_across_the_border_of_two_parts_is_found() {
    let desk = desk().await;
    let border = STREAM_BYTES as usize;
    // The second border is short of two streams by what both parts of the first have in common.
    let second = 2 * border - OVERLAP_BYTES;
    for at in [border - 1, border - 12, second - 12, border * 5 / 2 - INFECTED.len()] {
        let mut sip = desk.sip(&format!("BORD-{at}"));
        sip.files[0].1 = file(border * 5 / 2, Some(at));
        let transfer = deposit(&desk, sip.zip()).await;
        assert_eq!(codes(&transfer), ["virus.found"], "{at}");
    }
    ask(&desk, "when_configured", "unscanned").await;
    let mut sip = desk.sip("NON-VU");
    sip.files[0].1 = file(border * 5 / 2, Some(border - 12));
    let transfer = deposit(&desk, sip.zip()).await;
    assert_eq!(codes(&transfer), ["virus.not_scanned"], "the agreement wants it so");
    desk.end().await;
}

#[tokio::test]
async fn what_the_engine_gives_up_on_is_no_clean_file() {
    let desk = desk().await;
    let full = |identifier: &str| {
        let mut sip = desk.sip(identifier);
        let inner = Sip::with_files("PLEIN", 2 * FILES_MAX);
        sip.files[2] = ("content/plein.zip".into(), inner.zip());
        sip.zip()
    };
    let transfer = deposit(&desk, full("RENONCE")).await;
    assert_eq!(transfer.state, TransferState::TakenInCharge, "{:?}", transfer.findings);
    assert_eq!(codes(&transfer), ["virus.not_scanned"]);
    assert_eq!(coverage(&transfer).not_scanned, [(NotScanned::EngineLimit, 1)]);
    ask(&desk, "when_configured", "refuse").await;
    assert_eq!(codes(&deposit(&desk, full("RENONCE-REFUS")).await), ["virus.too_large"]);
    desk.end().await;
}

#[tokio::test]
async fn a_stream_longer_than_the_engine_takes_waits_for_the_settings() {
    let desk = with(clamd::shared().scanner_of(2 * STREAM_BYTES)).await;
    let mut sip = desk.sip("REGLAGE");
    sip.files[0].1 = file(STREAM_BYTES as usize * 3 / 2, None);
    let bytes = sip.zip();
    let reception = desk.receive(bytes.clone()).await;
    let told = desk.ingest.advance(desk.tenant.tenant, reception.transfer.transfer_id).await.unwrap_err();
    assert!(told.is_transient() && told.to_string().contains("antivirus.stream_bytes_max"), "{told}");
    assert_eq!(desk.transfer(reception.transfer.transfer_id).await.state, TransferState::Received);
    ask(&desk, "when_configured", "unscanned").await;
    let transfer = deposit(&desk, bytes).await;
    assert_eq!(codes(&transfer), ["virus.not_scanned"]);
    desk.end().await;
}

#[tokio::test]
async fn an_agreement_that_asks_for_no_check_has_none_and_says_so() {
    let desk = desk().await;
    ask(&desk, "off", "parts").await;
    let mut sip = desk.sip("SANS");
    sip.files[0].1 = INFECTED.to_vec();
    let transfer = deposit(&desk, sip.zip()).await;
    assert_eq!(transfer.state, TransferState::TakenInCharge, "{:?}", transfer.findings);
    assert_eq!(coverage(&transfer).not_scanned, [(NotScanned::Off, 4)]);
    assert_eq!(coverage(&transfer).engine, None);
    assert!(told(&desk, &transfer).await.is_empty());
    desk.end().await;
}

#[tokio::test]
async fn without_a_scanner_an_agreement_that_requires_one_refuses_and_others_say_that_there_is_none() {
    let desk = Desk::open().await;
    let transfer = deposit(&desk, desk.sip("SANS-ANTIVIRUS").zip()).await;
    assert_eq!(transfer.state, TransferState::TakenInCharge, "{:?}", transfer.findings);
    assert_eq!(codes(&transfer), [""; 0]);
    assert_eq!(coverage(&transfer).not_scanned, [(NotScanned::NotConfigured, 4)]);
    ask(&desk, "required", "parts").await;
    let bytes = desk.sip("EXIGE").zip();
    let refused = deposit(&desk, bytes.clone()).await;
    assert_eq!(codes(&refused), ["virus.unavailable"]);
    let desk = Desk { ingest: desk.ingest.with_scanner(Some(clamd::shared().scanner())), ..desk };
    let transfer = deposit(&desk, bytes).await;
    assert_eq!(
        transfer.state,
        TransferState::TakenInCharge,
        "the service has one now: {:?}",
        transfer.findings
    );
    desk.end().await;
}

#[tokio::test]
async fn a_container_refused_for_what_it_is_waits_for_no_scanner() {
    let desk = with(Clamd::stopped().scanner()).await;
    let transfer = deposit(&desk, b"ni zip ni tar".to_vec()).await;
    assert_eq!(codes(&transfer), ["container.unreadable"]);
    let unknown = Sip { agreement: "INCONNU".into(), ..desk.sip("ACCORD") };
    let transfer = deposit(&desk, unknown.zip()).await;
    assert_eq!(codes(&transfer), ["header.agreement_unknown"]);
    assert_eq!(coverage(&transfer).not_scanned, [(NotScanned::Refused, 4)]);
    desk.end().await;
}

#[tokio::test]
async fn what_an_archivist_accepts_is_looked_at_again() {
    let desk = desk().await;
    let sip = desk.under("ARCHIVISTE", &desk.tenant.agreement_with_archivist);
    let transfer = deposit(&desk, sip.zip()).await;
    assert_eq!(transfer.state, TransferState::Examined);
    assert_eq!(coverage(&transfer).scanned, 4);
    let by = desk.tenant.person(chartrier::model::Role::Archivist);
    let (tenant, id) = (desk.tenant.tenant, transfer.transfer_id);
    desk.ingest.approve(tenant, Decider::of_all(by), id).await.unwrap().unwrap();
    desk.ingest.advance(tenant, id).await.unwrap();
    let transfer = desk.transfer(id).await;
    assert_eq!(transfer.state, TransferState::TakenInCharge);
    assert_eq!(told(&desk, &transfer).await.len(), 2, "signatures may know more by then");
    desk.end().await;
}

#[tokio::test]
async fn a_transfer_waits_for_an_engine_that_was_stopped_and_passes_once_it_is_back() {
    let mut clamd = Clamd::stopped();
    let desk = with(clamd.scanner()).await;
    let reception = desk.receive(desk.sip("COUPURE").zip()).await;
    let (tenant, id) = (desk.tenant.tenant, reception.transfer.transfer_id);
    for _ in 0..2 {
        let told = desk.ingest.advance(tenant, id).await.unwrap_err();
        assert!(told.is_transient() && matches!(told, Error::Antivirus(_)), "{told}");
        assert_eq!(desk.transfer(id).await.state, TransferState::Received);
        assert_eq!(desk.events(&format!("transfer:{id}")).await, ["RECEPTION"]);
        clamd.start();
        clamd.stop();
    }
    clamd.start();
    desk.ingest.advance(tenant, id).await.unwrap();
    assert_eq!(desk.transfer(id).await.state, TransferState::TakenInCharge);
    desk.end().await;
}

#[tokio::test]
async fn what_waits_for_the_scanner_is_freed_when_it_answers_again() {
    let mut clamd = Clamd::stopped();
    let desk = with(clamd.scanner()).await;
    let waiting = desk.receive(desk.sip("ATTEND").zip()).await.transfer.transfer_id.0;
    let mut owner = database::connect("chartrier_owner").await;
    // As a worker leaves it, an hour before its next try.
    let (now, later) = (desk.tenant.clock.now(), desk.tenant.clock.now() + chrono::Duration::hours(1));
    sqlx::query("update technical.job set waits_for = $2, run_at = $3, attempts = 12 where subject = $1")
        .bind(waiting)
        .bind(WAITS_FOR_SCANNER)
        .bind(later)
        .execute(&mut owner)
        .await
        .unwrap();
    let mut run_at = async || -> chrono::DateTime<chrono::Utc> {
        sqlx::query_scalar("select run_at from technical.job where subject = $1")
            .bind(waiting)
            .fetch_one(&mut owner)
            .await
            .unwrap()
    };
    assert_eq!(desk.ingest.free_waiting().await.unwrap(), 0);
    assert_eq!(run_at().await, later, "it is still away");
    clamd.start();
    assert!(desk.ingest.free_waiting().await.unwrap() >= 1);
    assert_eq!(run_at().await, now);
    desk.end().await;
}

#[tokio::test]
async fn an_agreement_that_changes_while_files_are_read_has_them_read_again() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("clamd");
    let listener = UnixListener::bind(&socket).unwrap();
    let (reached, has_reached) = mpsc::channel();
    let (go, may_go) = mpsc::channel::<()>();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let said: &[u8] = match clamd::command(&mut stream).as_str() {
                "zVERSION" => b"ClamAV 1.4.3\0",
                _ => {
                    let _ = reached.send(());
                    let _ = may_go.recv();
                    b"stream: OK\0"
                }
            };
            stream.write_all(said).unwrap();
        }
    });
    let timeout = Duration::from_secs(60);
    let settings = Settings {
        address: Address::Unix(socket),
        stream_bytes_max: STREAM_BYTES,
        parts_overlap_bytes: OVERLAP_BYTES,
        timeout,
    };
    let desk = with(Scanner::new(settings)).await;
    let reception = desk.receive(desk.sip("ENTRE-TEMPS").zip()).await;
    let (tenant, id, ingest) = (desk.tenant.tenant, reception.transfer.transfer_id, desk.ingest.clone());
    let advance = tokio::spawn(async move { ingest.advance(tenant, id).await });
    tokio::task::spawn_blocking(move || has_reached.recv_timeout(timeout).map(|()| has_reached))
        .await
        .unwrap()
        .unwrap();
    ask(&desk, "off", "parts").await;
    drop(go);
    let told = advance.await.unwrap().unwrap_err();
    assert!(matches!(told, Error::Contended), "{told}");
    desk.ingest.advance(tenant, id).await.unwrap();
    let transfer = desk.transfer(id).await;
    assert_eq!(coverage(&transfer).not_scanned, [(NotScanned::Off, 4)]);
    desk.end().await;
}

#[test]
fn a_transfer_waits_for_a_scanner_that_is_away_and_ends_by_itself() {
    let mut clamd = Clamd::stopped();
    let socket = clamd.socket();
    let place = Place::fresh();
    let service = Service::start(&place, &[("CHARTRIER_ANTIVIRUS_ADDRESS", socket.to_str().unwrap())]);
    let client = Client::new(service.address);
    let transfer = client.deposit(&Sip::with_files("ANTIVIRUS-ABSENT", 3).zip()).unwrap();
    std::thread::sleep(Duration::from_secs(1));
    let told = client.transfer(&transfer).unwrap();
    assert_eq!(
        (&told["state"], &told["virus_check"]),
        (&"received".into(), &serde_json::Value::Null),
        "{told}"
    );
    assert!(place.log().contains("cannot be reached"), "{}", place.log());
    clamd.start();
    client.wait_for(&transfer, &["taken_in_charge"]).unwrap();
    let told = client.transfer(&transfer).unwrap();
    assert_eq!((&told["virus_check"]["scanned"], &told["virus_check"]["infected"]), (&4.into(), &0.into()));
    place.check_end("ANTIVIRUS-ABSENT", TransferState::TakenInCharge, &client, &transfer).unwrap();
}
