//! The components of the portal, each as pages have it, with when it is for: for whoever makes a page. In a demonstration only.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::bars::{Chart, bars};
use super::shell::{Badge, Fact, FieldError, Link, Section, Shell, answer};
use super::words;
use crate::web::{Problem, State, problems};

/// Names of the colours, each with what stands in it and on it.
const COLOURS: [(&str, &str); 15] = [
    ("ink", "textes"),
    ("ink-soft", "textes seconds"),
    ("line-strong", "bords des champs"),
    ("line", "filets"),
    ("mist", "fond des pages"),
    ("green", "gestes et liens"),
    ("green-deep", "gestes survolés"),
    ("green-night", "bandeau"),
    ("green-tint", "fond d’un choix"),
    ("focus", "où est le clavier"),
    ("waiting", "attend quelqu’un"),
    ("moving", "en cours"),
    ("kept", "tenu, fini"),
    ("refused", "refusé, faux"),
    ("paper", "fond des cartes"),
];

/// The pictures of `static/icons.svg`.
const ICONS: [&str; 17] = [
    "deposit", "download", "search", "box", "folder", "file", "image", "check", "cross", "clock", "person",
    "alert", "info", "next", "refresh", "lock", "seal",
];

/// `GET /styleguide`.
#[derive(Template)]
#[template(path = "styleguide.html")]
pub struct StyleguidePage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub badges: Vec<Badge>,
    pub facts: Vec<Fact>,
    pub chart: Chart,
    pub errors: Vec<FieldError>,
    pub next: Option<String>,
}

/// `GET /styleguide`.
pub async fn show(state: web::Data<State>) -> Result<HttpResponse, Problem> {
    if state.settings.is_demonstration { Ok(answer(&page())) } else { Err(problems::not_found()) }
}

/// The page.
pub fn page() -> StyleguidePage {
    let rows = [
        ("Infrastructure".to_owned(), 1_840_000, vec![words::euros(1_800_000)]),
        ("Connecteurs".to_owned(), 610_000, vec![words::euros(600_000)]),
        ("Recettes".to_owned(), -800_000, vec![words::euros(-800_000)]),
    ];
    let badge = |label, tone, icon| Badge { label, tone, icon };
    StyleguidePage {
        shell: Shell {
            title: "Composants des pages".into(),
            account: None,
            section: Section::None,
            top: false,
        },
        trail: vec![Link::new("Accueil", "/"), Link::new("Accessibilité", "/accessibilite")],
        badges: vec![
            badge("Reçu, contrôle en cours", "moving", "clock"),
            badge("En attente de l’archiviste", "waiting", "person"),
            badge("Pris en charge", "kept", "check"),
            badge("Refusé", "refused", "cross"),
        ],
        facts: vec![
            Fact::new("Cote", "SAL-2026-00037"),
            Fact::new("Fichiers", "27"),
            Fact::new("Reçu le", "18 novembre 2026"),
        ],
        chart: Chart {
            names: ("Catégorie", "Montant"),
            beside: vec!["L’an dernier".into()],
            caption: "Un graphique d’exemple, qui est son propre tableau",
            bars: bars(&rows),
            total: words::euros(1_650_000),
        },
        errors: vec![FieldError {
            field: "exemple-faux",
            sentence: "Donnez les quatre chiffres de l’année.".into(),
        }],
        next: Some("/styleguide#suite".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_colour_and_each_picture_that_there_is_is_shown() {
        let style = include_str!("../../../static/style.css");
        for (name, _) in COLOURS {
            assert!(style.contains(&format!("  --{name}: ")), "{name}");
        }
        let pictures = include_str!("../../../static/icons.svg");
        for name in ICONS {
            assert!(pictures.contains(&format!("id=\"{name}\"")), "{name}");
        }
        assert_eq!(pictures.matches("id=\"").count(), ICONS.len(), "a picture is not shown");
    }
}
