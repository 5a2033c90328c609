//! Forms whose lists come as one field many times, which a typed form cannot hold.

use actix_web::web;

/// Names and values, in the order of the form.
pub type Fields = web::Form<Vec<(String, String)>>;

/// The first value of a field; empty when it was not sent.
pub fn first(fields: &[(String, String)], name: &str) -> String {
    fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.clone()).unwrap_or_default()
}

/// Every value of a field, as they came.
pub fn all(fields: &[(String, String)], name: &str) -> Vec<String> {
    fields.iter().filter(|(field, _)| field == name).map(|(_, value)| value.clone()).collect()
}
