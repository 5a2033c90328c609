//! The writing of byte sequences in signature files: hexadecimal, quoted text, classes, alternatives, gaps.
//!
//! Never guesses: what is not known of the writing makes the sequence an error, and its signature is left out and named. It
//! reads both PRONOM's writing (`4D5A[00:FF]??{4-8}*`) and that of container signatures (`'text' 0A [&01] (22|27)`).

use super::pattern::Test;

/// Alternatives of one place; PRONOM's longest list has fewer than 150.
const ALTERNATIVES_MAX: usize = 512;
/// Bytes of a sequence.
const TESTS_MAX: usize = 16 << 10;

/// A piece of a sequence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Tests in a row.
    Tests(Vec<Test>),
    /// One of several rows.
    OneOf(Vec<Vec<Test>>),
    /// Any bytes, this many; `None` for no bound.
    Gap(u64, Option<u64>),
}

/// Reads a sequence.
///
/// # Errors
/// What is not understood, in words.
pub fn read(text: &str) -> Result<Vec<Piece>, String> {
    let mut scanner = Scanner { text: text.as_bytes(), at: 0 };
    let pieces = scanner.pieces()?;
    match scanner.peek() {
        Some(found) => Err(format!("« {} » inattendu", char::from(found))),
        None if pieces.is_empty() => Err("séquence vide".into()),
        None => Ok(pieces),
    }
}

struct Scanner<'a> {
    text: &'a [u8],
    at: usize,
}

impl Scanner<'_> {
    fn peek(&mut self) -> Option<u8> {
        while self.text.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
        self.text.get(self.at).copied()
    }

    fn take(&mut self, wanted: u8) -> bool {
        let is_there = self.peek() == Some(wanted);
        self.at += usize::from(is_there);
        is_there
    }

    fn expect(&mut self, wanted: u8) -> Result<(), String> {
        if self.take(wanted) { Ok(()) } else { Err(format!("« {} » attendu", char::from(wanted))) }
    }

    /// Pieces up to a closing bracket or the end.
    fn pieces(&mut self) -> Result<Vec<Piece>, String> {
        let (mut pieces, mut tests) = (Vec::new(), Vec::new());
        while let Some(next) = self.peek() {
            let piece = match next {
                b'{' => self.gap()?,
                b'*' => {
                    self.at += 1;
                    Piece::Gap(0, None)
                }
                b'(' => self.alternatives()?,
                b')' | b'|' => break,
                _ => {
                    self.tests(&mut tests)?;
                    if tests.len() > TESTS_MAX {
                        return Err("séquence trop longue".into());
                    }
                    continue;
                }
            };
            if !tests.is_empty() {
                pieces.push(Piece::Tests(std::mem::take(&mut tests)));
            }
            pieces.push(piece);
        }
        if !tests.is_empty() {
            pieces.push(Piece::Tests(tests));
        }
        Ok(pieces)
    }

    /// One test, or those of a quoted text.
    fn tests(&mut self, tests: &mut Vec<Test>) -> Result<(), String> {
        match self.peek() {
            Some(b'?') => {
                if self.text.get(self.at + 1) != Some(&b'?') {
                    return Err("« ?? » attendu".into());
                }
                self.at += 2;
                tests.push(Test::Any);
            }
            Some(b'[') => tests.push(self.class()?),
            Some(b'\'' | b'"') => tests.extend(self.quoted()?.into_iter().map(Test::Byte)),
            _ => tests.push(Test::Byte(self.hex()?)),
        }
        Ok(())
    }

    fn hex(&mut self) -> Result<u8, String> {
        self.peek();
        let digits = self.text.get(self.at..self.at + 2).and_then(|digits| std::str::from_utf8(digits).ok());
        let byte = digits
            .filter(|digits| digits.bytes().all(|digit| digit.is_ascii_hexdigit()))
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        let shown =
            String::from_utf8_lossy(&self.text[self.at..self.text.len().min(self.at + 8)]).into_owned();
        let byte = byte.ok_or_else(|| format!("« {shown} » n'est pas de l'hexadécimal"))?;
        self.at += 2;
        Ok(byte)
    }

    fn quoted(&mut self) -> Result<Vec<u8>, String> {
        let quote = self.text[self.at];
        let rest = &self.text[self.at + 1..];
        let length = rest.iter().position(|&byte| byte == quote).ok_or("guillemet non fermé")?;
        self.at += length + 2;
        Ok(rest[..length].to_vec())
    }

    /// Bytes written without a blank: `0A0D`, or a quoted text.
    fn value(&mut self) -> Result<Vec<u8>, String> {
        if matches!(self.peek(), Some(b'\'' | b'"')) {
            return self.quoted();
        }
        let mut bytes = vec![self.hex()?];
        while self.text.get(self.at).is_some_and(u8::is_ascii_hexdigit) {
            bytes.push(self.hex()?);
        }
        Ok(bytes)
    }

    /// `[00:FF]`, `['0'-'9']`, `[!00]`, `[0000:1000]`, `[&01]`, `[~01]`, `[0A 0D]`.
    fn class(&mut self) -> Result<Test, String> {
        self.expect(b'[')?;
        let negated = self.take(b'!');
        if self.take(b'&') {
            let mask = self.hex()?;
            self.expect(b']')?;
            return Ok(Test::among(|byte| (byte & mask == mask) != negated));
        }
        if self.take(b'~') {
            let mask = self.hex()?;
            self.expect(b']')?;
            return Ok(Test::among(|byte| (byte & mask != 0) != negated));
        }
        let mut ranges = Vec::new();
        while !self.take(b']') {
            let low = self.value()?;
            let high = if self.take(b':') || self.take(b'-') { self.value()? } else { low.clone() };
            if low.len() != high.len() || low > high || low.is_empty() {
                return Err("intervalle sans valeur".into());
            }
            ranges.push((low, high));
        }
        match &ranges[..] {
            [] => Err("classe vide".into()),
            [(low, high)] if low.len() > 1 => {
                Ok(Test::Between { low: low.clone(), high: high.clone(), negated })
            }
            _ if ranges.iter().all(|(low, _)| low.len() == 1) => Ok(Test::among(|byte| {
                ranges.iter().any(|(low, high)| (low[0]..=high[0]).contains(&byte)) != negated
            })),
            _ => Err("classe de largeurs mêlées".into()),
        }
    }

    /// `{4}`, `{4-8}`, `{4-*}`.
    fn gap(&mut self) -> Result<Piece, String> {
        self.expect(b'{')?;
        let low = self.number()?;
        let high = match self.take(b'-') {
            false => Some(low),
            true if self.take(b'*') => None,
            true => Some(self.number()?),
        };
        self.expect(b'}')?;
        if high.is_some_and(|high| high < low) {
            return Err("écart sans valeur".into());
        }
        Ok(Piece::Gap(low, high))
    }

    fn number(&mut self) -> Result<u64, String> {
        self.peek();
        let digits = self.text[self.at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        let text = String::from_utf8_lossy(&self.text[self.at..self.at + digits]).into_owned();
        self.at += digits;
        text.parse().map_err(|_| format!("« {text} » n'est pas un nombre"))
    }

    /// `(A|B)`: each a row of tests, of whatever width.
    fn alternatives(&mut self) -> Result<Piece, String> {
        self.expect(b'(')?;
        let mut all = Vec::new();
        loop {
            match &mut self.pieces()?[..] {
                [Piece::Tests(tests)] => all.push(std::mem::take(tests)),
                _ => return Err("alternative qui n'est pas une suite d'octets".into()),
            }
            if all.len() > ALTERNATIVES_MAX {
                return Err("trop d'alternatives".into());
            }
            if self.take(b')') {
                return Ok(Piece::OneOf(all));
            }
            self.expect(b'|')?;
        }
    }
}
