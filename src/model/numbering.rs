//! What numbers look like: one pattern a kind, its placeholders, and the two ways, from a rank to a number and back.
//!
//! A pattern that is read here gives two ranks of a year, or two years, two numbers: what would let them meet is refused in words.

/// What is numbered. Each kind has its own ranks, year by year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NumberKind {
    Cote,
    Accuse,
    Attestation,
    /// The list of an elimination.
    Bordereau,
}

impl NumberKind {
    pub const ALL: [Self; 4] = [Self::Cote, Self::Accuse, Self::Attestation, Self::Bordereau];

    /// The word in rows, files and forms.
    pub fn word(self) -> &'static str {
        match self {
            Self::Cote => "cote",
            Self::Accuse => "accuse",
            Self::Attestation => "attestation",
            Self::Bordereau => "bordereau",
        }
    }

    /// The kind of this word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// As people read it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Cote => "Cotes",
            Self::Accuse => "Accusés de réception",
            Self::Attestation => "Attestations",
            Self::Bordereau => "Bordereaux d’élimination",
        }
    }

    /// The pattern without a setting.
    pub fn default_pattern(self) -> &'static str {
        match self {
            Self::Cote => "{code}-{year}-{number:6}",
            Self::Accuse => "{code}-ACC-{year}-{number:6}",
            Self::Attestation => "{code}-ATT-{year}-{number:6}",
            Self::Bordereau => "{code}-BOR-{year}-{number:6}",
        }
    }

    /// Characters that stand in its numbers beside letters and digits: file names and addresses bear the others.
    fn signs(self) -> &'static str {
        if self == Self::Cote { "-_./" } else { "-_." }
    }
}

/// Longest pattern.
pub const PATTERN_CHARS_MAX: usize = 64;
/// Most digits that a number is filled up to.
const DIGITS_MAX: usize = 12;
/// Longest identifier of an agreement in a number, the rest cut off.
const AGREEMENT_CHARS_MAX: usize = 64;
/// Most digits of a rank that is read back.
const RANK_DIGITS_MAX: usize = 15;

/// A pattern that was checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Code,
    Year,
    /// Filled up with zeros to so many digits.
    Number(usize),
    Agreement,
}

/// What stands in a number.
#[derive(Clone, Copy, Debug)]
pub struct Numbered<'a> {
    pub code: &'a str,
    pub year: i32,
    pub rank: i64,
    /// Identifier of the agreement, where the kind knows one.
    pub agreement: Option<&'a str>,
}

impl Pattern {
    /// The pattern as written, or what is wrong with it, in French.
    pub fn read(kind: NumberKind, written: &str) -> Result<Self, String> {
        if written.chars().count() > PATTERN_CHARS_MAX {
            return Err(format!("{PATTERN_CHARS_MAX} caractères au plus"));
        }
        let pattern = Self { parts: parts(kind, written)? };
        pattern.check(kind)?;
        Ok(pattern)
    }

    /// The pattern of a kind without a setting.
    pub fn default_of(kind: NumberKind) -> Self {
        Self::read(kind, kind.default_pattern()).expect("a test reads each")
    }

    fn check(&self, kind: NumberKind) -> Result<(), String> {
        let count = |of: fn(&Part) -> bool| self.parts.iter().filter(|part| of(part)).count();
        let once = |count: usize, name: &str| match count {
            1 => Ok(()),
            0 => Err(format!("il manque {{{name}}}")),
            _ => Err(format!("{{{name}}} est écrit deux fois")),
        };
        once(count(|part| matches!(part, Part::Number(_))), "number")?;
        // Ranks begin again each year.
        once(count(|part| *part == Part::Year), "year")?;
        for (times, name) in [
            (count(|part| *part == Part::Code), "code"),
            (count(|part| *part == Part::Agreement), "agreement"),
        ] {
            if times > 1 {
                return Err(format!("{{{name}}} est écrit deux fois"));
            }
        }
        if kind != NumberKind::Cote {
            if count(|part| *part == Part::Agreement) > 0 {
                return Err("{agreement} ne va que dans une cote".into());
            }
            // Whoever holds the number finds the member by it.
            let begins = matches!(self.parts.as_slice(),
                                  [Part::Code, Part::Text(text), ..] if text.starts_with(['-', '_', '.']));
            if !begins {
                return Err("le modèle commence par {code}, puis un tiret, un souligné ou un point".into());
            }
        }
        self.check_ends()
    }

    /// What is as long as it likes does not touch what has digits: « A1 » and 23 would be « A » and 123.
    fn check_ends(&self) -> Result<(), String> {
        let is_free = |part: &Part| matches!(part, Part::Code | Part::Agreement);
        let mut since: Option<&Part> = None;
        for part in &self.parts {
            match part {
                Part::Text(text) if text.contains(|c: char| !c.is_ascii_digit()) => since = None,
                Part::Text(_) => {}
                part => {
                    if since.is_some_and(|before| is_free(before) || is_free(part)) {
                        return Err("séparez {code} et {agreement} de ce qui les touche par autre chose qu'un chiffre".into());
                    }
                    since = Some(part);
                }
            }
        }
        let is_right = |part: Option<&Part>, ends: fn(&str) -> bool| match part {
            Some(Part::Text(text)) => ends(text),
            _ => true,
        };
        let begins = is_right(self.parts.first(), |text| text.starts_with(alnum));
        if !begins || !is_right(self.parts.last(), |text| text.ends_with(alnum)) {
            return Err("le modèle commence et finit par une lettre, un chiffre ou un repère".into());
        }
        Ok(())
    }

    /// The number of this rank.
    pub fn write(&self, of: &Numbered<'_>) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Code => of.code.to_owned(),
            Part::Year => format!("{:04}", of.year),
            Part::Number(digits) => format!("{:0digits$}", of.rank, digits = *digits),
            Part::Agreement => plain(of.agreement.unwrap_or("sans-accord")),
        };
        self.parts.iter().map(part).collect()
    }

    /// The same without ranks' width nor the member's code: two kinds whose marks are the same give the same numbers.
    pub fn mark(&self) -> String {
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Code => "{code}".into(),
            Part::Year => "{year}".into(),
            Part::Number(_) => "{number}".into(),
            Part::Agreement => "{agreement}".into(),
        };
        self.parts.iter().map(part).collect()
    }

    /// As a regular expression of PostgreSQL over numbers of this member, with two groups; whether the year is the first.
    pub fn expression(&self, code: &str) -> (String, bool) {
        let escaped = |text: &str| -> String {
            text.chars()
                .map(|c| if c.is_ascii_alphanumeric() { c.to_string() } else { format!("\\{c}") })
                .collect()
        };
        let part = |part: &Part| match part {
            Part::Text(text) => escaped(text),
            Part::Code => escaped(code),
            Part::Year => "([0-9]{4})".into(),
            Part::Number(digits) => format!("([0-9]{{{},{RANK_DIGITS_MAX}}})", (*digits).max(1)),
            Part::Agreement => "[A-Za-z0-9._-]+".into(),
        };
        let year = self.parts.iter().position(|part| *part == Part::Year);
        let number = self.parts.iter().position(|part| matches!(part, Part::Number(_)));
        (self.parts.iter().map(part).collect(), year < number)
    }

    /// Year and rank of a number of this member; `None` when it has another form.
    pub fn find(&self, code: &str, number: &str) -> Option<(i32, i64)> {
        let mut found = (None, None);
        fits(&self.parts, code, number, &mut found).then_some(())?;
        found.0.zip(found.1)
    }
}

fn alnum(character: char) -> bool {
    character.is_ascii_alphanumeric()
}

/// The text and the placeholders of a pattern.
fn parts(kind: NumberKind, written: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut rest = written;
    while !rest.is_empty() {
        let text = rest.split('{').next().unwrap_or_default();
        if let Some(wrong) = text.chars().find(|c| !alnum(*c) && !kind.signs().contains(*c)) {
            let signs: Vec<String> = kind.signs().chars().map(String::from).collect();
            return Err(format!(
                "« {wrong} » n'est pas admis : lettres sans accent, chiffres et {} seulement",
                signs.join(" ")
            ));
        }
        if !text.is_empty() {
            parts.push(Part::Text(text.to_owned()));
        }
        let Some(after) = rest[text.len()..].strip_prefix('{') else { break };
        let (name, following) = after.split_once('}').ok_or("une accolade n'est pas fermée")?;
        parts.push(placeholder(name)?);
        rest = following;
    }
    Ok(parts)
}

fn placeholder(name: &str) -> Result<Part, String> {
    match name {
        "code" => Ok(Part::Code),
        "year" => Ok(Part::Year),
        "agreement" => Ok(Part::Agreement),
        "number" => Ok(Part::Number(0)),
        other => {
            let digits = other.strip_prefix("number:").and_then(|digits| digits.parse().ok());
            match digits {
                Some(digits @ 1..=DIGITS_MAX) => Ok(Part::Number(digits)),
                Some(_) => Err(format!("{{number:N}} : de 1 à {DIGITS_MAX} chiffres")),
                None => Err(format!(
                    "repère inconnu : {{{other}}} ({{code}}, {{year}}, {{number:6}}, {{agreement}} sont connus)"
                )),
            }
        }
    }
}

/// An identifier in the characters of numbers.
fn plain(identifier: &str) -> String {
    let plain = identifier.chars().map(|c| if alnum(c) || "-_.".contains(c) { c } else { '-' });
    plain.take(AGREEMENT_CHARS_MAX).collect()
}

/// Whether a text is these parts one after the other, and what its year and rank are.
fn fits(parts: &[Part], code: &str, text: &str, found: &mut (Option<i32>, Option<i64>)) -> bool {
    let Some((first, rest)) = parts.split_first() else { return text.is_empty() };
    let begun = |fixed: &str| text.strip_prefix(fixed);
    match first {
        Part::Text(fixed) => begun(fixed).is_some_and(|text| fits(rest, code, text, found)),
        Part::Code => begun(code).is_some_and(|text| fits(rest, code, text, found)),
        Part::Year => {
            let Some((year, text)) = text.split_at_checked(4) else { return false };
            found.0 = year.parse().ok().filter(|_| year.bytes().all(|byte| byte.is_ascii_digit()));
            found.0.is_some() && fits(rest, code, text, found)
        }
        Part::Number(digits) => {
            let most = text.bytes().take(RANK_DIGITS_MAX).take_while(u8::is_ascii_digit).count();
            ((*digits).max(1)..=most).rev().any(|length| {
                let fit = fits(rest, code, &text[length..], found);
                if fit {
                    found.1 = text[..length].parse().ok();
                }
                fit
            })
        }
        Part::Agreement => {
            let most =
                text.bytes().take_while(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(byte)).count();
            (1..=most).rev().any(|length| fits(rest, code, &text[length..], found))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::NumberKind::{Accuse, Attestation, Cote};
    use super::*;

    fn written(kind: NumberKind, pattern: &str, rank: i64) -> String {
        let of = Numbered { code: "pays-ombrelle", year: 2027, rank, agreement: Some("PO-ACTES 2") };
        Pattern::read(kind, pattern).unwrap().write(&of)
    }

    #[test]
    fn without_a_setting_numbers_are_what_they_were() {
        let numbers = NumberKind::ALL.map(|kind| written(kind, kind.default_pattern(), 12));
        let expected = ["2027-000012", "ACC-2027-000012", "ATT-2027-000012", "BOR-2027-000012"];
        assert_eq!(numbers, expected.map(|end| format!("pays-ombrelle-{end}")));
        assert!(NumberKind::ALL.iter().all(|kind| NumberKind::from_word(kind.word()) == Some(*kind)));
        let marks: std::collections::BTreeSet<String> =
            NumberKind::ALL.iter().map(|kind| Pattern::default_of(*kind).mark()).collect();
        assert_eq!(marks.len(), 4);
    }

    #[test]
    fn placeholders_are_filled_and_an_agreement_keeps_plain_characters() {
        assert_eq!(written(Cote, "{year}/{agreement}/{number}", 7), "2027/PO-ACTES-2/7");
        assert_eq!(written(Cote, "{year}{number:3}W", 1_234), "20271234W", "no rank is cut");
        assert_eq!(written(Attestation, "{code}.att.{year}.{number:4}", 9), "pays-ombrelle.att.2027.0009");
    }

    #[test]
    fn what_is_wrong_with_a_pattern_is_said() {
        for (kind, pattern, said) in [
            (Cote, "{code}-{year}", "il manque {number}"),
            (Cote, "{code}-{number:6}", "il manque {year}"),
            (Cote, "{year}-{number}-{number:3}", "{number} est écrit deux fois"),
            (Cote, "{code}-{code}-{year}-{number}", "{code} est écrit deux fois"),
            (Cote, "{annee}-{number}", "repère inconnu : {annee}"),
            (Cote, "{year}-{number:13}", "de 1 à 12 chiffres"),
            (Cote, "{year}-{number:0}", "de 1 à 12 chiffres"),
            (Cote, "{year}-{number", "une accolade n'est pas fermée"),
            (Cote, "{year} {number}", "«   » n'est pas admis"),
            (Cote, "é{year}-{number}", "« é » n'est pas admis"),
            (Cote, "{year}}-{number}", "« } » n'est pas admis"),
            (Cote, "{year}-{agreement}{number}", "séparez {code} et {agreement}"),
            (Cote, "{number}0{agreement}-{year}", "séparez {code} et {agreement}"),
            (Cote, "{year}-{number}-", "commence et finit"),
            (Accuse, "{year}/{code}/{number}", "« / » n'est pas admis"),
            (Accuse, "{year}-{code}-{number}", "commence par {code}"),
            (Accuse, "{code}A-{year}-{number}", "commence par {code}"),
            (Attestation, "{code}-{agreement}-{year}-{number}", "{agreement} ne va que dans une cote"),
        ] {
            let fault = Pattern::read(kind, pattern).unwrap_err();
            assert!(fault.contains(said), "{pattern}: {fault}");
        }
        assert!(
            Pattern::read(Cote, &format!("{}{{year}}-{{number}}", "A".repeat(64)))
                .unwrap_err()
                .contains("64")
        );
    }

    #[test]
    fn a_number_is_read_back_by_its_own_pattern_and_no_other() {
        for pattern in
            ["{code}-{year}-{number:6}", "{year}{number:3}W", "{number}/{year}", "{agreement}-{year}{number}"]
        {
            let read = Pattern::read(Cote, pattern).unwrap();
            for rank in [1, 12, 999_999, 1_000_000] {
                let number = written(Cote, pattern, rank);
                assert_eq!(read.find("pays-ombrelle", &number), Some((2027, rank)), "{number}");
            }
        }
        let default = Pattern::default_of(Cote);
        for other in
            ["", "2027-000012", "pays-ombrelle-2027-12", "pays-ombrelle-x-000012", "autre-2027-000012"]
        {
            assert_eq!(default.find("pays-ombrelle", other), None, "{other}");
        }
        let (expression, year_first) =
            Pattern::read(Cote, "{number:2}/{year}-{code}").unwrap().expression("a-b");
        assert_eq!((expression.as_str(), year_first), ("([0-9]{2,15})\\/([0-9]{4})\\-a\\-b", false));
    }
}
