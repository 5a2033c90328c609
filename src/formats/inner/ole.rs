//! An OLE2 document's streams by its directory ([MS-CFB]).
//!
//! Never follows a chain longer than the file has sectors, never visits a directory entry twice. Sectors are read as they are
//! asked for; nothing is kept but the directory and a table sector at a time.

use std::collections::HashMap;
use std::io::{self, Read, Seek, SeekFrom};

use super::fields::{u16_at, u32_at};
use super::{Container, Settings, malformed};

const MAGIC: &[u8] = &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
const HEADER_BYTES: usize = 512;
const HEADER_DIFAT: usize = 109;
const ENTRY_BYTES: usize = 128;
/// Sector numbers from here up are marks: end of chain, free, table sectors.
const SECTOR_MAX: u32 = 0xffff_fffa;
const NO_ENTRY: u32 = u32::MAX;
/// Bytes of the stream that holds the small ones.
const MINI_BYTES_MAX: u64 = 256 << 20;
const DEPTH_MAX: usize = 64;
const NAME_BYTES_MAX: usize = 4_096;

/// An open document.
pub struct Ole<'a, R> {
    file: &'a mut R,
    size_bytes: u64,
    sector_bytes: usize,
    mini_bytes: usize,
    /// Streams shorter than this lie in the root's own stream.
    mini_below: u64,
    /// Sectors that hold the table of sectors.
    fat: Vec<u32>,
    /// First sector of the table of mini sectors.
    mini_fat: u32,
    directory: Vec<u8>,
    /// Sector of the table last read.
    held: (u32, Vec<u8>),
    /// Sectors of the table of mini sectors, and of the root's stream, once walked.
    mini_fat_sectors: Option<Vec<u32>>,
    mini_sectors: Option<Vec<u32>>,
    table_bytes_max: u64,
    entries_max: usize,
    is_cut: bool,
}

impl<'a, R: Read + Seek> Ole<'a, R> {
    /// Reads the header and the directory.
    ///
    /// # Errors
    /// It is no such document, or the file cannot be read.
    pub fn open(file: &'a mut R, settings: &Settings) -> io::Result<Self> {
        let size_bytes = file.seek(SeekFrom::End(0))?;
        file.seek(SeekFrom::Start(0))?;
        let mut header = [0; HEADER_BYTES];
        file.read_exact(&mut header)?;
        let (shift, mini_shift) = (u16_at(&header, 30), u16_at(&header, 32));
        if !header.starts_with(MAGIC) || !(7..=16).contains(&shift) || !(4..shift).contains(&mini_shift) {
            return Err(malformed("no compound document"));
        }
        let mut ole = Self {
            file,
            size_bytes,
            sector_bytes: 1 << shift,
            mini_bytes: 1 << mini_shift,
            mini_below: u64::from(u32_at(&header, 56)),
            fat: Vec::new(),
            mini_fat: u32_at(&header, 60),
            directory: Vec::new(),
            held: (NO_ENTRY, Vec::new()),
            mini_fat_sectors: None,
            mini_sectors: None,
            table_bytes_max: settings.inner_table_bytes,
            entries_max: settings.inner_files,
            is_cut: false,
        };
        ole.read_fat(&header)?;
        let directory_bytes = ole.table_bytes_max.min((ole.entries_max * ENTRY_BYTES) as u64);
        let (directory, is_whole) = ole.stream(u32_at(&header, 48), directory_bytes)?;
        (ole.directory, ole.is_cut) = (directory, !is_whole);
        Ok(ole)
    }

    /// The sectors of the table: the header's own list, then those it continues in.
    fn read_fat(&mut self, header: &[u8]) -> io::Result<()> {
        let sectors_max = self.sectors().min(self.table_bytes_max / 4);
        let own = (0..HEADER_DIFAT).map(|at| u32_at(header, 76 + 4 * at));
        self.fat.extend(own.take_while(|&sector| sector < SECTOR_MAX));
        let (mut next, mut steps) = (u32_at(header, 68), 0);
        while next < SECTOR_MAX && steps < sectors_max && (self.fat.len() as u64) < sectors_max {
            let list = self.sector(next)?;
            let last = list.len() - 4;
            self.fat.extend(
                (0..last / 4).map(|at| u32_at(&list, 4 * at)).take_while(|&sector| sector < SECTOR_MAX),
            );
            next = u32_at(&list, last);
            steps += 1;
        }
        Ok(())
    }

    /// Sectors that the file has room for.
    fn sectors(&self) -> u64 {
        self.size_bytes / self.sector_bytes as u64 + 1
    }

    fn sector(&mut self, number: u32) -> io::Result<Vec<u8>> {
        let at = (u64::from(number) + 1) * self.sector_bytes as u64;
        self.file.seek(SeekFrom::Start(at))?;
        let mut bytes = Vec::new();
        Read::by_ref(self.file).take(self.sector_bytes as u64).read_to_end(&mut bytes)?;
        if bytes.is_empty() {
            return Err(malformed("sector out of the file"));
        }
        // The last sector may be cut short.
        bytes.resize(self.sector_bytes, 0);
        Ok(bytes)
    }

    /// The sector after this one in its chain.
    fn next(&mut self, sector: u32) -> io::Result<u32> {
        let per_sector = self.sector_bytes / 4;
        let table = self.fat.get(sector as usize / per_sector).copied();
        let table = table.ok_or_else(|| malformed("sector out of the table"))?;
        if self.held.0 != table {
            self.held = (table, self.sector(table)?);
        }
        Ok(u32_at(&self.held.1, 4 * (sector as usize % per_sector)))
    }

    /// The sectors of a chain, as many as hold `bytes_max`.
    fn chain(&mut self, first: u32, bytes_max: u64) -> io::Result<Vec<u32>> {
        let most = self.sectors().min(bytes_max.div_ceil(self.sector_bytes as u64) + 1);
        let (mut sectors, mut next) = (Vec::new(), first);
        while next < SECTOR_MAX && (sectors.len() as u64) < most {
            sectors.push(next);
            next = self.next(next)?;
        }
        Ok(sectors)
    }

    /// Bytes of a chain, `bytes_max` at most, and whether that is all of it.
    fn stream(&mut self, first: u32, bytes_max: u64) -> io::Result<(Vec<u8>, bool)> {
        let mut bytes = Vec::new();
        for sector in self.chain(first, bytes_max)? {
            if bytes.len() as u64 >= bytes_max {
                return Ok((bytes, false));
            }
            bytes.append(&mut self.sector(sector)?);
        }
        bytes.truncate(usize::try_from(bytes_max).unwrap_or(usize::MAX));
        Ok((bytes, true))
    }

    /// Bytes of a stream that lies in the root's.
    fn mini_stream(&mut self, first: u32, length: u64) -> io::Result<Vec<u8>> {
        let table = match self.mini_fat_sectors.take() {
            Some(table) => table,
            None => self.chain(self.mini_fat, self.table_bytes_max)?,
        };
        let root = match self.mini_sectors.take() {
            Some(root) => root,
            None => self.chain(entry_first(&self.directory), MINI_BYTES_MAX)?,
        };
        let outcome = self.mini_bytes_of(first, length, &table, &root);
        (self.mini_fat_sectors, self.mini_sectors) = (Some(table), Some(root));
        outcome
    }

    fn mini_bytes_of(&mut self, first: u32, length: u64, table: &[u32], root: &[u32]) -> io::Result<Vec<u8>> {
        let (mut bytes, mut next) = (Vec::new(), first);
        while next < SECTOR_MAX && (bytes.len() as u64) < length {
            let at = next as usize * self.mini_bytes;
            let sector = root.get(at / self.sector_bytes).copied();
            let place = (u64::from(sector.ok_or_else(|| malformed("mini sector out of the stream"))?) + 1)
                * self.sector_bytes as u64
                + (at % self.sector_bytes) as u64;
            self.file.seek(SeekFrom::Start(place))?;
            let before = bytes.len();
            Read::by_ref(self.file).take(self.mini_bytes as u64).read_to_end(&mut bytes)?;
            if bytes.len() == before {
                return Err(malformed("mini sector out of the file"));
            }
            let per_sector = self.sector_bytes / 4;
            let sector = table.get(next as usize / per_sector).copied();
            let sector = sector.ok_or_else(|| malformed("mini sector out of the table"))?;
            if self.held.0 != sector {
                self.held = (sector, self.sector(sector)?);
            }
            next = u32_at(&self.held.1, 4 * (next as usize % per_sector));
        }
        bytes.truncate(usize::try_from(length).unwrap_or(usize::MAX));
        Ok(bytes)
    }

    fn entry(&self, number: u32) -> Option<&[u8]> {
        let at = (number as usize).checked_mul(ENTRY_BYTES)?;
        self.directory.get(at..at.checked_add(ENTRY_BYTES)?)
    }
}

impl<R: Read + Seek> Container for Ole<'_, R> {
    fn find(&mut self, wanted: &HashMap<String, usize>, found: &mut [Option<u64>]) -> io::Result<()> {
        let Some(root) = self.entry(0) else { return Err(malformed("no directory")) };
        let mut visited = vec![false; self.directory.len() / ENTRY_BYTES];
        let mut next = vec![(u32_at(root, 76), String::new(), 0)];
        while let Some((number, folder, depth)) = next.pop() {
            let Some(entry) = self.entry(number) else { continue };
            if std::mem::replace(&mut visited[number as usize], true) {
                continue;
            }
            let path = folder.clone() + &name(entry);
            if let Some(&wanted) = wanted.get(&path) {
                found[wanted].get_or_insert(u64::from(number));
            }
            let child = u32_at(entry, 76);
            if child != NO_ENTRY && depth < DEPTH_MAX && path.len() < NAME_BYTES_MAX {
                next.push((child, path + "/", depth + 1));
            }
            next.push((u32_at(entry, 72), folder.clone(), depth));
            next.push((u32_at(entry, 68), folder, depth));
        }
        Ok(())
    }

    fn content(&mut self, handle: u64, bytes_max: u64) -> io::Result<(Vec<u8>, bool)> {
        let entry = u32::try_from(handle).ok().and_then(|number| self.entry(number));
        let entry = entry.ok_or_else(|| malformed("no such stream"))?;
        let first = entry_first(entry);
        // In version 3 the upper half of the size is not to be believed ([MS-CFB] 2.6.1).
        let length = match self.sector_bytes {
            512 => u64::from(u32_at(entry, 120)),
            _ => u64::from(u32_at(entry, 120)) | u64::from(u32_at(entry, 124)) << 32,
        };
        let wanted = length.min(bytes_max);
        let bytes = match length < self.mini_below {
            true => self.mini_stream(first, wanted)?,
            false => self.stream(first, wanted)?.0,
        };
        Ok((bytes, length <= bytes_max))
    }

    fn is_cut(&self) -> bool {
        self.is_cut
    }
}

/// An entry's name; the control character that begins those of property sets is left out, as PRONOM does.
fn name(entry: &[u8]) -> String {
    let length = usize::from(u16_at(entry, 64)).clamp(2, 64) - 2;
    let units = entry[..length].as_chunks::<2>().0.iter().map(|unit| u16::from_le_bytes(*unit));
    let name = String::from_utf16_lossy(&units.collect::<Vec<_>>());
    name.strip_prefix(|first: char| first < ' ').map(str::to_owned).unwrap_or(name)
}

fn entry_first(entry: &[u8]) -> u32 {
    entry.get(116..120).map_or(NO_ENTRY, |_| u32_at(entry, 116))
}
