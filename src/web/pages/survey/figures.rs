//! The figures as pages tell them: a count, of how many, and the percentage.

use crate::survey::exports::{Figures, percent};
use crate::survey::priority::{Frozen, Ranked};
use crate::survey::{Domain, Part, ProducerKind};
use crate::web::pages::bars::{Chart, Row, counted};
use crate::web::pages::shell::Fact;
use crate::web::pages::words;

/// What the answers come to.
pub struct FiguresView {
    pub facts: Vec<Fact>,
    /// Mentions of each domain; beside, those who archive it already and those who mean to.
    pub domains: Chart,
    pub kinds: Vec<KindLine>,
}

/// A kind of producer.
pub struct KindLine {
    pub name: &'static str,
    pub answered: String,
    pub already: String,
    pub planned: String,
    pub interested: String,
}

/// An order of the domains.
pub struct OrderView {
    pub title: String,
    pub weights: String,
    pub ranked: Vec<Ranked>,
}

/// « 74 sur 186 (39,78 %) ».
fn said(part: Part) -> String {
    let counts = format!("{} sur {}", words::number(part.count), words::number(part.of));
    if part.of == 0 { counts } else { format!("{counts} ({}\u{a0}%)", percent(part)) }
}

/// What the answers come to.
pub fn view(figures: &Figures) -> FiguresView {
    let whole = &figures.whole;
    let domain = |domain: &Domain| {
        let mentions = i64::try_from(domain.mentions()).unwrap_or(i64::MAX);
        (domain.name.to_owned(), mentions, vec![said(domain.already), said(domain.planned)])
    };
    let domains: Vec<Row> = whole.domains.iter().map(domain).collect();
    let kind = |(kind, of): &(ProducerKind, crate::survey::Analysis)| KindLine {
        name: kind.label(),
        answered: of.answered.map(said).unwrap_or_default(),
        already: said(of.already),
        planned: said(of.planned),
        interested: said(of.interested),
    };
    let sum = |of: fn(&Domain) -> u64| words::number(whole.domains.iter().map(of).sum());
    FiguresView {
        facts: vec![
            Fact::new("Réponses, sur les invités", whole.answered.map(said).unwrap_or_default()),
            Fact::new("Archivent déjà, sur les réponses", said(whole.already)),
            Fact::new("Le projettent, sur les réponses", said(whole.planned)),
            Fact::new(
                "Intéressés par un SAE mutualisé, sur les réponses à cette question",
                said(whole.interested),
            ),
            Fact::new("Domaines archivés déjà, en tout", sum(|of| of.already.count)),
            Fact::new("Domaines en projet, en tout", sum(|of| of.planned.count)),
        ],
        domains: Chart {
            names: ("Domaine", "Mentions"),
            beside: vec!["Déjà, sur qui archive".into(), "En projet, sur qui le projette".into()],
            caption: "Domaines : combien de producteurs nomment chacun",
            bars: counted(&domains),
            total: sum(Domain::mentions),
        },
        kinds: figures.by_kind.iter().map(kind).collect(),
    }
}

/// An order that was frozen.
pub fn frozen(frozen: &Frozen) -> OrderView {
    let order = &frozen.order;
    let law = order.weights.law.iter().filter(|(_, weight)| **weight > 0);
    let law: Vec<String> = law.map(|(domain, weight)| format!("{domain} {weight}")).collect();
    let standing = if order.is_final { "définitives" } else { "provisoires" };
    OrderView {
        title: format!("Note du {}, par {}", words::moment(frozen.at).words, frozen.by),
        weights: format!(
            "{} réponses {standing} sur {} invités ; a = {}, b = {} ; poids réglementaires : {}.",
            order.answers,
            order.invited,
            order.weights.a,
            order.weights.b,
            if law.is_empty() { "aucun".to_owned() } else { law.join(", ") }
        ),
        ranked: order.ranked.clone(),
    }
}
