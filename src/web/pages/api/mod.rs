//! `/documentation/api`: the API, for whoever writes an application; read from `static/openapi.json`, once.
//!
//! Says nothing that the document does not: what is added there shows here. No script, nobody else's files.

mod example;
mod read;
mod words;

use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::header;
use askama::Template;

pub use read::{Answer, Field, Group, Operation, Said, Shape};

use super::shell::{Section, Shell, answer};
use crate::web::problem::Kind;
use crate::web::problems;

/// `GET /documentation/api`.
#[derive(Template)]
#[template(path = "api/api.html")]
pub struct ApiPage {
    pub shell: Shell,
    pub groups: &'static [Group],
    pub shapes: &'static [Shape],
    pub problems: Vec<ProblemLine>,
}

/// A kind of problem.
pub struct ProblemLine {
    pub name: &'static str,
    pub status: u16,
    pub title: &'static str,
    pub remedy: &'static str,
}

/// Problems that only people meet.
const OF_PEOPLE: [&Kind; 4] =
    [&problems::FORBIDDEN, &problems::MEMBER_NOT_CHOSEN, &problems::SECOND_FACTOR, &problems::STALE_FORM];

static READ: LazyLock<(Vec<Group>, Vec<Shape>)> = LazyLock::new(read::document);

/// `GET /documentation/api`.
pub async fn show() -> HttpResponse {
    let mut answer = answer(&page());
    answer
        .headers_mut()
        .insert(header::CACHE_CONTROL, header::HeaderValue::from_static("public, max-age=300"));
    answer
}

/// The page.
pub fn page() -> ApiPage {
    let mut problems: Vec<ProblemLine> = problems::KINDS
        .iter()
        .filter(|kind| !OF_PEOPLE.contains(kind))
        .map(|kind| ProblemLine {
            name: kind.name,
            status: kind.status,
            title: kind.title,
            remedy: kind.remedy,
        })
        .collect();
    problems.sort_by_key(|line| line.status);
    ApiPage {
        shell: Shell { title: "L’API".into(), account: None, section: Section::None, top: false },
        groups: &READ.0,
        shapes: &READ.1,
        problems,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::web::routes::TABLE;

    #[test]
    fn every_operation_of_the_table_stands_on_the_page_with_a_command_and_its_answers() {
        let operations: Vec<&Operation> = page().groups.iter().flat_map(|group| &group.operations).collect();
        let doors = ["/api/", "/oauth2/", "/health/"];
        let lines = TABLE.iter().filter(|line| doors.iter().any(|door| line.address.starts_with(door)));
        for line in lines {
            let shown = operations
                .iter()
                .find(|shown| shown.path == line.address && shown.method == line.method.as_str());
            let shown = shown.unwrap_or_else(|| panic!("{} is not shown", line.address));
            assert!(shown.command.starts_with("curl ") && !shown.answers.is_empty(), "{}", line.address);
            assert!(!shown.summary.is_empty());
        }
    }

    #[test]
    fn what_an_answer_names_is_described() {
        let page = page();
        let shapes: Vec<&str> = page.shapes.iter().map(|shape| shape.name.as_str()).collect();
        for operation in page.groups.iter().flat_map(|group| &group.operations) {
            for answer in operation.answers.iter().chain(&operation.refusals) {
                assert!(
                    answer.shape.as_deref().is_none_or(|name| shapes.contains(&name)),
                    "{}",
                    answer.status
                );
            }
        }
    }
}
