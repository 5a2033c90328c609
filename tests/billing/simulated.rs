//! What a change would make, and next year by the trend, on the oracle's year.

use std::collections::BTreeMap;

use chartrier::billing::measures::of_year;
use chartrier::billing::simulation::change::{Change, Newcomer, NotTried, tried};
use chartrier::billing::simulation::{self, Content, totals, trend};
use chartrier::billing::{Prepared, import};
use chartrier::costs::{Cents, Measure};

use super::{CLOSING, PREPARES, Service, VALIDATES, oracle, table};

fn newcomer() -> Newcomer {
    let of = &oracle()["simulation"]["new_member"];
    let field = |name: &str| of[name].as_u64().unwrap();
    Newcomer {
        code: "C04".into(),
        name: "Commune de plus".into(),
        kind: "commune".into(),
        measure: Measure {
            population: field("population"),
            days: u32::try_from(field("days")).unwrap(),
            stock: field("stock_mo").into(),
            deposited: field("depot_mo").into(),
            flow_months: field("flux_mois"),
            ..Measure::default()
        },
    }
}

/// The items whose cost the newcomer changes.
fn dearer(items: &[Prepared]) -> Vec<Prepared> {
    let changed = [("K1", 670_000), ("V2", 122_400)];
    let one = |item: &Prepared| {
        let (_, cents) = changed.iter().find(|(code, _)| *code == item.item)?;
        Some(Prepared { actual: Some(*cents), ..item.clone() })
    };
    items.iter().filter_map(one).collect()
}

#[tokio::test]
async fn one_member_more_changes_each_share_as_the_oracle_says_and_the_trend_goes_on() {
    let _one = CLOSING.lock().await;
    let service = Service::of_oracle("billing_simulated").await;
    let year = service.prepared(import::items(&table()).unwrap(), 2027).await;
    let members = of_year(&service.db, &year).await.unwrap();
    let change = Change { newcomer: Some(newcomer()), items: dearer(&year.items), ..Change::default() };
    let rows = tried(&year, &members, &change).unwrap();
    let gaps: BTreeMap<&str, Cents> = rows.iter().map(|row| (row.code.as_str(), row.gap())).collect();
    let norm = [("D01", -173_461), ("E01", -156_991), ("C01", -156_405), ("C02", -137_206), ("C03", -68_656)];
    for (code, gap) in norm {
        assert_eq!(gaps[code], gap, "{code}");
    }
    assert_eq!((gaps["C04"], rows.last().unwrap().before), (755_119, None));
    assert_eq!(totals(&rows), (11_185_144, 11_247_544));

    let keys =
        BTreeMap::from([("K1".to_owned(), import::keys("poste;clés\nK1;EGAL\n").unwrap().remove(0).1)]);
    let other = tried(&year, &members, &Change { parts: keys, ..Change::default() }).unwrap();
    assert_eq!(totals(&other).0, totals(&other).1);
    assert!(other.iter().any(|row| row.gap() != 0), "another key shares otherwise");
    let caps = import::caps("moins de;au plus;au moins\n1000;1000;\n").unwrap();
    let capped = tried(&year, &members, &Change { caps: Some(caps), ..Change::default() }).unwrap();
    let borne: BTreeMap<String, Cents> =
        capped.iter().map(|row| (row.code.clone(), row.after.unwrap())).collect();
    assert_eq!(borne["C03"], 50_411);
    let known = Newcomer { code: "C01".into(), ..newcomer() };
    let told = tried(&year, &members, &Change { newcomer: Some(known), ..Change::default() });
    assert_eq!(told, Err(NotTried::Known("C01".into())));
    let nothing = Change { parts: [("Z9".to_owned(), Vec::new())].into(), ..Change::default() };
    assert_eq!(tried(&year, &members, &nothing), Err(NotTried::UnknownItem("Z9".into())));

    // Closed, the year is the last known: alone it goes on, its members for a whole year.
    assert_eq!(service.close(VALIDATES, "").await, Ok(1));
    let kept = service.kept(1).await;
    let next = trend::forecast(std::slice::from_ref(&kept)).unwrap().unwrap();
    assert_eq!((next.year, totals(&next.rows)), (2028, (11_185_144, 11_185_144)));
    assert_eq!(next.rows.iter().find(|row| row.code == "C03").map(|row| row.gap() > 0), Some(true));
    // Half as much the year before: half as much again.
    let mut before = kept.clone();
    before.year = 2026;
    before.items.iter_mut().for_each(|item| item.amount_cents /= 2);
    let next = trend::forecast(&[before.clone(), kept.clone()]).unwrap().unwrap();
    let (was, will) = totals(&next.categories);
    let halves: Cents = before.items.iter().map(|item| item.amount_cents).sum();
    assert_eq!((was, will, totals(&next.rows).1), (11_185_144, 2 * 11_185_144 - halves, will));
    assert_eq!(trend::forecast(&[]).unwrap(), None);

    let content = Content::Change { year: 2027, said: vec!["Une collectivité de plus.".into()], rows };
    let id = simulation::keep(&service.db, &service.clock, PREPARES, "Une de plus", &content).await.unwrap();
    assert_eq!(simulation::see(&service.db, id).await.unwrap().unwrap().content, content);
    assert_eq!(simulation::list(&service.db).await.unwrap().len(), 1);
    simulation::delete(&service.db, id).await.unwrap();
    assert_eq!(simulation::see(&service.db, id).await.unwrap(), None);
}
