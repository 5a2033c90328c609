//! One line of log and one count a request: method, route as the table writes it, status, duration, tenant.
//!
//! Never logs an address as asked, a query, a title or a header: they hold what people looked for.

use std::time::Instant;

use actix_web::HttpMessage;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next;

use crate::model::TenantId;
use crate::telemetry;

/// Wraps everything else. The duration ends with the answer's head: a body may last longer.
pub async fn write(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let begun = Instant::now();
    let method = known(request.method());
    let answer = next.call(request).await?;
    let route = answer.request().match_pattern();
    let route = route.as_deref().unwrap_or("unknown");
    let (status, duration) = (answer.status().as_u16(), begun.elapsed());
    let tenant = answer.request().extensions().get::<TenantId>().map(ToString::to_string);
    telemetry::answered(method, route, status, duration);
    tracing::info!(
        http.method = method,
        http.route = route,
        http.status = status,
        duration_ms = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
        tenant.id = tenant,
        "answered"
    );
    Ok(answer)
}

/// A caller may invent methods; each would be a new series.
fn known(method: &Method) -> &'static str {
    ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
        .into_iter()
        .find(|known| method.as_str() == *known)
        .unwrap_or("other")
}
