//! A draft as the archivist will see it, with what is asked and what is to be put right.
//!
//! Never changes anything. The one thing to know: the tree shown is the one that is written.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::draft::{By, Draft, DraftFile};
use super::earlier::Earlier;
use super::ground::Ground;
use super::kinds::paths;
use super::outline::{lines, opening_of, text_of};
use super::problems::problems;
use super::questions::{Asked, asked};
use super::settle::{Settled, settle};
use super::{Drafting, Error, answers, words};
use crate::seda::opening::Opening;

pub use super::outline::Line;
pub use super::problems::{At, Problem};

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
    /// By field, what every earlier deposit of the kind answered: put before whoever deposits, who changes it or lets it stand.
    pub proposed: BTreeMap<String, String>,
    /// Earlier answers of the member, by field.
    pub suggestions: BTreeMap<String, Vec<String>>,
}

impl Review {
    /// Whether nothing is to be put right before it is sent.
    pub fn is_ready(&self) -> bool {
        self.problems.is_empty()
    }
}

impl Drafting {
    /// The person's own draft, read wholly.
    ///
    /// # Errors
    /// When rows or the profile cannot be read.
    pub async fn review(&self, by: &By, id: Uuid) -> Result<Seen, Error> {
        let Some(draft) = self.draft(by, id).await? else { return Ok(Seen::Nothing) };
        let Some(ground) = self.ground(by, &draft).await? else { return Ok(Seen::Closed(draft)) };
        let mut earlier = self.earlier(by, &ground).await?;
        let now = self.clock.now();
        let work = move || {
            let settled = settle(&ground, &draft, std::mem::take(&mut earlier.kinds), now);
            Ok(Seen::Open(Box::new(review(ground, draft, settled, earlier))))
        };
        super::blocking(work).await
    }
}

fn review(ground: Ground, draft: Draft, settled: Settled, earlier: Earlier) -> Review {
    let asked = asked(&ground, &draft, &settled);
    let proposed = earlier.proposed(&asked);
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
        proposed,
        suggestions: earlier.suggestions,
        draft,
    }
}
