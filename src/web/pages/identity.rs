//! Log-in, choice of the member when a person serves several, log-out.

use askama::Template;

use super::shell::{FieldError, Shell};

/// `GET /connexion`.
#[derive(Template)]
#[template(path = "identity/log_in.html")]
pub struct LogInPage {
    pub shell: Shell,
    pub csrf: String,
    pub login: String,
    pub errors: Vec<FieldError>,
}

impl LogInPage {
    fn is_wrong(&self, field: &str) -> bool {
        self.errors.iter().any(|error| error.field == field)
    }
}

/// A member the person may act for.
pub struct MemberChoice {
    pub code: String,
    pub name: String,
    pub roles: String,
}

/// After the log-in of a person who serves several members.
#[derive(Template)]
#[template(path = "identity/choose_member.html")]
pub struct ChooseMemberPage {
    pub shell: Shell,
    pub csrf: String,
    pub choices: Vec<MemberChoice>,
}
