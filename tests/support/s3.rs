//! A server that speaks S3, beside the tests, over a folder of theirs; and the faults it can be told to have.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::path::Path;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use chartrier::storage::BucketSettings;
use futures_util::StreamExt;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto::Builder;
use s3s::Body;
use s3s::auth::SimpleAuth;
use s3s::service::{S3Service, S3ServiceBuilder};
use tempfile::TempDir;
use tokio::runtime::Runtime;

const KEY: [&str; 2] = ["CHARTRIER", "un-secret-de-test"];

/// What a request meets instead of its answer.
#[derive(Clone, Copy, Debug)]
pub enum Trouble {
    Status(u16),
    /// No answer before the troubles are over.
    Silence,
    /// Half of the answer's body.
    Half,
}

/// Troubles for the requests to come: each concerns those of one method, so many times.
type Troubles = Arc<Mutex<VecDeque<(String, Trouble, usize)>>>;

/// What a bucket answers of its object lock: a status and a body.
type Locks = Arc<Mutex<Option<(u16, String)>>>;

/// The server; gone with the value.
pub struct S3 {
    _runtime: Runtime,
    folder: TempDir,
    endpoint: String,
    troubles: Troubles,
    locks: Locks,
    /// How long its clients wait, and try again.
    patience: Duration,
}

impl S3 {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("data");
        std::fs::create_dir(&root).unwrap();
        std::fs::write(folder.path().join("key"), KEY.join("\n")).unwrap();
        let runtime =
            tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let mut service = S3ServiceBuilder::new(s3s_fs::FileSystem::new(&root).unwrap());
        service.set_auth(SimpleAuth::from_single(KEY[0], KEY[1]));
        let (service, troubles, locks) = (service.build(), Troubles::default(), Locks::default());
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let theirs = (Arc::clone(&troubles), Arc::clone(&locks));
        let root: Arc<Path> = root.into();
        runtime.spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let (service, troubles, root) = (service.clone(), theirs.clone(), Arc::clone(&root));
                tokio::spawn(async move {
                    let answer = service_fn(move |request| {
                        answer(service.clone(), troubles.clone(), Arc::clone(&root), request)
                    });
                    let _ = Builder::new(TokioExecutor::new())
                        .serve_connection(TokioIo::new(socket), answer)
                        .await;
                });
            }
        });
        Self { _runtime: runtime, folder, endpoint, troubles, locks, patience: Duration::from_secs(30) }
    }

    /// The same server, whose clients soon give up: for those that meet troubles.
    pub fn with_impatient_clients(self) -> Self {
        Self { patience: Duration::from_secs(3), ..self }
    }

    /// A bucket of this name, made if need be.
    pub fn bucket(&self, name: &str) -> BucketSettings {
        std::fs::create_dir_all(self.root().join(name)).unwrap();
        BucketSettings {
            url: format!("s3://{name}/archives"),
            endpoint: self.endpoint.clone(),
            region: String::new(),
            key_file: self.folder.path().join("key"),
            timeout: self.patience,
            retry: self.patience,
        }
    }

    /// The next `times` requests of a method (`*`: any) meet this.
    pub fn trouble(&self, method: &str, trouble: Trouble, times: usize) {
        self.troubles.lock().unwrap().push_back((method.to_string(), trouble, times));
    }

    /// Buckets say this of their object lock.
    pub fn locked(&self, status: u16, said: &str) {
        *self.locks.lock().unwrap() = Some((status, said.to_string()));
    }

    /// Nothing stands in the way any more.
    pub fn heal(&self) {
        self.troubles.lock().unwrap().clear();
    }

    fn root(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }
}

/// The key with which the tests look behind the service's back.
pub fn key_of(settings: &BucketSettings) -> [String; 2] {
    let text = std::fs::read_to_string(Path::new(&settings.key_file)).unwrap();
    let mut lines = text.lines().map(str::to_string);
    [lines.next().unwrap(), lines.next().unwrap()]
}

fn met(troubles: &Troubles, method: &str) -> Option<Trouble> {
    let mut troubles = troubles.lock().unwrap();
    let found = troubles.iter_mut().find(|(of, _, times)| (of == method || of == "*") && *times > 0)?;
    found.2 -= 1;
    Some(found.1)
}

async fn answer(
    service: S3Service,
    (troubles, locks): (Troubles, Locks),
    root: Arc<Path>,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    if request.uri().query() == Some("object-lock") {
        assert!(request.headers().contains_key("authorization"));
        let (status, said) = locks.lock().unwrap().clone().unwrap_or((404, String::new()));
        return Ok(Response::builder().status(status).body(Body::from(said)).unwrap());
    }
    // A folder of the server's own is no object; it would answer 500.
    let path = percent_encoding::percent_decode_str(request.uri().path()).decode_utf8_lossy().into_owned();
    let is_folder = path.matches('/').count() > 1 && root.join(path.trim_start_matches('/')).is_dir();
    if request.method() == "HEAD" && is_folder {
        return Ok(Response::builder().status(404).body(Body::empty()).unwrap());
    }
    let trouble = met(&troubles, request.method().as_str());
    match trouble {
        Some(Trouble::Status(status)) => {
            // What was sent is read, as a server that refuses does.
            let mut body = Body::from(request.into_body());
            while body.next().await.is_some() {}
            return Ok(Response::builder().status(status).body(Body::empty()).unwrap());
        }
        Some(Trouble::Silence) => {
            while !troubles.lock().unwrap().is_empty() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
        _ => {}
    }
    let answered = hyper::service::Service::call(&service, request).await;
    let answered = match answered {
        Ok(answered) => answered,
        Err(_) => return Ok(Response::builder().status(500).body(Body::empty()).unwrap()),
    };
    if !matches!(trouble, Some(Trouble::Half)) {
        return Ok(answered);
    }
    let (mut parts, mut body) = answered.into_parts();
    let mut whole = Vec::new();
    while let Some(Ok(bytes)) = body.next().await {
        whole.extend_from_slice(&bytes);
    }
    parts.headers.insert("content-length", whole.len().into());
    let half = Bytes::from(whole).slice(..);
    let half = half.slice(..half.len() / 2);
    Ok(Response::from_parts(parts, Body::from(half)))
}
