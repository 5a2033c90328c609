//! The shared bill in the pilot's hands: a year prepared (`years`, `form`), with its pieces (`vouchers`), shared and closed (`year`), given out (`files`),
//! read by every member (`summary`).
//!
//! Shows numbers and members, no title and no archive.

pub mod files;
mod form;
pub mod summary;
pub mod vouchers;
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
    /// What each would owe by the price list; its column.
    pub has_prices: bool,
    /// Days of work, in a sentence.
    pub work: Option<String>,
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
    pub pieces: Vec<Piece>,
}

/// A piece attached to an item.
pub struct Piece {
    pub name: String,
    /// Hexadecimal.
    pub sha512: String,
    pub address: String,
}

impl Piece {
    /// Below the page of its year, or of its closing.
    fn of(page: &str, name: &str, sha512: String) -> Piece {
        Piece { name: name.to_owned(), address: format!("{page}/pieces/{sha512}"), sha512 }
    }
}

/// A member's share.
pub struct MemberLine {
    pub code: String,
    pub name: String,
    pub days: String,
    pub share: String,
    pub price: String,
    /// Fees, less what was given in kind and paid ahead.
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
    let outcome = sharing::outcome(year, members);
    let wrong = outcome.as_ref().err().map(ToString::to_string);
    let outcome = outcome.ok();
    let line = |(at, member): (usize, &Weighed)| {
        let of = outcome.as_ref().map(|outcome| (outcome.borne[at], outcome.base()[at], outcome.credits[at]));
        let price = outcome.as_ref().and_then(|outcome| Some(outcome.prices.as_ref()?[at]));
        MemberLine {
            code: member.code.clone(),
            name: member.name.clone(),
            days: member.measure.days.to_string(),
            share: money(of.map(|(borne, ..)| borne)),
            price: money(price),
            credits: money(of.map(|(_, base, credits)| credits.off(base) - base)),
            owed: money(of.map(|(_, base, credits)| credits.off(base))),
        }
    };
    let lines = members.iter().enumerate().map(line).collect();
    let borne = outcome.map_or(0, |outcome| outcome.borne.iter().sum());
    bill(year, Shares { members: lines, borne, wrong })
}

/// A year as it was closed: what members are and did since changes nothing of it.
fn as_closed(year: &Year, kept: &Snapshot) -> Bill {
    let line = |(code, member): (&String, &Member)| MemberLine {
        code: code.clone(),
        name: member.name.clone(),
        days: member.days.to_string(),
        share: words::euros(member.borne_cents),
        price: money(member.price_cents),
        credits: words::euros(member.owed_cents - kept.base(member)),
        owed: words::euros(member.owed_cents),
    };
    let borne = kept.members.values().map(|member| member.borne_cents).sum();
    bill(year, Shares { members: kept.members.iter().map(line).collect(), borne, wrong: None })
}

/// « 119,25 jours de travail, dont 66,75 déjà dans les euros d’un poste ; les autres valent 13 125,00 €. »
fn work(year: &Year) -> Option<String> {
    let days = year.options.days();
    let hundredths = |of: u64| match of % 100 {
        0 => (of / 100).to_string(),
        rest => format!("{},{rest:02}", of / 100),
    };
    (days.hundredths > 0).then(|| {
        let value = days.value.map(|value| format!(" ; les autres valent {}", words::euros(value)));
        format!(
            "{} jours de travail, dont {} déjà dans les euros d’un poste{}.",
            hundredths(days.hundredths),
            hundredths(days.in_euros),
            value.unwrap_or_default()
        )
    })
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
        pieces: item
            .vouchers
            .iter()
            .map(|piece| Piece::of(&place(year.year), &piece.file_name, hex::encode(&piece.sha512)))
            .collect(),
    };
    Bill {
        categories: of_categories(year.items.iter().map(|item| (item.category.word(), item.amount()))),
        items: year.items.iter().map(item).collect(),
        members: shares.members,
        total: words::euros(year.items.iter().map(Prepared::amount).sum()),
        shared: words::euros(shares.borne),
        wrong: shares.wrong,
        has_prices: year.options.tariff.is_some(),
        work: work(year),
    }
}
