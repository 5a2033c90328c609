//! ZIP archives made for tests, byte by byte, so that they can be wrong where a test wants.

use std::io::Write;

/// One file of an archive.
pub struct Packed {
    pub name: Vec<u8>,
    pub method: u16,
    /// As it lies in the archive.
    pub bytes: Vec<u8>,
    pub size: u32,
}

impl Packed {
    pub fn stored(name: &str, bytes: &[u8]) -> Self {
        Self { name: name.into(), method: 0, bytes: bytes.to_vec(), size: bytes.len() as u32 }
    }

    pub fn deflated(name: &str, bytes: &[u8]) -> Self {
        let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::default());
        encoder.write_all(bytes).expect("memory can be written");
        let packed = encoder.finish().expect("memory can be written");
        Self { name: name.into(), method: 8, bytes: packed, size: bytes.len() as u32 }
    }
}

/// An archive of plain files.
pub fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    archive(&files.iter().map(|(name, bytes)| Packed::stored(name, bytes)).collect::<Vec<_>>())
}

/// An archive of these files.
pub fn archive(files: &[Packed]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for file in files {
        let offset = out.len() as u32;
        let mut common = Vec::new();
        common.extend_from_slice(&[20, 0, 0, 0]);
        common.extend_from_slice(&file.method.to_le_bytes());
        common.extend_from_slice(&[0; 8]);
        common.extend_from_slice(&(file.bytes.len() as u32).to_le_bytes());
        common.extend_from_slice(&file.size.to_le_bytes());
        common.extend_from_slice(&(file.name.len() as u16).to_le_bytes());
        common.extend_from_slice(&[0; 2]);
        out.extend_from_slice(b"PK\x03\x04");
        out.extend_from_slice(&common);
        out.extend_from_slice(&file.name);
        out.extend_from_slice(&file.bytes);
        directory.extend_from_slice(b"PK\x01\x02\x14\0");
        directory.extend_from_slice(&common);
        directory.extend_from_slice(&[0; 10]);
        directory.extend_from_slice(&offset.to_le_bytes());
        directory.extend_from_slice(&file.name);
    }
    let (start, count) = (out.len() as u32, (files.len() as u16).to_le_bytes());
    out.extend_from_slice(&directory);
    out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    out.extend_from_slice(&[count, count].concat());
    out.extend_from_slice(&(directory.len() as u32).to_le_bytes());
    out.extend_from_slice(&start.to_le_bytes());
    out.extend_from_slice(&[0; 2]);
    out
}
