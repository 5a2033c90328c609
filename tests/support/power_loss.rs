//! A power cut: undoes on the disk whatever the program never synced, from the log that it kept.
//!
//! SIGKILL does not lose the page cache, so a killed process shows nothing of a missing sync. The rules are
//! the harshest that POSIX allows, not those of one file system: bytes stay up to the file's last sync, a
//! name stays when its folder was synced after it was given. A removal is taken for durable at once.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// What the disk is made of; `kept` is what a power cut leaves.
enum Node {
    File { now: u64, kept: u64 },
    Folder { now: Names, kept: Names },
}

type Names = BTreeMap<String, usize>;

enum Snapshot {
    File(u64),
    Folder(Names),
}

struct Disk {
    nodes: Vec<Node>,
    root: PathBuf,
    /// What each sync under way covers, by its number, and its place in the order of their beginnings.
    syncing: HashMap<String, (usize, Vec<(usize, Snapshot)>)>,
    begun: usize,
    /// For each node, the beginning of the sync that says what is kept of it.
    kept_since: HashMap<usize, usize>,
}

/// Brings everything under `root` to what would be left of it, the log of `CHARTRIER_SYNC_LOG` being all that
/// was done there since it was last durable; the next run begins a new one. The program must be dead.
pub fn cut(log: &Path, root: &Path) -> io::Result<()> {
    lose_power(&fs::read_to_string(log)?, root);
    fs::remove_file(log)
}

/// As [`cut`], from the log's text.
pub fn lose_power(log: &str, root: &Path) {
    let empty = Node::Folder { now: Names::new(), kept: Names::new() };
    let mut disk = Disk {
        nodes: vec![empty],
        root: root.to_path_buf(),
        syncing: HashMap::new(),
        begun: 0,
        kept_since: HashMap::new(),
    };
    // The last line may be cut: its effect did not take place.
    for line in log.lines() {
        if let Ok([operation, path, more]) = serde_json::from_str::<[String; 3]>(line) {
            disk.replay(&operation, Path::new(&path), &more);
        }
    }
    disk.move_back(0, root);
    disk.forget(0, root);
}

impl Disk {
    fn replay(&mut self, operation: &str, path: &Path, more: &str) {
        match operation {
            "syncing all" => {
                let all = (0..self.nodes.len()).map(|id| (id, self.snapshot(id))).collect();
                return self.begin(more, all);
            }
            "synced" | "synced all" => {
                let (begun, covered) = self.syncing.remove(more).unwrap_or_default();
                return covered.into_iter().for_each(|(id, snapshot)| self.keep(begun, id, snapshot));
            }
            _ => {}
        }
        if !path.starts_with(&self.root) || path == self.root && operation != "syncing" {
            return;
        }
        match operation {
            "folder" => _ = self.enter(path, false, Node::Folder { now: Names::new(), kept: Names::new() }),
            "create" => _ = self.enter(path, false, Node::File { now: 0, kept: 0 }),
            "write" => match &mut self.node(path) {
                Node::File { now, .. } => *now = more.parse().unwrap(),
                Node::Folder { .. } => panic!("bytes written to a folder"),
            },
            "rename" => {
                if let (Some(id), Some((parent, name))) = (self.leave(path), self.place(Path::new(more))) {
                    self.names(parent).insert(name, id);
                }
            }
            "remove" => _ = self.leave(path),
            "syncing" => {
                let id = self.find(path);
                self.begin(more, vec![(id, self.snapshot(id))]);
            }
            other => panic!("unknown operation {other}"),
        }
    }

    fn snapshot(&self, id: usize) -> Snapshot {
        match &self.nodes[id] {
            Node::File { now, .. } => Snapshot::File(*now),
            Node::Folder { now, .. } => Snapshot::Folder(now.clone()),
        }
    }

    fn begin(&mut self, number: &str, covered: Vec<(usize, Snapshot)>) {
        self.begun += 1;
        self.syncing.insert(number.to_string(), (self.begun, covered));
    }

    /// What a sync that ended makes last.
    fn keep(&mut self, begun: usize, id: usize, snapshot: Snapshot) {
        // An older sync that ends after a younger one keeps nothing less.
        let since = self.kept_since.entry(id).or_default();
        if *since > begun {
            return;
        }
        *since = begun;
        match (snapshot, &mut self.nodes[id]) {
            (Snapshot::File(length), Node::File { kept, .. }) => *kept = length.max(*kept),
            (Snapshot::Folder(names), Node::Folder { kept, .. }) => *kept = names,
            _ => {}
        }
    }

    fn names(&mut self, id: usize) -> &mut Names {
        match &mut self.nodes[id] {
            Node::Folder { now, .. } => now,
            Node::File { .. } => panic!("a file where a folder is expected"),
        }
    }

    /// Node of the folder above, and the name in it.
    fn place(&mut self, path: &Path) -> Option<(usize, String)> {
        let name = path.file_name()?.to_string_lossy().into_owned();
        Some((self.find(path.parent()?), name))
    }

    /// Node of a path. What the log never made was there before it, durably.
    fn find(&mut self, path: &Path) -> usize {
        if path == self.root {
            return 0;
        }
        let node = match path.is_file() {
            true => Node::File { now: u64::MAX, kept: u64::MAX },
            false => Node::Folder { now: Names::new(), kept: Names::new() },
        };
        self.enter(path, true, node)
    }

    fn node(&mut self, path: &Path) -> &mut Node {
        let id = self.find(path);
        &mut self.nodes[id]
    }

    /// Enters a node under a path unless one stands there; `durable` when it was there before the log.
    fn enter(&mut self, path: &Path, durable: bool, node: Node) -> usize {
        let (parent, name) = self.place(path).expect("a path under the root");
        if let Some(id) = self.names(parent).get(&name) {
            return *id;
        }
        self.nodes.push(node);
        let id = self.nodes.len() - 1;
        self.names(parent).insert(name.clone(), id);
        if let (true, Node::Folder { kept, .. }) = (durable, &mut self.nodes[parent]) {
            kept.insert(name, id);
        }
        id
    }

    fn leave(&mut self, path: &Path) -> Option<usize> {
        let (parent, name) = self.place(path)?;
        self.names(parent).remove(&name)
    }

    /// Where a node stands now, under a folder.
    fn path_of(&self, wanted: usize, folder: usize, path: &Path) -> Option<(PathBuf, usize)> {
        let Node::Folder { now, .. } = &self.nodes[folder] else { return None };
        now.iter().find_map(|(name, id)| match *id == wanted {
            true => Some((path.join(name), folder)),
            false => self.path_of(wanted, *id, &path.join(name)),
        })
    }

    /// Gives back its old name to what was renamed, when only the old name was synced.
    fn move_back(&mut self, folder: usize, path: &Path) {
        let Node::Folder { now, kept } = &self.nodes[folder] else { return };
        let renamed: Vec<(String, usize)> = kept
            .iter()
            .filter(|(name, id)| now.get(*name) != Some(id))
            .map(|(name, id)| (name.clone(), *id))
            .collect();
        for (name, id) in renamed {
            let root = self.root.clone();
            let Some((there, parent)) = self.path_of(id, 0, &root) else { continue };
            let given = there.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let durable =
                matches!(&self.nodes[parent], Node::Folder { kept, .. } if kept.get(&given) == Some(&id));
            if !durable && fs::rename(&there, path.join(&name)).is_ok() {
                self.names(parent).retain(|_, other| *other != id);
                self.names(folder).insert(name, id);
            }
        }
        let Node::Folder { now, .. } = &self.nodes[folder] else { return };
        for (name, id) in now.clone() {
            self.move_back(id, &path.join(name));
        }
    }

    /// Removes names and cuts bytes that were not synced.
    fn forget(&self, folder: usize, path: &Path) {
        let Node::Folder { now, kept } = &self.nodes[folder] else { return };
        for (name, id) in now {
            let path = path.join(name);
            let Ok(metadata) = fs::symlink_metadata(&path) else { continue };
            if kept.get(name) != Some(id) {
                match metadata.is_dir() {
                    true => fs::remove_dir_all(&path).unwrap(),
                    false => fs::remove_file(&path).unwrap(),
                }
                continue;
            }
            match &self.nodes[*id] {
                Node::Folder { .. } => self.forget(*id, &path),
                Node::File { kept, .. } if metadata.len() > *kept => shorten(&path, *kept),
                Node::File { .. } => {}
            }
        }
    }
}

/// Shortens a file that may be read-only.
fn shorten(path: &Path, length: u64) {
    let permissions = fs::metadata(path).unwrap().permissions();
    fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    fs::File::options().write(true).open(path).unwrap().set_len(length).unwrap();
    fs::set_permissions(path, permissions).unwrap();
}
