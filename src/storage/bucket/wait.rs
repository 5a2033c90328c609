//! The bridge from threads that wait to a client that does not: one small runtime, apart from the service's.

use std::future::Future;
use std::io;
use std::sync::OnceLock;
use std::sync::mpsc;

use tokio::runtime::{Builder, Runtime};

use super::super::error::Error;

/// Runs until the process ends: a runtime must not be dropped where others run.
pub(super) fn runtime() -> &'static Runtime {
    static RUNTIME: OnceLock<Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| {
        let mut builder = Builder::new_multi_thread();
        let runtime = builder.worker_threads(2).thread_name("buckets").enable_all().build();
        runtime.expect("threads can be started")
    })
}

/// Waits for the answer, wherever the caller runs.
pub(super) fn wait<T: Send + 'static>(
    asked: impl Future<Output = Result<T, object_store::Error>> + Send + 'static,
) -> Result<T, object_store::Error> {
    let (answer, answered) = mpsc::sync_channel(1);
    runtime().spawn(async move { answer.send(asked.await) });
    answered.recv().unwrap_or_else(|_| {
        Err(object_store::Error::Generic { store: "bucket", source: "the request was dropped".into() })
    })
}

/// Says what was being done, and where.
pub(super) fn failed(doing: &'static str, path: &str) -> impl FnOnce(object_store::Error) -> Error {
    move |error| {
        let path = path.into();
        match full(&error) {
            true => Error::Full { doing, path },
            false => Error::Io { doing, path, source: io_of(error) },
        }
    }
}

/// Whether a bucket says that no room is left: a quota of the account, a full disk behind it.
fn full(error: &object_store::Error) -> bool {
    let said = error.to_string();
    ["QuotaExceeded", "InsufficientStorage", "XMinioStorageFull", "507 "]
        .iter()
        .any(|word| said.contains(word))
}

/// As an error of reading, whose kind tells an absent object and a denied one.
pub(super) fn io_of(error: object_store::Error) -> io::Error {
    let kind = match &error {
        object_store::Error::NotFound { .. } => io::ErrorKind::NotFound,
        object_store::Error::PermissionDenied { .. } | object_store::Error::Unauthenticated { .. } => {
            io::ErrorKind::PermissionDenied
        }
        _ => io::ErrorKind::Other,
    };
    io::Error::new(kind, error)
}
