//! Where the server's files stand, and under which user it runs.
//!
//! `data/postgres/` holds `cluster/` (PostgreSQL's own), `socket/`, the locks and the server's first words.
//! One thing to know: PostgreSQL refuses to run as root, so root lends it a user, who must be able to walk to
//! the files. When the data folder is closed to that user (`/root`), the files stand under
//! `/var/lib/chartrier`, and `data/postgres` is a link to them.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt, chown, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use nix::unistd::{Gid, Uid, User};

use super::binaries::Binaries;
use super::{Durability, Error, SUPERUSER, ancestors};
use crate::proof::digest;

/// Where the files stand when the data folder is closed to PostgreSQL's user.
const ELSEWHERE: &str = "/var/lib/chartrier";

/// Longest path of a socket is 107 bytes, `/.s.PGSQL.5432` included.
const SOCKET_FOLDER_BYTES_MAX: usize = 90;

/// Who may come: whoever can enter the socket's private folder, to work or to take a backup.
const ACCESS: &str = "local all all trust\nlocal replication all trust\n";

/// Folders and user of one server.
pub(super) struct Place {
    folder: PathBuf,
    /// The user to become, when the program is root.
    user: Option<(Uid, Gid)>,
}

impl Place {
    /// Makes the folders that are missing. Run again after a crash, it finds what the first run made.
    pub(super) fn prepare(data: &Path) -> Result<Self, Error> {
        fs::create_dir_all(data).map_err(io_error(data))?;
        let data = data.canonicalize().map_err(io_error(data))?;
        let folder = data.join("postgres");
        let user = user_for(&folder.join("cluster"))?;
        let made = match &user {
            Some(user) if !folder.is_symlink() && !can_walk_to(&folder, user) => link_elsewhere(&folder),
            _ => fs::create_dir_all(&folder),
        };
        made.map_err(io_error(&folder))?;
        let folder = folder.canonicalize().map_err(io_error(&folder))?;
        Ok(Self { folder, user: user.map(|user| (user.uid, user.gid)) })
    }

    /// PostgreSQL's user.
    pub(super) fn uid(&self) -> u32 {
        self.user.map_or(Uid::effective(), |(uid, _)| uid).as_raw()
    }

    /// Where the cluster, the socket and the locks stand.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// PostgreSQL's own folder.
    pub(super) fn cluster(&self) -> PathBuf {
        self.folder.join("cluster")
    }

    /// Version of the data that are there, if any are.
    pub(super) fn data_version(&self) -> Result<Option<(u32, PathBuf)>, Error> {
        let path = self.cluster().join("PG_VERSION");
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Some((text.trim().parse().unwrap_or(0), self.cluster()))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(io_error(&path)(error)),
        }
    }

    /// A file beside the cluster, made when missing. Nobody else opens it, hence nobody else holds its lock.
    pub(super) fn open(&self, name: &str) -> Result<File, Error> {
        let path = self.folder.join(name);
        OpenOptions::new().create(true).append(true).mode(0o600).open(&path).map_err(io_error(&path))
    }

    /// Waits until this process alone starts or stops the server; over when the file is dropped.
    pub(super) fn lock(&self, name: &str) -> Result<File, Error> {
        let file = self.open(name)?;
        file.lock().map_err(io_error(&self.folder.join(name)))?;
        Ok(file)
    }

    /// A program that runs as PostgreSQL's user, out of reach of the terminal's Ctrl-C.
    pub(super) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir("/").stdin(Stdio::null()).process_group(0);
        for variable in ["PGDATA", "PGPORT", "PGHOST", "PGOPTIONS"] {
            command.env_remove(variable);
        }
        if let Some((uid, gid)) = self.user {
            command.uid(uid.as_raw()).gid(gid.as_raw());
        }
        command
    }

    /// Makes the cluster when there is none: in a folder of its own, which takes its name once complete.
    pub(super) fn initialize(&self, binaries: &Binaries, durability: Durability) -> Result<(), Error> {
        if self.cluster().exists() {
            return Ok(());
        }
        tracing::info!(folder = %self.cluster().display(), version = binaries.version, "création de la base PostgreSQL");
        for leftover in fs::read_dir(&self.folder).map_err(io_error(&self.folder))?.flatten() {
            if leftover.file_name().to_string_lossy().starts_with("new-") {
                fs::remove_dir_all(leftover.path()).map_err(io_error(&leftover.path()))?;
            }
        }
        let new = self.folder.join(format!("new-{}", std::process::id()));
        self.make_private(&new)?;
        let output = self
            .command(&binaries.program("initdb"))
            .arg("-D")
            .arg(&new)
            .args(["-U", SUPERUSER, "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8"])
            .args((durability != Durability::Kept).then_some("--no-sync"))
            .output()
            .map_err(io_error(&binaries.program("initdb")))?;
        if !output.status.success() {
            return Err(Error::Initialize(String::from_utf8_lossy(&output.stderr).trim().to_string()));
        }
        // The socket's folder is private; nobody comes by another way.
        fs::write(new.join("pg_hba.conf"), ACCESS).map_err(io_error(&new))?;
        fs::rename(&new, self.cluster()).map_err(io_error(&new))?;
        File::open(&self.folder).and_then(|folder| folder.sync_all()).map_err(io_error(&self.folder))
    }

    /// The private folder of the socket: whoever can enter it is the database's master.
    pub(super) fn socket_folder(&self) -> Result<PathBuf, Error> {
        let near = self.folder.join("socket");
        let folder = if near.as_os_str().len() <= SOCKET_FOLDER_BYTES_MAX {
            near
        } else {
            let name = hex::encode(&digest::sha256(self.folder.as_os_str().as_encoded_bytes())[..8]);
            PathBuf::from(format!("/tmp/chartrier-{name}"))
        };
        if !folder.is_symlink() && !folder.exists() {
            self.make_private(&folder)?;
        }
        let owner = self.uid();
        let found = fs::symlink_metadata(&folder).map_err(io_error(&folder))?;
        if !found.is_dir() || found.uid() != owner || found.mode() & 0o077 != 0 {
            return Err(Error::NotPrivate { folder, owner });
        }
        Ok(folder)
    }

    /// The end of what the server said, for an error.
    pub(super) fn log_end(&self) -> String {
        let text = fs::read(self.folder.join("server.log")).unwrap_or_default();
        let start = text.len().saturating_sub(2_000);
        String::from_utf8_lossy(&text[start..]).trim().to_string()
    }

    /// A cluster made by an earlier version lets no backup be taken: it is told again who comes by the socket.
    pub(super) fn open_to_backups(&self, cluster: &Path) -> Result<(), Error> {
        let path = cluster.join("pg_hba.conf");
        if fs::read_to_string(&path).map_err(io_error(&path))? == ACCESS {
            return Ok(());
        }
        fs::write(&path, ACCESS).map_err(io_error(&path))
    }

    pub(super) fn make_private(&self, folder: &Path) -> Result<(), Error> {
        DirBuilder::new().mode(0o700).create(folder).map_err(io_error(folder))?;
        if let Some((uid, gid)) = self.user {
            chown(folder, Some(uid.as_raw()), Some(gid.as_raw())).map_err(io_error(folder))?;
        }
        Ok(())
    }
}

/// The user to become: none unless the program is root; then the owner of the data that are there, else
/// `postgres`, else `nobody`.
fn user_for(cluster: &Path) -> Result<Option<User>, Error> {
    let owner = fs::metadata(cluster).ok().map(|found| found.uid());
    let effective = Uid::effective();
    if !effective.is_root() {
        return match owner {
            Some(owner) if owner != effective.as_raw() => {
                Err(Error::OtherOwner { folder: cluster.to_path_buf(), owner })
            }
            _ => Ok(None),
        };
    }
    let user = match owner {
        Some(owner) => User::from_uid(Uid::from_raw(owner)).ok().flatten(),
        None => ["postgres", "nobody"].iter().find_map(|name| User::from_name(name).ok().flatten()),
    };
    user.filter(|user| !user.uid.is_root()).map(Some).ok_or(Error::NoUser)
}

/// Whether every folder on the way lets the user through.
fn can_walk_to(path: &Path, user: &User) -> bool {
    ancestors(path).iter().all(|folder| {
        let Ok(found) = fs::metadata(folder) else { return true };
        let bit = match (found.uid() == user.uid.as_raw(), found.gid() == user.gid.as_raw()) {
            (true, _) => 0o100,
            (false, true) => 0o010,
            (false, false) => 0o001,
        };
        found.mode() & bit != 0
    })
}

/// Makes a folder that PostgreSQL's user can walk to, and `folder` a link to it.
fn link_elsewhere(folder: &Path) -> io::Result<()> {
    let mut name = [0_u8; 8];
    getrandom::fill(&mut name)?;
    let elsewhere = Path::new(ELSEWHERE).join(hex::encode(name));
    fs::create_dir_all(&elsewhere)?;
    for opened in [Path::new(ELSEWHERE), &elsewhere] {
        fs::set_permissions(opened, Permissions::from_mode(0o755))?;
    }
    if let Err(error) = symlink(&elsewhere, folder) {
        fs::remove_dir(&elsewhere)?;
        // Another process was first.
        return if error.kind() == io::ErrorKind::AlreadyExists { Ok(()) } else { Err(error) };
    }
    tracing::warn!(
        folder = %folder.display(),
        elsewhere = %elsewhere.display(),
        "PostgreSQL, qui ne tourne pas sous root, ne peut entrer dans le dossier des données : sa base est \
         ailleurs et un lien y mène. Sauvegardez-la avec le reste, ou placez `data` hors de ce dossier"
    );
    Ok(())
}

pub(super) fn io_error(path: &Path) -> impl Fn(io::Error) -> Error + use<> {
    let path = path.display().to_string();
    move |error| Error::Io(path.clone(), error)
}
