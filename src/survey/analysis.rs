//! Answers counted by domain, every percentage with what it is a percentage of (norms §6).
//!
//! Pure. Never guesses a rate: how many were invited must be known for one.

use std::collections::BTreeMap;

/// Domains told apart, in the order of a tie.
pub const DOMAINS: [&str; 8] =
    ["Finances", "Actes", "Marchés publics", "Ressources humaines", "Autre", "Social", "Santé", "Routes"];

/// One answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// What is told of it: its number.
    pub number: u64,
    pub already: bool,
    pub already_in: Vec<String>,
    pub planned: bool,
    pub planned_in: Vec<String>,
    /// Would deposit in a shared service; `None`: not asked.
    pub interested: Option<bool>,
}

/// Why an answer does not hold.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    #[error("réponse {0} : « oui », et aucun domaine n’est dit")]
    DomainMissing(u64),
    #[error("réponse {0} : « non », et des domaines sont dits")]
    DomainWithoutYes(u64),
    #[error("réponse {0} : « {1} » n’est pas un domaine")]
    UnknownDomain(u64, String),
    #[error("réponse {0} : un domaine est dit deux fois")]
    Twice(u64),
    #[error("{0} réponses pour {1} invités")]
    MoreThanInvited(u64, u64),
}

/// So many, of so many.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Part {
    pub count: u64,
    pub of: u64,
}

/// What is said of a domain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Domain {
    pub name: &'static str,
    /// Of those who archive already.
    pub already: Part,
    /// Of those who mean to.
    pub planned: Part,
}

/// What the answers come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Analysis {
    pub answers: u64,
    /// Of those invited, when their number is known.
    pub answered: Option<Part>,
    pub already: Part,
    pub planned: Part,
    /// Of those who were asked.
    pub interested: Part,
    /// Most mentioned first.
    pub domains: Vec<Domain>,
}

impl Part {
    /// In hundredths of a percent, half up; `None`: of nobody.
    pub fn percent_hundredths(self) -> Option<u64> {
        let (count, of) = (u128::from(self.count), u128::from(self.of));
        let rounded = (2 * count * 10_000 + of).checked_div(2 * of)?;
        u64::try_from(rounded).ok()
    }
}

impl Domain {
    /// Mentions of both kinds.
    pub fn mentions(&self) -> u64 {
        self.already.count + self.planned.count
    }
}

/// Counts the answers.
///
/// # Errors
/// Every answer that does not hold: none is counted then.
pub fn analyse(answers: &[Answer], invited: Option<u64>) -> Result<Analysis, Vec<Fault>> {
    let mut faults: Vec<Fault> = answers.iter().flat_map(faults_of).collect();
    let count = answers.len() as u64;
    if let Some(invited) = invited.filter(|invited| *invited < count) {
        faults.push(Fault::MoreThanInvited(count, invited));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let of = |is: fn(&Answer) -> bool| Part {
        count: answers.iter().filter(|one| is(one)).count() as u64,
        of: count,
    };
    let (already, planned) = (of(|one| one.already), of(|one| one.planned));
    let mentions = |of: fn(&Answer) -> &Vec<String>| {
        let mut counts: BTreeMap<&str, u64> = BTreeMap::new();
        answers.iter().flat_map(of).for_each(|name| *counts.entry(name).or_default() += 1);
        counts
    };
    let (in_already, in_planned) = (mentions(|one| &one.already_in), mentions(|one| &one.planned_in));
    let domain = |name: &'static str| Domain {
        name,
        already: Part { count: in_already.get(name).copied().unwrap_or_default(), of: already.count },
        planned: Part { count: in_planned.get(name).copied().unwrap_or_default(), of: planned.count },
    };
    let mut domains: Vec<Domain> = DOMAINS.into_iter().map(domain).collect();
    domains.sort_by_key(|domain| std::cmp::Reverse(domain.mentions()));
    let asked = answers.iter().filter_map(|one| one.interested);
    let interested =
        Part { count: asked.clone().filter(|yes| *yes).count() as u64, of: asked.count() as u64 };
    let answered = invited.map(|invited| Part { count, of: invited });
    Ok(Analysis { answers: count, answered, already, planned, interested, domains })
}

fn faults_of(answer: &Answer) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (yes, domains) in [(answer.already, &answer.already_in), (answer.planned, &answer.planned_in)] {
        match (yes, domains.is_empty()) {
            (true, true) => faults.push(Fault::DomainMissing(answer.number)),
            (false, false) => faults.push(Fault::DomainWithoutYes(answer.number)),
            _ => {}
        }
        let unknown = domains.iter().filter(|name| !DOMAINS.contains(&name.as_str()));
        faults.extend(unknown.map(|name| Fault::UnknownDomain(answer.number, name.clone())));
        let mut once = domains.clone();
        once.sort();
        once.dedup();
        if once.len() < domains.len() {
            faults.push(Fault::Twice(answer.number));
        }
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(number: u64, already: &[&str], planned: &[&str]) -> Answer {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Answer {
            number,
            already: !already.is_empty(),
            already_in: owned(already),
            planned: !planned.is_empty(),
            planned_in: owned(planned),
            interested: None,
        }
    }

    #[test]
    fn percentages_say_of_whom_and_a_rate_of_answers_needs_the_invited() {
        let answers = [answer(1, &["Actes"], &[]), answer(2, &[], &["Actes", "Social"]), answer(3, &[], &[])];
        let analysis = analyse(&answers, None).unwrap();
        assert_eq!((analysis.answered, analysis.already), (None, Part { count: 1, of: 3 }));
        assert_eq!(analysis.already.percent_hundredths(), Some(3_333));
        assert_eq!(analysis.domains[0].name, "Actes");
        assert_eq!(analysis.domains[0].planned, Part { count: 1, of: 1 });
        assert_eq!(analysis.interested.percent_hundredths(), None, "nobody was asked");
        let analysis = analyse(&answers, Some(8)).unwrap();
        assert_eq!(analysis.answered.unwrap().percent_hundredths(), Some(3_750));
        assert_eq!((Part { count: 1, of: 800 }).percent_hundredths(), Some(13), "half up");
    }

    #[test]
    fn an_answer_that_contradicts_itself_is_told() {
        let mut wrong = answer(4, &["Actes", "Actes"], &["Cimetières"]);
        assert_eq!(
            analyse(&[wrong.clone()], Some(0)).unwrap_err(),
            [Fault::Twice(4), Fault::UnknownDomain(4, "Cimetières".into()), Fault::MoreThanInvited(1, 0)]
        );
        (wrong.already, wrong.planned_in) = (false, Vec::new());
        assert_eq!(
            analyse(&[wrong], None).unwrap_err(),
            [Fault::DomainWithoutYes(4), Fault::Twice(4), Fault::DomainMissing(4)]
        );
    }
}
