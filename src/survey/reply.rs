//! What a producer answers: the three questions, checked from a form or from a line of a table by the same rules.
//!
//! Pure. The one thing to know: « oui » has its domains, « non » has none, and « Autre » says what it is.

use super::{Answer, DOMAINS};
use crate::table::folded;

/// The domain that needs a text.
pub const OTHER: &str = "Autre";
/// Characters of that text.
pub const OTHER_CHARS_MAX: usize = 200;

/// A whole answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// Archives electronically already.
    pub already: bool,
    /// In the order of [`DOMAINS`].
    pub already_in: Vec<String>,
    pub already_other: String,
    /// Means to within 24 months.
    pub planned: bool,
    pub planned_in: Vec<String>,
    pub planned_other: String,
    /// Would deposit in a shared service; `None`: not asked.
    pub interested: Option<bool>,
}

/// An answer as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typed {
    pub q1: String,
    pub q1b: Vec<String>,
    pub q1b_other: String,
    pub q2: String,
    pub q2b: Vec<String>,
    pub q2b_other: String,
    pub q3: String,
}

/// Something to correct: the name of its field and a sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wrong {
    pub field: &'static str,
    pub sentence: &'static str,
}

/// Names of a question's fields: yes or no, domains, the text of « Autre ».
type Names = [&'static str; 3];

impl Typed {
    /// The answer, or all that is wrong in it; the third question may be left out on paper.
    pub fn reply(&self, on_paper: bool) -> Result<Reply, Vec<Wrong>> {
        let mut wrong = Vec::new();
        let (already, already_in, already_other) =
            question((&self.q1, &self.q1b, &self.q1b_other), ["q1", "q1b", "q1b_autre"], &mut wrong);
        let (planned, planned_in, planned_other) =
            question((&self.q2, &self.q2b, &self.q2b_other), ["q2", "q2b", "q2b_autre"], &mut wrong);
        let interested = yes_or_no(&self.q3);
        if interested.is_none() && !(on_paper && self.q3.trim().is_empty()) {
            wrong.push(Wrong {
                field: "q3",
                sentence: "Répondez par oui ou par non à la troisième question.",
            });
        }
        let reply =
            Reply { already, already_in, already_other, planned, planned_in, planned_other, interested };
        if wrong.is_empty() { Ok(reply) } else { Err(wrong) }
    }
}

impl Reply {
    /// As the form shows it again.
    pub fn typed(&self) -> Typed {
        let word = |yes: bool| if yes { "oui" } else { "non" }.to_owned();
        Typed {
            q1: word(self.already),
            q1b: self.already_in.clone(),
            q1b_other: self.already_other.clone(),
            q2: word(self.planned),
            q2b: self.planned_in.clone(),
            q2b_other: self.planned_other.clone(),
            q3: self.interested.map(word).unwrap_or_default(),
        }
    }

    /// As it is counted.
    pub fn counted(&self, number: u64) -> Answer {
        Answer {
            number,
            already: self.already,
            already_in: self.already_in.clone(),
            planned: self.planned,
            planned_in: self.planned_in.clone(),
            interested: self.interested,
        }
    }
}

fn yes_or_no(text: &str) -> Option<bool> {
    match folded(text).as_str() {
        "oui" => Some(true),
        "non" => Some(false),
        _ => None,
    }
}

/// A question and its domains.
fn question(
    (yes, domains, other): (&str, &[String], &str),
    [of_yes, of_domains, of_other]: Names,
    wrong: &mut Vec<Wrong>,
) -> (bool, Vec<String>, String) {
    let mut push = |field, sentence| wrong.push(Wrong { field, sentence });
    let yes = yes_or_no(yes);
    let mut found: Vec<usize> = Vec::new();
    for name in domains.iter().filter(|name| !name.trim().is_empty()) {
        match DOMAINS.iter().position(|domain| folded(domain) == folded(name)) {
            None => push(of_domains, "Un des domaines n’est pas de la liste."),
            Some(place) if found.contains(&place) => push(of_domains, "Un domaine est dit deux fois."),
            Some(place) => found.push(place),
        }
    }
    found.sort_unstable();
    match yes {
        None => push(of_yes, "Répondez par oui ou par non."),
        Some(true) if found.is_empty() => {
            push(of_domains, "Vous répondez « oui » : dites au moins un domaine.");
        }
        Some(false) if !found.is_empty() => {
            push(
                of_domains,
                "Vous répondez « non », et des domaines sont dits : retirez-les, ou répondez « oui ».",
            );
        }
        Some(_) => {}
    }
    let (says_other, other) = (found.iter().any(|place| DOMAINS[*place] == OTHER), other.trim());
    if says_other && other.is_empty() {
        push(of_other, "Dites ce qu’est « Autre ».");
    } else if !says_other && !other.is_empty() {
        push(of_other, "Ce texte va avec « Autre », qui n’est pas choisi.");
    } else if other.chars().count() > OTHER_CHARS_MAX || other.contains(char::is_control) {
        push(of_other, "Deux cents caractères au plus, sur une ligne.");
    }
    let names = found.into_iter().map(|place| DOMAINS[place].to_owned()).collect();
    (yes.unwrap_or_default(), names, other.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(q1: &str, q1b: &[&str], other: &str) -> Typed {
        Typed {
            q1: q1.into(),
            q1b: q1b.iter().map(|name| (*name).to_owned()).collect(),
            q1b_other: other.into(),
            q2: "non".into(),
            q3: "oui".into(),
            ..Typed::default()
        }
    }

    #[test]
    fn an_answer_is_read_whatever_its_capitals_and_shown_again_as_it_was() {
        let reply = typed("OUI", &["sante", "Marchés Publics", "Autre"], " l’eau ").reply(false).unwrap();
        assert_eq!(reply.already_in, ["Marchés publics", "Autre", "Santé"]);
        assert_eq!((reply.already_other.as_str(), reply.interested), ("l’eau", Some(true)));
        assert_eq!(reply.typed().reply(false).unwrap(), reply);
    }

    #[test]
    fn each_thing_that_is_wrong_is_told_at_its_field() {
        let told = |typed: Typed| -> Vec<&str> {
            typed.reply(false).unwrap_err().into_iter().map(|wrong| wrong.field).collect()
        };
        assert_eq!(told(Typed::default()), ["q1", "q2", "q3"]);
        assert_eq!(told(typed("oui", &[], "")), ["q1b"]);
        assert_eq!(told(typed("non", &["Actes"], "")), ["q1b"]);
        assert_eq!(told(typed("oui", &["Actes", "actes"], "")), ["q1b"]);
        assert_eq!(told(typed("oui", &["Cimetières"], "")), ["q1b", "q1b"]);
        assert_eq!(told(typed("oui", &["Autre"], " ")), ["q1b_autre"]);
        assert_eq!(told(typed("oui", &["Actes"], "l’eau")), ["q1b_autre"]);
        assert_eq!(told(typed("oui", &["Autre"], &"x".repeat(201))), ["q1b_autre"]);
        assert_eq!(told(typed("peut-être", &["Actes"], "")), ["q1"]);
        let unasked = Typed { q3: String::new(), ..typed("non", &[], "") };
        assert_eq!(told(unasked.clone()), ["q3"]);
        assert_eq!(unasked.reply(true).unwrap().interested, None);
    }
}
