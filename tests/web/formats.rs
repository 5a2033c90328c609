//! The page of a member's formats, the risk given to each, and the operator's import of signatures.

use chartrier::model::Role;
use chartrier::pronom::Progress;

use super::{Ask, Door, form, get, multipart, post};

async fn events(door: &Door, object_like: &str) -> Vec<String> {
    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    sqlx::query_scalar(
        "select entry from event where object like $1 and event_type = 'PARAMETRAGE' order by seq",
    )
    .bind(object_like)
    .fetch_all(tx.conn())
    .await
    .unwrap()
}

/// The form that gives a risk.
fn risk(cookie: &str, token: &str, puid: &str, word: &str) -> Ask {
    let body = format!("csrf={token}&puid={}&risque={word}", puid.replace('/', "%2F").replace(' ', "+"));
    form("/formats/risque", &body).cookie(cookie)
}

/// Deposits two PDF 1.4 and a file that nothing names.
async fn deposit(door: &Door) {
    let mut sip = door.sip("FORMATS");
    sip.files[2] = ("content/données".into(), vec![0x80, 0, 1, 2, 0xff, 0, 7]);
    door.deposit(sip.zip()).await;
}

#[tokio::test]
async fn a_member_sees_its_formats_and_the_archivist_says_their_risk() {
    let door = Door::open().await;
    let (archivist, token) = door.log_in(Role::Archivist).await;
    let empty = door.send(get("/formats").cookie(&archivist)).await.text();
    assert!(empty.contains("Aucun fichier n’est conservé"), "{empty}");
    deposit(&door).await;
    let page = door.send(get("/formats").cookie(&archivist)).await.text();
    for shown in
        ["PDF, version 1.4", "fmt/18", "Fichiers : 2", "À surveiller", "Format non reconnu", "Table intégrée"]
    {
        assert!(page.contains(shown), "{shown}\n{page}");
    }
    assert!(page.contains("Tous les fichiers sont nommés par les signatures en service"), "{page}");

    let done = door.send(risk(&archivist, &token, "fmt/18", "convert")).await;
    assert_eq!((done.status, done.header("location")), (303, "/formats?fait=risque"));
    let page = door.send(get("/formats?fait=risque").cookie(&archivist)).await.text();
    assert!(page.contains("Le risque est enregistré") && page.contains("badge-refused"), "{page}");
    assert_eq!(door.send(risk(&archivist, &token, "fmt/18", "convert")).await.status, 303, "said again");
    let told = events(&door, "format:%").await;
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("watch > convert"), "{told:?}");
    assert!(
        told[0].contains("\"role\":\"archivist\"") && told[0].contains("\"agent\":\"person:"),
        "{told:?}"
    );
    for (puid, word, status) in [("fmt/18", "grave", 400), ("fmt/19", "safe", 404), ("' or 1=1", "safe", 404)]
    {
        let answer = door.send(risk(&archivist, &token, puid, word)).await;
        assert_eq!(answer.status, status, "{puid} {word}");
    }
    // Who only looks sees no button.
    let (reader, _) = door.log_in(Role::ControlAuthority).await;
    let page = door.send(get("/formats").cookie(&reader)).await.text();
    assert!(page.contains("À convertir") && !page.contains("/formats/risque"), "{page}");
    door.end().await;
}

#[tokio::test]
async fn another_member_s_formats_and_risks_are_its_own() {
    let (one, other) = (Door::open().await, Door::open().await);
    deposit(&one).await;
    let (cookie, token) = one.log_in(Role::Archivist).await;
    one.send(risk(&cookie, &token, "fmt/18", "safe")).await;
    let (theirs, token) = other.log_in(Role::Archivist).await;
    assert!(
        other.send(get("/formats").cookie(&theirs)).await.text().contains("Aucun fichier n’est conservé")
    );
    let answer = other.send(risk(&theirs, &token, "fmt/18", "safe")).await;
    assert_eq!(answer.status, 404, "it holds none such");
    one.end().await;
    other.end().await;
}

#[tokio::test]
async fn files_are_named_again_when_the_archivist_asks_once_at_a_time() {
    let door = Door::open().await;
    deposit(&door).await;
    let mut tx = door.tenant.db.write(door.tenant.tenant).await.unwrap();
    // As if an earlier version of the program had taken them in charge.
    sqlx::query("update binary_object set puid = null, format_basis = null, format_signatures = null")
        .execute(tx.conn())
        .await
        .unwrap();
    tx.record(crate::db::jobs::event());
    tx.commit().await.unwrap();
    let (cookie, token) = door.log_in(Role::Archivist).await;
    let page = door.send(get("/formats").cookie(&cookie)).await.text();
    assert!(
        page.contains("Pas encore identifiés") && page.contains("3\u{a0}fichiers ont été identifiés"),
        "{page}"
    );
    let ask = || form("/formats/identification", &format!("csrf={token}")).cookie(&cookie);
    assert_eq!(door.send(ask()).await.header("location"), "/formats?fait=demande");
    assert_eq!(door.send(ask()).await.header("location"), "/formats?fait=encours");
    assert!(door.send(get("/formats").cookie(&cookie)).await.text().contains("Identification en cours"));

    let tenant = door.tenant.tenant;
    let run = door.pronom.last_run(tenant).await.unwrap().unwrap();
    let pronom = door.pronom.clone().with_batch(2);
    // A batch at a time, from where the last one stopped.
    assert_eq!(pronom.name_batch(tenant, run.run_id).await.unwrap(), Progress::Goes);
    let run = pronom.last_run(tenant).await.unwrap().unwrap();
    assert_eq!((run.looked_at, run.changed, run.unreadable, run.ended_at), (2, 2, 0, None));
    assert_eq!(pronom.name_batch(tenant, run.run_id).await.unwrap(), Progress::Ended);
    assert_eq!(pronom.name_batch(tenant, run.run_id).await.unwrap(), Progress::Ended, "nothing is left");
    let page = door.send(get("/formats").cookie(&cookie)).await.text();
    for shown in
        ["Dernière identification terminée", "3\u{a0}fichiers relus, 3\u{a0}changés", "PDF, version 1.4"]
    {
        assert!(page.contains(shown), "{shown}\n{page}");
    }
    let asked = events(&door, "formats:%").await;
    assert_eq!(asked.len(), 1, "{asked:?}");
    door.end().await;
}

/// What is imported is in force for everybody: only what changes nothing is tried here, the rest in tests/pronom.
#[tokio::test]
async fn the_operator_is_told_why_a_file_cannot_serve() {
    let door = Door::open().await;
    let (cookie, token) = door.log_in(Role::Operator).await;
    let page = door.send(get("/exploitation/formats").cookie(&cookie)).await.text();
    assert!(page.contains("la petite table intégrée au service est utilisée"), "{page}");
    for (bytes, why) in
        [(Some(&b"<a/>"[..]), "rien n’a changé"), (None, "Choisissez le fichier de signatures")]
    {
        let (body, kind) = multipart(&[("csrf", token.as_str())], bytes.map(|bytes| ("s.xml", bytes)));
        let body = String::from_utf8(body).unwrap().replace("name=\"fichier\"", "name=\"signatures\"");
        let ask = post("/exploitation/formats", body.into_bytes()).header("content-type", kind);
        let answer = door.send(ask.cookie(&cookie)).await;
        assert_eq!(answer.status, 422);
        assert!(answer.text().contains(why), "{why}\n{}", answer.text());
    }
    let (archivist, _) = door.log_in(Role::Archivist).await;
    assert_eq!(door.send(get("/exploitation/formats").cookie(&archivist)).await.status, 403);
    door.end().await;
}

#[tokio::test]
async fn a_file_s_page_and_the_api_say_its_format() {
    let door = Door::open().await;
    deposit(&door).await;
    let (cookie, _) = door.log_in(Role::Archivist).await;
    let mut seen = (0, 0);
    for unit in door.json("/api/v1/units").await["items"].as_array().unwrap() {
        let unit = door.json(&format!("/api/v1/units/{}", unit["unit_id"].as_str().unwrap())).await;
        for object in unit["objects"].as_array().unwrap() {
            let page = format!("/archives/objets/{}", object["object_id"].as_str().unwrap());
            let page = door.send(get(&page).cookie(&cookie)).await.text();
            assert_eq!(object["format_signatures"], "intégrée");
            if object["format"].is_null() {
                assert_eq!(object["format_basis"], "none");
                assert!(page.contains("Non reconnu"), "{page}");
                seen.1 += 1;
            } else {
                assert_eq!(
                    (&object["format"]["puid"], &object["format"]["version"]),
                    (&"fmt/18".into(), &"1.4".into())
                );
                assert_eq!(
                    (&object["format_basis"], &object["format_id"]),
                    (&"signature".into(), &"fmt/18".into())
                );
                assert!(page.contains("PDF, version 1.4 — fmt/18, d’après ses octets"), "{page}");
                seen.0 += 1;
            }
        }
    }
    assert_eq!(seen, (2, 1));
    door.end().await;
}
