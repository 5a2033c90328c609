//! Health, metrics, a graceful end.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use super::{Door, get, send};

#[tokio::test]
async fn the_supervisor_learns_that_all_is_well_and_prometheus_how_much() {
    let door = Door::open().await;
    assert_eq!(door.send(get("/health/live")).await.json()["status"], "live");
    let ready = door.send(get("/health/ready")).await.json();
    assert_eq!(
        (&ready["checks"]["database"], &ready["checks"]["sites"]),
        (&"ok".into(), &"ok".into()),
        "{ready}"
    );
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

#[tokio::test]
async fn a_deposit_on_its_way_is_finished_when_the_service_stops() {
    let door = Door::open().await;
    let (token, address, bytes) = (door.token().await, door.address, door.sip("ARRET").zip());
    let head = format!(
        "POST /api/v1/transfers HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\
         content-type: application/zip\r\ncontent-length: {}\r\n\r\n",
        bytes.len()
    );
    let (begun, has_begun) = tokio::sync::oneshot::channel();
    let slow = tokio::task::spawn_blocking(move || {
        let mut connection = TcpStream::connect(address).unwrap();
        connection.write_all(head.as_bytes()).unwrap();
        connection.write_all(&bytes[..100]).unwrap();
        std::thread::sleep(Duration::from_millis(100));
        begun.send(()).unwrap();
        std::thread::sleep(Duration::from_millis(500));
        connection.write_all(&bytes[100..]).unwrap();
        let mut answer = vec![0; 100];
        let read = connection.read(&mut answer).unwrap();
        String::from_utf8_lossy(&answer[..read]).into_owned()
    });
    has_begun.await.unwrap();
    door.stop.send(true).unwrap();
    assert!(slow.await.unwrap().starts_with("HTTP/1.1 202"));
    door.served.task.await.unwrap();
    assert!(TcpStream::connect(address).is_err(), "nobody listens any more");
    door.tenant.end().await;
}
