//! The year in sections: facts and tables, the same on the page and on paper.

use super::Facts;
use crate::costs::Category;
use crate::model::findings;
use crate::report::csv::cell;
use crate::report::words::{count, euros, number, size};

/// A part of the report.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    pub title: &'static str,
    /// Names and values.
    pub facts: Vec<(&'static str, String)>,
    pub table: Option<Table>,
}

/// A table of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    pub caption: &'static str,
    pub heads: Vec<&'static str>,
    pub rows: Vec<Vec<String>>,
}

/// Indicators of the convention that the service cannot know yet, and why.
pub const UNKNOWN: [(&str, &str); 5] = [
    ("Disponibilité du service", "mesurée par la supervision, hors du service"),
    ("Communications et leur délai moyen", "les demandes de communication ne sont pas encore tenues ici"),
    ("Dérogations", "leur procédure n’est pas encore tenue ici"),
    ("Éliminations (lignes demandées, visées, détruites)", "aucune élimination n’est encore possible"),
    ("Exercices de réversibilité", "la restitution n’est pas encore tenue ici"),
];

/// The year's statistics, a line a member, for a spreadsheet.
pub fn statistics(facts: &Facts) -> String {
    let mut table = "code;collectivité;active;reçus;pris en charge;refusés;délai moyen en secondes;archives entrées;fichiers entrés;\
                     octets entrés;archives conservées;fichiers conservés;octets conservés;contrôles d’intégrité;en défaut;\
                     réparations;consultations\r\n"
        .to_owned();
    for of in &facts.members {
        let entries = |event_type: &str, outcome: &str| {
            of.entries.get(&(event_type.to_owned(), outcome.to_owned())).copied().unwrap_or_default()
        };
        let checks = (entries("CONTROLE_INTEGRITE", "OK"), entries("CONTROLE_INTEGRITE", "KO"));
        let mut cells =
            vec![cell(&of.code), cell(&of.name), if of.is_active { "oui" } else { "non" }.to_owned()];
        let mean = of.seconds.checked_div(of.accepted);
        let counts = [of.received, of.accepted, of.refused].map(Some).into_iter().chain([mean]);
        let amounts = of.entered.into_iter().chain(of.held).map(Some);
        let done =
            [checks.0 + checks.1, checks.1, entries("REPARATION", "OK"), entries("CONSULTATION", "OK")];
        let numbers = counts.chain(amounts).chain(done.map(Some));
        cells.extend(numbers.map(|number| number.map_or_else(String::new, |number| number.to_string())));
        table += &cells.join(";");
        table += "\r\n";
    }
    table
}

/// Causes of refusal that are told.
const CAUSES_MAX: usize = 15;

/// The year, section by section.
pub fn sections(facts: &Facts) -> Vec<Section> {
    let mut sections = vec![deposits(facts), causes(facts), held(facts), integrity(facts), projects(facts)];
    sections.extend(cost(facts));
    sections.push(members(facts));
    sections
}

fn deposits(facts: &Facts) -> Section {
    let accepted = facts.sum(|of| of.accepted);
    let minutes = facts.sum(|of| of.seconds).checked_div(accepted).map(|seconds| seconds.div_ceil(60));
    let delay = minutes.map_or_else(|| "sans objet".to_owned(), |minutes| format!("{} min", number(minutes)));
    Section {
        title: "Versements",
        facts: vec![
            ("Collectivités actives", number(facts.sum(|of| of.is_active.into()))),
            ("Versements reçus", number(facts.sum(|of| of.received))),
            ("Pris en charge", number(accepted)),
            ("Refusés", number(facts.sum(|of| of.refused))),
            ("Délai moyen de prise en charge", delay),
        ],
        table: None,
    }
}

fn causes(facts: &Facts) -> Section {
    let row = |(code, count): (String, u64)| {
        let title = findings::kind(&code).map_or("Anomalie d’une autre version", |kind| kind.title);
        vec![title.to_owned(), code, number(count)]
    };
    Section {
        title: "Causes de refus",
        facts: Vec::new(),
        table: Some(Table {
            caption: "Versements refusés, par anomalie ; un versement peut en avoir plusieurs",
            heads: vec!["Anomalie", "Code", "Versements"],
            rows: facts.causes().into_iter().take(CAUSES_MAX).map(row).collect(),
        }),
    }
}

fn held(facts: &Facts) -> Section {
    let amount = |of: [u64; 3]| {
        format!(
            "{}, {}, {}",
            count(of[0], "archive", "archives"),
            count(of[1], "fichier", "fichiers"),
            size(of[2])
        )
    };
    let sum =
        |of: fn(&super::MemberFacts) -> [u64; 3]| [0, 1, 2].map(|at| facts.sum(|member| of(member)[at]));
    Section {
        title: "Ce qui est conservé",
        facts: vec![
            ("Entré dans l’année", amount(sum(|of| of.entered))),
            ("Conservé à la fin du dernier jour mesuré", amount(sum(|of| of.held))),
        ],
        table: None,
    }
}

fn integrity(facts: &Facts) -> Section {
    let entries = |event_type, outcome| number(facts.entries(event_type, outcome));
    Section {
        title: "Intégrité et incidents",
        facts: vec![
            ("Contrôles d’intégrité sans défaut", entries("CONTROLE_INTEGRITE", "OK")),
            ("Contrôles qui ont trouvé un défaut", entries("CONTROLE_INTEGRITE", "KO")),
            ("Réparations", entries("REPARATION", "OK")),
            (
                "Incidents ouverts",
                number(facts.sum(|of| {
                    of.entries
                        .iter()
                        .filter(|((kind, _), _)| kind == "INCIDENT")
                        .map(|(_, count)| count)
                        .sum()
                })),
            ),
            ("Consultations", entries("CONSULTATION", "OK")),
            ("Reconstructions du catalogue, exercices compris", entries("RECONSTRUCTION", "OK")),
        ],
        table: None,
    }
}

fn projects(facts: &Facts) -> Section {
    Section {
        title: "Entrées dans le service",
        facts: vec![
            ("Formations tenues", number(facts.trainings)),
            ("Versements planifiés", number(facts.planned)),
            ("Versements planifiés qui sont venus", number(facts.planned_came)),
        ],
        table: None,
    }
}

/// What the year cost, once it is closed.
fn cost(facts: &Facts) -> Vec<Section> {
    let Some(cost) = &facts.cost else {
        let sentence = ("Coût", "l’exercice n’est pas clos".to_owned());
        return vec![Section { title: "Coût du service", facts: vec![sentence], table: None }];
    };
    let category = |category: Category| {
        let cents = cost.by_category.get(category.word())?;
        Some((category.label(), euros(*cents)))
    };
    let mut known: Vec<(&str, String)> = Category::ALL.into_iter().filter_map(category).collect();
    known.push(("Total", euros(cost.total)));
    let shares = cost.shares.iter().map(|(name, cents)| vec![name.clone(), euros(*cents)]);
    vec![Section {
        title: "Coût du service",
        facts: known,
        table: Some(Table {
            caption: "Ce que chaque collectivité supporte",
            heads: vec!["Collectivité", "Part"],
            rows: shares.collect(),
        }),
    }]
}

fn members(facts: &Facts) -> Section {
    let row = |of: &super::MemberFacts| {
        vec![
            of.name.clone(),
            number(of.received),
            number(of.accepted),
            number(of.refused),
            size(of.entered[2]),
            size(of.held[2]),
        ]
    };
    Section {
        title: "Par collectivité",
        facts: Vec::new(),
        table: Some(Table {
            caption: "Les versements de chaque collectivité, et ce qu’elle conserve",
            heads: vec!["Collectivité", "Reçus", "Pris en charge", "Refusés", "Entré", "Conservé"],
            rows: facts.members.iter().map(row).collect(),
        }),
    }
}
