//! The API's document against what the program does, in both directions.

use std::collections::BTreeSet;

use chartrier::web::routes::TABLE;
use serde_json::Value;

use super::{Door, post};
use crate::support::profile;

fn document() -> Value {
    serde_json::from_str(chartrier::web::api::document::OPENAPI).unwrap()
}

fn is_of_the_api(address: &str) -> bool {
    ["/api/", "/oauth2/", "/health/"].iter().any(|door| address.starts_with(door))
}

#[test]
fn the_document_and_the_table_name_the_same_addresses() {
    let document = document();
    let methods = ["get", "post", "put", "patch", "delete", "options"];
    let described: BTreeSet<String> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            let methods = methods.iter().filter(|method| item.get(**method).is_some());
            methods.map(move |method| format!("{} {path}", method.to_uppercase())).collect::<Vec<_>>()
        })
        .collect();
    let table: BTreeSet<String> = TABLE
        .iter()
        .filter(|line| is_of_the_api(line.address))
        .map(|line| format!("{} {}", line.method, line.address))
        .collect();
    assert_eq!(described, table);
}

#[test]
fn the_document_says_who_needs_a_token() {
    let document = document();
    for line in TABLE.iter().filter(|line| is_of_the_api(line.address)) {
        let operation = &document["paths"][line.address][line.method.as_str().to_lowercase()];
        let open = operation.get("security").is_some();
        assert_eq!(open, line.who == chartrier::web::Who::Anyone, "{} {}", line.method, line.address);
        assert!(operation["summary"].as_str().is_some_and(|summary| !summary.is_empty()));
        assert_eq!(operation["responses"]["default"]["$ref"], "#/components/responses/Problem");
    }
}

#[test]
fn every_kind_of_problem_is_told_in_the_documents() {
    let told = include_str!("../../docs/api.md");
    for kind in chartrier::web::problems::KINDS {
        let line =
            told.lines().find(|line| line.starts_with("| `") && line.contains(&format!("`{}`", kind.name)));
        let line = line.unwrap_or_else(|| panic!("{} is not in docs/api.md", kind.name));
        assert!(line.contains(&format!("| {} |", kind.status)), "{line}");
    }
}

#[tokio::test]
async fn answers_have_the_fields_described_and_no_other() {
    let door = Door::open().await;
    let profile = profile::imported(&door.tenant, "DOCUMENT", profile::grammar("2.1", "Titre")).await;
    profile::bound(&door.tenant, profile, true, false).await;
    let transfer = door.deposit(door.sip("DOCUMENT").zip()).await;
    let mut wrong = door.sip("DOCUMENT-FAUX");
    wrong.first_digest = Some("0".repeat(128));
    let refused = door.deposit(wrong.zip()).await;
    let units = door.json("/api/v1/units").await["items"].as_array().unwrap().clone();
    let child =
        units.iter().find(|unit| unit["root"] == false).unwrap()["unit_id"].as_str().unwrap().to_owned();
    let object = door.json(&format!("/api/v1/units/{child}")).await["objects"][0]["object_id"].clone();
    let object = object.as_str().unwrap();
    for (template, address) in [
        ("/api/v1/transfers", "/api/v1/transfers?limit=1".to_owned()),
        ("/api/v1/transfers/{id}", format!("/api/v1/transfers/{}", transfer.transfer_id)),
        ("/api/v1/transfers/{id}", format!("/api/v1/transfers/{}", refused.transfer_id)),
        ("/api/v1/units", "/api/v1/units?limit=1".into()),
        ("/api/v1/units/{id}", format!("/api/v1/units/{child}")),
        ("/api/v1/units/{id}/children", format!("/api/v1/units/{child}/children")),
        ("/api/v1/units/{id}/objects", format!("/api/v1/units/{child}/objects")),
        ("/api/v1/profiles", "/api/v1/profiles".into()),
        ("/api/v1/agreements", "/api/v1/agreements".into()),
        ("/api/v1/agreements/{id}", format!("/api/v1/agreements/{}", door.tenant.agreement)),
        ("/api/v1/usage", "/api/v1/usage".into()),
        ("/api/v1/objects/{id}", format!("/api/v1/objects/{object}")),
        ("/health/live", "/health/live".into()),
        ("/health/ready", "/health/ready".into()),
    ] {
        let answer = door.get(&address).await;
        let response = &document()["paths"][template]["get"]["responses"][answer.status.to_string()];
        check(&response["content"]["application/json"]["schema"], &answer.json(), template);
    }
    let token = door.token().await;
    for sip in [door.sip("DOCUMENT-ESSAI"), wrong] {
        let ask = post("/api/v1/checks", sip.zip()).bearer(&token).header("content-type", "application/zip");
        check(&document()["components"]["schemas"]["Check"], &door.send(ask).await.json(), "checks");
    }
    let problem = door.get("/api/v1/units?limit=0").await;
    check(&document()["components"]["schemas"]["Problem"], &problem.json(), "problem");
    door.end().await;
}

/// Whether a value is what its schema says: types, required and declared fields, words of an enumeration.
fn check(schema: &Value, value: &Value, place: &str) {
    let document = document();
    let schema = match schema["$ref"].as_str() {
        Some(reference) => document.pointer(reference.strip_prefix('#').unwrap()).unwrap(),
        None => schema,
    };
    if let Some(words) = schema["enum"].as_array() {
        assert!(words.contains(value), "{place}: {value}");
        return;
    }
    if let Some(constant) = schema.get("const") {
        assert_eq!(constant, value, "{place}");
        return;
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        Value::String(one) => vec![one],
        _ => panic!("{place}: no type"),
    };
    let found = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    assert!(types.contains(&found), "{place}: {found} is none of {types:?}");
    for (index, item) in value.as_array().into_iter().flatten().enumerate() {
        check(&schema["items"], item, &format!("{place}[{index}]"));
    }
    if let Some(fields) = value.as_object() {
        for (name, field) in fields {
            let declared =
                schema["properties"].get(name).unwrap_or_else(|| panic!("{place}.{name} is not described"));
            check(declared, field, &format!("{place}.{name}"));
        }
        for required in schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            assert!(fields.contains_key(required), "{place}.{required} is missing");
        }
    }
}
