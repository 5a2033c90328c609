//! OLE2 documents made for tests: version 3, streams in one folder or one level below.

const SECTOR: usize = 512;
const MINI: usize = 64;
const END: u32 = 0xffff_fffe;
const FREE: u32 = 0xffff_ffff;

/// A document of these streams; `folder/name` lies in a storage.
pub fn ole(streams: &[(&str, &[u8])]) -> Vec<u8> {
    let (mut sectors, mut fat, mut mini, mut mini_fat) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    let mut entries = vec![Entry::new("Root Entry", 5)];
    for (path, bytes) in streams {
        let (folder, name) =
            path.split_once('/').map_or((None, *path), |(folder, name)| (Some(folder), name));
        let parent = folder.map_or(0, |folder| {
            entries.iter().position(|entry| entry.name == folder).unwrap_or_else(|| {
                entries.push(Entry::new(folder, 1));
                let at = entries.len() - 1;
                adopt(&mut entries, 0, at);
                at
            })
        });
        let mut entry = Entry::new(name, 2);
        entry.size = bytes.len() as u32;
        entry.first = match bytes.len() < 4_096 {
            true => lay(bytes, MINI, &mut mini, &mut mini_fat),
            false => lay(bytes, SECTOR, &mut sectors, &mut fat),
        };
        entries.push(entry);
        let at = entries.len() - 1;
        adopt(&mut entries, parent, at);
    }
    entries[0].size = mini.len() as u32;
    entries[0].first = lay(&mini, SECTOR, &mut sectors, &mut fat);
    let table: Vec<u8> = mini_fat.iter().flat_map(|next| next.to_le_bytes()).collect();
    let mini_fat_first = lay(&table, SECTOR, &mut sectors, &mut fat);
    let directory: Vec<u8> = entries.iter().flat_map(Entry::bytes).collect();
    let directory_first = lay(&directory, SECTOR, &mut sectors, &mut fat);
    let own = (fat.len() + 1).div_ceil(SECTOR / 4 - 1);
    let fat_first = fat.len() as u32;
    fat.extend(std::iter::repeat_n(0xffff_fffd, own));
    fat.resize(own * SECTOR / 4, FREE);
    sectors.extend(fat.iter().flat_map(|next| next.to_le_bytes()));
    let mut out = vec![0; SECTOR];
    out[..8].copy_from_slice(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
    let mut put = |at: usize, bytes: &[u8]| out[at..at + bytes.len()].copy_from_slice(bytes);
    put(24, &[0x3e, 0, 3, 0, 0xfe, 0xff, 9, 0, 6, 0]);
    put(44, &(own as u32).to_le_bytes());
    put(48, &directory_first.to_le_bytes());
    put(56, &4_096u32.to_le_bytes());
    put(60, &mini_fat_first.to_le_bytes());
    put(68, &END.to_le_bytes());
    for at in 0..109 {
        let sector = if at < own { fat_first + at as u32 } else { FREE };
        put(76 + 4 * at, &sector.to_le_bytes());
    }
    out.extend_from_slice(&sectors);
    out
}

struct Entry {
    name: String,
    kind: u8,
    right: u32,
    child: u32,
    first: u32,
    size: u32,
}

impl Entry {
    fn new(name: &str, kind: u8) -> Self {
        Self { name: name.into(), kind, right: FREE, child: FREE, first: END, size: 0 }
    }

    fn bytes(&self) -> [u8; 128] {
        let mut bytes = [0; 128];
        let mut put = |at: usize, value: &[u8]| bytes[at..at + value.len()].copy_from_slice(value);
        let units: Vec<u8> = self.name.encode_utf16().flat_map(u16::to_le_bytes).collect();
        put(0, &units);
        put(64, &(units.len() as u16 + 2).to_le_bytes());
        put(66, &[self.kind, 1]);
        put(68, &FREE.to_le_bytes());
        put(72, &self.right.to_le_bytes());
        put(76, &self.child.to_le_bytes());
        put(116, &self.first.to_le_bytes());
        put(120, &self.size.to_le_bytes());
        bytes
    }
}

/// Puts an entry first among the children of another.
fn adopt(entries: &mut [Entry], parent: usize, child: usize) {
    entries[child].right = entries[parent].child;
    entries[parent].child = child as u32;
}

/// Lays bytes out in sectors of a size; gives the first.
fn lay(bytes: &[u8], sector: usize, into: &mut Vec<u8>, table: &mut Vec<u32>) -> u32 {
    let (first, count) = (table.len() as u32, bytes.len().div_ceil(sector));
    if count == 0 {
        return END;
    }
    into.extend_from_slice(bytes);
    into.resize((table.len() + count) * sector, 0);
    table.extend((1..count).map(|at| first + at as u32));
    table.push(END);
    first
}
