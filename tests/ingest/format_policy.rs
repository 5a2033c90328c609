//! What an agreement refuses of the formats found, and what it only says.

use chartrier::ingest::queries::MessageKind;
use chartrier::model::{Agent, Event, EventType, Finding, Outcome, Transfer, TransferState};

use super::{Desk, codes};

/// What the desk's agreements ask of formats from now on.
async fn ask(desk: &Desk, accepted: &[&str], unknown: &str, differs: &str) {
    let mut tx = desk.tenant.db.write(desk.tenant.tenant).await.unwrap();
    sqlx::query("update agreement set formats = $1, format_unknown = $2, format_differs = $3")
        .bind(accepted)
        .bind(unknown)
        .bind(differs)
        .execute(tx.conn())
        .await
        .unwrap();
    tx.record(Event {
        event_type: EventType::Parametrage,
        outcome: Outcome::Ok,
        agent: Agent::Operator,
        object: format!("agreement:{}", desk.tenant.agreement),
        detail: vec![("formats", accepted.join(" "))],
    });
    tx.commit().await.unwrap();
}

/// A transfer whose second file is this; every file is declared `fmt/18`.
async fn with(desk: &Desk, identifier: &str, name: &str, bytes: &[u8]) -> Transfer {
    let mut sip = desk.sip(identifier);
    sip.files[1] = (format!("content/{name}"), bytes.to_vec());
    desk.deposit(sip.zip()).await
}

fn about<'a>(transfer: &'a Transfer, code: &str) -> &'a Finding {
    transfer.findings.iter().find(|finding| finding.kind.code == code).expect("it was found")
}

const PDF_17: &[u8] = b"%PDF-1.7\n%%EOF\n";
const NAMELESS: &[u8] = &[0x80, 0, 1, 2, 0xff, 0, 0, 7];

#[tokio::test]
async fn a_format_that_differs_from_the_one_declared_is_said_or_refused() {
    let desk = Desk::open().await;
    let same = desk.deposit(desk.sip("PAREIL").zip()).await;
    assert_eq!((same.state, codes(&same)), (TransferState::TakenInCharge, vec![]));

    let warned = with(&desk, "DIFFERE", "acte.pdf", PDF_17).await;
    assert_eq!((warned.state, codes(&warned)), (TransferState::TakenInCharge, vec!["format.mismatch"]));
    let finding = about(&warned, "format.mismatch");
    assert_eq!(finding.path.as_deref(), Some("content/acte.pdf"));
    assert!(finding.line.is_some() && finding.message.contains("déclaré fmt/18"), "{finding:?}");
    assert!(finding.message.contains("fmt/276 (PDF 1.7)"), "{finding:?}");

    ask(&desk, &[], "warn", "refuse").await;
    let refused = with(&desk, "DIFFERE-2", "acte.pdf", PDF_17).await;
    assert_eq!((refused.state, codes(&refused)), (TransferState::Refused, vec!["format.refused"]));
    assert!(about(&refused, "format.refused").message.contains("pas du format déclaré"), "{refused:?}");
    let reply = desk.message(refused.transfer_id, MessageKind::Reply).await.unwrap();
    assert!(reply.contains("307") && reply.contains("fmt/276"), "{reply}");
    // A media type that differs is no format that does: it stays a warning, as does what nothing names.
    let nameless = with(&desk, "SANS-NOM", "données", NAMELESS).await;
    assert_eq!(
        (nameless.state, codes(&nameless)),
        (TransferState::TakenInCharge, vec!["format.unidentified"])
    );
    desk.end().await;
}

#[tokio::test]
async fn a_file_that_nothing_names_is_said_or_refused() {
    let desk = Desk::open().await;
    ask(&desk, &["fmt/*"], "refuse", "warn").await;
    let refused = with(&desk, "INCONNU", "données", NAMELESS).await;
    assert_eq!((refused.state, codes(&refused)), (TransferState::Refused, vec!["format.refused"]));
    assert!(about(&refused, "format.refused").message.contains("n'est pas reconnu"), "{refused:?}");
    let differs = with(&desk, "DIFFERE", "acte.pdf", PDF_17).await;
    assert_eq!((differs.state, codes(&differs)), (TransferState::TakenInCharge, vec!["format.mismatch"]));
    desk.end().await;
}

#[tokio::test]
async fn only_the_formats_accepted_come_in() {
    let desk = Desk::open().await;
    ask(&desk, &["fmt/18", "x-fmt/*"], "warn", "warn").await;
    let accepted = with(&desk, "ACCEPTE", "tableau.csv", b"a;b\n").await;
    assert_eq!((accepted.state, codes(&accepted)), (TransferState::TakenInCharge, vec![]));

    let refused = with(&desk, "REFUSE", "acte.pdf", PDF_17).await;
    assert_eq!(refused.state, TransferState::Refused);
    assert_eq!(codes(&refused), ["format.mismatch", "format.refused"]);
    let finding = about(&refused, "format.refused");
    assert_eq!(finding.path.as_deref(), Some("content/acte.pdf"));
    for said in ["fmt/276 (PDF 1.7)", &desk.tenant.agreement, "fmt/18, x-fmt/*"] {
        assert!(finding.message.contains(said), "{said}: {finding:?}");
    }
    assert!(finding.kind.remedy.contains("Convertissez"), "{finding:?}");

    // Those that travel in the message too.
    let mut inline = desk.sip("DEDANS");
    inline.files = vec![("content/acte.pdf".into(), PDF_17.to_vec())];
    inline.inline = true;
    let refused = desk.deposit(inline.zip()).await;
    assert_eq!(codes(&refused), ["format.mismatch", "format.refused", "object.inline"]);
    desk.end().await;
}

#[tokio::test]
async fn a_crowd_is_told_in_a_hundred_sentences_and_a_count() {
    let desk = Desk::open().await;
    ask(&desk, &["x-fmt/111"], "warn", "warn").await;
    let mut sip = desk.sip("FOULE");
    sip.files = (0..130)
        .map(|n| (format!("content/{n}.pdf"), format!("%PDF-1.4\n% {n}\n%%EOF\n").into_bytes()))
        .collect();
    let transfer = desk.deposit(sip.zip()).await;
    assert_eq!(transfer.state, TransferState::Refused);
    assert_eq!(transfer.findings.len(), 101);
    assert!(transfer.findings[100].message.starts_with("30 autres fichiers"), "{:?}", transfer.findings[100]);
    desk.end().await;
}
