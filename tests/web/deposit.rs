//! Depositing by the API, and following what was deposited.

use std::io::{Read, Write};
use std::net::TcpStream;

use super::{Door, get, post};

#[tokio::test]
async fn a_deposit_is_received_followed_and_answered() {
    let door = Door::open().await;
    let token = door.token().await;
    let ask = post("/api/v1/transfers", door.sip("API-1").zip())
        .bearer(&token)
        .header("content-type", "application/zip")
        .header("content-disposition", "attachment; filename=\"x.zip\"; filename*=UTF-8''d%C3%A9lib.zip");
    let answer = door.send(ask).await;
    assert_eq!(answer.status, 202, "{answer:?}");
    let (place, received) = (answer.header("location").to_owned(), answer.json());
    assert_eq!((&received["state"], &received["file_name"]), (&"received".into(), &"délib.zip".into()));
    assert_eq!(received["links"]["self"], place.as_str());

    let reply = door.get(&format!("{place}/reply")).await;
    assert_eq!((reply.status, reply.problem().as_str()), (404, "message-not-ready"));
    assert_eq!(reply.header("retry-after"), "2");
    let acknowledgement = door.get(&format!("{place}/acknowledgement")).await;
    assert_eq!(acknowledgement.header("content-type"), "application/xml; charset=utf-8");
    assert!(acknowledgement.text().contains("Acknowledgement"), "{acknowledgement:?}");

    let transfer = door.deposit(door.sip("API-1").zip()).await;
    assert!(place.ends_with(&transfer.transfer_id.to_string()), "the same bytes are the same transfer");
    let followed = door.json(&place).await;
    assert_eq!(followed["state"], "taken_in_charge", "{followed:#}");
    assert_eq!(followed["archive_id"], transfer.archive_id.unwrap().to_string().as_str());
    assert!(door.get(&format!("{place}/reply")).await.text().contains("ArchiveTransferReply"));
    door.end().await;
}

#[tokio::test]
async fn a_refused_deposit_says_everything_that_is_wrong() {
    let door = Door::open().await;
    let mut sip = door.sip("API-FAUX");
    sip.first_digest = Some("0".repeat(128));
    let transfer = door.deposit(sip.zip()).await;
    let told = door.json(&format!("/api/v1/transfers/{}", transfer.transfer_id)).await;
    assert_eq!(told["state"], "refused");
    let finding = &told["findings"][0];
    assert!(finding["code"].as_str().unwrap().starts_with("object."), "{told:#}");
    assert!(finding["remedy"].as_str().is_some_and(|remedy| !remedy.is_empty()));
    door.end().await;
}

#[tokio::test]
async fn the_list_comes_page_by_page_newest_first() {
    let door = Door::open().await;
    for n in 0..5 {
        door.tenant.clock.advance(chrono::TimeDelta::seconds(1));
        assert_eq!(door.post(door.sip(&format!("LISTE-{n}")).zip()).await.status, 202);
    }
    let (mut path, mut seen) = ("/api/v1/transfers?limit=2&state=received".to_owned(), Vec::new());
    loop {
        let page = door.json(&path).await;
        seen.extend(page["items"].as_array().unwrap().iter().map(|t| t["received_at"].to_string()));
        match page["next"].as_str() {
            Some(next) => path = next.to_owned(),
            None => break,
        }
    }
    let mut sorted = seen.clone();
    sorted.sort_by(|a, b| b.cmp(a));
    sorted.dedup();
    assert_eq!((seen.len(), &seen), (5, &sorted));
    assert!(door.json("/api/v1/transfers?state=refused").await["items"].as_array().unwrap().is_empty());
    for wrong in ["limit=0", "limit=201", "after=x", "state=perdu", "inconnu=1"] {
        let answer = door.get(&format!("/api/v1/transfers?{wrong}")).await;
        assert_eq!((answer.status, answer.problem().as_str()), (400, "bad-request"), "{wrong}");
    }
    door.end().await;
}

#[tokio::test]
async fn a_machine_follows_only_what_is_under_its_agreements() {
    let door = Door::open().await;
    let transfer = door.deposit(door.sip("ACCORD").zip()).await;
    let mut tx = door.tenant.db.write(door.tenant.tenant).await.unwrap();
    sqlx::raw_sql(
        "insert into machine (machine_id, client_id, name, secret_hash, created_at)
         select gen_random_uuid(), client_id || '-autre', name, secret_hash, created_at from machine",
    )
    .execute(tx.conn())
    .await
    .unwrap();
    tx.record(chartrier::model::Event {
        event_type: chartrier::model::EventType::Parametrage,
        outcome: chartrier::model::Outcome::Ok,
        agent: chartrier::model::Agent::Operator,
        object: "machine:autre".into(),
        detail: Vec::new(),
    });
    tx.commit().await.unwrap();
    let other = format!("{}-autre", door.tenant.client_id);
    let token = door.identity.client_token(&other, crate::support::PASSWORD).await.unwrap().unwrap().token;
    let place = format!("/api/v1/transfers/{}", transfer.transfer_id);
    for path in [place.clone(), format!("{place}/reply"), format!("{place}/acknowledgement")] {
        assert_eq!(door.send(get(&path).bearer(&token)).await.status, 404, "{path}");
    }
    for path in ["/api/v1/transfers", "/api/v1/units", "/api/v1/units?q=versement"] {
        let page = door.send(get(path).bearer(&token)).await.json();
        assert_eq!(page["items"].as_array().unwrap().len(), 0, "{path}");
    }
    let again = post("/api/v1/transfers", door.sip("ACCORD").zip()).bearer(&token);
    let answer = door.send(again.header("content-type", "application/zip")).await;
    assert_eq!((answer.status, answer.problem().as_str()), (409, "already-deposited"));
    door.end().await;
}

#[tokio::test]
async fn what_is_no_package_or_too_much_is_refused_at_the_door() {
    let door = Door::open().await;
    let token = door.token().await;
    let ask = |kind: &str, size: usize| {
        post("/api/v1/transfers", vec![0; size]).bearer(&token).header("content-type", kind)
    };
    let answer = door.send(ask("multipart/form-data; boundary=x", 10)).await;
    assert_eq!((answer.status, answer.problem().as_str()), (415, "unsupported-media-type"));
    let coded = door.send(ask("application/zip", 10).header("content-encoding", "gzip")).await;
    assert_eq!(coded.problem(), "unsupported-media-type");
    let answer = door.send(ask("application/zip", (1 << 20) + 1)).await;
    assert_eq!((answer.status, answer.problem().as_str()), (413, "too-large"));
    assert_eq!(door.json("/api/v1/transfers").await["items"].as_array().unwrap().len(), 0);
    door.end().await;
}

#[tokio::test]
async fn a_body_without_length_is_cut_at_the_limit() {
    let door = Door::with(|settings| settings.received_bytes_max = 10_000).await;
    let (token, address) = (door.token().await, door.address);
    let head = format!(
        "POST /api/v1/transfers HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\
         content-type: application/zip\r\ntransfer-encoding: chunked\r\n\r\n"
    );
    let answer = tokio::task::spawn_blocking(move || {
        let mut connection = TcpStream::connect(address).unwrap();
        connection.write_all(head.as_bytes()).unwrap();
        for _ in 0..6 {
            connection.write_all(b"800\r\n").unwrap();
            connection.write_all(&[0; 0x800]).unwrap();
            connection.write_all(b"\r\n").unwrap();
        }
        let mut answer = vec![0; 200];
        let read = connection.read(&mut answer).unwrap();
        String::from_utf8_lossy(&answer[..read]).into_owned()
    });
    assert!(answer.await.unwrap().starts_with("HTTP/1.1 413"));
    assert_eq!(door.json("/api/v1/transfers").await["items"].as_array().unwrap().len(), 0);
    door.end().await;
}

#[tokio::test]
async fn nothing_is_left_of_a_sender_that_goes_away() {
    let door = Door::open().await;
    let (token, address) = (door.token().await, door.address);
    let head = format!(
        "POST /api/v1/transfers HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\
         content-type: application/zip\r\ncontent-length: 100000\r\n\r\n"
    );
    tokio::task::spawn_blocking(move || {
        let mut connection = TcpStream::connect(address).unwrap();
        connection.write_all(head.as_bytes()).unwrap();
        connection.write_all(&[0; 5000]).unwrap();
    })
    .await
    .unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert_eq!(door.json("/api/v1/transfers").await["items"].as_array().unwrap().len(), 0);
    let kept = chartrier::storage::Storage::quarantine(&crate::support::vault::storage())
        .older_than(door.tenant.tenant, std::time::Duration::ZERO)
        .unwrap();
    assert!(kept.is_empty(), "{kept:?}");
    door.end().await;
}

#[tokio::test]
async fn a_deposit_without_a_body_is_none() {
    let door = Door::open().await;
    let answer = door.post(Vec::new()).await;
    assert_eq!((answer.status, answer.problem().as_str()), (400, "bad-request"));
    assert_eq!(door.json("/api/v1/transfers").await["items"], serde_json::json!([]));
    door.end().await;
}
