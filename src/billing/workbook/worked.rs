//! The method as a spreadsheet computes it, in its numbers: what cells show until they are computed again.

use std::cmp::Ordering;

/// A share on its way.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Worked {
    pub exact: f64,
    pub floor: f64,
    pub rest: f64,
    /// How many go before it for the cents that are left.
    pub rank: usize,
}

/// Each share of an amount by weights, in their order; between two that lost as much the larger weight first, if weights count,
/// then the first.
pub fn worked(amount: f64, weights: &[f64], weights_count: bool) -> Vec<Worked> {
    let total: f64 = weights.iter().sum();
    let mut all: Vec<Worked> = weights.iter().map(|weight| one(amount.abs() * weight / total)).collect();
    let mut order: Vec<usize> = (0..all.len()).collect();
    order.sort_by(|one, other| {
        let by_rest = down(all[*one].rest, all[*other].rest);
        let by_weight = if weights_count { down(weights[*one], weights[*other]) } else { Ordering::Equal };
        by_rest.then(by_weight).then(one.cmp(other))
    });
    for (rank, at) in order.into_iter().enumerate() {
        all[at].rank = rank;
    }
    all
}

fn one(exact: f64) -> Worked {
    let floor = exact.floor();
    // As the formula rounds it: true ties stay ties.
    Worked { exact, floor, rest: ((exact - floor) * 1e7).round() / 1e7, rank: 0 }
}

fn down(one: f64, other: f64) -> Ordering {
    other.total_cmp(&one)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_go_by_rest_then_weight_then_place() {
        let ranks = |amount, weights: &[f64], count| -> Vec<usize> {
            worked(amount, weights, count).iter().map(|of| of.rank).collect()
        };
        assert_eq!(ranks(100.0, &[1.0, 1.0, 1.0], true), [0, 1, 2]);
        assert_eq!(ranks(5.0, &[1.0, 1.0, 2.0], true), [1, 2, 0], "0,25 0,25 0,5");
        assert_eq!(ranks(2.0, &[1.0, 3.0], true), [1, 0], "as much lost: the larger weight");
        assert_eq!(ranks(2.0, &[1.0, 3.0], false), [0, 1], "the first declared");
        let of = worked(-101.0, &[5_000.0, 5_000.0], false)[0];
        assert_eq!((of.exact, of.floor, of.rest), (50.5, 50.0, 0.5));
    }
}
