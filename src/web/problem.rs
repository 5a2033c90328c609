//! The only error shown: RFC 9457 for machines, a page in French for browsers.
//!
//! Functions of lower floors know no status code: the conversions stand in `problems.rs`. An internal cause is
//! logged once, by [`render`], under the incident's number that the caller is given; it is never shown.

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{HttpRequest, HttpResponse, ResponseError};
use serde_json::{Value, json};
use uuid::Uuid;

use super::problems as kinds;
use super::{callers, pages};

/// A kind of problem: its type is stable, what people read may improve.
#[derive(Debug, PartialEq, Eq)]
pub struct Kind {
    /// Last part of the type: `urn:chartrier:problem:<name>`.
    pub name: &'static str,
    pub status: u16,
    /// In French, the same for every occurrence.
    pub title: &'static str,
    /// What the reader can do, in French, one sentence.
    pub remedy: &'static str,
}

/// One occurrence of a problem.
#[derive(Clone, Debug)]
pub struct Problem {
    kind: &'static Kind,
    detail: Option<String>,
    headers: Vec<(header::HeaderName, String)>,
    retry_after_seconds: Option<u32>,
    cause: Option<String>,
}

impl Problem {
    /// An occurrence of a kind.
    pub fn new(kind: &'static Kind) -> Self {
        Self { kind, detail: None, headers: Vec::new(), retry_after_seconds: None, cause: None }
    }

    /// With a sentence in French about this occurrence; it is shown.
    pub fn detail(mut self, sentence: impl Into<String>) -> Self {
        self.detail = Some(sentence.into());
        self
    }

    /// With a header of the answer; one that cannot be a header's value is left out.
    pub fn header(mut self, name: header::HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// Worth trying again then.
    pub fn retry_after_seconds(mut self, seconds: u32) -> Self {
        self.retry_after_seconds = Some(seconds);
        self
    }

    /// With what happened inside, for the log alone.
    pub fn because(mut self, cause: &dyn std::error::Error) -> Self {
        let mut text = cause.to_string();
        let mut source = cause.source();
        while let Some(deeper) = source {
            // `thiserror`'s sentences often quote their source already.
            let said = deeper.to_string();
            if !text.contains(&said) {
                text = format!("{text}: {said}");
            }
            source = deeper.source();
        }
        self.cause = Some(text);
        self
    }

    /// What to read first: what is wrong, in a sentence.
    pub fn sentence(&self) -> &str {
        self.detail.as_deref().unwrap_or(self.kind.title)
    }

    /// Its kind.
    pub fn kind(&self) -> &'static Kind {
        self.kind
    }

    /// The status of the answer.
    pub fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.kind.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Where a browser is sent instead of a page that only says to go there.
    fn leads_to(&self, request: &HttpRequest) -> Option<String> {
        if self.kind == &kinds::UNAUTHORIZED && request.method().is_safe() {
            return Some(callers::log_in_address(request));
        }
        if self.kind == &kinds::SECOND_FACTOR {
            return Some(callers::factor_address(request));
        }
        (self.kind == &kinds::MEMBER_NOT_CHOSEN).then(|| "/connexion/collectivite".into())
    }

    fn json(&self, incident: Option<Uuid>) -> Value {
        let mut body = json!({
            "type": format!("urn:chartrier:problem:{}", self.kind.name),
            "title": self.kind.title,
            "status": self.kind.status,
        });
        if let Some(detail) = &self.detail {
            body["detail"] = detail.as_str().into();
        }
        if let Some(incident) = incident {
            body["instance"] = format!("urn:uuid:{incident}").into();
        }
        if let Some(seconds) = self.retry_after_seconds {
            body["retry_after_seconds"] = seconds.into();
        }
        body
    }

    fn answer(&self) -> actix_web::HttpResponseBuilder {
        let mut answer = HttpResponse::build(self.status());
        answer.insert_header((header::CACHE_CONTROL, "no-store"));
        for (name, value) in &self.headers {
            if let Ok(value) = header::HeaderValue::from_str(value) {
                answer.insert_header((name.clone(), value));
            }
        }
        if let Some(seconds) = self.retry_after_seconds {
            answer.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        answer
    }

    fn answer_to(&self, request: &HttpRequest) -> HttpResponse {
        let incident = self.cause.as_ref().map(|_| callers::state(request).clock.fresh_id());
        if let (Some(cause), Some(incident)) = (&self.cause, incident) {
            let route = request.match_pattern().unwrap_or_default();
            tracing::error!(%incident, http.route = route, problem = self.kind.name, cause, "a request failed");
        }
        if request.path().starts_with(TEXT_DOOR) {
            // What a bus shows to its user, as it is.
            let number =
                incident.map(|incident| format!(" Numéro de l’incident : {incident}.")).unwrap_or_default();
            let told = match &self.detail {
                Some(detail) => format!("{detail}{number}"),
                None => format!("{}. {}{number}", self.kind.title, self.kind.remedy),
            };
            return self.answer().content_type("text/plain; charset=UTF-8").body(told);
        }
        if !is_read_by_people(request) {
            let body = self.json(incident).to_string();
            return self.answer().content_type("application/problem+json").body(body);
        }
        if let Some(address) = self.leads_to(request) {
            return HttpResponse::SeeOther().insert_header((header::LOCATION, address)).finish();
        }
        let remedy = match incident {
            Some(incident) => format!("{} Numéro de l’incident : {incident}.", self.kind.remedy),
            None => self.kind.remedy.to_string(),
        };
        let page = pages::notices::problem(self.kind.title, self.kind.status, self.detail.clone(), remedy);
        self.answer().content_type("text/html; charset=utf-8").body(page)
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.kind.status, self.kind.title)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status()
    }

    /// The answer as it leaves the handler; [`render`] gives it the form that its reader wants.
    fn error_response(&self) -> HttpResponse {
        let mut answer = self.answer().finish();
        answer.extensions_mut().insert(self.clone());
        answer
    }
}

/// Gives every problem its form, whichever door or middleware below it came from; wraps them all.
pub async fn render(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let answer = next.call(request).await?;
    let problem = answer.response().extensions().get::<Problem>().cloned();
    let problem = problem.or_else(|| kinds::of_bare_status(answer.status(), answer.headers()));
    Ok(match problem {
        None => answer.map_into_boxed_body(),
        Some(problem) => {
            let rendered = problem.answer_to(answer.request());
            answer.into_response(rendered)
        }
    })
}

/// Where a short text is told instead.
const TEXT_DOOR: &str = "/restservices/";

/// A browser at one of the portal's addresses; the API's answers are for machines, whatever they accept.
pub fn is_read_by_people(request: &HttpRequest) -> bool {
    let accepts = request.headers().get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("");
    is_of_the_portal(request.path()) && accepts.contains("text/html")
}

/// Whether an address is one of the portal's, where sessions count; every other is for machines.
pub fn is_of_the_portal(path: &str) -> bool {
    !["/api/", "/oauth2/", "/restservices/", "/health/", "/witness/"]
        .iter()
        .any(|door| path.starts_with(door))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cause_is_told_with_its_sources_and_never_shown() {
        let cause = std::io::Error::other(std::fmt::Error);
        let problem = Problem::new(&kinds::INTERNAL).because(&cause);
        assert!(problem.cause.as_deref().unwrap().starts_with("an error occurred when formatting"));
        let shown = problem.json(Some(Uuid::nil())).to_string();
        assert!(!shown.contains("formatting") && shown.contains("urn:uuid:"), "{shown}");
    }

    #[test]
    fn the_type_is_stable_and_the_rest_is_told_when_there_is() {
        let shown =
            Problem::new(&kinds::NOT_READY).detail("Encore un instant.").retry_after_seconds(2).json(None);
        assert_eq!(shown["type"], "urn:chartrier:problem:message-not-ready");
        assert_eq!((&shown["status"], &shown["retry_after_seconds"]), (&json!(404), &json!(2)));
        assert!(shown.get("instance").is_none());
    }
}
