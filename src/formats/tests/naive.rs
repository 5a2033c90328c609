//! The compiled signatures beside a matcher that tries everything, on random sequences and random bytes.

use super::{holds, matched, sequence, signatures};

/// A generator without a dependency: xorshift, seeded.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }

    /// Bytes of a small alphabet, so that sequences are found often.
    fn bytes(&mut self, length: u64) -> Vec<u8> {
        (0..length).map(|_| b"AB\0"[self.below(3) as usize]).collect()
    }
}

/// One byte of a pattern, written and tried.
#[derive(Clone)]
enum One {
    Byte(u8),
    Any,
    Not(u8),
}

impl One {
    fn random(random: &mut Random) -> Self {
        let byte = b"AB\0"[random.below(3) as usize];
        match random.below(8) {
            0 => Self::Any,
            1 => Self::Not(byte),
            _ => Self::Byte(byte),
        }
    }

    fn written(&self) -> String {
        match self {
            Self::Byte(byte) => format!("{byte:02X}"),
            Self::Any => "??".into(),
            Self::Not(byte) => format!("[!{byte:02X}]"),
        }
    }

    fn holds(&self, byte: u8) -> bool {
        match self {
            Self::Byte(wanted) => byte == *wanted,
            Self::Any => true,
            Self::Not(other) => byte != *other,
        }
    }
}

/// Alternatives, each after a distance.
type Place = Vec<(u64, u64, Vec<One>)>;

/// A sequence: where it is held, and its places from left to right.
struct Tried {
    hold: &'static str,
    offsets: (u64, u64),
    places: Vec<Place>,
}

impl Tried {
    fn random(random: &mut Random) -> Self {
        let hold = ["BOFoffset", "EOFoffset", ""][random.below(3) as usize];
        let min = random.below(4);
        let count = 1 + random.below(3);
        let places = (0..count).map(|at| {
            let alternatives = if at == 0 { 1 } else { 1 + random.below(2) };
            (0..alternatives)
                .map(|_| {
                    let min = if at == 0 { 0 } else { random.below(3) };
                    let width = 1 + random.below(3);
                    (
                        min,
                        min + if at == 0 { 0 } else { random.below(3) },
                        (0..width).map(|_| One::random(random)).collect(),
                    )
                })
                .collect()
        });
        let places = places.collect();
        Self { hold, offsets: (min, min + random.below(5)), places }
    }

    fn written(&self) -> String {
        let text = |ones: &[One]| ones.iter().map(One::written).collect::<String>();
        let mut inside = format!("<Sequence>{}</Sequence>", text(&self.places[0][0].2));
        for (position, place) in self.places.iter().enumerate().skip(1) {
            for (min, max, ones) in place {
                inside += &format!(
                    "<RightFragment Position=\"{position}\" MinOffset=\"{min}\" MaxOffset=\"{max}\">{}</RightFragment>",
                    text(ones)
                );
            }
        }
        sequence(self.hold, self.offsets.0, self.offsets.1, &inside)
    }

    /// Whether it is somewhere in the bytes: every beginning, every distance, every alternative.
    fn holds(&self, bytes: &[u8]) -> bool {
        let (min, max) = self.offsets;
        let from = match self.hold {
            "BOFoffset" => min..=max,
            "" => min..=bytes.len() as u64,
            _ => 0..=bytes.len() as u64,
        };
        from.into_iter().any(|at| self.follows(bytes, at, 0))
    }

    fn follows(&self, bytes: &[u8], at: u64, place: usize) -> bool {
        let Some(alternatives) = self.places.get(place) else {
            let left = bytes.len() as u64 - at;
            return self.hold != "EOFoffset" || (self.offsets.0..=self.offsets.1).contains(&left);
        };
        alternatives.iter().any(|(min, max, ones)| {
            (*min..=*max).any(|gap| {
                let start = (at + gap) as usize;
                let found = bytes.get(start..start + ones.len());
                found.is_some_and(|found| ones.iter().zip(found).all(|(one, byte)| one.holds(*byte)))
                    && self.follows(bytes, (start + ones.len()) as u64, place + 1)
            })
        })
    }
}

#[test]
fn a_chain_matches_what_trying_everything_matches() {
    let mut random = Random(0x5eed_0001);
    let mut both = [0, 0];
    for _ in 0..600 {
        let tried = Tried::random(&mut random);
        let compiled = signatures(&[&tried.written()]);
        for _ in 0..12 {
            let length = random.below(14);
            let bytes = random.bytes(length);
            let expected = tried.holds(&bytes);
            both[usize::from(expected)] += 1;
            assert_eq!(holds(&compiled, &bytes), expected, "{} on {bytes:?}", tried.written());
        }
    }
    assert!(both.iter().all(|count| *count > 500), "both answers are tried: {both:?}");
}

#[test]
fn the_index_hides_no_signature() {
    let mut random = Random(0x5eed_0002);
    for _ in 0..40 {
        let tried: Vec<Vec<Tried>> =
            (0..30).map(|_| (0..1 + random.below(2)).map(|_| Tried::random(&mut random)).collect()).collect();
        let written: Vec<String> =
            tried.iter().map(|sequences| sequences.iter().map(Tried::written).collect()).collect();
        let compiled = signatures(&written.iter().map(String::as_str).collect::<Vec<_>>());
        for _ in 0..20 {
            let length = random.below(24);
            let bytes = random.bytes(length);
            let expected: Vec<String> = (1..)
                .zip(&tried)
                .filter(|(_, sequences)| sequences.iter().all(|one| one.holds(&bytes)))
                .map(|(id, _)| format!("test/{id}"))
                .collect();
            assert_eq!(matched(&compiled, &bytes), expected, "{bytes:?}");
        }
    }
}
