//! One stream of `INSTREAM`: chunks, each after its length in four bytes, then an empty one, then the answer.

use std::io;

use super::answer::{self, Answer};
use super::connection::Connection;
use super::{Error, Settings};

/// Bytes gathered before they are sent: a small file is one writing, its command and its end included.
const CHUNK_BYTES: usize = 64 << 10;
const BEGIN: &[u8] = b"zINSTREAM\0";
const END: [u8; 4] = [0; 4];

#[derive(Debug)]
pub(super) struct Stream {
    connection: Connection,
    gathered: Vec<u8>,
    size_bytes: u64,
}

impl Stream {
    pub(super) fn open(settings: &Settings) -> Result<Self, Error> {
        let connection = Connection::open(&settings.address, settings.timeout)?;
        Ok(Self { connection, gathered: BEGIN.to_vec(), size_bytes: 0 })
    }

    /// Bytes of the file sent so far.
    pub(super) fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    pub(super) fn send(&mut self, bytes: &[u8]) -> Result<(), Error> {
        for chunk in bytes.chunks(CHUNK_BYTES) {
            self.gathered.extend_from_slice(&(chunk.len() as u32).to_be_bytes());
            self.gathered.extend_from_slice(chunk);
            self.size_bytes += chunk.len() as u64;
            if self.gathered.len() >= CHUNK_BYTES {
                self.flush()?;
            }
        }
        Ok(())
    }

    /// Says that nothing more comes.
    pub(super) fn end(&mut self) -> Result<(), Error> {
        self.gathered.extend_from_slice(&END);
        self.flush()?;
        self.gathered = Vec::new();
        Ok(())
    }

    /// Waits for the answer to a stream that was ended. It is a verdict when the whole stream was read.
    pub(super) fn answer(&mut self) -> Result<Answer, Error> {
        let said = self.connection.answer().map_err(|error| self.broken(&error))?;
        let answer = answer::stream(&said).ok_or(Error::NoVerdict(said))?;
        if answer != Answer::TooLarge {
            self.connection.end().map_err(|error| self.broken(&error))?;
        }
        Ok(answer)
    }

    fn flush(&mut self) -> Result<(), Error> {
        let written = self.connection.write(&self.gathered);
        self.gathered.clear();
        let Err(error) = written else { return Ok(()) };
        // It hangs up on a stream too long for it, and says so first. Nothing else said of a file that it has not seen to
        // its end is a verdict.
        match self.connection.answer() {
            Ok(said) if answer::stream(&said) == Some(Answer::TooLarge) => {
                Err(Error::StreamLimit(self.size_bytes))
            }
            Ok(said) => Err(Error::NoVerdict(said)),
            Err(_) => Err(self.broken(&error)),
        }
    }

    fn broken(&self, error: &io::Error) -> Error {
        let size_bytes = self.size_bytes;
        Error::Broken(io::Error::new(error.kind(), format!("{error}, after {size_bytes} bytes of a stream")))
    }
}
