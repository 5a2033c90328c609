//! A cluster put back as it stood at a moment, from a base and the log copied since.
//!
//! Never replaces a cluster before the restored one has replayed its log and answered; the one it replaces is put aside,
//! not removed. Nothing may use the data folder meanwhile.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use chrono::{DateTime, SecondsFormat, Utc};
use sqlx::Connection;

use super::archive::{Archive, number};
use super::base::{bases, remove, verify};
use super::binaries::Binaries;
use super::place::{Place, io_error};
use super::server::{Durability, Server};
use super::{Error, server_answers};

/// What was restored.
#[derive(Clone, Debug)]
pub struct Restored {
    /// The base it began from.
    pub base: PathBuf,
    /// Where the cluster that stood there was put aside.
    pub aside: Option<PathBuf>,
    pub took: Duration,
}

/// Looks at whether somebody uses the cluster, and time between two.
const LOOKS: u32 = 20;
const BETWEEN_LOOKS: Duration = Duration::from_millis(25);

/// Restores the data folder's cluster as it stood at `until`, or as late as the log goes. `now` names what is put aside.
pub async fn restore(
    data: &Path,
    archive: &Archive,
    until: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<Restored, Error> {
    let began = Instant::now();
    let place = Place::prepare(data)?;
    let _starting = place.lock("start.lock")?;
    let users = place.open("users.lock")?;
    alone(&users).await?;
    let restoring = place.folder().join("restored");
    for left in [&place.cluster(), &restoring] {
        if let Some(mut server) = Server::running(left) {
            server.stop()?;
        }
    }
    remove(&restoring)?;
    let base = replay(&place, archive, until, &restoring).await?;
    let aside = swap(&place, &restoring, now)?;
    Ok(Restored { base, aside, took: began.elapsed() })
}

/// Holds the cluster against every other user. A program that is just being started has, for an instant, every file that its maker
/// holds: who is in the way for no longer uses nothing.
async fn alone(users: &File) -> Result<(), Error> {
    for _ in 0..LOOKS {
        match users.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::WouldBlock) => tokio::time::sleep(BETWEEN_LOOKS).await,
            Err(TryLockError::Error(error)) => return Err(Error::Io("users.lock".into(), error)),
        }
    }
    Err(Error::InUse)
}

/// A copy of the base in `restoring`, its log replayed and the server stopped again; the base it began from.
async fn replay(
    place: &Place,
    archive: &Archive,
    until: Option<DateTime<Utc>>,
    restoring: &Path,
) -> Result<PathBuf, Error> {
    let there = place.cluster().exists().then(|| number(&place.cluster())).transpose()?;
    let number = match (there, archive.numbers()?.as_slice()) {
        (Some(number), _) => number,
        (None, [only]) => only.clone(),
        (None, _) => return Err(Error::WhichCluster(archive.folder.clone())),
    };
    let depot = archive.depot_of(&number)?;
    let usable = |(from, _): &(DateTime<Utc>, PathBuf)| until.is_none_or(|until| *from <= until);
    let base =
        bases(&depot)?.into_iter().rfind(usable).ok_or(Error::NoBase { folder: depot.base.clone() })?.1;
    let version = fs::read_to_string(base.join("PG_VERSION")).map_err(io_error(&base))?;
    let binaries = Binaries::find(Some((version.trim().parse().unwrap_or(0), base.clone())))?;
    verify(place, &binaries, &base)?;
    place.copy_to_recover(&base, restoring)?;
    // What the cluster wrote last may not have been copied yet.
    let last = place.cluster().join("pg_wal");
    let mut settings = depot.settings(archive.wal_seconds);
    settings.push(format!("restore_command={}", depot.fetching(last.is_dir().then_some(last.as_path()))));
    settings.push("recovery_target_action=promote".into());
    if let Some(until) = until {
        let until = until.to_rfc3339_opts(SecondsFormat::Micros, false);
        settings.push(format!("recovery_target_time={until}"));
    }
    let mut server = Server::spawn(place, restoring, &binaries, Durability::Kept, &settings)?;
    let outcome = promoted(place, &mut server).await;
    server.stop()?;
    outcome?;
    Ok(base)
}

impl Place {
    /// A copy of a base that replays the log when it is started, PostgreSQL's own and synced.
    fn copy_to_recover(&self, base: &Path, to: &Path) -> Result<(), Error> {
        self.make_private(to)?;
        let signal = to.join("recovery.signal");
        for (program, arguments) in [
            ("cp", vec![Path::new("-aT"), base, to]),
            ("touch", vec![&signal]),
            ("sync", vec![Path::new("-f"), to]),
        ] {
            let output = self.command(Path::new(program)).args(arguments).output().map_err(io_error(to))?;
            if !output.status.success() {
                return Err(Error::Backup(String::from_utf8_lossy(&output.stderr).trim().to_string()));
            }
        }
        Ok(())
    }
}

/// Ends once the log was replayed and the server takes writes.
async fn promoted(place: &Place, server: &mut Server) -> Result<(), Error> {
    loop {
        let mut superuser = server_answers(place, server).await?;
        let is_replaying = super::is_replaying(&mut superuser).await?;
        superuser.close().await.map_err(Error::Sql)?;
        if !is_replaying {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
}

/// The restored cluster takes its name; the other one is put aside.
fn swap(place: &Place, restoring: &Path, now: DateTime<Utc>) -> Result<Option<PathBuf>, Error> {
    let cluster = place.cluster();
    let aside = place.folder().join(format!("cluster-{}", now.format("%Y-%m-%dT%H%M%SZ")));
    let had_one = cluster.exists();
    if had_one {
        fs::rename(&cluster, &aside).map_err(io_error(&aside))?;
    }
    fs::rename(restoring, &cluster).map_err(io_error(&cluster))?;
    File::open(place.folder()).and_then(|folder| folder.sync_all()).map_err(io_error(place.folder()))?;
    Ok(had_one.then_some(aside))
}
