//! A journal as PREMIS 3: each entry an event, whoever acted an agent, for programs that read no other form.
//!
//! The proof stays in the entries' own texts: what is written here says the same, and is not chained. The one thing to know:
//! an event's identifier is the entry's number in the member's journal, and its detail ends with the entry's SHA-256.

use std::collections::BTreeSet;
use std::io::{self, Write};

use serde_json::{Map, Value};

use super::write::{Xml, agent_link, begin, element, end, identifier, object, text};

/// The document in the making: the journal itself, then its events, then their agents.
pub struct Journal<W: Write> {
    xml: Xml<W>,
    code: String,
    /// As many as people and machines acted.
    agents: BTreeSet<String>,
}

impl<W: Write> Journal<W> {
    /// Of this member; `about` names what the entries are about when they are not the whole journal.
    ///
    /// # Errors
    /// When `out` cannot be written.
    pub fn begin(out: W, code: &str, about: Option<&str>) -> io::Result<Self> {
        let mut xml = begin(out)?;
        let named = about.map_or_else(|| format!("journal:{code}"), str::to_owned);
        object(&mut xml, "intellectualEntity", |xml| identifier(xml, "object", "local", &named))?;
        Ok(Self { xml, code: code.to_owned(), agents: BTreeSet::new() })
    }

    /// The next entry, by its fields and its SHA-256.
    ///
    /// # Errors
    /// When the document cannot be written.
    pub fn entry(&mut self, fields: &Map<String, Value>, hash: &[u8; 32]) -> io::Result<()> {
        let field = |name: &str| fields.get(name).and_then(Value::as_str).unwrap_or_default();
        let seq = fields.get("seq").and_then(Value::as_i64).unwrap_or_default();
        let detail = match fields.get("detail") {
            Some(detail) => format!("{detail} sha256:{}", hex::encode(hash)),
            None => format!("sha256:{}", hex::encode(hash)),
        };
        let (code, agent) = (self.code.as_str(), field("agent"));
        element(&mut self.xml, "event", |xml| {
            identifier(xml, "event", "chartrier journal", &format!("{code}/{seq}"))?;
            text(xml, "eventType", field("type"))?;
            text(xml, "eventDateTime", field("ts"))?;
            element(xml, "eventDetailInformation", |xml| text(xml, "eventDetail", &detail))?;
            element(xml, "eventOutcomeInformation", |xml| text(xml, "eventOutcome", field("outcome")))?;
            if !agent.is_empty() {
                agent_link(xml, agent, if field("role").is_empty() { "implementer" } else { field("role") })?;
            }
            element(xml, "linkingObjectIdentifier", |xml| {
                text(xml, "linkingObjectIdentifierType", "local")?;
                text(xml, "linkingObjectIdentifierValue", field("object"))
            })
        })?;
        if !agent.is_empty() && !self.agents.contains(agent) {
            self.agents.insert(agent.to_owned());
        }
        Ok(())
    }

    /// The agents, and the end.
    ///
    /// # Errors
    /// When the document cannot be written.
    pub fn end(mut self) -> io::Result<W> {
        for agent in &self.agents {
            element(&mut self.xml, "agent", |xml| {
                identifier(xml, "agent", "local", agent)?;
                text(xml, "agentType", kind(agent))
            })?;
        }
        end(self.xml)
    }
}

/// What acted, of PREMIS's vocabulary.
fn kind(agent: &str) -> &'static str {
    match agent.split(':').next() {
        Some("person" | "operator") => "person",
        _ => "software",
    }
}
