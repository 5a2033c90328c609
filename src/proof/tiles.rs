//! A log as files that anyone may mirror (C2SP tlog-tiles): its tree in tiles of 256 hashes, its entries in bundles.
//!
//! Names and bytes only. The one thing to know: a tile of level `l` holds the roots of complete subtrees of `256^l`
//! leaves; a full tile never changes, a partial one is named by its width and gives way to a wider one.

use super::merkle::{self, Hash, NodeId, SIZE_MAX, node};

/// Hashes of a full tile.
pub const WIDTH: u64 = 256;
/// Levels of the tree that a tile spans.
const HEIGHT: u8 = 8;

/// One tile of a tree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tile {
    pub level: u8,
    pub index: u64,
    /// From 1 to [`WIDTH`].
    pub width: u16,
}

impl Tile {
    /// The tile that holds a complete subtree, as wide as a tree of `size` leaves makes it.
    pub fn of(node: NodeId, size: u64) -> Self {
        let level = node.level / HEIGHT;
        let index = (node.index << (node.level % HEIGHT)) / WIDTH;
        Self { level, index, width: width(level, index, size) }
    }

    /// Where it is kept: `tile/0/x001/234` or, when partial, `tile/0/x001/234.p/5`.
    pub fn path(&self) -> String {
        let path = format!("tile/{}/{}", self.level, number(self.index));
        if u64::from(self.width) == WIDTH { path } else { format!("{path}.p/{}", self.width) }
    }

    /// Where the entries are kept whose hashes this tile, of level 0, holds.
    pub fn entries_path(&self) -> String {
        let path = format!("tile/entries/{}", number(self.index));
        if u64::from(self.width) == WIDTH { path } else { format!("{path}.p/{}", self.width) }
    }

    /// Whether a tree of `size` leaves has this tile, as wide at least.
    pub fn is_under(&self, size: u64) -> bool {
        self.index < SIZE_MAX / WIDTH && width(self.level, self.index, size) >= self.width
    }

    /// Leaves before the first one under this tile.
    pub fn first_leaf(&self) -> u64 {
        (self.index * WIDTH) << (HEIGHT * self.level)
    }

    /// The hash of a complete subtree from the tile's hashes; `None` when they do not reach it.
    pub fn hash(&self, node_id: NodeId, hashes: &[Hash]) -> Option<Hash> {
        let span = 1usize << (node_id.level % HEIGHT);
        let from = (node_id.index << (node_id.level % HEIGHT)) - self.index * WIDTH;
        let hashes = hashes.get(usize::try_from(from).ok()?..)?.get(..span)?;
        Some(whole(hashes))
    }
}

/// A tile as it is asked for by its path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named {
    pub tile: Tile,
    /// Its entries, and not their hashes.
    pub is_entries: bool,
}

impl Named {
    /// Reads `tile/0/x001/234`, `tile/entries/000.p/5`; `None` for any other spelling.
    pub fn parse(path: &str) -> Option<Self> {
        let (level, rest) = path.strip_prefix("tile/")?.split_once('/')?;
        let is_entries = level == "entries";
        let level = if is_entries { 0 } else { level.parse().ok().filter(|level| *level < 8)? };
        let (rest, width) = match rest.split_once(".p/") {
            Some((rest, width)) => {
                (rest, width.parse().ok().filter(|width| (1..WIDTH as u16).contains(width))?)
            }
            None => (rest, WIDTH as u16),
        };
        let digits: String = rest.split('/').map(|part| part.trim_start_matches('x')).collect();
        let index = digits.parse().ok().filter(|_| digits.len() <= 18)?;
        let named = Self { tile: Tile { level, index, width }, is_entries };
        let spelled = if is_entries { named.tile.entries_path() } else { named.tile.path() };
        (spelled == path).then_some(named)
    }
}

/// Root of a tile's hashes, of which there is a power of two.
pub fn whole(hashes: &[Hash]) -> Hash {
    let mut row = hashes.to_vec();
    while row.len() > 1 {
        row = row.chunks_exact(2).map(|pair| node(&pair[0], &pair[1])).collect();
    }
    row.first().copied().unwrap_or_default()
}

/// How many hashes a tile has in a tree of `size` leaves.
fn width(level: u8, index: u64, size: u64) -> u16 {
    let hashes = size.checked_shr(u32::from(HEIGHT) * u32::from(level)).unwrap_or(0);
    hashes.saturating_sub(index * WIDTH).min(WIDTH) as u16
}

/// The tiles that a tree of `size` leaves has and one of `before` leaves had not, or had not as wide.
pub fn new_tiles(before: u64, size: u64) -> impl Iterator<Item = Tile> {
    (0..u64::BITS as u8 / HEIGHT).flat_map(move |level| {
        let hashes = |leaves: u64| leaves >> (u32::from(HEIGHT) * u32::from(level));
        let (from, until) = (hashes(before), hashes(size));
        let indexes = if until > from { from / WIDTH..until.div_ceil(WIDTH) } else { 0..0 };
        indexes.map(move |index| Tile { level, index, width: width(level, index, size) })
    })
}

/// A tree that grows by its end, of which the tiles at the right edge alone are held.
#[derive(Clone, Debug, Default)]
pub struct Growing {
    size: u64,
    /// Of each level, the hashes of the tile that is not full.
    edge: Vec<Vec<Hash>>,
    full: Vec<Full>,
}

/// A tile that is full from now on, with the hash of all it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Full {
    pub level: u8,
    pub index: u64,
    pub root: Hash,
}

impl Growing {
    /// Goes on a tree of `size` leaves, whose tiles at the right edge are `edge`, level by level; `None` when their widths
    /// are not those of such a tree.
    pub fn after(size: u64, edge: Vec<Vec<Hash>>) -> Option<Self> {
        let fits = edge.len() == levels(size)
            && (0..).zip(&edge).all(|(level, hashes)| hashes.len() == usize::from(Self::width(level, size)));
        fits.then_some(Self { size, edge, full: Vec::new() })
    }

    /// The tiles that [`Growing::after`] wants, those of no hash too: level, index, width.
    pub fn wanted(size: u64) -> impl Iterator<Item = Tile> {
        (0..levels(size) as u8).map(move |level| {
            let hashes = size >> (u32::from(HEIGHT) * u32::from(level));
            Tile { level, index: hashes / WIDTH, width: Self::width(level, size) }
        })
    }

    fn width(level: u8, size: u64) -> u16 {
        ((size >> (u32::from(HEIGHT) * u32::from(level))) % WIDTH) as u16
    }

    /// Leaves so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf, by its hash.
    pub fn push(&mut self, leaf: Hash) {
        self.size += 1;
        let mut hash = leaf;
        for level in 0.. {
            if self.edge.len() == level {
                self.edge.push(Vec::new());
            }
            self.edge[level].push(hash);
            if (self.edge[level].len() as u64) < WIDTH {
                break;
            }
            hash = whole(&self.edge[level]);
            self.edge[level].clear();
            let index = (self.size >> (usize::from(HEIGHT) * (level + 1))) - 1;
            self.full.push(Full { level: level as u8, index, root: hash });
        }
    }

    /// Root of the tree so far.
    pub fn root(&self) -> Hash {
        let hash = |id: NodeId| {
            let tile = Tile::of(id, self.size);
            self.edge.get(usize::from(tile.level)).and_then(|hashes| tile.hash(id, hashes)).ok_or(())
        };
        merkle::root(self.size, hash).expect("the right edge holds every peak")
    }

    /// The tiles that became full since this was last asked.
    pub fn take_full(&mut self) -> Vec<Full> {
        std::mem::take(&mut self.full)
    }
}

/// Levels of tiles of a tree of `size` leaves.
fn levels(size: u64) -> usize {
    (0..).take_while(|level| size >> (u32::from(HEIGHT) * level) > 0).count()
}

/// A tile's hashes, one after the other.
pub fn bytes(hashes: &[Hash]) -> Vec<u8> {
    hashes.concat()
}

/// Reads a tile; `None` when it is not so many hashes.
pub fn read(bytes: &[u8], width: u16) -> Option<Vec<Hash>> {
    let (hashes, rest) = bytes.as_chunks::<32>();
    (rest.is_empty() && hashes.len() == usize::from(width)).then(|| hashes.to_vec())
}

/// A bundle of entries, each after its length.
pub fn bundle(entries: &[Hash]) -> Vec<u8> {
    entries.iter().flat_map(|entry| [&32u16.to_be_bytes()[..], entry].concat()).collect()
}

/// Reads a bundle of our entries, all of 32 bytes.
pub fn read_bundle(bytes: &[u8], width: u16) -> Option<Vec<Hash>> {
    let (entries, rest) = bytes.as_chunks::<34>();
    let ours = entries.iter().all(|entry| entry.starts_with(&32u16.to_be_bytes()));
    let whole = rest.is_empty() && entries.len() == usize::from(width) && ours;
    whole.then(|| entries.iter().filter_map(|entry| entry[2..].try_into().ok()).collect())
}

/// A tile's number in groups of three digits, all but the last marked: 1234067 is `x001/x234/067`.
fn number(index: u64) -> String {
    let mut path = format!("{:03}", index % 1_000);
    let mut rest = index / 1_000;
    while rest > 0 {
        path = format!("x{:03}/{path}", rest % 1_000);
        rest /= 1_000;
    }
    path
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::merkle::{Edge, consistency, inclusion, is_consistent, is_included, leaf, root};
    use super::*;

    #[test]
    fn names_are_those_of_the_specification() {
        let tile = |level, index, width| Tile { level, index, width };
        assert_eq!(tile(0, 1_234_067, 256).path(), "tile/0/x001/x234/067");
        assert_eq!(tile(1, 0, 5).path(), "tile/1/000.p/5");
        assert_eq!(tile(0, 273, 112).entries_path(), "tile/entries/273.p/112");
        for tile in [tile(0, 1_234_067, 256), tile(1, 0, 5), tile(0, 999, 256), tile(7, 1_000, 255)] {
            assert_eq!(Named::parse(&tile.path()), Some(Named { tile, is_entries: false }));
        }
        let bundle = tile(0, 273, 112);
        assert_eq!(Named::parse(&bundle.entries_path()), Some(Named { tile: bundle, is_entries: true }));
        for wrong in [
            "tile/0/1",
            "tile/00/001",
            "tile/0/001.p/256",
            "tile/0/001.p/0",
            "tile/0/001.p/05",
            "tile/0/x001",
            "tile/8/000",
            "tile/0/../001",
            "tile/entries/x1/001",
            "tile/0/",
            "checkpoint",
            "tile/0/999999999999999999999",
        ] {
            assert_eq!(Named::parse(wrong), None, "{wrong}");
        }
        assert!(tile(0, 3, 5).is_under(3 * 256 + 5) && !tile(0, 3, 6).is_under(3 * 256 + 5));
    }

    #[test]
    fn a_tree_kept_in_tiles_proves_what_a_whole_one_does() {
        // As published seal after seal: only what is new is written each time.
        let mut kept: BTreeMap<String, Vec<Hash>> = BTreeMap::new();
        let leaves: Vec<Hash> = (0..70_000u32).map(|number| leaf(&number.to_be_bytes())).collect();
        let (mut edge, mut before) = (Edge::default(), 0);
        for size in [1u64, 3, 255, 256, 257, 1_000, 65_536, 65_537, 70_000] {
            leaves[before as usize..size as usize].iter().for_each(|leaf| edge.push(*leaf));
            for tile in new_tiles(before, size) {
                let hashes: Vec<Hash> = (0..u64::from(tile.width))
                    .map(|at| {
                        let index = tile.index * WIDTH + at;
                        if tile.level == 0 {
                            return leaves[index as usize];
                        }
                        let below = Tile { level: tile.level - 1, index, width: 256 };
                        whole(&kept[&below.path()])
                    })
                    .collect();
                assert_eq!(read(&bytes(&hashes), tile.width), Some(hashes.clone()));
                kept.insert(tile.path(), hashes);
            }
            let nodes = |node: NodeId| {
                let tile = Tile::of(node, size);
                kept.get(&tile.path()).and_then(|hashes| tile.hash(node, hashes)).ok_or(node)
            };
            assert_eq!(root(size, nodes), Ok(edge.root()), "{size}");
            for index in [0, size / 2, size - 1] {
                let proof = inclusion(index, size, nodes).unwrap().unwrap();
                assert!(is_included(&leaves[index as usize], index, size, &proof, &edge.root()));
            }
            if before > 0 {
                let proof = consistency(before, size, nodes).unwrap().unwrap();
                let mut first = Edge::default();
                leaves[..before as usize].iter().for_each(|leaf| first.push(*leaf));
                assert!(is_consistent(before, &first.root(), size, &edge.root(), &proof));
            }
            before = size;
        }
    }

    #[test]
    fn a_tree_goes_on_from_its_right_edge() {
        let (mut edge, mut growing) = (Edge::default(), Growing::default());
        let mut full = BTreeMap::new();
        for number in 0..66_000u32 {
            if [0, 1, 255, 256, 300, 65_535, 65_536, 65_600].contains(&number) {
                // Stopped, and gone on with what is kept.
                growing = Growing::after(u64::from(number), growing.edge.clone()).unwrap();
                let widths: Vec<_> = growing.edge.iter().map(|hashes| hashes.len() as u16).collect();
                assert_eq!(Growing::wanted(number.into()).map(|tile| tile.width).collect::<Vec<_>>(), widths);
                assert!(Growing::after(u64::from(number) + 1, growing.edge.clone()).is_none());
            }
            let leaf = leaf(&number.to_be_bytes());
            edge.push(leaf);
            growing.push(leaf);
            full.extend(growing.take_full().into_iter().map(|full| ((full.level, full.index), full.root)));
            if number % 997 == 0 || number == 65_535 {
                assert_eq!((growing.size(), growing.root()), (edge.size(), edge.root()), "{number}");
            }
        }
        assert_eq!(full.len(), 66_000 / 256 + 1);
        let below: Vec<Hash> = (0..256).map(|index| full[&(0, index)]).collect();
        assert_eq!(full[&(1, 0)], whole(&below));
    }

    #[test]
    fn a_bundle_reads_back_and_no_other_does() {
        let entries = [[1; 32], [2; 32]];
        let bytes = bundle(&entries);
        assert_eq!(read_bundle(&bytes, 2), Some(entries.to_vec()));
        assert_eq!(read_bundle(&bytes, 3), None);
        assert_eq!(read_bundle(&bytes[1..], 2), None);
    }
}
