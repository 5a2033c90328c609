//! Zip archives, read in place: the central directory judged against every local header, content by offset.
//!
//! Never believes one table alone: names, flags, checksums and sizes of both must agree, no two entries may share bytes,
//! nothing may lie before the first or after the last. So what we read is what any other tool would read.

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom};

use super::zip_directory::{Directory, directory};
use super::zip_entry::{self, Central, Method};
use super::{Entry, Error, Exactly, names, no_such_entry};
use crate::model::{Finding, Findings, Limits, findings};

/// A zip's file and where each entry's content lies.
#[derive(Debug)]
pub struct Zip {
    file: File,
    places: Vec<Place>,
}

#[derive(Debug)]
struct Place {
    start: u64,
    compressed: u64,
    size: u64,
    checksum: u32,
    method: Method,
}

/// Reads the directory and every local header. What is wrong is added to `found`.
///
/// # Errors
/// [`Error::Io`] when the file cannot be read.
pub fn open(mut file: File, limits: &Limits, found: &mut Findings) -> Result<(Vec<Entry>, Zip), Error> {
    let mut kept = (Vec::new(), Vec::new());
    if let Some(directory) = directory(&mut file, limits, found)? {
        let central = read_directory(&mut file, &directory, found)?;
        kept = keep(&mut file, &directory, central, limits, found)?;
    }
    let (entries, places) = kept;
    Ok((entries, Zip { file, places }))
}

impl Zip {
    /// Content of an entry; see [`super::Package::read`].
    pub fn read(&mut self, index: usize) -> Result<Box<dyn Read + '_>, Error> {
        let place = self.places.get(index).ok_or_else(no_such_entry)?;
        self.file.seek(SeekFrom::Start(place.start))?;
        let raw = Read::by_ref(&mut self.file).take(place.compressed);
        let buffered = BufReader::with_capacity(1 << 16, raw);
        let content: Box<dyn Read + '_> = match place.method {
            Method::Stored => Box::new(buffered),
            Method::Deflate => Box::new(flate2::bufread::DeflateDecoder::new(buffered)),
            Method::Deflate64 => Box::new(deflate64::Deflate64Decoder::with_buffer(buffered)),
        };
        let checked = Checked { inner: content, crc: flate2::Crc::new(), expected: place.checksum };
        Ok(Box::new(Exactly { inner: checked, left: place.size }))
    }
}

/// Fails with `InvalidData` at the end of a content whose checksum is not the declared one.
struct Checked<R> {
    inner: R,
    crc: flate2::Crc,
    expected: u32,
}

impl<R: Read> Read for Checked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer).map_err(|error| match error.kind() {
            io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof => {
                io::Error::new(io::ErrorKind::InvalidData, "corrupt deflate stream")
            }
            _ => error,
        })?;
        self.crc.update(&buffer[..read]);
        if read == 0 && !buffer.is_empty() && self.crc.sum() != self.expected {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "wrong checksum"));
        }
        Ok(read)
    }
}

fn read_directory(
    file: &mut File,
    directory: &Directory,
    found: &mut Findings,
) -> Result<Vec<Central>, Error> {
    file.seek(SeekFrom::Start(directory.start))?;
    let mut reader =
        BufReader::with_capacity(1 << 16, Read::by_ref(file).take(directory.end - directory.start));
    let mut all = Vec::new();
    while !reader.fill_buf()?.is_empty() {
        match zip_entry::read_central(&mut reader)? {
            Some(central) => all.push(central),
            None => {
                let message = "la table des fichiers du zip est illisible";
                found.push(Finding::new(&findings::CONTAINER_UNREADABLE, message));
                return Ok(Vec::new());
            }
        }
    }
    if all.len() as u64 != directory.count {
        let message = format!("{} fichiers annoncés, {} dans la table du zip", directory.count, all.len());
        found.push(Finding::new(&findings::CONTAINER_HEADERS, message));
    }
    Ok(all)
}

fn keep(
    file: &mut File,
    directory: &Directory,
    all: Vec<Central>,
    limits: &Limits,
    found: &mut Findings,
) -> Result<(Vec<Entry>, Vec<Place>), Error> {
    let (mut entries, mut places, mut folders, mut spans) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for central in all {
        let name = central.name();
        let shown = names::shown(&name.text);
        if let Some(finding) = central.kind_refused() {
            found.push(finding.in_path(shown.clone()));
        }
        let header = central.offset.saturating_add(directory.prefix);
        let start = match zip_entry::check_local(file, header, &central)? {
            Ok(start) => Some(start),
            Err(finding) => {
                found.push(finding.in_path(shown.clone()));
                None
            }
        };
        let content = start.unwrap_or(header.saturating_add(zip_entry::LOCAL_BYTES));
        spans.push((header, content.saturating_add(central.compressed), shown));
        let method = central.method();
        match (names::judge(&name.text, central.is_folder(), limits), start, method) {
            (Err(finding), ..) => found.push(finding),
            (Ok(None), ..) => {}
            (Ok(Some(text)), ..) if central.is_folder() => folders.push(text),
            (Ok(Some(text)), Some(start), Some(method)) if central.kind_refused().is_none() => {
                entries.push(Entry { name: text, size_bytes: Some(central.size), other_names: name.others });
                let (compressed, size, checksum) = (central.compressed, central.size, central.checksum);
                places.push(Place { start, compressed, size, checksum, method });
            }
            (Ok(Some(_)), ..) => {}
        }
    }
    check_spans(spans, directory, found);
    let all = entries.iter().map(|entry| (entry.name.as_str(), false));
    names::collisions(all.chain(folders.iter().map(|name| (name.as_str(), true))), found);
    Ok((entries, places))
}

/// No two entries may share bytes, none may reach into the directory.
fn check_spans(mut spans: Vec<(u64, u64, String)>, directory: &Directory, found: &mut Findings) {
    spans.sort();
    for pair in spans.windows(2) {
        if pair[1].0 < pair[0].1 {
            let message = format!("« {} » et « {} » partagent des octets", pair[0].2, pair[1].2);
            found.push(Finding::new(&findings::CONTAINER_OVERLAP, message).in_path(pair[1].2.clone()));
        }
    }
    if let Some((_, end, name)) = spans.iter().max_by_key(|span| span.1)
        && *end > directory.start
    {
        let message = format!("« {name} » déborde sur la table du zip");
        found.push(Finding::new(&findings::CONTAINER_OVERLAP, message).in_path(name.clone()));
    }
}
