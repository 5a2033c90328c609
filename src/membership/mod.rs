//! Members as files: `tenants/<code>/member.toml` says what a member is, and the database is made so; and archive
//! profiles, which a member's people also import and bind ([`profiles`]).
//!
//! Never deletes: what a file no longer names is left as it was, and a folder without the file of a member that holds archives is
//! refused. People, agreements and machines are the portal's once they were
//! made: a file makes them, and changes them only when it is taken ([`Taking`]). The one thing to know:
//! every file is read and checked before anything is changed, then each member is one transaction, in which
//! each change leaves its event; a second run changes and records nothing.

mod account_queries;
pub mod accounts;
mod agreement_queries;
pub mod agreements;
mod call_queries;
pub mod calls;
mod change;
mod check;
mod check_conditions;
mod check_convention;
mod check_formats;
mod check_limits;
mod check_numbering;
mod check_people;
mod check_profiles;
mod check_virus;
pub mod connectors;
mod convention_queries;
mod convention_rows;
pub mod drafts;
pub mod expected;
mod expected_queries;
pub mod export;
mod export_queries;
mod faults;
mod file;
pub mod forget;
pub mod glass;
mod glass_queries;
mod grammars;
pub mod library;
mod machine_queries;
pub mod machines;
pub mod numbering;
mod numbering_queries;
mod people;
mod people_queries;
mod profile_queries;
mod profile_rows;
pub mod profiles;
mod queries;
mod read;
pub mod readiness;
mod reading_queries;
pub mod readings;
mod rows;
pub mod schedule;
mod schedule_queries;
pub mod suspension;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::clock::Clock;
use crate::db::{self, Db};
use crate::identity;
use crate::model::TenantId;
use crate::storage::Storage;

use change::Changes;
pub use change::Taking;
pub use check_virus::refuse_without_virus_scanner;
use file::Member;

/// A fault in a member's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pub path: PathBuf,
    /// From 1; 0 when the fault is the file itself.
    pub line: usize,
    /// In French.
    pub reason: String,
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            0 => write!(f, "{} : {}", self.path.display(), self.reason),
            line => write!(f, "{}:{line} : {}", self.path.display(), self.reason),
        }
    }
}

/// Why members were not applied.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Everything wrong in every file; nothing was changed.
    #[error("{}", lines(.0))]
    Files(Vec<Fault>),
    #[error("{code} : l'identifiant client « {client_id} » est déjà celui d'un autre membre")]
    ClientTaken { code: String, client_id: String },
    #[error("{code} : {error}")]
    Db { code: String, error: db::Error },
    #[error("{0}")]
    Identity(#[from] identity::Error),
}

impl Error {
    /// Whether trying again later may succeed.
    pub fn is_transient(&self) -> bool {
        match self {
            Error::Db { error, .. } => error.is_transient(),
            Error::Identity(error) => error.is_transient(),
            Error::Files(_) | Error::ClientTaken { .. } => false,
        }
    }
}

/// Whether changes are made or only told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mode {
    Apply,
    Plan,
}

/// Makes the database what the files under `folder` say; gives one sentence for each change. A sentence may
/// hold a first password or secret, kept nowhere else: it is for the operator's eyes, never for a log.
pub async fn apply(
    db: &Db,
    storage: &Storage,
    folder: &Path,
    clock: &Clock,
    taking: Taking,
) -> Result<Vec<String>, Error> {
    run(db, storage, folder, clock, (Mode::Apply, taking)).await
}

/// What [`apply`] would change.
pub async fn plan(
    db: &Db,
    storage: &Storage,
    folder: &Path,
    clock: &Clock,
    taking: Taking,
) -> Result<Vec<String>, Error> {
    run(db, storage, folder, clock, (Mode::Plan, taking)).await
}

async fn run(
    db: &Db,
    storage: &Storage,
    folder: &Path,
    clock: &Clock,
    (mode, taking): (Mode, Taking),
) -> Result<Vec<String>, Error> {
    let mut faults = schedule::unknown_typologies(db, folder).await?;
    let members = read::read_all(folder, storage, clock.today()).unwrap_or_else(|found| {
        faults.extend(found);
        Vec::new()
    });
    if faults.is_empty() {
        faults = without_file(db, folder, &members).await?;
    }
    if !faults.is_empty() {
        faults.sort_by(|one, other| (&one.path, one.line).cmp(&(&other.path, other.line)));
        return Err(Error::Files(faults));
    }
    let of_member = |member: &Member| {
        let code = member.code.clone();
        |error: db::Error| Error::Db { code, error }
    };
    // Slow hashes are made before any transaction that holds locks.
    let mut missing = people::Missing::default();
    for member in &members {
        missing.look(db, member).await.map_err(of_member(member))?;
    }
    let accounts = missing.prepared(mode).await?;
    let mut sentences = Vec::new();
    let mut announced = BTreeSet::new();
    for member in &members {
        let changes = apply_member(db, member, &accounts, clock, (mode, taking), &mut announced).await?;
        // What waits for room looks for it again at once.
        if mode == Mode::Apply && !changes.is_empty() {
            db::jobs::hasten(db, db::jobs::WAITS_FOR_ROOM, clock.now()).await.map_err(of_member(member))?;
        }
        sentences.extend(changes.into_iter().map(|change| format!("{} : {change}", member.code)));
    }
    Ok(sentences)
}

/// Members that hold archives and whose file is gone: nothing that holds archives is removed by a file, and a folder that has lost one
/// is no folder to apply.
async fn without_file(db: &Db, folder: &Path, members: &[Member]) -> Result<Vec<Fault>, Error> {
    let named: Vec<String> = members.iter().map(|member| member.code.clone()).collect();
    let unreached = |error: db::Error| Error::Db { code: "collectivités".into(), error };
    let mut tx = db.technical().await.map_err(unreached)?;
    let holding = queries::holding_but(&mut tx, &named).await.map_err(unreached)?;
    let fault = |(code, name, archives): (String, String, i64)| Fault {
        path: folder.join(&code).join("member.toml"),
        line: 0,
        reason: format!(
            "« {name} » n'a plus de fichier et conserve {archives} archive(s) : rien ne s'en va avec un fichier. Remettez-le \
             (chartrier tenants export) ; une collectivité qui cesse y reçoit une date de fin (valid_until), et qui lui succède"
        ),
    };
    Ok(holding.into_iter().map(fault).collect())
}

/// One member, in one transaction. `announced`: logins of the accounts made by this run so far.
async fn apply_member(
    db: &Db,
    member: &Member,
    accounts: &people::Accounts,
    clock: &Clock,
    (mode, taking): (Mode, Taking),
    announced: &mut BTreeSet<String>,
) -> Result<Vec<String>, Error> {
    let of_member = |error: db::Error| Error::Db { code: member.code.clone(), error };
    let tenant = TenantId::of_member(&member.code);
    let mut tx = db.write(tenant).await.map_err(of_member)?;
    let mut changes = Changes::new(taking);
    let now = clock.now();
    let written = async {
        rows::write_member(&mut tx, member, now, &mut changes).await?;
        rows::write_parties(&mut tx, member, clock, &mut changes).await?;
        convention_rows::write_convention(&mut tx, member, clock, &mut changes).await?;
        numbering::write_numbering(&mut tx, member, clock, &mut changes).await?;
        profile_rows::write_profiles(&mut tx, member, clock, &mut changes).await?;
        rows::write_agreements(&mut tx, member, clock, &mut changes).await?;
        people::write_people(&mut tx, member, accounts, clock, &mut changes, announced).await?;
        people::write_machines(&mut tx, member, accounts, clock, &mut changes).await
    };
    written.await.map_err(|error: db::Error| match (error.constraint(), changes.last_client()) {
        (Some("machine_client_unique"), Some(client_id)) => {
            Error::ClientTaken { code: member.code.clone(), client_id: client_id.to_string() }
        }
        _ => of_member(error),
    })?;
    let left = changes.left();
    let (events, mut sentences) = changes.into_parts();
    sentences.extend(left);
    if mode == Mode::Apply && !events.is_empty() {
        events.into_iter().for_each(|event| tx.record(event));
        tx.commit().await.map_err(of_member)?;
    }
    Ok(sentences)
}

fn lines(faults: &[Fault]) -> String {
    faults.iter().map(Fault::to_string).collect::<Vec<_>>().join("\n")
}
