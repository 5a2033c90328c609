//! Which signatures are worth trying on a file: each is filed under the run of bytes that it cannot do without and that fewest
//! files have.
//!
//! Never decides: a signature whose run is found is still tried whole, one whose run is not found cannot match. Runs at a
//! fixed place are looked up there; the others are searched together, in the zones of the file where they may lie.

use std::collections::{BTreeMap, HashMap};

use aho_corasick::BuildError;

use super::chain::{Alternative, Chain, FAR, Gap, Segment, extent};
use super::view::View;
use super::zone::{Owner, TOGETHER, Zone};

/// Bytes of a run looked up at a fixed place.
const FIXED_BYTES: usize = 4;
/// Bytes of a run searched for.
const SEARCHED_BYTES: usize = 8;

/// A run of bytes and where it must lie: places of its first byte from the file's first, or of its last from the file's last.
#[derive(Clone, Debug)]
struct Key {
    run: Vec<u8>,
    from_end: bool,
    low: u64,
    high: u64,
}

/// Signatures by their runs.
#[derive(Debug)]
pub struct Index {
    fixed: Vec<Fixed>,
    zones: Vec<Zone>,
    /// Signatures without any run: always tried.
    always: Vec<u32>,
}

#[derive(Debug)]
struct Fixed {
    from_end: bool,
    place: u64,
    width: usize,
    signatures: HashMap<u32, Vec<u32>>,
}

impl Index {
    /// Files the signatures.
    ///
    /// # Errors
    /// There are too many runs for one searcher.
    pub fn new<'a>(signatures: impl Iterator<Item = &'a [Chain]>) -> Result<Self, BuildError> {
        let mut fixed: BTreeMap<(bool, u64, usize), HashMap<u32, Vec<u32>>> = BTreeMap::new();
        let mut searched: BTreeMap<(bool, u64), BTreeMap<Vec<u8>, Vec<Owner>>> = BTreeMap::new();
        let mut always = Vec::new();
        for (number, chains) in (0..).zip(signatures) {
            let Some(keys) = best(chains) else {
                always.push(number);
                continue;
            };
            for Key { run, from_end, low, high } in keys {
                if low == high {
                    let place = fixed.entry((from_end, low, run.len())).or_default();
                    place.entry(packed(&run)).or_default().push(number);
                } else {
                    let end = high.saturating_add(run.len() as u64);
                    let zone = TOGETHER.into_iter().find(|zone| end <= *zone).unwrap_or(FAR);
                    let owners = searched.entry((from_end, zone)).or_default().entry(run).or_default();
                    owners.push((low, high, number));
                }
            }
        }
        let fixed = fixed.into_iter().map(|((from_end, place, width), signatures)| Fixed {
            from_end,
            place,
            width,
            signatures,
        });

        let zones = searched.into_iter().map(|((from_end, _), runs)| Zone::new(from_end, runs));
        Ok(Self { fixed: fixed.collect(), zones: zones.collect::<Result<_, _>>()?, always })
    }

    /// The signatures worth trying, in order, each once.
    pub fn candidates(&self, view: &View<'_>) -> Vec<u32> {
        let mut found = self.always.clone();
        let size = view.size_bytes();
        for fixed in &self.fixed {
            let place = match fixed.from_end {
                false => Some(fixed.place),
                true => size.checked_sub(fixed.place + fixed.width as u64),
            };
            let bytes = place.and_then(|place| view.at(place, fixed.width));
            if let Some(signatures) = bytes.and_then(|bytes| fixed.signatures.get(&packed(bytes))) {
                found.extend(signatures);
            }
        }
        for zone in &self.zones {
            zone.search(view, &mut found);
        }
        found.sort_unstable();
        found.dedup();
        found
    }
}

fn packed(run: &[u8]) -> u32 {
    run.iter().fold(0, |packed, &byte| packed << 8 | u32::from(byte))
}

/// The runs of a signature, one of which must be there, that fewest files have.
fn best(chains: &[Chain]) -> Option<Vec<Key>> {
    let all = chains.iter().flat_map(|chain| {
        let mut before = chain.lead();
        let from_start: Vec<_> = chain
            .segments()
            .filter_map(|(segment, _)| {
                let keys = keys(segment, before, false);
                before = before.plus(extent(segment));
                keys
            })
            .collect();
        let from_end = chain.segments().filter_map(|(segment, rest)| keys(segment, rest, true));
        from_start.into_iter().chain(from_end)
    });
    let scored = all.map(|keys| (keys.iter().map(expected).sum::<f64>(), keys));
    scored.min_by(|one, other| one.0.total_cmp(&other.0)).map(|(_, keys)| keys)
}

/// One run of each alternative, when each has one.
fn keys(segment: &Segment, gap: Gap, from_end: bool) -> Option<Vec<Key>> {
    let key = |one: &Alternative| {
        let literal = one.pattern.literal()?;
        let (gap, inside) = match from_end {
            false => (gap.plus(one.before), literal.at),
            true => {
                let inside = one.pattern.width() - literal.at - literal.bytes().len();
                (gap.plus(one.after), inside)
            }
        };
        let (low, high) = (gap.min + inside as u64, (gap.max + inside as u64).min(FAR));
        let mut run = literal.bytes().to_vec();
        let most = if low == high { FIXED_BYTES } else { SEARCHED_BYTES };
        if from_end {
            // The last bytes: their place is counted from the end.
            run.drain(..run.len().saturating_sub(most));
        } else {
            run.truncate(most);
        }
        Some(Key { run, from_end, low, high })
    };
    segment.iter().map(key).collect()
}

/// How often the run is there by chance, and what searching for it costs, on one scale.
fn expected(key: &Key) -> f64 {
    let likely = |byte: &u8| match byte {
        0 => 0.25,
        b' ' | 0xff | 1 => 0.06,
        b'a'..=b'z' | b'0'..=b'9' | b'\r' | b'\n' | b'<' => 0.03,
        _ => 0.008,
    };
    let places = (key.high - key.low + 1) as f64;
    let searched = if key.low == key.high { 0.0 } else { 0.001 * places.min(1e6) };
    key.run.iter().map(likely).product::<f64>() * places + searched * 0.01
}
