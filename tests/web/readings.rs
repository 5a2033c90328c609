//! The control authority reads with a reason: what opens then, for how long, to whom, and what the member sees of it.

use chartrier::model::{Role, Transfer};
use chrono::TimeDelta;
use serde_json::Value;
use uuid::Uuid;

use super::scoped::change;
use super::{Answer, Door, form, get};
use crate::support::sip::Sip;

/// Opens a reading of all that the role reaches, for an hour.
pub async fn open(door: &Door, cookie: &str, csrf: &str) {
    let answer = ask(door, cookie, csrf, "motif=conservation&precision=Mission+2027&heures=1").await;
    assert_eq!((answer.status, answer.header("location")), (303, "/controle/lectures?fait=ouverte"));
}

async fn ask(door: &Door, cookie: &str, csrf: &str, body: &str) -> Answer {
    door.send(form("/controle/lectures", &format!("csrf={csrf}&{body}")).cookie(cookie)).await
}

/// What was deposited so, as the addresses of its unit, its file's page, its bytes, what they show, its package and its transfer.
async fn addresses(door: &Door, transfer: &Transfer) -> [String; 6] {
    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    let archive = transfer.archive_id.unwrap().0;
    let (unit, object): (Uuid, Uuid) = sqlx::query_as(
        "select l.unit_id, l.object_id from unit_object l join unit u using (tenant_id, unit_id)
         where u.archive_id = $1 order by l.object_id limit 1",
    )
    .bind(archive)
    .fetch_one(tx.conn())
    .await
    .unwrap();
    [
        format!("/archives/unites/{unit}"),
        format!("/archives/objets/{object}"),
        format!("/archives/objets/{object}/contenu"),
        format!("/archives/objets/{object}/apercu"),
        format!("/archives/unites/{unit}/communication"),
        format!("/versements/{}", transfer.transfer_id),
    ]
}

const LISTS: [&str; 4] = ["/archives", "/archives?q=versement", "/registre", "/versements"];

async fn cote(door: &Door, transfer: &Transfer) -> String {
    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    let cote = sqlx::query_scalar("select cote from archive where archive_id = $1");
    cote.bind(transfer.archive_id.unwrap().0).fetch_one(tx.conn()).await.unwrap()
}

/// Entries of the journal of this type, as JSON, in their order.
async fn entries(door: &Door, event_type: &str, object: &str) -> Vec<Value> {
    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    let entries: Vec<String> = sqlx::query_scalar(
        "select entry from event where event_type = $1 and object like $2 || '%' order by seq",
    )
    .bind(event_type)
    .bind(object)
    .fetch_all(tx.conn())
    .await
    .unwrap();
    entries.iter().map(|entry| serde_json::from_str(entry).unwrap()).collect()
}

/// Descriptions are read, no file opens, and the page says what to do.
async fn opens_no_file(door: &Door, cookie: &str, of: &[String; 6], said: &str) {
    let [unit, object, bytes, shown, package, transfer] = of;
    for address in [unit, object, transfer] {
        assert_eq!(door.send(get(address).cookie(cookie)).await.status, 200, "{address}");
    }
    for address in [bytes, shown, package] {
        let answer = door.send(get(address).cookie(cookie)).await;
        assert_eq!((answer.status, answer.problem().as_str()), (404, "not-found"), "{address}");
    }
    let page = door.send(get(unit).cookie(cookie)).await.text();
    assert!(page.contains("une fois dit pourquoi vous les lisez"), "{page}");
    assert!(page.contains("/controle/lectures?cote=") && !page.contains("/derogation"), "{page}");
    for list in LISTS {
        assert!(door.send(get(list).cookie(cookie)).await.text().contains(said), "{list}");
    }
}

#[tokio::test]
async fn no_file_opens_before_the_reason_is_said_and_every_one_after() {
    let door = Door::open().await;
    // Not communicable before 2075.
    let rule = "<AccessRule><Rule>AR048</Rule><StartDate>2024-06-30</StartDate></AccessRule>";
    let closed = Sip { management: format!("<Management>{rule}</Management>"), ..door.sip("MOTIVE") };
    let transfer = door.deposit(closed.zip()).await;
    let of = addresses(&door, &transfer).await;
    let (cookie, csrf) = door.log_in(Role::ControlAuthority).await;
    opens_no_file(&door, &cookie, &of, "MOTIVE").await;
    assert_eq!(door.send(get("/registre/recolement.pdf").cookie(&cookie)).await.status, 200, "figures");
    assert_eq!(door.consultations().await, 0);

    open(&door, &cookie, &csrf).await;
    for address in &of {
        assert_eq!(door.send(get(address).cookie(&cookie)).await.status, 200, "{address}");
    }
    for list in LISTS {
        assert!(door.send(get(list).cookie(&cookie)).await.text().contains("MOTIVE"), "{list}");
    }
    let page = door.send(get(&of[0]).cookie(&cookie)).await.text();
    assert!(page.contains("les délais de communicabilité ne vous sont pas opposés"), "{page}");
    let desk = door.send(get("/").cookie(&cookie)).await.text();
    assert!(desk.contains("Lecture ouverte jusqu’au"), "{desk}");
    journaled(&door, &transfer).await;
    door.end().await;
}

/// The opening says who, why, until when; each file opened says by which reading, once a quarter of an hour.
async fn journaled(door: &Door, transfer: &Transfer) {
    let person = door.tenant.person(Role::ControlAuthority);
    let opened = entries(door, "PARAMETRAGE", "reading:").await;
    assert_eq!(opened.len(), 1);
    let (opened, detail) = (&opened[0], &opened[0]["detail"]);
    assert_eq!(opened["agent"], format!("person:{person}"));
    assert_eq!(
        (&opened["role"], &detail["action"]),
        (&"control_authority".into(), &"lecture ouverte".into())
    );
    assert_eq!(
        (&detail["motif"], &detail["delais_de_communicabilite"]),
        (&"conservation".into(), &"non opposes".into())
    );
    assert_eq!(detail["precision_sha256"].as_str().unwrap().len(), 64);
    assert!(detail["jusqu_au"].as_str().is_some() && detail.get("archive").is_none());
    assert!(!opened.to_string().contains("Mission"), "what was said beside it may name somebody");
    let reading = opened["object"].as_str().unwrap().strip_prefix("reading:").unwrap().to_owned();
    let read = entries(door, "CONSULTATION", "object:").await;
    assert!(!read.is_empty());
    for entry in &read {
        assert_eq!(entry["detail"]["lecture"], reading, "{entry}");
        assert_eq!(entry["detail"]["archive"], transfer.archive_id.unwrap().to_string());
        assert_eq!(entry["role"], "control_authority");
    }
    // The member sees it, with the file's name; nobody else does.
    for role in [Role::Archivist, Role::MemberAdmin] {
        let (cookie, _) = door.log_in(role).await;
        let page = door.send(get("/controle/lectures").cookie(&cookie)).await.text();
        for said in [
            "Contrôle des conditions de conservation",
            "Mission 2027",
            "Ouverte",
            "1\u{a0}consultation de fichier",
        ] {
            assert!(page.contains(said), "{role:?} {said}: {page}");
        }
        let one = door.send(get(&format!("/controle/lectures/{reading}")).cookie(&cookie)).await.text();
        assert!(one.contains(".pdf") && one.contains("Non opposés au contrôle"), "{role:?}: {one}");
    }
    for role in [Role::Depositor, Role::Producer, Role::Reader, Role::Operator, Role::Pilot] {
        let (cookie, csrf) = door.log_in(role).await;
        assert_eq!(door.send(get("/controle/lectures").cookie(&cookie)).await.status, 403, "{role:?}");
        assert_eq!(
            ask(door, &cookie, &csrf, "motif=incident&precision=x&heures=1").await.status,
            403,
            "{role:?}"
        );
    }
}

#[tokio::test]
async fn a_reading_of_one_archive_opens_no_other() {
    let door = Door::open().await;
    let (one, two) =
        (door.deposit(door.sip("SEUL").zip()).await, door.deposit(door.sip("VOISIN").zip()).await);
    let (of_one, of_two) = (addresses(&door, &one).await, addresses(&door, &two).await);
    let (cookie, csrf) = door.log_in(Role::ControlAuthority).await;
    let unknown = ask(&door, &cookie, &csrf, "motif=incident&precision=Vol&heures=1&cote=INCONNUE").await;
    assert_eq!(unknown.status, 422);
    assert!(unknown.text().contains("n’a cette cote") && unknown.text().contains(">Vol</textarea>"));
    let body = format!("motif=incident&precision=Vol&heures=1&cote={}", cote(&door, &one).await);
    assert_eq!(ask(&door, &cookie, &csrf, &body).await.status, 303);
    for mine in &of_one {
        assert_eq!(door.send(get(mine).cookie(&cookie)).await.status, 200, "{mine}");
    }
    opens_no_file(&door, &cookie, &of_two, "VOISIN").await;
    let table = door.send(get("/registre.csv").cookie(&cookie)).await.text();
    assert!(table.contains("SEUL") && table.contains("VOISIN"), "{table}");
    let opened = entries(&door, "PARAMETRAGE", "reading:").await;
    assert_eq!(opened[0]["detail"]["archive"], one.archive_id.unwrap().to_string());

    // A reader of the member besides, who has what is open to anybody: no more of the other archive than before.
    let person = door.tenant.person(Role::ControlAuthority);
    change(&door, &format!("insert into assignment (person_id, role) values ('{person}', 'reader')")).await;
    assert_eq!(door.send(get(&of_two[0]).cookie(&cookie)).await.status, 200, "its description, as a reader");
    assert_eq!(door.send(get(&of_two[2]).cookie(&cookie)).await.status, 404, "not its bytes");
    assert_eq!(door.send(get(&of_one[2]).cookie(&cookie)).await.status, 200);
    door.end().await;
}

#[tokio::test]
async fn what_is_past_or_closed_opens_nothing_any_more() {
    let door = Door::alone("readings").await;
    let transfer = door.deposit(door.sip("PASSE").zip()).await;
    let of = addresses(&door, &transfer).await;
    let (cookie, csrf) = door.log_in(Role::ControlAuthority).await;
    open(&door, &cookie, &csrf).await;
    assert_eq!(door.send(get(&of[2]).cookie(&cookie)).await.status, 200);
    door.tenant.clock.advance(TimeDelta::minutes(59));
    assert_eq!(door.send(get(&of[2]).cookie(&cookie)).await.status, 200);
    door.tenant.clock.advance(TimeDelta::minutes(2));
    opens_no_file(&door, &cookie, &of, "PASSE").await;
    let page = door.send(get("/controle/lectures").cookie(&cookie)).await.text();
    assert!(page.contains("Terminée") && page.contains("2\u{a0}consultations de fichiers"), "{page}");
    let reading =
        entries(&door, "PARAMETRAGE", "reading:").await[0]["object"].as_str().unwrap()[8..].to_owned();
    let one = door.send(get(&format!("/controle/lectures/{reading}")).cookie(&cookie)).await.text();
    assert!(one.contains(".pdf"), "{one}");
    let fin =
        |id: &str| form(&format!("/controle/lectures/{id}/fin"), &format!("csrf={csrf}")).cookie(&cookie);
    assert_eq!(door.send(fin(&reading)).await.status, 404, "past already");

    // Another reason, the same file at once: another consultation. Then its person ends it.
    let before = door.consultations().await;
    open(&door, &cookie, &csrf).await;
    door.send(get(&of[2]).cookie(&cookie)).await;
    assert_eq!(door.consultations().await, before + 1);
    let again = entries(&door, "PARAMETRAGE", "reading:").await.last().unwrap()["object"].as_str().unwrap()
        [8..]
        .to_owned();
    let (admin, token) = door.log_in(Role::MemberAdmin).await;
    let stopped = form(&format!("/controle/lectures/{again}/fin"), &format!("csrf={token}")).cookie(&admin);
    assert_eq!(door.send(stopped).await.status, 403, "those who are controlled do not end it");
    assert_eq!(door.send(fin(&again)).await.status, 303);
    opens_no_file(&door, &cookie, &of, "PASSE").await;
    assert_eq!(door.send(fin(&again)).await.status, 404, "once");
    let last = entries(&door, "PARAMETRAGE", "reading:").await.pop().unwrap();
    assert_eq!(last["detail"]["action"], "lecture fermee");
    door.end().await;
}

#[tokio::test]
async fn only_a_reason_of_the_list_with_words_and_a_duration_opens_anything() {
    let door = Door::open().await;
    let transfer = door.deposit(door.sip("FORMULAIRE").zip()).await;
    let of = addresses(&door, &transfer).await;
    let (cookie, csrf) = door.log_in(Role::ControlAuthority).await;
    let long = "x".repeat(501);
    for (body, said) in [
        ("motif=autre&precision=x&heures=1".to_owned(), "Choisissez le motif"),
        ("precision=x&heures=1".to_owned(), "Choisissez le motif"),
        ("motif=incident&precision=+%00%0A&heures=1".to_owned(), "ce que vous contrôlez"),
        (format!("motif=incident&precision={long}&heures=1"), "cinq cents caractères"),
        ("motif=incident&precision=x&heures=11".to_owned(), "l’une des durées"),
        ("motif=incident&precision=x&heures=-1".to_owned(), "l’une des durées"),
        ("motif=incident&precision=x&heures=99999999999".to_owned(), "l’une des durées"),
        ("motif=incident&precision=x".to_owned(), "l’une des durées"),
        ("motif=incident&precision=x&heures=1&cote=%00".to_owned(), "n’a cette cote"),
    ] {
        let answer = ask(&door, &cookie, &csrf, &body).await;
        assert_eq!(answer.status, 422, "{body}");
        assert!(answer.text().contains(said), "{body}: {}", answer.text());
    }
    let forged = form("/controle/lectures", "csrf=x&motif=incident&precision=x&heures=1").cookie(&cookie);
    assert_eq!(door.send(forged).await.status, 403, "another site's form");
    opens_no_file(&door, &cookie, &of, "FORMULAIRE").await;
    assert!(entries(&door, "PARAMETRAGE", "reading:").await.is_empty());
    for _ in 0..20 {
        open(&door, &cookie, &csrf).await;
    }
    let more = ask(&door, &cookie, &csrf, "motif=incident&precision=x&heures=1").await;
    assert!(more.status == 422 && more.text().contains("Trop de vos lectures"));
    door.end().await;
}

#[tokio::test]
async fn a_reading_ends_with_the_role_and_opens_nothing_of_another_member() {
    let (door, other) = (Door::open().await, Door::open().await);
    let here = addresses(&door, &door.deposit(door.sip("ICI").zip()).await).await;
    let theirs = other.deposit(other.sip("AILLEURS").zip()).await;
    let (there, foreign) = (addresses(&other, &theirs).await, cote(&other, &theirs).await);
    let (cookie, csrf) = door.log_in(Role::ControlAuthority).await;
    open(&door, &cookie, &csrf).await;
    for address in &there {
        assert_eq!(door.send(get(address).cookie(&cookie)).await.status, 404, "{address}");
    }
    // A cote of the other member's is none of this one's, unless it is the same by chance: then it is this one's archive.
    if foreign != cote_of_first(&door).await {
        let body = format!("motif=incident&precision=x&heures=1&cote={foreign}");
        assert_eq!(ask(&door, &cookie, &csrf, &body).await.status, 422);
    }
    // Nobody reads by somebody else's reading.
    let (theirs, token) = other.log_in(Role::ControlAuthority).await;
    open(&other, &theirs, &token).await;
    let reading =
        entries(&other, "PARAMETRAGE", "reading:").await[0]["object"].as_str().unwrap()[8..].to_owned();
    assert_eq!(door.send(get(&format!("/controle/lectures/{reading}")).cookie(&cookie)).await.status, 404);
    let fin = form(&format!("/controle/lectures/{reading}/fin"), &format!("csrf={csrf}")).cookie(&cookie);
    assert_eq!(door.send(fin).await.status, 404);
    assert_eq!(other.send(get(&there[2]).cookie(&theirs)).await.status, 200, "still open");

    let taken = "update assignment set role = 'reader', agreements = '{}' where role = 'control_authority'";
    change(&door, taken).await;
    for address in &here[..4] {
        assert_eq!(door.send(get(address).cookie(&cookie)).await.status, 404, "the role is gone: {address}");
    }
    other.end().await;
    door.end().await;
}

async fn cote_of_first(door: &Door) -> String {
    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    sqlx::query_scalar("select cote from archive limit 1").fetch_one(tx.conn()).await.unwrap()
}
