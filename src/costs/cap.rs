//! Caps and floors of what members bear, with what they take off, or put in, shared again between the others.

use serde::{Deserialize, Serialize};

use super::share::{Ties, prorated, share};
use super::{Cents, Error, Key, Measure};

/// What a member of a band pays at most, and at least, in a whole year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Band {
    /// Inhabitants under which the band stops; `None`: no end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub below: Option<u64>,
    #[serde(rename = "at_most_cents", skip_serializing_if = "Option::is_none")]
    pub at_most: Option<Cents>,
    #[serde(rename = "at_least_cents", skip_serializing_if = "Option::is_none")]
    pub at_least: Option<Cents>,
}

/// Applies the first band of each member, prorated to its days, and shares again, by a key, between those that no bound holds; until
/// nobody passes one. The total stays. Where a floor passes its own cap, the cap holds.
///
/// # Errors
/// [`Error::AllHeld`] when everybody whom the key weighs is held by a bound and something is left.
pub fn bounded(
    members: &[(String, Measure)],
    shares: &[Cents],
    bands: &[Band],
    key: &Key,
    year_days: u32,
) -> Result<Vec<Cents>, Error> {
    let total: i128 = shares.iter().map(|share| i128::from(*share)).sum();
    let bounds: Vec<(Option<Cents>, Option<Cents>)> = members
        .iter()
        .map(|(_, measure)| {
            let is_its = |band: &&Band| band.below.is_none_or(|below| measure.population < below);
            let band = bands.iter().find(is_its).filter(|_| !measure.is_exempt);
            let of_days =
                |amount: Option<Cents>| amount.map(|amount| prorated(amount, measure.days, year_days));
            (of_days(band.and_then(|band| band.at_least)), of_days(band.and_then(|band| band.at_most)))
        })
        .collect();
    let mut borne = shares.to_vec();
    let mut held = vec![false; members.len()];
    let weights = key.weights(members)?;
    // Each turn holds one member more, or is the last: who is within its bounds after a turn is passed over by the next.
    for _ in 0..=members.len() {
        for (place, (at_least, at_most)) in bounds.iter().enumerate() {
            let within = borne[place].max(at_least.unwrap_or(Cents::MIN)).min(at_most.unwrap_or(Cents::MAX));
            if within != borne[place] {
                borne[place] = within;
                held[place] = true;
            }
        }
        let left = total - borne.iter().map(|share| i128::from(*share)).sum::<i128>();
        let left = Cents::try_from(left).map_err(|_| Error::TooLarge)?;
        if left == 0 {
            return Ok(borne);
        }
        let free = |place: usize| if held[place] { 0 } else { weights[place].1 };
        let free: Vec<(&str, u128)> =
            weights.iter().enumerate().map(|(n, (code, _))| (*code, free(n))).collect();
        let more = share(left, &free, Ties::WeightThenCode)?;
        let more = more.ok_or_else(|| Error::AllHeld { key: key.word(), left })?;
        for (borne, more) in borne.iter_mut().zip(more) {
            *borne = borne.checked_add(more).ok_or(Error::TooLarge)?;
        }
    }
    Ok(borne)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(code: &str, population: u64, days: u32) -> (String, Measure) {
        (code.into(), Measure { population, coefficient_percent: 100, days, ..Measure::default() })
    }

    fn cap(below: Option<u64>, at_most: Option<Cents>, at_least: Option<Cents>) -> Band {
        Band { below, at_most, at_least }
    }

    #[test]
    fn what_a_cap_takes_off_the_others_bear() {
        let members = [member("A", 500, 184), member("B", 3_000, 365), member("C", 1_000, 365)];
        let bands = [cap(Some(1_000), Some(100_000), None)];
        let borne = bounded(&members, &[90_411, 100_000, 100_000], &bands, &Key::Population, 365).unwrap();
        assert_eq!(borne, [50_411, 130_000, 110_000]);
    }

    #[test]
    fn whom_the_second_sharing_lifts_past_a_cap_is_held_too() {
        let members = [member("A", 1, 365), member("B", 1, 365), member("C", 1, 365)];
        let bands = [cap(Some(10), Some(400), None)];
        assert_eq!(bounded(&members, &[700, 300, 100], &bands, &Key::Equal, 365).unwrap(), [400, 400, 300]);
    }

    #[test]
    fn a_floor_gives_back_to_the_others() {
        let members = [member("A", 100, 365), member("B", 9_000, 365)];
        let bands = [cap(Some(1_000), None, Some(5_000))];
        assert_eq!(
            bounded(&members, &[1_000, 20_000], &bands, &Key::Population, 365).unwrap(),
            [5_000, 16_000]
        );
    }

    #[test]
    fn bounds_that_meet_exactly_leave_nothing_to_share_again() {
        let members = [member("A", 100, 365), member("B", 9_000, 365)];
        let bands = [cap(Some(1_000), Some(400), None), cap(None, None, Some(600))];
        assert_eq!(bounded(&members, &[700, 300], &bands, &Key::Equal, 365).unwrap(), [400, 600]);
    }

    #[test]
    fn no_bound_is_of_who_is_exempt() {
        let (code, measure) = member("A", 100, 365);
        let members = [(code, Measure { is_exempt: true, ..measure }), member("B", 9_000, 365)];
        let bands = [cap(None, None, Some(5_000))];
        assert_eq!(bounded(&members, &[0, 20_000], &bands, &Key::Population, 365).unwrap(), [0, 20_000]);
    }

    #[test]
    fn when_everybody_is_held_what_is_left_is_told() {
        let members = [member("A", 1, 365), member("B", 1, 365)];
        let bands = [cap(None, Some(400), None)];
        let told = bounded(&members, &[700, 300], &bands, &Key::Equal, 365);
        assert_eq!(told, Err(Error::AllHeld { key: "EGAL".into(), left: 200 }));
    }
}
