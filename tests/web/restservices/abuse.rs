//! What a hostile or a wrong client tries: each with its answer, and nothing of another's moved.

use std::collections::BTreeMap;

use super::{Door, Session, attachments_tar_gz, told};

#[tokio::test]
async fn a_wrong_key_session_or_member_is_no_session_and_says_no_more() {
    let (door, other) = (Door::open().await, Door::open().await);
    let sip = door.sip("CLE");
    let session = door.open_session(&sip).await;
    let unknown = Session { identifier: uuid::Uuid::now_v7().to_string(), key: session.key.clone() };
    let expected = told(&door.send_piece(&unknown, (1, 2), b"abc").await);
    assert_eq!(expected.0, 404);
    let wrong = |identifier: &str, key: &str| Session { identifier: identifier.into(), key: key.into() };
    for attempt in [
        wrong(&session.identifier, "autre"),
        wrong(&session.identifier, ""),
        wrong("x", &session.key),
        wrong("%00", &session.key),
        wrong("", &session.key),
    ] {
        assert_eq!(told(&door.send_piece(&attempt, (1, 2), b"abc").await), expected);
    }
    assert_eq!(told(&other.send_piece(&session, (1, 2), b"abc").await), expected, "another member's");
    let (client_id, secret) = door.another_machine().await;
    let neighbour = super::basic(&client_id, &secret, super::Alphabet::Standard);
    let parts = [
        super::field("session_identifier", &session.identifier),
        super::field("security_identifier", &session.key),
        super::field("number_of_files", "1"),
        super::field("file_index", "1"),
        super::field("number_of_chunks", "2"),
        super::field("chunk_index", "1"),
        super::file("chunk_content", "archive_partaa", "application/octet-stream", b"abc"),
    ];
    let answer = door.send_form_as(&neighbour, super::PIECES, &parts).await;
    assert_eq!(told(&answer), expected, "another machine's of the same member");
    assert_eq!(door.send_piece(&session, (1, 2), b"abc").await.status, 200, "nothing was moved");
    door.end().await;
    other.end().await;
}

#[tokio::test]
async fn numbers_that_are_none_or_out_of_bounds_are_refused_with_the_field_s_name() {
    let door = Door::open().await;
    let session = door.open_session(&door.sip("NOMBRES")).await;
    for (name, value) in [
        ("number_of_chunks", "0"),
        ("number_of_chunks", "-1"),
        ("number_of_chunks", "1000001"),
        ("number_of_chunks", "deux"),
        ("number_of_chunks", ""),
        ("chunk_index", "0"),
        ("chunk_index", "3"),
        ("chunk_index", "99999999999999999999"),
        ("chunk_index", ""),
        ("number_of_files", "2"),
        ("file_index", "2"),
    ] {
        let others = BTreeMap::from([(name, value.to_owned())]);
        let (status, sentence) = told(&door.send_piece_with(&session, (1, 2), b"abc", &others).await);
        assert_eq!(status, 400, "{name}={value}: {sentence}");
        assert!(sentence.contains(name), "{name}={value}: {sentence}");
    }
    let long = BTreeMap::from([("file_name", "x".repeat(5_000))]);
    assert_eq!(told(&door.send_piece_with(&session, (1, 2), b"abc", &long).await).0, 400);
    door.end().await;
}

#[tokio::test]
async fn more_bytes_than_a_deposit_may_have_are_refused_and_leave_nothing() {
    let door = Door::open().await;
    let sip = door.sip("TROP");
    let session = door.open_session(&sip).await;
    // The door of tests takes 1 MiB.
    assert_eq!(door.send_piece(&session, (1, 3), &vec![7; 600 << 10]).await.status, 200);
    let (status, sentence) = told(&door.send_piece(&session, (2, 3), &vec![7; 600 << 10]).await);
    assert_eq!(status, 413, "{sentence}");
    assert_eq!(
        door.send_piece(&session, (2, 3), &vec![7; 300 << 10]).await.status,
        200,
        "it goes on from there"
    );
    assert!(door.transfers().await.is_empty());
    door.end().await;
}

#[tokio::test]
async fn two_senders_of_one_identifier_at_once_make_one_transfer() {
    let door = Door::open().await;
    let sip = door.sip("DEUX");
    let mut other = sip.clone();
    other.files[1].1.extend(b"autre");
    let answers =
        futures_util::future::join_all([&sip, &other, &sip, &other, &sip].map(|sip| door.send_pair(sip)))
            .await;
    let statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    door.work().await;
    let transfers = door.transfers().await;
    assert_eq!(transfers.len(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [200, 409].contains(status)), "{statuses:?}");
    assert!(statuses.contains(&409) && statuses.contains(&200), "{statuses:?}");
    door.end().await;
}

#[tokio::test]
async fn an_identifier_may_hold_anything_and_is_found_again() {
    let door = Door::open().await;
    let long = "INT_DEPT56_DRH-SFT439dd30f0e1f4b8a9c2d7e6f5a4b3c2d1e0f9a8b7c6d5e4f7ee13e3@2019-11-15T12:53:22.0000194Z";
    for identifier in [long, "a/b", "a+b c", "délib&ération<1>", "%2F", "a:b", "é\u{301}", "../../x", "0"]
    {
        let mut sip = door.sip("x");
        sip.message_identifier = identifier.replace('&', "&amp;").replace('<', "&lt;");
        sip.files = vec![("piece.pdf".into(), format!("%PDF-1.4\n{identifier}\n%%EOF\n").into_bytes())];
        assert_eq!(door.send_pair(&sip).await.status, 200, "{identifier}");
        let answer = door.ask_for("Acknowledgement", &sip.transferring_agency, identifier).await;
        assert_eq!(answer.status, 200, "{identifier}: {answer:?}");
        assert_eq!(super::texts(&answer.text(), &["MessageReceivedIdentifier"]), [identifier]);
    }
    door.end().await;
}

#[tokio::test]
async fn a_machine_that_is_closed_or_given_another_secret_is_shut_out_at_once() {
    use chartrier::membership::machines::{self, Keeper};
    let door = Door::open().await;
    let tenant = &door.tenant;
    let versions =
        || door.send(super::get("/restservices/versions").header("authorization", door.credentials()));
    assert_eq!(versions().await.status, 200);
    let keeper = Keeper::Operator(tenant.tenant);
    machines::set_open(&tenant.db, &tenant.clock, keeper, tenant.machine, false).await.unwrap().unwrap();
    assert_eq!(told(&versions().await).0, 401, "though it was remembered");
    machines::set_open(&tenant.db, &tenant.clock, keeper, tenant.machine, true).await.unwrap().unwrap();
    assert_eq!(versions().await.status, 200);
    let secret =
        machines::rotate(&tenant.db, &tenant.clock, keeper, tenant.machine, 7).await.unwrap().unwrap();
    assert_eq!(versions().await.status, 200, "the former one serves still");
    let new = super::basic(&tenant.client_id, &secret, super::Alphabet::Standard);
    let with_new = door.send(super::get("/restservices/versions").header("authorization", new)).await;
    assert_eq!(with_new.status, 200, "and so does the new one");
    door.tenant.clock.advance(chrono::TimeDelta::days(8));
    assert_eq!(told(&versions().await).0, 401, "the former one is over");
    door.end().await;
}

#[tokio::test]
async fn attachments_that_are_no_archive_are_refused_in_the_reply() {
    let door = Door::open().await;
    for (n, bytes) in [b"rien d'une archive".to_vec(), attachments_tar_gz(&door.sip("X"))[..100].to_vec()]
        .iter()
        .enumerate()
    {
        let sip = door.sip(&format!("ARCHIVE-{n}"));
        let manifest = sip.manifest();
        let parts = [
            super::file("seda_message", "bordereau.xml", "text/xml", manifest.as_bytes()),
            super::file("attachments", "archive.tar.gz", "application/gzip", bytes),
        ];
        assert_eq!(door.send_form(super::DEPOSIT, &parts).await.status, 200);
        door.work().await;
        let reply = door.reply(&sip).await.text();
        assert_ne!(super::texts(&reply, &["ReplyCode"]), ["000"], "{reply}");
        assert!(super::texts(&reply, &["Comment"])[0].contains("container."), "{reply}");
    }
    door.end().await;
}
