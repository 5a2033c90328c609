//! What a profile asks, in words an archivist reads and prints: what must be there, what is fixed, what repeats.

use actix_web::{HttpResponse, web};
use askama::Template;
use uuid::Uuid;

use super::asks;
use super::show::Asked;
use super::{address, standard};
use crate::model::ProfileId;
use crate::registry::{Profile, profile_queries};
use crate::seda::profile::{self, ExplainedLine};
use crate::web::callers::ProfileReader;
use crate::web::pages::shell::{Account, Fact, Link, Section, Shell, answer};
use crate::web::pages::words;
use crate::web::{Problem, State, problems};

/// `GET /profils/{id}/explication`.
#[derive(Template)]
#[template(path = "profiles/explanation.html")]
pub struct ExplanationPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub name: String,
    pub facts: Vec<Fact>,
    pub lines: Vec<AskedLine>,
}

/// One element or attribute asked for, as a line of a tree.
pub struct AskedLine {
    pub name: String,
    /// The name is French words: the line gathers others, or stands for elements of any name.
    pub gathers: bool,
    /// What it is, in French, for the elements people meet most.
    pub label: Option<&'static str>,
    pub occurrence: &'static str,
    /// It must be there.
    pub required: bool,
    pub value: Option<String>,
    pub documentation: Option<String>,
    /// Lines under this one follow.
    pub opens: bool,
    /// Branches that end after this line.
    pub closes: usize,
}

/// `GET /profils/{id}/explication`.
pub async fn page(
    person: ProfileReader,
    id: web::Path<Uuid>,
    asked: web::Query<Asked>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let id = ProfileId(*id);
    let mut tx = state.db.read(person.tenant).await?;
    let profile = profile_queries::find_profile(&mut tx, id).await?.ok_or_else(problems::not_found)?;
    let version = asked.version.unwrap_or(profile.in_force.version);
    let rng = profile_queries::find_rng(&mut tx, id, version).await?.ok_or_else(problems::not_found)?;
    drop(tx);
    let explained = tokio::task::spawn_blocking(move || {
        profile::Profile::compile(&rng).map(|compiled| compiled.explain())
    });
    // It compiled when it was imported: another program may not take it, and then says nothing of it.
    let explained = explained.await.ok().and_then(Result::ok).unwrap_or_default();
    Ok(answer(&rendered(Account::of(&person), &profile, version, &explained)))
}

/// The page of what a version asks.
pub fn rendered(
    account: Account,
    profile: &Profile,
    version: u32,
    explained: &[ExplainedLine],
) -> ExplanationPage {
    let count = |wanted: &dyn Fn(&ExplainedLine) -> bool| {
        words::number(explained.iter().filter(|line| wanted(line)).count() as u64)
    };
    ExplanationPage {
        shell: Shell {
            title: format!("Ce que demande « {} »", profile.name),
            account: Some(account),
            section: Section::Profiles,
            top: false,
        },
        trail: vec![
            Link::new("Profils d’archivage", "/profils"),
            Link::new(&profile.name, address(profile.profile_id)),
        ],
        name: profile.name.clone(),
        facts: vec![
            Fact::new("Identifiant dans les bordereaux", &profile.identifier),
            Fact::new("Version", version.to_string()),
            Fact::new("Écrit pour", standard(profile.in_force.seda_version.as_deref())),
            Fact::new("Éléments obligatoires", count(&|line| line.is_required)),
            Fact::new("Valeurs imposées", count(&|line| line.is_fixed)),
        ],
        lines: lines(explained),
    }
}

/// The lines as a tree: a branch opens under a line when the next one stands deeper.
fn lines(explained: &[ExplainedLine]) -> Vec<AskedLine> {
    let depths = depths(explained);
    let line = |(at, line): (usize, &ExplainedLine)| {
        let next = depths.get(at + 1).copied().unwrap_or(0);
        AskedLine {
            name: line.name.clone(),
            gathers: line.name.starts_with(|first: char| first.is_lowercase() || first == '…'),
            label: asks::label(&line.name),
            occurrence: line.occurrence,
            required: line.is_required,
            value: line.value.clone(),
            documentation: line.documentation.clone(),
            opens: next > depths[at],
            closes: depths[at].saturating_sub(next),
        }
    };
    explained.iter().enumerate().map(line).collect()
}

/// Depths that grow by one at a time, whatever was given.
fn depths(explained: &[ExplainedLine]) -> Vec<usize> {
    let mut open: Vec<usize> = Vec::new();
    let mut depths = Vec::with_capacity(explained.len());
    for line in explained {
        while open.last().is_some_and(|last| *last >= line.depth) {
            open.pop();
        }
        depths.push(open.len());
        open.push(line.depth);
    }
    depths
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(depth: usize) -> ExplainedLine {
        ExplainedLine {
            depth,
            name: "Title".into(),
            occurrence: "obligatoire",
            is_required: true,
            value: None,
            is_fixed: false,
            documentation: None,
        }
    }

    #[test]
    fn every_branch_that_opens_is_closed() {
        for depths in [&[0, 1, 2, 2, 1, 0][..], &[3, 7, 7, 2], &[0], &[5, 1, 9], &[]] {
            let lines = lines(&depths.iter().map(|depth| at(*depth)).collect::<Vec<_>>());
            let opened = lines.iter().filter(|line| line.opens).count();
            let closed: usize = lines.iter().map(|line| line.closes).sum();
            assert_eq!(opened, closed, "{depths:?}");
        }
    }
}
