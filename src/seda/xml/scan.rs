//! Where a run of plain bytes ends: eight bytes at a time, with ordinary arithmetic.
//!
//! Never decides what the byte found means. The one thing to know: `zeroes` marks the high bit of each byte that is zero;
//! marks above the first one may be wrong, and only the first is used.

const ONES: u64 = u64::from_le_bytes([1; 8]);
const HIGHS: u64 = u64::from_le_bytes([0x80; 8]);

const fn all(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

const fn zeroes(word: u64) -> u64 {
    word.wrapping_sub(ONES) & !word & HIGHS
}

/// Bytes below `limit`, which is at most 128.
const fn below(word: u64, limit: u8) -> u64 {
    word.wrapping_sub(all(limit)) & !word & HIGHS
}

/// From `from`, the place of the first byte that `marks` marks, or the end.
#[inline(always)]
fn find(bytes: &[u8], from: usize, marks: impl Fn(u64) -> u64) -> usize {
    let mut at = from;
    let mut rest = bytes.get(from..).unwrap_or_default();
    while let Some((word, tail)) = rest.split_first_chunk() {
        let marked = marks(u64::from_le_bytes(*word));
        if marked != 0 {
            return at + (marked.trailing_zeros() / 8) as usize;
        }
        at += 8;
        rest = tail;
    }
    let mut word = [b'a'; 8];
    word[..rest.len()].copy_from_slice(rest);
    let marked = marks(u64::from_le_bytes(word));
    if marked == 0 { bytes.len() } else { at + (marked.trailing_zeros() / 8) as usize }
}

/// The next `<`, `>` or `&`.
pub fn text_stop(bytes: &[u8], from: usize) -> usize {
    find(bytes, from, |word| zeroes((word | all(2)) ^ all(b'>')) | zeroes(word ^ all(b'&')))
}

/// In an attribute's value, the next quote of either kind, `<`, `&` or control character.
pub fn value_stop(bytes: &[u8], from: usize) -> usize {
    find(bytes, from, |word| {
        zeroes((word | ONES) ^ all(b'\''))
            | zeroes(word ^ all(b'"'))
            | zeroes(word ^ all(b'<'))
            | below(word, 0x20)
    })
}

/// Where the name at `from` ends, and its hash; `None` when the bytes end first. It ends at white space and at any of
/// `/`, `<`, `=`, `>`, `?`.
pub fn name(bytes: &[u8], from: usize) -> Option<(usize, u64)> {
    let (mut at, mut hash) = (from, 0);
    let mut rest = bytes.get(from..)?;
    loop {
        let (word, tail) = match rest.split_first_chunk() {
            Some((word, tail)) => (u64::from_le_bytes(*word), tail),
            None => {
                let mut word = [b'a'; 8];
                word[..rest.len()].copy_from_slice(rest);
                (u64::from_le_bytes(word), &[][..])
            }
        };
        let ends = below(word, 0x21) | zeroes(word ^ all(b'/')) | zeroes((word | all(3)) ^ all(b'?'));
        if ends != 0 {
            let length = ends.trailing_zeros() / 8;
            hash = mix(hash, word & ((1_u64 << (8 * length)) - 1));
            return Some((at + length as usize, hash));
        }
        if rest.len() <= 8 {
            return None;
        }
        hash = mix(hash, word);
        at += 8;
        rest = tail;
    }
}

/// Whether the bytes are the same: for names, too short to be worth a call.
#[inline]
pub fn same(one: &[u8], other: &[u8]) -> bool {
    if one.len() != other.len() {
        return false;
    }
    let (Some(last), Some(other_last)) = (one.last_chunk::<8>(), other.last_chunk::<8>()) else {
        return one.iter().zip(other).all(|(one, other)| one == other);
    };
    // Word by word, the last one beginning inside the one before.
    let words = one.as_chunks::<8>().0.iter().zip(other.as_chunks::<8>().0);
    last == other_last && words.fold(true, |same, (one, other)| same & (one == other))
}

fn mix(hash: u64, word: u64) -> u64 {
    (hash.rotate_left(5) ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stop_is_found_at_every_place() {
        for length in 0..40 {
            for place in 0..=length {
                for filler in [b'a', b'=', b';', 0xff, b'%', b'(', b'?' - 2 + 3] {
                    let mut bytes = vec![filler; length];
                    assert_eq!(text_stop(&bytes, 0), length);
                    for stop in *b"<>&" {
                        bytes.insert(place, stop);
                        assert_eq!(text_stop(&bytes, 0), place, "{filler} {stop} {length}");
                        bytes.remove(place);
                    }
                }
            }
        }
        assert_eq!(value_stop(b"abcdefghijkl\tx", 0), 12);
        for stop in *b"\"'<&\n" {
            let bytes = [b"abcdefghijkl".as_slice(), &[stop], b"\"mnopq"].concat();
            assert_eq!(value_stop(&bytes, 3), 12);
        }
    }

    #[test]
    fn names_are_the_same_to_the_last_byte() {
        for length in 0..40 {
            let name = vec![b'n'; length];
            assert!(same(&name, &name.clone()) && !same(&name, &vec![b'n'; length + 1]));
            for place in 0..length {
                let mut other = name.clone();
                other[place] = b'm';
                assert!(!same(&name, &other), "{length} {place}");
            }
        }
    }

    #[test]
    fn a_name_has_one_hash_wherever_it_stands() {
        for name_length in 0..30 {
            let name_bytes: Vec<u8> = (b'a'..).take(name_length).map(|b| b.min(b'z')).collect();
            let alone = name(&[&name_bytes[..], b">"].concat(), 0);
            let followed = name(&[b"<<<", &name_bytes[..], b" and more than a word"].concat(), 3);
            assert_eq!(alone.map(|(end, hash)| (end + 3, hash)), followed);
            assert_eq!(alone.map(|(end, _)| end), Some(name_length));
            assert_eq!(name(&name_bytes, 0), None);
        }
    }
}
