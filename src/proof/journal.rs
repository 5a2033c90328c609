//! One tenant's journal as a chain: the text of an entry, its hash, and the proof that nothing was
//! changed, removed, swapped or back-dated (norms E-03, E-04, E-09).
//!
//! Never decides what is journaled. An entry's hash is SHA-256 over its exact canonical text, which holds
//! the hash of the entry before; the first one holds 64 zeros.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value};

use super::{canonical, digest};

/// SHA-256 of an entry.
pub type Hash = [u8; 32];

/// What stands before the first entry.
pub const BEFORE_FIRST: Hash = [0; 32];

/// What an entry says. Absent parts are left out of its text.
#[derive(Clone, Debug)]
pub struct Entry<'a> {
    /// From 1, without gap in one tenant.
    pub seq: i64,
    /// The member's code, so that the chain is read without a table beside it.
    pub tenant: &'a str,
    pub at: DateTime<Utc>,
    /// Norms E-02: `PRISE_EN_CHARGE`.
    pub event_type: &'a str,
    pub outcome: &'a str,
    pub object: &'a str,
    /// Who acted, by identifier only: `person:<uuid>`.
    pub agent: Option<&'a str>,
    /// Under which role a person acted (norms E-03). Whom they acted for is the member, whose journal it is.
    pub role: Option<&'a str>,
    /// The program that wrote it, with its version.
    pub program: Option<&'a str>,
    /// Names and values; a name given several times becomes a list.
    pub detail: &'a [(&'static str, String)],
    /// Hash of the entry numbered `seq - 1`.
    pub prev: Hash,
}

impl Entry<'_> {
    /// The canonical text, as hashed and kept.
    pub fn text(&self) -> String {
        let mut fields = Map::new();
        let mut put = |name: &str, value: &str| fields.insert(name.into(), value.into());
        put("tenant", self.tenant);
        put("ts", &timestamp(self.at));
        put("type", self.event_type);
        put("outcome", self.outcome);
        put("object", self.object);
        put("prev", &hex::encode(self.prev));
        self.agent.map(|agent| put("agent", agent));
        self.role.map(|role| put("role", role));
        self.program.map(|program| put("program", program));
        fields.insert("seq".into(), self.seq.into());
        if !self.detail.is_empty() {
            fields.insert("detail".into(), detail_value(self.detail));
        }
        canonical::text(&Value::Object(fields)).expect("a sequence number under 2^53")
    }
}

/// UTC, with a fraction only when there is one: `2027-03-01T08:00:00Z`.
pub fn timestamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// The hash of an entry's text.
pub fn hash(text: &str) -> Hash {
    digest::sha256(text.as_bytes())
}

fn detail_value(detail: &[(&'static str, String)]) -> Value {
    let mut fields = Map::new();
    for (name, value) in detail {
        let value = Value::from(value.as_str());
        match fields.get_mut(*name) {
            None => drop(fields.insert(name.to_string(), value)),
            Some(Value::Array(values)) => values.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
        }
    }
    Value::Object(fields)
}

/// A journal that does not hold together, and where.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("journal, entrée {seq} : {reason}")]
pub struct Fault {
    /// Number of the entry where the chain breaks.
    pub seq: i64,
    /// What is wrong, in French.
    pub reason: String,
}

/// A walk along the chain from its first entry; holds what the next entry must continue.
#[derive(Clone, Debug)]
pub struct Walk {
    seq: i64,
    hash: Hash,
    at: Option<DateTime<Utc>>,
    tenant: Option<String>,
}

impl Default for Walk {
    fn default() -> Self {
        Self { seq: 0, hash: BEFORE_FIRST, at: None, tenant: None }
    }
}

impl Walk {
    /// A walk that goes on after the entry numbered `seq` of this member's journal.
    pub fn after(seq: i64, hash: Hash, at: DateTime<Utc>, tenant: &str) -> Self {
        let at = (seq > 0).then_some(at);
        Self { seq, hash, at, tenant: Some(tenant.to_string()) }
    }

    /// Number of the last entry walked; 0 before the first.
    pub fn seq(&self) -> i64 {
        self.seq
    }

    /// Hash of the last entry walked.
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// Takes the next entry, numbered `seq` and kept with the hash `kept`; gives its fields back.
    pub fn step(&mut self, seq: i64, text: &str, kept: &[u8]) -> Result<Map<String, Value>, Fault> {
        let fault = |reason: &str| Fault { seq, reason: reason.to_string() };
        if seq != self.seq + 1 {
            let reason = format!("l'entrée {} manque", self.seq + 1);
            return Err(fault(&reason));
        }
        let hash = hash(text);
        if hash != kept {
            return Err(fault("le texte ne correspond plus à son empreinte"));
        }
        let Ok(Value::Object(fields)) = serde_json::from_str::<Value>(text) else {
            return Err(fault("le texte n'est pas un objet JSON"));
        };
        if canonical::text(&Value::Object(fields.clone())).as_deref() != Ok(text) {
            return Err(fault("le texte n'est pas sous sa forme canonique"));
        }
        let field = |name: &str| fields.get(name).and_then(Value::as_str);
        if fields.get("seq").and_then(Value::as_i64) != Some(seq) {
            return Err(fault("le numéro inscrit dans le texte est un autre"));
        }
        if field("prev") != Some(&hex::encode(self.hash)) {
            return Err(fault("l'entrée ne suit pas la précédente"));
        }
        let Some(at) = field("ts").and_then(|ts| DateTime::parse_from_rfc3339(ts).ok()) else {
            return Err(fault("la date est illisible"));
        };
        if self.at.is_some_and(|before| at < before) {
            return Err(fault("la date précède celle de l'entrée d'avant"));
        }
        let tenant = field("tenant").ok_or_else(|| fault("le membre manque"))?;
        if self.tenant.as_deref().is_some_and(|before| before != tenant) {
            return Err(fault("l'entrée est d'un autre membre"));
        }
        *self = Walk { seq, hash, at: Some(at.to_utc()), tenant: Some(tenant.to_string()) };
        Ok(fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The vectors of norms §3: (time, type, hash).
    const VECTORS: [(&str, &str, &str); 3] = [
        ("2027-03-01T08:00:00Z", "DEPOT", "ff12e7da52210823bba849641fe84893de91ebbdb5ce2ef1716dde18c3f932a6"),
        (
            "2027-03-01T08:00:05Z",
            "CONTROLE_INTEGRITE",
            "9c864b22ef88b0dd3bbc3e5baa42a6fbe65c92890830741809c6b517fc016bd3",
        ),
        (
            "2027-03-01T09:12:44Z",
            "CONSULTATION",
            "8152891b5bc24af6555c4a047e45f3c6a37d5d0002e7ab64d45eb49a6f28d080",
        ),
    ];

    fn chain() -> Vec<(i64, String, Hash)> {
        let mut prev = BEFORE_FIRST;
        let mut chain = Vec::new();
        for (index, (ts, event_type, _)) in VECTORS.iter().enumerate() {
            let entry = Entry {
                seq: index as i64 + 1,
                tenant: "E01",
                at: ts.parse().unwrap(),
                event_type,
                outcome: "OK",
                object: "arc-0001",
                agent: None,
                role: None,
                program: None,
                detail: &[],
                prev,
            };
            let text = entry.text();
            prev = hash(&text);
            chain.push((entry.seq, text, prev));
        }
        chain
    }

    fn walk(chain: &[(i64, String, Hash)]) -> Result<i64, Fault> {
        let mut walk = Walk::default();
        for (seq, text, hash) in chain {
            walk.step(*seq, text, hash)?;
        }
        Ok(walk.seq())
    }

    #[test]
    fn the_vectors_of_the_norms_are_reproduced() {
        let chain = chain();
        for ((_, _, hash), (_, _, expected)) in chain.iter().zip(VECTORS) {
            assert_eq!(hex::encode(hash), expected);
        }
        assert_eq!(walk(&chain), Ok(3));
    }

    #[test]
    fn a_name_given_twice_becomes_a_list() {
        let detail = [("finding", "a".to_string()), ("size", "3".into()), ("finding", "b".into())];
        assert_eq!(detail_value(&detail).to_string(), r#"{"finding":["a","b"],"size":"3"}"#);
    }

    #[test]
    fn each_kind_of_tampering_is_found_where_it_is() {
        let whole = chain();
        let rehashed = |index: usize, from: &str, to: &str| {
            let mut chain = whole.clone();
            chain[index].1 = chain[index].1.replace(from, to);
            chain[index].2 = hash(&chain[index].1);
            chain
        };
        let mut changed = whole.clone();
        changed[1].1 = changed[1].1.replace("OK", "KO");
        let mut removed = whole.clone();
        removed.remove(1);
        let mut swapped = whole.clone();
        swapped.swap(1, 2);
        for (name, chain, seq) in [
            ("a changed byte", changed, 2),
            ("a removed entry", removed, 3),
            ("swapped entries", swapped, 3),
            ("a change with its own hash mended", rehashed(1, "OK", "KO"), 3),
            ("a back-dated entry", rehashed(2, "2027-03-01T09", "2027-03-01T07"), 3),
            ("a first entry that follows another", rehashed(0, "\"prev\":\"00", "\"prev\":\"01"), 1),
            ("another member's entry", rehashed(2, "E01", "E02"), 3),
        ] {
            assert_eq!(walk(&chain).expect_err(name).seq, seq, "{name}");
        }
    }
}
