//! Which copies a command is about: of one member, on one site, of one archive, or all of them.

use clap::Args;
use uuid::Uuid;

use super::Failure;
use crate::app::App;
use crate::model::{ArchiveId, TenantId};
use crate::preservation::Scope;
use crate::registry;

/// What is chosen on the command line.
#[derive(Args, Clone, Debug)]
pub(super) struct Selection {
    /// Code de la collectivité ; sans lui, toutes.
    #[arg(long)]
    member: Option<String>,
    /// Nom du site ; sans lui, tous.
    #[arg(long)]
    site: Option<String>,
    /// Identifiant ou cote de l'archive ; sans lui, toutes.
    #[arg(long)]
    archive: Option<String>,
    /// Une ligne JSON par réponse.
    #[arg(long)]
    pub json: bool,
}

/// A member, with what is chosen of its archives.
pub(super) struct Chosen {
    pub code: String,
    pub tenant: TenantId,
    pub scope: Scope,
}

impl Selection {
    /// What is chosen; a member, site or archive that does not exist is a failure.
    pub async fn resolve(&self, app: &App) -> Result<Vec<Chosen>, Failure> {
        if let Some(site) =
            self.site.as_ref().filter(|site| !app.storage.sites().any(|known| known == **site))
        {
            return Err(format!("le site « {site} » n'est pas dans les réglages").into());
        }
        let mut members = registry::queries::members(&mut app.db.technical().await?).await?;
        members.retain(|member| self.member.as_ref().is_none_or(|code| *code == member.code));
        if let Some(code) = self.member.as_ref().filter(|_| members.is_empty()) {
            return Err(format!("aucune collectivité « {code} »").into());
        }
        let mut chosen = Vec::new();
        for member in members {
            let archive = match &self.archive {
                None => None,
                Some(named) => match find(app, member.tenant, named).await? {
                    Some(archive) => Some(archive),
                    None => continue,
                },
            };
            let scope = Scope { site: self.site.clone(), archive };
            chosen.push(Chosen { code: member.code, tenant: member.tenant, scope });
        }
        match &self.archive {
            Some(named) if chosen.is_empty() => Err(format!("aucune archive « {named} »").into()),
            _ => Ok(chosen),
        }
    }
}

/// The member's archive that bears this identifier or cote.
async fn find(app: &App, tenant: TenantId, named: &str) -> Result<Option<ArchiveId>, Failure> {
    Ok(match Uuid::parse_str(named) {
        Ok(id) => app.preservation.has_archive(tenant, ArchiveId(id)).await?.then_some(ArchiveId(id)),
        Err(_) => app.preservation.archive_of_cote(tenant, named).await?,
    })
}
