//! What a signature file says of one byte sequence, made into a chain.
//!
//! Never looks at bytes. Positions and offsets are DROID's: fragments on the left count outwards from the sequence, as those on
//! the right do; those of one position are alternatives; an offset is that of the outermost fragment.

use super::chain::{Alternative, Chain, Gap, Segment};
use super::pattern::Pattern;
use super::syntax::{self, Piece};

/// What holds a sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    Beginning,
    End,
    Nowhere,
}

/// A byte sequence as written.
#[derive(Clone, Debug)]
pub struct Written {
    pub anchor: Anchor,
    pub parts: Vec<Part>,
}

/// A subsequence as written.
#[derive(Clone, Debug, Default)]
pub struct Part {
    pub position: u64,
    pub min: u64,
    pub max: Option<u64>,
    pub sequence: String,
    pub left: Vec<Fragment>,
    pub right: Vec<Fragment>,
}

/// A fragment on one side of a subsequence.
#[derive(Clone, Debug)]
pub struct Fragment {
    pub position: u64,
    pub min: u64,
    pub max: Option<u64>,
    pub sequence: String,
}

/// The chain of a sequence.
///
/// # Errors
/// What is not understood, in words.
pub fn compile(mut written: Written) -> Result<Chain, String> {
    written.parts.sort_by_key(|part| part.position);
    let own: Vec<Gap> = written.parts.iter().map(|part| Gap::new(part.min, part.max)).collect();
    let (Some(&first), Some(&last)) = (own.first(), own.last()) else {
        return Err("séquence absente".into());
    };
    let (lead, trail) = match written.anchor {
        Anchor::Beginning => (first, Gap::ANY),
        Anchor::End => (Gap::ANY, last),
        Anchor::Nowhere => (Gap { min: first.min, ..Gap::ANY }, Gap::ANY),
    };
    let mut segments: Vec<Segment> = Vec::new();
    for (at, part) in written.parts.into_iter().enumerate() {
        let mut inner = part_segments(part)?;
        // A subsequence's offset is from the one read before it: the one on its left, or on its right from the end.
        let between = match written.anchor {
            Anchor::End => at.checked_sub(1).map(|left| own[left]),
            _ => (at > 0).then(|| own[at]),
        };
        if let Some(between) = between {
            for one in &mut inner[0] {
                one.before = one.before.plus(between);
            }
        }
        segments.append(&mut inner);
    }
    Ok(Chain::new(lead, segments, trail))
}

/// The segments of a subsequence, left to right; at least one.
fn part_segments(part: Part) -> Result<Vec<Segment>, String> {
    let mut segments = Vec::new();
    for alternatives in by_position(part.left)?.into_iter().rev() {
        segments.extend(side(alternatives, true)?);
    }
    let middle = Fragment { position: 0, min: 0, max: Some(0), sequence: part.sequence };
    segments.extend(side(vec![middle], false)?);
    for alternatives in by_position(part.right)? {
        segments.extend(side(alternatives, false)?);
    }
    Ok(segments)
}

/// Fragments of one position together, from the sequence outwards; no position may lack.
fn by_position(mut fragments: Vec<Fragment>) -> Result<Vec<Vec<Fragment>>, String> {
    fragments.sort_by_key(|fragment| fragment.position);
    let mut groups: Vec<Vec<Fragment>> = Vec::new();
    for fragment in fragments {
        let place = groups.len() as u64;
        match groups.last_mut() {
            Some(group) if group[0].position == fragment.position => group.push(fragment),
            _ if fragment.position == place + 1 => groups.push(vec![fragment]),
            _ => return Err(format!("fragment {} sans celui qui le précède", fragment.position)),
        }
    }
    Ok(groups)
}

/// Alternatives at one place. Several must each be a row of tests; one alone may be a whole writing.
fn side(mut fragments: Vec<Fragment>, is_left: bool) -> Result<Vec<Segment>, String> {
    if fragments.len() == 1 {
        let fragment = fragments.remove(0);
        let gap = Gap::new(fragment.min, fragment.max);
        let mut segments = segments_of(&fragment.sequence)?;
        let (first, last) = (0, segments.len() - 1);
        for one in &mut segments[if is_left { last } else { first }] {
            let side = if is_left { &mut one.after } else { &mut one.before };
            *side = side.plus(gap);
        }
        return Ok(segments);
    }
    let mut segment = Vec::new();
    for fragment in fragments {
        let gap = Gap::new(fragment.min, fragment.max);
        let mut inner = segments_of(&fragment.sequence)?;
        let (Some(alternatives), true) = (inner.pop(), inner.is_empty()) else {
            return Err("alternative qui n'est pas une suite d'octets".into());
        };
        segment.extend(alternatives.into_iter().map(|one| match is_left {
            true => Alternative { after: one.after.plus(gap), ..one },
            false => Alternative { before: one.before.plus(gap), ..one },
        }));
    }
    Ok(vec![segment])
}

/// The segments of one writing; at least one. A gap belongs to what follows it, the last to what precedes.
fn segments_of(text: &str) -> Result<Vec<Segment>, String> {
    let (mut segments, mut gap): (Vec<Segment>, Gap) = (Vec::new(), Gap::NONE);
    for piece in syntax::read(text)? {
        let rows = match piece {
            Piece::Tests(tests) => vec![tests],
            Piece::OneOf(rows) => rows,
            Piece::Gap(min, max) => {
                gap = gap.plus(Gap::new(min, max));
                continue;
            }
        };
        let before = std::mem::replace(&mut gap, Gap::NONE);
        let plain =
            rows.into_iter().map(|tests| Alternative { before, ..Alternative::plain(Pattern::new(tests)) });
        segments.push(plain.collect());
    }
    for one in segments.last_mut().ok_or("séquence sans octet")? {
        one.after = one.after.plus(gap);
    }
    Ok(segments)
}
