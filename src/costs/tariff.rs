//! Price lists: a fee by band of population for a year, volume past what is included, a fee for each flow.

use super::share::prorated;
use super::{Cents, Measure};

/// A price list; amounts are for a whole year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tariff {
    /// Inhabitants under which the band stops, and its fee; in rising order, the last without an end.
    pub bands: Vec<(Option<u64>, Cents)>,
    /// Volume that the fee includes, in the unit of [`Measure::stock`].
    pub included: u128,
    /// What each unit of volume past it costs, once it is started.
    pub step: u128,
    pub step_price: Cents,
    /// For each flow, never prorated.
    pub flow_price: Cents,
}

/// Flows of a member, where the number is not stated: its flow-months over the months of its membership, to the nearest; one at
/// least when there was any.
pub fn flows(measure: &Measure, year_days: u32) -> u64 {
    let (months, days) = (u128::from(measure.flow_months), u128::from(measure.days.max(1)) * 12);
    let nearest = (2 * months * u128::from(year_days) + days) / (2 * days);
    u64::try_from(nearest).unwrap_or(u64::MAX).max(measure.flow_months.min(1))
}

impl Tariff {
    /// What a member owes, with so many flows.
    pub fn price(&self, measure: &Measure, flows: u64, year_days: u32) -> Cents {
        let is_its =
            |(below, _): &&(Option<u64>, Cents)| below.is_none_or(|below| measure.population < below);
        let fee = self.bands.iter().find(is_its).map_or(0, |(_, fee)| *fee);
        let steps = measure.stock.saturating_sub(self.included).div_ceil(self.step.max(1));
        let steps = Cents::try_from(steps).unwrap_or(Cents::MAX);
        let flows = Cents::try_from(flows).unwrap_or(Cents::MAX);
        prorated(fee, measure.days, year_days)
            .saturating_add(steps.saturating_mul(self.step_price))
            .saturating_add(flows.saturating_mul(self.flow_price))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fee_follows_the_days_and_a_flow_does_not() {
        let tariff = Tariff {
            bands: vec![(Some(500), 15_000), (Some(1_000), 25_000), (None, 900_000)],
            included: 1_000,
            step: 1_000,
            step_price: 1_250,
            flow_price: 8_000,
        };
        let of = |population, stock, days| Measure { population, stock, days, ..Measure::default() };
        assert_eq!(tariff.price(&of(499, 1_000, 365), 0, 365), 15_000, "all is included");
        assert_eq!(
            tariff.price(&of(500, 1_001, 365), 1, 365),
            25_000 + 1_250 + 8_000,
            "a step that is begun is due"
        );
        assert_eq!(tariff.price(&of(683, 385, 184), 2, 365), 12_603 + 16_000);
        assert_eq!(tariff.price(&of(1_000, 2_000, 0), 0, 365), 1_250, "nobody's fee without a day");
    }

    #[test]
    fn flows_are_counted_by_the_months_of_membership() {
        let of = |flow_months, days| flows(&Measure { flow_months, days, ..Measure::default() }, 365);
        assert_eq!(
            [of(48, 365), of(12, 184), of(12, 181), of(1, 365), of(0, 365), of(0, 0)],
            [4, 2, 2, 1, 0, 0]
        );
    }
}
