//! What is not one's own draft, names made to escape, too many of everything, two sendings at once.

use chartrier::drafting::By;
use chartrier::drafting::draft::FILES_MAX;
use chartrier::drafting::files::{Coming, NotTaken};
use chartrier::drafting::review::Seen;
use chartrier::model::{Agent, Event, EventType, Outcome, PersonId, Role, Scope, Way};
use uuid::Uuid;

use super::{ANSWERS, Session, by, draft_of, drafting, fill, form, pdf, transfer_at};
use crate::web::Door;
use crate::web::scoped::another_producer;

/// Every address of a draft, as a request that would be right of one's own.
async fn addresses(session: &Session<'_>, draft: &str, file: &str) -> Vec<(String, u16)> {
    let mut answers = Vec::new();
    for end in ["", "/questions", "/relire"] {
        let path = format!("{draft}{end}");
        answers.push((path.clone(), session.get(&path).await.status));
    }
    let path = format!("{draft}/envois/{file}");
    answers.push((path.clone(), session.get(&path).await.status));
    for end in
        ["/suite", "/rangement", "/questions", "/envoi", "/abandon", &format!("/fichiers/{file}/retrait")]
    {
        let path = format!("{draft}{end}");
        answers.push((path.clone(), session.form(&path, &[]).await.status));
    }
    let path = format!("{draft}/fichiers");
    answers.push((path.clone(), session.files(&path, &[("x.pdf", b"x")]).await.status));
    let path = format!("{draft}/envois");
    answers.push((path.clone(), session.send(form(&path, "chemin=x&taille=3")).await.status));
    answers
}

#[tokio::test]
async fn another_person_s_draft_and_another_member_s_answer_like_none() {
    let (door, other) = (Door::open().await, Door::open().await);
    let session = Session::of(&door, Role::Depositor).await;
    let draft = session.begin(&[]).await;
    session.files(&format!("{draft}/fichiers"), &[("a.pdf", &pdf("a"))]).await;
    let page = session.get(&draft).await.text();
    let file = page.split("/fichiers/").nth(1).unwrap().split('/').next().unwrap().to_owned();
    // A colleague who deposits too.
    let mut tx = door.tenant.db.write(door.tenant.tenant).await.unwrap();
    let statement = format!(
        "insert into assignment (person_id, role) values ('{}', 'depositor')",
        door.tenant.person(Role::Reader)
    );
    sqlx::query(sqlx::AssertSqlSafe(statement)).execute(tx.conn()).await.unwrap();
    tx.record(Event {
        event_type: EventType::Parametrage,
        outcome: Outcome::Ok,
        agent: Agent::Operator,
        object: "assignment".into(),
        detail: Vec::new(),
    });
    tx.commit().await.unwrap();
    let colleague = Session::of(&door, Role::Reader).await;
    let stranger = Session::of(&other, Role::Depositor).await;
    for session in [&colleague, &stranger] {
        for (path, status) in addresses(session, &draft, &file).await {
            assert_eq!(status, 404, "{path}");
        }
        let none = format!("/versements/brouillons/{}", Uuid::now_v7());
        assert_eq!(session.get(&draft).await.text(), session.get(&none).await.text());
    }
    assert!(session.get(&draft).await.text().contains("a.pdf"), "nothing was changed");
    let forgotten = session.form(&format!("{draft}/abandon"), &[]).await;
    assert_eq!(forgotten.header("location"), "/versements/nouveau");
    assert_eq!(session.get(&draft).await.status, 404);
    door.end().await;
    other.end().await;
}

#[tokio::test]
async fn names_made_to_escape_are_folders_and_names_like_others() {
    let door = Door::open().await;
    let session = Session::of(&door, Role::Depositor).await;
    let draft = session.begin(&[]).await;
    let long = format!("{}.pdf", "é".repeat(125));
    let names = [
        "../../etc/passwd",
        "/absolu/a.pdf",
        "C:\\Temp\\b.pdf",
        "e\u{301}te\u{301}.pdf",
        "été.pdf",
        "..",
        "c\u{1}\u{202e}fdp.pdf",
        &long,
    ];
    let drafting = drafting(&door);
    let by = by(&door, door.tenant.person(Role::Depositor));
    for (at, name) in names.iter().enumerate() {
        let bytes = pdf(&format!("{at}"));
        let coming = Coming { path: name, size_bytes: Some(bytes.len() as u64), modified_ms: None };
        let file = drafting.open_file(&by, draft_of(&draft), coming).await.unwrap().unwrap();
        let body = futures_util::stream::iter([Ok(bytes::Bytes::from(bytes))]);
        drafting.add(&by, (draft_of(&draft), file.file_id), 0, body).await.unwrap().unwrap();
    }
    let read = drafting.draft(&by, draft_of(&draft)).await.unwrap().unwrap();
    let paths: Vec<String> = read.files.iter().map(|file| file.path()).collect();
    assert_eq!(
        &paths[..7],
        ["etc/passwd", "absolu/a.pdf", "C:/Temp/b.pdf", "été.pdf", "été (2).pdf", "document", "cfdp.pdf"]
    );
    assert!(paths[7].len() <= 200 && paths[7].ends_with("é.pdf"), "{}", paths[7]);
    session.form(&format!("{draft}/questions"), &ANSWERS).await;
    let sent = session.form(&format!("{draft}/envoi"), &[]).await;
    let transfer = transfer_at(&door, sent.header("location")).await;
    assert_eq!(
        (transfer.state.word(), transfer.object_count),
        ("taken_in_charge", Some(8)),
        "{:?}",
        transfer.findings
    );
    door.end().await;
}

#[tokio::test]
async fn too_many_files_or_drafts_are_refused_in_words() {
    let door = Door::open().await;
    let session = Session::of(&door, Role::Depositor).await;
    let draft = session.begin(&[]).await;
    fill(&door, &draft, FILES_MAX).await;
    let coming = Coming { path: "un-de-trop.pdf", size_bytes: Some(3), modified_ms: None };
    let by = by(&door, door.tenant.person(Role::Depositor));
    let refused = drafting(&door).open_file(&by, draft_of(&draft), coming).await.unwrap();
    assert_eq!(refused.unwrap_err(), NotTaken::TooMany);
    let page = session.files(&format!("{draft}/fichiers"), &[("un-de-trop.pdf", b"x")]).await.text();
    assert!(page.contains("2000 fichiers au plus"), "{page}");
    for _ in 0..49 {
        session.begin(&[]).await;
    }
    let agreement = door.tenant.agreement.clone();
    let answer = session.form("/versements/brouillons", &[("accord", &agreement)]).await;
    assert!(answer.status == 422 && answer.text().contains("terminez-les"), "{answer:?}");
    let unknown = session.form("/versements/brouillons", &[("accord", "INCONNU")]).await;
    assert_eq!(unknown.status, 422);
    door.end().await;
}

#[tokio::test]
async fn a_draft_sent_twice_at_once_is_one_transfer() {
    let door = Door::open().await;
    let session = Session::of(&door, Role::Depositor).await;
    let draft = session.begin(&[]).await;
    session.files(&format!("{draft}/fichiers"), &[("a.pdf", &pdf("deux fois"))]).await;
    session.form(&format!("{draft}/questions"), &ANSWERS).await;
    let path = format!("{draft}/envoi");
    let (one, other) = tokio::join!(session.form(&path, &[]), session.form(&path, &[]));
    assert_eq!((one.status, other.status), (303, 303), "{one:?} {other:?}");
    assert_eq!(one.header("location"), other.header("location"));
    transfer_at(&door, one.header("location")).await;
    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    let count: i64 = sqlx::query_scalar("select count(*) from transfer").fetch_one(tx.conn()).await.unwrap();
    assert_eq!(count, 1);
    drop(tx);
    door.end().await;
}

#[tokio::test]
async fn answers_to_what_was_not_asked_change_nothing() {
    let door = Door::open().await;
    let session = Session::of(&door, Role::Depositor).await;
    let draft = session.begin(&[]).await;
    session.files(&format!("{draft}/fichiers"), &[("a.pdf", &pdf("a"))]).await;
    let long = "x".repeat(5_000);
    let foreign = format!("f{}|titre", Uuid::nil().simple());
    let fields: [(&str, &str); 7] = [
        ("t|sort final", "Destroy"),
        ("t|code d'accès", "AR038"),
        ("t|@producteur", "AUTRE"),
        ("t|titre", &long),
        ("d2e2e|titre", "x"),
        (&foreign, "x"),
        ("t|date de début", "2026-01-01"),
    ];
    session.form(&format!("{draft}/questions"), &fields).await;
    let read = drafting(&door).draft(&by(&door, door.tenant.person(Role::Depositor)), draft_of(&draft)).await;
    let values = read.unwrap().unwrap().whole().values.clone();
    assert_eq!(values.keys().collect::<Vec<_>>(), ["date de début", "titre"]);
    assert_eq!(values["titre"].len(), 2_000);
    door.end().await;
}

#[tokio::test]
async fn what_was_answered_for_another_service_is_suggested_to_nobody_outside_it() {
    let door = Door::open().await;
    let staff = another_producer(&door).await;
    let session = Session::of(&door, Role::Depositor).await;
    let draft = session.begin(&[]).await;
    session.files(&format!("{draft}/fichiers"), &[("a.pdf", &pdf("a"))]).await;
    let mut answers = ANSWERS.to_vec();
    let path = format!("{draft}/questions");
    let unsaid = session.form(&path, &answers).await;
    assert!(
        unsaid.status == 422 && unsaid.text().contains("Quel service a produit"),
        "nobody chooses for her"
    );
    answers.push(("t|@producteur", &staff));
    session.form(&path, &answers).await;
    let sent = session.form(&format!("{draft}/envoi"), &[]).await;
    assert_eq!(sent.status, 303, "{}", sent.text());

    let drafting = drafting(&door);
    let finance = door.tenant.originating_agency.clone();
    for (producers, expected) in
        [(Some(vec![finance.clone()]), None), (Some(vec![staff.clone()]), Some(1)), (None, Some(1))]
    {
        let scope = Scope::by(vec![Way { producers: producers.clone(), ..Way::default() }]);
        let by = By { tenant: door.tenant.tenant, person: PersonId(Uuid::now_v7()), scope };
        let begun = drafting.begin(&by, &door.tenant.agreement, false).await.unwrap().expect("it is open");
        let Seen::Open(review) = drafting.review(&by, begun).await.unwrap() else { panic!("open") };
        assert_eq!(review.suggestions.get("titre").map(Vec::len), expected, "{producers:?}");
    }
    door.end().await;
}
