//! Signatures in a PDF (ISO 32000-2, 12.8; ETSI EN 319 142-1): each signs the file but for the hole that holds it.
//!
//! Never reads the document itself: a signature's bytes are found where its `ByteRange` says, and nowhere else. The one
//! thing to know: the hole must be the signature's own content exactly, or something unsigned could hide in it.

use std::cell::Cell;

use chrono::{DateTime, FixedOffset, NaiveDateTime, Utc};
use memchr::memmem;
use openssl::hash::Hasher;

use super::cades::{unreadable, verified};
use super::cms::{self, SignedData};
use super::judge::{Checked, Stamp};
use super::{Anchors, Digest, SIGNATURES_MAX};
use crate::model::signature::{Form, Reason};
use crate::proof::token;

const BYTE_RANGE: &[u8] = b"/ByteRange";
/// How far around its `ByteRange` a signature's dictionary is looked for, its content apart.
const DICTIONARY_MAX: usize = 32 << 10;

/// Bytes digested for one document, at most: each of its signatures is of nearly all of it.
const WORK_BYTES_MAX: usize = 2 << 30;

/// A document, and the work left for it.
struct Document<'a> {
    bytes: &'a [u8],
    left: Cell<usize>,
}

/// A signature's place.
struct Place<'a> {
    /// Ends of the first part and beginning of the second; end of the second.
    hole: std::ops::Range<usize>,
    end: usize,
    /// The dictionary before and after its content.
    dictionary: [&'a [u8]; 2],
}

/// Every signature of a PDF. A stamp of the whole document vouches for those before it.
pub(super) fn check(bytes: &[u8], anchors: &Anchors) -> Vec<Checked> {
    let document = Document { bytes, left: Cell::new(WORK_BYTES_MAX) };
    let mut checked = Vec::new();
    let mut stamps: Vec<(usize, token::Stamp)> = Vec::new();
    for at in memmem::find_iter(bytes, BYTE_RANGE).take(4 * SIGNATURES_MAX) {
        if checked.len() >= SIGNATURES_MAX {
            break;
        }
        match place(bytes, at) {
            None => {}
            Some(Err(())) => checked.push((usize::MAX, unreadable(Form::Pdf))),
            Some(Ok(place)) if place.says(b"/ETSI.RFC3161") => stamps.extend(document.stamp(&place, anchors)),
            Some(Ok(place)) => {
                let found = document.signatures(&place);
                checked.extend(found.into_iter().map(|one| (place.end, one)));
            }
        }
    }
    let vouch = |(end, mut one): (usize, Checked)| {
        let first = stamps.iter().filter(|(until, _)| *until > end).min_by_key(|(until, _)| *until);
        if let (None, Some((_, stamp))) = (&one.stamp, first) {
            one.stamp = Some(Stamp::Good(stamp.clone()));
        }
        one
    };
    checked.into_iter().map(vouch).collect()
}

/// The signature whose `ByteRange` is here; nothing when these are only its letters, an error when it cannot be one.
fn place(bytes: &[u8], at: usize) -> Option<Result<Place<'_>, ()>> {
    let after = &bytes[at + BYTE_RANGE.len()..];
    let numbers = numbers(after)?;
    let [start, first, second, length] = numbers;
    let end = second.checked_add(length).filter(|end| *end <= bytes.len());
    let hole = (first < second && second <= bytes.len()).then_some(first..second);
    let (Some(end), Some(hole)) = (end, hole) else {
        // What waits for its signature has no content yet.
        return (first != 0 || second != 0).then_some(Err(()));
    };
    let content = &bytes[hole.clone()];
    let is_content = content.len() >= 2 && content.starts_with(b"<") && content.ends_with(b">");
    if start != 0 || !is_content || hole.contains(&at) {
        return Some(Err(()));
    }
    let before = &bytes[hole.start.saturating_sub(DICTIONARY_MAX)..hole.start];
    let begins = memmem::rfind(before, b" obj").unwrap_or(0);
    let after = &bytes[hole.end..(hole.end + DICTIONARY_MAX).min(bytes.len())];
    let ends = memmem::find(after, b"endobj").unwrap_or(after.len());
    let dictionary = [&before[begins..], &after[..ends]];
    // The range must be in the dictionary of the content that it leaves out.
    let from = hole.start - (before.len() - begins);
    let is_own = (from..hole.end + ends).contains(&at)
        && dictionary.iter().any(|part| part.windows(9).any(|w| w == b"/Contents"));
    Some(if is_own { Ok(Place { hole, end, dictionary }) } else { Err(()) })
}

/// `[ a b c d ]`.
fn numbers(text: &[u8]) -> Option<[usize; 4]> {
    let inside = text.trim_ascii_start().strip_prefix(b"[")?;
    let inside = &inside[..inside.iter().take(100).position(|byte| *byte == b']')?];
    let inside = std::str::from_utf8(inside).ok()?;
    let read: Vec<usize> = inside.split_ascii_whitespace().map(|n| n.parse().ok()).collect::<Option<_>>()?;
    read.try_into().ok()
}

impl Place<'_> {
    fn says(&self, name: &[u8]) -> bool {
        self.dictionary.iter().any(|part| memmem::find(part, name).is_some())
    }

    /// The text of a key: `/M (D:20260115093000+01'00')`.
    fn text(&self, key: &[u8]) -> Option<String> {
        let after = |part: &&[u8]| {
            let at = memmem::find(part, key)? + key.len();
            let text = part[at..].trim_ascii_start().strip_prefix(b"(")?;
            let end = text.iter().take(200).position(|byte| *byte == b')')?;
            String::from_utf8(unescaped(&text[..end])).ok()
        };
        self.dictionary.iter().find_map(after)
    }

    /// What is in the hole, without the zeros that fill it.
    fn content(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let digits: Vec<u8> = bytes[self.hole.start + 1..self.hole.end - 1]
            .iter()
            .copied()
            .filter(|byte| !byte.is_ascii_whitespace())
            .collect();
        let whole = &digits[..digits.len() & !1];
        hex::decode(whole).ok()
    }
}

/// A string's bytes: three octal digits stand for one, another character for itself (ISO 32000-2, 7.3.4.2).
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, after @ ..] = rest {
        rest = after;
        if *first != b'\\' {
            bytes.push(*first);
            continue;
        }
        let digits = after.iter().take(3).take_while(|byte| matches!(byte, b'0'..=b'7')).count();
        let octal = after[..digits].iter().fold(0u32, |value, digit| value * 8 + u32::from(digit - b'0'));
        match after.first() {
            Some(itself) if digits == 0 => bytes.push(*itself),
            Some(_) => bytes.push(octal as u8),
            None => {}
        }
        rest = &after[digits.max(1).min(after.len())..];
    }
    bytes
}

impl<'a> Document<'a> {
    /// The two parts that are signed, when there is work left for them.
    fn parts(&self, place: &Place<'_>) -> Option<[&'a [u8]; 2]> {
        self.left.set(self.left.get().checked_sub(place.end)?);
        Some([&self.bytes[..place.hole.start], &self.bytes[place.hole.end..place.end]])
    }

    fn digest(&self, place: &Place<'_>, digest: Digest) -> Option<Vec<u8>> {
        let mut hasher: Hasher = digest.hasher()?;
        for part in self.parts(place)? {
            hasher.update(part).ok()?;
        }
        hasher.finish().ok().map(|digest| digest.to_vec())
    }

    fn signatures(&self, place: &Place<'_>) -> Vec<Checked> {
        let form = if place.says(b"/ETSI.CAdES.detached") { Form::PAdES } else { Form::Pdf };
        if place.says(b"/adbe.x509.rsa_sha1") {
            let mut checked = Checked::of(form);
            checked.wrong(Reason::Unsupported);
            return vec![checked];
        }
        let Some(signed) = place.content(self.bytes).and_then(|content| cms::read(&content)) else {
            return vec![unreadable(form)];
        };
        let one = |signer| {
            let mut checked = self.signed_by(place, &signed, signer);
            checked.form = form;
            checked.claimed_at = place.text(b"/M").as_deref().and_then(moment).or(checked.claimed_at);
            checked.signs = vec!["le document PDF".to_owned()];
            if !self.bytes[place.end..].trim_ascii().is_empty() {
                let words =
                    "le fichier a reçu des ajouts après cette signature : elle porte sur ce qui les précède";
                checked.remarks.push(words.to_owned());
            }
            checked
        };
        signed.signers.iter().take(SIGNATURES_MAX).map(one).collect()
    }

    fn signed_by(&self, place: &Place<'_>, signed: &SignedData, signer: &cms::SignerInfo) -> Checked {
        let Some(content) = &signed.content else {
            return verified(signed, signer, &mut |digest| self.digest(place, digest));
        };
        // adbe.pkcs7.sha1: what is signed is the SHA-1 of the document.
        let mut checked = verified(signed, signer, &mut |digest| digest.of(content));
        checked.rests_on(Digest::Sha1);
        match self.digest(place, Digest::Sha1) {
            None => checked.wrong(Reason::Unsupported),
            Some(got) if got == *content => {}
            Some(_) => checked.wrong(Reason::HashFailure),
        }
        checked
    }

    /// A time stamp over the document, when it is a good one, and where what it is of ends.
    fn stamp(&self, place: &Place<'_>, anchors: &Anchors) -> Option<(usize, token::Stamp)> {
        let content = place.content(self.bytes)?;
        let length = cms::length(&content)?;
        let of = self.parts(place)?.concat();
        let token = content.get(..length)?;
        let stamp = token::verify(token, &of, &anchors.above_token(token)).ok()?;
        Some((place.end, stamp))
    }
}

/// `D:YYYYMMDDHHmmSSOHH'mm'`, each part after the year left out at will (ISO 32000-2, 7.9.4): here at least the seconds.
fn moment(text: &str) -> Option<DateTime<Utc>> {
    let text = text.strip_prefix("D:").unwrap_or(text);
    let (time, zone) = text.split_at_checked(14)?;
    let time = NaiveDateTime::parse_from_str(time, "%Y%m%d%H%M%S").ok()?;
    let zone: String = zone.chars().filter(|c| *c != '\'').collect();
    let seconds = match zone.split_at_checked(1) {
        None if !zone.is_empty() => return None,
        None | Some(("Z", _)) => 0,
        Some((sign, digits)) => {
            let hours: i32 = digits.get(..2)?.parse().ok()?;
            let minutes: i32 = digits.get(2..4).unwrap_or("00").parse().ok()?;
            let seconds = hours * 3600 + minutes * 60;
            match sign {
                "+" => seconds,
                "-" => -seconds,
                _ => return None,
            }
        }
    };
    let zone = FixedOffset::east_opt(seconds)?;
    time.and_local_timezone(zone).single().map(|time| time.to_utc())
}

#[cfg(test)]
mod tests {
    use super::{moment, unescaped};

    #[test]
    fn a_string_is_read_as_it_was_meant() {
        assert_eq!(unescaped(br"D\07220260115"), b"D:20260115");
        assert_eq!(unescaped(br"a\(b\)\\"), b"a(b)\\");
        assert_eq!(unescaped(br"\7z\"), b"\x07z");
    }

    #[test]
    fn a_pdf_says_when_in_its_own_way() {
        let read = |text| moment(text).map(|at| at.to_rfc3339());
        assert_eq!(read("D:20260115093000+01'00'").as_deref(), Some("2026-01-15T08:30:00+00:00"));
        assert_eq!(read("D:20260115093000-0130").as_deref(), Some("2026-01-15T11:00:00+00:00"));
        assert_eq!(read("D:20260115093000Z").as_deref(), Some("2026-01-15T09:30:00+00:00"));
        for wrong in ["", "D:2026", "D:20261315093000Z", "D:20260115093000é", "D:20260115093000*01'00'"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
