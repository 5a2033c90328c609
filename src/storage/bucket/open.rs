//! Which bucket, and with what key. Keys are read from a file of the operator's, never from the settings.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use object_store::aws::{AmazonS3Builder, Checksum, S3ConditionalPut};
use object_store::azure::MicrosoftAzureBuilder;
use object_store::gcp::GoogleCloudStorageBuilder;
use object_store::prefix::PrefixStore;
use object_store::{BackoffConfig, ClientOptions, ObjectStore, RetryConfig};

use super::super::error::Error;
use super::super::standing::MediumKind;
use super::lock::Asked;

/// A bucket, as the operator names it.
#[derive(Clone, Debug)]
pub struct BucketSettings {
    /// `s3://bucket/prefix`, `az://account/container/prefix` or `gs://bucket/prefix`; the prefix may be empty.
    pub url: String,
    /// Address of a server that speaks S3; empty: the provider's own.
    pub endpoint: String,
    /// S3 only.
    pub region: String,
    /// S3: the key's identifier and its secret, a line each; Azure: the account's key; Google: the service
    /// account's JSON.
    pub key_file: PathBuf,
    /// For one request.
    pub timeout: Duration,
    /// How long a request that fails is tried again before its failure is told.
    pub retry: Duration,
}

/// An S3 key.
#[derive(Clone)]
pub(super) struct Keys {
    pub id: String,
    pub secret: String,
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys")
    }
}

/// A bucket's client.
pub(super) struct Opened {
    pub store: Arc<dyn ObjectStore>,
    pub kind: MediumKind,
    pub asked: Option<Asked>,
}

/// The client of the bucket; nothing is asked of it yet.
pub(super) fn open(name: &str, settings: &BucketSettings) -> Result<Opened, Error> {
    // Whoever came first has installed the same one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let refused = |reason: String| Error::Layout(format!("site « {name} » : {reason}"));
    let (scheme, rest) = settings.url.split_once("://").unwrap_or_default();
    let secret = fs::read_to_string(&settings.key_file)
        .map_err(|error| refused(format!("clé {} illisible ({error})", settings.key_file.display())))?;
    let built = match scheme {
        "s3" => {
            let asked =
                Asked::new(address(settings, rest), region(settings), keys(&secret), client(settings));
            let built = s3(settings, rest, &keys(&secret));
            built.map(|(store, prefix)| opened(store, prefix, MediumKind::S3, Some(asked)))
        }
        "az" => azure(settings, rest, &secret)
            .map(|(store, prefix)| opened(store, prefix, MediumKind::Azure, None)),
        "gs" => google(settings, rest).map(|(store, prefix)| opened(store, prefix, MediumKind::Google, None)),
        _ => return Err(refused(format!("{} n’est ni s3://, ni az://, ni gs://", settings.url))),
    };
    built.map_err(|error| refused(error.to_string()))
}

fn opened<T: ObjectStore>(store: T, prefix: String, kind: MediumKind, asked: Option<Asked>) -> Opened {
    Opened { store: under(Arc::new(store), prefix), kind, asked }
}

type Built<T> = Result<(T, String), object_store::Error>;

fn keys(secret: &str) -> Keys {
    let mut lines = secret.lines().map(|line| line.trim().to_string());
    Keys { id: lines.next().unwrap_or_default(), secret: lines.next().unwrap_or_default() }
}

fn region(settings: &BucketSettings) -> String {
    if settings.region.is_empty() { "us-east-1".to_string() } else { settings.region.clone() }
}

/// Address of an S3 bucket, by its path.
fn address(settings: &BucketSettings, rest: &str) -> String {
    let bucket = rest.split('/').next().unwrap_or_default();
    match settings.endpoint.as_str() {
        "" => format!("https://s3.{}.amazonaws.com/{bucket}", region(settings)),
        endpoint => format!("{endpoint}/{bucket}"),
    }
}

fn s3(settings: &BucketSettings, rest: &str, keys: &Keys) -> Built<object_store::aws::AmazonS3> {
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let builder = AmazonS3Builder::new()
        .with_bucket_name(bucket)
        .with_region(region(settings))
        .with_access_key_id(&keys.id)
        .with_secret_access_key(&keys.secret)
        .with_conditional_put(S3ConditionalPut::ETagMatch)
        .with_checksum_algorithm(Checksum::SHA256)
        .with_disable_tagging(true)
        .with_client_options(client(settings))
        .with_retry(retry(settings));
    let builder = match settings.endpoint.as_str() {
        "" => builder,
        endpoint => builder.with_endpoint(endpoint).with_allow_http(endpoint.starts_with("http://")),
    };
    Ok((builder.build()?, prefix.to_string()))
}

fn azure(settings: &BucketSettings, rest: &str, secret: &str) -> Built<object_store::azure::MicrosoftAzure> {
    let mut parts = rest.splitn(3, '/');
    let builder = MicrosoftAzureBuilder::new()
        .with_account(parts.next().unwrap_or_default())
        .with_container_name(parts.next().unwrap_or_default())
        .with_access_key(secret.trim())
        .with_client_options(client(settings))
        .with_retry(retry(settings));
    let builder = match settings.endpoint.as_str() {
        "" => builder,
        endpoint => {
            builder.with_endpoint(endpoint.to_string()).with_allow_http(endpoint.starts_with("http://"))
        }
    };
    Ok((builder.build()?, parts.next().unwrap_or_default().to_string()))
}

fn google(settings: &BucketSettings, rest: &str) -> Built<object_store::gcp::GoogleCloudStorage> {
    let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
    let builder = GoogleCloudStorageBuilder::new()
        .with_bucket_name(bucket)
        .with_service_account_path(settings.key_file.to_string_lossy())
        .with_client_options(client(settings))
        .with_retry(retry(settings));
    let builder = match settings.endpoint.as_str() {
        "" => builder,
        endpoint => builder.with_base_url(endpoint),
    };
    Ok((builder.build()?, prefix.to_string()))
}

fn client(settings: &BucketSettings) -> ClientOptions {
    ClientOptions::new()
        .with_timeout(settings.timeout)
        .with_connect_timeout(settings.timeout.min(Duration::from_secs(5)))
        .with_allow_http(settings.endpoint.starts_with("http://"))
}

fn retry(settings: &BucketSettings) -> RetryConfig {
    RetryConfig { backoff: BackoffConfig::default(), max_retries: 4, retry_timeout: settings.retry }
}

fn under<T: ObjectStore>(store: Arc<T>, prefix: String) -> Arc<dyn ObjectStore> {
    match prefix.trim_matches('/') {
        "" => store,
        prefix => Arc::new(PrefixStore::new(store, prefix)),
    }
}
