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
    taking: Taking,
    left: Vec<String>,
}

/// Whose people, agreements and machines are, once they were made: the portal's, unless the files are taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Taking {
    #[default]
    Nothing,
    Files,
}

impl Changes {
    /// None yet.
    pub(super) fn new(taking: Taking) -> Self {
        Self { taking, ..Self::default() }
    }

    /// Whether what the portal owns becomes what the files say.
    pub(super) fn takes_files(&self) -> bool {
        self.taking == Taking::Files
    }

    /// Something that differs from its file, and stays as the portal has it.
    pub(super) fn left_if(&mut self, differs: bool, what: String) {
        if differs {
            self.left.push(what);
        }
    }

    /// What was left so, in words.
    pub(super) fn left(&self) -> Option<String> {
        let what = self.left.join(", ");
        (!what.is_empty()).then(|| format!("laissé tel qu'au portail, autre dans le fichier : {what} (--take-file pour prendre le fichier)"))
    }

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
