//! Pages that say something and do nothing: errors in words, the accessibility statement.

use actix_web::HttpResponse;
use askama::Template;

use super::shell::{Section, Shell, render};

/// An error, in words, with what to do; its title, the shell's, says what it is where nothing tells more.
#[derive(Template)]
#[template(path = "problem.html")]
pub struct ProblemPage {
    pub shell: Shell,
    pub status: u16,
    pub what: Option<String>,
    pub remedy: String,
}

/// `GET /accessibilite`.
#[derive(Template)]
#[template(path = "accessibility.html")]
pub struct AccessibilityPage {
    pub shell: Shell,
}

/// The page of an error, for a browser. It names nobody: an error may come before anyone is known.
pub fn problem(title: &str, status: u16, what: Option<String>, remedy: String) -> String {
    let shell = Shell { title: title.to_owned(), account: None, section: Section::None, top: false };
    render(&ProblemPage { shell, status, what, remedy })
}

/// `GET /accessibilite`.
pub async fn accessibility() -> HttpResponse {
    let shell = Shell { title: "Accessibilité".into(), account: None, section: Section::None, top: false };
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(render(&AccessibilityPage { shell }))
}
