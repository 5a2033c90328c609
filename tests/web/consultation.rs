//! The content of files: whole, in part, not again; and the journal's word on it.

use chartrier::model::Role;
use chrono::TimeDelta;
use sha2::{Digest, Sha512};
use ureq::http::Method;

use super::{Answer, Door, ask, get};
use crate::support::sip::Sip;

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
        // Nothing says when it opens to anybody.
        (Role::Reader, 404),
        (Role::MemberAdmin, 403),
        (Role::Operator, 403),
    ] {
        let (cookie, csrf) = door.log_in(role).await;
        if role == Role::ControlAuthority {
            super::readings::open(&door, &cookie, &csrf).await;
        }
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

/// The first file of a transfer whose root unit has these rules, and the page of its unit.
async fn under(door: &Door, name: &str, rules: &str) -> (String, String) {
    let management = format!("<Management>{rules}</Management>");
    let transfer = door.deposit(Sip { management, ..door.sip(name) }.zip()).await;
    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    let (object, unit): (uuid::Uuid, uuid::Uuid) = sqlx::query_as(
        "select l.object_id, l.unit_id from unit_object l join unit u using (tenant_id, unit_id)
         join archive a using (tenant_id, archive_id)
         where a.transfer_id = $1 and u.title = 'Pièce 0'",
    )
    .bind(transfer.transfer_id.0)
    .fetch_one(tx.conn())
    .await
    .unwrap();
    (format!("/archives/objets/{object}"), format!("/archives/unites/{unit}"))
}

#[tokio::test]
async fn a_reader_opens_what_is_open_to_anybody_and_is_told_when_the_rest_will_be() {
    let door = Door::open().await;
    let rule = |code: &str, start: &str| {
        format!("<AccessRule><Rule>{code}</Rule><StartDate>{start}</StartDate></AccessRule>")
    };
    let cases = [
        ("OUVERT", rule("AR039", "1990-01-01"), "À compter du 2 janvier 2015", 200),
        ("LIBRE", rule("AR038", "2026-01-01"), "Librement", 200),
        ("DUREE", rule("P5Y", "2001-02-03"), "À compter du 4 février 2006", 200),
        ("FERME", rule("AR048", "2020-01-01"), "À compter du 2 janvier 2070", 404),
        ("JAMAIS", rule("AR062", "1900-01-01"), "Jamais", 404),
        ("INCONNU", String::new(), "À déterminer par le service d’archives", 404),
        // From the root's last day, the 30th of June 2026.
        ("DERNIER", "<AccessRule><Rule>AR039</Rule></AccessRule>".into(), "À compter du 1 juillet 2051", 404),
    ];
    let (reader, _) = door.log_in(Role::Reader).await;
    let (administrator, _) = door.log_in(Role::MemberAdmin).await;
    let (archivist, _) = door.log_in(Role::Archivist).await;
    for (name, rules, words, status) in cases {
        let (object, unit) = under(&door, name, &rules).await;
        let text = door.send(get(&unit).cookie(&reader)).await.text().replace('\u{a0}', " ");
        let words = words.replace("1 juillet", "1er juillet");
        assert!(text.contains(&words), "{name}: {text}");
        assert_eq!(text.contains(&format!("{object}/contenu")), status == 200, "{name}");
        let content = format!("{object}/contenu");
        assert_eq!(door.send(get(&content).cookie(&reader)).await.status, status, "{name}");
        assert_eq!(door.send(get(&content).cookie(&archivist)).await.status, 200, "{name}");
        assert_eq!(door.send(get(&content).cookie(&administrator)).await.status, 403, "{name}");
        let page = door.send(get(&object).cookie(&reader)).await.text().replace('\u{a0}', " ");
        assert_eq!(page.contains("download"), status == 200, "{name}");
        if name == "FERME" {
            assert!(page.contains("Communicable à compter du 2 janvier 2070. Avant cette date"), "{page}");
        }
    }
    door.end().await;
}
