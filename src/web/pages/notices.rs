//! Pages that say something and do nothing: errors in words, the accessibility statement.

use askama::Template;

use super::shell::Shell;

/// An error, in words, with what to do; its title is the shell's.
#[derive(Template)]
#[template(path = "problem.html")]
pub struct ProblemPage {
    pub shell: Shell,
    pub status: u16,
    pub what: String,
    pub remedy: String,
}

/// `GET /accessibilite`.
#[derive(Template)]
#[template(path = "accessibility.html")]
pub struct AccessibilityPage {
    pub shell: Shell,
}
