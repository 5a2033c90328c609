//! What is copied into the form of whatever deposits: each value under the name that this form gives it.
//!
//! Never holds a secret but one just made, for the page that shows it once.

use crate::identity::basic_password;
use crate::membership::connectors::Bus;
use crate::membership::machines::Known;
use crate::model::Agreement;

/// Bytes of a piece, as these clients cut what they send by default.
const CHUNK_BYTES: u64 = 2_097_152;

/// A value to copy.
pub struct Setting {
    /// Of the field, in the page.
    pub id: String,
    pub label: String,
    pub value: String,
    pub hint: &'static str,
}

/// The values that depend on the agreement.
pub struct Group {
    pub name: String,
    pub settings: Vec<Setting>,
}

fn setting(id: &str, label: &str, value: impl Into<String>) -> Setting {
    Setting { id: format!("regle-{id}"), label: label.to_owned(), value: value.into(), hint: "" }
}

/// Where to, and as whom.
pub fn of_machine(known: &Known, public_url: &str) -> Vec<Setting> {
    if known.bus == Some(Bus::Api) {
        return vec![
            setting("url", "Adresse de l’API", format!("{public_url}/api/v1")),
            setting(
                "jetons",
                "Adresse des jetons (OAuth 2, client_credentials)",
                format!("{public_url}/oauth2/token"),
            ),
            setting("login", "client_id", &known.client_id),
        ];
    }
    vec![
        setting("url", "URL de base des webservices", format!("{public_url}/restservices")),
        setting("login", "Login", &known.client_id),
        Setting {
            hint: "En octets : les envois plus gros partent en plusieurs morceaux.",
            ..setting("morceaux", "Taille des morceaux (chunk_size_in_bytes)", CHUNK_BYTES.to_string())
        },
    ]
}

/// A secret just made, as each client wants it.
pub fn of_secret(known: &Known, secret: &str) -> Vec<Setting> {
    if known.bus == Some(Bus::Api) {
        return vec![setting("secret", "client_secret", secret)];
    }
    vec![
        Setting {
            hint: "Pour les logiciels qui en calculent eux-mêmes l’empreinte, comme Pastell.",
            ..setting("secret", "Mot de passe", secret)
        },
        Setting {
            hint: "Son empreinte SHA-256, pour les logiciels qui l’envoient telle quelle.",
            ..setting("empreinte", "Mdp webservices RESTful", basic_password(secret))
        },
    ]
}

/// What each of its agreements expects in what is sent.
pub fn of_agreements(known: &Known, agreements: &[Agreement]) -> Vec<Group> {
    let assigned = agreements.iter().filter(|one| known.agreements.contains(&one.identifier));
    let group = |(rank, agreement): (usize, &Agreement)| {
        let mut settings = Vec::new();
        let mut each = |id: &str, label: &str, values: &[String]| {
            let one =
                |(place, value): (usize, &String)| setting(&format!("{rank}-{id}-{place}"), label, value);
            settings.extend(values.iter().enumerate().map(one));
        };
        each(
            "accord",
            "Accord de versement (ArchivalAgreement)",
            std::slice::from_ref(&agreement.identifier),
        );
        each(
            "archives",
            "Identifiant du service d’archives (ArchivalAgency)",
            std::slice::from_ref(&agreement.archival_agency),
        );
        each(
            "versant",
            "Identifiant du service versant (TransferringAgency)",
            &agreement.transferring_agencies,
        );
        each(
            "producteur",
            "Identifiant du service producteur (OriginatingAgency)",
            &agreement.originating_agencies,
        );
        each("profil", "Profil d’archivage (ArchivalProfile)", &agreement.profiles);
        Group { name: agreement.name.clone(), settings }
    };
    assigned.enumerate().map(group).collect()
}
