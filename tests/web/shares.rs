//! A member that asks too much waits; the others do not, and learn nothing of it.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use chartrier::model::Role;
use chartrier::web::Settings;
use chartrier::web::shares::Share;
use chrono::TimeDelta;

use super::{Answer, Door, get, multipart, post, send};
use crate::support::{FreshTenant, PASSWORD, fresh_tenant};

const PLENTY: Share = Share { per_second: 1_000, burst: 10_000, at_once: 100 };

/// A door, and a neighbour at it with the token of its machine.
async fn with_a_neighbour(change: impl FnOnce(&mut Settings)) -> (Door, FreshTenant, String) {
    let door = Door::with(change).await;
    let neighbour = fresh_tenant().await;
    let token = door.identity.client_token(&neighbour.client_id, PASSWORD).await.unwrap().unwrap().token;
    (door, neighbour, token)
}

fn check_refusal(answer: &Answer, door: &Door, seconds: &str) {
    assert_eq!((answer.status, answer.problem().as_str()), (429, "too-many-requests"), "{answer:?}");
    assert_eq!(answer.header("retry-after"), seconds);
    assert_eq!(answer.json()["retry_after_seconds"].to_string(), seconds);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert!(!answer.text().contains(&door.tenant.code), "{}", answer.text());
}

#[tokio::test]
async fn past_its_rate_a_member_is_told_when_to_come_back_and_its_neighbour_goes_on() {
    let few = Share { per_second: 1, burst: 3, at_once: 100 };
    let (door, neighbour, other) = with_a_neighbour(|settings| settings.shares.requests = few).await;
    let transfer = door.deposit(door.sip("PART-1").zip()).await.transfer_id;
    let token = door.token().await;
    for _ in 0..3 {
        assert_eq!(door.send(get("/api/v1/transfers").bearer(&token)).await.status, 200);
    }
    let refused = door.send(get(&format!("/api/v1/transfers/{transfer}")).bearer(&token)).await;
    check_refusal(&refused, &door, "1");
    // What is asked for changes nothing of the answer: one's own, nothing, or what no role would open.
    for path in ["/api/v1/transfers/01900000-0000-7000-8000-000000000000", "/api/v1/units?limit=0"] {
        assert_eq!(door.send(get(path).bearer(&token)).await.text(), refused.text(), "{path}");
    }
    assert_eq!(door.send(get("/api/v1/transfers").bearer(&other)).await.status, 200, "the neighbour");
    assert_eq!(door.send(get("/api/v1/transfers").bearer("x")).await.status, 401, "nobody");
    assert_eq!(door.post(door.sip("PART-2").zip()).await.status, 202, "uploads are counted apart");
    door.tenant.clock.advance(TimeDelta::seconds(1));
    assert_eq!(door.send(get("/api/v1/transfers").bearer(&token)).await.status, 200, "a second later");
    let metrics = send(door.metrics_address, get("/metrics")).await.text();
    assert!(metrics.contains("chartrier_limited_total{kind=\"requests_rate\"}"), "{metrics}");
    neighbour.end().await;
    door.end().await;
}

#[tokio::test]
async fn people_are_told_in_a_page() {
    let few = Share { per_second: 1, burst: 2, at_once: 100 };
    let door = Door::with(|settings| settings.shares.requests = few).await;
    let (archivist, _) = door.log_in(Role::Archivist).await;
    let (reader, _) = door.log_in(Role::Reader).await;
    let page = |cookie: &str, path: &str| get(path).cookie(cookie).header("accept", "text/html");
    assert_eq!(door.send(page(&archivist, "/archives")).await.status, 200);
    assert_eq!(door.send(page(&reader, "/archives")).await.status, 200);
    // Both are of one member; a page that the role does not open says no more.
    for (cookie, path) in [(&archivist, "/archives"), (&reader, "/exploitation"), (&reader, "/compte")] {
        let refused = door.send(page(cookie, path)).await;
        assert_eq!((refused.status, refused.header("retry-after")), (429, "1"), "{path}");
        let text = refused.text();
        assert!(text.contains("<h1>Trop de demandes</h1>") && text.contains("chacune a sa part"), "{text}");
        assert_eq!(refused.header("content-type"), "text/html; charset=utf-8");
    }
    // Nobody yet: the page by which one comes in is nobody's share, nor are the files of the pages.
    assert_eq!(door.send(page("x", "/connexion")).await.status, 200);
    assert_eq!(door.send(get("/static/style.css").cookie(&archivist)).await.status, 200);
    door.end().await;
}

/// An upload whose body never comes.
fn begun_upload(door: &Door, token: &str) -> TcpStream {
    let mut connection = TcpStream::connect(door.address).unwrap();
    let head = format!(
        "POST /api/v1/transfers HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/zip\r\nContent-Length: 100000\r\n\r\n"
    );
    connection.write_all(head.as_bytes()).unwrap();
    connection.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    connection
}

// What this thread waits for, others answer.
#[tokio::test(flavor = "multi_thread")]
async fn uploads_past_those_a_member_has_at_once_are_refused_before_a_byte_is_read() {
    let two = Share { at_once: 2, ..PLENTY };
    let (door, neighbour, other) = with_a_neighbour(|settings| settings.shares.uploads = two).await;
    let token = door.token().await;
    // Nothing says from outside that an upload has begun but that one more is refused.
    let mut under_way = vec![begun_upload(&door, &token), begun_upload(&door, &token)];
    let began = Instant::now();
    let refused = loop {
        assert!(began.elapsed() < Duration::from_secs(10), "a third upload goes on");
        let mut third = begun_upload(&door, &token);
        third.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
        let mut answer = vec![0; 4_096];
        match third.read(&mut answer) {
            Ok(read) => break String::from_utf8_lossy(&answer[..read]).into_owned(),
            Err(_) => under_way.push(third),
        }
    };
    assert!(refused.starts_with("HTTP/1.1 429 ") && refused.contains("retry-after: 2"), "{refused}");
    let (cookie, csrf) = door.log_in(Role::Depositor).await;
    let (body, kind) = multipart(&[("csrf", &csrf)], Some(("versement.zip", b"x")));
    let form = post("/versements", body).cookie(&cookie).header("content-type", kind);
    let page = door.send(form.header("accept", "text/html")).await;
    assert!(page.status == 429 && page.text().contains("rien n’en a été enregistré"), "{page:?}");
    let theirs = post("/api/v1/transfers", door.sip("AUTRE").zip()).bearer(&other);
    assert_eq!(
        door.send(theirs.header("content-type", "application/zip")).await.status,
        202,
        "the neighbour"
    );
    assert_eq!(door.send(get("/api/v1/transfers").bearer(&token)).await.status, 200, "pages go on");
    drop(under_way);
    let began = Instant::now();
    while door.post(door.sip("ENSUITE").zip()).await.status != 202 {
        assert!(began.elapsed() < Duration::from_secs(10), "the places are free again");
    }
    neighbour.end().await;
    door.end().await;
}

// What this thread waits for, others answer.
#[tokio::test(flavor = "multi_thread")]
async fn a_member_whose_requests_pile_up_keeps_no_neighbour_waiting() {
    let one = Share { at_once: 1, ..PLENTY };
    let (door, neighbour, other) = with_a_neighbour(|settings| settings.shares.requests = one).await;
    let token = door.token().await;
    // Every connection that the member may have is busy; the pool has one more.
    let mut held = Vec::new();
    for _ in 0..3 {
        held.push(door.tenant.db.read(door.tenant.tenant).await.unwrap());
    }
    let address = door.address;
    let ask = get("/api/v1/transfers").bearer(&token);
    let waits = tokio::spawn(async move { send(address, ask).await.status });
    let began = Instant::now();
    let refused = loop {
        let mut second = TcpStream::connect(door.address).unwrap();
        second.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
        let head = format!("GET /api/v1/units HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n");
        second.write_all(head.as_bytes()).unwrap();
        let mut answer = vec![0; 4_096];
        if let Ok(read) = second.read(&mut answer) {
            break String::from_utf8_lossy(&answer[..read]).into_owned();
        }
        assert!(began.elapsed() < Duration::from_secs(10), "nothing is refused");
    };
    assert!(refused.starts_with("HTTP/1.1 429 "), "{refused}");
    assert_eq!(door.send(get("/api/v1/transfers").bearer(&other)).await.status, 200, "the neighbour");
    drop(held);
    waits.await.unwrap();
    let began = Instant::now();
    while door.send(get("/api/v1/transfers").bearer(&token)).await.status != 200 {
        assert!(began.elapsed() < Duration::from_secs(10), "the place is free again");
    }
    neighbour.end().await;
    door.end().await;
}
