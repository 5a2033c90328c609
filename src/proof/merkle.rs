//! Merkle trees as RFC 6962 hashes them (2.1): roots, proofs that a leaf is in a tree, proofs that a tree goes on
//! another, and their verification.
//!
//! Holds no tree: a tree is whatever gives the hashes of its complete subtrees ([`Nodes`]), be it a table, a folder of
//! tiles or a vector. The one thing to know: a subtree of `2^level` leaves is named by its level and its index there.

use super::digest::sha256;

/// SHA-256 of a leaf, of a node, of a tree.
pub type Hash = [u8; 32];

/// Leaves of a tree, at most: positions fit in the integers of every database and of JSON.
pub const SIZE_MAX: u64 = 1 << 52;

/// Hash of a leaf.
pub fn leaf(data: &[u8]) -> Hash {
    sha256(&[&[0], data].concat())
}

/// Hash of what is above two others.
pub fn node(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [1; 65];
    bytes[1..33].copy_from_slice(left);
    bytes[33..].copy_from_slice(right);
    sha256(&bytes)
}

/// Root of a tree of no leaf.
pub fn empty() -> Hash {
    sha256(b"")
}

/// The complete subtree of the leaves from `index << level` to `(index + 1) << level`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId {
    pub level: u8,
    pub index: u64,
}

/// What gives the hashes of complete subtrees.
pub trait Nodes {
    type Error;

    /// The hash of a complete subtree of the tree.
    fn hash(&mut self, node: NodeId) -> Result<Hash, Self::Error>;
}

impl<E, F: FnMut(NodeId) -> Result<Hash, E>> Nodes for F {
    type Error = E;

    fn hash(&mut self, node: NodeId) -> Result<Hash, E> {
        self(node)
    }
}

/// Complete subtrees that leaves from `from` to `until` are made of, left to right; `from` is a multiple of the size of
/// the largest.
fn parts(from: u64, until: u64) -> Vec<NodeId> {
    let (mut at, mut parts) = (from, Vec::new());
    while at < until {
        let level = (until - at).ilog2();
        parts.push(NodeId { level: level as u8, index: at >> level });
        at += 1 << level;
    }
    parts
}

/// Hash of the leaves from `from` to `until`, a range that the tree's own splitting makes.
fn range<N: Nodes>(from: u64, until: u64, nodes: &mut N) -> Result<Hash, N::Error> {
    let mut hash = None;
    for part in parts(from, until).into_iter().rev() {
        let left = nodes.hash(part)?;
        hash = Some(hash.map_or(left, |right| node(&left, &right)));
    }
    Ok(hash.unwrap_or_else(empty))
}

/// Root of the tree of the first `size` leaves.
pub fn root<N: Nodes>(size: u64, mut nodes: N) -> Result<Hash, N::Error> {
    range(0, size, &mut nodes)
}

/// Largest power of two under `size`, which is 2 at least.
fn split(size: u64) -> u64 {
    1 << (size - 1).ilog2()
}

/// Proof that leaf `index` is in the tree of the first `size` leaves, from the leaf's sibling up (2.1.1); `None` when it
/// is not in it.
pub fn inclusion<N: Nodes>(index: u64, size: u64, mut nodes: N) -> Result<Option<Vec<Hash>>, N::Error> {
    if index >= size {
        return Ok(None);
    }
    let (mut from, mut until, mut proof) = (0, size, Vec::new());
    while until - from > 1 {
        let middle = from + split(until - from);
        if index < middle {
            proof.push(range(middle, until, &mut nodes)?);
            until = middle;
        } else {
            proof.push(range(from, middle, &mut nodes)?);
            from = middle;
        }
    }
    proof.reverse();
    Ok(Some(proof))
}

/// Proof that the tree of the first `size` leaves goes on the one of the first `before` (2.1.2); `None` when `before` is
/// 0 or more than `size`.
pub fn consistency<N: Nodes>(before: u64, size: u64, mut nodes: N) -> Result<Option<Vec<Hash>>, N::Error> {
    if before == 0 || before > size {
        return Ok(None);
    }
    let (mut from, mut until, mut proof, mut known) = (0, size, Vec::new(), true);
    while before < until {
        let middle = from + split(until - from);
        if before <= middle {
            proof.push(range(middle, until, &mut nodes)?);
            until = middle;
        } else {
            proof.push(range(from, middle, &mut nodes)?);
            from = middle;
            known = false;
        }
    }
    if !known {
        proof.push(range(from, until, &mut nodes)?);
    }
    proof.reverse();
    Ok(Some(proof))
}

/// Whether `proof` shows that a leaf of this hash stands at `index` of the tree of `size` leaves and this root.
pub fn is_included(leaf: &Hash, index: u64, size: u64, proof: &[Hash], root: &Hash) -> bool {
    if index >= size {
        return false;
    }
    let (mut at, mut last, mut hash) = (index, size - 1, *leaf);
    for sibling in proof {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            hash = node(sibling, &hash);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            hash = node(&hash, sibling);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && hash == *root
}

/// Whether `proof` shows that the tree of `size` leaves and root `root` goes on the one of `before` leaves and root
/// `root_before`. Of the empty tree there is nothing to show: no proof does.
pub fn is_consistent(before: u64, root_before: &Hash, size: u64, root: &Hash, proof: &[Hash]) -> bool {
    if before == 0 || before > size {
        return false;
    }
    if before == size {
        return proof.is_empty() && root_before == root;
    }
    let (mut at, mut last) = (before - 1, size - 1);
    while at & 1 == 1 {
        at >>= 1;
        last >>= 1;
    }
    let mut proof = proof.iter();
    // A power of two: its root is the first hash, and known.
    let first = if before.is_power_of_two() { Some(root_before) } else { proof.next() };
    let Some(first) = first else { return false };
    let (mut old, mut new) = (*first, *first);
    for hash in proof {
        if last == 0 {
            return false;
        }
        if at & 1 == 1 || at == last {
            old = node(hash, &old);
            new = node(hash, &new);
            while at & 1 == 0 && at != 0 {
                at >>= 1;
                last >>= 1;
            }
        } else {
            new = node(&new, hash);
        }
        at >>= 1;
        last >>= 1;
    }
    last == 0 && old == *root_before && new == *root
}

/// A tree that grows by its end and remembers its right edge only: one hash for each bit of its size.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edge {
    size: u64,
    /// Roots of its complete subtrees, largest first.
    peaks: Vec<Hash>,
}

impl Edge {
    /// The edge of a tree that others hold.
    pub fn of<N: Nodes>(size: u64, mut nodes: N) -> Result<Self, N::Error> {
        let peaks = parts(0, size).into_iter().map(|part| nodes.hash(part)).collect::<Result<_, _>>()?;
        Ok(Self { size, peaks })
    }

    /// Leaves so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf, by its hash.
    pub fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for _ in 0..self.size.trailing_ones() {
            let Some(left) = self.peaks.pop() else { break };
            hash = node(&left, &hash);
        }
        self.peaks.push(hash);
        self.size += 1;
    }

    /// Root of the tree so far.
    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev();
        let last = peaks.next().copied();
        last.map_or_else(empty, |last| peaks.fold(last, |right, left| node(left, &right)))
    }
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use super::*;

    /// The definitions of the RFC, word for word.
    fn defined_root(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => empty(),
            [one] => *one,
            _ => {
                let (left, right) = leaves.split_at(split(leaves.len() as u64) as usize);
                node(&defined_root(left), &defined_root(right))
            }
        }
    }

    fn leaves(count: u64) -> Vec<Hash> {
        (0..count).map(|number| leaf(&number.to_be_bytes())).collect()
    }

    fn nodes(leaves: &[Hash]) -> impl FnMut(NodeId) -> Result<Hash, Infallible> {
        move |NodeId { level, index }| {
            let (from, size) = ((index << level) as usize, 1 << level);
            Ok(defined_root(&leaves[from..from + size]))
        }
    }

    #[test]
    fn the_root_of_the_norms_is_reproduced() {
        let hashes = [
            "ff12e7da52210823bba849641fe84893de91ebbdb5ce2ef1716dde18c3f932a6",
            "9c864b22ef88b0dd3bbc3e5baa42a6fbe65c92890830741809c6b517fc016bd3",
            "8152891b5bc24af6555c4a047e45f3c6a37d5d0002e7ab64d45eb49a6f28d080",
        ];
        let mut edge = Edge::default();
        hashes.iter().for_each(|hash| edge.push(leaf(&hex::decode(hash).unwrap())));
        assert_eq!(
            hex::encode(edge.root()),
            "8fb3eafeb1bc23bdd39a00f9536451749357edffb8febb92cf6309bb4403a8e7"
        );
    }

    #[test]
    fn every_small_tree_is_as_defined_and_proves_each_leaf_and_each_earlier_tree() {
        let all = leaves(33);
        let mut edge = Edge::default();
        for size in 0..=all.len() {
            let tree = &all[..size];
            let expected = defined_root(tree);
            let size = size as u64;
            assert_eq!(edge.root(), expected);
            assert_eq!(Edge::of(size, nodes(tree)).unwrap(), edge);
            assert_eq!(root(size, nodes(tree)).unwrap(), expected);
            for index in 0..size {
                let proof = inclusion(index, size, nodes(tree)).unwrap().unwrap();
                for other in 0..size + 2 {
                    let included = is_included(&all[index as usize], other, size, &proof, &expected);
                    assert_eq!(included, other == index, "{index} as {other} of {size}");
                }
                for wrong in altered(&proof) {
                    assert!(!is_included(&all[index as usize], index, size, &wrong, &expected));
                }
                assert!(!is_included(&all[index as usize], index, size, &proof, &leaf(b"other")));
            }
            for before in 1..=size {
                let proof = consistency(before, size, nodes(tree)).unwrap().unwrap();
                let first = defined_root(&all[..before as usize]);
                assert!(is_consistent(before, &first, size, &expected, &proof), "{before} to {size}");
                for wrong in altered(&proof) {
                    assert!(!is_consistent(before, &first, size, &expected, &wrong), "{before} to {size}");
                }
                assert!(!is_consistent(before, &leaf(b"other"), size, &expected, &proof));
            }
            assert!(inclusion(size, size, nodes(tree)).unwrap().is_none());
            assert!(consistency(size + 1, size, nodes(tree)).unwrap().is_none());
            if let Some(next) = all.get(size as usize) {
                edge.push(*next);
            }
        }
    }

    /// The proof with a hash more, a hash less, a bit changed.
    fn altered(proof: &[Hash]) -> Vec<Vec<Hash>> {
        let mut all = vec![[proof, &[[7; 32]]].concat()];
        for at in 0..proof.len() {
            let mut changed = proof.to_vec();
            changed[at][31] ^= 1;
            all.push(changed);
            let mut shorter = proof.to_vec();
            shorter.remove(at);
            all.push(shorter);
        }
        all
    }
}
