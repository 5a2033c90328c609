//! The deposit: a form with one file, streamed to quarantine as it comes.

use askama::Template;

use crate::web::pages::shell::{FieldError, Link, Shell};

/// `GET /versements/nouveau`.
#[derive(Template)]
#[template(path = "ingest/deposit.html")]
pub struct DepositPage {
    pub shell: Shell,
    pub trail: Vec<Link>,
    pub csrf: String,
    pub size_max: String,
    pub errors: Vec<FieldError>,
}
