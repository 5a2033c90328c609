//! The shared bill's arithmetic: every figure of the oracle, by the code and by the command; what is hostile is refused.

mod oracle;
mod properties;

use std::process::{Command, Stdio};

use serde_json::{Value, json};

/// The exit code, what was printed, what was said.
fn share(text: &str) -> (Option<i32>, String, String) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_chartrier"));
    let output = command.args(["costs", "share"]).arg(file.path()).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn small() -> Value {
    let member =
        json!({"population": 1, "coeff_pct": 100, "days": 365, "stock_mo": 1, "depot_mo": 1, "flux_mois": 1});
    let item = json!({"id": "I1", "category": "INFRA", "amount_cents": 100, "parts": [{"bp": 10_000, "key": "EGAL"}]});
    json!({"year_days": 365, "members": {"B": member, "A": member}, "items": [item]})
}

#[test]
fn members_and_lines_are_answered_in_the_order_of_the_file() {
    let members = r#"{"Z":{"days":365},"A":{"days":365},"M":{"days":365}}"#;
    let item = r#"{"id":"I1","category":"RH","amount_cents":100,"parts":[{"bp":10000,"key":"EGAL"}]}"#;
    let (code, out, _) = share(&format!(r#"{{"members":{members},"items":[{item}]}}"#));
    assert_eq!(code, Some(0));
    assert!(
        out.starts_with(
            r#"{"total_cents":100,"shares_cents":{"Z":33,"A":34,"M":33},"lines":[{"item":"I1","key":"EGAL","#
        ),
        "{out}"
    );
}

#[test]
fn what_cannot_be_shared_is_refused_with_its_place_and_prints_nothing() {
    let cases: [(&str, Value, &str); 14] = [
        ("/members", json!({}), "members : il en faut de 1"),
        ("/members/A/days", json!(366), "members.A.days : un nombre entier de 0 à 365"),
        ("/members/A/days", json!(-1), "members.A.days"),
        ("/members/A", json!({}), "members.A.days : manque"),
        ("/items/0/amount_cents", json!(1.5), "items[0].amount_cents"),
        ("/items/0/amount_cents", json!(i64::MAX), "items[0].amount_cents"),
        ("/items/0/category", json!("AUTRE"), "items[0].category : « AUTRE » est inconnue"),
        ("/items/0/id", json!(""), "items[0].id"),
        ("/items/0/parts", json!([]), "aucune part"),
        ("/items/0/parts/0/bp", json!(9_999), "9999 points de base"),
        ("/items/0/parts/0/key", json!("AU HASARD"), "« AU HASARD » n’est pas une clé"),
        ("/items/0/parts/0/key", json!("DIRECT:C"), "nomme C, qui n’est pas un membre"),
        ("/items/0/parts/0/key", json!("LISTE:A=0"), "le total de ses poids est nul"),
        ("/year_days", json!(0), "year_days"),
    ];
    for (place, wrong, said) in cases {
        let mut file = small();
        *file.pointer_mut(place).unwrap() = wrong;
        let (code, out, error) = share(&file.to_string());
        assert_eq!((code, out.as_str()), (Some(1), ""), "{place}");
        assert!(error.contains(said), "{place} : {error}");
    }
    let mut twice = small();
    let item = twice["items"][0].clone();
    twice["items"].as_array_mut().unwrap().push(item);
    assert!(share(&twice.to_string()).2.contains("« I1 » vient deux fois"));
}

#[test]
fn what_is_not_the_file_expected_could_not_be_answered() {
    let deep = "[".repeat(100_000);
    let member = r#"{"days":1}"#;
    let named_twice = format!(r#"{{"members":{{"A":{member},"A":{member}}},"items":[]}}"#);
    for wrong in ["", "{", "[]", "null", r#"{"members":[],"items":[]}"#, deep.as_str(), named_twice.as_str()]
    {
        let (code, out, error) = share(wrong);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{error}");
        assert!(error.contains("ligne"), "{error}");
    }
    let (code, _, error) = share(&format!("\"{}\"", "x".repeat(17 << 20)));
    assert_eq!(code, Some(2));
    assert!(error.contains("dépasse 16 Mio"), "{error}");
    let mut command = Command::new(env!("CARGO_BIN_EXE_chartrier"));
    let output = command.args(["costs", "share", "/nulle/part.json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn measures_in_bytes_weigh_as_those_in_megabytes_and_the_two_do_not_mix() {
    let of = |members: &str, more: &str| {
        share(&format!(
            r#"{{"members":{{{members}}},"items":[{{"id":"I1","category":"INFRA","amount_cents":1000,
                "parts":[{{"bp":5000,"key":"STOCK"}},{{"bp":5000,"key":"DEPOT"}}]}}]{more}}}"#
        ))
    };
    let bytes = |stock: u64, came: u64| {
        format!(r#"{{"days":365,"stock_octets_jours":{stock},"depot_octets":{came}}}"#)
    };
    // More than a megabyte's measure may be: three hundred terabytes for a year.
    let (one, other) = (bytes(300_000_000_000_000 * 365, 1), bytes(100_000_000_000_000 * 365, 3));
    let (code, out, error) = of(&format!(r#""A":{one},"B":{other}"#), "");
    assert_eq!(code, Some(0), "{error}");
    let told: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(told["shares_cents"], serde_json::json!({ "A": 375 + 125, "B": 125 + 375 }));
    let mixed = r#"{"days":365,"stock_mo":1,"depot_octets":1}"#;
    let (code, _, error) = of(&format!(r#""A":{one},"B":{mixed}"#), "");
    assert!(code == Some(1) && error.contains("donnez stock_octets_jours pour tous"), "{error}");
    let tariff =
        r#","tariff":{"bands":[{"fee_cents":1}],"included_mo":1,"step_mo":1,"step_cents":1,"flow_cents":1}"#;
    let (code, _, error) = of(&format!(r#""A":{one},"B":{other}"#), tariff);
    assert!(code == Some(1) && error.contains("donnez conserve_mo à chaque membre"), "{error}");
    let (code, _, error) = of(&format!(r#""A":{}"#, bytes(1_000_000_000_000_000_001, 1)), "");
    assert!(code == Some(1) && error.contains("members.A.stock_octets_jours"), "{error}");
}

#[test]
fn whoever_reads_may_stop_before_the_end() {
    // More than a pipe holds: it is still writing when nobody reads any more.
    let mut year = small();
    let member = year["members"]["A"].clone();
    year["members"] = (0..3_000).map(|number| (format!("C{number}"), member.clone())).collect();
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), year.to_string()).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_chartrier"));
    command.args(["costs", "share"]).arg(file.path());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let said = child.wait_with_output().unwrap();
    assert_eq!((said.status.code(), said.stderr.as_slice()), (Some(141), b"".as_slice()));
}
