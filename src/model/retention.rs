//! Rules of a retention schedule (tableau de gestion): how long a kind of records is useful, and what becomes of it then.

use chrono::NaiveDate;

/// What becomes of records once their time is over (sort final).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fate {
    Destroy,
    /// Some are kept: no code of SEDA says so, it travels as `Keep` until somebody has sorted (norms §10).
    Sort,
    Keep,
}

impl Fate {
    /// The letter of schedules.
    pub fn letter(self) -> &'static str {
        match self {
            Fate::Keep => "C",
            Fate::Destroy => "D",
            Fate::Sort => "T",
        }
    }

    /// The fate of a letter.
    pub fn from_letter(letter: &str) -> Option<Fate> {
        [Fate::Keep, Fate::Destroy, Fate::Sort].into_iter().find(|fate| fate.letter() == letter)
    }

    /// The word people read.
    pub fn label(self) -> &'static str {
        match self {
            Fate::Keep => "conserver",
            Fate::Destroy => "éliminer",
            Fate::Sort => "trier",
        }
    }
}

/// From when the time runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StartEvent {
    Date,
    FileClosing,
    ExerciseClosing,
    EndOfExecution,
    Notification,
    Signature,
    Birth,
    EndOfContract,
    RegisterClosing,
    EndOfValidity,
    EndOfStructure,
}

impl StartEvent {
    /// Every event, with the word of schedules and the words people read.
    pub const ALL: [(StartEvent, &'static str, &'static str); 11] = [
        (StartEvent::Date, "date", "date du document"),
        (StartEvent::FileClosing, "cloture_dossier", "clôture du dossier"),
        (StartEvent::ExerciseClosing, "cloture_exercice", "clôture de l'exercice"),
        (StartEvent::EndOfExecution, "fin_execution", "fin d'exécution"),
        (StartEvent::Notification, "notification", "notification"),
        (StartEvent::Signature, "signature", "signature"),
        (StartEvent::Birth, "naissance", "naissance de la personne"),
        (StartEvent::EndOfContract, "fin_contrat", "fin du contrat"),
        (StartEvent::RegisterClosing, "cloture_registre", "clôture du registre"),
        (StartEvent::EndOfValidity, "fin_validite", "fin de validité"),
        (StartEvent::EndOfStructure, "fin_ouvrage", "fin de l'ouvrage"),
    ];

    /// The word of schedules.
    pub fn word(self) -> &'static str {
        Self::ALL.iter().find(|(event, ..)| *event == self).map_or("", |(_, word, _)| word)
    }

    /// The words people read.
    pub fn label(self) -> &'static str {
        Self::ALL.iter().find(|(event, ..)| *event == self).map_or("", |(.., label)| label)
    }

    /// The event of a word.
    pub fn from_word(word: &str) -> Option<StartEvent> {
        Self::ALL.iter().find(|(_, known, _)| *known == word).map(|(event, ..)| *event)
    }
}

/// How long records are useful (durée d'utilité administrative).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Utility {
    /// An ISO 8601 duration in years, months and days: `P10Y`.
    Lasting(String),
    Unlimited,
    /// Nobody has said: nothing is ever due.
    Unknown,
}

impl Utility {
    /// What a word says; it was read already.
    pub fn from_word(word: &str) -> Utility {
        match word {
            "" => Utility::Unknown,
            "ILLIMITEE" => Utility::Unlimited,
            duration => Utility::Lasting(duration.to_owned()),
        }
    }

    /// As schedules write it.
    pub fn word(&self) -> &str {
        match self {
            Utility::Lasting(duration) => duration,
            Utility::Unlimited => "ILLIMITEE",
            Utility::Unknown => "",
        }
    }
}

/// Where a rule comes from; a lower level may be stricter than those above (norms §7).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ScheduleLevel {
    /// Of the product, for every member.
    Base,
    /// Of a département, for the members it controls.
    Department,
    Member,
}

impl ScheduleLevel {
    /// The word people read.
    pub fn label(self) -> &'static str {
        match self {
            ScheduleLevel::Base => "base commune",
            ScheduleLevel::Department => "département",
            ScheduleLevel::Member => "collectivité",
        }
    }
}

/// A rule of a schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetentionRule {
    pub code: String,
    /// The kind of records.
    pub typology: String,
    pub utility: Utility,
    pub starts: StartEvent,
    pub fate: Fate,
    /// Code of communicability.
    pub access: Option<String>,
    /// The text it comes from.
    pub reference: String,
    /// First and last day; open when `None`.
    pub valid_from: Option<NaiveDate>,
    pub valid_until: Option<NaiveDate>,
    /// `false`: *à valider*; protects, and never serves an elimination.
    pub is_validated: bool,
}

impl RetentionRule {
    /// Whether it stands on this day.
    pub fn stands_on(&self, day: NaiveDate) -> bool {
        self.valid_from.is_none_or(|from| from <= day) && self.valid_until.is_none_or(|until| day <= until)
    }
}
