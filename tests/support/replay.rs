//! The disk as a power cut would have left it at any line of a run's log, made again beside.
//!
//! The run kept what it removed (`CHARTRIER_GRAVEYARD`), so that the bytes of every file it ever wrote are
//! known: files are only added to. The rules are those of [`super::power_loss`].

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

type Names = BTreeMap<String, usize>;

#[derive(Clone)]
enum Node {
    File { now: u64, kept: u64 },
    Folder { now: Names, kept: Names },
}

/// A run: its log, and where the bytes of each file it made are now.
pub struct Run {
    lines: Vec<[String; 3]>,
    root: PathBuf,
    bytes: HashMap<usize, PathBuf>,
}

struct Disk<'a> {
    root: &'a Path,
    nodes: Vec<Node>,
    /// Snapshots of the syncs under way, by their number; each has its place in the order of their beginnings.
    syncing: HashMap<String, (usize, Vec<(usize, Node)>)>,
    begun: usize,
    /// For each node, the beginning of the sync that says what is kept of it.
    kept_since: HashMap<usize, usize>,
}

impl Run {
    /// A run that began on an empty `root`.
    pub fn read(log: &str, root: &Path, graveyard: &Path) -> Self {
        let lines: Vec<[String; 3]> =
            log.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
        let mut disk = Disk::new(root);
        let mut bytes = HashMap::new();
        for line in &lines {
            if let ("remove", Some(id)) = (line[0].as_str(), disk.find(Path::new(&line[1]))) {
                disk.place(id, &graveyard.join(&line[2]), &mut bytes);
            }
            disk.play(line);
        }
        disk.place(0, root, &mut bytes);
        Self { lines, root: root.to_path_buf(), bytes }
    }

    /// Lines of the log.
    pub fn len(&self) -> usize {
        self.lines.len()
    }

    /// What the run had told before a line.
    pub fn told(&self, until: usize) -> impl Iterator<Item = &str> {
        self.lines[..until].iter().filter(|line| line[0] == "told").map(|line| line[1].as_str())
    }

    /// Makes in `to`, which is empty, what a cut at a line leaves.
    pub fn make(&self, until: usize, to: &Path) {
        let mut disk = Disk::new(&self.root);
        self.lines[..until].iter().for_each(|line| disk.play(line));
        self.write(&disk, 0, to);
    }

    fn write(&self, disk: &Disk<'_>, id: usize, to: &Path) {
        match &disk.nodes[id] {
            Node::Folder { kept, .. } => {
                if !to.exists() {
                    fs::create_dir(to).unwrap();
                }
                kept.iter().for_each(|(name, below)| self.write(disk, *below, &to.join(name)));
            }
            Node::File { kept, .. } => {
                let mut bytes = fs::read(&self.bytes[&id]).unwrap();
                bytes.truncate(usize::try_from(*kept).unwrap());
                fs::write(to, bytes).unwrap();
            }
        }
    }
}

impl<'a> Disk<'a> {
    fn new(root: &'a Path) -> Self {
        let empty = Node::Folder { now: Names::new(), kept: Names::new() };
        Self { root, nodes: vec![empty], syncing: HashMap::new(), begun: 0, kept_since: HashMap::new() }
    }

    fn play(&mut self, [operation, path, more]: &[String; 3]) {
        let path = Path::new(path);
        match operation.as_str() {
            "syncing all" => {
                let all = self.nodes.iter().cloned().enumerate().collect();
                self.begin(more, all);
            }
            "synced" | "synced all" => {
                if let Some((begun, nodes)) = self.syncing.remove(more) {
                    nodes.into_iter().for_each(|(id, node)| self.keep(begun, id, &node));
                }
            }
            _ if !path.starts_with(self.root) => {}
            "folder" if self.find(path).is_none() => {
                self.enter(path, Node::Folder { now: Names::new(), kept: Names::new() });
            }
            "create" if self.find(path).is_none() => self.enter(path, Node::File { now: 0, kept: 0 }),
            "write" => {
                let id = self.find(path).expect("a file that was made");
                if let Node::File { now, .. } = &mut self.nodes[id] {
                    *now = more.parse().unwrap();
                }
            }
            "rename" => {
                if let Some(id) = self.leave(path) {
                    self.link(Path::new(more), id);
                }
            }
            "remove" => _ = self.leave(path),
            "syncing" => {
                if let Some(id) = self.find(path) {
                    self.begin(more, vec![(id, self.nodes[id].clone())]);
                }
            }
            _ => {}
        }
    }

    fn begin(&mut self, number: &str, nodes: Vec<(usize, Node)>) {
        self.begun += 1;
        self.syncing.insert(number.to_string(), (self.begun, nodes));
    }

    /// An older sync that ends after a younger one keeps nothing less.
    fn keep(&mut self, begun: usize, id: usize, then: &Node) {
        let since = self.kept_since.entry(id).or_default();
        if *since > begun {
            return;
        }
        *since = begun;
        match (then, &mut self.nodes[id]) {
            (Node::File { now, .. }, Node::File { kept, .. }) => *kept = (*kept).max(*now),
            (Node::Folder { now, .. }, Node::Folder { kept, .. }) => *kept = now.clone(),
            _ => {}
        }
    }

    fn find(&self, path: &Path) -> Option<usize> {
        let mut id = 0;
        for name in path.strip_prefix(self.root).ok()? {
            let Node::Folder { now, .. } = &self.nodes[id] else { return None };
            id = *now.get(name.to_str()?)?;
        }
        Some(id)
    }

    fn enter(&mut self, path: &Path, node: Node) {
        self.nodes.push(node);
        self.link(path, self.nodes.len() - 1);
    }

    fn link(&mut self, path: &Path, id: usize) {
        let (Some(parent), Some(name)) = (path.parent().and_then(|above| self.find(above)), path.file_name())
        else {
            return;
        };
        if let Node::Folder { now, .. } = &mut self.nodes[parent] {
            now.insert(name.to_string_lossy().into_owned(), id);
        }
    }

    fn leave(&mut self, path: &Path) -> Option<usize> {
        let parent = self.find(path.parent()?)?;
        match &mut self.nodes[parent] {
            Node::Folder { now, .. } => now.remove(path.file_name()?.to_str()?),
            Node::File { .. } => None,
        }
    }

    /// Where the bytes of a file, or of those below a folder, are at the end.
    fn place(&self, id: usize, path: &Path, bytes: &mut HashMap<usize, PathBuf>) {
        match &self.nodes[id] {
            Node::File { .. } => _ = bytes.insert(id, path.to_path_buf()),
            Node::Folder { now, .. } => {
                now.iter().for_each(|(name, below)| self.place(*below, &path.join(name), bytes));
            }
        }
    }
}
