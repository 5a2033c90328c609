//! `/confiance`: what whoever verifies must hold without us, and how it is done with public tools.
//!
//! Every command shown is run as shown by a test.

use actix_web::{HttpResponse, web};
use askama::Template;

use super::shell::{Shell, answer};
use super::verify::outside;
use super::words;
use crate::sealing::{self, Example};
use crate::web::{Problem, State};

/// `GET /confiance`.
#[derive(Template)]
#[template(path = "trust.html")]
pub struct TrustPage {
    pub shell: Shell,
    pub service: String,
    pub keys: Vec<KeyLine>,
    pub authorities: Vec<AuthorityLine>,
    /// First line of the platform's heads.
    pub origin: String,
    /// Services that cosign them: name and key of each.
    pub witnesses: Vec<(String, String)>,
    /// Keys by which this service cosigns the heads of others.
    pub witness_keys: Vec<String>,
    pub recipe: Option<Recipe>,
}

/// A public key.
pub struct KeyLine {
    pub key: String,
    pub state: String,
    /// Under which it is kept by who follows the recipe.
    pub file: String,
    pub pem: String,
}

/// A time-stamping authority.
pub struct AuthorityLine {
    pub name: String,
    pub state: &'static str,
    pub is_demonstration: bool,
    pub file: String,
    pub roots: String,
}

/// How one seal is checked.
pub struct Recipe {
    /// Where the platform's log is.
    pub log: String,
    /// `000012`.
    pub seal: String,
    pub key_file: String,
    pub stamps: Vec<StampRecipe>,
}

/// How one stamp is.
pub struct StampRecipe {
    /// `000012.1`.
    pub name: String,
    /// What it stamps: the head's text, and the stamps before it.
    pub parts: String,
    pub roots_file: String,
}

/// `GET /confiance`.
pub async fn trust(state: web::Data<State>) -> Result<HttpResponse, Problem> {
    let known = state.sealing.keys().known().map_err(sealing::Error::from)?;
    let keys = known.into_iter().rev().map(|known| {
        let state = match known.until {
            None => format!("en service depuis le {}", words::moment(known.since).words),
            Some(until) => format!(
                "en service du {} au {}",
                words::moment(known.since).words,
                words::moment(until).words
            ),
        };
        let pem = known.verifier.pem().map_err(sealing::Error::from)?;
        let file = key_file(&known.verifier.id());
        Ok(KeyLine { key: known.verifier.to_string(), state, file, pem })
    });
    let keys = keys.collect::<Result<Vec<_>, Problem>>()?;
    let authorities = state.sealing.authorities().all.iter().map(|authority| AuthorityLine {
        name: authority.name().to_owned(),
        state: if authority.is_asked() {
            ""
        } else {
            "n’est plus sollicitée : ses racines vérifient ses jetons"
        },
        is_demonstration: authority.is_demonstration(),
        file: roots_file(authority.name()),
        roots: String::from_utf8_lossy(authority.roots_pem()).into_owned(),
    });
    let recipe = state.sealing.example().await?.map(|example| recipe(&example, &state.settings.public_url));
    Ok(answer(&TrustPage {
        shell: outside("Clés et certificats"),
        service: state.sealing.keys().name().to_owned(),
        keys,
        authorities: authorities.collect(),
        origin: state.sealing.platform_origin(),
        witnesses: state
            .sealing
            .witnesses()
            .map(|one| (one.name().to_owned(), one.key().to_string()))
            .collect(),
        witness_keys: state.sealing.witness_keys()?.iter().map(ToString::to_string).collect(),
        recipe,
    }))
}

/// How this seal is checked.
pub fn recipe(example: &Example, public_url: &str) -> Recipe {
    let seal = format!("{:06}", example.number);
    let stamps = (1..).zip(&example.authorities).map(|(ordinal, authority)| {
        let before = (1..ordinal).map(|before| format!(" {seal}.{before}.tsr"));
        StampRecipe {
            name: format!("{seal}.{ordinal}"),
            parts: format!("{seal}.texte{}", before.collect::<String>()),
            roots_file: roots_file(authority),
        }
    });
    Recipe {
        log: format!("{public_url}/log/plateforme"),
        stamps: stamps.collect(),
        key_file: key_file(&example.key.id()),
        seal,
    }
}

fn key_file(id: &[u8; 4]) -> String {
    format!("cle-{}.pem", hex::encode(id))
}

fn roots_file(authority: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' };
    format!("racines-{}.pem", authority.chars().map(plain).collect::<String>())
}
