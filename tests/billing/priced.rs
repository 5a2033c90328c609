//! A year whose members owe the price of a list: beside what they bear, with fees, somebody exempt, days of work told.

use std::collections::BTreeMap;

use chartrier::billing::closing::prepare;
use chartrier::billing::measures::{Weighed, of_year};
use chartrier::billing::options::{Options, fees, work};
use chartrier::billing::{Year, import, sharing};
use chartrier::costs::Cents;
use chartrier::costs::tariff::Tariff;
use chartrier::model::TenantId;

use super::{CLOSING, Service, VALIDATES, amounts, oracle, queries, shared_again, table};

const BANDS: &str = "moins de;forfait\n500;150\n1000;250\n3500;600\n10000;1500\n50000;4000\n;9000\n";

fn tariff() -> Tariff {
    Tariff { bands: fees(BANDS).unwrap(), included: 1_000, step: 1_000, step_price: 1_250, flow_price: 8_000 }
}

/// What the oracle's megabytes are in byte-days.
fn held_all_year(members: &mut [Weighed]) {
    for member in members {
        member.measure.stock *= u128::from(member.measure.days) * 1_000_000;
    }
}

#[tokio::test]
async fn a_price_list_gives_the_oracle_s_prices_and_may_be_what_is_owed() {
    let _one = CLOSING.lock().await;
    let service = Service::of_oracle("billing_priced").await;
    let credits = "collectivité;nature;montant;libellé\nC03;frais;300,00;entrée\nC01;acompte;6 000,00;\n";
    let items = import::items(&table()).unwrap();
    let year = service.prepared_with(items, credits, 2027).await;
    let options = Options {
        exempt: ["C02".to_owned()].into(),
        tariff: Some(tariff()),
        owes_price: true,
        work: work("tâche;jours;poste\nInstallation;12,5;\nArchiviste;66;R1\n").unwrap(),
        day_cents: Some(25_000),
        ..Options::default()
    };
    let year = Year { options, ..year };
    let mut members =
        of_year(&service.db, &Year { options: Options::default(), ..year.clone() }).await.unwrap();
    held_all_year(&mut members);
    let everybody = Year { options: Options { exempt: [].into(), ..year.options.clone() }, ..year.clone() };
    let prices = sharing::outcome(&everybody, &members).unwrap().prices.unwrap();
    let found: BTreeMap<String, Cents> = members.iter().map(|of| of.code.clone()).zip(prices).collect();
    // The norm's, of those whom it prices.
    let norm = [("C01", 1_179_500), ("C02", 183_500), ("C03", 28_603), ("E01", 1_322_000)];
    for (code, price) in norm {
        assert_eq!(found[code], price, "{code}");
    }
    let stranger = Options { exempt: ["X99".to_owned()].into(), ..year.options.clone() };
    let told = sharing::outcome(&Year { options: stranger, ..year.clone() }, &members).unwrap_err();
    assert_eq!(told, sharing::Fault::ExemptIsNobody("X99".into()));
    let nothing = Options { work: work("tâche;jours;poste\nA;1;R9\n").unwrap(), ..year.options.clone() };
    let told = sharing::outcome(&Year { options: nothing, ..year.clone() }, &members).unwrap_err();
    assert_eq!(told, sharing::Fault::WorkOfNoItem("R9".into()));

    prepare(&service.db, &year).await.unwrap();
    assert_eq!(service.close(VALIDATES, "").await, Ok(1));
    let kept = service.kept(1).await;
    let of = |code: &str| &kept.members[code];
    assert_eq!((of("C02").exempt, of("C02").share_cents, of("C02").price_cents), (true, 0, Some(0)));
    assert_eq!(
        kept.members.values().map(|of| of.share_cents).sum::<Cents>(),
        oracle()["total_cents"].as_i64().unwrap()
    );
    let price = |code: &str| of(code).price_cents.unwrap();
    assert_eq!(of("C03").owed_cents, price("C03") + 30_000);
    assert_eq!(of("C01").owed_cents, price("C01") - 600_000);
    let told = shared_again(&service).await;
    let all = |field: fn(&chartrier::billing::snapshot::Member) -> Cents| -> BTreeMap<String, Cents> {
        kept.members.iter().map(|(code, of)| (code.clone(), field(of))).collect()
    };
    assert_eq!(amounts(&told["shares_cents"]), all(|of| of.share_cents));
    assert_eq!(amounts(&told["price_list"]["prices_cents"]), all(|of| of.price_cents.unwrap()));
    assert_eq!(amounts(&told["balance_cents"]), all(|of| of.owed_cents));
    let mut tx = service.db.read(TenantId::of_member("C03")).await.unwrap();
    assert_eq!(queries::statements(&mut tx).await.unwrap()[0].owed, of("C03").owed_cents);
    super::workbook::is_computed_again(&kept);
}
