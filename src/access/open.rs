//! Opening a file: the consultation is journaled first, once a quarter of an hour.

use chrono::TimeDelta;

use super::{Access, Error, ObjectView, Reader, queries};
use crate::catalog::{JOB_COMMUNICATED, JOB_DOUBTED};
use crate::model::{Event, EventType, ObjectId, Outcome};
use crate::storage::StoredFile;

/// A reader, a file and this long: one consultation, however many ranges are asked for.
const CONSULTATION_MINUTES: i64 = 15;

/// A file whose reading has begun.
#[derive(Debug)]
pub struct Opened {
    pub view: ObjectView,
    pub file: StoredFile,
}

impl Access {
    /// Opens a file from the first site whose copy is right. `None`: no such file, or none that opens for this reader.
    pub async fn open(&self, reader: &Reader, id: ObjectId) -> Result<Option<Opened>, Error> {
        let Some(view) = self.object(reader, id).await? else { return Ok(None) };
        if !self.opens(reader, &view.archive, view.opening) {
            return Ok(None);
        }
        let anew = self.consulted(reader, id, &view).await?;
        let store = self.storage.tenant(reader.tenant);
        let (archive, path) = (view.object.archive_id, view.object.content_path.clone());
        let (sha512, size_bytes) = (view.object.sha512.clone(), view.object.size_bytes);
        let opened = tokio::task::spawn_blocking(move || match <[u8; 64]>::try_from(sha512) {
            // The first reading of a consultation gives nothing that was not read whole and compared.
            Ok(sha512) if anew => store.read_checked(archive, &path, &sha512),
            _ => store.read(archive, &path).map(|file| (file, Vec::new())),
        });
        let (file, wrong) = opened.await.map_err(|_| Error::Died)??;
        for site in &wrong {
            tracing::error!(archive.id = %archive, site, "a copy was wrong or missing when it was consulted");
        }
        if !wrong.is_empty() {
            let mut tx = self.db.technical().await?;
            tx.enqueue_background(reader.tenant, JOB_DOUBTED, archive.0, self.clock.now()).await?;
            tx.commit().await?;
        }
        if file.len() != size_bytes {
            return Err(Error::CopyFaulty { archive, path: view.object.content_path });
        }
        Ok(Some(Opened { view, file }))
    }

    /// When it returns, this reader's consultation of the file is journaled; whether it is a new one.
    async fn consulted(&self, reader: &Reader, id: ObjectId, view: &ObjectView) -> Result<bool, Error> {
        let (acting, reading) = reader.acts_on(&view.archive);
        // Under another reading, for another reason, it is another consultation.
        let reading = reading.map(|reading| reading.to_string());
        let (object, agent) = (format!("object:{id}"), acting.to_string());
        let since = self.clock.now() - TimeDelta::minutes(CONSULTATION_MINUTES);
        let mut read = self.db.read(reader.tenant).await?;
        let known = queries::consulted_since(&mut read, &object, (&agent, reading.as_deref()), since).await?;
        drop(read);
        if known {
            return Ok(false);
        }
        let mut tx = self.db.write(reader.tenant).await?;
        queries::one_at_a_time(&mut tx, &object, &agent).await?;
        if queries::consulted_since(&mut tx, &object, (&agent, reading.as_deref()), since).await? {
            return Ok(false);
        }
        tx.enqueue_background(JOB_COMMUNICATED, view.archive.archive_id.0, self.clock.now()).await?;
        let mut detail = vec![("archive", view.archive.archive_id.to_string())];
        detail.extend(reading.map(|reading| ("lecture", reading)));
        tx.record(Event {
            event_type: EventType::Consultation,
            outcome: Outcome::Ok,
            agent: acting,
            object,
            detail,
        });
        tx.commit().await?;
        Ok(true)
    }
}
