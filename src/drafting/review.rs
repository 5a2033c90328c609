//! A draft as the archivist will see it, with what is asked and what is to be put right.
//!
//! Never changes anything. The one thing to know: the tree shown is the one that is written.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::describe::Place;
use super::draft::{By, Draft, DraftFile, Form};
use super::ground::Ground;
use super::kinds::{letters, paths};
use super::questions::{Asked, asked, is_needed};
use super::settle::{Settled, settle};
use super::{Drafting, Error, answers, file_queries, lacks, queries, words};
use crate::seda::opening::{self, Facts, Opening};
use crate::seda::write::columns::Column;
use crate::seda::write::element::Element;
use crate::seda::write::transfer::NewUnit;

pub use super::lacks::{At, Problem};

/// What a draft comes to.
pub enum Seen {
    /// There is none of this person.
    Nothing,
    /// What it came under is closed, or not open to them any more.
    Closed(Draft),
    Open(Box<Review>),
}

/// A draft, read wholly.
pub struct Review {
    pub draft: Draft,
    /// What is deposited, as people call it.
    pub flow: String,
    pub profile: Option<String>,
    pub archival_agency: String,
    pub sender: String,
    pub producer: String,
    pub asked: Asked,
    pub problems: Vec<Problem>,
    /// The kinds that a file may be.
    pub kinds: Vec<String>,
    /// Of each file, the kind it stands under.
    pub kind_of: BTreeMap<Uuid, String>,
    pub tree: Vec<Line>,
    pub opening: Option<Opening>,
    /// « 10 ans ».
    pub kept_for: Option<String>,
    /// Earlier answers of the member, by field.
    pub suggestions: BTreeMap<String, Vec<String>>,
}

/// A unit of the tree, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The whole is 0.
    pub depth: usize,
    pub title: String,
    pub kind: Option<String>,
    pub start: Option<String>,
    pub end: Option<String>,
    pub file: Option<Uuid>,
}

/// Deposits looked at for suggestions, and suggestions of a field.
const BEFORE: i64 = 20;
const SUGGESTED_MAX: usize = 12;

impl Review {
    /// Whether nothing is to be put right before it is sent.
    pub fn is_ready(&self) -> bool {
        self.problems.is_empty()
    }
}

/// What earlier deposits of the same kind tell.
#[derive(Default)]
pub(super) struct Earlier {
    suggestions: BTreeMap<String, Vec<String>>,
    /// Kinds of files by the letters of their names.
    pub kinds: Vec<(String, String)>,
}

impl Drafting {
    /// The person's own draft, read wholly.
    ///
    /// # Errors
    /// When rows or the profile cannot be read.
    pub async fn review(&self, by: &By, id: Uuid) -> Result<Seen, Error> {
        let Some(draft) = self.draft(by, id).await? else { return Ok(Seen::Nothing) };
        let Some(ground) = self.ground(by, &draft).await? else { return Ok(Seen::Closed(draft)) };
        let earlier = self.earlier(by, &draft).await?;
        let now = self.clock.now();
        let work = move || {
            let settled = settle(&ground, &draft, earlier.kinds, now);
            Ok(Seen::Open(Box::new(review(ground, draft, settled, earlier.suggestions))))
        };
        super::blocking(work).await
    }

    /// What the member's earlier deposits under the same agreement tell.
    pub(super) async fn earlier(&self, by: &By, draft: &Draft) -> Result<Earlier, Error> {
        let mut tx = self.db.technical().await?;
        let sent = queries::sent_under(&mut tx, by.tenant, &draft.agreement, BEFORE).await?;
        let mut earlier = Earlier::default();
        for (at, one) in sent.into_iter().enumerate() {
            for (field, value) in &one.whole().values {
                let known = earlier.suggestions.entry(field.clone()).or_default();
                if !known.contains(value) && known.len() < SUGGESTED_MAX {
                    known.push(value.clone());
                }
            }
            // The files of the last few tell their kinds.
            if at < 3 {
                let one = file_queries::with_files(&mut tx, by.tenant, one).await?;
                let kinds = one.files.iter().filter_map(|file| {
                    Some((letters(&file.name), file.sheet.values.get(answers::NATURE)?.clone()))
                });
                earlier.kinds.extend(kinds.filter(|(letters, _)| !letters.is_empty()));
            }
        }
        Ok(earlier)
    }
}

fn review(
    ground: Ground,
    draft: Draft,
    settled: Settled,
    suggestions: BTreeMap<String, Vec<String>>,
) -> Review {
    let asked = asked(&ground, &draft, &settled);
    let problems = problems(&ground, &draft, &settled, &asked);
    let mut tree = Vec::new();
    let whole: Vec<&DraftFile> = draft.files.iter().filter(|file| file.is_whole()).collect();
    lines(&whole, &settled.described.root, 0, &mut tree);
    let said = |field: &str| draft.whole().values.get(field).map(String::as_str);
    let party = |field: &str, all: &[String]| {
        let chosen = said(field).filter(|said| all.iter().any(|one| one == said));
        let identifier = chosen.map(str::to_owned).or(all.first().cloned()).unwrap_or_default();
        ground.name(&identifier).to_owned()
    };
    let root = &settled.described.root;
    let duration = text_of(&root.management, &["AppraisalRule", "Rule"]);
    Review {
        flow: ground.agreement.name.clone(),
        profile: ground.profile.as_ref().map(|(profile, _)| profile.name.clone()),
        archival_agency: ground.name(&ground.agreement.archival_agency).to_owned(),
        sender: party(answers::SENDER, &ground.agreement.transferring_agencies),
        producer: party(answers::PRODUCER, &ground.producers),
        kinds: paths(&ground.kinds),
        opening: opening_of(root),
        kept_for: duration.map(|duration| words::lasting(&duration)),
        kind_of: settled.described.kinds,
        asked,
        problems,
        tree,
        suggestions,
        draft,
    }
}

/// All that is to be put right, questions without an answer first.
fn problems(ground: &Ground, draft: &Draft, settled: &Settled, asked: &Asked) -> Vec<Problem> {
    let mut problems = Vec::new();
    let whole = Place::Unit(String::new());
    if draft.files.is_empty() {
        problems.push(Problem { at: At::Files, sentence: "Ajoutez au moins un fichier.".into() });
    }
    for file in draft.files.iter().filter(|file| !file.is_whole()) {
        let sentence =
            format!("« {} » n’est pas arrivé en entier : envoyez-le de nouveau, ou retirez-le.", file.name);
        problems.push(Problem { at: At::Files, sentence });
    }
    let of_every = asked.get(&whole).into_iter().flatten().filter(|question| {
        ["titre", answers::PROFILE].contains(&question.name())
            || ground.profile.is_none() && Column::named(question.name()).is_ok()
    });
    for question in of_every.filter(|question| is_needed(question)) {
        if !draft.whole().values.contains_key(question.name()) {
            let at = At::Field(whole.clone(), question.name().to_owned());
            problems.push(Problem { at, sentence: format!("Répondez à « {} ».", question.label) });
        }
    }
    problems.extend(not_understood(draft, asked));
    let lacking = lacks::problems(draft, &settled.described, &settled.lacks, !ground.kinds.is_empty());
    for problem in lacking {
        let is_told = problems.iter().any(|told| told.at == problem.at && told.at != At::Files);
        if !is_told {
            problems.push(problem);
        }
    }
    problems
}

/// Answers that are not written as their question wants.
fn not_understood(draft: &Draft, asked: &Asked) -> Vec<Problem> {
    let sheets = draft.answers.iter().map(|(path, sheet)| (Place::Unit(path.clone()), sheet));
    let files = draft.files.iter().map(|file| (Place::File(file.file_id), &file.sheet));
    let mut problems = Vec::new();
    for (place, sheet) in sheets.chain(files) {
        for question in asked.get(&place).into_iter().flatten() {
            let (name, value) = (question.name(), sheet.values.get(question.name()));
            let Some(value) = value.filter(|_| !name.contains(['@', '.'])) else { continue };
            if let Ok(Err(wanted)) = Column::named(name).map(|column| column.standard(value)) {
                let sentence = match question.form {
                    Form::Date => format!("{} : « {value} » n’est pas une date.", question.label),
                    _ => format!("{} : écrivez {}.", question.label, wanted.replace('\'', "’")),
                };
                problems.push(Problem { at: At::Field(place.clone(), name.to_owned()), sentence });
            }
        }
    }
    problems
}

/// The units of the tree, in order; objects are the whole files, in theirs.
fn lines(whole: &[&DraftFile], unit: &NewUnit, depth: usize, out: &mut Vec<Line>) {
    let text = |name| text_of(&unit.content, &[name]);
    out.push(Line {
        depth,
        title: text("Title").unwrap_or_default(),
        kind: text("DocumentType"),
        start: text("StartDate").or(text("CreatedDate")).or(text("TransactedDate")),
        end: text("EndDate"),
        file: unit.object.and_then(|at| whole.get(at)).map(|file| file.file_id),
    });
    unit.children.iter().for_each(|child| lines(whole, child, depth + 1, out));
}

fn text_of(elements: &[Element], path: &[&str]) -> Option<String> {
    let (first, below) = path.split_first()?;
    let found = elements.iter().find(|element| element.name == *first)?;
    match below {
        [] => Some(found.text.clone()).filter(|text| !text.is_empty()),
        [next, ..] => {
            let children: Vec<Element> = found.children.iter().map(|child| (**child).clone()).collect();
            children.iter().any(|child| child.name == *next).then(|| text_of(&children, below)).flatten()
        }
    }
}

/// From when anybody may read the whole.
fn opening_of(root: &NewUnit) -> Option<Opening> {
    let code = text_of(&root.management, &["AccessRule", "Rule"])?;
    let start = text_of(&root.management, &["AccessRule", "StartDate"]);
    let latest = text_of(&root.content, &["EndDate"]).as_deref().and_then(opening::last_day);
    Some(opening::of_rule(&code, start.as_deref(), &Facts { latest, ..Facts::default() }))
}
