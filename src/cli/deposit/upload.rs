//! A package sent by tus 1.0: opened once, continued from wherever it stands, however often the line is cut.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use futures_util::{Stream, TryStreamExt, stream};
use reqwest::{Method, StatusCode};
use tokio::fs::File;
use tokio::io::{AsyncReadExt, AsyncSeekExt, SeekFrom};

use super::Failure;
use super::client::{Client, Patience, is_away, refusal, retry_after, unreachable};
use super::progress::Progress;
use super::remember::Remembered;

/// Times in a row that a request is sent again after being called wrong.
const DOUBTS_MAX: u32 = 3;
const CHUNK_BYTES: usize = 256 << 10;
/// Address of the transfer that an upload became.
const TRANSFER: &str = "chartrier-transfer";

/// Sends a package to its last byte; the address of the transfer it became.
pub(super) async fn send(client: &Client, path: &Path, copy: Option<&str>) -> Result<String, Failure> {
    let metadata = tokio::fs::metadata(path).await?;
    if !metadata.is_file() {
        return Err("ce n'est pas un fichier".into());
    }
    let size = metadata.len();
    if size == 0 {
        return Err("le fichier est vide".into());
    }
    let remembered = Remembered::of(client.base(), path, size)?;
    let progress = Progress::new(path, size);
    let transfer = send_all(client, path, (size, copy), &remembered, &progress).await?;
    remembered.forget();
    progress.end();
    Ok(transfer)
}

async fn send_all(
    client: &Client,
    path: &Path,
    (size, copy): (u64, Option<&str>),
    remembered: &Remembered,
    progress: &Progress,
) -> Result<String, Failure> {
    let mut place = remembered.place();
    let mut patience = Patience::new(client.patience());
    let (mut reached, mut doubts) = (0, 0);
    loop {
        let address = match &place {
            Some(address) => address.clone(),
            None => {
                let address = open(client, path, size, copy, &mut patience).await?;
                remembered.keep(&address)?;
                place = Some(address.clone());
                address
            }
        };
        let at = match standing(client, &address).await? {
            Standing::Closed(transfer) => return Ok(transfer),
            // It expired, or another service stands there: from the beginning.
            Standing::Gone => {
                remembered.forget();
                place = None;
                if !patience.wait(None).await {
                    return Err("le service ouvre des envois qu'il ne retrouve pas".into());
                }
                continue;
            }
            Standing::At(at) => at,
        };
        if at > reached {
            (reached, doubts) = (at, 0);
            patience.renew();
        }
        let (asked, why) = match append(client, path, &address, (at, size), progress).await? {
            Sent::Closed(transfer) => return Ok(transfer),
            Sent::Part => continue,
            Sent::Later(asked, why) => (asked, why),
            // A request that was cut looks like a wrong one: what stays wrong is.
            Sent::Doubtful(why) if doubts == DOUBTS_MAX => return Err(why),
            Sent::Doubtful(why) => {
                doubts += 1;
                (None, why)
            }
        };
        if !patience.wait(asked).await {
            return Err(format!("{why} — relancez la même commande : l'envoi reprendra où il en est").into());
        }
    }
}

async fn open(
    client: &Client,
    path: &Path,
    size: u64,
    copy: Option<&str>,
    patience: &mut Patience,
) -> Result<String, Failure> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let mut metadata = format!("filename {}", STANDARD.encode(name));
    if let Some(copy) = copy {
        metadata += &format!(",copy {}", STANDARD.encode(copy));
    }
    loop {
        let request = client.ask(Method::POST, "/api/v1/uploads").await?.header("Tus-Resumable", "1.0.0");
        let request = request.header("Upload-Length", size).header("Upload-Metadata", &metadata);
        let (asked, why): (_, Failure) = match request.header("Content-Length", 0).send().await {
            Err(error) => (None, unreachable(&error)),
            Ok(answer) if answer.status() == StatusCode::CREATED => {
                let location = answer.headers().get("location").and_then(|value| value.to_str().ok());
                let place = location.map(|location| location.strip_prefix(client.base()).unwrap_or(location));
                let is_here = |place: &&str| place.starts_with('/') && !place.starts_with("//");
                let place = place.filter(is_here).map(str::to_owned);
                return place
                    .ok_or_else(|| "le service n'a pas dit où envoyer, ou dit ailleurs que chez lui".into());
            }
            Ok(answer) if answer.status() == StatusCode::UNAUTHORIZED && client.forget_token() => continue,
            Ok(answer) if is_away(answer.status()) => (retry_after(&answer), refusal(answer).await),
            Ok(answer) => return Err(refusal(answer).await),
        };
        if !patience.wait(asked).await {
            return Err(why);
        }
    }
}

/// Where an upload is.
enum Standing {
    At(u64),
    Closed(String),
    Gone,
}

async fn standing(client: &Client, address: &str) -> Result<Standing, Failure> {
    let answer = client.answered(&Method::GET, address).await?;
    if answer.status() == StatusCode::NOT_FOUND || answer.status() == StatusCode::GONE {
        return Ok(Standing::Gone);
    }
    let header =
        |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    match (answer.status().is_success(), header(TRANSFER), header("upload-offset")) {
        (true, Some(transfer), _) => Ok(Standing::Closed(transfer)),
        (true, None, Some(at)) => Ok(Standing::At(at.parse()?)),
        _ => Err(refusal(answer).await),
    }
}

/// What became of a request that sends bytes.
enum Sent {
    Closed(String),
    /// All of it came, or it stood elsewhere: asked again.
    Part,
    Later(Option<std::time::Duration>, Failure),
    /// Refused as wrong, which may be the line's doing.
    Doubtful(Failure),
}

async fn append(
    client: &Client,
    path: &Path,
    address: &str,
    (at, size): (u64, u64),
    progress: &Progress,
) -> Result<Sent, Failure> {
    let mut file = File::open(path).await?;
    file.seek(SeekFrom::Start(at)).await?;
    let progress = progress.clone();
    let (mut sent, unread) = (at, Arc::new(AtomicBool::new(false)));
    let body = chunks(file, size - at, move |bytes| {
        sent += bytes as u64;
        progress.at(sent);
    });
    // A file that cannot be read is no fault of the line.
    let failed = Arc::clone(&unread);
    let body = body.inspect_err(move |_| failed.store(true, Ordering::Relaxed));
    let request = client.send(Method::PATCH, address).await?.header("Tus-Resumable", "1.0.0");
    let request =
        request.header("Content-Type", "application/offset+octet-stream").header("Upload-Offset", at);
    let request = request.header("Content-Length", size - at).body(reqwest::Body::wrap_stream(body));
    Ok(match request.send().await {
        Err(_) if unread.load(Ordering::Relaxed) => {
            return Err("le fichier ne se lit plus jusqu'au bout".into());
        }
        Err(error) => Sent::Later(None, unreachable(&error)),
        Ok(answer) if answer.status().is_success() => {
            let transfer = answer.headers().get(TRANSFER).and_then(|value| value.to_str().ok());
            transfer.map_or(Sent::Part, |transfer| Sent::Closed(transfer.to_owned()))
        }
        Ok(answer) if answer.status() == StatusCode::UNAUTHORIZED && client.forget_token() => Sent::Part,
        Ok(answer) => {
            let (status, asked, why) = (answer.status(), retry_after(&answer), refusal(answer).await);
            match status {
                // Elsewhere than thought, or not now; anything else will not change.
                StatusCode::CONFLICT | StatusCode::NOT_FOUND => Sent::Later(asked, why),
                status if is_away(status) => Sent::Later(asked, why),
                StatusCode::BAD_REQUEST => Sent::Doubtful(why),
                _ => return Err(why),
            }
        }
    })
}

/// So many bytes of a file, as they are asked for.
pub(super) fn chunks(
    file: File,
    size: u64,
    told: impl FnMut(usize) + Send + 'static,
) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    stream::try_unfold((file, size, told), |(mut file, left, mut told)| async move {
        if left == 0 {
            return Ok(None);
        }
        let mut buffer = vec![0; usize::try_from(left).unwrap_or(usize::MAX).min(CHUNK_BYTES)];
        let read = file.read(&mut buffer).await?;
        if read == 0 {
            return Err(io::Error::new(
                io::ErrorKind::UnexpectedEof,
                "le fichier a raccourci pendant l'envoi",
            ));
        }
        buffer.truncate(read);
        told(read);
        Ok(Some((Bytes::from(buffer), (file, left - read as u64, told))))
    })
}
