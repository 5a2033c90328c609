//! What connectors asked, what became of it and what keeps one from depositing, in words.

use super::shell::Badge;
use super::words;
use crate::membership::calls::{CallOutcome, Noted, What};
use crate::membership::expected::Missed;
use crate::membership::readiness::{Check, Gravity};
use crate::model::ReplyForm;

/// What was asked.
pub fn what(what: What) -> &'static str {
    match what {
        What::Ping => "Essai de la connexion (réseau)",
        What::Versions => "Essai de la connexion (identifiants)",
        What::Deposit => "Envoi d’un versement",
        What::Chunk => "Envoi d’un morceau",
        What::Acknowledgement => "Demande de l’accusé de réception",
        What::Reply => "Demande de la réponse",
        What::Link => "Adresse d’une archive",
        What::Token => "Demande d’un jeton",
    }
}

/// What became of it.
pub fn outcome(noted: &Noted) -> Badge {
    let badge = |label, tone, icon| Badge { label, tone, icon };
    match noted.outcome {
        CallOutcome::Ok => badge("Abouti", "kept", "check"),
        CallOutcome::Pending => badge("Pas encore prêt", "moving", "clock"),
        CallOutcome::Unknown => badge("Versement inconnu", "waiting", "info"),
        CallOutcome::Refused => badge("Refusé", "refused", "cross"),
        CallOutcome::Unauthorized => badge("Mot de passe refusé", "refused", "cross"),
        CallOutcome::Error => badge("Panne du service : à renvoyer", "refused", "alert"),
    }
}

/// The forms of answers.
pub fn reply_form(form: ReplyForm) -> &'static str {
    match form {
        ReplyForm::Asalae => "Comme As@lae, ce que les bus attendent",
        ReplyForm::Strict => "Comme la norme l’écrit, pour un logiciel qui la suit à la lettre",
    }
}

/// How a check ended.
pub fn gravity(gravity: Gravity) -> Badge {
    match gravity {
        Gravity::Fine => Badge { label: "Bon", tone: "kept", icon: "check" },
        Gravity::Warning => Badge { label: "À voir", tone: "waiting", icon: "alert" },
        Gravity::Blocking => Badge { label: "Bloque", tone: "refused", icon: "cross" },
    }
}

/// What was looked at, and what to do; nothing when it is well.
pub fn check(check: &Check) -> (String, String) {
    let pair = |said: &str, todo: &str| (said.to_owned(), todo.to_owned());
    match check {
        Check::Open => pair("Le connecteur est en service.", ""),
        Check::Paused => pair("Le connecteur est en pause.", "Remettez-le en service, plus haut sur cette page."),
        Check::SecretFits => pair("Son mot de passe ouvre la porte qu’il emploie.", ""),
        Check::SecretTooOld => pair(
            "Son secret est d’avant la porte compatible As@lae, qui ne le connaît pas.",
            "Faites un nouveau secret, plus bas, et copiez-le dans l’application.",
        ),
        Check::FormerSecret => pair(
            "La dernière fois, l’application employait encore l’ancien secret.",
            "Copiez-y le nouveau avant que l’ancien cesse de servir ; s’il est perdu, faites-en un autre.",
        ),
        Check::NoAgreement => pair(
            "Aucun accord ne lui est donné.",
            "Cochez, plus bas, les accords sous lesquels il dépose.",
        ),
        Check::ProfilesFine => pair("Les profils que ses accords nomment sont en usage.", ""),
        Check::ProfileOut { agreement, profile } => (
            format!("Le profil {profile}, que nomme l’accord {agreement}, n’est plus en usage."),
            "Remettez-le en usage, à la page des profils, ou réglez-en un autre dans l’application.".into(),
        ),
        Check::NoProfileLeft(agreement) => (
            format!("L’accord {agreement} exige un profil, et aucun des siens n’est en usage."),
            "Remettez-en un en usage, à la page des profils.".into(),
        ),
        Check::MemberOpen => pair("La convention de la collectivité est en vigueur.", ""),
        Check::MemberClosed(closed) => ("La collectivité ne verse pas aujourd’hui.".into(), words::closed(closed)),
        Check::RoomLeft => pair("Il reste de la place.", ""),
        Check::SoftPassed => pair(
            "Le quota souple est dépassé : les versements sont encore pris.",
            "Prévoyez plus de place avec le pilote du service.",
        ),
        Check::QuotaFull => pair(
            "La place prévue est prise tout entière.",
            "Demandez au pilote du service d’augmenter le quota : les versements attendent, puis sont refusés.",
        ),
        Check::DayFull => pair(
            "Tous les versements que le quota admet en un jour ont été faits.",
            "Les suivants attendent demain ; si cela revient, voyez le quota avec le pilote du service.",
        ),
        Check::SitesFine => pair("Aucun versement n’attend un site.", ""),
        Check::SitesWait(count) => (
            format!("{} qu’un site réponde.", words::count(*count, "versement attend", "versements attendent")),
            "Rien n’est perdu et l’envoi reste possible : la réponse viendra quand le site sera revenu. L’exploitant en est prévenu."
                .into(),
        ),
        Check::AgreementOpen(_)
        | Check::AgreementDraft(_)
        | Check::AgreementSuspended(_)
        | Check::AgreementOutOfDates(_) => agreement(check),
    }
}

fn agreement(check: &Check) -> (String, String) {
    match check {
        Check::AgreementDraft(name) => (
            format!("L’accord {name} est en préparation."),
            "L’archiviste doit le valider, à la page de l’accord.".into(),
        ),
        Check::AgreementSuspended(name) => {
            (format!("L’accord {name} est suspendu."), "Rouvrez-le, à la page de l’accord.".into())
        }
        Check::AgreementOutOfDates(name) => (
            format!("L’accord {name} n’est pas ouvert à cette date."),
            "Voyez ses dates, à la page de l’accord ; préparez-en un autre s’il a pris fin.".into(),
        ),
        Check::AgreementOpen(name) => (format!("L’accord {name} est ouvert."), String::new()),
        _ => (String::new(), String::new()),
    }
}

/// A period in which nothing came.
pub fn missed(missed: &Missed) -> String {
    let day = |day: chrono::NaiveDate| words::lexical_date(&day.to_string());
    let period = if missed.from == missed.until {
        format!("le {}", day(missed.from))
    } else {
        format!("du {} au {}", day(missed.from), day(missed.until))
    };
    format!(
        "{} ({}) : aucun versement reçu pour la période {period}. Il était attendu le {} au plus tard.",
        missed.name,
        missed.agreement,
        day(missed.due)
    )
    .replace("période le", "journée du")
}
