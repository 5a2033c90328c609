//! A pattern of fixed width: one test a byte, or a few bytes compared as a number.
//!
//! Never looks past the bytes given. The one thing to know: a pattern carries its longest run of plain bytes, by which it is
//! searched; the other tests are tried where that run is found.

use memchr::memmem::Finder;

/// What one place of a pattern asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Test {
    Byte(u8),
    Any,
    /// One byte among those whose bit is set.
    Among(Box<[u64; 4]>),
    /// As many bytes as the bounds have, between them; or not, when negated.
    Between {
        low: Vec<u8>,
        high: Vec<u8>,
        negated: bool,
    },
}

impl Test {
    /// A test of one byte, by a predicate.
    pub fn among(holds: impl Fn(u8) -> bool) -> Self {
        let mut set = Box::new([0u64; 4]);
        for byte in (0..=u8::MAX).filter(|&byte| holds(byte)) {
            set[usize::from(byte >> 6)] |= 1 << (byte & 63);
        }
        Self::Among(set)
    }

    fn width(&self) -> usize {
        match self {
            Self::Between { low, .. } => low.len(),
            _ => 1,
        }
    }

    fn holds(&self, bytes: &[u8]) -> bool {
        match self {
            Self::Byte(byte) => bytes[0] == *byte,
            Self::Any => true,
            Self::Among(set) => set[usize::from(bytes[0] >> 6)] >> (bytes[0] & 63) & 1 == 1,
            Self::Between { low, high, negated } => {
                let bytes = &bytes[..low.len()];
                (low.as_slice() <= bytes && bytes <= high.as_slice()) != *negated
            }
        }
    }
}

/// A run of plain bytes inside a pattern.
#[derive(Clone, Debug)]
pub struct Literal {
    /// Bytes of the pattern before it.
    pub at: usize,
    pub finder: Finder<'static>,
}

impl Literal {
    /// The bytes themselves.
    pub fn bytes(&self) -> &[u8] {
        self.finder.needle()
    }
}

/// Tests in a row.
#[derive(Clone, Debug)]
pub struct Pattern {
    tests: Vec<Test>,
    width: usize,
    literal: Option<Literal>,
    /// Every test is a plain byte: the literal is the pattern.
    is_plain: bool,
}

impl Pattern {
    /// A pattern of these tests.
    pub fn new(tests: Vec<Test>) -> Self {
        let width = tests.iter().map(Test::width).sum();
        let literal = longest_run(&tests);
        let is_plain = literal.as_ref().is_some_and(|literal| literal.bytes().len() == width);
        Self { tests, width, literal, is_plain }
    }

    /// Bytes it covers.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Its longest run of plain bytes.
    pub fn literal(&self) -> Option<&Literal> {
        self.literal.as_ref()
    }

    /// Whether the first bytes of `bytes` are it.
    pub fn begins(&self, bytes: &[u8]) -> bool {
        let Some(mut bytes) = bytes.get(..self.width) else { return false };
        if self.is_plain
            && let Some(literal) = &self.literal
        {
            return bytes == literal.bytes();
        }
        self.tests.iter().all(|test| {
            let holds = test.holds(bytes);
            bytes = &bytes[test.width()..];
            holds
        })
    }
}

fn longest_run(tests: &[Test]) -> Option<Literal> {
    let (mut best, mut run, mut at) = ((0, Vec::new()), Vec::new(), 0);
    for test in tests.iter().chain([&Test::Any]) {
        if let Test::Byte(byte) = test {
            run.push(*byte);
        } else if run.len() > best.1.len() {
            best = (at - run.len(), std::mem::take(&mut run));
        } else {
            run.clear();
        }
        at += test.width();
    }
    let (at, bytes) = best;
    (!bytes.is_empty()).then(|| Literal { at, finder: Finder::new(&bytes).into_owned() })
}
