//! What a run changes: for each change an event for the journal and a sentence for the operator.
//!
//! The journal never learns a name or a secret: identifiers, codes and values of settings only.

use crate::model::{Agent, Event, EventType, Outcome};

/// The changes of one member, in order.
#[derive(Default)]
pub(super) struct Changes {
    events: Vec<Event>,
    sentences: Vec<String>,
    client: Option<String>,
}

impl Changes {
    /// Something new.
    pub(super) fn made(&mut self, object: String, detail: Vec<(&'static str, String)>, sentence: String) {
        self.push("creation", object, detail, sentence);
    }

    /// Something that became what the file says.
    pub(super) fn changed(&mut self, object: String, detail: Vec<(&'static str, String)>, sentence: String) {
        self.push("modification", object, detail, sentence);
    }

    /// The client about to be inserted, in case its identifier is another member's.
    pub(super) fn inserting_client(&mut self, client_id: &str) {
        self.client = Some(client_id.to_string());
    }

    pub(super) fn last_client(&self) -> Option<&str> {
        self.client.as_deref()
    }

    pub(super) fn into_parts(self) -> (Vec<Event>, Vec<String>) {
        (self.events, self.sentences)
    }

    fn push(&mut self, action: &str, object: String, detail: Vec<(&'static str, String)>, sentence: String) {
        let mut detail = detail;
        detail.push(("action", action.to_string()));
        self.events.push(Event {
            event_type: EventType::Parametrage,
            outcome: Outcome::Ok,
            agent: Agent::Operator,
            object,
            detail,
        });
        if !sentence.is_empty() {
            self.sentences.push(sentence);
        }
    }
}

/// The fields that differ: (name, before, after).
#[derive(Default)]
pub(super) struct Differences(Vec<(&'static str, String, String)>);

impl Differences {
    /// Takes note of a field, when it differs.
    #[expect(clippy::needless_pass_by_value, reason = "every value shown is a reference or a number")]
    pub(super) fn note(&mut self, name: &'static str, before: impl Shown, after: impl Shown) {
        let (before, after) = (before.shown(), after.shown());
        if before != after {
            self.0.push((name, before, after));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// For the journal.
    pub(super) fn detail(&self) -> Vec<(&'static str, String)> {
        self.0.iter().map(|(name, _, after)| (*name, after.clone())).collect()
    }

    /// For the operator: `state (active → suspended), name (…)`.
    pub(super) fn words(&self) -> String {
        let words = self.0.iter().map(|(name, before, after)| format!("{name} ({before} → {after})"));
        words.collect::<Vec<_>>().join(", ")
    }
}

/// A value in words that tell equal from different.
pub(super) trait Shown {
    fn shown(&self) -> String;
}

impl Shown for &str {
    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Shown for &String {
    fn shown(&self) -> String {
        self.to_string()
    }
}

impl Shown for bool {
    fn shown(&self) -> String {
        if *self { "oui".into() } else { "non".into() }
    }
}

impl Shown for i64 {
    fn shown(&self) -> String {
        self.to_string()
    }
}

impl<T: std::fmt::Display> Shown for &Option<T> {
    fn shown(&self) -> String {
        self.as_ref().map_or("–".into(), T::to_string)
    }
}

impl Shown for &[String] {
    fn shown(&self) -> String {
        if self.is_empty() { "–".into() } else { self.join(" ") }
    }
}
