//! What was measured, shown: to the member's administrator month by month, to the pilot day by day; no title to either.

use chartrier::model::{Role, TransferState};
use chartrier::usage;
use chrono::TimeDelta;

use super::{Answer, Door, get};

/// A table of cells, its mark left out.
fn cells(answer: &Answer) -> Vec<Vec<String>> {
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, "text/csv; charset=utf-8; header=present")
    );
    let text = answer.text();
    let text = text.strip_prefix('\u{feff}').expect("the mark");
    text.lines().map(|line| line.split(';').map(str::to_owned).collect()).collect()
}

#[tokio::test]
async fn a_member_sees_its_months_and_the_pilot_its_days() {
    let door = Door::alone("web_usage_months").await;
    let (admin, _) = door.log_in(Role::MemberAdmin).await;
    let before = door.send(get("/consommation").cookie(&admin)).await.text();
    assert!(before.contains("Rien n’a encore été mesuré"), "{before}");
    for name in ["MESURE-1", "MESURE-2"] {
        assert_eq!(door.deposit(door.sip(name).zip()).await.state, TransferState::TakenInCharge);
    }
    door.tenant.clock.advance(TimeDelta::days(32));
    let tenant = &door.tenant;
    assert_eq!(usage::measure(&tenant.db, &tenant.clock, tenant.tenant).await.unwrap(), 32);

    let (admin, _) = door.log_in(Role::MemberAdmin).await;
    let page = door.send(get("/consommation").cookie(&admin)).await.text();
    assert!(page.contains("Mars 2027") && page.contains("Avril 2027"), "{page}");
    assert!(page.contains(&tenant.agreement) && !page.contains("Délibérations du versement"), "{page}");
    let table = cells(&door.send(get("/consommation.csv").cookie(&admin)).await);
    let [march, april] = [&table[1], &table[2]];
    assert_eq!((table.len(), march[0].as_str(), april[0].as_str()), (3, "2027-03", "2027-04"));
    assert_eq!([&march[1], &march[2], &march[7], &april[1], &april[7]], ["31", "2", "2", "1", "0"]);
    let bytes: i64 = march[4].parse().unwrap();
    assert_eq!(march[5].parse::<i64>().unwrap(), bytes * 2, "two sites");
    assert_eq!(march[6].parse::<i64>().unwrap(), bytes * 2 * 31, "every day of the month");

    let (pilot, _) = door.log_in(Role::Pilot).await;
    let address = format!("/pilotage/{}", tenant.code);
    let page = door.send(get(&address).cookie(&pilot)).await.text();
    assert!(page.contains("Consommation des trente derniers jours") && page.contains("usage.csv"), "{page}");
    assert!(!page.contains("Délibérations du versement"), "no title");
    let table = cells(&door.send(get(&format!("{address}/usage.csv?annee=2027")).cookie(&pilot)).await);
    assert_eq!(table.len(), 33, "a line a day");
    assert_eq!([&table[1][0], &table[1][1], &table[1][2]], ["2027-03-01", &tenant.agreement, "2"]);
    assert_eq!(
        (table[1][9].as_str(), table[32][9].as_str()),
        ("oui", ""),
        "all but yesterday's were measured late"
    );
    let nothing = cells(&door.send(get(&format!("{address}/usage.csv?annee=2026")).cookie(&pilot)).await);
    assert_eq!(nothing.len(), 1);
    for unknown in ["/pilotage/inconnue/usage.csv".to_owned(), format!("{address}/usage.csv?annee=99999")] {
        assert_eq!(door.send(get(&unknown).cookie(&pilot)).await.status, 404, "{unknown}");
    }
    door.end().await;
}
