//! What earlier deposits under the same agreement tell: answers to choose from, answers that never changed, kinds of files.
//!
//! Never tells of a deposit for a service that the person does not deposit for. The one thing to know: nothing told here is written
//! before it was put in a form and sent back.

use std::collections::BTreeMap;

use super::answers::{NATURE, PRODUCER};
use super::draft::{By, Draft, Form};
use super::ground::Ground;
use super::kinds::letters;
use super::questions::{Asked, Place};
use super::{Drafting, Error, file_queries, sent_queries};

/// Deposits looked at, suggestions of a field, and deposits whose files are looked at.
const BEFORE: i64 = 20;
const SUGGESTED_MAX: usize = 12;
const FILES_OF: usize = 3;
/// Fields whose answers are each deposit's own.
const OWN: [&str; 6] = ["titre", "numéro", "référence", "description", "mots-clés", "mots-clés.reference"];

/// What earlier deposits of the same kind tell.
#[derive(Default)]
pub(super) struct Earlier {
    /// By field, the last first.
    pub suggestions: BTreeMap<String, Vec<String>>,
    /// By field, how many deposits answered.
    answered: BTreeMap<String, usize>,
    /// Kinds of files by the letters of their names.
    pub kinds: Vec<(String, String)>,
}

impl Earlier {
    fn take(&mut self, one: &Draft) {
        for (field, value) in &one.whole().values {
            let known = self.suggestions.entry(field.clone()).or_default();
            if !known.contains(value) && known.len() < SUGGESTED_MAX {
                known.push(value.clone());
            }
            *self.answered.entry(field.clone()).or_default() += 1;
        }
    }

    /// By field, what is asked of the whole and was answered alike each time: once is enough of a choice, a text was written twice.
    pub fn proposed(&self, asked: &Asked) -> BTreeMap<String, String> {
        let mut proposed = BTreeMap::new();
        for question in asked.get(&Place::Unit(String::new())).into_iter().flatten() {
            let name = question.name();
            let Some([only]) = self.suggestions.get(name).map(Vec::as_slice) else { continue };
            let times = self.answered.get(name).copied().unwrap_or_default();
            let holds = match &question.form {
                Form::Date => false,
                Form::Choice(choices) => choices.iter().any(|(value, _)| value == only),
                Form::Text => times > 1,
            };
            if holds && !OWN.contains(&name) {
                proposed.insert(name.to_owned(), only.clone());
            }
        }
        proposed
    }
}

impl Drafting {
    /// What the member's earlier deposits under the same agreement tell, of those that this person deposits too.
    pub(super) async fn earlier(&self, by: &By, ground: &Ground) -> Result<Earlier, Error> {
        let mut tx = self.db.technical().await?;
        let sent =
            sent_queries::sent_under(&mut tx, by.tenant, &ground.agreement.identifier, None, BEFORE).await?;
        let mut earlier = Earlier::default();
        for (at, one) in sent.into_iter().filter(|one| is_theirs(by, ground, one)).enumerate() {
            earlier.take(&one);
            if at < FILES_OF {
                let one = file_queries::with_files(&mut tx, by.tenant, one).await?;
                let kinds = one
                    .files
                    .iter()
                    .filter_map(|file| Some((letters(&file.name), file.sheet.values.get(NATURE)?.clone())));
                earlier.kinds.extend(kinds.filter(|(letters, _)| !letters.is_empty()));
            }
        }
        Ok(earlier)
    }
}

/// Whether an earlier deposit is the person's own, or for a service that they deposit for.
fn is_theirs(by: &By, ground: &Ground, one: &Draft) -> bool {
    let all = ground.producers.len() == ground.agreement.originating_agencies.len();
    let said = one.whole().values.get(PRODUCER);
    one.person == by.person || all || said.is_some_and(|said| ground.producers.contains(said))
}

#[cfg(test)]
mod tests {
    use super::super::draft::Question;
    use super::super::draft::testing::draft;
    use super::*;

    fn sent(answers: &[(&str, &str)]) -> Draft {
        let mut one = draft(Vec::new());
        let values = answers.iter().map(|(field, value)| ((*field).to_owned(), (*value).to_owned()));
        one.answers.entry(String::new()).or_default().values = values.collect();
        one
    }

    #[test]
    fn what_was_answered_alike_each_time_is_proposed_and_nothing_else() {
        let choices = Form::Choice(vec![("AR038".into(), "tout de suite".into())]);
        let question = |field: &str, form: &Form| Question {
            fields: vec![field.to_owned()],
            label: String::new(),
            hint: String::new(),
            form: form.clone(),
            optional: false,
        };
        let asked = Asked::from([(
            Place::Unit(String::new()),
            vec![
                question("titre", &Form::Text),
                question("lieu", &Form::Text),
                question("date de début", &Form::Date),
                question("code d'accès", &choices),
                question("type de document", &choices),
            ],
        )]);
        let one = [
            ("titre", "Séance"),
            ("lieu", "Mairie"),
            ("date de début", "2026-01-01"),
            ("code d'accès", "AR038"),
            ("type de document", "une valeur qui n'est plus"),
        ];
        let mut earlier = Earlier::default();
        earlier.take(&sent(&one));
        let names = |earlier: &Earlier| earlier.proposed(&asked).into_keys().collect::<Vec<_>>();
        assert_eq!(names(&earlier), ["code d'accès"]);
        earlier.take(&sent(&one));
        assert_eq!(names(&earlier), ["code d'accès", "lieu"]);
        earlier.take(&sent(&[("lieu", "Salle des fêtes"), ("code d'accès", "AR038")]));
        assert_eq!(names(&earlier), ["code d'accès"]);
    }
}
