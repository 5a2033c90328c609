//! Where a zip's table of contents lies: the end record, told from whatever follows or precedes the archive.
//!
//! Field positions are those of PKWARE's APPNOTE 6.3.10, 4.3.14 to 4.3.16.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use super::Error;
use super::zip_entry::{u16_at, u32_at, u64_at};
use crate::model::{Finding, Findings, Limits, findings};

const END: &[u8] = b"PK\x05\x06";
const END_BYTES: usize = 22;
const END64_LOCATOR: &[u8] = b"PK\x06\x07";
const END64_LOCATOR_BYTES: u64 = 20;
const END64_BYTES: u64 = 56;
const END64: &[u8] = b"PK\x06\x06";
/// Bytes of the central directory we are ready to read, names and extra fields included.
const DIRECTORY_BYTES_MAX: u64 = 128 << 20;

/// Where the central directory lies, by the end record.
pub struct Directory {
    pub start: u64,
    pub end: u64,
    /// Entries it is said to hold.
    pub count: u64,
    /// Bytes before the archive, by which every offset is shifted.
    pub prefix: u64,
}

/// Whether the last bytes of a file hold a zip's end record.
pub fn has_end_record(file: &mut File) -> io::Result<bool> {
    let (tail, _) = tail(file)?;
    Ok(find_end(&tail).is_some())
}

fn tail(file: &mut File) -> io::Result<(Vec<u8>, u64)> {
    let length = file.seek(SeekFrom::End(0))?;
    let start = length.saturating_sub(END_BYTES as u64 + u64::from(u16::MAX));
    file.seek(SeekFrom::Start(start))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    Ok((tail, start))
}

/// Position of the end record: the one whose comment ends the file, else the last.
fn find_end(tail: &[u8]) -> Option<usize> {
    let last = tail.len().checked_sub(END_BYTES)?;
    let mut records = (0..=last).rev().filter(|&at| tail[at..].starts_with(END));
    let exact = records.clone().find(|&at| at + END_BYTES + usize::from(u16_at(tail, at + 20)) == tail.len());
    exact.or_else(|| records.next())
}

/// Finds the directory. `None`, and a finding, when there is none that can be read.
///
/// # Errors
/// When the file cannot be read.
pub fn directory(file: &mut File, limits: &Limits, found: &mut Findings) -> Result<Option<Directory>, Error> {
    let (tail, start) = tail(file)?;
    let directory = match fields(file, &tail, start)? {
        Ok((end, fields)) => bounded(end, fields, limits),
        Err(finding) => Err(finding),
    };
    match directory {
        Err(finding) => {
            found.push(finding);
            Ok(None)
        }
        Ok(directory) => {
            if directory.prefix > 0 {
                let message = format!("{} octets précèdent le zip", directory.prefix);
                found.push(Finding::new(&findings::CONTAINER_FOREIGN_BYTES, message));
            }
            if find_end(&tail).is_some_and(|at| at + record_bytes(&tail[at..]) < tail.len()) {
                let message = "des octets nuls suivent la fin du zip";
                found.push(Finding::new(&findings::CONTAINER_PADDING, message));
            }
            Ok(Some(directory))
        }
    }
}

/// Where the directory ends, and its count, size and offset: those of the wide record when there is one.
fn fields(file: &mut File, tail: &[u8], start: u64) -> io::Result<Result<(u64, [u64; 3]), Finding>> {
    let refuse = |kind, message: &str| Ok(Err(Finding::new(kind, message.to_owned())));
    let Some(at) = find_end(tail) else {
        return refuse(
            &findings::CONTAINER_TRUNCATED,
            "la table des fichiers du zip manque : l'archive est coupée",
        );
    };
    let (end, record) = (start + at as u64, &tail[at..]);
    if record[record_bytes(record)..].iter().any(|&byte| byte != 0) {
        return refuse(&findings::CONTAINER_FOREIGN_BYTES, "des octets suivent la fin du zip");
    }
    if u16_at(record, 4) != 0 && u16_at(record, 4) != u16::MAX {
        return refuse(&findings::CONTAINER_UNREADABLE, "le zip est en plusieurs volumes");
    }
    let narrow =
        [u64::from(u16_at(record, 10)), u64::from(u32_at(record, 12)), u64::from(u32_at(record, 16))];
    if at < 20 || !tail[at - 20..].starts_with(END64_LOCATOR) {
        return Ok(Ok((end, narrow)));
    }
    let Some(wide) = wide_fields(file, end)? else {
        return refuse(&findings::CONTAINER_UNREADABLE, "la table étendue du zip est illisible");
    };
    let maxima = [u64::from(u16::MAX), u64::from(u32::MAX), u64::from(u32::MAX)];
    if !(0..3).all(|at| narrow[at] == wide[at] || narrow[at] == maxima[at]) {
        return refuse(&findings::CONTAINER_HEADERS, "les deux fins du zip se contredisent");
    }
    Ok(Ok((end - END64_LOCATOR_BYTES - END64_BYTES, wide)))
}

/// Bytes of the end record with its comment, as far as they are there.
fn record_bytes(record: &[u8]) -> usize {
    (END_BYTES + usize::from(u16_at(record, 20))).min(record.len())
}

/// Count, size and offset of the zip64 end record, which stands just before its locator, whatever precedes the archive.
fn wide_fields(file: &mut File, end: u64) -> io::Result<Option<[u64; 3]>> {
    let mut record = [0; 56];
    let Some(place) = end.checked_sub(END64_LOCATOR_BYTES + record.len() as u64) else { return Ok(None) };
    read_at(file, place, &mut record)?;
    let is_single = u32_at(&record, 16) == 0 && u32_at(&record, 20) == 0;
    let fields = [u64_at(&record, 32), u64_at(&record, 40), u64_at(&record, 48)];
    Ok((record.starts_with(END64) && is_single).then_some(fields))
}

/// The directory, if it is one we can read.
fn bounded(end: u64, [count, size, offset]: [u64; 3], limits: &Limits) -> Result<Directory, Finding> {
    if count == 0 {
        return Err(Finding::new(&findings::CONTAINER_EMPTY, "le zip ne contient aucun fichier"));
    }
    if count > limits.entries_max {
        let message = format!("{count} fichiers et dossiers, {} au plus", limits.entries_max);
        return Err(Finding::new(&findings::CONTAINER_ENTRIES, message));
    }
    if size > DIRECTORY_BYTES_MAX {
        let message = format!("table des fichiers de {size} octets");
        return Err(Finding::new(&findings::CONTAINER_ENTRIES, message));
    }
    let start = end.checked_sub(size).filter(|&start| start >= offset).ok_or_else(|| {
        Finding::new(&findings::CONTAINER_TRUNCATED, "la table des fichiers du zip est incomplète")
    })?;
    Ok(Directory { start, end, count, prefix: start - offset })
}

fn read_at(file: &mut File, at: u64, buffer: &mut [u8]) -> io::Result<()> {
    file.seek(SeekFrom::Start(at))?;
    file.read_exact(buffer)
}
