//! The shared bill in the pilot's hands: a year prepared (`years`), shared and closed (`year`), given out (`files`),
//! read by every member (`summary`).
//!
//! Shows numbers and members, no title and no archive.

pub mod files;
pub mod summary;
pub mod year;
pub mod years;

use super::bars::{Chart, of_categories};
use super::shell::{Account, Link, Section, Shell};
use super::words;
use crate::billing::measures::Weighed;
use crate::billing::snapshot::{Member, Snapshot};
use crate::billing::{Prepared, Year, import, sharing};
use crate::costs::Cents;

/// A year shared, as a page tells it.
pub struct Bill {
    /// What it costs, by category.
    pub categories: Chart,
    pub items: Vec<ItemLine>,
    pub members: Vec<MemberLine>,
    pub total: String,
    /// The sum of the shares, which is the total.
    pub shared: String,
    /// Why it cannot be shared.
    pub wrong: Option<String>,
}

/// An item.
pub struct ItemLine {
    pub item: String,
    pub label: String,
    pub category: &'static str,
    pub forecast: String,
    pub actual: String,
    pub parts: String,
    pub justification: String,
}

/// A member's share.
pub struct MemberLine {
    pub code: String,
    pub name: String,
    pub days: String,
    pub share: String,
    /// In kind and ahead.
    pub credits: String,
    pub owed: String,
}

/// What the members bear, and why they bear nothing.
struct Shares {
    members: Vec<MemberLine>,
    borne: Cents,
    wrong: Option<String>,
}

fn place(year: i32) -> String {
    format!("/pilotage/couts/{year}")
}

fn shell(account: Account, title: String) -> Shell {
    Shell { title, account: Some(account), section: Section::Pilot, top: false }
}

fn trail() -> Vec<Link> {
    vec![Link::new("Pilotage", "/pilotage"), Link::new("Coûts", "/pilotage/couts")]
}

fn money(cents: Option<Cents>) -> String {
    cents.map_or_else(|| "—".to_owned(), words::euros)
}

/// A year as it would be shared now.
fn as_prepared(year: &Year, members: &[Weighed]) -> Bill {
    let shared = sharing::share(year, members).and_then(|shared| sharing::borne(year, members, &shared));
    let credits = sharing::credits(year, members);
    let wrong = shared.as_ref().err().map(ToString::to_string).or_else(|| {
        let code = credits.as_ref().err()?;
        Some(format!("le crédit de « {code} » n’est d’aucune collectivité de l’exercice"))
    });
    let borne = shared.unwrap_or_default();
    let line = |(at, member): (usize, &Weighed)| {
        let (share, credits) = (borne.get(at).copied(), credits.as_ref().ok().map(|of| of[at]));
        MemberLine {
            code: member.code.clone(),
            name: member.name.clone(),
            days: member.measure.days.to_string(),
            share: money(share),
            credits: money(credits.map(|of| of.in_kind + of.advances)),
            owed: money(credits.zip(share).map(|(credits, share)| credits.off(share))),
        }
    };
    let members = members.iter().enumerate().map(line).collect();
    bill(year, Shares { members, borne: borne.iter().sum(), wrong })
}

/// A year as it was closed: what members are and did since changes nothing of it.
fn as_closed(year: &Year, kept: &Snapshot) -> Bill {
    let line = |(code, member): (&String, &Member)| MemberLine {
        code: code.clone(),
        name: member.name.clone(),
        days: member.days.to_string(),
        share: words::euros(member.borne_cents),
        credits: words::euros(member.borne_cents - member.owed_cents),
        owed: words::euros(member.owed_cents),
    };
    let borne = kept.members.values().map(|member| member.borne_cents).sum();
    bill(year, Shares { members: kept.members.iter().map(line).collect(), borne, wrong: None })
}

fn bill(year: &Year, shares: Shares) -> Bill {
    let item = |item: &Prepared| ItemLine {
        item: item.item.clone(),
        label: item.label.clone(),
        category: item.category.label(),
        forecast: money(item.forecast),
        actual: money(item.actual),
        parts: import::parts_words(&item.parts),
        justification: item.justification.clone(),
    };
    Bill {
        categories: of_categories(year.items.iter().map(|item| (item.category.word(), item.amount()))),
        items: year.items.iter().map(item).collect(),
        members: shares.members,
        total: words::euros(year.items.iter().map(Prepared::amount).sum()),
        shared: words::euros(shares.borne),
        wrong: shares.wrong,
    }
}
