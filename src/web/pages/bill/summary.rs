//! A closing as every member may read it: what the year cost, what each bears and by what, and the files that show the way.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::Piece;
use super::files::{self, Named};
use crate::billing::import;
use crate::billing::snapshot::{Item, Member, Snapshot};
use crate::web::callers::UsageReader;
use crate::web::pages::bars::{Chart, Row, bars, of_categories};
use crate::web::pages::shell::{Account, Link, Section, Shell, answer};
use crate::web::pages::words;
use crate::web::{Problem, State};

/// `GET /facture/exercices/{year}-{version}`.
#[derive(Template)]
#[template(path = "bill/summary.html")]
pub struct SummaryPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub title: String,
    pub address: String,
    pub categories: Chart,
    pub items: Vec<ItemFacts>,
    pub shares: Chart,
    pub members: Vec<MemberFacts>,
}

/// An item, and what shows it.
pub struct ItemFacts {
    pub label: String,
    pub amount: String,
    pub parts: String,
    pub justification: String,
    pub pieces: Vec<Piece>,
}

/// What a member is and did.
pub struct MemberFacts {
    pub name: String,
    pub days: u32,
    pub population: String,
    pub held: String,
    pub deposited: String,
    pub flows: u64,
}

/// `GET /facture/exercices/{year}-{version}`.
pub async fn show(
    person: UsageReader,
    asked: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let Named { kept, .. } = files::kept(&state, &asked).await?;
    Ok(answer(&page(Account::of(&person), &files::read(&kept)?)))
}

/// The page of a closing.
pub fn page(account: Account, kept: &Snapshot) -> SummaryPage {
    let share = |member: &Member| {
        let owed = words::euros(member.owed_cents);
        (member.name.clone(), member.borne_cents, vec![owed])
    };
    let shares: Vec<Row> = kept.members.values().map(share).collect();
    let facts = |member: &Member| MemberFacts {
        name: member.name.clone(),
        days: member.days,
        population: format!("{} à {} %", words::number(member.population), member.coeff_pct),
        held: words::size(member.stock_octets_jours / u64::from(kept.year_days.max(1))),
        deposited: words::size(member.depot_octets),
        flows: member.flux_mois,
    };
    let address = format!("/facture/exercices/{}-{}", kept.year, kept.version);
    let item = |item: &Item| ItemFacts {
        label: format!("{} — {}", item.id, item.label),
        amount: words::euros(item.amount_cents),
        parts: import::shared_words(item.parts.iter().map(|part| (part.bp, part.key.clone()))),
        justification: item.justification.clone(),
        pieces: item
            .vouchers
            .iter()
            .map(|piece| Piece::of(&address, &piece.file_name, piece.sha512.clone()))
            .collect(),
    };
    SummaryPage {
        shell: Shell {
            title: format!("Répartition {}", kept.year),
            account: Some(account),
            section: Section::Usage,
            top: false,
        },
        trail: vec![Link::new("Facture", "/facture")],
        title: format!("Répartition de l’exercice {}, clôture {}", kept.year, kept.version),
        items: kept.items.iter().map(item).collect(),
        address,
        categories: of_categories(kept.items.iter().map(|item| (item.category.as_str(), item.amount_cents))),
        shares: Chart {
            names: ("Collectivité", "Part"),
            beside: vec!["Dû".into()],
            caption: "La part de chaque collectivité, et ce qu’elle doit une fois ses crédits retirés",
            bars: bars(&shares),
            total: words::euros(kept.members.values().map(|member| member.borne_cents).sum()),
        },
        members: kept.members.values().map(facts).collect(),
    }
}

/// `GET /facture/exercices/{year}-{version}/repartition.csv`.
pub async fn table(
    _: UsageReader,
    asked: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    files::shares(&state, &asked).await
}

/// `GET /facture/exercices/{year}-{version}/repartition.xlsx`.
pub async fn workbook(
    _: UsageReader,
    asked: web::Path<String>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    files::book(&state, &asked, None).await
}
