//! The figures of a campaign, whole and by kind of producer, and the tables that are given out: never a note.

use uuid::Uuid;

use super::answer_queries::{self, Answered};
use super::{Analysis, Answer, Campaign, Domain, Part, ProducerKind, analyse, producer_queries};
use crate::db::{self, Technical};
use crate::report::csv::cell;

/// What the answers of a campaign come to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figures {
    pub invited: u64,
    pub whole: Analysis,
    /// Of the kinds that are asked, in the order of pages.
    pub by_kind: Vec<(ProducerKind, Analysis)>,
}

/// Counts the answers of a campaign.
pub async fn figures(tx: &mut Technical, id: Uuid) -> Result<Figures, db::Error> {
    let answers = answer_queries::answers(tx, id).await?;
    let kinds = producer_queries::kinds(tx, id).await?;
    let counted = |of: &dyn Fn(&Answered) -> bool, invited: u64| {
        let answers = answers.iter().filter(|answered| of(answered)).zip(1..);
        let answers: Vec<Answer> = answers.map(|(of, number)| of.kept.reply.counted(number)).collect();
        let faults = |faults: Vec<super::Fault>| faults.first().map(ToString::to_string).unwrap_or_default();
        analyse(&answers, Some(invited)).map_err(|found| db::Error::row("survey_answer", faults(found)))
    };
    let invited = kinds.iter().map(|(_, count)| count).sum();
    let mut by_kind = Vec::new();
    for kind in ProducerKind::ALL {
        if let Some((_, asked)) = kinds.iter().find(|(of, _)| *of == kind) {
            by_kind.push((kind, counted(&|answered| answered.kind == kind, *asked)?));
        }
    }
    Ok(Figures { invited, whole: counted(&|_| true, invited)?, by_kind })
}

/// « 39,78 »; empty: of nobody.
pub fn percent(part: Part) -> String {
    let hundredths = part.percent_hundredths();
    hundredths.map(|of| format!("{},{:02}", of / 100, of % 100)).unwrap_or_default()
}

/// The figures as a table; each percentage has its denominator beside it.
pub fn analysis_table(campaign: &Campaign, figures: &Figures) -> String {
    let standing = if campaign.stage.is_final() { "définitif" } else { "provisoire" };
    let mut table = "ensemble;mesure;domaine;nombre;sur;pour cent;état\n".to_owned();
    let mut push = |of: &str, measure: &str, domain: &str, part: Part| {
        table +=
            &format!("{of};{measure};{domain};{};{};{};{standing}\n", part.count, part.of, percent(part));
    };
    let kinds = figures.by_kind.iter().map(|(kind, analysis)| (kind.code(), analysis));
    for (of, analysis) in [("tous", &figures.whole)].into_iter().chain(kinds) {
        if let Some(answered) = analysis.answered {
            push(of, "réponses, sur les invités", "", answered);
        }
        push(of, "archivent déjà, sur les réponses", "", analysis.already);
        push(of, "projettent, sur les réponses", "", analysis.planned);
        push(of, "intéressés, sur les réponses à cette question", "", analysis.interested);
        for Domain { name, already, planned } in &analysis.domains {
            push(of, "archivent déjà ce domaine, sur ceux qui archivent", name, *already);
            push(of, "projettent ce domaine, sur ceux qui projettent", name, *planned);
        }
    }
    table
}

/// The answers as a table, in the columns of what is imported.
pub async fn answers_table(tx: &mut Technical, id: Uuid) -> Result<String, db::Error> {
    let mut table =
        "siren;nom;type;q1;q1b;q1b_autre;q2;q2b;q2b_autre;q3;canal;date;modifications\n".to_owned();
    for Answered { siren, name, kind, kept } in answer_queries::answers(tx, id).await? {
        let typed = kept.reply.typed();
        let cells = [
            siren,
            cell(&name),
            kind.code().to_owned(),
            typed.q1,
            typed.q1b.join("|"),
            cell(&typed.q1b_other),
            typed.q2,
            typed.q2b.join("|"),
            cell(&typed.q2b_other),
            typed.q3,
            kept.channel.label().to_owned(),
            kept.answered_on.to_string(),
            kept.changes.to_string(),
        ];
        table += &(cells.join(";") + "\n");
    }
    Ok(table)
}
