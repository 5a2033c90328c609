//! The récolement: what is held at the end of a day is what was measured that night, and what the paper says.

use chartrier::annual::stocktaking::Stocktaking;
use chartrier::catalog::stocktaking_queries as queries;
use chartrier::clock;
use chartrier::model::{Role, Scope, TransferState};
use chartrier::usage;
use chrono::{NaiveDate, TimeDelta};

use super::{Door, get};

async fn taken_at(door: &Door, day: NaiveDate) -> Stocktaking {
    let until = clock::midnight(day.succ_opt().unwrap());
    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    let (name, siren) = queries::member(&mut tx).await.unwrap().unwrap();
    let held = queries::held(&mut tx, &Scope::whole(), until).await.unwrap();
    let sites = queries::on_sites(&mut tx, &Scope::whole(), until).await.unwrap();
    Stocktaking { name, siren, day, is_whole: true, held, sites }
}

/// What was measured at the end of a day: archives, files, bytes.
async fn measured(door: &Door, day: NaiveDate) -> [u64; 3] {
    let mut tx = door.tenant.db.read(door.tenant.tenant).await.unwrap();
    let held = usage::queries::days(&mut tx, day, day).await.unwrap().remove(0).held;
    [held.archives, held.objects, held.bytes].map(i64::unsigned_abs)
}

#[tokio::test]
async fn a_stocktaking_equals_what_was_held_at_the_end_of_its_day() {
    let door = Door::open().await;
    let deposit = async |name: &str| {
        let taken = door.deposit(door.sip(name).zip()).await;
        assert_eq!(taken.state, TransferState::TakenInCharge, "{:?}", taken.findings);
    };
    let first = door.tenant.clock.today();
    deposit("UN").await;
    deposit("DEUX").await;
    door.tenant.clock.advance(TimeDelta::days(1));
    let second = door.tenant.clock.today();
    deposit("TROIS").await;
    door.tenant.clock.advance(TimeDelta::days(1));
    usage::measure(&door.tenant.db, &door.tenant.clock, door.tenant.tenant).await.unwrap();
    for (day, archives) in [(first, 2), (second, 3)] {
        let taken = taken_at(&door, day).await;
        assert_eq!(taken.totals(), measured(&door, day).await, "{day}");
        assert_eq!((taken.totals()[0], taken.gaps()), (archives, vec![]), "{day}");
        assert!(
            taken.sites.len() > 1 && taken.sites.iter().all(|site| site.copies.unsigned_abs() == archives)
        );
    }
    assert_eq!(taken_at(&door, first.pred_opt().unwrap()).await.totals(), [0; 3]);

    // A copy less, a copy wrong.
    let mut taken = taken_at(&door, second).await;
    taken.sites[0].copies -= 1;
    taken.sites[1].wrong = 2;
    let (one, other) = (taken.sites[0].site.clone(), taken.sites[1].site.clone());
    assert_eq!(
        taken.gaps(),
        [format!("{one} : 1\u{a0}archive sans copie."), format!("{other} : 2\u{a0}copies à réparer.")]
    );
    let paper = |of: &Stocktaking| of.pdf("2027-03-04T08:00:00Z".parse().unwrap()).unwrap();
    assert_eq!(paper(&taken), paper(&taken));
    if let Some(folder) = std::env::var_os("CHARTRIER_SPECIMENS") {
        std::fs::write(std::path::Path::new(&folder).join("recolement.pdf"), paper(&taken)).unwrap();
    }
    let document = lopdf::Document::load_mem(&paper(&taken)).unwrap();
    let pages: Vec<u32> = document.get_pages().keys().copied().collect();
    let text: String = document.extract_text(&pages).unwrap().split_whitespace().collect();
    for said in ["Procès-verbalderécolement", "1archivesanscopie", "2copiesàréparer", "Total–39"] {
        assert!(text.contains(said), "{said}: {text}");
    }
    door.end().await;
}

#[tokio::test]
async fn whoever_reads_the_register_asks_for_a_stocktaking_of_a_day_that_came() {
    let door = Door::open().await;
    let (admin, _) = door.log_in(Role::MemberAdmin).await;
    let ask =
        async |query: &str| door.send(get(&format!("/registre/recolement.pdf{query}")).cookie(&admin)).await;
    for query in ["", "?au=", "?au=2027-03-01"] {
        let answer = ask(query).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, "application/pdf"), "{query}");
    }
    for query in ["?au=hier", "?au=2999-01-01"] {
        assert_eq!(ask(query).await.status, 404, "{query}");
    }
    assert!(door.send(get("/registre").cookie(&admin)).await.text().contains("Établir le récolement"));
    door.end().await;
}
