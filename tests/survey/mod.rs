//! The survey: `chartrier survey` gives the norm's figures of the oracle's answers and tells what contradicts itself; `campaign` and
//! `links`, its campaigns through the rows.

mod campaign;
mod links;
mod service;

use std::process::Command;

use serde_json::{Value, json};

const ORACLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/oracle/survey_fixture.json");

/// The SIREN whose first eight digits are 3 then this number.
pub fn siren(number: usize) -> String {
    let eight = format!("3{number:07}");
    let doubled = |digit: u32| if digit > 4 { 2 * digit - 9 } else { 2 * digit };
    let digits = eight.bytes().map(|byte| u32::from(byte - b'0')).enumerate();
    let sum: u32 = digits.map(|(place, digit)| if place % 2 == 1 { doubled(digit) } else { digit }).sum();
    format!("{eight}{}", (10 - sum % 10) % 10)
}

/// The oracle's answers as a table of papers of this day, each of the producer of its number.
pub fn oracle_as_table(date: &str) -> String {
    let oracle: Vec<Value> = serde_json::from_slice(&std::fs::read(ORACLE).unwrap()).unwrap();
    let mut table = "siren;q1;q1b;q1b_autre;q2;q2b;q2b_autre;canal;date\n".to_owned();
    let question = |yes: &Value, domains: &Value| {
        let names: Vec<&str> =
            domains.as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        let other = if names.contains(&"Autre") { "plans" } else { "" };
        format!("{};{};{other}", if yes == true { "oui" } else { "non" }, names.join("|"))
    };
    for of in oracle {
        let number = usize::try_from(of["n"].as_u64().unwrap()).unwrap();
        let (already, planned) =
            (question(&of["deja"], &of["perimetres"]), question(&of["projet"], &of["projets"]));
        table += &format!("{};{already};{planned};papier;{date}\n", siren(number));
    }
    table
}

fn run(arguments: &[&str]) -> (Option<i32>, String, String) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_chartrier")).arg("survey").args(arguments).output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn the_oracle_s_answers_give_the_norm_s_figures() {
    let (code, out, error) = run(&[ORACLE]);
    assert_eq!(code, Some(0), "{error}");
    let told: Value = serde_json::from_str(&out).unwrap();
    let part = |count: u64, of: u64, percent: &str| json!({ "count": count, "of": of, "percent": percent });
    assert_eq!(
        (&told["answers"], &told["answered"]),
        (&json!(186), &Value::Null),
        "nobody said how many were invited"
    );
    assert_eq!((&told["already"], &told["planned"]), (&part(74, 186, "39.78"), &part(27, 186, "14.52")));
    // Norms §6, its table.
    for (place, (domain, already, percent, planned, percent_planned, sum)) in [
        ("Finances", 65, "87.84", 8, "29.63", 73),
        ("Actes", 42, "56.76", 13, "48.15", 55),
        ("Marchés publics", 33, "44.59", 3, "11.11", 36),
        ("Ressources humaines", 16, "21.62", 7, "25.93", 23),
        ("Autre", 8, "10.81", 12, "44.44", 20),
        ("Social", 3, "4.05", 2, "7.41", 5),
        ("Santé", 2, "2.70", 2, "7.41", 4),
        ("Routes", 0, "0.00", 0, "0.00", 0),
    ]
    .into_iter()
    .enumerate()
    {
        let expected = json!({ "domain": domain, "already": part(already, 74, percent),
            "planned": part(planned, 27, percent_planned), "mentions": sum });
        assert_eq!(told["domains"][place], expected);
    }
    assert_eq!(told["mentions"], json!({ "already": 169, "planned": 47 }));
    let (_, out, _) = run(&[ORACLE, "--invited", "400"]);
    assert_eq!(serde_json::from_str::<Value>(&out).unwrap()["answered"], part(186, 400, "46.50"));
}

#[test]
fn answers_that_do_not_hold_are_told_and_nothing_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("reponses.json");
    let of = |text: &str, more: &[&str]| {
        std::fs::write(&path, text).unwrap();
        run(&[&[path.to_str().unwrap()], more].concat())
    };
    let wrong =
        r#"[{"n":1,"deja":true,"projet":false},{"n":2,"deja":false,"projet":true,"projets":["Eau"]}]"#;
    let (code, out, error) = of(wrong, &[]);
    assert_eq!((code, out.as_str()), (Some(1), ""));
    for expected in ["réponse 1 : « oui », et aucun domaine", "réponse 2 : « Eau » n’est pas un domaine"]
    {
        assert!(error.contains(expected), "{expected}: {error}");
    }
    let (code, _, error) = of("[]", &["--invited", "0"]);
    assert_eq!(code, Some(0), "{error}");
    for unread in ["", "{}", r#"[{"n":1}]"#, r#"[{"n":1,"deja":true,"projet":false,"autre":1}]"#] {
        let (code, _, error) = of(unread, &[]);
        assert!(code == Some(2) && error.contains("liste de réponses"), "{unread}: {error}");
    }
}
