//! Of the third step: the format of one file, named by the reading that somebody else makes of it.
//!
//! Never reads a file twice: the inside of a container too long for the windows is looked at in a copy, made as its bytes
//! go by. Never holds more than the windows, nor copies without a bound.

use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};

use super::identify::Tables;
use crate::formats::{Identification, Sniffed, Sniffer};
use crate::package;

/// Longest container copied: a longer one is named by its bytes, without its inside.
const COPY_BYTES_MAX: u64 = 1 << 30;

/// A file being named.
pub(super) struct Naming<'a> {
    tables: Tables<'a>,
    sniffer: Sniffer<'a>,
    copy: Copy,
    copy_bytes_max: u64,
}

/// The copy of a container.
enum Copy {
    NotNeeded,
    Begun { file: File, size_bytes: u64 },
    TooLong,
}

impl<'a> Naming<'a> {
    pub fn begin(tables: Tables<'a>) -> Self {
        let sniffer = tables.signatures.sniffer();
        Self { tables, sniffer, copy: Copy::NotNeeded, copy_bytes_max: COPY_BYTES_MAX }
    }

    /// What it is named by.
    pub fn tables(&self) -> Tables<'a> {
        self.tables
    }

    /// The next bytes.
    ///
    /// # Errors
    /// When the copy cannot be written.
    pub fn feed(&mut self, bytes: &[u8]) -> io::Result<()> {
        let is_container = || self.sniffer.looks_like_container() && !self.sniffer.has_room_for(bytes.len());
        if matches!(self.copy, Copy::NotNeeded) && is_container() {
            let mut file = package::unlinked(self.tables.scratch)?;
            file.write_all(self.sniffer.held())?;
            self.copy = Copy::Begun { file, size_bytes: self.sniffer.held().len() as u64 };
        }
        if let Copy::Begun { file, size_bytes } = &mut self.copy {
            *size_bytes += bytes.len() as u64;
            if *size_bytes > self.copy_bytes_max {
                self.copy = Copy::TooLong;
            } else {
                file.write_all(bytes)?;
            }
        }
        self.sniffer.feed(bytes);
        Ok(())
    }

    /// The answer, all bytes fed.
    ///
    /// # Errors
    /// When the copy cannot be read.
    pub fn conclude(self, name: &str) -> io::Result<Identification> {
        match (self.sniffer.conclude(name)?, self.copy) {
            (Sniffed::Known(found), _) => Ok(found),
            (Sniffed::Container(pending), Copy::Begun { mut file, .. }) => {
                file.seek(SeekFrom::Start(0))?;
                pending.open(&mut file)
            }
            (Sniffed::Container(pending), _) => Ok(pending.closed()),
        }
    }
}
