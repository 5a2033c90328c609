//! An entry of the journal in plain words, and where it leads, for one role.
//!
//! Pure. What has no words of ours is not told; whoever may not see a title is given none, whatever the entry says.

use uuid::Uuid;

use super::lately::Looked;
use crate::evidence::lately::Happened;
use crate::model::{PersonId, Role};

/// What is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ToldLine {
    pub what: String,
    pub name: Option<String>,
    pub address: Option<String>,
}

/// What this entry is to this person under this role; `None`: nothing that they are told.
pub fn told(of: &Looked, happened: &Happened, person: PersonId) -> Option<ToldLine> {
    let action = happened.action.as_deref().unwrap_or_default();
    let sees_titles = matches!(of.role, Role::Archivist | Role::MemberAdmin | Role::Depositor);
    let line = |what: &str, name: Option<String>, address: Option<String>| {
        Some(ToldLine { what: what.to_owned(), name: name.filter(|_| sees_titles), address })
    };
    let name = happened.name.clone();
    match (happened.event_type.as_str(), happened.about.as_str()) {
        ("RECEPTION" | "REJET" | "PRISE_EN_CHARGE", _) if sees_titles => {
            let address = happened.transfer_id.map(|id| format!("/versements/{id}"));
            line(transfer(&happened.event_type), name, address)
        }
        ("COMMUNICATION", _) if sees_titles => line(derogation(action)?, name, Some("/derogations".into())),
        ("INCIDENT" | "REPARATION", "archive") if of.role == Role::Operator => {
            let what = match (happened.event_type.as_str(), happened.is_right) {
                ("INCIDENT", _) => "Copie trouvée en défaut",
                (_, true) => "Copie réparée",
                (_, false) => "Réparation échouée",
            };
            line(what, None, Some("/exploitation".into()))
        }
        ("RECONSTRUCTION", "member") if of.role == Role::Operator => {
            line("Reconstruction, ou sa répétition", None, Some("/exploitation".into()))
        }
        ("PARAMETRAGE", "agreement") => {
            let address = happened.agreement_id.map(|id| format!("/accords/{id}"));
            line(agreement(action, happened.state.as_deref())?, name, address)
        }
        ("PARAMETRAGE", "person") => line(account(action)?, name, page("/personnes", &happened.object)),
        ("PARAMETRAGE", "machine") => {
            line(application(action)?, name, page("/applications", &happened.object))
        }
        ("PARAMETRAGE", "reading") => reading(of.role, happened, action, person),
        ("PARAMETRAGE", "profile") => line(profile(action)?, name, Some("/profils".into())),
        ("PARAMETRAGE", about) => {
            let (what, address) = service(of, about, action)?;
            line(what, None, address)
        }
        _ => None,
    }
}

fn page(of: &str, id: &str) -> Option<String> {
    id.parse::<Uuid>().ok().map(|id| format!("{of}/{id}"))
}

fn transfer(event_type: &str) -> &'static str {
    match event_type {
        "RECEPTION" => "Versement reçu",
        "REJET" => "Versement refusé",
        _ => "Versement pris en charge",
    }
}

fn derogation(action: &str) -> Option<&'static str> {
    match action {
        "derogation_demandee" => Some("Dérogation demandée"),
        "derogation_vue" => Some("Demande de dérogation vue"),
        _ => None,
    }
}

fn agreement(action: &str, state: Option<&str>) -> Option<&'static str> {
    Some(match (action, state) {
        ("preparation", _) => "Accord préparé",
        ("validation", _) => "Accord validé",
        ("modification", Some("active")) => "Accord rouvert",
        ("modification", Some(_)) => "Accord suspendu",
        ("calendrier", _) => "Calendrier de l’accord changé",
        ("alerte", _) => "Versement attendu, et pas reçu",
        ("fin d'alerte", _) => "Versement attendu, reçu depuis",
        ("creation" | "modification", _) => "Accord réglé par l’exploitation",
        _ => return None,
    })
}

fn account(action: &str) -> Option<&'static str> {
    Some(match action {
        "invitation" => "Personne invitée",
        "roles" => "Rôles changés",
        "second facteur retire" => "Second facteur retiré",
        "oubli" => "Compte oublié",
        "creation" => "Personne ajoutée par l’exploitation",
        _ => return None,
    })
}

fn application(action: &str) -> Option<&'static str> {
    Some(match action {
        "creation" => "Connecteur créé",
        "reglage" => "Connecteur réglé",
        "secret change" => "Secret du connecteur renouvelé",
        "certificats" => "Certificats du connecteur changés",
        "accords" => "Accords du connecteur changés",
        "ouverture" => "Connecteur ouvert",
        "fermeture" => "Connecteur fermé",
        _ => return None,
    })
}

fn profile(action: &str) -> Option<&'static str> {
    Some(match action {
        "creation" => "Profil importé",
        "modification" => "Profil changé",
        _ => return None,
    })
}

/// A control authority is told of its own readings; those who keep the archives, of all.
fn reading(role: Role, happened: &Happened, action: &str, person: PersonId) -> Option<ToldLine> {
    let own = happened.agent.as_deref() == Some(format!("person:{person}").as_str());
    let what = match (action, role) {
        ("lecture ouverte", Role::ControlAuthority) if own => "Vous avez ouvert une lecture",
        ("lecture fermee", Role::ControlAuthority) if own => "Vous avez fermé une lecture",
        (_, Role::ControlAuthority) => return None,
        ("lecture ouverte", _) => "Lecture ouverte par le contrôle",
        ("lecture fermee", _) => "Lecture fermée par le contrôle",
        _ => return None,
    };
    let address = page("/controle/lectures", &happened.object);
    Some(ToldLine { what: what.to_owned(), name: None, address })
}

/// What concerns the service, or the member as a whole.
fn service(of: &Looked, about: &str, action: &str) -> Option<(&'static str, Option<String>)> {
    let at_pilot = |rest: &str| (of.role == Role::Pilot).then(|| format!("/pilotage/{}{rest}", of.code));
    let is_operator = of.role == Role::Operator;
    let access = || if is_operator { Some("/exploitation/acces".to_owned()) } else { at_pilot("/acces") };
    let rules = || Some("/tableau".to_owned());
    Some(match (about, action) {
        ("glass", "acces demande") => ("Accès exceptionnel demandé", access()),
        ("glass", "acces ouvert") => ("Accès exceptionnel ouvert", access()),
        ("glass", "acces ferme") => ("Accès exceptionnel fermé", access()),
        ("deposits", "suspension") => ("Versements suspendus", at_pilot("")),
        ("deposits", "reprise") => ("Versements rouverts", at_pilot("")),
        ("convention", "alerte") => ("Convention bientôt à son terme", at_pilot("")),
        ("convention", "creation" | "modification") => ("Convention réglée", at_pilot("")),
        ("statement", "etat_liquidatif") => (
            "État liquidatif émis",
            Some(if of.role == Role::Pilot { "/pilotage/couts" } else { "/facture" }.into()),
        ),
        ("retention_schedule", _) => ("Tableau de gestion importé", rules()),
        ("retention_rule", "validation") => ("Règle validée par le contrôle", rules()),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::lately::Told;
    use crate::model::TenantId;

    fn looked(role: Role) -> Looked {
        Looked {
            tenant: TenantId::of_member("a"),
            code: "a".into(),
            name: "Commune d’A".into(),
            role,
            told: Told { types: &[], about: &[], scope: None },
        }
    }

    fn happened(event_type: &str, about: &str, action: &str) -> Happened {
        Happened {
            seq: 1,
            at: chrono::DateTime::default(),
            event_type: event_type.into(),
            is_right: true,
            about: about.into(),
            object: Uuid::nil().to_string(),
            action: Some(action.into()),
            state: None,
            role: None,
            agent: Some("person:00000000-0000-0000-0000-000000000007".into()),
            transfer_id: Some(Uuid::nil()),
            agreement_id: Some(Uuid::nil()),
            name: Some("INTITULE".into()),
        }
    }

    const ME: PersonId = PersonId(Uuid::from_u128(7));

    #[test]
    fn no_title_is_told_to_whoever_sees_none() {
        let kinds = [
            "RECEPTION",
            "REJET",
            "PRISE_EN_CHARGE",
            "COMMUNICATION",
            "INCIDENT",
            "REPARATION",
            "RECONSTRUCTION",
            "PARAMETRAGE",
        ];
        let about = [
            "transfer",
            "archive",
            "unit",
            "agreement",
            "person",
            "machine",
            "reading",
            "glass",
            "member",
            "deposits",
        ];
        let actions =
            ["", "acces ouvert", "lecture ouverte", "suspension", "derogation_demandee", "creation"];
        for role in [Role::Pilot, Role::Operator, Role::ControlAuthority, Role::Reader] {
            let of = looked(role);
            let all = kinds.iter().flat_map(|kind| about.map(|about| (*kind, about)));
            for ((kind, about), action) in all.flat_map(|entry| actions.map(|action| (entry, action))) {
                let told = told(&of, &happened(kind, about, action), ME);
                assert!(told.is_none_or(|told| told.name.is_none()), "{role:?} {kind} {about} {action}");
            }
        }
        let mine = told(&looked(Role::Depositor), &happened("PRISE_EN_CHARGE", "archive", ""), ME).unwrap();
        assert_eq!(
            (mine.what.as_str(), mine.name.as_deref()),
            ("Versement pris en charge", Some("INTITULE"))
        );
        assert!(mine.address.unwrap().starts_with("/versements/"));
    }

    #[test]
    fn a_control_authority_is_told_of_its_own_readings_and_the_member_of_all() {
        let opened = happened("PARAMETRAGE", "reading", "lecture ouverte");
        assert!(told(&looked(Role::ControlAuthority), &opened, ME).is_some());
        assert!(told(&looked(Role::ControlAuthority), &opened, PersonId(Uuid::nil())).is_none());
        let archivist = told(&looked(Role::Archivist), &opened, PersonId(Uuid::nil())).unwrap();
        assert_eq!(archivist.what, "Lecture ouverte par le contrôle");
        assert!(archivist.address.unwrap().starts_with("/controle/lectures/"));
    }

    #[test]
    fn an_agreement_is_suspended_opened_again_or_set_by_a_file() {
        let state = |state: Option<&str>| {
            let of = Happened {
                state: state.map(str::to_owned),
                ..happened("PARAMETRAGE", "agreement", "modification")
            };
            told(&looked(Role::MemberAdmin), &of, ME).unwrap().what
        };
        assert_eq!(state(Some("active")), "Accord rouvert");
        assert_eq!(state(Some("suspended")), "Accord suspendu");
        assert_eq!(state(None), "Accord réglé par l’exploitation");
        assert_eq!(
            told(&looked(Role::MemberAdmin), &happened("PARAMETRAGE", "person", "mot de passe choisi"), ME),
            None
        );
    }
}
