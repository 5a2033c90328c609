//! Heads stamped by an authority beside us: one a day whatever the members, taken by `openssl ts`, dated as we are.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::process::Command;

use chartrier::evidence::seal_queries;
use chartrier::evidence::token_queries::{self, KeptToken};
use chartrier::model::TenantId;
use chartrier::proof::note::Note;
use chartrier::proof::sealed::Proof;
use chartrier::proof::token::{certificates, token_of, verify};
use chartrier::sealing::{Authorities, Sealing};
use chartrier::timestamp::demonstration::Demonstration;
use chartrier::timestamp::{Authority as Asked, Settings};
use chrono::TimeDelta;

use super::tampering::tamper;
use super::{A, Stage, tenant};
use crate::proof::authority::{Authority, Certificate};
use crate::support::database;

pub const ANYWHERE: &str = "127.0.0.1:0";

pub fn platform() -> TenantId {
    TenantId::of_member(TenantId::CANARIES)
}

pub fn start(folder: &Path, address: SocketAddr, days: u32) -> Demonstration {
    Demonstration::start(folder, address, days).unwrap()
}

pub fn with(stage: &Stage, authorities: &[&Demonstration], renew_days: u32) -> Sealing {
    let all = authorities.iter().map(|one| Asked::new(one.settings().unwrap()).unwrap()).collect();
    // The authority tells the world's time, which is not the stage's.
    let clock_tolerance = TimeDelta::days(3_650);
    stage.sealing.clone().with_authorities(Authorities { all, renew_days, clock_tolerance })
}

pub async fn tokens(stage: &Stage, number: i64) -> Vec<KeptToken> {
    token_queries::tokens_of(&mut stage.db.technical().await.unwrap(), platform(), number).await.unwrap()
}

pub async fn body(stage: &Stage, number: i64) -> String {
    let mut tx = stage.db.technical().await.unwrap();
    let seal = seal_queries::platform_seals_after(&mut tx, number - 1, 1).await.unwrap().pop().unwrap();
    Note::parse(&seal.note).unwrap().text().to_string()
}

fn openssl_accepts(folder: &Path, root: &[u8], token: &[u8], bytes: &[u8]) -> bool {
    for (name, content) in [("root.check", root), ("token.check", token), ("data.check", bytes)] {
        std::fs::write(folder.join(name), content).unwrap();
    }
    let mut openssl = Command::new("openssl");
    openssl.args([
        "ts",
        "-verify",
        "-data",
        "data.check",
        "-in",
        "token.check",
        "-token_in",
        "-CAfile",
        "root.check",
    ]);
    openssl.current_dir(folder).output().unwrap().status.success()
}

#[tokio::test]
async fn each_days_head_gets_one_stamp_whatever_the_members_and_openssl_takes_it() {
    let stage = Stage::new("stamps_days").await;
    let folder = tempfile::tempdir().unwrap();
    let authority = start(folder.path(), ANYWHERE.parse().unwrap(), 3_650);
    let sealing = with(&stage, &[&authority], 0);
    for _ in 0..10 {
        stage.happen(2).await;
        sealing.seal_what_is_due().await.unwrap();
        assert_eq!(sealing.stamp_what_waits().await.unwrap(), 1);
        assert_eq!(sealing.stamp_what_waits().await.unwrap(), 0);
        stage.clock.advance(TimeDelta::days(1));
    }
    let root = authority.settings().unwrap().roots;
    for number in 1..=10 {
        let kept = tokens(&stage, number).await;
        assert_eq!(kept.len(), 1, "one a day for two members: 365 a year, for 300 as for two");
        assert!(kept[0].is_demonstration && kept[0].signer.contains("sans valeur"));
        let body = body(&stage, number).await;
        verify(&kept[0].token, body.as_bytes(), &certificates(&root).unwrap()).unwrap();
        assert!(openssl_accepts(folder.path(), &root, &kept[0].token, body.as_bytes()));
        assert!(!openssl_accepts(folder.path(), &root, &kept[0].token, b"autre"));
        for site in ["nord", "sud"] {
            let store = stage.storage.tenant(platform()).on(&[site]).unwrap();
            let published = store.kept(&format!("log/seals/{number:06}.1.tsr")).unwrap();
            assert_eq!(published.as_deref(), Some(&kept[0].token[..]), "{site}");
        }
    }
    let standing = sealing.standing().await.unwrap().stamping.unwrap();
    assert_eq!((standing.waiting_since, standing.reason), (None, None));
}

#[tokio::test]
async fn the_next_authority_is_asked_when_the_first_does_not_answer() {
    let stage = Stage::new("stamps_second").await;
    let (one, two) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let first = start(one.path(), ANYWHERE.parse().unwrap(), 3_650);
    let second = start(two.path(), ANYWHERE.parse().unwrap(), 3_650);
    let sealing = with(&stage, &[&first, &second], 0);
    drop(first);
    sealing.seal_what_is_due().await.unwrap();
    assert_eq!(sealing.stamp_what_waits().await.unwrap(), 1);
    let roots = certificates(&second.settings().unwrap().roots).unwrap();
    verify(&tokens(&stage, 1).await[0].token, body(&stage, 1).await.as_bytes(), &roots).unwrap();
}

/// An authority whose clock is a year late: it answers one request.
fn late(authority: Authority) -> (SocketAddr, std::thread::JoinHandle<()>) {
    let listener = TcpListener::bind(ANYWHERE).unwrap();
    let address = listener.local_addr().unwrap();
    let answers = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let (mut length, mut line) = (0, String::new());
        while reader.read_line(&mut line).unwrap() > 2 {
            if let Some(value) = line.to_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            line.clear();
        }
        let mut request = vec![0; length];
        reader.read_exact(&mut request).unwrap();
        let token = token_of(&authority.answer(&request)).unwrap();
        let year_ago = chrono::Utc::now() - TimeDelta::days(365);
        let token =
            authority.says_again(&token, Some(&year_ago.format("%Y%m%d%H%M%S").to_string()), "-cades");
        // PKIStatusInfo: granted.
        let mut response = vec![0x30, 3, 2, 1, 0];
        response.extend(token);
        let size = (response.len() as u16).to_be_bytes();
        let response = [&[0x30, 0x82, size[0], size[1]], &response[..]].concat();
        write!(stream, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", response.len())
            .unwrap();
        stream.write_all(&response).unwrap();
    });
    (address, answers)
}

#[tokio::test]
async fn a_stamp_of_another_time_is_refused_and_another_authority_asked() {
    let stage = Stage::new("stamps_clock").await;
    stage.clock.advance(chrono::Utc::now() - stage.clock.now());
    let wrong = Authority::new(Certificate::Between("20230101000000Z", "20990101000000Z"));
    let folder = tempfile::tempdir().unwrap();
    let right = start(folder.path(), ANYWHERE.parse().unwrap(), 3_650);
    let roots = wrong.root();
    let (address, answers) = late(wrong);
    let settings =
        Settings { name: "a".into(), url: format!("http://{address}/"), roots, ..right.settings().unwrap() };
    let ask = |settings: Settings, clock_tolerance| {
        let all = vec![Asked::new(settings).unwrap(), Asked::new(right.settings().unwrap()).unwrap()];
        stage.sealing.clone().with_authorities(Authorities { all, renew_days: 0, clock_tolerance })
    };
    let sealing = ask(settings, Authorities::default().clock_tolerance);
    sealing.seal_what_is_due().await.unwrap();
    assert_eq!(sealing.stamp_what_waits().await.unwrap(), 1);
    answers.join().unwrap();
    assert_eq!(tokens(&stage, 1).await[0].authority, "demonstration");
    // None whose time is ours: none is kept, and that is said.
    stage.clock.advance(TimeDelta::days(1));
    sealing.seal_what_is_due().await.unwrap();
    assert_eq!(sealing.stamp_what_waits().await.unwrap(), 0);
    let reason = sealing.standing().await.unwrap().stamping.unwrap().reason.unwrap();
    assert!(reason.contains("« demonstration »") && reason.contains("clock_tolerance_seconds"), "{reason}");
    assert!(tokens(&stage, 2).await.is_empty());
    // As far as the settings allow.
    let patient = ask(right.settings().unwrap(), TimeDelta::hours(25));
    assert_eq!(patient.stamp_now().await.unwrap(), 1);
}

#[tokio::test]
async fn a_member_that_asks_for_it_has_its_own_heads_stamped_and_its_proofs_carry_them() {
    let stage = Stage::new("stamps_own").await;
    let folder = tempfile::tempdir().unwrap();
    let authority = start(folder.path(), ANYWHERE.parse().unwrap(), 3_650);
    let sealing = with(&stage, &[&authority], 0);
    let day = || async {
        stage.happen(3).await;
        sealing.seal_what_is_due().await.unwrap();
        let kept = sealing.stamp_what_waits().await.unwrap();
        stage.clock.advance(TimeDelta::days(1));
        kept
    };
    assert_eq!((day().await, day().await), (1, 1), "the platform's alone");
    let own = "update member set own_stamps = true where code = 'a'";
    let mut superuser = database::connect_as("chartrier_superuser", stage.name).await;
    sqlx::query(own).execute(&mut superuser).await.unwrap();
    // One covers the heads before it: none is asked for them.
    assert_eq!((day().await, day().await, authority.answered()), (2, 2, 6));
    let of_member = |number| {
        let db = stage.db.clone();
        async move {
            token_queries::tokens_of(&mut db.technical().await.unwrap(), tenant(), number).await.unwrap()
        }
    };
    assert!(of_member(2).await.is_empty());
    let kept = of_member(4).await;
    let (record, note) = stage.seals().await.pop().unwrap();
    let roots = certificates(&authority.settings().unwrap().roots).unwrap();
    verify(&kept[0].token, note.text().as_bytes(), &roots).unwrap();
    for site in ["nord", "sud"] {
        let published = stage.store(site).kept("log/seals/000004.1.tsr").unwrap();
        assert_eq!(published.as_deref(), Some(&kept[0].token[..]), "{site}");
        assert!(stage.store(site).kept("log/seals/000002.1.tsr").unwrap().is_none());
    }
    // A proof carries both, and is verified with both.
    let seq = record.size as i64;
    let entry = {
        let mut tx = stage.db.read(tenant()).await.unwrap();
        let page = chartrier::evidence::journal_page(&mut tx, seq - 1, 1).await.unwrap();
        <[u8; 32]>::try_from(&page[0].hash[..]).unwrap()
    };
    let proof = sealing.prove(tenant(), seq).await.unwrap().unwrap();
    let trusted = sealing.trusted().unwrap();
    let shown = proof.verify(&entry, seq, A, &trusted).unwrap();
    assert_eq!((shown.stamps.len(), shown.log_stamps.len()), (1, 1));
    let text = serde_json::to_string(&proof).unwrap();
    let read: Proof = serde_json::from_str(&text).unwrap();
    assert_eq!(read, proof);
    let mut other = proof.clone();
    other.log_tokens = proof.tokens.clone();
    other.verify(&entry, seq, A, &trusted).expect_err("the platform's stamp is not the member's");
    // One whose member has none says nothing of it.
    let first = sealing.prove(tenant(), 2).await.unwrap().unwrap();
    assert!(first.log_tokens.is_empty() && !serde_json::to_string(&first).unwrap().contains("log_tokens"));
    // A database that forgot takes them back, and asks for none.
    tamper(&stage, "delete from platform.token;").await;
    assert_eq!((sealing.stamp_what_waits().await.unwrap(), authority.answered()), (6, 6));
    assert_eq!(of_member(4).await[0].token, kept[0].token);
    // While the authority is away, the head that waits is told.
    let since = stage.clock.now();
    drop(authority);
    for _ in 0..2 {
        assert_eq!(day().await, 0);
    }
    let stamping = sealing.standing().await.unwrap().stamping.unwrap();
    assert_eq!(stamping.waiting_since, Some(since));
}
