//! One transfer: where it stands, what was found, its papers, and the archivist's two forms.

use askama::Template;

use super::decision::DecisionForm;
use super::findings::{self, FindingGroup};
use super::list;
use super::said::{self, Answered};
use super::tree::{self, TreeCard};
use crate::ingest::places::Places;
use crate::model::findings::MESSAGE_REFUSED_BY_ARCHIVIST;
use crate::model::{DecisionSaid, Finding, RefusalReason, Signatures, Transfer, TransferId, TransferState};
use crate::web::pages::attestations::Card;
use crate::web::pages::shell::{Account, At, Badge, Fact, Link, Section, Shell};
use crate::web::pages::{signatures, viruses, words};

/// `GET /versements/{id}`.
#[derive(Template)]
#[template(path = "ingest/transfer.html")]
pub struct TransferPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub here: String,
    pub state: Badge,
    /// It will change by itself.
    pub moving: bool,
    /// Something to know first.
    pub notice: Option<&'static str>,
    pub headline: &'static str,
    pub explanation: String,
    pub steps: Vec<Step>,
    pub archive: Option<Link>,
    pub can_retry: bool,
    /// For whoever deposited it by the portal's questions: the proof of the form that takes it up again.
    pub resume: Option<String>,
    /// The transfer that takes it up again.
    pub followed_by: Option<String>,
    /// The refused one that it takes up again, and its day.
    pub follows: Option<(String, At)>,
    pub decision: Option<DecisionForm>,
    /// What the archivist said.
    pub answered: Option<Answered>,
    pub findings: Vec<FindingGroup>,
    /// The same, in the tree of what was sent.
    pub tree: Option<TreeCard>,
    pub facts: Vec<Fact>,
    pub papers: Vec<Paper>,
    pub attestations: Option<Card>,
    pub signatures: Option<signatures::Card>,
}

/// A step of a transfer's way.
pub struct Step {
    pub label: &'static str,
    /// `done`, `now`, `later` or `failed`.
    pub progress: &'static str,
    pub icon: &'static str,
    pub at: Option<At>,
    /// Instead of the moment.
    pub words: &'static str,
}

/// A document to download.
pub struct Paper {
    pub label: &'static str,
    pub address: String,
    pub words: &'static str,
}

/// What must pass before a transfer is looked at again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Awaited {
    /// The virus scanner does not answer, and nothing passes without it.
    Scanner,
    /// The member's quota is full.
    Room,
}

/// What the registers know of a transfer, and what the person may do with it.
pub struct Seen<'a> {
    pub transfer: &'a Transfer,
    /// The archive it became: its cote, the page of its root, the number of copies.
    pub archive: Option<(String, String, usize)>,
    /// Names of the register; identifiers where it has none.
    pub sender: Option<String>,
    pub agreement: Option<String>,
    /// The archive profile it declares, with the version it was checked against.
    pub profile: Option<String>,
    pub acknowledged: bool,
    pub replied: bool,
    pub attestations: Option<Card>,
    /// The electronic signatures that its files bear.
    pub signatures: Option<Signatures>,
    /// What must pass before it is looked at again.
    pub awaited: Option<Awaited>,
    pub can_deposit: bool,
    /// What the archivist said of her decision.
    pub said: DecisionSaid,
    /// Where its findings are.
    pub places: Places,
    pub again: Again,
    /// The archivist's forms, for whoever may decide now.
    pub decision: Option<DecisionForm>,
}

/// A refused transfer and the one that takes it up again, each seen from the other.
#[derive(Default)]
pub struct Again {
    /// The refused one that this one takes up.
    pub follows: Option<Transfer>,
    /// It was refused, and whoever looks may take it up again: the proof of their forms.
    pub resume: Option<String>,
    /// The one that took it up.
    pub followed_by: Option<TransferId>,
}

/// The page.
pub fn page(account: Account, seen: Seen<'_>) -> TransferPage {
    let transfer = seen.transfer;
    let copies = seen.archive.as_ref().map_or(0, |(_, _, copies)| *copies);
    let (headline, explanation) = match seen.awaited {
        Some(Awaited::Scanner) => awaiting_scanner(),
        Some(Awaited::Room) => awaiting_room(),
        None if is_declined(&seen.said) => declined(),
        None => said(transfer, seen.decision.is_some(), copies),
    };
    let can_send_again = seen.said.reasons != [RefusalReason::Duplicate];
    // The card says those words already.
    let is_shown = |finding: &&Finding| {
        !is_declined(&seen.said) || !std::ptr::eq(finding.kind, &MESSAGE_REFUSED_BY_ARCHIVIST)
    };
    let shown: Vec<Finding> = transfer.findings.iter().filter(is_shown).cloned().collect();
    TransferPage {
        trail: vec![Link::new("Versements", "/versements")],
        here: list::address(transfer.transfer_id),
        state: list::badge(transfer),
        moving: list::is_moving(transfer),
        notice: None,
        headline,
        explanation,
        steps: steps(transfer, seen.awaited, is_declined(&seen.said)),
        archive: seen.archive.as_ref().map(|(cote, address, _)| Link::new(cote, address)),
        can_retry: seen.can_deposit
            && seen.again.resume.is_none()
            && transfer.state == TransferState::Refused
            && can_send_again,
        resume: seen.again.resume.clone(),
        followed_by: seen.again.followed_by.map(list::address),
        follows: seen.again.follows.as_ref().map(|refused| {
            let at = refused.closed_at.unwrap_or(refused.received_at);
            (list::address(refused.transfer_id), words::moment(at))
        }),
        findings: findings::groups(&shown),
        tree: tree::card(&seen.places, &shown),
        answered: said::card(&seen.said, transfer.state),
        facts: facts(&seen),
        papers: papers(transfer, seen.acknowledged, seen.replied),
        attestations: seen.attestations,
        signatures: seen.signatures.as_ref().and_then(signatures::card),
        decision: seen.decision,
        shell: Shell {
            title: list::name(transfer),
            account: Some(account),
            section: Section::Transfers,
            top: false,
        },
    }
}

fn facts(seen: &Seen<'_>) -> Vec<Fact> {
    let transfer = seen.transfer;
    let counted = transfer.object_count.map(|files| {
        let files = words::count(files.into(), "fichier", "fichiers");
        match transfer.unit_count {
            Some(units) => {
                format!("{files}, {}", words::count(units.into(), "unité d’archives", "unités d’archives"))
            }
            None => files,
        }
    });
    let door =
        if transfer.machine_id.is_some() { "Une application de la collectivité" } else { "Le portail" };
    let attempt = (transfer.attempt > 1).then(|| format!("{}e", transfer.attempt));
    [
        ("Fichier reçu", Some(format!("{} ({})", transfer.file_name, words::size(transfer.size_bytes)))),
        ("Contenu", counted),
        ("Service versant", seen.sender.clone()),
        ("Accord de versement", seen.agreement.clone()),
        ("Profil d’archivage", seen.profile.clone()),
        ("Identifiant du versement", transfer.message_identifier.clone()),
        ("Essai", attempt),
        ("Antivirus", transfer.virus.as_ref().map(viruses::coverage)),
        ("Reçu par", Some(door.to_owned())),
    ]
    .into_iter()
    .filter_map(|(label, value)| Some(Fact::new(label, value?)))
    .collect()
}

/// The steps done, the one under way, those to come.
fn steps(transfer: &Transfer, awaited: Option<Awaited>, is_declined: bool) -> Vec<Step> {
    let done = |label, at| Step { label, progress: "done", icon: "check", at, words: "" };
    let now = |label, icon, words| Step { label, progress: "now", icon, at: None, words };
    let later = |label, icon| Step { label, progress: "later", icon, at: None, words: "à venir" };
    let moment = |at: Option<chrono::DateTime<chrono::Utc>>| at.map(words::moment);
    let received = done("Reçu", Some(words::moment(transfer.received_at)));
    let checked = || Step { words: "sans anomalie grave", ..done("Contrôlé", None) };
    let accepted = || done("Accepté", moment(transfer.decided_at));
    match transfer.state {
        TransferState::Received => {
            let words = match awaited {
                Some(Awaited::Scanner) => "l’antivirus est attendu",
                Some(Awaited::Room) => "de la place est attendue",
                None => "en cours",
            };
            vec![received, now("Contrôle", "search", words), later("Prise en charge", "box")]
        }
        TransferState::Examined if transfer.decided_at.is_none() => vec![
            received,
            checked(),
            now("Décision de l’archiviste", "person", "attendue"),
            later("Prise en charge", "box"),
        ],
        TransferState::Examined | TransferState::Sealed => {
            vec![received, checked(), accepted(), now("Prise en charge", "box", "copies en cours")]
        }
        TransferState::AwaitingReplication => {
            vec![
                received,
                checked(),
                accepted(),
                now("Prise en charge", "box", "un site de conservation est attendu"),
            ]
        }
        TransferState::TakenInCharge => {
            vec![received, checked(), accepted(), done("Pris en charge", moment(transfer.closed_at))]
        }
        TransferState::Refused => vec![
            received,
            if is_declined {
                checked()
            } else {
                Step { words: "des points à corriger", ..done("Contrôlé", None) }
            },
            Step {
                label: "Refusé",
                progress: "failed",
                icon: "cross",
                at: moment(transfer.closed_at),
                words: "",
            },
        ],
    }
}

/// Whether an archivist refused it, and not the rules.
fn is_declined(said: &DecisionSaid) -> bool {
    !said.reasons.is_empty()
}

fn declined() -> (&'static str, String) {
    (
        "Le service d’archives n’a pas accepté ce versement",
        "Rien n’est entré dans les archives. Voici pourquoi, et ce que vous pouvez faire.".into(),
    )
}

/// The sentence that says where it stands, and the one that says what it means, for whoever may decide and
/// for the others.
fn said(transfer: &Transfer, decides: bool, copies: usize) -> (&'static str, String) {
    match transfer.state {
        TransferState::Received => (
            "Votre envoi est bien arrivé, nous le contrôlons",
            "Vous pouvez fermer cette page : le contrôle continue sans elle.".into(),
        ),
        TransferState::Examined if transfer.decided_at.is_some() => copying(),
        TransferState::Examined if decides => (
            "Ce versement attend votre décision",
            "Les contrôles n’ont rien trouvé qui l’empêche. Acceptez-le pour qu’il soit pris en charge, ou refusez-le \
             en disant pourquoi."
                .into(),
        ),
        TransferState::Examined => (
            "Le service d’archives va se prononcer",
            "Les contrôles n’ont rien trouvé qui l’empêche ; un archiviste lit ce versement avant la prise en charge."
                .into(),
        ),
        TransferState::Sealed => copying(),
        TransferState::AwaitingReplication => (
            "Ce versement est accepté, en attente de réplication",
            "Un des sites où vos archives sont gardées ne peut pas prendre sa copie pour l’instant : la prise en \
             charge sera prononcée dès que chaque site aura la sienne. Vous n’avez rien à faire ; gardez votre accusé de réception."
                .into(),
        ),
        TransferState::TakenInCharge => {
            let kept = match copies {
                0 | 1 => "Chaque fichier a été copié, et la copie relue.".to_owned(),
                copies => format!(
                    "Chaque fichier est gardé en {copies} exemplaires sur des sites distincts, et chaque exemplaire a \
                     été relu."
                ),
            };
            ("Ces archives sont prises en charge", kept)
        }
        TransferState::Refused => (
            "Ce versement n’a pas été pris en charge",
            "Rien n’est entré dans les archives. Corrigez ce qui suit, puis déposez le versement de nouveau : le même \
             identifiant peut resservir."
                .into(),
        ),
    }
}

/// The member's quota is full; what a machine sent is kept, and not refused yet.
fn awaiting_room() -> (&'static str, String) {
    (
        "Votre envoi est bien arrivé, il attend de la place",
        "La place promise à votre collectivité est toute occupée. Rien n’est refusé pour l’instant : le contrôle reprendra de \
         lui-même quand le pilote du service l’aura augmentée. Gardez votre accusé de réception."
            .into(),
    )
}

fn awaiting_scanner() -> (&'static str, String) {
    (
        "Votre envoi est bien arrivé, il attend l’antivirus",
        "L’antivirus du service ne répond pas, et aucun fichier ne passe sans lui. Le contrôle reprendra de lui-même \
         dès qu’il répondra. Vous n’avez rien à faire ; gardez votre accusé de réception."
            .into(),
    )
}

fn copying() -> (&'static str, String) {
    (
        "Ce versement est accepté, nous en écrivons les copies",
        "Chaque copie est relue avant que la prise en charge soit prononcée. Vous pouvez fermer cette page."
            .into(),
    )
}

/// The papers that exist.
fn papers(transfer: &Transfer, acknowledged: bool, replied: bool) -> Vec<Paper> {
    let here = list::address(transfer.transfer_id);
    let acknowledgement = acknowledged.then(|| Paper {
        label: "Accusé de réception",
        address: format!("{here}/accuse"),
        words: "Votre envoi est arrivé entier",
    });
    let reply = replied.then(|| Paper {
        label: "Réponse",
        address: format!("{here}/reponse"),
        words: if transfer.state == TransferState::Refused {
            "Refus motivé"
        } else {
            "Prise en charge et cote"
        },
    });
    acknowledgement.into_iter().chain(reply).collect()
}
