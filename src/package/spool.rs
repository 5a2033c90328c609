//! A file of ours in the making: digested as it is written, in memory while it is small, then in an unlinked
//! temporary, so that a record of 200 000 objects holds no more memory than one of ten.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha512};

use super::unlinked;

const MEMORY_BYTES_MAX: usize = 1 << 20;

/// Bytes being written.
#[derive(Debug)]
pub struct Spool {
    scratch: PathBuf,
    /// What is not in the file yet.
    tail: Vec<u8>,
    file: Option<File>,
    digest: Sha512,
    size_bytes: u64,
}

/// Bytes written, with their digest; read as often as wanted.
#[derive(Debug)]
pub struct Spooled {
    tail: Vec<u8>,
    file: Option<File>,
    pub sha512: [u8; 64],
    pub size_bytes: u64,
}

impl Spool {
    /// Nothing yet; `scratch` is the folder of the temporary, if one is needed.
    pub fn new(scratch: &Path) -> Self {
        let scratch = scratch.to_path_buf();
        Self { scratch, tail: Vec::new(), file: None, digest: Sha512::new(), size_bytes: 0 }
    }

    /// Ends the writing.
    ///
    /// # Errors
    /// When the temporary cannot be written.
    pub fn finish(mut self) -> io::Result<Spooled> {
        self.digest.update(&self.tail);
        if let Some(file) = &mut self.file {
            file.write_all(&self.tail)?;
            self.tail = Vec::new();
        }
        let sha512 = self.digest.finalize().into();
        Ok(Spooled { tail: self.tail, file: self.file, sha512, size_bytes: self.size_bytes })
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.tail.len() + bytes.len() > MEMORY_BYTES_MAX {
            let file = match &mut self.file {
                Some(file) => file,
                None => self.file.insert(unlinked(&self.scratch)?),
            };
            file.write_all(&self.tail)?;
            // Writers give a few bytes at a time: digested together, they cost a tenth.
            self.digest.update(&self.tail);
            self.tail.clear();
        }
        self.tail.extend_from_slice(bytes);
        self.size_bytes += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Spooled {
    /// The bytes, from their beginning.
    ///
    /// # Errors
    /// When the temporary cannot be read.
    pub fn open(&mut self) -> io::Result<Box<dyn Read + '_>> {
        match &mut self.file {
            Some(file) => {
                file.seek(SeekFrom::Start(0))?;
                Ok(Box::new(file))
            }
            None => Ok(Box::new(self.tail.as_slice())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_whatever_its_size() {
        for count in [0, 1, 10_000, 400_000] {
            let mut spool = Spool::new(&std::env::temp_dir());
            let mut expected = Vec::new();
            for number in 0..count {
                write!(spool, "{number},").unwrap();
                write!(expected, "{number},").unwrap();
            }
            let mut spooled = spool.finish().unwrap();
            assert_eq!(spooled.file.is_some(), expected.len() > MEMORY_BYTES_MAX);
            assert_eq!(spooled.size_bytes, expected.len() as u64);
            assert_eq!(spooled.sha512, <[u8; 64]>::from(Sha512::digest(&expected)));
            for _ in 0..2 {
                let mut read = Vec::new();
                spooled.open().unwrap().read_to_end(&mut read).unwrap();
                assert!(read == expected);
            }
        }
    }
}
