//! Answers to a question: ranked, filtered, counted, a page at a time.
//!
//! Never counts what the reader may not see: counts are made of the answers themselves, and of nothing else. The one thing to
//! know: answers are looked at three hundred at a time, newest first, and ranked among those; so a count that was cut is told as such.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{Access, Error, Reader, opening};
use crate::catalog::question::Understood;
use crate::catalog::question::marks::{Marks, Why};
use crate::catalog::search::{self, Answer, Moment, Page, Place, Question};
use crate::catalog::{UnitLine, queries};
use crate::db::TenantRead;
use crate::model::{Content, UnitId};
use crate::seda::opening::Opening;

/// Answers that are enough to rank and count before a page is given: three pages. A format that one unit in three has is had in one round.
const ENOUGH: usize = 75;
/// Rounds for one page: of ten thousand units that answer.
const ROUNDS_MAX: usize = 33;
/// Values of a facet that are told.
const VALUES_MAX: usize = 10;

/// What is looked for, and what of it is kept.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub question: Question,
    /// Open to anybody today, or not.
    pub open: Option<bool>,
    /// With a file of this PUID; empty: of a format that was not recognised.
    pub format: Option<String>,
}

/// A value of a facet and how many answers have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Counted {
    pub value: String,
    pub label: String,
    pub count: usize,
}

/// How many, by what they are.
#[derive(Clone, Debug, Default)]
pub struct Facets {
    pub producers: Vec<Counted>,
    pub agreements: Vec<Counted>,
    pub years: Vec<Counted>,
    pub openings: Vec<Counted>,
    pub formats: Vec<Counted>,
    /// Answers counted.
    pub total: usize,
    /// There are more than were counted.
    pub is_cut: bool,
}

/// A page of answers with what they are, all together.
#[derive(Clone, Debug)]
pub struct Found {
    pub page: Page,
    /// When each unit of the page opens.
    pub openings: Vec<Opening>,
    /// Why each unit of the page answers, where words were asked.
    pub why: Vec<Why>,
    pub facets: Facets,
}

/// Answers looked at together.
struct Batch {
    answers: Vec<(Answer, Opening)>,
    next: Option<Moment>,
}

impl Access {
    /// At most `most` units that answer the question.
    pub async fn search(
        &self,
        reader: &Reader,
        question: &Question,
        after: Option<Place>,
        most: u32,
    ) -> Result<Page, Error> {
        let mut tx = self.db.read(reader.tenant).await?;
        if question.text.is_none() {
            let after = match after {
                Some(Place::Listed { at, archive, ordinal }) => Some((at, archive, ordinal)),
                _ => None,
            };
            return Ok(search::listed(&mut tx, &reader.scope, question, after, most).await?);
        }
        let asked = Asked { question: question.clone(), ..Asked::default() };
        let (begins, _) = within(after);
        let batch = self.batch(&mut tx, reader, &asked, begins, false).await?;
        Ok(page(&mut tx, &batch, after, most).await?.0)
    }

    /// At most `most` units that answer, best first, and what all of them are. Without any question, every unit answers.
    pub async fn find(
        &self,
        reader: &Reader,
        asked: &Asked,
        after: Option<Place>,
        most: u32,
    ) -> Result<Found, Error> {
        let mut tx = self.db.read(reader.tenant).await?;
        let (begins, _) = within(after);
        let batch = self.batch(&mut tx, reader, asked, begins, true).await?;
        let facets = facets(&batch, self.clock.today());
        let (page, openings) = page(&mut tx, &batch, after, most).await?;
        let why = match &asked.question.text {
            Some(text) => why(&mut tx, text, &page.units).await?,
            None => Vec::new(),
        };
        Ok(Found { page, openings, why, facets })
    }

    /// Answers after a moment, until there are enough of them.
    async fn batch(
        &self,
        tx: &mut TenantRead,
        reader: &Reader,
        asked: &Asked,
        begins: Option<Moment>,
        whole: bool,
    ) -> Result<Batch, Error> {
        let mut batch = Batch { answers: Vec::new(), next: begins };
        for _ in 0..ROUNDS_MAX {
            let round = search::round(tx, &reader.scope, &asked.question, batch.next, whole).await?;
            let openings = if whole { opening::of_each(tx, &round.answers).await? } else { Vec::new() };
            let openings = openings.into_iter().chain(std::iter::repeat(Opening::Unknown));
            let today = self.clock.today();
            let kept = round.answers.into_iter().zip(openings).filter(|(answer, opening)| {
                asked.open.is_none_or(|open| opening.is_open_on(today) == open)
                    && asked
                        .format
                        .as_ref()
                        .is_none_or(|puid| answer.formats.iter().any(|(one, _)| one == puid))
            });
            batch.answers.extend(kept);
            batch.next = round.next;
            if batch.next.is_none() || batch.answers.len() >= ENOUGH {
                break;
            }
        }
        batch.answers.sort_by_key(|(answer, _)| place_of(answer));
        Ok(batch)
    }
}

/// The batch that a place is in, and where in it.
fn within(after: Option<Place>) -> (Option<Moment>, Option<Key>) {
    match after {
        Some(Place::Found { begins, after }) => {
            (begins, after.map(|(rank, at, ordinal, unit)| (rank, Reverse(at), ordinal, unit)))
        }
        _ => (None, None),
    }
}

/// The best first, then the newest, then the manifest's order.
type Key = (i16, Reverse<DateTime<Utc>>, i32, Uuid);

fn place_of(answer: &Answer) -> Key {
    (answer.rank, Reverse(answer.at), answer.ordinal, answer.unit_id.0)
}

async fn page(
    tx: &mut TenantRead,
    batch: &Batch,
    after: Option<Place>,
    most: u32,
) -> Result<(Page, Vec<Opening>), Error> {
    let (begins, after) = within(after);
    let from =
        after.map_or(0, |after| batch.answers.partition_point(|(answer, _)| place_of(answer) <= after));
    let rest = &batch.answers[from..];
    let shown = &rest[..rest.len().min(most as usize)];
    let next = match (shown.last(), batch.next) {
        (Some((last, _)), _) if rest.len() > shown.len() => {
            Some(Place::Found { begins, after: Some((last.rank, last.at, last.ordinal, last.unit_id.0)) })
        }
        (_, Some(next)) => Some(Place::Found { begins: Some(next), after: None }),
        (_, None) => None,
    };
    let ids: Vec<UnitId> = shown.iter().map(|(answer, _)| answer.unit_id).collect();
    let openings = shown.iter().map(|(_, opening)| *opening).collect();
    Ok((Page { units: search::lines_of(tx, &ids).await?, next }, openings))
}

/// Why each of these units answers these words.
async fn why(tx: &mut TenantRead, text: &str, units: &[UnitLine]) -> Result<Vec<Why>, Error> {
    let ids: Vec<UnitId> = units.iter().map(|unit| unit.unit_id).collect();
    let contents = queries::contents_of(tx, &ids).await?;
    let marks = Marks::of(&Understood::read(text));
    let none = Content::default();
    let each = units.iter().map(|unit| marks.why(&unit.title, contents.get(&unit.unit_id).unwrap_or(&none)));
    Ok(each.collect())
}

fn facets(batch: &Batch, today: NaiveDate) -> Facets {
    let [mut producers, mut agreements, mut years, mut openings, mut formats] =
        [(); 5].map(|()| Tally::default());
    for (answer, opening) in &batch.answers {
        answer.came.producer.iter().for_each(|producer| producers.add(producer, producer));
        agreements.add(&answer.came.agreement.0, &answer.came.agreement.1);
        answer.years.iter().for_each(|year| years.add(&year.to_string(), &year.to_string()));
        openings.add(if opening.is_open_on(today) { "oui" } else { "non" }, "");
        let mut seen: Vec<&str> = Vec::new();
        for (puid, name) in &answer.formats {
            if !seen.contains(&puid.as_str()) {
                seen.push(puid);
                formats.add(puid, name);
            }
        }
    }
    Facets {
        producers: producers.largest(),
        agreements: agreements.largest(),
        years: years.latest(),
        openings: openings.largest(),
        formats: formats.largest(),
        total: batch.answers.len(),
        is_cut: batch.next.is_some(),
    }
}

/// Values, each with its words and its count.
#[derive(Default)]
struct Tally(BTreeMap<String, (String, usize)>);

impl Tally {
    fn add(&mut self, value: &str, label: &str) {
        match self.0.get_mut(value) {
            Some((_, count)) => *count += 1,
            None => {
                self.0.insert(value.to_owned(), (label.to_owned(), 1));
            }
        }
    }

    fn counted(self) -> Vec<Counted> {
        self.0.into_iter().map(|(value, (label, count))| Counted { value, label, count }).collect()
    }

    fn largest(self) -> Vec<Counted> {
        let mut all = self.counted();
        all.sort_by_key(|one| Reverse(one.count));
        all.truncate(VALUES_MAX);
        all
    }

    fn latest(self) -> Vec<Counted> {
        let mut all = self.counted();
        all.reverse();
        all.truncate(VALUES_MAX);
        all
    }
}
