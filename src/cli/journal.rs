//! `chartrier journal export`: a member's journal, or what it says of one archive, given out: its exact texts, which anyone
//! verifies (`chartrier verify`), or PREMIS 3. 1 when the journal does not hold together.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Subcommand, ValueEnum};
use uuid::Uuid;

use super::{Failure, runtime};
use crate::app::App;
use crate::catalog;
use crate::clock::Clock;
use crate::config::Config;
use crate::evidence::{self, export};
use crate::model::{ArchiveId, TenantId};
use crate::package::premis::Journal;
use crate::registry;

/// What is done with a journal.
#[derive(Subcommand)]
pub(super) enum Command {
    /// Écrit le journal d'une collectivité dans un fichier, ou sur la sortie (« - »).
    Export(Export),
}

/// What is given out.
#[derive(clap::Args)]
pub(super) struct Export {
    /// La collectivité, par son code.
    #[arg(long)]
    member: String,
    /// Seulement ce que le journal dit de cette archive et de son versement.
    #[arg(long, value_name = "ID", conflicts_with_all = ["from", "to"])]
    archive: Option<Uuid>,
    /// Les textes exacts, un par ligne, ou PREMIS 3.
    #[arg(long, value_enum, default_value_t = Form::Jsonl)]
    format: Form,
    /// Numéro de la première entrée.
    #[arg(long, value_name = "N", default_value_t = 1)]
    from: i64,
    /// Numéro de la dernière entrée.
    #[arg(long, value_name = "N")]
    to: Option<i64>,
    #[arg(value_name = "FICHIER")]
    file: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    Jsonl,
    Premis,
}

/// Does it.
pub(super) fn run(config: Config, command: &Command) -> Result<ExitCode, Failure> {
    let Command::Export(export) = command;
    runtime()?.block_on(async {
        let app = App::open(config, Clock::system()).await?;
        let outcome = async {
            known(&app, &export.member).await?;
            given_out(&app, export).await
        };
        let outcome = outcome.await;
        app.close().await?;
        outcome
    })
}

/// Refuses a member that nobody knows: its journal would be an empty file.
async fn known(app: &App, code: &str) -> Result<(), Failure> {
    let mut tx = app.db.read(TenantId::of_member(code)).await?;
    match registry::queries::find_member(&mut tx).await? {
        Some(_) => Ok(()),
        None => Err(format!("aucune collectivité de code « {code} »").into()),
    }
}

async fn given_out(app: &App, asked: &Export) -> Result<ExitCode, Failure> {
    if asked.file == Path::new("-") {
        return write(app, asked, io::stdout().lock()).await.map(|(code, _)| code);
    }
    // A file that bears its name is whole, and a head beside it is its own: the one of another export goes first.
    let (draft, beside) = (named(&asked.file, ".part"), named(&asked.file, ".note"));
    let mut file = BufWriter::new(File::create(&draft)?);
    let (code, note) = write(app, asked, &mut file).await?;
    file.into_inner()?.sync_all()?;
    if code != ExitCode::SUCCESS {
        return Ok(code);
    }
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        _ => fs::rename(&draft, &asked.file)?,
    }
    if let Some(note) = note {
        let mut file = File::create(&draft)?;
        file.write_all(note.as_bytes())?;
        file.sync_all()?;
        fs::rename(&draft, &beside)?;
        eprintln!("Tête signée qui couvre ce journal : {}", beside.display());
    }
    let folder = asked.file.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    File::open(folder)?.sync_all()?;
    Ok(code)
}

/// The same path with an ending more.
fn named(path: &Path, ending: &str) -> PathBuf {
    let mut named = path.to_path_buf().into_os_string();
    named.push(ending);
    named.into()
}

/// Writes the entries; the signed head that covers them, when they are the journal from its beginning, as it is.
async fn write(app: &App, asked: &Export, out: impl Write) -> Result<(ExitCode, Option<String>), Failure> {
    let code = asked.member.as_str();
    let mut tx = app.db.read(TenantId::of_member(code)).await?;
    let about = match asked.archive {
        None => None,
        Some(id) => {
            let archive = ArchiveId(id);
            let transfer = catalog::queries::transfer_of(&mut tx, archive).await?;
            Some((archive, transfer.ok_or_else(|| format!("{code} n’a pas d’archive {id}"))?))
        }
    };
    let mut out =
        Writing::begin(asked.format, out, code, about.map(|(archive, _)| format!("archive:{archive}")))?;
    let mut take = |text: &str, fields: &_, hash: &_| out.entry(text, fields, hash);
    let given = match about {
        Some((archive, transfer)) => {
            export::entries_about(&mut tx, archive, transfer, &mut take).await.map(|count| count as i64)
        }
        None => export::entries(&mut tx, code, (asked.from.max(1), asked.to), &mut take).await,
    };
    match given {
        Ok(last) => {
            out.end()?;
            let whole = about.is_none() && asked.from <= 1 && asked.format == Form::Jsonl;
            let note = if whole { export::head_within(&mut tx, last).await? } else { None };
            Ok((ExitCode::SUCCESS, note))
        }
        Err(evidence::Error::Broken(fault)) => {
            eprintln!("{code} : {fault}");
            Ok((ExitCode::from(1), None))
        }
        Err(error) => Err(error.into()),
    }
}

/// A file in the making.
enum Writing<W: Write> {
    Jsonl(W),
    Premis(Journal<W>),
}

impl<W: Write> Writing<W> {
    fn begin(form: Form, out: W, code: &str, about: Option<String>) -> io::Result<Self> {
        Ok(match form {
            Form::Jsonl => Self::Jsonl(out),
            Form::Premis => Self::Premis(Journal::begin(out, code, about.as_deref())?),
        })
    }

    fn entry(
        &mut self,
        text: &str,
        fields: &serde_json::Map<String, serde_json::Value>,
        hash: &[u8; 32],
    ) -> io::Result<()> {
        match self {
            Self::Jsonl(out) => writeln!(out, "{text}"),
            Self::Premis(journal) => journal.entry(fields, hash),
        }
    }

    fn end(self) -> io::Result<()> {
        match self {
            Self::Jsonl(mut out) => out.flush(),
            Self::Premis(journal) => journal.end()?.flush(),
        }
    }
}
