//! Canonical JSON (RFC 8785), as far as our entries go: objects, arrays, strings, booleans, null and
//! integers that every reader holds exactly.
//!
//! Never writes a fraction: RFC 8785 asks for ECMAScript's formatting of doubles, and no proof of ours
//! needs one. Names are sorted by their UTF-16 code units, as the RFC says, which is not the order of bytes.

use serde_json::Value;

/// Largest integer that a double holds exactly, 2^53 − 1 (RFC 7493, 2.2).
const INTEGER_MAX: u64 = (1 << 53) - 1;

/// Why a value has no canonical text here.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    #[error("le nombre {0} n'est pas un entier exact")]
    Number(String),
}

/// The canonical text of a value.
pub fn text(value: &Value) -> Result<String, Error> {
    let mut out = String::new();
    write(value, &mut out)?;
    Ok(out)
}

fn write(value: &Value, out: &mut String) -> Result<(), Error> {
    match value {
        Value::Null => out.push_str("null"),
        Value::Bool(true) => out.push_str("true"),
        Value::Bool(false) => out.push_str("false"),
        Value::Number(number) => {
            let exact = number.as_i64().is_some_and(|integer| integer.unsigned_abs() <= INTEGER_MAX);
            if !exact {
                return Err(Error::Number(number.to_string()));
            }
            out.push_str(&number.to_string());
        }
        Value::String(string) => write_string(string, out),
        Value::Array(values) => {
            out.push('[');
            for (index, value) in values.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write(value, out)?;
            }
            out.push(']');
        }
        Value::Object(members) => {
            let mut members: Vec<_> = members.iter().collect();
            members.sort_by(|(a, _), (b, _)| a.encode_utf16().cmp(b.encode_utf16()));
            out.push('{');
            for (index, (name, value)) in members.into_iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_string(name, out);
                out.push(':');
                write(value, out)?;
            }
            out.push('}');
        }
    }
    Ok(())
}

/// RFC 8785, 3.2.2.2: the short escapes where they exist, `\u00xx` for other controls, all else as it is.
fn write_string(string: &str, out: &mut String) {
    out.push('"');
    for character in string.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\u{c}' => out.push_str("\\f"),
            '\r' => out.push_str("\\r"),
            control if (control as u32) < 0x20 => out.push_str(&format!("\\u{:04x}", control as u32)),
            other => out.push(other),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn names_are_sorted_by_utf_16_units() {
        // RFC 8785, 3.2.3: the surrogate pair of 😀 (D83D) comes before דּ (FB33).
        let value = json!({ "\u{fb33}": 1, "😀": 2, "\r": 3, "ö": 4, "1": 5, "€": 6, "\u{80}": 7 });
        let expected = "{\"\\r\":3,\"1\":5,\"\u{80}\":7,\"ö\":4,\"€\":6,\"😀\":2,\"\u{fb33}\":1}";
        assert_eq!(text(&value).unwrap(), expected);
    }

    #[test]
    fn strings_are_escaped_as_the_rfc_shows() {
        let value = json!("€$\u{f}\nA'B\"\\\\\"/");
        assert_eq!(text(&value).unwrap(), "\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"");
    }

    #[test]
    fn a_number_that_readers_would_round_is_refused() {
        assert_eq!(text(&json!([0, -5, 9007199254740991u64])).unwrap(), "[0,-5,9007199254740991]");
        for number in [json!(1.5), json!(9007199254740992u64), json!(u64::MAX), json!(-9007199254740992i64)] {
            assert!(text(&number).is_err(), "{number}");
        }
    }
}
