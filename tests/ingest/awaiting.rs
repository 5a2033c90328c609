//! Agreements under which an archivist decides.

use chartrier::ingest::archivist::{Decider, Undecided};
use chartrier::ingest::decision_queries;
use chartrier::ingest::queries::MessageKind;
use chartrier::model::{Refusal, RefusalReason, Role, TransferState};

use super::{Desk, codes};

#[tokio::test]
async fn an_archivist_accepts_and_the_transfer_is_taken_in_charge() {
    let desk = Desk::open().await;
    let waiting = desk.deposit(desk.under("ATTEND", &desk.tenant.agreement_with_archivist).zip()).await;
    assert_eq!(waiting.state, TransferState::Examined);
    let (tenant, id) = (desk.tenant.tenant, waiting.transfer_id);
    desk.ingest.advance(tenant, id).await.unwrap();
    assert_eq!(desk.transfer(id).await.state, TransferState::Examined, "nothing goes on by itself");

    let archivist = desk.tenant.person(Role::Archivist);
    desk.ingest.approve(tenant, Decider::of_all(archivist), id).await.unwrap().unwrap();
    assert_eq!(
        desk.ingest.approve(tenant, Decider::of_all(archivist), id).await.unwrap(),
        Err(Undecided::NotWaiting)
    );
    desk.ingest.advance(tenant, id).await.unwrap();
    assert_eq!(desk.transfer(id).await.state, TransferState::TakenInCharge);
    desk.end().await;
}

#[tokio::test]
async fn an_archivist_refuses_with_their_own_words() {
    let desk = Desk::open().await;
    let waiting = desk.deposit(desk.under("DECLINE", &desk.tenant.agreement_with_archivist).zip()).await;
    let (tenant, id) = (desk.tenant.tenant, waiting.transfer_id);
    let archivist = desk.tenant.person(Role::Archivist);
    let reasons = [RefusalReason::FilesMissing, RefusalReason::ToComplete];
    let refusal = Refusal::new(&reasons, "Le procès-verbal manque.").unwrap();
    desk.ingest.decline(tenant, Decider::of_all(archivist), id, &refusal).await.unwrap().unwrap();
    let refused = desk.transfer(id).await;
    assert_eq!(
        (refused.state, codes(&refused)),
        (TransferState::Refused, vec!["message.refused_by_archivist"])
    );
    let reply = desk.message(id, MessageKind::Reply).await.unwrap();
    let said = "à compléter (to_complete), fichiers manquants (files_missing) : Le procès-verbal manque.";
    assert!(reply.contains(said), "{reply}");
    let mut tx = desk.tenant.db.read(tenant).await.unwrap();
    let decision = decision_queries::find_decision(&mut tx, id).await.unwrap();
    drop(tx);
    assert_eq!(decision.reasons, [RefusalReason::ToComplete, RefusalReason::FilesMissing]);
    assert_eq!(decision.words.as_deref(), Some("Le procès-verbal manque."));
    let entry = last_entry(&desk, "REJET").await;
    assert!(entry.contains("\"motifs\":\"to_complete files_missing\""), "{entry}");
    assert!(entry.contains("\"mots\":\"Le procès-verbal manque.\""), "{entry}");
    desk.end().await;
}

#[tokio::test]
async fn a_remark_goes_with_the_acceptance_into_the_entry_the_reply_and_the_archive() {
    let desk = Desk::open().await;
    let waiting = desk.deposit(desk.under("REMARQUE", &desk.tenant.agreement_with_archivist).zip()).await;
    let (tenant, id) = (desk.tenant.tenant, waiting.transfer_id);
    let by = Decider::of_all(desk.tenant.person(Role::Archivist));
    let remark = " Titres à préciser <la prochaine fois>.\u{1} ";
    desk.ingest.approve_with(tenant, by, id, remark).await.unwrap().unwrap();
    let entry = last_entry(&desk, "CONTROLE").await;
    assert!(entry.contains("\"remarque\":\"Titres à préciser <la prochaine fois>.\""), "{entry}");
    desk.ingest.advance(tenant, id).await.unwrap();
    assert_eq!(desk.transfer(id).await.state, TransferState::TakenInCharge);
    let reply = desk.message(id, MessageKind::Reply).await.unwrap();
    let said = "Remarque du service d'archives : Titres à préciser &lt;la prochaine fois&gt;.";
    assert!(reply.contains(said), "{reply}");
    let mut tx = desk.tenant.db.read(tenant).await.unwrap();
    let decision = decision_queries::find_decision(&mut tx, id).await.unwrap();
    drop(tx);
    assert_eq!(decision.words.as_deref(), Some("Titres à préciser <la prochaine fois>."));
    assert!(decision.reasons.is_empty());
    desk.end().await;
}

/// The last entry of a type in the journal.
async fn last_entry(desk: &Desk, event_type: &str) -> String {
    let mut tx = desk.tenant.db.read(desk.tenant.tenant).await.unwrap();
    sqlx::query_scalar("select entry from event where event_type = $1 order by seq desc limit 1")
        .bind(event_type)
        .fetch_one(tx.conn())
        .await
        .unwrap()
}

#[tokio::test]
async fn a_finding_has_its_place_in_the_tree_of_the_message() {
    let desk = Desk::open().await;
    let mut sip = desk.sip("ENDROIT");
    sip.first_digest = Some("0".repeat(128));
    let refused = desk.deposit(sip.zip()).await;
    assert_eq!((refused.state, codes(&refused)), (TransferState::Refused, vec!["object.digest"]));
    let mut tx = desk.tenant.db.read(desk.tenant.tenant).await.unwrap();
    let places = decision_queries::find_places(&mut tx, refused.transfer_id).await.unwrap();
    drop(tx);
    let node = |of: &chartrier::ingest::places::Node| {
        (of.depth, of.name.clone(), of.is_file, of.findings.clone(), of.quiet)
    };
    let nodes: Vec<_> = places.nodes.iter().map(node).collect();
    assert_eq!(
        nodes,
        [
            (0, "Délibérations du versement ENDROIT".to_owned(), false, vec![], 2),
            (1, "Pièce 0".to_owned(), false, vec![], 0),
            (2, "content/piece-1.pdf".to_owned(), true, vec![0], 0),
        ]
    );
    assert_eq!(places.left_out, 0);
    desk.end().await;
}

#[tokio::test]
async fn whoever_decides_sees_the_whole_tree_and_no_more_of_it_than_a_page_holds() {
    let desk = Desk::open().await;
    let under = desk.tenant.agreement_with_archivist.clone();
    let small = desk.deposit(desk.under("ENTIER", &under).zip()).await;
    let mut large = desk.under("LONG", &under);
    let titled = |n: usize| {
        format!(
            "<ArchiveUnit id=\"V{n}\"><Content><DescriptionLevel>Item</DescriptionLevel><Title>Acte {n}</Title>\
             </Content></ArchiveUnit>\n"
        )
    };
    large.units = (0..400).map(titled).collect();
    let large = desk.deposit(large.zip()).await;
    assert_eq!([small.state, large.state], [TransferState::Examined; 2]);
    let mut tx = desk.tenant.db.read(desk.tenant.tenant).await.unwrap();
    let whole = decision_queries::find_places(&mut tx, small.transfer_id).await.unwrap();
    let names: Vec<_> =
        whole.nodes.iter().map(|node| (node.depth, node.name.as_str(), node.is_file)).collect();
    let expected = [
        (0, "Délibérations du versement ENTIER", false),
        (1, "Pièce 0", false),
        (2, "content/piece-1.pdf", true),
        (1, "Pièce 1", false),
    ];
    assert!(whole.is_whole && names.starts_with(&expected), "{names:?}");
    let cut = decision_queries::find_places(&mut tx, large.transfer_id).await.unwrap();
    drop(tx);
    let (root, shown) = (&cut.nodes[0], cut.nodes.iter().filter(|node| !node.is_file).count());
    assert!(shown > 150 && cut.nodes.len() <= 200, "{shown}");
    assert_eq!(root.quiet as usize, large.unit_count.unwrap() as usize - shown, "the rest is counted");
    // Accepted, it is read where the archive is.
    let archivist = desk.tenant.person(Role::Archivist);
    desk.ingest
        .approve(desk.tenant.tenant, Decider::of_all(archivist), small.transfer_id)
        .await
        .unwrap()
        .unwrap();
    desk.ingest.advance(desk.tenant.tenant, small.transfer_id).await.unwrap();
    let mut tx = desk.tenant.db.read(desk.tenant.tenant).await.unwrap();
    assert!(decision_queries::find_places(&mut tx, small.transfer_id).await.unwrap().nodes.is_empty());
    drop(tx);
    desk.end().await;
}

#[tokio::test]
async fn the_tree_is_bounded_and_what_is_past_it_is_counted() {
    let desk = Desk::open().await;
    let mut sip = desk.sip("BORNE");
    let untitled = |n: usize| {
        format!(
            "<ArchiveUnit id=\"V{n}\"><Content><DescriptionLevel>Item</DescriptionLevel>\
             <StartDate>2026-02-01</StartDate><EndDate>2025-01-01</EndDate></Content></ArchiveUnit>\n"
        )
    };
    sip.units = (0..120).map(untitled).collect();
    let refused = desk.deposit(sip.zip()).await;
    assert_eq!(refused.state, TransferState::Refused, "{:?}", refused.findings.first());
    let mut tx = desk.tenant.db.read(desk.tenant.tenant).await.unwrap();
    let places = decision_queries::find_places(&mut tx, refused.transfer_id).await.unwrap();
    drop(tx);
    assert!(places.nodes.len() > 50 && places.nodes.len() <= chartrier::ingest::places::NODES_MAX);
    let placed: usize = places.nodes.iter().map(|node| node.findings.len()).sum();
    let located = refused.findings.iter().filter(|finding| finding.line.is_some()).count();
    assert_eq!(placed + places.left_out as usize, located);
    desk.end().await;
}
