//! An example of a value that a schema describes, written as the API would.
//!
//! Made from the schema alone: its own example first, else the plainest value of its type.

use std::fmt::Write;

use serde_json::{Value, json};

/// How deep an example goes.
const DEPTH_MAX: usize = 6;
/// Digits of a digest that are shown.
const DIGITS: &str = "9b71d224bd62f378…";

/// The text of an example.
pub fn of(document: &Value, schema: &Value) -> String {
    let mut text = String::new();
    write(document, schema, "", 0, &mut text);
    text
}

/// What a reference leads to.
pub fn followed<'a>(document: &'a Value, value: &'a Value) -> &'a Value {
    let target = value["$ref"].as_str().and_then(|path| document.pointer(path.strip_prefix('#')?));
    target.unwrap_or(value)
}

/// Names of an object's properties, and whether each is always there: those that are come first, as the document orders them.
pub fn names(schema: &Value) -> Vec<(&str, bool)> {
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    let mut names: Vec<(&str, bool)> = required.map(|name| (name, true)).collect();
    let all = schema["properties"].as_object().into_iter().flatten().map(|(name, _)| name.as_str());
    let others: Vec<_> = all.filter(|name| !names.iter().any(|(known, _)| known == name)).collect();
    names.extend(others.into_iter().map(|name| (name, false)));
    names
}

fn write(document: &Value, schema: &Value, name: &str, depth: usize, text: &mut String) {
    let schema = followed(document, schema);
    let indent = "  ".repeat(depth + 1);
    match kind(schema) {
        "object" if depth < DEPTH_MAX => {
            let names = names(schema);
            text.push('{');
            for (rank, (name, _)) in names.iter().enumerate() {
                text.push_str(if rank == 0 { "\n" } else { ",\n" });
                _ = write!(text, "{indent}\"{name}\": ");
                write(document, &schema["properties"][*name], name, depth + 1, text);
            }
            if !names.is_empty() {
                _ = write!(text, "\n{}", "  ".repeat(depth));
            }
            text.push('}');
        }
        "array" if depth < DEPTH_MAX => {
            text.push('[');
            write(document, &schema["items"], name, depth, text);
            text.push(']');
        }
        kind => _ = write!(text, "{}", plain(schema, kind, name)),
    }
}

/// The first type of a schema, but for an object, of which it is enough that it has properties.
fn kind(schema: &Value) -> &str {
    let said = match &schema["type"] {
        Value::Array(types) => types.first().and_then(Value::as_str),
        one => one.as_str(),
    };
    let is_chosen = schema.get("enum").is_some() || schema.get("const").is_some();
    if is_chosen { "chosen" } else { said.unwrap_or_default() }
}

fn plain(schema: &Value, kind: &str, name: &str) -> Value {
    let given = schema.get("const").or_else(|| schema["enum"].get(0)).or_else(|| schema["examples"].get(0));
    if let Some(given) = given {
        return given.clone();
    }
    match (kind, schema["format"].as_str()) {
        ("string", Some("uuid")) => json!("0195a3c2-7d1e-7c40-9f3a-2b8e5d6c1a04"),
        ("string", Some("date-time")) => json!("2027-03-01T08:00:00Z"),
        ("string", Some("date")) => json!("2027-03-01"),
        ("string", _) if name.starts_with("sha") => json!(DIGITS),
        ("string", _) if ["self", "next", "pdf"].contains(&name) => json!("/api/v1/…"),
        ("string", _) => json!("…"),
        ("integer", _) => schema.get("minimum").cloned().unwrap_or_else(|| json!(1)),
        ("boolean", _) => json!(true),
        ("array", _) => json!([]),
        ("object", _) => json!({}),
        _ => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_example_is_json_in_the_order_of_the_document() {
        let document = json!({"components": {"schemas": {"Line": {
            "type": "object", "required": ["b", "a"],
            "properties": {
                "a": {"type": ["integer", "null"]}, "b": {"enum": ["un", "deux"]},
                "c": {"type": "array", "items": {"type": "string", "format": "uuid"}},
            },
        }}}});
        let text = of(&document, &json!({"$ref": "#/components/schemas/Line"}));
        let read: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((&read["b"], &read["a"]), (&json!("un"), &json!(1)));
        assert!(text.find("\"b\"") < text.find("\"a\""), "{text}");
    }
}
