//! One start tag, read once it is whole: its name, its attributes, its declarations of namespaces.
//!
//! Never copies a value that is written as it means. The one thing to know: it is read first without any knowledge of
//! namespaces, then resolved, for a prefix may be declared after it is used.

use super::chars::is_space;
use super::fault::{Stop, fault, malformed, shown};
use super::names::{NameId, Names};
use super::scope::Scope;
use super::{reference, scan};
use crate::model::findings;

/// Longest name with its prefix, written.
const FORM_BYTES_MAX: usize = 513;

/// The start tag last read.
#[derive(Default)]
pub struct Tag {
    /// Number of the element's written name.
    pub form: u32,
    /// Where the tag ends.
    pub end: usize,
    pub is_empty: bool,
    attributes: Vec<Attribute>,
    /// Values that are not written as they mean.
    rewritten: String,
    names_seen: Seen,
    forms_seen: Seen,
}

struct Attribute {
    form: u32,
    name: NameId,
    at: usize,
    /// Where the value is: in the window, or in `rewritten`.
    start: usize,
    end: usize,
    is_rewritten: bool,
}

/// Numbers met in one tag, forgotten at once by the next.
#[derive(Default)]
struct Seen {
    tags: Vec<u32>,
    tag: u32,
}

impl Seen {
    fn is_new(&mut self, number: u32) -> bool {
        let number = number as usize;
        if self.tags.len() <= number {
            self.tags.resize(number + 1, 0);
        }
        std::mem::replace(&mut self.tags[number], self.tag) != self.tag
    }
}

impl Tag {
    /// Reads the tag whose `<` is at `from`.
    pub fn parse(
        &mut self,
        text: &str,
        from: usize,
        names: &mut Names,
        scope: &mut Scope,
        attributes_max: usize,
    ) -> Result<(), Stop> {
        self.forget();
        let bytes = text.as_bytes();
        let (mut at, hash) = name(bytes, from + 1)?;
        self.form = names.form(&text[from + 1..at], hash, scope, from + 1)?;
        loop {
            let space = at;
            at = skip_space(bytes, at)?;
            match bytes[at] {
                b'>' => {
                    (self.end, self.is_empty) = (at + 1, false);
                    return Ok(());
                }
                b'/' => match bytes.get(at + 1).ok_or(Stop::More)? {
                    b'>' => {
                        (self.end, self.is_empty) = (at + 2, true);
                        return Ok(());
                    }
                    _ => return malformed("« / » dans une balise", at),
                },
                _ if at == space => return malformed("espace attendu dans une balise", at),
                _ if self.attributes.len() >= attributes_max => {
                    return fault(
                        &findings::XML_ATTRIBUTES,
                        format!("plus de {attributes_max} attributs"),
                        at,
                    );
                }
                _ => at = self.attribute(text, at, names, scope)?,
            }
        }
    }

    /// Reads one attribute and returns where it ends.
    fn attribute(
        &mut self,
        text: &str,
        at: usize,
        names: &mut Names,
        scope: &mut Scope,
    ) -> Result<usize, Stop> {
        let bytes = text.as_bytes();
        let (end, hash) = name(bytes, at)?;
        let form = names.form(&text[at..end], hash, scope, at)?;
        let equals = skip_space(bytes, end)?;
        if bytes[equals] != b'=' {
            return malformed(format!("l'attribut « {} » n'a pas de valeur", shown(&text[at..end])), equals);
        }
        let opening = skip_space(bytes, equals + 1)?;
        let quote = bytes[opening];
        if !matches!(quote, b'"' | b'\'') {
            return malformed("valeur d'attribut sans guillemets", opening);
        }
        let start = opening + 1;
        let mut end = scan::value_stop(bytes, start);
        while bytes.get(end).is_some_and(|&byte| byte != quote && matches!(byte, b'"' | b'\'')) {
            end = scan::value_stop(bytes, end + 1);
        }
        let mut value = Attribute { form, name: NameId(0), at, start, end, is_rewritten: false };
        if *bytes.get(end).ok_or(Stop::More)? != quote {
            value.start = self.rewritten.len();
            end = self.rewrite(text, start, quote)?;
            (value.end, value.is_rewritten) = (self.rewritten.len(), true);
        }
        self.attributes.push(value);
        Ok(end + 1)
    }

    /// Normalises a value (XML 1.0, 3.3.3) and returns where its closing quote is.
    fn rewrite(&mut self, text: &str, mut at: usize, quote: u8) -> Result<usize, Stop> {
        let bytes = text.as_bytes();
        loop {
            let stop = scan::value_stop(bytes, at);
            self.rewritten.push_str(&text[at..stop]);
            at = stop + 1;
            match *bytes.get(stop).ok_or(Stop::More)? {
                byte if byte == quote => return Ok(stop),
                b'<' => return malformed("« < » dans un attribut", stop),
                b'&' => {
                    let (character, end) = reference::parse(text, stop)?;
                    self.rewritten.push(character);
                    at = end;
                }
                b'\t' | b'\n' => self.rewritten.push(' '),
                byte => self.rewritten.push(char::from(byte)),
            }
        }
    }

    /// Binds the prefixes declared, then names the attributes; no two may be the same.
    pub fn resolve(&mut self, text: &str, names: &mut Names, scope: &mut Scope) -> Result<(), Stop> {
        if self.attributes.is_empty() {
            return Ok(());
        }
        self.names_seen.tag += 1;
        self.forms_seen.tag += 1;
        for attribute in &self.attributes {
            if !self.forms_seen.is_new(attribute.form) {
                return duplicate(names.written(attribute.form), attribute.at);
            }
            if let Some(prefix) = names.declares(attribute.form) {
                scope.declare(prefix, attribute.value(text, &self.rewritten), attribute.at)?;
            }
        }
        self.attributes.retain(|attribute| names.declares(attribute.form).is_none());
        for attribute in &mut self.attributes {
            attribute.name = names.attribute(attribute.form, scope, attribute.at)?;
            if !self.names_seen.is_new(attribute.name.0) {
                return duplicate(names.written(attribute.form), attribute.at);
            }
        }
        Ok(())
    }

    /// The attributes, with their values.
    pub fn attributes<'a>(&'a self, text: &'a str) -> impl ExactSizeIterator<Item = (NameId, &'a str)> {
        self.attributes.iter().map(|attribute| (attribute.name, attribute.value(text, &self.rewritten)))
    }

    /// Forgets the attributes: the window is about to move.
    pub fn forget(&mut self) {
        self.attributes.clear();
        self.rewritten.clear();
    }
}

impl Attribute {
    fn value<'a>(&self, text: &'a str, rewritten: &'a str) -> &'a str {
        let place = if self.is_rewritten { rewritten } else { text };
        place.get(self.start..self.end).unwrap_or_default()
    }
}

fn duplicate(written: &str, at: usize) -> Result<(), Stop> {
    fault(&findings::XML_DUPLICATE_ATTRIBUTE, format!("attribut « {written} » répété"), at)
}

/// Where the name at `at` ends, and its hash.
fn name(bytes: &[u8], at: usize) -> Result<(usize, u64), Stop> {
    let found = scan::name(bytes, at);
    if found.map_or(bytes.len(), |(end, _)| end) > at + FORM_BYTES_MAX {
        return fault(&findings::XML_TEXT_LENGTH, format!("nom de plus de {FORM_BYTES_MAX} octets"), at);
    }
    found.ok_or(Stop::More)
}

/// The place of what follows white space.
pub fn skip_space(bytes: &[u8], from: usize) -> Result<usize, Stop> {
    let mut at = from;
    while is_space(*bytes.get(at).ok_or(Stop::More)?) {
        at += 1;
    }
    Ok(at)
}

/// Where the end tag at `from` ends, when it closes the element so written.
#[inline]
pub fn end_tag(text: &str, from: usize, open: &str) -> Result<usize, Stop> {
    let bytes = text.as_bytes();
    let at = from + 2 + open.len();
    if bytes.get(at) == Some(&b'>') && scan::same(&bytes[from + 2..at], open.as_bytes()) {
        return Ok(at + 1);
    }
    let (end, _) = name(bytes, from + 2)?;
    let found = &text[from + 2..end];
    if found != open {
        let message = format!("balise fermante « {} » au lieu de « {open} »", shown(found));
        return malformed(message, from);
    }
    let close = skip_space(bytes, end)?;
    if bytes[close] == b'>' { Ok(close + 1) } else { malformed("balise fermante mal écrite", close) }
}
