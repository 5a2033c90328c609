//! Health, metrics, a graceful end.

use super::{Door, get, send};

#[tokio::test]
async fn the_supervisor_learns_that_all_is_well_and_prometheus_how_much() {
    let door = Door::open().await;
    assert_eq!(door.send(get("/health/live")).await.json()["status"], "live");
    let ready = door.send(get("/health/ready")).await.json();
    assert_eq!((&ready["checks"]["database"], &ready["checks"]["sites"]), (&"ok".into(), &"ok".into()), "{ready}");
    door.deposit(door.sip("METRIQUES").zip()).await;
    assert_eq!(door.get("/api/v1/units?q=secret").await.status, 200);
    let metrics = send(door.metrics_address, get("/metrics")).await;
    assert_eq!(metrics.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    let text = metrics.text();
    for expected in [
        "chartrier_http_requests_total{method=\"POST\",route=\"/api/v1/transfers\",status=\"202\"}",
        "chartrier_http_requests_total{method=\"GET\",route=\"/api/v1/units\",status=\"200\"}",
        "chartrier_jobs{state=\"set_aside\"}",
        "chartrier_http_request_duration_seconds_bucket",
    ] {
        assert!(text.contains(expected), "{expected}\n{text}");
    }
    for secret in ["secret", "METRIQUES", door.tenant.code.as_str()] {
        assert!(!text.contains(secret), "{secret}");
    }
    assert_eq!(door.send(get("/metrics")).await.status, 404, "not on the public address");
    door.end().await;
}
