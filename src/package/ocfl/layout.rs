//! Where a storage root keeps an object: the registered layout extensions that can be computed.
//!
//! It never guesses: an identifier that a layout cannot place has no path.

use serde_json::Value;

use super::digest::Algorithm;

/// Longer encoded names are cut and followed by the digest. // extension 0003
const NAME_BYTES_MAX: usize = 100;
const TUPLES_MAX: u64 = 32;

/// An arrangement of objects, with its parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Layout {
    /// 0002: the identifier itself.
    FlatDirect,
    /// 0003, and 0012 when there are delimiters: tuples of the digest, then the encoded identifier.
    HashAndId { tuples: Tuples, delimiters: Vec<String> },
    /// 0004: tuples of the digest, then the digest, whole or what is left of it.
    Hashed { tuples: Tuples, is_short: bool },
    /// 0006: what follows a delimiter.
    FlatOmitPrefix { delimiter: String },
    /// 0007: tuples of what follows a delimiter, then itself.
    TuplesOmitPrefix { delimiter: String, size: usize, count: usize, pads_left: bool, is_reversed: bool },
    /// 0010: tuples of several sizes of what follows a delimiter, then perhaps itself.
    Differential { delimiter: String, sizes: Vec<usize>, is_whole_last: bool },
}

/// How a digest is cut.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tuples {
    pub algorithm: Algorithm,
    pub size: usize,
    pub count: usize,
}

impl Layout {
    /// That of our own storage roots: 0003 with its default parameters.
    pub fn ours() -> Self {
        let tuples = Tuples { algorithm: Algorithm::Sha256, size: super::TUPLE_SIZE, count: super::TUPLES };
        Self::HashAndId { tuples, delimiters: Vec::new() }
    }

    /// The layout of a registered extension and its `config.json`; `None` when it is not one of the above.
    ///
    /// # Errors
    /// Which parameter is wrong, in French.
    pub fn read(extension: &str, config: &Value) -> Result<Option<Self>, String> {
        let delimiter = || text(config, "delimiter", ":");
        Ok(Some(match extension {
            "0002-flat-direct-storage-layout" => Self::FlatDirect,
            "0003-hash-and-id-n-tuple-storage-layout" => {
                Self::HashAndId { tuples: Tuples::read(config)?, delimiters: Vec::new() }
            }
            "0012-hash-and-no-prefix-id-n-tuple-storage-layout" => {
                Self::HashAndId { tuples: Tuples::read(config)?, delimiters: texts(config, "delimiters")? }
            }
            "0004-hashed-n-tuple-storage-layout" => {
                Self::Hashed { tuples: Tuples::read(config)?, is_short: flag(config, "shortObjectRoot")? }
            }
            "0006-flat-omit-prefix-storage-layout" => {
                Self::FlatOmitPrefix { delimiter: text(config, "delimiter", "")? }
            }
            "0007-n-tuple-omit-prefix-storage-layout" => Self::TuplesOmitPrefix {
                delimiter: delimiter()?,
                size: number(config, "tupleSize", 3)?,
                count: number(config, "numberOfTuples", 3)?,
                pads_left: match text(config, "zeroPadding", "left")?.as_str() {
                    "left" => true,
                    "right" => false,
                    other => return Err(format!("« zeroPadding » vaut « {other} »")),
                },
                is_reversed: flag(config, "reverseObjectRoot")?,
            },
            "0010-differential-n-tuple-omit-prefix-storage-layout" => Self::Differential {
                delimiter: delimiter()?,
                sizes: sizes(config)?,
                is_whole_last: flag(config, "fullIdentifierAsObjectRoot")?,
            },
            _ => return Ok(None),
        }))
    }

    /// Path of an object under its storage root; `None` when the layout has none for this identifier.
    pub fn path(&self, id: &str) -> Option<String> {
        let path = match self {
            Self::FlatDirect => id.to_string(),
            Self::HashAndId { tuples, delimiters } => {
                let id = after_last(id, delimiters);
                let digest = tuples.algorithm.of(id.as_bytes());
                tuples.path(&digest, &encoded(id, &digest))?
            }
            Self::Hashed { tuples, is_short } => {
                let digest = tuples.algorithm.of(id.as_bytes());
                let used = if *is_short { tuples.size * tuples.count } else { 0 };
                tuples.path(&digest, digest.get(used..)?)?
            }
            Self::FlatOmitPrefix { delimiter } => after(id, delimiter)?.to_string(),
            Self::TuplesOmitPrefix { delimiter, size, count, pads_left, is_reversed } => {
                let rest = after(id, delimiter).filter(|rest| rest.is_ascii())?;
                let missing = "0".repeat((size * count).saturating_sub(rest.len()));
                let padded = if *pads_left { missing + rest } else { rest.to_string() + &missing };
                let padded = if *is_reversed { padded.chars().rev().collect() } else { padded };
                cut(&padded, &vec![*size; *count])?.join("/") + "/" + rest
            }
            Self::Differential { delimiter, sizes, is_whole_last } => {
                let rest = after(id, delimiter).filter(|rest| rest.is_ascii())?;
                let mut parts = cut(rest, sizes).filter(|_| rest.len() == sizes.iter().sum::<usize>())?;
                parts.extend(is_whole_last.then_some(rest));
                parts.join("/")
            }
        };
        super::paths::is_plain(&path).then_some(path)
    }
}

impl Tuples {
    fn read(config: &Value) -> Result<Self, String> {
        let name = text(config, "digestAlgorithm", "sha256")?;
        let algorithm = Algorithm::named(&name).filter(|algorithm| *algorithm != Algorithm::Size);
        let algorithm = algorithm.ok_or_else(|| format!("« digestAlgorithm » vaut « {name} »"))?;
        let size = number(config, "tupleSize", 3)?;
        let count = number(config, "numberOfTuples", 3)?;
        if (size == 0) != (count == 0) || size * count > algorithm.of(b"").len() {
            return Err("« tupleSize » et « numberOfTuples » ne vont pas ensemble".to_string());
        }
        Ok(Self { algorithm, size, count })
    }

    fn path(&self, digest: &str, last: &str) -> Option<String> {
        let mut parts = cut(digest, &vec![self.size; self.count])?;
        parts.push(last);
        Some(parts.join("/"))
    }
}

/// The first pieces of a text, of these sizes in bytes.
fn cut<'a>(text: &'a str, sizes: &[usize]) -> Option<Vec<&'a str>> {
    let mut start = 0;
    let mut piece = |size: &usize| {
        let piece = text.get(start..start + size);
        start += size;
        piece
    };
    sizes.iter().map(&mut piece).collect()
}

/// An identifier as a folder's name: safe characters, the others percent-encoded, cut when too long.
fn encoded(id: &str, digest: &str) -> String {
    let mut name = String::new();
    for byte in id.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => name.push(char::from(byte)),
            other => name.push_str(&format!("%{other:02x}")),
        }
    }
    if name.len() > NAME_BYTES_MAX {
        name.truncate(NAME_BYTES_MAX);
        name = format!("{name}-{digest}");
    }
    name
}

/// What follows the last delimiter, whichever, the one that ends the identifier apart. // extension 0012
fn after_last<'a>(id: &'a str, delimiters: &[String]) -> &'a str {
    let searched = id.char_indices().next_back().map_or("", |(last, _)| &id[..last]);
    let ends = delimiters
        .iter()
        .filter(|delimiter| !delimiter.is_empty())
        .filter_map(|delimiter| searched.rfind(delimiter.as_str()).map(|start| start + delimiter.len()));
    ends.max().map_or(id, |end| &id[end..])
}

/// What follows the last occurrence of a delimiter, whatever its case; nothing may not. // extension 0006
fn after<'a>(id: &'a str, delimiter: &str) -> Option<&'a str> {
    let found = id.to_ascii_lowercase().rfind(&delimiter.to_ascii_lowercase());
    let rest = found.map_or(id, |start| &id[start + delimiter.len()..]);
    (!rest.is_empty() && !delimiter.is_empty()).then_some(rest)
}

fn text(config: &Value, key: &str, default: &str) -> Result<String, String> {
    match config.get(key) {
        None => Ok(default.to_string()),
        Some(Value::String(text)) => Ok(text.clone()),
        Some(_) => Err(format!("« {key} » n’est pas un texte")),
    }
}

fn texts(config: &Value, key: &str) -> Result<Vec<String>, String> {
    let Some(value) = config.get(key) else { return Ok(Vec::new()) };
    let texts =
        value.as_array().and_then(|all| all.iter().map(|one| one.as_str().map(str::to_owned)).collect());
    texts.ok_or_else(|| format!("« {key} » n’est pas une liste de textes"))
}

fn flag(config: &Value, key: &str) -> Result<bool, String> {
    let value = config.get(key).map_or(Some(false), Value::as_bool);
    value.ok_or_else(|| format!("« {key} » n’est ni vrai ni faux"))
}

fn number(config: &Value, key: &str, default: u64) -> Result<usize, String> {
    let value = config.get(key).map_or(Some(default), Value::as_u64).filter(|value| *value <= TUPLES_MAX);
    value
        .map(|value| value as usize)
        .ok_or_else(|| format!("« {key} » n’est pas un nombre de 0 à {TUPLES_MAX}"))
}

fn sizes(config: &Value) -> Result<Vec<usize>, String> {
    let Some(value) = config.get("tupleSegmentSizes") else { return Ok(vec![2, 3, 2, 4]) };
    let small =
        |size: &Value| size.as_u64().filter(|size| (1..=255).contains(size)).map(|size| size as usize);
    let sizes = value.as_array().and_then(|all| all.iter().map(small).collect::<Option<Vec<_>>>());
    sizes
        .filter(|sizes| sizes.len() <= 32)
        .ok_or_else(|| "« tupleSegmentSizes » n’est pas une liste de tailles".into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn path(extension: &str, config: Value, id: &str) -> Option<String> {
        Layout::read(extension, &config).unwrap().unwrap().path(id)
    }

    /// The examples of the registered extensions.
    #[test]
    fn identifiers_are_placed_as_the_extensions_say() {
        let long = "abcdefghij".repeat(10) + "a";
        let cut_long = format!(
            "5cc/73e/648/{}-5cc73e648fbcff136510e330871180922ddacf193b68fdeff855683a01464220",
            "abcdefghij".repeat(10)
        );
        let h3 = "0003-hash-and-id-n-tuple-storage-layout";
        let h4 = "0004-hashed-n-tuple-storage-layout";
        let h7 = "0007-n-tuple-omit-prefix-storage-layout";
        let h10 = "0010-differential-n-tuple-omit-prefix-storage-layout";
        let h12 = "0012-hash-and-no-prefix-id-n-tuple-storage-layout";
        let md5 =
            json!({"digestAlgorithm": "md5", "tupleSize": 2, "numberOfTuples": 15, "shortObjectRoot": true});
        for (extension, config, id, expected) in [
            ("0002-flat-direct-storage-layout", json!({}), "..hor_rib:lé-$id", "..hor_rib:lé-$id"),
            (h3, json!({}), "object-01", "3c0/ff4/240/object-01"),
            (h3, json!({}), "..hor/rib:le-$id", "487/326/d8c/%2e%2ehor%2frib%3ale-%24id"),
            (h3, json!({}), &long, &cut_long),
            (h3, json!({"tupleSize": 0, "numberOfTuples": 0}), "object-01", "object-01"),
            (h4, md5.clone(), "object-01", "ff/75/53/44/92/48/5e/ab/b3/9f/86/35/67/28/88/4e"),
            (
                "0006-flat-omit-prefix-storage-layout",
                json!({"delimiter": "EDU/"}),
                "https://a.edu/3448793",
                "3448793",
            ),
            (
                h7,
                json!({"tupleSize": 4, "numberOfTuples": 2, "reverseObjectRoot": true}),
                "abc123",
                "321c/ba00/abc123",
            ),
            (
                h7,
                json!({"delimiter": "edu/", "zeroPadding": "right"}),
                "https://i.edu/f8.05v",
                "f8./05v/000/f8.05v",
            ),
            (h10, json!({}), "druid:gh875jh5489", "gh/875/jh/5489"),
            (h12, json!({"delimiters": ["/"]}), "..hor/rib:le-$id", "a6b/979/238/rib%3ale-%24id"),
        ] {
            assert_eq!(path(extension, config, id).as_deref(), Some(expected), "{extension} {id}");
        }
    }

    #[test]
    fn what_cannot_be_placed_has_no_path() {
        assert_eq!(path("0002-flat-direct-storage-layout", json!({}), "../a"), None);
        assert_eq!(path("0006-flat-omit-prefix-storage-layout", json!({"delimiter": ":"}), "a:"), None);
        assert_eq!(path("0010-differential-n-tuple-omit-prefix-storage-layout", json!({}), "a:bc"), None);
        assert_eq!(Layout::read("0011-direct-clean-path-layout", &json!({})), Ok(None));
        let h3 = "0003-hash-and-id-n-tuple-storage-layout";
        for wrong in [
            json!({"digestAlgorithm": "crc"}),
            json!({"digestAlgorithm": 3}),
            json!({"tupleSize": 0}),
            json!({"tupleSize": 33}),
            json!({"tupleSize": 32, "numberOfTuples": 32}),
        ] {
            assert!(Layout::read(h3, &wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn delimiters_that_end_an_identifier_are_passed_over() {
        let after = |id, delimiters: &[&str]| {
            let delimiters: Vec<String> = delimiters.iter().map(ToString::to_string).collect();
            after_last(id, &delimiters).to_string()
        };
        assert_eq!(after("abcd", &["d"]), "abcd");
        assert_eq!(after("abcd", &["c", "d"]), "d");
        assert_eq!(after("abcdd", &["d"]), "d");
        assert_eq!(after("ab/cd:ef", &["/", ":"]), "ef");
        assert_eq!(after("", &["/"]), "");
    }
}
