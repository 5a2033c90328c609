//! The integrity of archives: for those whose archives they are; [`keeping`](keeping()) for those who run the service.
//!
//! Never shows more of an archive than its cote, nor anything that closes an incident: only a good reading does.

mod keeping;

use actix_web::{HttpResponse, web};
use askama::Template;

use super::access::unit;
use super::shell::{Account, At, Badge, Section, Shell, answer};
use super::words;
use crate::access::Reader;
use crate::catalog::Copy;
use crate::preservation::{CATALOGUE, Incident, MemberSite, MemberStanding};
use crate::web::callers::IntegrityReader;
use crate::web::{Problem, State};

pub use keeping::{Keeping, keeping};

/// `GET /integrite`.
#[derive(Template)]
#[template(path = "preservation/integrity.html")]
pub struct IntegrityPage {
    pub shell: Shell,
    pub sites: Vec<SiteLine>,
    pub open: Vec<IncidentLine>,
    /// Said when not all of them are shown.
    pub more: Option<String>,
    /// A copy is wrong everywhere.
    pub hopeless: bool,
    pub repaired: Vec<IncidentLine>,
}

/// A site, and how the copies there were read again.
pub struct SiteLine {
    pub name: String,
    pub state: Badge,
    pub copies: String,
    /// From 0 to 100, when there is something to read, and in words.
    pub fresh: Option<u64>,
    pub fresh_words: String,
    pub oldest: Option<At>,
    pub sampled: Option<At>,
    pub incidents: String,
}

/// Something wrong with a copy, or that was.
pub struct IncidentLine {
    pub cote: String,
    pub address: Option<String>,
    pub site: String,
    pub state: Badge,
    pub found: At,
    pub said: Vec<String>,
    pub mended: Option<At>,
    pub how: String,
}

/// A copy of an archive, on the archive's own page.
pub struct CopyLine {
    pub site: String,
    pub state: Badge,
    pub read: At,
}

const RIGHT: Badge = Badge { label: "Relue sans défaut", tone: "kept", icon: "check" };
const MENDING: Badge = Badge { label: "Réparation en cours", tone: "waiting", icon: "clock" };
const HOPELESS: Badge = Badge { label: "Aucune copie saine", tone: "refused", icon: "alert" };
const MENDED: Badge = Badge { label: "Réparée", tone: "kept", icon: "check" };
const WITHDRAWN: Badge = Badge { label: "Copie retirée", tone: "moving", icon: "info" };
const WELL: Badge = Badge { label: "Contrôlé", tone: "kept", icon: "check" };
const WRONG: Badge = Badge { label: "À réparer", tone: "waiting", icon: "alert" };
const NOTHING: Badge = Badge { label: "Rien à relire", tone: "moving", icon: "info" };
const NOT_YET: Badge = Badge { label: "Pas encore contrôlé", tone: "waiting", icon: "clock" };

/// `GET /integrite`.
pub async fn show(person: IntegrityReader, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let standing = state.preservation.member_standing(person.tenant).await?;
    let mut page = page(Account::of(&person), &standing);
    if Reader::person(&person).is_none() {
        // A cote leads where they do not read.
        page.open.iter_mut().chain(&mut page.repaired).for_each(|line| line.address = None);
    }
    Ok(answer(&page))
}

/// The page of how a member's archives are kept.
pub fn page(account: Account, standing: &MemberStanding) -> IntegrityPage {
    let shown = standing.open.len() as u64;
    IntegrityPage {
        shell: Shell {
            title: "Intégrité".into(),
            account: Some(account),
            section: Section::Integrity,
            top: true,
        },
        sites: standing.sites.iter().map(|site| member_site(site, &standing.open)).collect(),
        open: standing.open.iter().map(incident).collect(),
        more: (standing.open_count > shown).then(|| {
            format!("Les {shown} plus graves sont montrés, sur {}.", words::number(standing.open_count))
        }),
        hopeless: standing.open.iter().any(|incident| incident.no_good_copy),
        repaired: standing.repaired.iter().map(incident).collect(),
    }
}

/// What is wrong with a member's archives, on the desk of those who answer for them; `None` when nothing is.
pub fn notice(standing: &MemberStanding) -> Option<String> {
    let hopeless = standing.open.iter().filter(|incident| incident.no_good_copy).count() as u64;
    let open =
        words::count(standing.open_count, "copie d’archive est fausse", "copies d’archives sont fausses");
    match (standing.open_count, hopeless) {
        (0, _) => None,
        (_, 0) => Some(format!("{open} : le service les répare depuis une copie saine.")),
        (_, hopeless) => {
            let hopeless = words::count(hopeless, "n’a", "n’ont");
            Some(format!(
                "{open}, dont {hopeless} plus aucune copie saine. Prenez contact avec l’exploitant."
            ))
        }
    }
}

/// How an archive's copies stand, on its own page.
pub fn copies(copies: &[Copy], incidents: &[Incident]) -> Vec<CopyLine> {
    let line = |copy: &Copy| {
        let wrong = incidents.iter().find(|incident| incident.site == copy.site);
        CopyLine {
            site: copy.site.clone(),
            state: wrong.map_or(RIGHT, badge),
            read: words::moment(copy.verified_at),
        }
    };
    copies.iter().map(line).collect()
}

fn member_site(site: &MemberSite, open: &[Incident]) -> SiteLine {
    let wrong = open.iter().filter(|incident| incident.site == site.site).count() as u64;
    SiteLine {
        name: site.site.clone(),
        state: match (wrong, site.sampled_at) {
            (0, Some(_)) if site.copies == 0 => NOTHING,
            (0, Some(_)) => WELL,
            (0, None) => NOT_YET,
            _ => WRONG,
        },
        copies: counted(site.copies),
        fresh: (site.copies > 0).then(|| percent(site.fresh, site.copies)),
        fresh_words: share(site.fresh, site.copies),
        oldest: site.oldest_at.map(words::moment),
        sampled: site.sampled_at.map(words::moment),
        incidents: words::number(wrong),
    }
}

fn incident(incident: &Incident) -> IncidentLine {
    let more = u64::from(incident.fault_count).saturating_sub(incident.faults.len() as u64);
    let more = (more > 0).then(|| format!("et {}", words::count(more, "autre défaut", "autres défauts")));
    IncidentLine {
        cote: incident.cote.clone(),
        address: incident.root.map(unit::address),
        site: incident.site.clone(),
        state: badge(incident),
        found: words::moment(incident.opened_at),
        said: incident.faults.iter().map(|fault| words::sentence(fault)).chain(more).collect(),
        mended: incident.repaired_at.map(words::moment),
        how: match &incident.repaired_from {
            _ if incident.withdrawn => "Copie détruite quand son site a été retiré.".into(),
            Some(from) if from == CATALOGUE => "Marque réécrite d’après le catalogue, puis relue.".into(),
            Some(from) => format!("Depuis la copie du site {from}, puis relue."),
            None => "Saine quand elle a été relue.".into(),
        },
    }
}

fn badge(incident: &Incident) -> Badge {
    match incident {
        Incident { withdrawn: true, .. } => WITHDRAWN,
        Incident { repaired_at: Some(_), .. } => MENDED,
        Incident { no_good_copy: true, .. } => HOPELESS,
        _ => MENDING,
    }
}

/// From 0 to 100, rounded down; all of nothing is everything.
fn percent(part: u64, whole: u64) -> u64 {
    let percent = u128::from(part) * 100 / u128::from(whole.max(1));
    if whole == 0 { 100 } else { u64::try_from(percent).unwrap_or(100).min(100) }
}

/// Copies are counted when a day's readings end.
fn counted(copies: u64) -> String {
    format!("{} au dernier décompte", words::count(copies, "copie", "copies"))
}

fn share(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "Aucune copie à relire".into();
    }
    format!("{}\u{a0}% ({} sur {})", percent(part, whole), words::number(part), words::number(whole))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_rounded_down_and_nothing_is_whole() {
        assert_eq!([percent(999, 1_000), percent(0, 0), percent(7, 5)], [99, 100, 100]);
    }
}
