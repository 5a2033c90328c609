//! What `/verify` answers, in words: what was checked, and what was not.
//!
//! Pure. Of an unknown number and of another member's, the same is said.

use chrono::{DateTime, Utc};

use super::words;
use crate::attestation::{Dropped, Look};
use crate::proof::sealed::Shown;

/// The answer.
pub struct Verdict {
    /// `kept`, `refused` or `waiting`: how it looks.
    pub tone: &'static str,
    pub icon: &'static str,
    pub headline: String,
    pub explanation: String,
    pub checked: Vec<String>,
    pub unchecked: Vec<String>,
}

/// The answer about a file, in words.
pub fn dropped_verdict(dropped: Dropped) -> Verdict {
    match dropped {
        Dropped::Other => Verdict {
            tone: "waiting",
            icon: "info",
            headline: "Ce fichier n’est pas une attestation".into(),
            explanation: "Donnez le fichier JSON de l’attestation, ou son PDF tel que le service l’a donné. D’un document \
                          imprimé ou numérisé, recopiez le numéro et l’empreinte."
                .into(),
            checked: Vec::new(),
            unchecked: Vec::new(),
        },
        Dropped::Broken(reason) => Verdict {
            tone: "refused",
            icon: "alert",
            headline: "Attestation altérée".into(),
            explanation: format!("Ce fichier n’est pas ce que le service a déclaré : {reason}."),
            checked: Vec::new(),
            unchecked: Vec::new(),
        },
        Dropped::File { number, look } => {
            let genuine = matches!(look, Look::Genuine { .. });
            let mut verdict = verdict(look);
            if genuine {
                verdict.explanation = format!("N° {number}. {}", verdict.explanation);
                // The file is what was compared: nothing is left to compare by eye.
                verdict.unchecked.retain(|line| !line.starts_with(COMPARE));
                verdict.checked.insert(0, "le fichier est celui de l’attestation, au caractère près".into());
            }
            verdict
        }
        Dropped::Page { number, look, same: true } => {
            let mut verdict = verdict(look);
            verdict.explanation = format!("N° {number}. {}", verdict.explanation);
            verdict.unchecked.retain(|line| !line.starts_with(COMPARE));
            verdict.checked.insert(0, "le PDF est, octet pour octet, celui que le service donne".into());
            verdict
        }
        Dropped::Page { look: Look::Unknown, .. } => verdict(Look::Unknown),
        Dropped::Page { number, .. } => Verdict {
            tone: "refused",
            icon: "alert",
            headline: "Ce PDF n’est pas celui que le service donne".into(),
            explanation: format!(
                "Une attestation n° {number} existe, mais ce PDF n’est pas, octet pour octet, celui que le service donne \
                 aujourd’hui : il a été modifié, enregistré par un autre logiciel, ou mis en page par une version \
                 antérieure du service. Donnez le fichier JSON, ou recopiez le numéro et l’empreinte."
            ),
            checked: Vec::new(),
            unchecked: Vec::new(),
        },
    }
}

/// How the line begins that says what the reader must compare.
const COMPARE: &str = "que le document que vous tenez";

/// The answer, in words.
pub fn verdict(look: Look) -> Verdict {
    match look {
        Look::Unknown => Verdict {
            tone: "waiting",
            icon: "alert",
            headline: "Attestation inconnue".into(),
            explanation: "Ce service n’a pas délivré d’attestation de ce numéro. Vérifiez-le, chiffre par chiffre.".into(),
            checked: Vec::new(),
            unchecked: Vec::new(),
        },
        Look::Altered => Verdict {
            tone: "refused",
            icon: "alert",
            headline: "Attestation altérée".into(),
            explanation: "Une attestation de ce numéro existe, mais son empreinte est une autre : ce que vous tenez n’est pas \
                          ce que le service a déclaré, ou l’empreinte a été mal recopiée."
                .into(),
            checked: Vec::new(),
            unchecked: Vec::new(),
        },
        Look::Genuine { title, issued_at, registered: true, proof } => genuine(title, issued_at, proof),
        Look::Genuine { title, issued_at, registered: false, .. } => of_journal(title, issued_at),
    }
}

/// The register was lost, and its journal put back.
fn of_journal(title: &str, issued_at: DateTime<Utc>) -> Verdict {
    Verdict {
        tone: "kept",
        icon: "check",
        headline: "Attestation authentique".into(),
        explanation: format!("{title} délivrée le {}.", words::moment(issued_at).words),
        checked: vec!["le journal de la collectivité déclare ce numéro et cette empreinte".into()],
        unchecked: vec![
            "le registre des attestations : il a été perdu avec la base, et le journal, repris de ses copies, répond seul"
                .into(),
            format!("{COMPARE} dit bien ce que dit l’attestation : comparez-les"),
        ],
    }
}

fn genuine(title: &str, issued_at: DateTime<Utc>, proof: Option<Result<Shown, String>>) -> Verdict {
    let mut checked = vec![
        "le numéro et l’empreinte sont ceux du registre".to_owned(),
        "le journal de la collectivité déclare cette empreinte".to_owned(),
    ];
    let mut unchecked =
        vec!["que le document que vous tenez dit bien ce que dit l’attestation : comparez-les".to_owned()];
    let explanation = format!("{title} délivrée le {}.", words::moment(issued_at).words);
    match proof {
        Some(Ok(shown)) => {
            checked.push(format!(
                "le journal a été scellé à {} entrées, et la signature du sceau est bonne",
                shown.size
            ));
            for stamp in shown.stamps.iter().chain(&shown.log_stamps) {
                checked.push(format!(
                    "le sceau a été horodaté le {} par {}",
                    words::moment(stamp.at).words,
                    stamp.authority
                ));
            }
            unchecked.extend(shown.unchecked);
        }
        Some(Err(reason)) => {
            return Verdict {
                tone: "refused",
                icon: "alert",
                headline: "Preuve en défaut".into(),
                explanation: format!(
                    "L’attestation est au registre, mais sa preuve ne se vérifie plus ({reason}). Signalez-le au service d’archives."
                ),
                checked,
                unchecked,
            };
        }
        None => {
            unchecked
                .push("le scellement du journal : il vient une fois par jour, revenez demain".to_owned());
        }
    }
    Verdict {
        tone: "kept",
        icon: "check",
        headline: "Attestation authentique".into(),
        explanation,
        checked,
        unchecked,
    }
}
