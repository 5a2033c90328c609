//! What people say of a unit, in their words: the name of each thing said, the element that it is, and how people write it. A
//! table's columns (`chartrier sip make`) and the portal's questions are these.
//!
//! Never knows a profile. The one thing to know: the list is in the order in which the standard has the elements (2.1 to 2.3).

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::element::Element;
use super::folding::{distance, folded};
use crate::seda::datatype::{Datatype, Library, NoPrefixes};

/// A column, by its place in the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Column(usize);

/// How what a column holds is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Text,
    /// Several, separated by `|`.
    Texts,
    /// A period: `P10Y`, `10 ans`, or a code.
    Rule,
    /// 2026, 2026-09, 2026-09-22, 22/09/2026, or with the hour.
    Date,
    Level,
    FinalAction,
    Languages,
    /// `Martin, Jean [personne:AG-12]|voirie`.
    Keywords,
}

struct Known {
    /// As people write it, then as the standard and others do.
    names: &'static [&'static str],
    /// Elements below the unit; none for the path of the file.
    path: &'static [&'static str],
    form: Form,
}

const fn known(names: &'static [&'static str], path: &'static [&'static str], form: Form) -> Known {
    Known { names, path, form }
}

const CONTENT: &str = "Content";
const MANAGEMENT: &str = "Management";

const KNOWN: &[Known] = &[
    known(&["chemin", "fichier", "path", "file", "uri"], &[], Form::Text),
    known(&["DUA", "appraisalrule"], &[MANAGEMENT, "AppraisalRule", "Rule"], Form::Rule),
    known(&["début de DUA", "appraisalstartdate"], &[MANAGEMENT, "AppraisalRule", "StartDate"], Form::Date),
    known(&["sort final", "finalaction"], &[MANAGEMENT, "AppraisalRule", "FinalAction"], Form::FinalAction),
    known(&["code d'accès", "accès", "accessrule"], &[MANAGEMENT, "AccessRule", "Rule"], Form::Rule),
    known(&["début d'accès", "accessstartdate"], &[MANAGEMENT, "AccessRule", "StartDate"], Form::Date),
    known(&["niveau", "descriptionlevel", "level"], &[CONTENT, "DescriptionLevel"], Form::Level),
    known(&["titre", "intitulé", "title"], &[CONTENT, "Title"], Form::Text),
    known(&["plan de classement", "fileplanposition"], &[CONTENT, "FilePlanPosition"], Form::Text),
    known(&["identifiant d'origine", "originatingsystemid"], &[CONTENT, "OriginatingSystemId"], Form::Text),
    known(
        &["cote", "archivalagencyarchiveunitidentifier"],
        &[CONTENT, "ArchivalAgencyArchiveUnitIdentifier"],
        Form::Text,
    ),
    known(
        &["référence", "matricule", "originatingagencyarchiveunitidentifier"],
        &[CONTENT, "OriginatingAgencyArchiveUnitIdentifier"],
        Form::Text,
    ),
    known(
        &["numéro", "transferringagencyarchiveunitidentifier"],
        &[CONTENT, "TransferringAgencyArchiveUnitIdentifier"],
        Form::Text,
    ),
    known(&["description"], &[CONTENT, "Description"], Form::Text),
    known(
        &["historique", "custodialhistory"],
        &[CONTENT, "CustodialHistory", "CustodialHistoryItem"],
        Form::Texts,
    ),
    known(&["type de document", "type", "documenttype"], &[CONTENT, "DocumentType"], Form::Text),
    known(&["langue", "language"], &[CONTENT, "Language"], Form::Languages),
    known(
        &["langue de description", "descriptionlanguage"],
        &[CONTENT, "DescriptionLanguage"],
        Form::Languages,
    ),
    known(&["statut", "status"], &[CONTENT, "Status"], Form::Text),
    known(&["version"], &[CONTENT, "Version"], Form::Text),
    known(&["étiquettes", "tag"], &[CONTENT, "Tag"], Form::Texts),
    known(&["mots-clés", "keywords", "keyword"], &[CONTENT, "Keyword"], Form::Keywords),
    known(&["lieu", "adresse", "spatial"], &[CONTENT, "Coverage", "Spatial"], Form::Texts),
    known(&["période", "exercice", "temporal"], &[CONTENT, "Coverage", "Temporal"], Form::Texts),
    known(&["ressort", "juridictional"], &[CONTENT, "Coverage", "Juridictional"], Form::Texts),
    known(
        &["service producteur", "originatingagency"],
        &[CONTENT, "OriginatingAgency", "Identifier"],
        Form::Text,
    ),
    known(&["service versant", "submissionagency"], &[CONTENT, "SubmissionAgency", "Identifier"], Form::Text),
    known(&["source"], &[CONTENT, "Source"], Form::Text),
    known(&["date de création", "createddate"], &[CONTENT, "CreatedDate"], Form::Date),
    known(
        &["date de l'opération", "date de séance", "transacteddate"],
        &[CONTENT, "TransactedDate"],
        Form::Date,
    ),
    known(&["date de numérisation", "acquireddate"], &[CONTENT, "AcquiredDate"], Form::Date),
    known(&["date d'envoi", "sentdate"], &[CONTENT, "SentDate"], Form::Date),
    known(&["date de réception", "receiveddate"], &[CONTENT, "ReceivedDate"], Form::Date),
    known(&["date d'enregistrement", "registereddate"], &[CONTENT, "RegisteredDate"], Form::Date),
    known(&["date de début", "date", "startdate"], &[CONTENT, "StartDate"], Form::Date),
    known(&["date de fin", "enddate"], &[CONTENT, "EndDate"], Form::Date),
];

/// Codes of the standard, and what people write for them, folded.
const LEVELS: &[(&str, &[&str])] = &[
    ("Fonds", &[]),
    ("Subfonds", &["sousfonds"]),
    ("Class", &[]),
    ("Collection", &[]),
    ("Series", &["serie"]),
    ("Subseries", &["sousserie"]),
    ("RecordGrp", &["groupededossiers"]),
    ("SubGrp", &["sousgroupe"]),
    ("File", &["dossier"]),
    ("Item", &["piece"]),
    ("OtherLevel", &[]),
];
const ACTIONS: &[(&str, &[&str])] =
    &[("Keep", &["conserver", "c"]), ("Destroy", &["eliminer", "detruire", "d"])];
const KEYWORD_TYPES: &[(&str, &[&str])] = &[
    ("corpname", &["organisme", "collectivite"]),
    ("famname", &["famille"]),
    ("geogname", &["lieu"]),
    ("name", &["nom"]),
    ("occupation", &["metier", "grade"]),
    ("persname", &["personne"]),
    ("subject", &["sujet"]),
    ("genreform", &["genre"]),
    ("function", &["activite"]),
];

impl Column {
    /// The file or the folder that a line describes.
    pub const PATH: Column = Column(0);

    /// The column of this name, however it is accented and spaced; else the nearest name.
    pub fn named(name: &str) -> Result<Column, &'static str> {
        let name = folded(name);
        let has = |known: &Known| known.names.iter().any(|one| folded(one) == name);
        KNOWN.iter().position(has).map(Column).ok_or_else(|| {
            let names = KNOWN.iter().flat_map(|known| known.names);
            names.min_by_key(|known| distance(&folded(known), &name)).copied().unwrap_or_default()
        })
    }

    /// The column that says this element of a unit.
    fn of_path(path: &[String]) -> Option<Column> {
        KNOWN.iter().position(|known| !known.path.is_empty() && known.path == path).map(Column)
    }

    /// The same, or the one that says what it is part of, or the first of those that say a part of it.
    pub fn about_path(path: &[String]) -> Option<Column> {
        let is_above = |known: &Known| {
            known.path.len() > 1 && path.len() > known.path.len() && path[..known.path.len()] == *known.path
        };
        let is_under = |known: &Known| known.path.len() > path.len() && known.path[..path.len()] == *path;
        let about = KNOWN.iter().position(is_above).or_else(|| KNOWN.iter().position(is_under));
        Self::of_path(path).or(about.map(Column))
    }

    /// Its name in sentences.
    pub fn name(self) -> &'static str {
        KNOWN[self.0].names[0]
    }

    /// How what it holds is written.
    pub fn form(self) -> Form {
        KNOWN[self.0].form
    }

    /// The columns that this one says nothing without.
    pub fn needs(self) -> Option<Column> {
        let rule = KNOWN[self.0]
            .path
            .strip_suffix(&["StartDate"])
            .or(KNOWN[self.0].path.strip_suffix(&["FinalAction"]))?;
        let is_rule = |known: &Known| known.path.strip_suffix(&["Rule"]) == Some(rule);
        KNOWN.iter().position(is_rule).map(Column)
    }

    /// What the value is as the standard writes it, or how it should be written.
    pub fn standard(self, value: &str) -> Result<String, &'static str> {
        let code = |codes: &[(&str, &[&str])], wanted| {
            let value = folded(value);
            let is_it = |code: &&(&str, &[&str])| folded(code.0) == value || code.1.contains(&value.as_str());
            codes.iter().find(is_it).map(|code| code.0.to_owned()).ok_or(wanted)
        };
        match KNOWN[self.0].form {
            Form::Text | Form::Texts | Form::Keywords => Ok(value.to_owned()),
            Form::Rule => Ok(period(value).unwrap_or_else(|| value.to_owned())),
            Form::Date => date(value).ok_or("une date : 2026-09-22, 22/09/2026, 2026-09 ou 2026"),
            Form::Level => code(
                LEVELS,
                "un niveau de description : Fonds, Series, RecordGrp, File (dossier), Item (pièce)…",
            ),
            Form::FinalAction => code(ACTIONS, "conserver ou éliminer"),
            Form::Languages => {
                if parts(value).all(|part| is_a("language", part)) {
                    Ok(value.to_owned())
                } else {
                    Err("un code de langue : fr, oc, br…")
                }
            }
        }
    }
}

/// The elements of a description, or of its rules, that a line's values are.
fn elements(values: &BTreeMap<Column, String>, of: Part) -> Vec<Element> {
    let root = match of {
        Part::Management => MANAGEMENT,
        Part::Content => CONTENT,
    };
    let mut elements: Vec<Element> = Vec::new();
    for (column, value) in values {
        let known = &KNOWN[column.0];
        let Some((_, below)) = known.path.split_first().filter(|(first, _)| **first == root) else {
            continue;
        };
        let written = match known.form {
            Form::Keywords => parts(value).map(keyword).collect(),
            Form::Texts | Form::Languages => parts(value).map(|part| nested(below, part)).collect(),
            _ => vec![nested(below, value)],
        };
        for element in written {
            match elements.last_mut() {
                // What lies below one element that the unit has once.
                Some(last) if below.len() > 1 && last.name == element.name => {
                    last.children.extend(element.children);
                }
                _ => elements.push(element),
            }
        }
    }
    elements
}

/// A unit's rules and its description: what is said of it, else this level and this title.
pub fn unit(values: &BTreeMap<Column, String>, level: &str, title: &str) -> (Vec<Element>, Vec<Element>) {
    let mut content = elements(values, Part::Content);
    let has = |content: &[Element], name: &str| content.iter().any(|element| element.name == name);
    // First of all, as the standard has them: the level, then the title.
    if !has(&content, "Title") {
        let at = usize::from(has(&content, "DescriptionLevel"));
        content.insert(at, Element::leaf("Title", title).usual());
    }
    if !has(&content, "DescriptionLevel") {
        content.insert(0, Element::leaf("DescriptionLevel", level).usual());
    }
    (elements(values, Part::Management), content)
}

/// Of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Management,
    Content,
}

fn nested(path: &[&'static str], value: &str) -> Element {
    match path {
        [] => Element::default(),
        [last] => Element::leaf(last, value),
        [first, below @ ..] => Element::of(first, [nested(below, value)]),
    }
}

fn parts(value: &str) -> impl Iterator<Item = &str> {
    value.split('|').map(str::trim).filter(|part| !part.is_empty())
}

/// `Martin, Jean [personne:AG-12]`: its words, their kind, their reference; `[:7.10]`: a reference whose kind is the profile's to say.
fn keyword(part: &str) -> Element {
    let kind = part.strip_suffix(']').and_then(|part| part.rsplit_once('['));
    let kind = kind.and_then(|(words, kind)| {
        let (kind, reference) =
            kind.split_once(':').map_or((kind, None), |(kind, of)| (kind, Some(of.trim())));
        let kind = folded(kind);
        if kind.is_empty() && reference.is_some() {
            return Some((words.trim(), "", reference));
        }
        let is_it = |known: &&(&str, &[&str])| known.0 == kind || known.1.contains(&kind.as_str());
        let known = KEYWORD_TYPES.iter().find(is_it)?;
        Some((words.trim(), known.0, reference))
    });
    let Some((words, kind, reference)) = kind else {
        return Element::of("Keyword", [Element::leaf("KeywordContent", part)]);
    };
    let leaf = |name, text: &str| (!text.is_empty()).then(|| Element::leaf(name, text));
    let reference = leaf("KeywordReference", reference.unwrap_or_default());
    let words = Element::leaf("KeywordContent", words);
    Element::of("Keyword", [words].into_iter().chain(reference).chain(leaf("KeywordType", kind)))
}

/// `10 ans` as the standard writes it.
fn period(value: &str) -> Option<String> {
    let (count, unit) = value.trim().split_once(|c: char| c.is_whitespace() || c == '\u{a0}')?;
    let count: u32 = count.parse().ok()?;
    match folded(unit).as_str() {
        "an" | "ans" => Some(format!("P{count}Y")),
        "mois" => Some(format!("P{count}M")),
        _ => None,
    }
}

/// A date as the standard writes it; days as French people write them are understood.
fn date(value: &str) -> Option<String> {
    let french: Vec<&str> = value.split('/').collect();
    let value: Cow<'_, str> = match french[..] {
        [day, month, year] if year.len() == 4 => format!("{year}-{month:0>2}-{day:0>2}").into(),
        [month, year] if year.len() == 4 => format!("{year}-{month:0>2}").into(),
        _ => value.into(),
    };
    let kinds = ["date", "dateTime", "gYearMonth", "gYear"];
    kinds.iter().any(|kind| is_a(kind, &value)).then(|| value.into_owned())
}

fn is_a(kind: &str, value: &str) -> bool {
    Datatype::builtin(Library::Xsd, kind).is_some_and(|kind| kind.check(value, &NoPrefixes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(name: &str) -> Column {
        Column::named(name).unwrap()
    }

    #[test]
    fn every_name_leads_to_its_column_and_to_no_other() {
        for (at, known) in KNOWN.iter().enumerate() {
            known.names.iter().for_each(|name| assert_eq!(column(name), Column(at), "{name}"));
        }
        assert_eq!(column("Début  de dua").needs(), Some(column("DUA")));
        assert_eq!(column("Sort final").needs(), Some(column("DUA")));
        assert_eq!(column("date de début").needs(), None);
        assert_eq!(Column::named("titer"), Err("titre"));
    }

    #[test]
    fn what_people_write_is_what_the_standard_wants_or_is_refused() {
        for (name, value, expected) in [
            ("date", "22/9/2026", Some("2026-09-22")),
            ("date", "09/2026", Some("2026-09")),
            ("date", "2026", Some("2026")),
            ("date", "2026-09-22T10:00:00+02:00", Some("2026-09-22T10:00:00+02:00")),
            ("date", "31/02/2026", None),
            ("date", "demain", None),
            ("DUA", "10 ans", Some("P10Y")),
            ("DUA", "6 mois", Some("P6M")),
            ("DUA", "APP-1", Some("APP-1")),
            ("code d'accès", "AR048", Some("AR048")),
            ("sort final", "Éliminer", Some("Destroy")),
            ("sort final", "keep", Some("Keep")),
            ("sort final", "trier", None),
            ("niveau", "Dossier", Some("File")),
            ("niveau", "recordgrp", Some("RecordGrp")),
            ("niveau", "armoire", None),
            ("langue", "fr|oc", Some("fr|oc")),
            ("langue", "français", None),
        ] {
            let standard = column(name).standard(value);
            assert_eq!(standard.as_deref().ok(), expected, "{name}: {value}");
        }
    }

    #[test]
    fn keywords_have_a_kind_and_a_reference_when_they_say_so() {
        let texts = |part: &str| -> Vec<String> {
            keyword(part).children.iter().map(|child| format!("{}={}", child.name, child.text)).collect()
        };
        assert_eq!(texts("voirie"), ["KeywordContent=voirie"]);
        assert_eq!(
            texts("Martin, Jean [personne:AG-12]"),
            ["KeywordContent=Martin, Jean", "KeywordReference=AG-12", "KeywordType=persname"]
        );
        assert_eq!(texts("Loine [geogname]"), ["KeywordContent=Loine", "KeywordType=geogname"]);
        assert_eq!(texts("note [1]"), ["KeywordContent=note [1]"]);
    }
}
