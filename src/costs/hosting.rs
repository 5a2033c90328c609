//! One's own archive against the shared one: totals over years, euros and days of work beside each other.

use super::Cents;

/// One way of hosting, over all the years compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    pub euros: Cents,
    /// Of work, in a year.
    pub days_a_year: i64,
}

/// What one way costs more (positive) or less than the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gap {
    pub amount: i64,
    /// Hundredths of a percent of the first, half away from zero; `None`: the first is nothing.
    pub percent_hundredths: Option<i64>,
}

/// The two beside each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Comparison {
    pub euros: Gap,
    pub days_a_year: Gap,
    /// Over all the years.
    pub days: i64,
    /// Euros and days together, once a day has a cost.
    pub valued: Option<(Cents, Cents, Gap)>,
}

/// Compares one's own with the shared one over so many years; a day of work may have a cost.
pub fn compare(own: Way, shared: Way, years: i64, day_cost: Option<Cents>) -> Comparison {
    let value = |way: Way, cost: Cents| {
        way.euros.saturating_add(way.days_a_year.saturating_mul(years).saturating_mul(cost))
    };
    Comparison {
        euros: gap(own.euros, shared.euros),
        days_a_year: gap(own.days_a_year, shared.days_a_year),
        days: shared.days_a_year.saturating_sub(own.days_a_year).saturating_mul(years),
        valued: day_cost.map(|cost| {
            let (own, shared) = (value(own, cost), value(shared, cost));
            (own, shared, gap(own, shared))
        }),
    }
}

/// From one to the other.
pub fn gap(from: i64, to: i64) -> Gap {
    let amount = to.saturating_sub(from);
    let percent = (from != 0).then(|| {
        let (part, whole) = (i128::from(amount) * 10_000, i128::from(from).abs());
        let rounded = (2 * part.abs() + whole) / (2 * whole);
        i64::try_from(rounded * part.signum()).unwrap_or(i64::MAX)
    });
    Gap { amount, percent_hundredths: percent }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_case_of_the_norm() {
        let (own, shared) =
            (Way { euros: 17_400_000, days_a_year: 183 }, Way { euros: 10_500_000, days_a_year: 119 });
        let plain = compare(own, shared, 5, None);
        assert_eq!(plain.euros, Gap { amount: -6_900_000, percent_hundredths: Some(-3_966) });
        assert_eq!(plain.days_a_year, Gap { amount: -64, percent_hundredths: Some(-3_497) });
        assert_eq!((plain.days, plain.valued), (-320, None));
        for (cost, of_own, of_shared, percent) in [
            (20_000, 35_700_000, 22_400_000, -3_725),
            (25_000, 40_275_000, 25_375_000, -3_700),
            (30_000, 44_850_000, 28_350_000, -3_679),
        ] {
            let (own, shared, gap) = compare(own, shared, 5, Some(cost)).valued.unwrap();
            assert_eq!((own, shared, gap.percent_hundredths), (of_own, of_shared, Some(percent)));
        }
    }
}
