//! What people of the demonstration ask before anybody looks: to read what is not open yet, to read files in control, to have a rule
//! validated, to be let in on a member's request.
//!
//! By the operations that the pages call, as people who log in; what a first run asked is found by the second.

use std::net::{IpAddr, Ipv4Addr};

use super::members::Member;
use super::report::Report;
use crate::access::derogation::Asked as Derogation;
use crate::access::{Access, Asked, Reader};
use crate::app::App;
use crate::catalog::search::Question;
use crate::cli::Failure;
use crate::identity::{LogIn, PersonCaller};
use crate::membership::profiles::By;
use crate::membership::{glass, readings, schedule};
use crate::model::{ArchiveId, Role};
use crate::seda::retention::HEADER;

/// Where the reader and the control authority find what they ask about, and whose archives the operator asks to see.
const READ: &str = "saint-aubrac";
const LET_IN: &str = "eaux-loine";
/// Whose archivist proposes a rule of its own, and the rule.
const RULED: &str = "montvernoille";
const RULE: &str =
    "SALLES-LOCATION;Contrats de location de salles;P5Y;cloture_exercice;D;;Usage de la commune;;;a_valider";

/// All of it, once.
pub async fn show(report: &Report, app: &App, members: &[Member]) -> Result<(), Failure> {
    let access = Access::new(app.db.clone(), app.storage.clone(), app.clock.clone());
    let reader = acting(app, members, READ, "lecture.aubrac").await?;
    let (cote, archive) = derogation(&access, &reader).await?;
    report.good(&format!("une dérogation est demandée pour {cote} : l'archiviste la verra"));
    control(app, &access, members, &cote, archive).await?;
    report.good(&format!("le contrôle a dit pourquoi il lit {cote}, et un fichier s'est ouvert à lui"));
    let archivist = acting(app, members, RULED, "archiviste").await?;
    let by = By { tenant: archivist.tenant, person: archivist.person_id, role: Role::Archivist };
    let file = format!("{}\n{RULE}\n", HEADER.join(";"));
    schedule::import_member(&app.db, &app.clock, by.tenant, Some(by), file.as_bytes(), false).await?;
    report.good(&format!("une règle est proposée pour {RULED} : le contrôle la validera"));
    let operator = acting(app, members, "haute-valmoure", "exploitation").await?;
    let tenant = member(members, LET_IN)?.tenant();
    if glass::of_member(&mut app.db.read(tenant).await?).await?.is_empty() {
        let asked = glass::Asked {
            request: "Courrier du président du syndicat, référence 2026-118".into(),
            reason: "Un bordereau ne s’affiche pas : le voir pour comprendre.".into(),
            hours: 2,
        };
        let asked = glass::ask(&app.db, &app.clock, operator.person_id, tenant, asked).await?;
        asked.map_err(|why| format!("l'accès exceptionnel n'est pas demandé : {why:?}"))?;
    }
    report.good(&format!("un accès exceptionnel à {LET_IN} est demandé : le pilote en décide"));
    Ok(())
}

/// Somebody asks to read the first archive that is not open to them; its cote.
async fn derogation(access: &Access, person: &PersonCaller) -> Result<(String, ArchiveId), Failure> {
    let reader = Reader::person(person).ok_or("le lecteur ne lit pas")?;
    let question = Question { roots_only: true, ..Question::default() };
    let closed = Asked { question, open: Some(false), ..Asked::default() };
    let found = access.find(&reader, &closed, None, 1).await?.page.units.pop();
    let unit = found.ok_or("tout est communicable")?;
    let reason = "Je prépare une histoire des bâtiments de la commune, pour le bulletin municipal.";
    match access.ask_derogation(&reader, person.person_id, unit.unit_id, reason).await? {
        Some(Derogation::Recorded | Derogation::Already) => Ok((unit.cote, unit.archive_id)),
        refused => Err(format!("la dérogation n'est pas demandée : {refused:?}").into()),
    }
}

/// The control authority says why it reads this archive, and opens a file of it.
async fn control(
    app: &App,
    access: &Access,
    members: &[Member],
    cote: &str,
    archive: ArchiveId,
) -> Result<(), Failure> {
    let person = acting(app, members, READ, "controle").await?;
    let ressort = person.scope(&[Role::ControlAuthority]);
    let mut tx = app.db.read(person.tenant).await?;
    let before = readings::of_member(&mut tx, &ressort, Some(person.person_id), None, 1).await?;
    drop(tx);
    if !before.is_empty() {
        return Ok(());
    }
    let by = By { tenant: person.tenant, person: person.person_id, role: Role::ControlAuthority };
    let asked = readings::Asked {
        reason: readings::Reason::Description.word().to_owned(),
        words: "Contrôle annuel : le classement des dossiers de marchés.".into(),
        cote: cote.to_owned(),
        hours: 1,
    };
    let opened = readings::open(&app.db, &app.clock, by, &ressort, &asked).await?;
    opened.map_err(|why| format!("la lecture n'est pas ouverte : {why:?}"))?;
    // With the reading that they hold from now on.
    let person = acting(app, members, READ, "controle").await?;
    let reader = Reader::person(&person).ok_or("le contrôle ne lit pas")?;
    let question = Question { archive: Some(archive), ..Question::default() };
    let asked = Asked { question, ..Asked::default() };
    for unit in access.find(&reader, &asked, None, 100).await?.page.units {
        let file = access.objects(&reader, unit.unit_id, None, 1).await?.unwrap_or_default().pop();
        if let Some(file) = file {
            access.open(&reader, file.object_id).await?.ok_or("aucun fichier ne s'ouvre au contrôle")?;
            return Ok(());
        }
    }
    Err(format!("{cote} n'a aucun fichier").into())
}

fn member<'a>(members: &'a [Member], code: &str) -> Result<&'a Member, Failure> {
    Ok(members.iter().find(|member| member.code == code).ok_or_else(|| format!("{code} n'est pas là"))?)
}

/// Somebody of a member's file, logged in for a moment, acting for it.
async fn acting(app: &App, members: &[Member], code: &str, login: &str) -> Result<PersonCaller, Failure> {
    let known = member(members, code)?.person.iter().find(|person| person.login == login);
    let known = known.ok_or_else(|| format!("{login} n'est pas dans {code}"))?;
    let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
    let LogIn::Opened(cookie) = app.identity.log_in(login, &known.password, here).await? else {
        return Err(format!("{login} n'entre pas").into());
    };
    app.identity.choose_member(&cookie, code).await?;
    let caller = app.identity.session(&cookie).await?.and_then(|session| session.caller);
    app.identity.log_out(&cookie).await?;
    Ok(caller.ok_or_else(|| format!("{login} n'agit pas pour {code}"))?)
}
