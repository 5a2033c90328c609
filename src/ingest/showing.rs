//! One file, shown to the virus scanner by the reading that somebody else makes of it.

use std::io::{self, Read};

use super::Error;
use super::identify::Place;
use super::validate::corrupt;
use crate::antivirus::{self, Scan};
use crate::model::Findings;

/// A file being read; `scan` is `None` when it is not to be shown.
#[derive(Debug)]
pub(super) struct Showing {
    pub(super) place: Place,
    pub(super) scan: Option<Scan>,
    /// Why the scanner gives no verdict: the reading ended there.
    pub(super) failure: Option<antivirus::Error>,
}

impl Showing {
    /// The content, which the scanner sees as it is read. After the scanner's failure nothing more is read.
    pub(super) fn through<R: Read>(&mut self, content: R) -> Through<'_, R> {
        Through { content, showing: self }
    }
}

/// A content shown as it is read.
pub(super) struct Through<'a, R> {
    content: R,
    showing: &'a mut Showing,
}

impl<R: Read> Read for Through<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.content.read(buffer)?;
        if let Some(scan) = &mut self.showing.scan
            && let Err(failure) = scan.take(&buffer[..read])
        {
            self.showing.scan = None;
            self.showing.failure = Some(failure);
        }
        match self.showing.failure {
            Some(_) => Err(io::Error::other("the virus scanner failed")),
            None => Ok(read),
        }
    }
}

/// Reads to the end; nothing when the content is not what its container says.
pub(super) fn drain(
    content: &mut dyn Read,
    buffer: &mut [u8],
    name: &str,
    found: &mut Findings,
) -> Result<Option<()>, Error> {
    loop {
        match content.read(buffer) {
            Ok(0) => return Ok(Some(())),
            Ok(_) => {}
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => {
                found.push(corrupt(error, name)?);
                return Ok(None);
            }
        }
    }
}
