//! Price lists: a fee by band of population for a year, volume past what is included, a fee for each flow.

use serde::{Deserialize, Serialize};

use super::share::prorated;
use super::{Cents, Measure};

/// A price list; amounts are for a whole year.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tariff {
    /// In rising order, the last without an end.
    pub bands: Vec<Fee>,
    /// Megabytes that the fee includes.
    #[serde(rename = "included_mo")]
    pub included: u64,
    /// What each so many megabytes past it cost, once they are started.
    #[serde(rename = "step_mo")]
    pub step: u64,
    #[serde(rename = "step_cents")]
    pub step_price: Cents,
    /// For each flow, never prorated.
    #[serde(rename = "flow_cents")]
    pub flow_price: Cents,
}

/// The fee of a band.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fee {
    /// Inhabitants under which the band stops; `None`: no end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<u64>,
    #[serde(rename = "fee_cents")]
    pub cents: Cents,
}

/// Flows of a member, where the number is not stated: its flow-months over the months of its membership, to the nearest; one at
/// least when there was any.
pub fn flows(measure: &Measure, year_days: u32) -> u64 {
    let (months, days) = (u128::from(measure.flow_months), u128::from(measure.days.max(1)) * 12);
    let nearest = (2 * months * u128::from(year_days) + days) / (2 * days);
    u64::try_from(nearest).unwrap_or(u64::MAX).max(measure.flow_months.min(1))
}

impl Tariff {
    /// What a member owes, with so many megabytes held and so many flows.
    pub fn price(&self, measure: &Measure, (held_mo, flows): (u64, u64), year_days: u32) -> Cents {
        if measure.is_exempt {
            return 0;
        }
        let is_its = |fee: &&Fee| fee.below.is_none_or(|below| measure.population < below);
        let fee = self.bands.iter().find(is_its).map_or(0, |fee| fee.cents);
        let steps = held_mo.saturating_sub(self.included).div_ceil(self.step.max(1));
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
        let fee = |below, cents| Fee { below, cents };
        let tariff = Tariff {
            bands: vec![fee(Some(500), 15_000), fee(Some(1_000), 25_000), fee(None, 900_000)],
            included: 1_000,
            step: 1_000,
            step_price: 1_250,
            flow_price: 8_000,
        };
        let price = |population, days, held| {
            tariff.price(&Measure { population, days, ..Measure::default() }, held, 365)
        };
        assert_eq!(price(499, 365, (1_000, 0)), 15_000, "all is included");
        assert_eq!(price(500, 365, (1_001, 1)), 25_000 + 1_250 + 8_000, "a step that is begun is due");
        assert_eq!(price(683, 184, (385, 2)), 12_603 + 16_000);
        assert_eq!(price(1_000, 0, (2_000, 0)), 1_250, "nobody's fee without a day");
        let exempt = Measure { population: 500, days: 365, is_exempt: true, ..Measure::default() };
        assert_eq!(tariff.price(&exempt, (5_000, 3), 365), 0);
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
