//! Next year by the trend of the years closed: the line of the least squares through what each category cost and each member weighed;
//! one year known goes on as it is.

use super::Row;
use crate::billing::snapshot::{Item, Member, Snapshot};
use crate::costs::{self, Category, Cents, Key, Measure, Part, share_year};

/// Most years that a trend is drawn through: the last ones.
pub const YEARS_MAX: usize = 10;

/// What a forecast gives: by category and by member, the last year beside the next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Forecast {
    pub year: i32,
    pub from: Vec<i32>,
    pub categories: Vec<Row>,
    pub rows: Vec<Row>,
}

/// The year after the last of these closings, which are in order; `None`: there is none.
///
/// # Errors
/// As for sharing a year.
pub fn forecast(closings: &[Snapshot]) -> Result<Option<Forecast>, costs::Error> {
    let Some(last) = closings.last() else { return Ok(None) };
    let days = crate::billing::measures::year_days(last.year + 1);
    let of_category = |of: &Snapshot, category: Category| -> Cents {
        of.items.iter().filter(|item| item.category == category.word()).map(|item| item.amount_cents).sum()
    };
    let (mut categories, mut items) = (Vec::new(), Vec::new());
    for category in Category::ALL {
        let known: Vec<i128> = closings.iter().map(|of| of_category(of, category).into()).collect();
        let was = of_category(last, category);
        let its: Vec<&Item> = last.items.iter().filter(|item| item.category == category.word()).collect();
        if its.is_empty() {
            continue;
        }
        let next = Cents::try_from(next_of(&known)).map_err(|_| costs::Error::TooLarge)?;
        // What comes in does not become a cost by its trend, nor the other way.
        let next = if was < 0 { next.min(0) } else { next.max(0) };
        categories.push(Row {
            code: category.word().into(),
            name: category.label().into(),
            before: Some(was),
            after: Some(next),
        });
        items.extend(scaled(&its, category, was, next)?);
    }
    // The members of the last year, each for a whole one.
    let members: Vec<(&String, &Member)> = last.members.iter().collect();
    let weighed: Vec<(String, Measure)> = members
        .iter()
        .map(|(code, member)| ((*code).clone(), measure(closings, code, member, days)))
        .collect();
    let shares = share_year(&weighed, &items)?.shares;
    let row = |((code, member), share): (&(&String, &Member), Cents)| Row {
        code: (*code).clone(),
        name: member.name.clone(),
        before: Some(member.share_cents),
        after: Some(share),
    };
    Ok(Some(Forecast {
        year: last.year + 1,
        from: closings.iter().map(|of| of.year).collect(),
        rows: members.iter().zip(shares).map(row).collect(),
        categories,
    }))
}

/// The items of a category, their sum changed from one amount to another, to the cent.
fn scaled(
    its: &[&Item],
    category: Category,
    was: Cents,
    next: Cents,
) -> Result<Vec<costs::Item>, costs::Error> {
    let weights: Vec<(&str, u128)> =
        its.iter().map(|item| (item.id.as_str(), item.amount_cents.unsigned_abs().into())).collect();
    let shared = costs::share::share(next, &weights, costs::share::Ties::Declared)?;
    let amounts = match shared {
        Some(amounts) if was != 0 => amounts,
        _ => its.iter().map(|item| item.amount_cents).collect(),
    };
    let one = |(item, amount): (&&Item, Cents)| {
        let part = |part: &crate::billing::snapshot::Part| {
            Ok(Part { basis_points: part.bp, key: Key::from_word(&part.key)? })
        };
        let parts = item.parts.iter().map(part).collect::<Result<_, costs::Error>>()?;
        Ok(costs::Item { id: item.id.clone(), category, amount, parts })
    };
    its.iter().zip(amounts).map(one).collect()
}

/// What a member would weigh: its own trend over the years that it was there, a whole year of days.
fn measure(closings: &[Snapshot], code: &str, last: &Member, days: u32) -> Measure {
    let known: Vec<&Member> = closings.iter().filter_map(|of| of.members.get(code)).collect();
    let next = |of: fn(&Member) -> u64| {
        let known: Vec<i128> = known.iter().map(|member| of(member).into()).collect();
        u64::try_from(next_of(&known).max(0)).unwrap_or(u64::MAX)
    };
    Measure {
        population: last.population,
        coefficient_percent: last.coeff_pct,
        days,
        stock: next(|of| of.stock_octets_jours).into(),
        deposited: next(|of| of.depot_octets).into(),
        flow_months: next(|of| of.flux_mois),
        is_exempt: last.exempt,
    }
}

/// The next value of a series, on the line of the least squares, to the nearest; of the last [`YEARS_MAX`].
fn next_of(known: &[i128]) -> i128 {
    let known = &known[known.len().saturating_sub(YEARS_MAX)..];
    let count = known.len() as i128;
    match count {
        0 => return 0,
        1 => return known[0],
        _ => {}
    }
    // At x = n, with x of 0 to n − 1: mean + slope × (n + 1) / 2, and slope = 12 Σ(x − mean x)·y / (n (n² − 1)).
    let sum: i128 = known.iter().sum();
    let twice_moment: i128 = (0..).zip(known).map(|(x, y)| (2 * x - (count - 1)) * y).sum();
    // The whole over n (n − 1): sum × (n − 1) + 3 × twice_moment.
    let (numerator, denominator) = (sum * (count - 1) + 3 * twice_moment, count * (count - 1));
    let rounded = (2 * numerator.abs() + denominator) / (2 * denominator);
    if numerator < 0 { -rounded } else { rounded }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_goes_on_and_one_year_stays() {
        assert_eq!(next_of(&[]), 0);
        assert_eq!(next_of(&[700]), 700);
        assert_eq!(next_of(&[100, 130]), 160);
        assert_eq!(next_of(&[10, 20, 30, 40]), 50);
        assert_eq!(next_of(&[1, 2, 2]), 3, "2,67");
        assert_eq!(next_of(&[-100, -130]), -160);
        assert_eq!(next_of(&[5, 5, 5, 5, 5]), 5);
        // Against the sums of the textbook, in floating point.
        for known in [vec![3, 9, 4, 12], vec![7, 1, 8, 2, 8], vec![100, 40, 900]] {
            let (n, y): (f64, Vec<f64>) = (known.len() as f64, known.iter().map(|y| *y as f64).collect());
            let (mean_x, mean_y) = ((n - 1.0) / 2.0, y.iter().sum::<f64>() / n);
            let top: f64 = y.iter().enumerate().map(|(x, y)| (x as f64 - mean_x) * (y - mean_y)).sum();
            let under: f64 = (0..known.len()).map(|x| (x as f64 - mean_x).powi(2)).sum();
            let expected = mean_y + top / under * (n - mean_x);
            assert_eq!(next_of(&known), expected.round() as i128, "{known:?}");
        }
    }
}
