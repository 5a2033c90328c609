//! Reading what the disk holds, not what memory remembers of it: `O_DIRECT` where the file system takes it,
//! else the file's pages are dropped first.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use nix::fcntl::{OFlag, PosixFadviseAdvice, posix_fadvise};
use sha2::{Digest, Sha512};

/// Device blocks are no larger; direct reads start and end on such a boundary, in memory and in the file.
const ALIGNMENT: usize = 4 << 10;
const CHUNK_BYTES: usize = 1 << 20;

/// A buffer that direct reads accept, used for one file after another.
pub(super) struct Reader {
    buffer: Vec<u8>,
}

impl Reader {
    pub fn new() -> Self {
        Self { buffer: vec![0; CHUNK_BYTES + ALIGNMENT] }
    }

    /// Digest and size of a regular file, every byte read from the disk.
    pub fn sha512(&mut self, path: &Path) -> io::Result<([u8; 64], u64)> {
        let (mut digest, mut size_bytes) = (Sha512::new(), 0);
        self.each_chunk(path, &mut |chunk| {
            digest.update(chunk);
            size_bytes += chunk.len() as u64;
            Ok(())
        })?;
        Ok((digest.finalize().into(), size_bytes))
    }

    /// A file's bytes, read from the disk; more than `bytes_max` is an error of kind `FileTooLarge`.
    pub fn bytes(&mut self, path: &Path, bytes_max: usize) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.each_chunk(path, &mut |chunk| match bytes.len() + chunk.len() > bytes_max {
            true => Err(io::ErrorKind::FileTooLarge.into()),
            false => {
                bytes.extend_from_slice(chunk);
                Ok(())
            }
        })?;
        Ok(bytes)
    }

    fn each_chunk(&mut self, path: &Path, take: &mut dyn FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        let nofollow = OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
        let open =
            |flags: OFlag| File::options().read(true).custom_flags((nofollow | flags).bits()).open(path);
        let start = self.buffer.as_ptr().align_offset(ALIGNMENT);
        let chunk = &mut self.buffer[start..start + CHUNK_BYTES];
        let mut direct = match open(OFlag::O_DIRECT) {
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => forgotten(open(OFlag::empty())?)?,
            opened => opened?,
        };
        if !direct.metadata()?.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "not a regular file"));
        }
        let mut taken = 0u64;
        loop {
            let read = match direct.read(chunk) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                // Direct reads refused only now, or a short read left an odd offset: go on without.
                Err(error) if error.kind() == io::ErrorKind::InvalidInput => {
                    direct = forgotten(open(OFlag::empty())?)?;
                    io::Seek::seek(&mut direct, io::SeekFrom::Start(taken))?;
                    direct.read(chunk)?
                }
                read => read?,
            };
            if read == 0 {
                return Ok(());
            }
            taken += read as u64;
            take(&chunk[..read])?;
        }
    }
}

/// The file, none of whose pages are in memory any more.
fn forgotten(file: File) -> io::Result<File> {
    file.sync_data()?;
    posix_fadvise(&file, 0, 0, PosixFadviseAdvice::POSIX_FADV_DONTNEED)?;
    Ok(file)
}
