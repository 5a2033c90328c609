//! The oracle's figures, read from its file: each is found, to the cent.

use std::collections::BTreeMap;

use chartrier::costs::cap::{Band, bounded};
use chartrier::costs::share::{Ties, share};
use chartrier::costs::{Category, Cents, Item, Key, Measure, Part, balance, share_year};
use serde_json::{Value, json};

const ORACLE: &str = include_str!("../fixtures/oracle/cost_oracle.json");

fn oracle() -> Value {
    serde_json::from_str(ORACLE).unwrap()
}

/// Amounts by code.
fn amounts(value: &Value) -> BTreeMap<String, Cents> {
    value.as_object().unwrap().iter().map(|(code, cents)| (code.clone(), cents.as_i64().unwrap())).collect()
}

fn measure(of: &Value) -> Measure {
    let field = |name: &str| of[name].as_u64().unwrap();
    Measure {
        population: field("population"),
        coefficient_percent: field("coeff_pct"),
        days: u32::try_from(field("days")).unwrap(),
        stock: field("stock_mo").into(),
        deposited: field("depot_mo").into(),
        flow_months: field("flux_mois"),
        is_exempt: false,
    }
}

fn members(oracle: &Value) -> Vec<(String, Measure)> {
    let members = oracle["members"].as_object().unwrap();
    members.iter().map(|(code, member)| (code.clone(), measure(member))).collect()
}

fn item(of: &Value) -> Item {
    let part = |part: &Value| Part {
        basis_points: part["bp"].as_u64().unwrap(),
        key: Key::from_word(part["key"].as_str().unwrap()).unwrap(),
    };
    Item {
        id: of["id"].as_str().unwrap().into(),
        category: Category::from_word(of["category"].as_str().unwrap()).unwrap(),
        amount: of["amount_cents"].as_i64().unwrap(),
        parts: of["parts"].as_array().unwrap().iter().map(part).collect(),
    }
}

fn items(oracle: &Value) -> Vec<Item> {
    oracle["items"].as_array().unwrap().iter().map(item).collect()
}

fn by_code<T: Copy>(members: &[(String, Measure)], values: &[T]) -> BTreeMap<String, T> {
    members.iter().map(|(code, _)| code.clone()).zip(values.iter().copied()).collect()
}

#[test]
fn each_line_weighs_and_shares_as_the_oracle_says() {
    let oracle = oracle();
    let members = members(&oracle);
    let shared = share_year(&members, &items(&oracle)).unwrap();
    let lines = oracle["lines"].as_array().unwrap();
    assert_eq!(shared.lines.len(), lines.len());
    for (line, expected) in shared.lines.iter().zip(lines) {
        let place = format!("{} {}", line.item, line.key.word());
        assert_eq!(
            json!(place),
            json!(format!("{} {}", expected["item"].as_str().unwrap(), expected["key"].as_str().unwrap()))
        );
        assert_eq!(
            (json!(line.category.word()), json!(line.amount)),
            (expected["category"].clone(), expected["amount_cents"].clone()),
            "{place}"
        );
        let weights: Vec<Cents> =
            line.weights.iter().map(|weight| Cents::try_from(*weight).unwrap()).collect();
        assert_eq!(by_code(&members, &weights), amounts(&expected["weights"]), "{place}");
        assert_eq!(by_code(&members, &line.shares), amounts(&expected["shares_cents"]), "{place}");
    }
    assert_eq!(json!(shared.total), oracle["total_cents"]);
    assert_eq!(by_code(&members, &shared.shares), amounts(&oracle["shares_cents"]));
    for (category, sums) in shared.by_category() {
        assert_eq!(by_code(&members, &sums), amounts(&oracle["by_category_cents"][category.word()]));
    }
    let credits = |field: &str| -> Vec<Cents> {
        members.iter().map(|(code, _)| oracle[field][code].as_i64().unwrap_or_default()).collect()
    };
    let net = balance::less(&shared.shares, &credits("in_kind_cents")).unwrap();
    assert_eq!(by_code(&members, &net), amounts(&oracle["net_cents"]));
    let left = balance::less(&net, &credits("advances_cents")).unwrap();
    assert_eq!(by_code(&members, &left), amounts(&oracle["balance_cents"]));
    assert_eq!((balance::total(&net), balance::total(&left)), (Ok(10_210_089), Ok(8_910_089)));
}

#[test]
fn one_member_more_changes_each_share_as_the_oracle_says() {
    let oracle = oracle();
    let simulation = &oracle["simulation"];
    let (mut members, mut items) = (members(&oracle), items(&oracle));
    members.push((
        simulation["new_member"]["code"].as_str().unwrap().into(),
        measure(&simulation["new_member"]),
    ));
    for (id, amount) in amounts(&simulation["changed_items"]) {
        items.iter_mut().find(|item| item.id == id).unwrap().amount = amount;
    }
    let shared = share_year(&members, &items).unwrap();
    assert_eq!(json!(shared.total), simulation["total_cents"]);
    let shares = by_code(&members, &shared.shares);
    assert_eq!(shares, amounts(&simulation["shares_cents"]));
    for (code, delta) in amounts(&simulation["delta_cents"]) {
        assert_eq!(shares[&code] - oracle["shares_cents"][&code].as_i64().unwrap(), delta, "{code}");
    }
}

#[test]
fn a_cap_is_prorated_and_its_excess_shared_by_population() {
    let oracle = oracle();
    let members = members(&oracle);
    let shared = share_year(&members, &items(&oracle)).unwrap();
    let bands = [Band { below: Some(1_000), at_most: Some(100_000), at_least: None }];
    let borne = bounded(&members, &shared.shares, &bands, &Key::Population, 365).unwrap();
    let expected =
        [("D01", 5_254_372), ("E01", 2_593_938), ("C01", 2_296_481), ("C02", 989_942), ("C03", 50_411)];
    assert_eq!(by_code(&members, &borne), expected.map(|(code, cents)| (code.to_owned(), cents)).into());
    assert_eq!(borne.iter().sum::<Cents>(), shared.total);
}

#[test]
fn the_totals_of_keys_are_those_of_the_norm() {
    let members = members(&oracle());
    for (key, total) in [
        ("EGAL", 1_644),
        ("STOCK", 1_730_000),
        ("DEPOT", 603_347),
        ("FLUX", 204),
        ("POPULATION", 7_383_888_200),
    ] {
        let weights = Key::from_word(key).unwrap().weights(&members).unwrap();
        assert_eq!(weights.iter().map(|(_, weight)| weight).sum::<u128>(), total, "{key}");
    }
}

#[test]
fn the_unit_vectors_come_out_through_the_public_function() {
    let vectors: [(Cents, &[u128], &[Cents]); 7] = [
        (10_000, &[1, 1, 1], &[3_334, 3_333, 3_333]),
        (1, &[1, 1, 1], &[1, 0, 0]),
        (-10_000, &[1, 1, 1], &[-3_334, -3_333, -3_333]),
        (5, &[1, 1, 2], &[1, 1, 3]),
        (100, &[1, 5, 2], &[12, 63, 25]),
        (1_000, &[0, 7, 0], &[0, 1_000, 0]),
        (123_457, &[333, 333, 334], &[41_111, 41_111, 41_235]),
    ];
    for (amount, weights, expected) in vectors {
        let weights: Vec<(&str, u128)> = ["A", "B", "C"].into_iter().zip(weights.iter().copied()).collect();
        assert_eq!(share(amount, &weights, Ties::WeightThenCode).unwrap().unwrap(), expected, "{amount}");
    }
    let halves = share(101, &[("", 5_000), ("", 5_000)], Ties::Declared).unwrap().unwrap();
    assert_eq!(halves, [51, 50]);
}

/// The command, on the oracle's own file with what is asked beside.
fn answered(more: &[(&str, Value)]) -> Value {
    let mut file = oracle();
    for (field, value) in more {
        file[*field] = value.clone();
    }
    let (code, out, error) = super::share(&file.to_string());
    assert_eq!((code, error.as_str()), (Some(0), ""));
    serde_json::from_str(&out).unwrap()
}

#[test]
fn the_command_answers_what_the_oracle_says() {
    let (code, out, error) = super::share(ORACLE);
    assert_eq!((code, error.as_str()), (Some(0), ""));
    let (oracle, answer): (Value, Value) = (oracle(), serde_json::from_str(&out).unwrap());
    for field in ["total_cents", "shares_cents", "net_cents", "balance_cents", "by_category_cents"] {
        assert_eq!(answer[field], oracle[field], "{field}");
    }
    let lines = oracle["lines"].as_array().unwrap();
    for (line, expected) in answer["lines"].as_array().unwrap().iter().zip(lines) {
        assert_eq!(line.as_object().unwrap().len(), 4);
        for field in ["item", "key", "amount_cents", "shares_cents"] {
            assert_eq!(line[field], expected[field], "{line}");
        }
    }
    assert_eq!(answer["lines"].as_array().unwrap().len(), lines.len());
    let place = |code: &str| out.find(&format!("\"{code}\"")).unwrap();
    assert!(place("D01") < place("E01") && place("E01") < place("C01"), "the order of the file");
}

#[test]
fn the_command_caps_and_prices_as_the_norm_says() {
    let caps = answered(&[
        ("caps", json!([{"below": 1_000, "at_most_cents": 100_000}])),
        ("cap_key", json!("POPULATION")),
    ]);
    let expected =
        json!({"D01": 5_254_372, "E01": 2_593_938, "C01": 2_296_481, "C02": 989_942, "C03": 50_411});
    assert_eq!(caps["capped_shares_cents"], expected);
    assert_eq!(caps["shares_cents"], oracle()["shares_cents"], "what is required stays");
    assert_eq!(caps["net_cents"]["E01"], json!(2_593_938 - 975_055));
    let band = |below: u64, fee: Cents| json!({"below": below, "fee_cents": fee});
    let bands = json!([band(500, 15_000), band(1_000, 25_000), band(3_500, 60_000), band(10_000, 150_000),
        band(50_000, 400_000), {"fee_cents": 900_000}]);
    let tariff = json!({"bands": bands, "included_mo": 1_000, "step_mo": 1_000, "step_cents": 1_250, "flow_cents": 8_000});
    let prices = answered(&[("tariff", tariff)])["price_list"].clone();
    for (code, price) in [("E01", 1_322_000), ("C01", 1_179_500), ("C02", 183_500), ("C03", 28_603)] {
        assert_eq!(prices["prices_cents"][code], json!(price), "{code}");
        let share = oracle()["shares_cents"][code].as_i64().unwrap();
        assert_eq!(prices["gap_cents"][code], json!(price - share), "{code}");
    }
}

/// Two files compared by the command: what one more member changes for each.
#[test]
fn the_difference_that_one_more_member_makes_is_the_oracle_s() {
    let folder = tempfile::tempdir().unwrap();
    let (before, simulation) = (oracle(), oracle()["simulation"].clone());
    let mut after = before.clone();
    let new = &simulation["new_member"];
    after["members"][new["code"].as_str().unwrap()] = new.clone();
    for item in after["items"].as_array_mut().unwrap() {
        if let Some(amount) = simulation["changed_items"].get(item["id"].as_str().unwrap()) {
            item["amount_cents"] = amount.clone();
        }
    }
    let file = |name: &str, of: &Value| {
        // In kind and advances are of the year as it is.
        let mut of = of.clone();
        ["in_kind_cents", "advances_cents"]
            .iter()
            .for_each(|field| drop(of.as_object_mut().unwrap().remove(*field)));
        let path = folder.path().join(name);
        std::fs::write(&path, of.to_string()).unwrap();
        path
    };
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_chartrier"));
    command.args(["costs", "difference"]).arg(file("avant.json", &before)).arg(file("apres.json", &after));
    let told: Value = serde_json::from_slice(&command.output().unwrap().stdout).unwrap();
    assert_eq!(told["total_after_cents"], simulation["total_cents"]);
    for (code, delta) in amounts(&simulation["delta_cents"]) {
        assert_eq!(told["members"][&code]["delta_cents"], delta, "{code}");
        assert_eq!(told["members"][&code]["before_cents"], before["shares_cents"][&code], "{code}");
    }
    let new = &told["members"]["C04"];
    assert_eq!(
        (&new["before_cents"], &new["after_cents"]),
        (&Value::Null, &simulation["shares_cents"]["C04"])
    );
}

/// Norms §5.2, the reference case.
#[test]
fn own_hosting_beside_the_shared_one_is_the_reference_case() {
    let told = |day_cost: &[&str]| -> Value {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_chartrier"));
        command.args([
            "costs",
            "hosting",
            "--own",
            "174000",
            "--own-days",
            "183",
            "--shared",
            "105000",
            "--shared-days",
            "119",
        ]);
        serde_json::from_slice(&command.args(day_cost).output().unwrap().stdout).unwrap()
    };
    let plain = told(&[]);
    assert_eq!(plain["euros"]["gap_cents"], -6_900_000);
    assert_eq!(
        (&plain["euros"]["gap_percent"], &plain["days_a_year"]["gap_percent"]),
        (&json!("-39.66"), &json!("-34.97"))
    );
    assert_eq!((&plain["days_a_year"]["gap"], &plain["days"]), (&json!(-64), &json!(-320)));
    assert_eq!(plain["euros_a_year"], json!({ "own_cents": 3_480_000, "shared_cents": 2_100_000 }));
    assert_eq!(plain["with_days"], Value::Null, "apart, unless a day has a cost");
    for (cost, own, shared, percent) in [
        ("200", 35_700_000, 22_400_000, "-37.25"),
        ("250", 40_275_000, 25_375_000, "-37.00"),
        ("300", 44_850_000, 28_350_000, "-36.79"),
    ] {
        let valued = &told(&["--day-cost", cost])["with_days"];
        assert_eq!((&valued["own_cents"], &valued["shared_cents"]), (&json!(own), &json!(shared)), "{cost}");
        assert_eq!(valued["gap_percent"], percent, "{cost}");
    }
}
