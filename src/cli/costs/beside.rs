//! What a file may ask beside the shares: caps and floors, a price list, credits of members.

use std::collections::HashMap;

use serde_json::Value;

use super::ordered::Ordered;
use super::values::{MEASURE_MAX, POPULATION_MAX, cents, key, number};
use crate::costs::cap::Band;
use crate::costs::tariff::{Fee, Tariff};
use crate::costs::{Cents, Key, Measure};

/// Bands at most, of caps or of a price list.
const BANDS_MAX: usize = 100;

/// Caps and floors, and the key by which what they move is shared again.
pub(super) fn caps(bands: &[Value], cap_key: Option<&Value>) -> Result<(Vec<Band>, Key), String> {
    if bands.len() > BANDS_MAX {
        return Err(format!("caps : {BANDS_MAX} tranches au plus"));
    }
    let band = |(n, band): (usize, &Value)| -> Result<Band, String> {
        let bound = |field: &str| {
            band.get(field).map(|given| cents(Some(given), &format!("caps[{n}].{field}"))).transpose()
        };
        let below = band.get("below").map(|below| number(below, &format!("caps[{n}].below"), POPULATION_MAX));
        let (at_most, at_least) = (bound("at_most_cents")?, bound("at_least_cents")?);
        match (at_most, at_least) {
            (None, None) => Err(format!("caps[{n}] : « at_most_cents » ou « at_least_cents » est attendu")),
            (Some(most), Some(least)) if least > most => {
                Err(format!("caps[{n}] : le plancher dépasse le plafond"))
            }
            _ => Ok(Band { below: below.transpose()?, at_most, at_least }),
        }
    };
    let bands = bands.iter().enumerate().map(band).collect::<Result<_, _>>()?;
    let word = match cap_key {
        None => "POPULATION",
        Some(word) => word.as_str().ok_or("cap_key : un texte est attendu")?,
    };
    Ok((bands, key(word, "cap_key")?))
}

/// A price list.
pub(super) fn tariff(value: &Value) -> Result<Tariff, String> {
    let bands = value.get("bands").and_then(Value::as_array).filter(|bands| bands.len() <= BANDS_MAX);
    let bands = bands
        .ok_or_else(|| format!("tariff.bands : une liste d'au plus {BANDS_MAX} tranches est attendue"))?;
    let mut from = 0;
    let mut band = |(n, band): (usize, &Value)| -> Result<Fee, String> {
        let place = format!("tariff.bands[{n}]");
        let below = band
            .get("below")
            .map(|below| number(below, &format!("{place}.below"), POPULATION_MAX))
            .transpose()?;
        let is_last = n + 1 == bands.len();
        if below.is_none() != is_last || below.is_some_and(|below| below <= from) {
            return Err(format!(
                "{place} : les tranches vont en croissant, et seule la dernière n'a pas de « below »"
            ));
        }
        from = below.unwrap_or(from);
        Ok(Fee { below, cents: cents(band.get("fee_cents"), &format!("{place}.fee_cents"))? })
    };
    let bands = bands.iter().enumerate().map(&mut band).collect::<Result<Vec<_>, _>>()?;
    let or = |field: &str, default: u64, most: u64| {
        value.get(field).map_or(Ok(default), |given| number(given, &format!("tariff.{field}"), most))
    };
    let price =
        |field: &str| value.get(field).map_or(Ok(0), |given| cents(Some(given), &format!("tariff.{field}")));
    let step = or("step_mo", 1_000, MEASURE_MAX)?;
    if step == 0 {
        return Err("tariff.step_mo : au moins 1".into());
    }
    let (included, step_price, flow_price) =
        (or("included_mo", 0, MEASURE_MAX)?, price("step_cents")?, price("flow_cents")?);
    Ok(Tariff { bands, included, step, step_price, flow_price })
}

/// In the order of the members; nothing for whom it does not name.
pub(super) fn credits(
    field: &str,
    given: &Ordered<Value>,
    members: &[(String, Measure)],
) -> Result<Vec<Cents>, String> {
    let places: HashMap<&str, usize> =
        members.iter().enumerate().map(|(place, (code, _))| (code.as_str(), place)).collect();
    let mut credits = vec![0; members.len()];
    for (code, value) in &given.0 {
        let place =
            places.get(code.as_str()).ok_or_else(|| format!("{field}.{code} : n'est pas un membre"))?;
        credits[*place] = cents(Some(value), &format!("{field}.{code}"))?;
    }
    Ok(credits)
}
