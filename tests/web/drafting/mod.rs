//! Depositing at the portal without knowing the standard, over the real door.

mod arranged;
mod hostile;
mod kill;
mod pieces;
mod profiles;
mod resumed;
mod same;

use chartrier::drafting::{By, Drafting};
use chartrier::model::{PersonId, Role, Scope, Transfer, TransferId};
use uuid::Uuid;

use super::{Answer, Ask, Door, form, get, post};
use crate::support::{self, vault};

/// A person at the door, with their cookie and the proof of their forms.
struct Session<'a> {
    door: &'a Door,
    cookie: String,
    csrf: String,
}

impl<'a> Session<'a> {
    async fn of(door: &'a Door, role: Role) -> Session<'a> {
        let (cookie, csrf) = door.log_in(role).await;
        Session { door, cookie, csrf }
    }

    async fn get(&self, path: &str) -> Answer {
        self.door.send(get(path).cookie(&self.cookie).header("accept", "text/html")).await
    }

    async fn form(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let mut body = format!("csrf={}", encoded(&self.csrf));
        for (name, value) in fields {
            body += &format!("&{}={}", encoded(name), encoded(value));
        }
        self.door.send(form(path, &body).cookie(&self.cookie).header("accept", "text/html")).await
    }

    /// Several files in one form, as browsers write them.
    async fn files(&self, path: &str, files: &[(&str, &[u8])]) -> Answer {
        let (body, kind) = files_form(&self.csrf, files);
        let ask = post(path, body).header("content-type", kind).cookie(&self.cookie);
        self.door.send(ask.header("accept", "text/html")).await
    }

    async fn send(&self, ask: Ask) -> Answer {
        self.door.send(ask.cookie(&self.cookie).header("x-csrf-token", self.csrf.as_str())).await
    }

    /// Begins a deposit; its address.
    async fn begin(&self, fields: &[(&str, &str)]) -> String {
        let agreement = self.door.tenant.agreement.clone();
        let fields: Vec<_> =
            [("accord", agreement.as_str())].into_iter().chain(fields.iter().copied()).collect();
        let answer = self.form("/versements/brouillons", &fields).await;
        assert_eq!(answer.status, 303, "{answer:?}");
        answer.header("location").to_owned()
    }
}

fn encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

fn files_form(csrf: &str, files: &[(&str, &[u8])]) -> (Vec<u8>, String) {
    let mut body =
        format!("--limite\r\ncontent-disposition: form-data; name=\"csrf\"\r\n\r\n{csrf}\r\n").into_bytes();
    for (name, bytes) in files {
        let head =
            format!("--limite\r\ncontent-disposition: form-data; name=\"fichiers\"; filename=\"{name}\"\r\n");
        body.extend(head.bytes());
        body.extend(b"content-type: application/octet-stream\r\n\r\n");
        body.extend(*bytes);
        body.extend(b"\r\n");
    }
    body.extend(b"--limite--\r\n");
    (body, "multipart/form-data; boundary=limite".into())
}

fn pdf(words: &str) -> Vec<u8> {
    format!("%PDF-1.4\n% {words}\n%%EOF\n").into_bytes()
}

fn drafting(door: &Door) -> Drafting {
    support::drafting(&door.tenant.db, &vault::storage(), &door.tenant.clock, &door.ingest)
}

fn by(door: &Door, person: PersonId) -> By {
    By { tenant: door.tenant.tenant, person, scope: Scope::whole() }
}

async fn transfer_at(door: &Door, address: &str) -> Transfer {
    let id = TransferId(address.rsplit('/').next().unwrap().parse().unwrap());
    door.ingest.advance(door.tenant.tenant, id).await.unwrap();
    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    chartrier::ingest::queries::find_transfer(&mut tx, id).await.unwrap().expect("it was received")
}

fn draft_of(address: &str) -> Uuid {
    address.split('/').nth(3).unwrap().parse().unwrap()
}

/// What a secretary answers of a deposit without a profile.
const ANSWERS: [(&str, &str); 4] = [
    ("t|titre", "Délibérations de septembre"),
    ("t|date de début", "2026-09-01"),
    ("t|date de fin", "2026-09-30"),
    ("page", "1"),
];

/// A deposit sent from beginning to end; the transfer's address.
async fn deposited(session: &Session<'_>, files: &[(&str, &[u8])]) -> String {
    let draft = session.begin(&[]).await;
    assert_eq!(session.files(&format!("{draft}/fichiers"), files).await.status, 303);
    let answer = session.form(&format!("{draft}/suite"), &[("copie", "original")]).await;
    assert_eq!(answer.header("location"), format!("{draft}/questions"), "{answer:?}");
    let answer = session.form(&format!("{draft}/questions"), &ANSWERS).await;
    assert_eq!(answer.header("location"), format!("{draft}/relire"), "{}", answer.text());
    let answer = session.form(&format!("{draft}/envoi"), &[]).await;
    assert_eq!(answer.status, 303, "{}", answer.text());
    answer.header("location").to_owned()
}

/// The three files, each with its unit, one in a folder.
async fn is_taken_in_charge(door: &Door, place: &str) {
    let transfer = transfer_at(door, place).await;
    assert_eq!(transfer.state.word(), "taken_in_charge", "{:?}", transfer.findings);
    assert_eq!(transfer.title.as_deref(), Some("Délibérations de septembre"));
    assert_eq!((transfer.object_count, transfer.unit_count), (Some(3), Some(5)));
}

#[tokio::test]
async fn a_secretary_deposits_three_files_answers_a_few_questions_and_has_her_acknowledgement() {
    let door = Door::open().await;
    let session = Session::of(&door, Role::Depositor).await;
    let page = session.get("/versements/nouveau").await.text();
    assert!(page.contains("Que versez-vous ?") && page.contains("J’ai déjà un dossier préparé"), "{page}");
    assert!(!page.contains("comme la dernière fois"), "{page}");

    let draft = session.begin(&[]).await;
    let (a, b) = (pdf("a"), pdf("b"));
    let files: [(&str, &[u8]); 3] = [("délib_1.pdf", &a), ("Annexes/plan.pdf", &b), ("copie.pdf", &a)];
    assert_eq!(session.files(&format!("{draft}/fichiers"), &files).await.status, 303);
    let page = session.get(&draft).await.text();
    for expected in
        ["délib_1.pdf", "Annexes", "Document PDF", "Le même fichier que « délib_1.pdf »", "3\u{a0}fichiers"]
    {
        assert!(page.contains(expected), "{expected}: {page}");
    }

    let answer = session.form(&format!("{draft}/suite"), &[("copie", "simple")]).await;
    assert_eq!(answer.header("location"), format!("{draft}/questions"));
    let page = session.get(&format!("{draft}/questions")).await.text();
    for expected in
        ["Titre du versement", "Date du document le plus ancien", "value=\"délib 1\"", "Préciser davantage"]
    {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    // What is not answered is told beside the field that mends it.
    let answer = session
        .form(&format!("{draft}/questions"), &[("t|titre", "Séance"), ("t|date de début", "demain")])
        .await;
    assert_eq!(answer.status, 422);
    let page = answer.text();
    assert!(
        page.contains("« demain » n’est pas une date") && page.contains("href=\"#versement-datedefin\""),
        "{page}"
    );
    assert!(page.contains("id=\"versement-datedefin\"") && page.contains("value=\"demain\""), "{page}");
    let sent = session.form(&format!("{draft}/envoi"), &[]).await;
    assert!(sent.status == 422 && sent.text().contains("choses sont à corriger"), "{sent:?}");

    let answer = session.form(&format!("{draft}/questions"), &ANSWERS).await;
    assert_eq!(answer.header("location"), format!("{draft}/relire"), "{}", answer.text());
    let page = session.get(&format!("{draft}/relire")).await.text();
    for expected in [
        "Délibérations de septembre",
        "Annexes",
        "plan.pdf",
        "Tout est en règle",
        "1er\u{a0}septembre 2026",
        "Envoyer",
    ] {
        assert!(page.contains(expected), "{expected}: {page}");
    }
    for word in ["SEDA", "XML", "PUID", "tenant", "AR0"] {
        assert!(!page.contains(word), "{word}: {page}");
    }
    let sent = session.form(&format!("{draft}/envoi"), &[]).await;
    let place = sent.header("location").to_owned();
    assert!(sent.status == 303 && place.starts_with("/versements/0"), "{sent:?}");
    let page = session.get(&place).await.text();
    assert!(page.contains("Accusé de réception"), "at once: {page}");
    // Sent twice, it is one transfer; and the draft is no more.
    assert_eq!(session.form(&format!("{draft}/envoi"), &[]).await.header("location"), place);
    assert_eq!(session.get(&draft).await.status, 404);

    is_taken_in_charge(&door, &place).await;
    door.end().await;
}

#[tokio::test]
async fn the_depositor_is_written_to_once_it_is_taken_in_charge() {
    let door = Door::open().await;
    let session = Session::of(&door, Role::Depositor).await;
    let mut tx = door.tenant.db.technical().await.unwrap();
    sqlx::query("update platform.person set email = 'secretaire@example.fr' where person_id = $1")
        .bind(door.tenant.person(Role::Depositor).0)
        .execute(tx.conn())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let place = deposited(&session, &[("a.pdf", &pdf("lettre"))]).await;
    assert_eq!(transfer_at(&door, &place).await.state.word(), "taken_in_charge");
    let mut tx = door.tenant.db.technical().await.unwrap();
    let letters: Vec<String> = sqlx::query_scalar(
        "select letter from technical.letter where recipient = 'secretaire@example.fr' and tenant_id = $1",
    )
    .bind(door.tenant.tenant.to_string().parse::<Uuid>().unwrap())
    .fetch_all(tx.conn())
    .await
    .unwrap();
    let id = place.rsplit('/').next().unwrap();
    assert!(
        letters.len() == 1 && letters[0].contains(id) && letters[0].contains("\"taken\":true"),
        "{letters:?}"
    );
    door.end().await;
}

#[tokio::test]
async fn a_second_deposit_of_the_same_kind_takes_three_clicks() {
    let door = Door::open().await;
    let session = Session::of(&door, Role::Depositor).await;
    let first = deposited(&session, &[("séance.pdf", &pdf("septembre"))]).await;
    assert_eq!(transfer_at(&door, &first).await.state.word(), "taken_in_charge");
    let page = session.get("/versements/nouveau").await.text();
    assert!(page.contains("Verser comme la dernière fois"), "{page}");

    let draft = session.begin(&[("encore", "true")]).await;
    let files: [(&str, &[u8]); 2] = [("octobre.pdf", &pdf("octobre")), ("séance.pdf", &pdf("septembre"))];
    assert_eq!(session.files(&format!("{draft}/fichiers"), &files).await.status, 303);
    let page = session.get(&draft).await.text();
    assert!(
        page.contains("Déjà conservé dans") && page.contains("« Délibérations de septembre » ("),
        "{page}"
    );
    let answer = session.form(&format!("{draft}/suite"), &[("copie", "original")]).await;
    assert_eq!(answer.header("location"), format!("{draft}/relire"), "everything is answered");
    let page = session.get(&format!("{draft}/relire")).await.text();
    assert!(page.contains("Vérifiez les dates") && page.contains("Tout est en règle"), "{page}");
    // The dates move when somebody asks, and only then.
    let moved = session.form(&format!("{draft}/dates"), &[("mois", "1")]).await;
    assert_eq!(moved.header("location"), format!("{draft}/questions"));
    let page = session.get(&format!("{draft}/questions")).await.text();
    assert!(page.contains("value=\"2026-10-01\"") && page.contains("value=\"2026-10-30\""), "{page}");
    let sent = session.form(&format!("{draft}/envoi"), &[]).await;
    let second = sent.header("location").to_owned();
    assert_ne!(first, second);
    assert_eq!(transfer_at(&door, &second).await.state.word(), "taken_in_charge");
    door.end().await;
}

/// So many files of the draft, each in a folder of its own, as if they were coming.
async fn fill(door: &Door, draft: &str, count: usize) {
    let mut tx = door.tenant.db.technical().await.unwrap();
    sqlx::query(
        "insert into technical.deposit_draft_file (tenant_id, draft_id, file_id, rank, folder, name, bytes_total)
         select d.tenant_id, d.draft_id, gen_random_uuid(), n, n::text, 'scan.pdf', 10
         from technical.deposit_draft d, generate_series(1, $2::int) n where d.draft_id = $1",
    )
    .bind(draft_of(draft))
    .bind(count as i32)
    .execute(tx.conn())
    .await
    .unwrap();
    tx.commit().await.unwrap();
}
