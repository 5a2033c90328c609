//! What a schema says of a value, in words.

use serde_json::Value;

/// The type of a value, in words.
pub fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str() {
        return name.rsplit('/').next().unwrap_or_default().to_owned();
    }
    if let Some(words) = schema["enum"].as_array() {
        return words.iter().map(written).collect::<Vec<_>>().join(", ");
    }
    if let Some(constant) = schema.get("const") {
        return written(constant);
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    };
    let format = schema["format"].as_str();
    let words = types.iter().map(|one| match (*one, format) {
        ("string", Some("uuid")) => "UUID".to_owned(),
        ("string", Some("date-time")) => "instant".to_owned(),
        ("string", Some("date")) => "date".to_owned(),
        ("string", Some("binary")) => "octets".to_owned(),
        ("string", _) => "texte".to_owned(),
        ("integer", _) => bounded(schema),
        ("boolean", _) => "vrai ou faux".to_owned(),
        ("array", _) => format!("liste ({})", kind(&schema["items"])),
        ("object", _) => "objet".to_owned(),
        (other, _) => other.to_owned(),
    });
    words.collect::<Vec<_>>().join(" ou ")
}

fn bounded(schema: &Value) -> String {
    match (schema["minimum"].as_u64(), schema["maximum"].as_u64()) {
        (Some(least), Some(most)) => format!("entier de {least} à {most}"),
        _ => "entier".to_owned(),
    }
}

/// A value as it is written in an answer, texts without their quotes.
fn written(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::kind;

    #[test]
    fn a_type_is_told_in_words() {
        for (schema, words) in [
            (json!({"type": ["string", "null"], "format": "date"}), "date ou null"),
            (json!({"type": "integer", "minimum": 1, "maximum": 200}), "entier de 1 à 200"),
            (json!({"type": "array", "items": {"$ref": "#/components/schemas/Unit"}}), "liste (Unit)"),
            (json!({"enum": ["un", "deux"]}), "un, deux"),
        ] {
            assert_eq!(kind(&schema), words);
        }
    }
}
