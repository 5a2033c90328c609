//! Electronic signatures in words: what was found on the files of a transfer, who signed, when, and what it is worth.
//!
//! Pure. The words are a reader's: the standard's are in the report that the archive keeps.

use super::shell::{At, Badge};
use super::words;
use crate::model::signature::{Revocation, Signature};
use crate::model::{Indication, Signatures};

/// The signatures of a transfer, as a card of its page.
pub struct Card {
    pub count: String,
    pub lines: Vec<Line>,
    /// More than are shown.
    pub more: Option<String>,
    /// What to know of them all.
    pub notes: Vec<String>,
}

/// One signature.
pub struct Line {
    pub state: Badge,
    /// Who signed, or that it is not known.
    pub who: String,
    pub about: String,
    pub file: String,
    /// Why it is not valid.
    pub why: Option<String>,
    /// What was said of the time, and by whom.
    pub when: Vec<When>,
    pub notes: Vec<String>,
}

/// A moment, and who says it.
pub struct When {
    pub label: String,
    pub at: At,
}

const VALID: Badge = Badge { label: "Valide", tone: "kept", icon: "check" };
const UNDETERMINED: Badge = Badge { label: "Indéterminée", tone: "waiting", icon: "alert" };
const INVALID: Badge = Badge { label: "Invalide", tone: "refused", icon: "cross" };

/// Signatures shown on the page.
const SHOWN_MAX: usize = 20;

/// The card; `None` when no file bears a signature.
pub fn card(found: &Signatures) -> Option<Card> {
    if found.is_empty() {
        return None;
    }
    let shown = found.told.len().min(SHOWN_MAX);
    let left = found.count().saturating_sub(shown as u64);
    let mut notes = Vec::new();
    if found.anchors == 0 && found.count() > 0 {
        notes.push(
            "Le service ne connaît aucune autorité de confiance : aucune signature ne peut être dite valide."
                .into(),
        );
    }
    if found.unread > 0 {
        let files =
            words::count(found.unread, "fichier n’a pas été examiné", "fichiers n’ont pas été examinés");
        notes.push(format!("{files} : trop long, ou le temps a manqué."));
    }
    Some(Card {
        count: words::count(found.count(), "signature", "signatures"),
        lines: found.told.iter().take(SHOWN_MAX).map(line).collect(),
        more: (left > 0).then(|| {
            let others = words::count(left, "autre", "autres");
            format!("Et {others} : le rapport que garde l’archive les donne toutes.")
        }),
        notes,
    })
}

fn line(one: &Signature) -> Line {
    let who = one.signer.as_ref().map(|signer| match &signer.organisation {
        Some(organisation) => format!("{} ({organisation})", signer.name),
        None => signer.name.clone(),
    });
    let mut about = vec![format!("Signature {}", one.form.word())];
    about.extend(one.role.iter().map(|role| format!("en qualité de «\u{a0}{role}\u{a0}»")));
    about.extend(one.signer.iter().map(|signer| format!("certificat de «\u{a0}{}\u{a0}»", signer.issuer)));
    let claimed = one
        .claimed_at
        .map(|at| When { label: "Date donnée par le signataire".into(), at: words::moment(at) });
    let proven = one.proven.as_ref().map(|proven| When {
        label: format!("Prouvée par l’horodatage de «\u{a0}{}\u{a0}»", proven.authority),
        at: words::moment(proven.at),
    });
    let mut notes: Vec<String> =
        one.remarks.iter().map(|remark| format!("{}.", words::sentence(remark))).collect();
    if one.indication == Indication::Passed && one.revocation == Revocation::NotChecked {
        notes.push("La révocation du certificat n’a pas pu être vérifiée.".into());
    }
    let own = one.signs.iter().filter(|signed| **signed != one.file).cloned().collect::<Vec<_>>();
    Line {
        state: match one.indication {
            Indication::Passed => VALID,
            Indication::Indeterminate => UNDETERMINED,
            Indication::Failed => INVALID,
        },
        who: who.unwrap_or_else(|| "Signataire inconnu".into()),
        about: about.join(", "),
        file: match own.as_slice() {
            [] => one.file.clone(),
            signed => format!("{}, sur {}", one.file, signed.join(" et ")),
        },
        why: one.reason.map(|reason| format!("{}.", words::sentence(reason.label()))),
        when: claimed.into_iter().chain(proven).collect(),
        notes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::signature::{Form, Reason, Signer};

    fn one(indication: Indication, reason: Option<Reason>) -> Signature {
        Signature {
            file: "actes/D12.pdf.p7s".into(),
            form: Form::CAdES,
            indication,
            reason,
            signs: vec!["actes/D12.pdf".into()],
            signer: Some(Signer { name: "Camille DUPONT".into(), issuer: "AC".into(), ..Signer::default() }),
            claimed_at: None,
            proven: None,
            algorithm: None,
            role: Some("Maire".into()),
            policy: None,
            revocation: Revocation::NotChecked,
            remarks: Vec::new(),
        }
    }

    #[test]
    fn each_says_who_what_and_why() {
        let mut found = Signatures { anchors: 3, unread: 1, ..Signatures::default() };
        found.push(one(Indication::Passed, None));
        found.push(one(Indication::Failed, Some(Reason::HashFailure)));
        let card = card(&found).unwrap();
        assert_eq!((card.count.as_str(), card.lines.len()), ("2\u{a0}signatures", 2));
        assert_eq!(card.lines[0].notes, ["La révocation du certificat n’a pas pu être vérifiée."]);
        assert_eq!(card.lines[0].file, "actes/D12.pdf.p7s, sur actes/D12.pdf");
        assert_eq!(
            card.lines[0].about,
            "Signature CAdES, en qualité de «\u{a0}Maire\u{a0}», certificat de «\u{a0}AC\u{a0}»"
        );
        assert_eq!(card.lines[1].why.as_deref(), Some("Ce qui est signé a changé depuis."));
        assert_eq!(card.notes, ["1\u{a0}fichier n’a pas été examiné : trop long, ou le temps a manqué."]);
        assert!(super::card(&Signatures { anchors: 3, ..Signatures::default() }).is_none());
    }
}
