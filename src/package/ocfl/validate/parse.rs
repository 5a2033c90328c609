//! An inventory as it is written, whatever its shape: nothing that JSON allows stops the reading, so that
//! everything wrong is said at once.
//!
//! It judges nothing.

use std::cell::Cell;

use serde::de::{DeserializeSeed, IgnoredAny, MapAccess};

pub(super) use super::shape::Field;
use super::shape::{Budget, OVER_BUDGET, Seed, Shape, spend};

/// Most unknown and repeated keys that are kept.
const KEYS_KEPT_MAX: usize = 50;

/// Digests, in the order of the text, with the paths listed under each.
pub(super) type Block = Vec<(Box<str>, Field<Vec<Box<str>>>)>;

#[derive(Debug, Default)]
pub(super) struct Raw {
    pub id: Field<String>,
    pub inventory_type: Field<String>,
    pub digest_algorithm: Field<String>,
    pub head: Field<String>,
    pub content_directory: Field<String>,
    pub manifest: Field<Block>,
    pub versions: Field<Vec<(String, Field<RawVersion>)>>,
    pub fixity: Field<Vec<(String, Field<Block>)>>,
    pub odd: OddKeys,
}

#[derive(Debug, Default)]
pub(super) struct RawVersion {
    pub created: Field<String>,
    pub state: Field<Block>,
    pub message: Field<String>,
    pub user: Field<RawUser>,
    pub odd: OddKeys,
}

#[derive(Debug, Default, PartialEq)]
pub(super) struct RawUser {
    pub name: Field<String>,
    pub address: Field<String>,
    pub odd: OddKeys,
}

/// Keys of an object that the specification does not know, and those given twice.
#[derive(Debug, Default, PartialEq)]
pub(super) struct OddKeys {
    pub unknown: Vec<String>,
    pub repeated: Vec<String>,
}

/// Why a text is no inventory.
#[derive(Debug)]
pub(super) enum Unreadable {
    /// Not JSON, not UTF-8, or not an object.
    NotJson(String),
    /// More entries than the limit.
    OverBudget,
}

/// Reads an inventory of at most `entries_max` keys and array members in all.
pub(super) fn parse(text: &[u8], entries_max: u64) -> Result<Raw, Unreadable> {
    let budget = Cell::new(entries_max);
    let mut json = serde_json::Deserializer::from_slice(text);
    let read = Seed::<Raw>::new(&budget).deserialize(&mut json).and_then(|raw| json.end().map(|()| raw));
    match read {
        Ok(Field::Is(raw)) => Ok(raw),
        Ok(_) => Err(Unreadable::NotJson("not an object".to_string())),
        Err(error) if error.to_string().starts_with(OVER_BUDGET) => Err(Unreadable::OverBudget),
        Err(error) => Err(Unreadable::NotJson(error.to_string())),
    }
}

/// Reads an object whose keys are fixed: each named key into its field, the others into `odd`.
macro_rules! fixed_keys {
    ($shape:ty { $($key:literal => $field:ident),* $(,)? }) => {
        impl Shape for $shape {
            fn of_object<'de, A: MapAccess<'de>>(
                mut object: A,
                budget: &Budget,
            ) -> Result<Field<Self>, A::Error> {
                let mut read = Self::default();
                while let Some(key) = object.next_key::<String>()? {
                    spend(budget)?;
                    match key.as_str() {
                        $($key => {
                            if !read.$field.is_absent() {
                                read.odd.repeated(&key);
                            }
                            read.$field = object.next_value_seed(Seed::new(budget))?;
                        })*
                        _ => {
                            object.next_value::<IgnoredAny>()?;
                            read.odd.unknown(key);
                        }
                    }
                }
                Ok(Field::Is(read))
            }
        }
    };
}

fixed_keys!(Raw {
    "id" => id,
    "type" => inventory_type,
    "digestAlgorithm" => digest_algorithm,
    "head" => head,
    "contentDirectory" => content_directory,
    "manifest" => manifest,
    "versions" => versions,
    "fixity" => fixity,
});
fixed_keys!(RawVersion { "created" => created, "state" => state, "message" => message, "user" => user });
fixed_keys!(RawUser { "name" => name, "address" => address });

impl OddKeys {
    fn unknown(&mut self, key: String) {
        if self.unknown.len() < KEYS_KEPT_MAX {
            self.unknown.push(key);
        }
    }

    fn repeated(&mut self, key: &str) {
        if self.repeated.len() < KEYS_KEPT_MAX {
            self.repeated.push(key.to_string());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shape_is_read_and_the_wrong_ones_are_told() {
        let text = br#"{"id": 3, "head": "v1", "head": "v2", "x": [{"y": 1}], "type": null,
            "manifest": {"aa": ["p", "q"], "aa": ["r"], "bb": "s", "cc": ["t", 1]},
            "versions": {"v1": {"created": true, "user": {"name": [1], "z": 1}}, "v2": []},
            "fixity": {"md5": {"00": []}}}"#;
        let raw = parse(text, 100).unwrap();
        assert_eq!((&raw.id, &raw.inventory_type), (&Field::Wrong, &Field::Wrong));
        assert_eq!(raw.head, Field::Is("v2".to_string()));
        assert_eq!((raw.odd.unknown, raw.odd.repeated), (vec!["x".to_string()], vec!["head".to_string()]));
        let Field::Is(manifest) = raw.manifest else { panic!("a manifest") };
        let wrong: Vec<bool> = manifest.iter().map(|(_, paths)| *paths == Field::Wrong).collect();
        assert_eq!(wrong, [false, false, true, true]);
        let Field::Is(versions) = raw.versions else { panic!("versions") };
        assert!(matches!(versions[1].1, Field::Wrong));
        let Field::Is(first) = &versions[0].1 else { panic!("a version") };
        assert_eq!((&first.created, &first.message), (&Field::Wrong, &Field::Absent));
        let Field::Is(user) = &first.user else { panic!("a user") };
        assert_eq!((&user.name, user.odd.unknown.len()), (&Field::Wrong, 1));
    }

    #[test]
    fn hostile_texts_are_refused() {
        for text in ["", "[]", "3", "{", "{} x", "{\"id\": \"\u{1}\"}", &"[".repeat(100_000)] {
            assert!(matches!(parse(text.as_bytes(), 100), Err(Unreadable::NotJson(_))), "{text:.20}");
        }
        assert!(matches!(parse(b"{\"id\": \"\xff\"}", 100), Err(Unreadable::NotJson(_))));
        assert!(matches!(parse(b"\xef\xbb\xbf{}", 100), Err(Unreadable::NotJson(_))));
        let many = format!("{{\"manifest\": {{\"a\": [{}\"x\"]}}}}", "\"x\",".repeat(100));
        assert!(matches!(parse(many.as_bytes(), 50), Err(Unreadable::OverBudget)));
        assert!(parse(many.as_bytes(), 200).is_ok());
        let ignored = format!("{{\"y\": [{}\"x\"]}}", "\"x\",".repeat(100));
        assert!(parse(ignored.as_bytes(), 50).is_ok());
    }
}
