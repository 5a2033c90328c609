//! A person's own account: where they are logged in, and closing what they do not recognise.

use actix_web::{HttpResponse, web};
use askama::Template;
use serde::Deserialize;
use uuid::Uuid;

use super::mails::{self, MailCard};
use super::shell::{Account, At, Section, Shell, answer, go_to};
use super::words;
use crate::identity::Opened;
use crate::web::callers::LoggedIn;
use crate::web::{Problem, State};

/// `GET /compte`.
#[derive(Template)]
#[template(path = "identity/account.html")]
pub struct AccountPage {
    pub shell: Shell,
    pub csrf: String,
    /// What the act just done came to.
    pub notice: Option<&'static str>,
    pub name: String,
    pub lines: Vec<Line>,
    pub several: bool,
    pub mails: MailCard,
}

/// One session.
pub struct Line {
    pub id: Uuid,
    pub browser: String,
    pub address: String,
    pub opened: At,
    pub seen: At,
    pub is_this_one: bool,
}

/// What the page before has to say.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    fait: Option<Done>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Done {
    Fermee,
    Fermees,
    Courriels,
}

/// The session to close; none: all the others.
#[derive(Deserialize)]
pub struct Closing {
    session: Option<Uuid>,
}

/// `GET /compte`.
pub async fn show(
    person: LoggedIn,
    said: web::Query<Said>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let session = &person.session;
    let opened = state.identity.sessions(session.person_id, &person.cookie).await?;
    let notice = said.fait.map(|done| match done {
        Done::Fermee => "La session est fermée.",
        Done::Fermees => "Toutes vos autres sessions sont fermées.",
        Done::Courriels => "Votre choix est gardé : il vaut pour les courriels à venir.",
    });
    let account = session.caller.as_ref().map(Account::of);
    let mails = mails::look(&state, session).await?;
    let (name, csrf) = (session.display_name.clone(), session.csrf_token.clone());
    Ok(answer(&AccountPage { notice, ..page(account, (name, csrf), &opened, mails) }))
}

/// The page.
pub fn page(
    account: Option<Account>,
    (name, csrf): (String, String),
    opened: &[Opened],
    mails: MailCard,
) -> AccountPage {
    AccountPage {
        shell: Shell { title: "Votre compte".into(), account, section: Section::None, top: false },
        csrf,
        notice: None,
        name,
        lines: opened.iter().map(line).collect(),
        several: opened.len() > 1,
        mails,
    }
}

fn line(one: &Opened) -> Line {
    let unknown = || "Navigateur inconnu".to_owned();
    Line {
        id: one.session_id,
        browser: if one.browser.is_empty() { unknown() } else { one.browser.clone() },
        address: one.address.clone(),
        opened: words::moment(one.opened_at),
        seen: words::moment(one.seen_at),
        is_this_one: one.is_this_one,
    }
}

/// `POST /compte/sessions`.
pub async fn close(
    person: LoggedIn,
    form: web::Form<Closing>,
    state: web::Data<State>,
) -> Result<HttpResponse, Problem> {
    let own = person.session.person_id;
    match form.session {
        Some(session) => {
            state.identity.close_session(own, session).await?;
            Ok(go_to("/compte?fait=fermee"))
        }
        None => {
            state.identity.close_other_sessions(own, &person.cookie).await?;
            Ok(go_to("/compte?fait=fermees"))
        }
    }
}

/// A browser as people name it: « Firefox sur Windows ».
pub fn browser(user_agent: &str) -> String {
    let first = |known: &[(&str, &'static str)]| {
        known.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
    };
    // The order counts: each says that it is also some of those after it.
    let name = first(&[
        ("Edg", "Edge"),
        ("OPR", "Opera"),
        ("Firefox", "Firefox"),
        ("Chrom", "Chrome"),
        ("Safari", "Safari"),
    ]);
    let system = first(&[
        ("Windows", "Windows"),
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (name, system) {
        (Some(name), Some(system)) => format!("{name} sur {system}"),
        (Some(one), None) | (None, Some(one)) => one.to_owned(),
        (None, None) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::browser;

    #[test]
    fn a_browser_is_named_as_people_do() {
        let firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";
        assert_eq!(browser(firefox), "Firefox sur Windows");
        let edge = "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0";
        assert_eq!(browser(edge), "Edge sur Windows");
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1 Version/18.0 Safari/604.1";
        assert_eq!(browser(phone), "Safari sur iPhone");
        assert_eq!((browser("curl/8"), browser("<script>")), (String::new(), String::new()));
    }
}
