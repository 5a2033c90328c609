//! Readings of the control authority: it says why it reads, of what and until when; those who keep the member's archives see each of them.
//!
//! Never opens a file to a control authority that has not said why it reads; descriptions are its role's (norms §8).

mod opening;

pub use opening::{OpenPage, end, form_page, notice, open};

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::shell::{Account, At, Badge, Link, Section, Shell, answer};
use super::words;
use crate::membership::readings::{self, Read, Reading, Reason};
use crate::model::{ObjectId, PersonId, Role, Scope};
use crate::web::callers::ReadingFollower;
use crate::web::pages::access::object;
use crate::web::{Problem, State, cursor, problems};

/// `GET /controle/lectures`, for those who keep the member's archives.
#[derive(Template)]
#[template(path = "readings/list.html")]
pub struct ListPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub lines: Vec<Line>,
    pub next: Option<String>,
}

/// `GET /controle/lectures/{id}`.
#[derive(Template)]
#[template(path = "readings/reading.html")]
pub struct ReadingPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub line: Line,
    pub files: Vec<FileLine>,
    /// There are more than are shown, or than this person may see.
    pub unseen: Option<String>,
}

/// A reading.
pub struct Line {
    pub id: Uuid,
    pub address: String,
    pub who: String,
    pub reason: &'static str,
    pub words: String,
    /// Of what.
    pub of: String,
    pub opened: At,
    pub until: At,
    /// When its person ended it before its time.
    pub ended: Option<At>,
    pub state: Badge,
    pub files: String,
    pub is_open: bool,
}

/// A file opened under it.
pub struct FileLine {
    pub address: String,
    pub name: String,
    pub cote: String,
    pub at: At,
}

const OPEN: Badge = Badge { label: "Ouverte", tone: "waiting", icon: "clock" };
const PAST: Badge = Badge { label: "Terminée", tone: "plain", icon: "check" };

/// Where a page begins, and what the page before has to say.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Place {
    apres: Option<String>,
    fait: Option<opening::Done>,
    /// The archive that is to be read.
    cote: Option<String>,
}

/// Where to say why one reads this archive.
pub fn form_for(cote: &str) -> String {
    let cote = percent_encoding::utf8_percent_encode(cote, percent_encoding::NON_ALPHANUMERIC);
    format!("/controle/lectures?cote={cote}#ouvrir")
}

/// The page of a reading.
pub fn address(id: Uuid) -> String {
    format!("/controle/lectures/{id}")
}

/// `GET /controle/lectures`.
pub async fn show(
    person: ReadingFollower,
    place: web::Query<Place>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let after = place.apres.as_deref().and_then(cursor::read::<cursor::Moment>);
    let (scope, of) = sight(&person);
    let mut tx = state.db.read(person.tenant).await?;
    let most = readings::PAGE;
    let mut found = readings::of_member(&mut tx, &scope, of, after, most + 1).await?;
    drop(tx);
    let more = found.len() as i64 > most;
    found.truncate(usize::try_from(most).unwrap_or_default());
    let next = found.last().filter(|_| more).map(|last| {
        let place: cursor::Moment = (last.opened_at, last.reading_id);
        format!("/controle/lectures?apres={}", cursor::write(&place))
    });
    let lines = found.iter().map(|of| line(of, state.clock.now())).collect();
    if person.has(Role::ControlAuthority) {
        let mut page = form_page(Account::of(&person), &person.holdings, lines, next);
        page.notice = place.fait.map(opening::Done::words);
        page.cote = place.into_inner().cote.unwrap_or_default();
        return Ok(answer(&page));
    }
    Ok(answer(&list(Account::of(&person), lines, next)))
}

/// What this person sees of readings: whose cotes, and of whom; a control authority, its own.
fn sight(person: &ReadingFollower) -> (Scope, Option<PersonId>) {
    if person.has(Role::ControlAuthority) {
        let ressort = Scope::of(&person.holdings, &[Role::ControlAuthority]);
        return (ressort, Some(person.person_id));
    }
    (person.scope(KEEPING), None)
}

/// Roles that keep the member's archives.
const KEEPING: &[Role] = &[Role::Archivist, Role::MemberAdmin];

/// The page of these readings.
pub fn list(account: Account, lines: Vec<Line>, next: Option<String>) -> ListPage {
    ListPage {
        shell: shell("Consultations au titre du contrôle".into(), account),
        trail: vec![Link::new("Archives", "/archives")],
        lines,
        next,
    }
}

fn shell(title: String, account: Account) -> Shell {
    Shell { title, account: Some(account), section: Section::Archives, top: false }
}

/// `GET /controle/lectures/{id}`.
pub async fn one(
    person: ReadingFollower,
    id: web::Path<Uuid>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let (scope, of) = sight(&person);
    let mut tx = state.db.read(person.tenant).await?;
    let found = readings::find(&mut tx, &scope, of, *id).await?.ok_or_else(problems::not_found)?;
    let reach = person.scope(&[KEEPING, &[Role::ControlAuthority]].concat());
    let files = readings::files_of(&mut tx, &reach, *id).await?;
    drop(tx);
    Ok(answer(&page(Account::of(&person), &found, &files, state.clock.now())))
}

/// The page of a reading and of the files opened under it.
pub fn page(
    account: Account,
    found: &Reading,
    files: &[Read],
    now: chrono::DateTime<chrono::Utc>,
) -> ReadingPage {
    let unseen = found.files.saturating_sub(files.len() as i64).unsigned_abs();
    let words = "autre consultation, qui n’est pas montrée";
    let several = "autres consultations, qui ne sont pas montrées";
    ReadingPage {
        shell: shell(format!("Consultation du {}", words::moment(found.opened_at).words), account),
        trail: vec![Link::new("Consultations au titre du contrôle", "/controle/lectures")],
        line: line(found, now),
        files: files.iter().map(file_line).collect(),
        unseen: (unseen > 0).then(|| words::count(unseen, words, several)),
    }
}

/// A reading as a line.
pub fn line(of: &Reading, now: chrono::DateTime<chrono::Utc>) -> Line {
    let is_open = of.ended_at.is_none() && of.until > now;
    Line {
        id: of.reading_id,
        address: address(of.reading_id),
        who: of.person.clone().unwrap_or_else(|| "Personne oubliée".into()),
        reason: Reason::from_word(&of.reason).map_or("Motif inconnu", Reason::label),
        words: of.words.clone(),
        of: match (&of.cote, of.is_of_one) {
            (Some(cote), _) => format!("L’archive {cote}"),
            (None, true) => "Une archive que vous ne suivez pas".into(),
            (None, false) => "Toutes les archives de son ressort".into(),
        },
        opened: words::moment(of.opened_at),
        until: words::moment(of.until),
        ended: of.ended_at.map(words::moment),
        state: if is_open { OPEN } else { PAST },
        files: match of.files.unsigned_abs() {
            0 => "aucun fichier ouvert".into(),
            files => words::count(files, "consultation de fichier", "consultations de fichiers"),
        },
        is_open,
    }
}

fn file_line(read: &Read) -> FileLine {
    FileLine {
        address: object::address(ObjectId(read.object_id)),
        name: read.file_name.clone(),
        cote: read.cote.clone(),
        at: words::moment(read.at),
    }
}
