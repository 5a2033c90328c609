//! The blank test: what a deposit would come to, of which nothing is kept.

use std::time::Duration;

use chartrier::model::TransferState;
use serde_json::{Value, json};

use super::{Answer, Door, post};
use crate::support::vault;

impl Door {
    /// Tries a package.
    async fn try_out(&self, bytes: Vec<u8>) -> Answer {
        let token = self.token().await;
        let ask = post("/api/v1/checks", bytes).bearer(&token).header("content-type", "application/zip");
        self.send(ask).await
    }

    async fn tried(&self, bytes: Vec<u8>) -> Value {
        let answer = self.try_out(bytes).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.json()
    }

    /// Rows of transfers and entries of the journal.
    async fn kept(&self) -> (i64, i64) {
        let mut tx = self.tenant.db.read(self.tenant.tenant).await.unwrap();
        sqlx::query_as("select (select count(*) from transfer), (select count(*) from event)")
            .fetch_one(tx.conn())
            .await
            .unwrap()
    }
}

fn codes(told: &Value) -> Vec<&str> {
    told["findings"].as_array().unwrap().iter().map(|finding| finding["code"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_package_tried_is_judged_as_a_deposit_and_nothing_is_kept_of_it() {
    let door = Door::open().await;
    let before = door.kept().await;
    let mut wrong = door.sip("ESSAI-FAUX");
    wrong.first_digest = Some("0".repeat(128));
    let mut watched = door.sip("ESSAI-ARCHIVISTE");
    watched.agreement = door.tenant.agreement_with_archivist.clone();
    for (sip, verdict, code) in [
        (door.sip("ESSAI").zip(), "accept", json!("000")),
        (watched.zip(), "await", Value::Null),
        (wrong.zip(), "refuse", json!("402")),
        (b"ceci n'est pas une archive".to_vec(), "refuse", json!("101")),
    ] {
        let told = door.tried(sip.clone()).await;
        assert_eq!((&told["verdict"], told["already_deposited"].as_bool()), (&json!(verdict), Some(false)));
        assert!(code == told["reply_code"] || verdict == "refuse", "{told:#}");
        assert_eq!(door.kept().await, before, "{verdict}: a row or an entry");
        let left = vault::storage().quarantine().older_than(door.tenant.tenant, Duration::ZERO).unwrap();
        assert!(left.is_empty(), "{verdict}: {left:?}");
    }
    let told = door.tried(door.sip("ESSAI").zip()).await;
    assert_eq!(
        (&told["message_identifier"], &told["object_count"], &told["seda_version"]),
        (&json!("ESSAI"), &json!(3), &json!("2.1"))
    );
    assert_eq!(told["archival_agreement"], door.tenant.agreement.as_str());
    door.end().await;
}

#[tokio::test]
async fn what_a_trial_finds_is_what_the_deposit_is_refused_for() {
    let door = Door::open().await;
    let mut unknown = door.sip("ESSAI-ACCORD");
    unknown.agreement = "ACCORD-INCONNU".into();
    let mut wrong = door.sip("ESSAI-EMPREINTE");
    wrong.first_digest = Some("0".repeat(128));
    for sip in [unknown, wrong] {
        let told = door.tried(sip.zip()).await;
        let transfer = door.deposit(sip.zip()).await;
        assert_eq!(transfer.state, TransferState::Refused);
        let refused: Vec<&str> = transfer.findings.iter().map(|finding| finding.kind.code).collect();
        assert_eq!(codes(&told), refused);
        let reply = door.get(&format!("/api/v1/transfers/{}/reply", transfer.transfer_id)).await.text();
        let code = told["reply_code"].as_str().unwrap();
        assert!(reply.contains(&format!(">{code}<")), "{code}: {reply}");
    }
    door.end().await;
}

#[tokio::test]
async fn bytes_deposited_before_are_told_to_who_follows_them() {
    let (door, neighbour) = (Door::open().await, Door::open().await);
    let bytes = door.sip("ESSAI-CONNU").zip();
    let transfer = door.deposit(bytes.clone()).await;
    assert_eq!(transfer.state, TransferState::TakenInCharge);
    let told = door.tried(bytes.clone()).await;
    assert_eq!(told["transfer_id"], transfer.transfer_id.to_string().as_str());
    assert_eq!((&told["verdict"], &told["already_deposited"]), (&json!("accept"), &json!(true)), "{told:#}");
    // Other bytes under the same identifier.
    let mut other = door.sip("ESSAI-CONNU");
    other.files.push(("content/de-plus.txt".into(), "x".into()));
    assert!(codes(&door.tried(other.zip()).await).contains(&"message.duplicate"));
    let theirs = neighbour.tried(bytes).await;
    assert_eq!((&theirs["already_deposited"], &theirs["transfer_id"]), (&json!(false), &Value::Null));
    assert_eq!(codes(&theirs)[0], "header.agreement_unknown", "{theirs:#}");
    door.end().await;
    neighbour.end().await;
}

#[tokio::test]
async fn a_machine_whose_member_has_no_room_left_would_wait() {
    let door = Door::open().await;
    door.tenant.promise("bytes_max = 10").await;
    let told = door.tried(door.sip("ESSAI-PLACE").zip()).await;
    assert_eq!((&told["verdict"], &told["reply_code"]), (&json!("wait"), &Value::Null), "{told:#}");
    assert_eq!(codes(&told), ["quota.exceeded"]);
    // Something else against it: no wait would help.
    let mut sip = door.sip("ESSAI-PLACE");
    sip.first_digest = Some("0".repeat(128));
    assert_eq!(door.tried(sip.zip()).await["verdict"], "refuse");
    door.end().await;
}

#[tokio::test]
async fn a_trial_is_bounded_as_a_deposit_is() {
    let door = Door::open().await;
    let token = door.token().await;
    let sent = |bytes: Vec<u8>, kind: &'static str, query: &'static str| {
        post(&format!("/api/v1/checks{query}"), bytes).bearer(&token).header("content-type", kind)
    };
    for (ask, status, problem) in [
        (sent(vec![0; (1 << 20) + 1], "application/zip", ""), 413, "too-large"),
        (sent(vec![0], "multipart/form-data", ""), 415, "unsupported-media-type"),
        (sent(vec![0], "application/zip", "?copy=autre"), 400, "bad-request"),
        (sent(vec![], "application/zip", ""), 400, "bad-request"),
    ] {
        let answer = door.send(ask).await;
        assert_eq!((answer.status, answer.problem().as_str()), (status, problem));
        assert!(answer.header("ratelimit").starts_with("\"uploads\";r="), "counted with deposits");
    }
    // Whether it is counted depends on what is known first, who asks or what is asked.
    let unread = door.send(sent(vec![0], "application/zip", "?autre=1")).await;
    assert_eq!((unread.status, unread.problem().as_str()), (400, "bad-request"));
    door.end().await;
}
