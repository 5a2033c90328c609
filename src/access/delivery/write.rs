//! The zip as it goes out: the message first, then each file as it is opened.
//!
//! Never holds a file, nor all that is said of the units: a few hundred of those at a time. What writes may block, and does it where
//! that hurts nobody.

use std::collections::HashMap;
use std::io::{self, Write};

use uuid::Uuid;
use zip::ZipWriter;
use zip::write::{SimpleFileOptions, StreamWriter};

use super::super::{Access, Error, Reader};
use super::Delivery;
use super::tree::{Step, Tree};
use crate::catalog::delivery_queries as queries;
use crate::catalog::{Object, Unit};
use crate::clock::Clock;
use crate::seda::write::delivery::{self as message, DeliveredObject, DeliveryHeading};

/// Name of the message in the package.
const MANIFEST: &str = "manifest.xml";
/// Most of what is kept is compressed already; but a file that is stored as it is cannot be read by those who read a zip from its
/// beginning, when its length comes after it.
const FAST: i64 = 1;
/// Units read at once.
const UNITS_AT_ONCE: usize = 200;
/// Files of which the catalogue is asked at once.
const FILES_AT_ONCE: usize = 100;

/// What was met while a package went out.
#[derive(Debug, thiserror::Error)]
pub enum Broken {
    #[error("{0}")]
    Access(#[from] Error),
    /// Whoever was to have it is gone, or the disk failed.
    #[error("{0}")]
    Io(#[from] io::Error),
    /// A file was open when the package was planned, and is not any more.
    #[error("file {0} does not open any more")]
    Closed(Uuid),
}

impl From<crate::db::Error> for Broken {
    fn from(error: crate::db::Error) -> Self {
        Broken::Access(error.into())
    }
}

type Zip<W> = ZipWriter<StreamWriter<W>>;

impl Access {
    /// Writes the package. When it fails, what went out is no zip: it has no end.
    pub async fn deliver<W: Write + Send + 'static>(
        &self,
        reader: &Reader,
        delivery: &Delivery,
        out: W,
    ) -> Result<(), Broken> {
        let heading = heading(delivery, reader, &self.clock);
        let mut zip = blocking(ZipWriter::new_stream(out), |zip| zip.start_file(MANIFEST, options())).await?;
        let mut text = Vec::new();
        message::begin(&heading, &mut text)?;
        let mut names: HashMap<Uuid, String> = HashMap::new();
        for (number, files) in (0..).step_by(FILES_AT_ONCE).zip(delivery.files.chunks(FILES_AT_ONCE)) {
            let mut tx = self.db.read(reader.tenant).await?;
            for (number, file) in (number..).zip(files) {
                let found = queries::object(&mut tx, file.object_id).await?;
                let object = found.ok_or(Broken::Closed(file.object_id.0))?;
                let uri = uri(number, &object.file_name);
                message::object(&declared(number, &object, &uri), &mut text)?;
                names.insert(file.object_id.0, uri);
            }
            drop(tx);
            zip = written(zip, std::mem::take(&mut text)).await?;
        }
        message::begin_units(&mut text)?;
        zip = written(zip, text).await?;
        zip = self.units(reader, delivery, zip).await?;
        let mut text = Vec::new();
        message::end(&heading, &mut text)?;
        zip = written(zip, text).await?;
        for file in &delivery.files {
            let opened = self.open(reader, file.object_id).await?;
            let mut opened = opened.ok_or(Broken::Closed(file.object_id.0))?.file;
            let name = names[&file.object_id.0].clone();
            zip = blocking(zip, move |zip| {
                zip.start_file(name, options().compression_level(Some(FAST)).large_file(true))?;
                io::copy(&mut opened, zip).map_err(Into::into).map(drop)
            })
            .await?;
        }
        let ended = tokio::task::spawn_blocking(move || {
            let mut out = zip.finish().map_err(io::Error::other)?.into_inner();
            out.flush()
        });
        ended.await.map_err(io::Error::other)??;
        Ok(())
    }

    /// The units as a tree, each under the first of its parents that is given.
    async fn units<W: Write + Send + 'static>(
        &self,
        reader: &Reader,
        delivery: &Delivery,
        mut zip: Zip<W>,
    ) -> Result<Zip<W>, Broken> {
        let tree = Tree::of(delivery);
        for steps in tree.steps().chunks(UNITS_AT_ONCE) {
            let opened: Vec<Uuid> = steps
                .iter()
                .filter_map(
                    |step| if let Step::Open(at) = step { Some(delivery.units[*at].unit_id) } else { None },
                )
                .collect();
            let mut tx = self.db.read(reader.tenant).await?;
            let said: HashMap<Uuid, Unit> = queries::units(&mut tx, &opened)
                .await?
                .into_iter()
                .map(|unit| (unit.line.unit_id.0, unit))
                .collect();
            drop(tx);
            let mut text = Vec::new();
            for step in steps {
                tree.write(*step, delivery, &said, &mut text)?;
            }
            zip = written(zip, text).await?;
        }
        Ok(zip)
    }
}

fn heading(delivery: &Delivery, reader: &Reader, clock: &Clock) -> DeliveryHeading {
    let (id, date) = (clock.fresh_id(), clock.now());
    DeliveryHeading {
        date,
        message_identifier: format!("DIP-{id}"),
        message_request_identifier: format!("DEMANDE-{id}"),
        archival_agreement: delivery.archive.agreement.clone(),
        units: vec![delivery.asked.to_string()],
        originating_agency: delivery.archive.originating_agency.clone(),
        archival_agency: delivery.archival_agency.clone(),
        requester: reader.agent.to_string(),
    }
}

fn declared<'a>(number: usize, object: &'a Object, uri: &str) -> DeliveredObject<'a> {
    DeliveredObject {
        id: format!("F{number}"),
        uri: uri.to_owned(),
        file_name: &object.file_name,
        usage: object.usage.as_deref(),
        sha512: hex::encode(&object.sha512),
        size_bytes: object.size_bytes,
        puid: object.format.as_ref().map(|format| format.puid.as_str()),
        mime: &object.media_type,
    }
}

/// A path in the package: the number tells files apart, the name is there for people, without what a path or an address reads.
fn uri(number: usize, name: &str) -> String {
    let name: String = name
        .chars()
        .rev()
        .take(80)
        .map(|c| if c.is_ascii_alphanumeric() || "._-".contains(c) { c } else { '_' })
        .collect::<Vec<char>>()
        .into_iter()
        .rev()
        .collect();
    format!("content/F{number}-{name}")
}

/// Without a date of its own an entry bears the format's first day.
fn options() -> SimpleFileOptions {
    SimpleFileOptions::default().last_modified_time(zip::DateTime::default()).unix_permissions(0o644)
}

async fn written<W: Write + Send + 'static>(zip: Zip<W>, text: Vec<u8>) -> Result<Zip<W>, Broken> {
    blocking(zip, move |zip| zip.write_all(&text).map_err(Into::into)).await
}

async fn blocking<W: Write + Send + 'static>(
    mut zip: Zip<W>,
    does: impl FnOnce(&mut Zip<W>) -> zip::result::ZipResult<()> + Send + 'static,
) -> Result<Zip<W>, Broken> {
    let done = tokio::task::spawn_blocking(move || does(&mut zip).map(|()| zip));
    Ok(done.await.map_err(io::Error::other)?.map_err(io::Error::other)?)
}
