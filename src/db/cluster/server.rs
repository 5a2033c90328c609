//! One server process: found, started, stopped.
//!
//! Never trusts a process number alone: a `postmaster.pid` left by a crash may name a stranger.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::Error;
use super::binaries::Binaries;
use super::place::Place;

/// Only names the socket; nothing listens on a network.
pub(super) const PORT: u16 = 5432;

/// Longest wait for a fast shutdown, then for an immediate one.
const STOP_MAX: Duration = Duration::from_secs(60);

/// What a power cut may take away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Nothing that was committed.
    Kept,
    /// Everything: for tests, whose folder goes with them.
    EverythingLostAtAPowerCut,
}

/// A server of our data that runs.
pub(super) struct Server {
    pid: i32,
    socket_folder: PathBuf,
    /// None when another process started it.
    child: Option<Child>,
}

/// An eighth of the machine's memory, from 128 MB to 1 GB: the index of the words of a million units is 300 MB.
fn buffers_kb(meminfo: &str) -> u64 {
    let total = meminfo
        .lines()
        .find_map(|line| line.strip_prefix("MemTotal:")?.split_whitespace().next()?.parse().ok());
    (total.unwrap_or(0_u64) / 8).clamp(128 << 10, 1 << 20)
}

impl Server {
    /// The server that already runs on these data, if one does. What a crash left of another is removed.
    pub(super) fn running(cluster: &Path) -> Option<Self> {
        let path = cluster.join("postmaster.pid");
        let text = fs::read_to_string(&path).ok()?;
        let mut lines = text.lines();
        let pid: i32 = lines.next()?.trim().parse().ok()?;
        let socket_folder = PathBuf::from(lines.nth(3)?.trim());
        if is_server_of(pid, cluster) {
            return Some(Self { pid, socket_folder, child: None });
        }
        tracing::info!(pid, "le serveur PostgreSQL précédent a été interrompu : reprise de son journal");
        fs::remove_file(&path).ok()?;
        None
    }

    /// Starts the server; it may still be replaying its log when this returns.
    /// `more`: settings beside the usual ones.
    pub(super) fn spawn(
        place: &Place,
        cluster: &Path,
        binaries: &Binaries,
        durability: Durability,
        more: &[String],
    ) -> Result<Self, Error> {
        place.open_to_backups(cluster)?;
        let socket_folder = place.socket_folder()?;
        let log = place.open("server.log")?;
        log.set_len(0).map_err(|error| Error::Io("server.log".into(), error))?;
        let postgres = binaries.program("postgres");
        let mut command = place.command(&postgres);
        command.arg("-D").arg(cluster).stdout(Stdio::null()).stderr(log);
        let kept = if durability == Durability::Kept { "on" } else { "off" };
        for setting in [
            "listen_addresses=".to_string(),
            format!("port={PORT}"),
            format!("unix_socket_directories={}", socket_folder.display()),
            "unix_socket_permissions=0700".into(),
            "max_connections=200".into(),
            format!(
                "shared_buffers={}kB",
                buffers_kb(&fs::read_to_string("/proc/meminfo").unwrap_or_default())
            ),
            format!("fsync={kept}"),
            format!("synchronous_commit={kept}"),
            format!("full_page_writes={kept}"),
            // Short statements under row security: compiling them costs more than running them.
            "jit=off".into(),
            // What was planned over empty tables walks the wrong index until they have statistics.
            "autovacuum_naptime=10s".into(),
            "timezone=UTC".into(),
            "log_timezone=UTC".into(),
            // A week of logs in cluster/log; the first words, in server.log, say why it did not start.
            "logging_collector=on".into(),
            "log_filename=postgresql-%a.log".into(),
            "log_rotation_age=1d".into(),
            "log_truncate_on_rotation=on".into(),
        ] {
            command.arg("-c").arg(setting);
        }
        for setting in more {
            command.arg("-c").arg(setting);
        }
        let child = command.spawn().map_err(|error| Error::Io(postgres.display().to_string(), error))?;
        Ok(Self { pid: child.id() as i32, socket_folder, child: Some(child) })
    }

    pub(super) fn pid(&self) -> i32 {
        self.pid
    }

    pub(super) fn socket_folder(&self) -> &Path {
        &self.socket_folder
    }

    /// How the server ended, if it has.
    pub(super) fn ended(&mut self) -> Option<String> {
        match &mut self.child {
            Some(child) => child.try_wait().ok().flatten().map(|status| status.to_string()),
            None if is_alive(self.pid) => None,
            None => Some("arrêté par un autre".into()),
        }
    }

    /// Fast shutdown: connections are cut, transactions undone, data flushed. When that takes too long,
    /// an immediate one, after which the next start replays the log.
    pub(super) fn stop(&mut self) -> Result<(), Error> {
        for (signal, wait_max) in [(Signal::SIGINT, STOP_MAX), (Signal::SIGQUIT, STOP_MAX)] {
            if self.ended().is_some() || kill(Pid::from_raw(self.pid), signal).is_err() {
                return Ok(());
            }
            let began = Instant::now();
            while began.elapsed() < wait_max {
                if self.ended().is_some() {
                    tracing::info!("la base PostgreSQL est arrêtée");
                    return Ok(());
                }
                std::thread::sleep(Duration::from_millis(10));
            }
        }
        Err(Error::WillNotStop(self.pid))
    }
}

/// A process that has ended and that nobody has waited for yet counts as ended.
fn is_alive(pid: i32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // pid (name) state …, where the name may hold anything.
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with('Z') && !rest.starts_with('X'))
}

/// A PostgreSQL server stands in its data folder.
fn is_server_of(pid: i32, cluster: &Path) -> bool {
    let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    let folder = fs::read_link(format!("/proc/{pid}/cwd")).ok();
    is_alive(pid) && name.trim() == "postgres" && folder.as_deref() == Some(cluster)
}

#[cfg(test)]
mod tests {
    use super::buffers_kb;

    #[test]
    fn the_server_keeps_an_eighth_of_the_memory_within_bounds() {
        assert_eq!(buffers_kb("MemTotal:        4194304 kB\nMemFree: 1 kB\n"), 512 << 10);
        assert_eq!(buffers_kb("MemTotal:       65536000 kB\n"), 1 << 20);
        assert_eq!(buffers_kb(""), 128 << 10);
    }
}
