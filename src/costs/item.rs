//! Items of a year, each split between its keys, each part shared between the members.

use super::share::{Ties, share};
use super::{Cents, Error, Key, Measure};

/// What an item is for (norms §5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Category {
    Infrastructure,
    Volume,
    Maintenance,
    Connectors,
    Staff,
    /// What comes in, and is taken off.
    Income,
}

impl Category {
    /// Every one, in the order of statements.
    pub const ALL: [Category; 6] = [
        Category::Infrastructure,
        Category::Volume,
        Category::Maintenance,
        Category::Connectors,
        Category::Staff,
        Category::Income,
    ];

    /// The word in rows and files.
    pub fn word(self) -> &'static str {
        match self {
            Category::Infrastructure => "INFRA",
            Category::Volume => "VOLUMETRIE",
            Category::Maintenance => "MAINTENANCE",
            Category::Connectors => "CONNECTEURS",
            Category::Staff => "RH",
            Category::Income => "RECETTE",
        }
    }

    /// Its name on pages and papers.
    pub fn label(self) -> &'static str {
        match self {
            Category::Infrastructure => "Infrastructure",
            Category::Volume => "Volumétrie",
            Category::Maintenance => "Maintenance",
            Category::Connectors => "Connecteurs",
            Category::Staff => "Ressources humaines",
            Category::Income => "Recettes",
        }
    }

    /// The category of a word, if it is one.
    pub fn from_word(word: &str) -> Option<Category> {
        Category::ALL.into_iter().find(|category| category.word() == word)
    }
}

/// A part of an item, in ten-thousandths, and its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub basis_points: u64,
    pub key: Key,
}

/// What is to be shared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    pub id: String,
    pub category: Category,
    pub amount: Cents,
    pub parts: Vec<Part>,
}

/// One part of one item, shared.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    pub item: String,
    pub category: Category,
    pub key: Key,
    pub amount: Cents,
    /// In the order of the members.
    pub weights: Vec<u128>,
    pub shares: Vec<Cents>,
}

/// A year, shared; `total` is the sum of the items, and of the shares.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shared {
    pub total: Cents,
    /// In the order of the members.
    pub shares: Vec<Cents>,
    pub lines: Vec<Line>,
}

impl Shared {
    /// What each member bears of each category, in the order of statements, the empty ones left out.
    pub fn by_category(&self) -> Vec<(Category, Vec<Cents>)> {
        let of = |category: Category| {
            let mut lines = self.lines.iter().filter(|line| line.category == category).peekable();
            lines.peek()?;
            let mut sums = vec![0; self.shares.len()];
            lines.for_each(|line| sums.iter_mut().zip(&line.shares).for_each(|(sum, share)| *sum += share));
            Some((category, sums))
        };
        Category::ALL.into_iter().filter_map(of).collect()
    }
}

/// Parts of a whole.
const WHOLE: u64 = 10_000;

/// Shares every item between the members; the total of the shares is the total of the items.
///
/// # Errors
/// What to mend: see [`Error`]. A key under which nobody weighs anything stops the sharing, whatever the amount (norms §5).
pub fn share_year(members: &[(String, Measure)], items: &[Item]) -> Result<Shared, Error> {
    if members.is_empty() {
        return Err(Error::NoMember);
    }
    let mut shared = Shared { shares: vec![0; members.len()], ..Shared::default() };
    for item in items {
        for (part, amount) in item.parts.iter().zip(split(item)?) {
            let weights = part.key.weights(members)?;
            let weightless = || Error::Weightless { item: item.id.clone(), key: part.key.word() };
            let shares = share(amount, &weights, Ties::WeightThenCode)?.ok_or_else(weightless)?;
            for (sum, share) in shared.shares.iter_mut().zip(&shares) {
                *sum = sum.checked_add(*share).ok_or(Error::TooLarge)?;
            }
            shared.lines.push(Line {
                item: item.id.clone(),
                category: item.category,
                key: part.key.clone(),
                amount,
                weights: weights.into_iter().map(|(_, weight)| weight).collect(),
                shares,
            });
        }
        shared.total = shared.total.checked_add(item.amount).ok_or(Error::TooLarge)?;
    }
    Ok(shared)
}

/// The amount of each part of an item.
fn split(item: &Item) -> Result<Vec<Cents>, Error> {
    if item.parts.is_empty() {
        return Err(Error::NoPart { item: item.id.clone() });
    }
    let total = item.parts.iter().try_fold(0_u64, |total, part| total.checked_add(part.basis_points));
    let total = total.ok_or(Error::TooLarge)?;
    if total != WHOLE {
        return Err(Error::Parts { item: item.id.clone(), total });
    }
    let weights: Vec<(&str, u128)> =
        item.parts.iter().map(|part| ("", u128::from(part.basis_points))).collect();
    Ok(share(item.amount, &weights, Ties::Declared)?.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members() -> Vec<(String, Measure)> {
        let of = |code: &str, days: u32| (code.to_owned(), Measure { days, ..Measure::default() });
        vec![of("A", 365), of("B", 365), of("C", 184)]
    }

    fn item(amount: Cents, parts: &[(u64, &str)]) -> Item {
        let part = |(basis_points, key): &(u64, &str)| Part {
            basis_points: *basis_points,
            key: Key::from_word(key).unwrap(),
        };
        Item {
            id: "I1".into(),
            category: Category::Infrastructure,
            amount,
            parts: parts.iter().map(part).collect(),
        }
    }

    #[test]
    fn an_item_is_split_between_its_keys_then_shared() {
        let shared = share_year(&members(), &[item(101, &[(5_000, "EGAL"), (5_000, "DIRECT:C")])]).unwrap();
        assert_eq!(shared.lines.iter().map(|line| line.amount).collect::<Vec<_>>(), [51, 50]);
        assert_eq!((shared.total, shared.shares.iter().sum::<Cents>()), (101, 101));
        assert_eq!(shared.by_category(), [(Category::Infrastructure, shared.shares.clone())]);
    }

    #[test]
    fn what_cannot_be_shared_says_which_item_and_why() {
        let of = |items: &[Item]| share_year(&members(), items).unwrap_err();
        assert_eq!(
            of(&[item(0, &[(10_000, "STOCK")])]),
            Error::Weightless { item: "I1".into(), key: "STOCK".into() }
        );
        assert_eq!(of(&[item(1, &[(9_999, "EGAL")])]), Error::Parts { item: "I1".into(), total: 9_999 });
        assert_eq!(of(&[item(1, &[])]), Error::NoPart { item: "I1".into() });
        assert_eq!(
            of(&[item(Cents::MAX, &[(10_000, "EGAL")]), item(1, &[(10_000, "EGAL")])]),
            Error::TooLarge
        );
        assert_eq!(share_year(&[], &[]), Err(Error::NoMember));
        assert_eq!(share_year(&members(), &[]).unwrap().shares, [0, 0, 0]);
    }
}
