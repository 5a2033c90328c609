//! One entry of a zip: its line in the central directory and the local header it must agree with.
//!
//! Field positions are those of PKWARE's APPNOTE 6.3.10, 4.3.7 (local) and 4.3.12 (central).

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use super::names::{self, Name};
use crate::model::{Finding, findings};

const CENTRAL: &[u8] = b"PK\x01\x02";
const LOCAL: &[u8] = b"PK\x03\x04";
/// Bytes of a local header before its name.
pub const LOCAL_BYTES: u64 = 30;
const ZIP64_EXTRA: u16 = 0x0001;
const UNICODE_PATH_EXTRA: u16 = 0x7075;
const FLAG_ENCRYPTED: u16 = 1 | 1 << 6 | 1 << 13;
const FLAG_SIZES_FOLLOW: u16 = 1 << 3;
const METHOD_AES: u16 = 99;

/// Compressions we read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    Stored,
    Deflate,
    /// What Windows writes for files over 2 GiB.
    Deflate64,
}

/// A line of the central directory.
pub struct Central {
    pub flags: u16,
    pub method: u16,
    pub checksum: u32,
    pub compressed: u64,
    pub size: u64,
    pub offset: u64,
    /// Unix file mode, when the archive was made on such a system.
    mode: Option<u32>,
    raw_name: Vec<u8>,
    unicode_name: Option<String>,
}

impl Central {
    /// The name as text, with its other readings.
    pub fn name(&self) -> Name {
        match &self.unicode_name {
            Some(name) => Name { text: name.clone(), others: Vec::new() },
            None => names::decode(&self.raw_name),
        }
    }

    /// Whether it is a folder.
    pub fn is_folder(&self) -> bool {
        self.raw_name.ends_with(b"/")
    }

    /// How it is compressed, when we can read it.
    pub fn method(&self) -> Option<Method> {
        match self.method {
            0 => Some(Method::Stored),
            8 => Some(Method::Deflate),
            9 => Some(Method::Deflate64),
            _ => None,
        }
    }

    /// Why the entry is no plain, readable file or folder.
    pub fn kind_refused(&self) -> Option<Finding> {
        if self.flags & FLAG_ENCRYPTED != 0 || self.method == METHOD_AES {
            return Some(Finding::new(&findings::CONTAINER_ENCRYPTED, "le fichier est chiffré"));
        }
        let kind = self.mode.map_or(0, |mode| mode & 0o170_000);
        match kind {
            0 | 0o100_000 | 0o040_000 => {}
            0o120_000 => return Some(Finding::new(&findings::CONTAINER_LINK, "un lien n'est pas admis")),
            _ => {
                return Some(Finding::new(
                    &findings::CONTAINER_SPECIAL_FILE,
                    "ni fichier ni dossier ordinaire",
                ));
            }
        }
        if self.method().is_none() {
            let message = format!("méthode de compression {} du zip", self.method);
            return Some(Finding::new(&findings::CONTAINER_METHOD, message));
        }
        None
    }
}

/// Reads one line of the directory; `None` when it is none.
///
/// # Errors
/// When the file cannot be read.
pub fn read_central(reader: &mut impl Read) -> io::Result<Option<Central>> {
    let mut fixed = [0; 46];
    if !read_whole(reader, &mut fixed)? || !fixed.starts_with(CENTRAL) {
        return Ok(None);
    }
    let mut raw_name = vec![0; usize::from(u16_at(&fixed, 28))];
    let mut extra = vec![0; usize::from(u16_at(&fixed, 30))];
    let mut comment = vec![0; usize::from(u16_at(&fixed, 32))];
    if !(read_whole(reader, &mut raw_name)?
        && read_whole(reader, &mut extra)?
        && read_whole(reader, &mut comment)?)
    {
        return Ok(None);
    }
    let system = u16_at(&fixed, 4) >> 8;
    let mut central = Central {
        flags: u16_at(&fixed, 8),
        method: u16_at(&fixed, 10),
        checksum: u32_at(&fixed, 16),
        compressed: u64::from(u32_at(&fixed, 20)),
        size: u64::from(u32_at(&fixed, 24)),
        offset: u64::from(u32_at(&fixed, 42)),
        // 3: Unix; 19: macOS.
        mode: matches!(system, 3 | 19).then(|| u32_at(&fixed, 38) >> 16),
        unicode_name: None,
        raw_name,
    };
    if let Some(field) = extra_field(&extra, ZIP64_EXTRA) {
        let mut values = field.chunks_exact(8).map(|chunk| u64_at(chunk, 0));
        for value in [&mut central.size, &mut central.compressed, &mut central.offset] {
            if *value == u64::from(u32::MAX) {
                let Some(wide) = values.next() else { return Ok(None) };
                *value = wide;
            }
        }
    }
    central.unicode_name =
        extra_field(&extra, UNICODE_PATH_EXTRA).and_then(|field| unicode_name(field, &central.raw_name));
    Ok(Some(central))
}

/// Reads the local header and compares it with the directory's line. Gives where the content starts.
///
/// # Errors
/// When the file cannot be read; what disagrees is the inner error.
pub fn check_local(file: &mut File, at: u64, central: &Central) -> io::Result<Result<u64, Finding>> {
    let differs = |message: &str| Ok(Err(Finding::new(&findings::CONTAINER_HEADERS, message.to_owned())));
    let mut fixed = [0; 30];
    if at >= file.metadata()?.len() {
        return differs("l'en-tête du fichier manque à l'endroit annoncé");
    }
    file.seek(SeekFrom::Start(at))?;
    if !read_whole(file, &mut fixed)? || !fixed.starts_with(LOCAL) {
        return differs("l'en-tête du fichier manque à l'endroit annoncé");
    }
    let mut name = vec![0; usize::from(u16_at(&fixed, 26))];
    let mut extra = vec![0; usize::from(u16_at(&fixed, 28))];
    if !(read_whole(file, &mut name)? && read_whole(file, &mut extra)?) {
        return differs("l'en-tête du fichier est coupé");
    }
    if name != central.raw_name {
        let local = names::shown(&names::decode(&name).text);
        return differs(&format!("l'en-tête du fichier le nomme « {local} »"));
    }
    let flags = u16_at(&fixed, 6);
    if flags & FLAG_ENCRYPTED != central.flags & FLAG_ENCRYPTED || u16_at(&fixed, 8) != central.method {
        return differs("l'en-tête du fichier annonce une autre compression");
    }
    if flags & FLAG_SIZES_FOLLOW == 0 {
        let mut sizes = [u64::from(u32_at(&fixed, 22)), u64::from(u32_at(&fixed, 18))];
        if let Some(field) = extra_field(&extra, ZIP64_EXTRA) {
            let mut values = field.chunks_exact(8).map(|chunk| u64_at(chunk, 0));
            for value in &mut sizes {
                if *value == u64::from(u32::MAX) {
                    *value = values.next().unwrap_or(*value);
                }
            }
        }
        if sizes != [central.size, central.compressed] {
            return Ok(Err(Finding::new(
                &findings::CONTAINER_SIZE,
                format!("taille de {} octets dans la table, de {} dans l'en-tête", central.size, sizes[0]),
            )));
        }
        if u32_at(&fixed, 14) != central.checksum {
            return differs("l'en-tête du fichier annonce une autre somme de contrôle");
        }
    }
    Ok(Ok(at + LOCAL_BYTES + name.len() as u64 + extra.len() as u64))
}

/// Info-ZIP's Unicode path, valid only for the very name it was made from.
fn unicode_name(field: &[u8], raw_name: &[u8]) -> Option<String> {
    let mut crc = flate2::Crc::new();
    crc.update(raw_name);
    let is_fresh = field.first() == Some(&1) && field.len() > 5 && u32_at(field, 1) == crc.sum();
    is_fresh.then(|| String::from_utf8(field[5..].to_vec()).ok()).flatten()
}

fn extra_field(mut extra: &[u8], wanted: u16) -> Option<&[u8]> {
    while extra.len() >= 4 {
        let (id, size) = (u16_at(extra, 0), usize::from(u16_at(extra, 2)));
        let body = extra.get(4..4 + size)?;
        if id == wanted {
            return Some(body);
        }
        extra = &extra[4 + size..];
    }
    None
}

/// Fills the buffer; `false` when the bytes end before.
fn read_whole(reader: &mut impl Read, buffer: &mut [u8]) -> io::Result<bool> {
    match reader.read_exact(buffer) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(false),
        Err(error) => Err(error),
    }
}

/// Little-endian, at an offset known to be inside.
pub fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

/// Little-endian, at an offset known to be inside.
pub fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from(u16_at(bytes, at)) | u32::from(u16_at(bytes, at + 2)) << 16
}

/// Little-endian, at an offset known to be inside.
pub fn u64_at(bytes: &[u8], at: usize) -> u64 {
    u64::from(u32_at(bytes, at)) | u64::from(u32_at(bytes, at + 4)) << 32
}
