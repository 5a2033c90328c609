//! The annual report: its indicators are what the journal says a second time; the page and the paper say the same.

use std::collections::BTreeMap;

use chartrier::annual::{Facts, MemberFacts, of_year, paper, told};
use chartrier::evidence::journal_page;
use chartrier::model::{Role, TransferState};

use super::{Door, get};

/// What a member's journal says of its year: entries by type and outcome, and bytes taken in charge.
async fn in_the_journal(door: &Door) -> (BTreeMap<(String, String), u64>, u64) {
    let (mut entries, mut bytes, mut after) = (BTreeMap::new(), 0, 0);
    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    loop {
        let page = journal_page(&mut tx, after, 500).await.unwrap();
        let Some(last) = page.last() else { return (entries, bytes) };
        after = last.seq;
        for entry in page {
            let text: serde_json::Value = serde_json::from_str(&entry.entry).unwrap();
            let said = text["detail"]["octets"].as_str().filter(|_| entry.event_type == "PRISE_EN_CHARGE");
            bytes += said.map_or(0, |octets| octets.parse::<u64>().unwrap());
            *entries.entry((entry.event_type, entry.outcome)).or_default() += 1;
        }
    }
}

async fn of_member(door: &Door) -> MemberFacts {
    let facts = of_year(&door.tenant.db, 2027).await.unwrap();
    facts.members.into_iter().find(|of| of.code == door.tenant.code).unwrap()
}

#[tokio::test]
async fn the_year_s_indicators_are_those_that_the_journal_says() {
    let door = Door::open().await;
    for name in ["UN", "DEUX"] {
        let taken = door.deposit(door.sip(name).zip()).await;
        assert_eq!(taken.state, TransferState::TakenInCharge, "{:?}", taken.findings);
    }
    let wrong = crate::support::sip::Sip { first_digest: Some("0".repeat(128)), ..door.sip("FAUX") };
    assert_eq!(door.deposit(wrong.zip()).await.state, TransferState::Refused);
    let of = of_member(&door).await;
    let (entries, bytes) = in_the_journal(&door).await;
    let said = |event_type: &str, outcome: &str| {
        entries.get(&(event_type.to_owned(), outcome.to_owned())).copied().unwrap_or_default()
    };
    assert_eq!((of.received, of.accepted, of.refused), (3, 2, 1));
    assert_eq!(
        (of.received, of.accepted, of.refused),
        (said("RECEPTION", "OK"), said("PRISE_EN_CHARGE", "OK"), said("REJET", "KO"))
    );
    assert_eq!(of.entries, entries, "every type, the same");
    assert_eq!(of.causes, BTreeMap::from([("object.digest".to_owned(), 1)]));
    assert!(of.is_active);
    // Measured the night after, what came is what the journal says.
    assert_eq!(of.entered, [0; 3], "not measured yet");
    door.tenant.clock.advance(chrono::TimeDelta::days(1));
    chartrier::usage::measure(&door.tenant.db, &door.tenant.clock, door.tenant.tenant).await.unwrap();
    let of = of_member(&door).await;
    assert_eq!((of.entered[0], of.entered[2], of.held), (2, bytes, of.entered));
    let before = of_year(&door.tenant.db, 2024).await.unwrap();
    let before = before.members.iter().find(|of| of.code == door.tenant.code).unwrap();
    assert_eq!((before.received, before.held), (0, [0; 3]));
    door.end().await;
}

#[tokio::test]
async fn the_page_and_the_paper_say_the_same() {
    let door = Door::open().await;
    let (pilot, _) = door.log_in(Role::Pilot).await;
    let last = door.send(get("/pilotage/rapports").cookie(&pilot)).await;
    assert_eq!((last.status, last.header("location")), (303, "/pilotage/rapports/2026"));
    let page = door.send(get("/pilotage/rapports/2027").cookie(&pilot)).await.text();
    for said in
        ["L’année n’est pas finie.", "Causes de refus", "Disponibilité du service", "Versements planifiés"]
    {
        assert!(page.contains(said), "{said}: {page}");
    }
    let printed = door.send(get("/pilotage/rapports/2027.pdf").cookie(&pilot)).await;
    assert_eq!((printed.status, printed.header("content-type")), (200, "application/pdf"));
    for nothing in [
        "/pilotage/rapports/x",
        "/pilotage/rapports/1",
        "/pilotage/rapports/x.pdf",
        "/pilotage/rapports/x.csv",
    ] {
        assert_eq!(door.send(get(nothing).cookie(&pilot)).await.status, 404, "{nothing}");
    }
    let member = MemberFacts {
        name: "Commune de Montvernoille".into(),
        received: 31,
        accepted: 29,
        refused: 2,
        causes: BTreeMap::from([("object.digest".to_owned(), 2)]),
        seconds: 29 * 90,
        ..MemberFacts::default()
    };
    let facts =
        Facts { year: 2027, members: vec![member], cost: None, trainings: 3, planned: 4, planned_came: 1 };
    let table = told::statistics(&facts);
    assert!(table.ends_with(";Commune de Montvernoille;non;31;29;2;90;0;0;0;0;0;0;0;0;0;0\r\n"), "{table}");
    assert_eq!(
        table.lines().next().unwrap().matches(';').count(),
        table.lines().nth(1).unwrap().matches(';').count()
    );
    let paper = || paper::pdf(&facts, "2028-02-01T09:00:00Z".parse().unwrap()).unwrap();
    if let Some(folder) = std::env::var_os("CHARTRIER_SPECIMENS") {
        std::fs::write(std::path::Path::new(&folder).join("rapport.pdf"), paper()).unwrap();
    }
    assert_eq!(paper(), paper());
    let document = lopdf::Document::load_mem(&paper()).unwrap();
    let pages: Vec<u32> = document.get_pages().keys().copied().collect();
    let text: String = document.extract_text(&pages).unwrap().split_whitespace().collect();
    for said in [
        "Rapportannueldelaconvention",
        "CommunedeMontvernoille",
        "object.digest",
        "2min",
        "l’exercicen’estpasclos",
    ] {
        assert!(text.contains(said), "{said}: {text}");
    }
    door.end().await;
}
