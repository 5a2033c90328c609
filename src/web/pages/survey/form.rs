//! The three questions as forms show them and as they come back.

use crate::survey::DOMAINS;
use crate::survey::reply::{OTHER, Typed, Wrong};
use crate::web::pages::fields::{all, first};
use crate::web::pages::shell::FieldError;

/// The questions, with what was typed.
pub struct Questions {
    pub with_domains: [Question; 2],
    pub interested: YesNo,
}

/// A question that has domains.
pub struct Question {
    pub legend: &'static str,
    pub answer: YesNo,
    pub domains_legend: &'static str,
    pub of_domains: &'static str,
    pub of_other: &'static str,
    /// Name, and whether it is chosen; « Autre » last.
    pub domains: Vec<(&'static str, bool)>,
    pub other: String,
}

/// Yes, no, or nothing yet.
pub struct YesNo {
    /// Of the field.
    pub name: &'static str,
    pub yes: bool,
    pub no: bool,
}

impl Questions {
    /// With what was typed.
    pub fn of(typed: &Typed) -> Self {
        let domains = |chosen: &[String]| {
            let last = DOMAINS.into_iter().filter(|name| *name != OTHER).chain([OTHER]);
            last.map(|name| (name, chosen.iter().any(|one| one == name))).collect()
        };
        let first = Question {
            legend: "1. Avez-vous déjà archivé électroniquement, c’est-à-dire versé dans un système d’archivage électronique (SAE) ?",
            answer: YesNo::of("q1", &typed.q1),
            domains_legend: "1 bis. Si oui, dans quels domaines ?",
            of_domains: "q1b",
            of_other: "q1b_autre",
            domains: domains(&typed.q1b),
            other: typed.q1b_other.clone(),
        };
        let second = Question {
            legend: "2. Un projet d’archivage électronique est-il prévu dans les 24 mois ?",
            answer: YesNo::of("q2", &typed.q2),
            domains_legend: "2 bis. Si oui, dans quels domaines ?",
            of_domains: "q2b",
            of_other: "q2b_autre",
            domains: domains(&typed.q2b),
            other: typed.q2b_other.clone(),
        };
        Self { with_domains: [first, second], interested: YesNo::of("q3", &typed.q3) }
    }
}

impl YesNo {
    fn of(name: &'static str, typed: &str) -> Self {
        Self { name, yes: typed == "oui", no: typed == "non" }
    }
}

/// What was typed.
pub fn typed(fields: &[(String, String)]) -> Typed {
    Typed {
        q1: first(fields, "q1"),
        q1b: all(fields, "q1b"),
        q1b_other: first(fields, "q1b_autre"),
        q2: first(fields, "q2"),
        q2b: all(fields, "q2b"),
        q2b_other: first(fields, "q2b_autre"),
        q3: first(fields, "q3"),
    }
}

/// What is to be corrected, with the number of its question.
pub fn errors(wrong: &[Wrong]) -> Vec<FieldError> {
    let error = |wrong: &Wrong| {
        let number = match wrong.field {
            field if field.starts_with("q1") => "Question 1",
            field if field.starts_with("q2") => "Question 2",
            _ => "Question 3",
        };
        FieldError { field: wrong.field, sentence: format!("{number} : {}", wrong.sentence) }
    };
    wrong.iter().map(error).collect()
}
