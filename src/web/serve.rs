//! Listens, with limits on everything, until told to stop.

use std::any::Any;
use std::io;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::time::Duration;

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::body::MessageBody;
use actix_web::dev::Extensions;
use actix_web::dev::{Server, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::rt::net::TcpStream;
use actix_web::{App, HttpServer, web};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::client::PeerCertificate;
use super::health::Readiness;
use super::{State, access_log, extractors, headers, metrics, problem, proof_of_origin, routes, shares, tls};
use crate::proof::digest;

/// Time to send a request's head.
const HEAD_TIME_MAX: Duration = Duration::from_secs(10);
/// Silence between two requests of a connection.
const IDLE_MAX: Duration = Duration::from_secs(30);
/// Time to close a connection.
const CLOSING_MAX: Duration = Duration::from_secs(5);
/// Connections of one worker thread.
const CONNECTIONS_MAX: usize = 512;
/// Time given to what runs when the service stops.
const GRACE_SECONDS: u64 = 30;

/// A door, open.
pub struct Served {
    pub address: SocketAddr,
    /// Ends once told to stop and once what ran is finished, or its grace over.
    pub task: JoinHandle<()>,
}

/// Opens the web door at the address of the settings (port 0: any free one) until `stop` becomes true.
pub fn serve(state: State, stop: watch::Receiver<bool>) -> io::Result<Served> {
    let listen = state.settings.listen;
    let tls = state.settings.tls.as_ref().map(tls::config).transpose()?;
    let state = web::Data::new(state);
    let readiness = web::Data::new(Readiness::default());
    let threads = std::thread::available_parallelism().map_or(2, NonZeroUsize::get).max(2);
    let server = HttpServer::new(move || app(state.clone(), readiness.clone()))
        .workers(threads)
        .max_connections(CONNECTIONS_MAX)
        .client_request_timeout(HEAD_TIME_MAX)
        .client_disconnect_timeout(CLOSING_MAX)
        .keep_alive(IDLE_MAX)
        .shutdown_timeout(GRACE_SECONDS)
        .disable_signals()
        .on_connect(note_certificate);
    let server = match tls {
        Some(tls) => server.bind_rustls_0_23(listen, tls),
        None => server.bind(listen),
    };
    let server = server.map_err(|error| at(listen, &error))?;
    let address = first(&server.addrs())?;
    Ok(Served { address, task: run(server.run(), stop, true) })
}

/// Keeps with a connection the digest of the certificate that it showed.
fn note_certificate(connection: &dyn Any, kept: &mut Extensions) {
    let stream = connection.downcast_ref::<TlsStream<TcpStream>>();
    let certificate = stream.and_then(|stream| stream.get_ref().1.peer_certificates()?.first());
    if let Some(certificate) = certificate {
        kept.insert(PeerCertificate(hex::encode(digest::sha256(certificate))));
    }
}

/// Opens the metrics door, which a worker without a web door has too.
pub fn serve_metrics(state: State, stop: watch::Receiver<bool>) -> io::Result<Served> {
    let listen = state.settings.metrics_listen;
    let state = web::Data::new(state);
    let server = HttpServer::new(move || App::new().app_data(state.clone()).configure(metrics::configure))
        .workers(1)
        .max_connections(16)
        .client_request_timeout(HEAD_TIME_MAX)
        .shutdown_timeout(1)
        .disable_signals()
        .bind(listen)
        .map_err(|error| at(listen, &error))?;
    let address = first(&server.addrs())?;
    Ok(Served { address, task: run(server.run(), stop, false) })
}

fn run(server: Server, mut stop: watch::Receiver<bool>, graceful: bool) -> JoinHandle<()> {
    let handle = server.handle();
    tokio::spawn(async move {
        let stopping = async {
            // An error means that whoever could tell is gone: the program is ending.
            let _ = stop.wait_for(|stop| *stop).await;
            handle.stop(graceful).await;
        };
        let (ended, ()) = tokio::join!(server, stopping);
        if let Err(error) = ended {
            tracing::error!(%error, "a listener failed");
        }
    })
}

/// An operator must know which address is taken.
fn at(address: SocketAddr, error: &io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{address} : {error}"))
}

fn first(addresses: &[SocketAddr]) -> io::Result<SocketAddr> {
    addresses.first().copied().ok_or_else(|| io::ErrorKind::AddrNotAvailable.into())
}

/// The application: the table's addresses under what wraps every request.
fn app(
    state: web::Data<State>,
    readiness: web::Data<Readiness>,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<impl MessageBody>,
        Error = actix_web::Error,
        InitError = (),
    >,
> {
    App::new()
        .app_data(state)
        .app_data(readiness)
        .configure(extractors::configure)
        .configure(routes::configure)
        .default_service(web::to(routes::unknown))
        .wrap(from_fn(proof_of_origin::check))
        .wrap(from_fn(problem::render))
        .wrap(from_fn(shares::hold))
        .wrap(from_fn(headers::add))
        .wrap(from_fn(access_log::write))
}
