//! A year's costs as a file says them: bounded, and every wrong value told with its place, in French.

use std::collections::{BTreeSet, HashSet};

use serde::Deserialize;
use serde_json::Value;

use super::beside::{caps, credits, tariff};
use super::ordered::Ordered;
use super::values::{MEASURE_MAX, POPULATION_MAX, cents, code, key, number, text};
use crate::costs::cap::Band;
use crate::costs::tariff::{Tariff, flows};
use crate::costs::{CODE_CHARS_MAX, Category, Cents, Item, Key, Measure, PARTS_MAX, Part};

/// The file, before its values are looked at. What it does not name is passed over.
#[derive(Deserialize)]
pub(super) struct Raw {
    year_days: Option<Value>,
    members: Ordered<Value>,
    items: Vec<Value>,
    in_kind_cents: Option<Ordered<Value>>,
    advances_cents: Option<Ordered<Value>>,
    fees_cents: Option<Ordered<Value>>,
    caps: Option<Vec<Value>>,
    cap_key: Option<Value>,
    tariff: Option<Value>,
    owes: Option<Value>,
}

/// What is shared, and what is asked beside.
pub(super) struct Exercise {
    pub year_days: u32,
    pub members: Vec<(String, Measure)>,
    /// Of each member, for a price list: megabytes held, flows.
    pub priced: Vec<(u64, u64)>,
    pub items: Vec<Item>,
    /// In the order of the members.
    pub in_kind: Option<Vec<Cents>>,
    pub advances: Option<Vec<Cents>>,
    pub fees: Option<Vec<Cents>>,
    pub caps: Option<(Vec<Band>, Key)>,
    pub tariff: Option<Tariff>,
    /// Members owe the price of the list, not what they bear of the costs.
    pub owes_price: bool,
}

/// Members and items at most; bytes of a key; shares in all the lines.
const MEMBERS_MAX: usize = 10_000;
const ITEMS_MAX: usize = 10_000;
const KEY_BYTES_MAX: usize = 100_000;
const CELLS_MAX: usize = 4_000_000;
const PERCENT_MAX: u64 = 100_000;

/// The fields of a member that a key weighs by.
const FIELDS: [(&str, u64); 6] = [
    ("population", POPULATION_MAX),
    ("coeff_pct", PERCENT_MAX),
    ("days", 366),
    ("stock_mo", MEASURE_MAX),
    ("depot_mo", MEASURE_MAX),
    ("flux_mois", MEASURE_MAX),
];

/// What stands for a measure in megabytes, in bytes, as a closing of the service counts it; and its most.
const IN_BYTES: [(&str, &str); 2] = [("stock_mo", "stock_octets_jours"), ("depot_mo", "depot_octets")];
const BYTES_MAX: u64 = 1_000_000_000_000_000_000;

/// Reads the values.
///
/// # Errors
/// The first that is wrong, with its place and what is expected there.
pub(super) fn read(raw: &Raw) -> Result<Exercise, String> {
    if raw.members.0.is_empty() || raw.members.0.len() > MEMBERS_MAX {
        return Err(format!("members : il en faut de 1 à {MEMBERS_MAX}"));
    }
    if raw.items.len() > ITEMS_MAX {
        return Err(format!("items : {ITEMS_MAX} postes au plus"));
    }
    let items: Vec<Item> =
        raw.items.iter().enumerate().map(|(n, item)| self::item(item, n)).collect::<Result<_, _>>()?;
    let mut ids = HashSet::new();
    if let Some(twice) = items.iter().find(|item| !ids.insert(item.id.as_str())) {
        return Err(format!("items : le poste « {} » vient deux fois", twice.id));
    }
    let lines: usize = items.iter().map(|item| item.parts.len()).sum();
    if lines.saturating_mul(raw.members.0.len()) > CELLS_MAX {
        return Err(format!(
            "items : {lines} parts pour {} membres, c'est plus que le calcul n'admet",
            raw.members.0.len()
        ));
    }
    let caps = raw.caps.as_deref().map(|bands| caps(bands, raw.cap_key.as_ref())).transpose()?;
    let tariff = raw.tariff.as_ref().map(tariff).transpose()?;
    let needed = needed(&items, caps.as_ref(), tariff.is_some());
    same_units(raw, tariff.is_some())?;
    let year_days = year_days(raw)?;
    let (mut members, mut priced) = (Vec::new(), Vec::new());
    for (code, value) in &raw.members.0 {
        let measure = member(code, value, year_days, &needed)?;
        priced.push(self::priced(code, value, &measure, year_days)?);
        members.push((code.clone(), measure));
    }
    let in_kind =
        raw.in_kind_cents.as_ref().map(|given| credits("in_kind_cents", given, &members)).transpose()?;
    let advances =
        raw.advances_cents.as_ref().map(|given| credits("advances_cents", given, &members)).transpose()?;
    let fees = raw.fees_cents.as_ref().map(|given| credits("fees_cents", given, &members)).transpose()?;
    let owes_price = match raw.owes.as_ref().map(|owes| owes.as_str()) {
        None | Some(Some("REEL")) => false,
        Some(Some("BAREME")) if tariff.is_some() => true,
        _ => return Err("owes : REEL ou, quand le fichier a un tariff, BAREME".into()),
    };
    Ok(Exercise { year_days, members, priced, items, in_kind, advances, fees, caps, tariff, owes_price })
}

/// A measure is in bytes for every member, or for none; a price list counts in megabytes.
fn same_units(raw: &Raw, is_priced: bool) -> Result<(), String> {
    for (megabytes, bytes) in IN_BYTES {
        let has = |name: &str| raw.members.0.iter().filter(|(_, member)| member.get(name).is_some()).count();
        let in_bytes = has(bytes);
        if in_bytes > 0 && (has(megabytes) > 0 || in_bytes < raw.members.0.len()) {
            return Err(format!("members : donnez {bytes} pour tous, ou {megabytes} pour tous"));
        }
        if in_bytes > 0 && is_priced && megabytes == "stock_mo" && has("conserve_mo") < raw.members.0.len() {
            return Err("tariff : il compte en mégaoctets, donnez conserve_mo à chaque membre".into());
        }
    }
    Ok(())
}

/// As stated; else a leap year's when a member stays as long.
fn year_days(raw: &Raw) -> Result<u32, String> {
    let of_leap = |(_, member): &(String, Value)| member.get("days").and_then(Value::as_u64) == Some(366);
    let days = match &raw.year_days {
        Some(stated) => number(stated, "year_days", 366)?,
        None if raw.members.0.iter().any(of_leap) => 366,
        None => 365,
    };
    match u32::try_from(days) {
        Ok(days @ 1..) => Ok(days),
        _ => Err("year_days : un exercice dure de 1 à 366 jours".into()),
    }
}

/// The fields without which the sharing would weigh by nothing, and say nothing.
fn needed(items: &[Item], caps: Option<&(Vec<Band>, Key)>, is_priced: bool) -> BTreeSet<&'static str> {
    let of = |key: &Key| -> &'static [&'static str] {
        match key {
            Key::Equal => &["days"],
            Key::Population => &["population", "coeff_pct", "days"],
            Key::Stock => &["stock_mo"],
            Key::Deposits => &["depot_mo"],
            Key::Flows => &["flux_mois"],
            Key::Direct(_) | Key::List(_) => &[],
        }
    };
    let keys = items.iter().flat_map(|item| &item.parts).map(|part| &part.key);
    let mut needed: BTreeSet<_> = keys.chain(caps.map(|(_, key)| key)).flat_map(of).copied().collect();
    if caps.is_some() {
        needed.extend(["population", "days"]);
    }
    if is_priced {
        needed.extend(["population", "days", "stock_mo", "flux_mois"]);
    }
    needed
}

fn member(
    code: &str,
    value: &Value,
    year_days: u32,
    needed: &BTreeSet<&'static str>,
) -> Result<Measure, String> {
    self::code(code, "members")?;
    let mut found = [0; FIELDS.len()];
    for ((field, most), found) in FIELDS.into_iter().zip(&mut found) {
        let most = if field == "days" { u64::from(year_days) } else { most };
        let in_bytes = IN_BYTES.iter().find(|(of, name)| *of == field && value.get(*name).is_some());
        let (field, most) = in_bytes.map_or((field, most), |(_, name)| (*name, BYTES_MAX));
        let place = format!("members.{code}.{field}");
        match value.get(field) {
            Some(given) => *found = number(given, &place, most)?,
            None if needed.contains(field) => {
                return Err(format!("{place} : manque, et une clé répartit selon lui"));
            }
            None => {}
        }
    }
    let [population, coefficient_percent, days, stock, deposited, flow_months] = found;
    let days = u32::try_from(days).map_err(|_| format!("members.{code}.days : trop grand"))?;
    let is_exempt = match value.get("exempt").map_or(Some(false), Value::as_bool) {
        Some(is_exempt) => is_exempt,
        None => return Err(format!("members.{code}.exempt : true ou false")),
    };
    let (stock, deposited) = (stock.into(), deposited.into());
    Ok(Measure { population, coefficient_percent, days, stock, deposited, flow_months, is_exempt })
}

/// What a price list counts of a member: megabytes held and flows, as stated or as they follow from its measure.
fn priced(code: &str, value: &Value, measure: &Measure, year_days: u32) -> Result<(u64, u64), String> {
    let stated = |field: &str| {
        value
            .get(field)
            .map(|given| number(given, &format!("members.{code}.{field}"), MEASURE_MAX))
            .transpose()
    };
    let held = stated("conserve_mo")?.or_else(|| u64::try_from(measure.stock).ok());
    Ok((held.unwrap_or(u64::MAX), stated("flux")?.unwrap_or_else(|| flows(measure, year_days))))
}

fn item(value: &Value, rank: usize) -> Result<Item, String> {
    let place = format!("items[{rank}]");
    let id = text(value, "id", &place, CODE_CHARS_MAX)?;
    code(id, &format!("{place}.id"))?;
    let word = text(value, "category", &place, CODE_CHARS_MAX)?;
    let category = Category::from_word(word).ok_or_else(|| {
        let known: Vec<&str> = Category::ALL.into_iter().map(Category::word).collect();
        format!("{place}.category : « {word} » est inconnue ; les catégories sont {}", known.join(", "))
    })?;
    let amount = cents(value.get("amount_cents"), &format!("{place}.amount_cents"))?;
    let parts = value.get("parts").and_then(Value::as_array).filter(|parts| parts.len() <= PARTS_MAX);
    let parts =
        parts.ok_or_else(|| format!("{place}.parts : une liste de 1 à {PARTS_MAX} parts est attendue"))?;
    let part = |(n, part): (usize, &Value)| -> Result<Part, String> {
        let place = format!("{place}.parts[{n}]");
        let missing = || format!("{place}.bp : manque");
        let basis_points = number(part.get("bp").ok_or_else(missing)?, &format!("{place}.bp"), 10_000)?;
        Ok(Part { basis_points, key: key(text(part, "key", &place, KEY_BYTES_MAX)?, &place)? })
    };
    let parts = parts.iter().enumerate().map(part).collect::<Result<_, _>>()?;
    Ok(Item { id: id.to_owned(), category, amount, parts })
}
