//! `chartrier schedule`: retention schedules (tableaux de gestion), imported and shown.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use super::check::{io_text, printable};
use super::{Failure, runtime};
use crate::app::App;
use crate::clock::Clock;
use crate::config::Config;
use crate::membership::schedule::{self, Imported, Refused};
use crate::registry::{self, retention, retention_queries};
use crate::seda::retention::FILE_BYTES_MAX;

/// `chartrier schedule`'s commands.
#[derive(Debug, clap::Subcommand)]
pub enum Command {
    /// Importe un tableau de gestion (CSV : code;typologie;dua;depart;sort;acces;reference;valide_du;valide_au;etat).
    Import {
        file: PathBuf,
        /// Code de la collectivité dont c'est le tableau.
        #[arg(
            long,
            value_name = "CODE",
            conflicts_with = "department",
            required_unless_present = "department"
        )]
        member: Option<String>,
        /// Code du département, pour les collectivités de son ressort.
        #[arg(long, value_name = "CODE")]
        department: Option<String>,
        /// Dit ce qui changerait, sans rien changer.
        #[arg(long)]
        dry_run: bool,
    },
    /// Le tableau en vigueur pour une collectivité, au format de l'import.
    Show {
        #[arg(long, value_name = "CODE")]
        member: String,
    },
}

/// Runs one of them.
pub(super) fn run(config: Config, command: &Command) -> Result<ExitCode, Failure> {
    runtime()?.block_on(async {
        let app = App::open(config, Clock::system()).await?;
        let outcome = match command {
            Command::Import { file, member, department, dry_run } => {
                import(&app, file, member.as_deref(), department.as_deref(), *dry_run).await
            }
            Command::Show { member } => show(&app, member).await,
        };
        app.close().await?;
        outcome
    })
}

async fn import(
    app: &App,
    file: &Path,
    member: Option<&str>,
    department: Option<&str>,
    dry: bool,
) -> Result<ExitCode, Failure> {
    let mut bytes = Vec::new();
    std::fs::File::open(file)
        .and_then(|file| file.take(FILE_BYTES_MAX as u64 + 1).read_to_end(&mut bytes))
        .map_err(|error| format!("{} : lecture impossible : {}", file.display(), io_text(&error)))?;
    let outcome = match (member, department) {
        (Some(code), _) => {
            let tenant = member_named(app, code).await?;
            schedule::import_member(&app.db, &app.clock, tenant, None, &bytes, dry).await
        }
        (None, department) => {
            let department = department.unwrap_or_default();
            schedule::import_department(&app.db, &app.clock, department, &bytes, dry).await
        }
    };
    match outcome {
        Ok(imported) => println!("{}", told(imported, dry)),
        Err(Refused::File(faults)) => {
            faults
                .iter()
                .for_each(|fault| eprintln!("{} : {}", file.display(), printable(&fault.to_string())));
            return Ok(ExitCode::from(1));
        }
        Err(Refused::Db(error)) => return Err(error.into()),
    }
    Ok(ExitCode::SUCCESS)
}

fn told(imported: Imported, dry: bool) -> String {
    let Imported { new, changed, same, to_validate, archives } = imported;
    let so = if dry { "À blanc, rien n'est changé : " } else { "" };
    format!(
        "{so}{new} règle(s) nouvelle(s), {changed} changée(s), {same} déjà ainsi ; {to_validate} à valider ; {archives} archive(s) en relèvent."
    )
}

async fn member_named(app: &App, code: &str) -> Result<crate::model::TenantId, Failure> {
    let members = registry::queries::members(&mut app.db.technical().await?).await?;
    let found = members.into_iter().find(|member| member.code == code).map(|member| member.tenant);
    found.ok_or_else(|| format!("aucune collectivité n'a le code « {} »", printable(code)).into())
}

async fn show(app: &App, code: &str) -> Result<ExitCode, Failure> {
    let tenant = member_named(app, code).await?;
    let versions = retention_queries::versions(&mut app.db.read(tenant).await?, None).await?;
    let rules = retention::schedule(versions, app.clock.today());
    print!("{}", crate::seda::retention::written(rules.iter().map(|(_, rule)| rule)));
    Ok(ExitCode::SUCCESS)
}
