//! A chart that is its own table: a bar beside each amount, drawn from where nothing is.
//!
//! The amounts are the chart's text: whoever does not see the bars reads the same.

use super::words;
use crate::costs::{Category, Cents};

/// Units of the width of a chart.
const WIDTH: i128 = 1_000;

/// A bar, and what it stands for.
pub struct Bar {
    pub label: String,
    pub amount: String,
    /// What stands beside: last year's, what it changed.
    pub beside: Vec<String>,
    pub is_negative: bool,
    /// From where to how far, of [`WIDTH`].
    pub from: i128,
    pub width: i128,
}

/// A chart: the names of its columns, its bars, what they come to.
pub struct Chart {
    /// Of what is named, of the amounts, of what stands beside.
    pub names: (&'static str, &'static str),
    pub beside: Vec<String>,
    pub caption: &'static str,
    pub bars: Vec<Bar>,
    pub total: String,
}

/// A line of a chart: its name, its amount, what stands beside.
pub type Row = (String, Cents, Vec<String>);

/// The bars of some amounts in euros, all to one scale.
pub fn bars(rows: &[Row]) -> Vec<Bar> {
    drawn(rows, words::euros)
}

/// The bars of what is counted.
pub fn counted(rows: &[Row]) -> Vec<Bar> {
    drawn(rows, |count| words::number(count.unsigned_abs()))
}

fn drawn(rows: &[Row], written: fn(i64) -> String) -> Vec<Bar> {
    let amounts = || rows.iter().map(|(_, cents, _)| i128::from(*cents));
    let (low, high) = (amounts().fold(0, i128::min), amounts().fold(0, i128::max));
    let span = (high - low).max(1);
    let zero = -low * WIDTH / span;
    let bar = |(label, cents, beside): &Row| {
        let width = (i128::from(*cents).abs() * WIDTH / span).max(i128::from(*cents != 0) * 4);
        let from = if *cents < 0 { (zero - width).max(0) } else { zero.min(WIDTH - width) };
        Bar {
            label: label.clone(),
            amount: written(*cents),
            beside: beside.clone(),
            is_negative: *cents < 0,
            from,
            width,
        }
    };
    rows.iter().map(bar).collect()
}

/// Where the money of a year goes.
pub fn of_categories<'a>(lines: impl Iterator<Item = (&'a str, Cents)> + Clone) -> Chart {
    let sums = by_category(lines);
    let total = words::euros(sums.iter().map(|(_, cents)| cents).sum());
    let row = |(category, cents): (Category, Cents)| (category.label().to_owned(), cents, Vec::new());
    let rows: Vec<Row> = sums.into_iter().map(row).collect();
    Chart {
        names: ("Catégorie", "Montant"),
        beside: Vec::new(),
        caption: "Ce que l’exercice coûte, par catégorie",
        bars: bars(&rows),
        total,
    }
}

/// What some lines come to by category, in the order of statements; those that nothing is of are left out.
pub fn by_category<'a>(lines: impl Iterator<Item = (&'a str, Cents)> + Clone) -> Vec<(Category, Cents)> {
    let of = |category: Category| {
        let mut its = lines.clone().filter(|(word, _)| *word == category.word()).peekable();
        its.peek()?;
        Some((category, its.map(|(_, cents)| cents).sum()))
    };
    Category::ALL.into_iter().filter_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_to_one_scale_and_start_where_nothing_is() {
        let rows = [("A", 300), ("B", -100), ("C", 0), ("D", 1)]
            .map(|(label, cents)| (label.to_owned(), cents, vec![]));
        let drawn: Vec<(i128, i128, bool)> =
            bars(&rows).iter().map(|bar| (bar.from, bar.width, bar.is_negative)).collect();
        assert_eq!(drawn, [(250, 750, false), (0, 250, true), (250, 0, false), (250, 4, false)]);
        assert_eq!(bars(&[("A".into(), 0, vec![])])[0].width, 0);
        assert_eq!(counted(&[("A".into(), 1_200, vec![])])[0].amount, words::number(1_200));
        let lines = [("RH", 5), ("RECETTE", -2), ("RH", 1)];
        assert_eq!(by_category(lines.into_iter()), [(Category::Staff, 6), (Category::Income, -2)]);
    }
}
