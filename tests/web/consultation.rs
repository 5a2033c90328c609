//! The content of files: whole, in part, not again; and the journal's word on it.

use chartrier::model::Role;
use chrono::TimeDelta;
use sha2::{Digest, Sha512};
use ureq::http::Method;

use super::{Answer, Door, ask, get};

struct File {
    address: String,
    bytes: Vec<u8>,
}

async fn file(door: &Door) -> File {
    let sip = door.sip("CONTENU");
    let bytes = sip.files[0].1.clone();
    door.deposit(sip.zip()).await;
    let digest = hex::encode(Sha512::digest(&bytes));
    let units = door.json("/api/v1/units").await;
    for unit in units["items"].as_array().unwrap() {
        let unit = door.json(&format!("/api/v1/units/{}", unit["unit_id"].as_str().unwrap())).await;
        if let Some(object) =
            unit["objects"].as_array().unwrap().iter().find(|object| object["sha512"] == digest)
        {
            return File { address: object["content"].as_str().unwrap().to_owned(), bytes };
        }
    }
    panic!("the file is in no unit");
}

async fn asked(door: &Door, file: &File, headers: &[(&'static str, &str)]) -> Answer {
    let token = door.token().await;
    let request = headers.iter().fold(get(&file.address), |ask, (name, value)| ask.header(name, *value));
    door.send(request.bearer(&token)).await
}

#[tokio::test]
async fn a_file_comes_back_whole_or_in_part() {
    let door = Door::open().await;
    let file = file(&door).await;
    let whole = asked(&door, &file, &[]).await;
    assert_eq!((whole.status, &whole.body), (200, &file.bytes));
    let etag = format!("\"{}\"", hex::encode(Sha512::digest(&file.bytes)));
    assert_eq!(whole.header("etag"), etag);
    assert_eq!(whole.header("accept-ranges"), "bytes");
    assert!(whole.header("content-disposition").starts_with("attachment; filename="));
    assert!(
        whole.header("x-content-type-options") == "nosniff"
            && !whole.header("content-security-policy").is_empty()
    );

    let size = file.bytes.len();
    let part = asked(&door, &file, &[("range", "bytes=1-4")]).await;
    assert_eq!((part.status, part.body.as_slice()), (206, &file.bytes[1..5]));
    assert_eq!(part.header("content-range"), format!("bytes 1-4/{size}"));
    assert_eq!(part.header("content-length"), "4");
    let end = asked(&door, &file, &[("range", "bytes=-3"), ("if-range", &etag)]).await;
    assert_eq!((end.status, end.body.as_slice()), (206, &file.bytes[size - 3..]));
    let changed = asked(&door, &file, &[("range", "bytes=-3"), ("if-range", "\"autre\"")]).await;
    assert_eq!((changed.status, &changed.body), (200, &file.bytes));

    let past = asked(&door, &file, &[("range", "bytes=99999-")]).await;
    assert_eq!((past.status, past.header("content-range")), (416, format!("bytes */{size}").as_str()));
    assert_eq!(past.problem(), "range-not-satisfiable");
    assert_eq!(asked(&door, &file, &[("if-none-match", &etag)]).await.status, 304);
    assert_eq!(asked(&door, &file, &[("if-match", "\"autre\"")]).await.status, 412);
    door.end().await;
}

#[tokio::test]
async fn a_consultation_is_journaled_once_a_quarter_of_an_hour() {
    let door = Door::open().await;
    let file = file(&door).await;
    let token = door.token().await;
    let head = door.send(ask(Method::HEAD, &file.address).bearer(&token)).await;
    assert_eq!((head.status, head.header("content-length")), (200, file.bytes.len().to_string().as_str()));
    asked(&door, &file, &[("range", "bytes=99999-")]).await;
    assert_eq!(door.consultations().await, 0, "no byte of the content was given");
    let ranges: Vec<_> = (0..8).map(|n| format!("bytes={n}-")).collect();
    let parts = ranges.iter().map(|range| {
        let ask = get(&file.address).bearer(&token).header("range", range.as_str());
        async { door.send(ask).await.status }
    });
    let statuses = futures_util::future::join_all(parts).await;
    assert_eq!(statuses, [206; 8]);
    assert_eq!(door.consultations().await, 1);
    door.tenant.clock.advance(TimeDelta::minutes(14));
    asked(&door, &file, &[]).await;
    assert_eq!(door.consultations().await, 1);
    door.tenant.clock.advance(TimeDelta::minutes(2));
    asked(&door, &file, &[]).await;
    assert_eq!(door.consultations().await, 2);
    door.end().await;
}

#[tokio::test]
async fn a_page_shows_a_file_without_letting_it_run_and_only_to_who_may_read_it() {
    let door = Door::open().await;
    let file = file(&door).await;
    let object = file.address.split('/').nth(4).unwrap().to_owned();
    let shown = format!("/archives/objets/{object}/apercu");
    for (role, status) in [
        (Role::Archivist, 200),
        (Role::ControlAuthority, 200),
        (Role::Producer, 200),
        // A depositor opens what they deposited: this one is the machine's.
        (Role::Depositor, 404),
        (Role::Reader, 403),
        (Role::MemberAdmin, 403),
        (Role::Operator, 403),
    ] {
        let (cookie, _) = door.log_in(role).await;
        let answer = door.send(get(&shown).cookie(&cookie)).await;
        assert_eq!(answer.status, status, "{role:?}");
        if status == 200 {
            let policy = answer.header("content-security-policy");
            assert!(policy.starts_with("default-src 'none'") && !policy.contains("script-src"), "{policy}");
            assert_eq!(answer.header("x-content-type-options"), "nosniff");
        }
    }
    assert_eq!(door.consultations().await, 3, "one for each of those who read");
    door.end().await;
}
