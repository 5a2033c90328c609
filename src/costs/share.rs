//! The method of the largest remainders: each exact share rounded down, then a cent more where the most was lost.

use std::cmp::Reverse;

use super::{Cents, Error};

/// Who takes the cent when two lost as much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ties {
    /// The larger weight, then the smaller code: between members.
    WeightThenCode,
    /// The one declared first: between the keys of an item.
    Declared,
}

/// Shares an amount by weights; in the order given. A negative amount is shared as its opposite is. `None`: the weights are all
/// zero.
///
/// # Errors
/// [`Error::TooLarge`] past what 128 bits hold.
pub fn share(amount: Cents, weights: &[(&str, u128)], ties: Ties) -> Result<Option<Vec<Cents>>, Error> {
    let magnitude = u128::from(amount.unsigned_abs());
    let mut total = 0_u128;
    for (_, weight) in weights {
        total = total.checked_add(*weight).ok_or(Error::TooLarge)?;
    }
    if total == 0 {
        return Ok(None);
    }
    let mut shares = Vec::with_capacity(weights.len());
    let mut lost = Vec::with_capacity(weights.len());
    for (place, (code, weight)) in weights.iter().enumerate() {
        let exact = magnitude.checked_mul(*weight).ok_or(Error::TooLarge)?;
        shares.push(exact / total);
        lost.push((Reverse(exact % total), Reverse(*weight), *code, place));
    }
    match ties {
        Ties::WeightThenCode => lost.sort_unstable(),
        Ties::Declared => lost.sort_unstable_by_key(|(remainder, _, _, place)| (*remainder, *place)),
    }
    // Each share lost less than a cent: there are fewer cents left than shares.
    let left = magnitude - shares.iter().sum::<u128>();
    for (_, _, _, place) in lost.iter().take(usize::try_from(left).unwrap_or(usize::MAX)) {
        shares[*place] += 1;
    }
    let signed = |share: u128| {
        let cents = Cents::try_from(share).map_err(|_| Error::TooLarge)?;
        Ok(if amount < 0 { -cents } else { cents })
    };
    shares.into_iter().map(signed).collect::<Result<Vec<_>, Error>>().map(Some)
}

/// An amount × days / days of the year, rounded to the cent, half up (away from zero).
pub fn prorated(amount: Cents, days: u32, year_days: u32) -> Cents {
    let (amount, days, whole) = (i128::from(amount), i128::from(days), i128::from(year_days.max(1)));
    let rounded = (2 * amount.abs() * days + whole) / (2 * whole);
    let cents = Cents::try_from(rounded).unwrap_or(Cents::MAX);
    if amount < 0 { -cents } else { cents }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shared(amount: Cents, weights: &[u128]) -> Vec<Cents> {
        let codes: Vec<String> = (0..weights.len()).map(|n| format!("C{n:03}")).collect();
        let weights: Vec<(&str, u128)> =
            codes.iter().map(String::as_str).zip(weights.iter().copied()).collect();
        share(amount, &weights, Ties::WeightThenCode).unwrap().unwrap()
    }

    #[test]
    fn the_vectors_of_the_norm() {
        assert_eq!(shared(10_000, &[1, 1, 1]), [3_334, 3_333, 3_333]);
        assert_eq!(shared(1, &[1, 1, 1]), [1, 0, 0]);
        assert_eq!(shared(-10_000, &[1, 1, 1]), [-3_334, -3_333, -3_333]);
        assert_eq!(shared(5, &[1, 1, 2]), [1, 1, 3]);
        assert_eq!(shared(100, &[1, 5, 2]), [12, 63, 25]);
        assert_eq!(shared(1_000, &[0, 7, 0]), [0, 1_000, 0]);
        assert_eq!(shared(123_457, &[333, 333, 334]), [41_111, 41_111, 41_235]);
        let halves = share(101, &[("b", 5_000), ("a", 5_000)], Ties::Declared).unwrap().unwrap();
        assert_eq!(halves, [51, 50]);
    }

    #[test]
    fn nothing_to_share_is_shared_and_nothing_to_share_by_is_told() {
        assert_eq!(shared(0, &[3, 4]), [0, 0]);
        assert_eq!(shared(7, &[9]), [7]);
        assert_eq!(share(7, &[("a", 0), ("b", 0)], Ties::WeightThenCode), Ok(None));
        assert_eq!(share(7, &[], Ties::WeightThenCode), Ok(None));
        assert_eq!(share(i64::MAX, &[("a", u128::MAX), ("b", 1)], Ties::Declared), Err(Error::TooLarge));
    }

    #[test]
    fn half_a_cent_goes_up() {
        assert_eq!(prorated(100_000, 184, 365), 50_411);
        assert_eq!(prorated(1, 1, 2), 1);
        assert_eq!(prorated(-1, 1, 2), -1);
        assert_eq!(prorated(1_000, 365, 365), 1_000);
        assert_eq!(prorated(1_000, 0, 366), 0);
    }

    #[test]
    fn every_share_sums_stays_within_a_cent_and_ignores_the_order() {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut next = move |below: u64| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state % below
        };
        for round in 0..4_000 {
            let members = [1, 2, 3, 5, 40, 400][next(6) as usize];
            let scale = [2, 10, 1_000, 1 << 40][next(4) as usize];
            let weights: Vec<(String, u128)> =
                (0..members).map(|n| (format!("M{n:03}"), u128::from(next(scale)))).collect();
            let amount = (next(1 << 36) as i64) - if round % 3 == 0 { 1 << 35 } else { 0 };
            let by = |order: &[usize]| {
                let given: Vec<(&str, u128)> =
                    order.iter().map(|n| (weights[*n].0.as_str(), weights[*n].1)).collect();
                share(amount, &given, Ties::WeightThenCode).unwrap().map(|shares| {
                    let mut back = vec![0; members];
                    order.iter().zip(shares).for_each(|(n, share)| back[*n] = share);
                    back
                })
            };
            let order: Vec<usize> = (0..members).collect();
            let mut shuffled = order.clone();
            for n in (1..members).rev() {
                shuffled.swap(n, next(n as u64 + 1) as usize);
            }
            let shares = by(&order);
            assert_eq!(shares, by(&shuffled));
            let total: u128 = weights.iter().map(|(_, weight)| weight).sum();
            let Some(shares) = shares else {
                assert_eq!(total, 0);
                continue;
            };
            assert_eq!(shares.iter().sum::<i64>(), amount);
            for ((_, weight), share) in weights.iter().zip(shares) {
                let exact = i128::from(amount) * *weight as i128;
                assert!((i128::from(share) * total as i128 - exact).abs() < total as i128);
            }
        }
    }
}
