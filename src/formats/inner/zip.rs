//! A ZIP's files by its central directory.
//!
//! Never trusts a size: what is read is bounded, compressed and expanded. Judging an archive is `package`'s; here one that is
//! odd is read as far as it goes. Field positions are those of PKWARE's APPNOTE 6.3.10, 4.3.7 to 4.3.16.

use std::collections::HashMap;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

use super::fields::{read_at, u16_at, u32_at, u64_at};
use super::{Container, Settings, malformed};

const END: &[u8] = b"PK\x05\x06";
const END_BYTES: usize = 22;
const WIDE_LOCATOR: &[u8] = b"PK\x06\x07";
const WIDE_LOCATOR_BYTES: u64 = 20;
const WIDE_END: &[u8] = b"PK\x06\x06";
const WIDE_END_BYTES: u64 = 56;
const CENTRAL: &[u8] = b"PK\x01\x02";
const CENTRAL_BYTES: usize = 46;
const LOCAL: &[u8] = b"PK\x03\x04";
const LOCAL_BYTES: usize = 30;
const WIDE_FIELD: u16 = 1;

/// An open ZIP.
pub struct Zip<'a, R> {
    file: &'a mut R,
    /// Where the directory lies, and where it ends.
    directory: (u64, u64),
    /// Bytes before the archive.
    prefix: u64,
    files_max: usize,
    places: Vec<Place>,
    is_cut: bool,
}

/// Where a wanted file lies.
struct Place {
    header: u64,
    compressed: u64,
    method: u16,
}

impl<'a, R: Read + Seek> Zip<'a, R> {
    /// Finds the directory.
    ///
    /// # Errors
    /// There is none, or the file cannot be read.
    pub fn open(file: &'a mut R, settings: &Settings) -> io::Result<Self> {
        let size = file.seek(SeekFrom::End(0))?;
        let tail_at = size.saturating_sub(END_BYTES as u64 + u64::from(u16::MAX));
        let tail = read_at(file, tail_at, (size - tail_at) as usize)?;
        let last = tail.len().checked_sub(END_BYTES).ok_or_else(|| malformed("too short"))?;
        let at = (0..=last)
            .rev()
            .find(|&at| tail[at..].starts_with(END))
            .ok_or_else(|| malformed("no end record"))?;
        let (mut length, mut offset) = (u64::from(u32_at(&tail, at + 12)), u64::from(u32_at(&tail, at + 16)));
        let mut end = tail_at + at as u64;
        if let Some(wide) = end.checked_sub(WIDE_LOCATOR_BYTES + WIDE_END_BYTES) {
            let record = read_at(file, wide, (WIDE_LOCATOR_BYTES + WIDE_END_BYTES) as usize)?;
            if record.starts_with(WIDE_END) && record[WIDE_END_BYTES as usize..].starts_with(WIDE_LOCATOR) {
                (length, offset, end) = (u64_at(&record, 40), u64_at(&record, 48), wide);
            }
        }
        let start = end.checked_sub(length).ok_or_else(|| malformed("directory out of the file"))?;
        let (start, prefix) = match start.checked_sub(offset) {
            Some(prefix) => (start, prefix),
            // What lies between the directory and its end record is no matter.
            None if offset < end => (offset, 0),
            None => return Err(malformed("directory out of the file")),
        };
        let is_cut = end - start > settings.inner_table_bytes;
        let end = end.min(start + settings.inner_table_bytes);
        Ok(Self {
            file,
            directory: (start, end),
            prefix,
            files_max: settings.inner_files,
            places: Vec::new(),
            is_cut,
        })
    }
}

impl<R: Read + Seek> Container for Zip<'_, R> {
    fn find(&mut self, wanted: &HashMap<String, usize>, found: &mut [Option<u64>]) -> io::Result<()> {
        let (start, end) = self.directory;
        self.file.seek(SeekFrom::Start(start))?;
        let mut table = BufReader::with_capacity(1 << 15, Read::by_ref(self.file).take(end - start));
        let (mut fixed, mut name) = ([0; CENTRAL_BYTES], Vec::new());
        for count in 0.. {
            // The directory ends where no entry begins.
            if table.read_exact(&mut fixed).is_err() || !fixed.starts_with(CENTRAL) {
                break;
            }
            if count == self.files_max {
                self.is_cut = true;
                break;
            }
            name.resize(usize::from(u16_at(&fixed, 28)), 0);
            let mut rest = vec![0; usize::from(u16_at(&fixed, 30)) + usize::from(u16_at(&fixed, 32))];
            if table.read_exact(&mut name).is_err() || table.read_exact(&mut rest).is_err() {
                break;
            }
            let Some(&path) = std::str::from_utf8(&name).ok().and_then(|name| wanted.get(name)) else {
                continue;
            };
            if found[path].is_none() {
                found[path] = Some(self.places.len() as u64);
                rest.truncate(usize::from(u16_at(&fixed, 30)));
                self.places.push(place(&fixed, &rest, self.prefix));
            }
        }
        Ok(())
    }

    fn content(&mut self, handle: u64, bytes_max: u64) -> io::Result<(Vec<u8>, bool)> {
        let place = self.places.get(handle as usize).ok_or_else(|| malformed("no such file"))?;
        let fixed = read_at(self.file, place.header, LOCAL_BYTES)?;
        if !fixed.starts_with(LOCAL) {
            return Err(malformed("no local header"));
        }
        let skipped = LOCAL_BYTES as u64 + u64::from(u16_at(&fixed, 26)) + u64::from(u16_at(&fixed, 28));
        self.file.seek(SeekFrom::Start(place.header.saturating_add(skipped)))?;
        let raw = BufReader::with_capacity(1 << 14, Read::by_ref(self.file).take(place.compressed));
        let content: Box<dyn Read + '_> = match place.method {
            0 => Box::new(raw),
            8 => Box::new(flate2::bufread::DeflateDecoder::new(raw)),
            9 => Box::new(deflate64::Deflate64Decoder::with_buffer(raw)),
            _ => return Err(malformed("compression not read")),
        };
        let mut bytes = Vec::new();
        let outcome = content.take(bytes_max + 1).read_to_end(&mut bytes);
        // A damaged end says nothing of the beginning.
        if bytes.is_empty() {
            outcome?;
        }
        let is_whole = bytes.len() as u64 <= bytes_max;
        bytes.truncate(bytes_max as usize);
        Ok((bytes, is_whole))
    }

    fn is_cut(&self) -> bool {
        self.is_cut
    }
}

/// Where a file lies, by its line of the directory and that line's extra field.
fn place(fixed: &[u8], extra: &[u8], prefix: u64) -> Place {
    let all = u64::from(u32::MAX);
    let narrow = |at: usize| u64::from(u32_at(fixed, at));
    let (size, mut compressed, mut header) = (narrow(24), narrow(20), narrow(42));
    let mut rest = extra;
    while rest.len() >= 4 {
        let (kind, length) = (u16_at(rest, 0), usize::from(u16_at(rest, 2)));
        let Some(field) = rest.get(4..4 + length) else { break };
        if kind == WIDE_FIELD {
            let mut values = field.as_chunks::<8>().0.iter().map(|value| u64::from_le_bytes(*value));
            if size == all {
                values.next();
            }
            for value in [&mut compressed, &mut header] {
                if *value == all {
                    *value = values.next().unwrap_or(*value);
                }
            }
        }
        rest = &rest[4 + length..];
    }
    Place { header: header.saturating_add(prefix), compressed, method: u16_at(fixed, 10) }
}
