//! Reading what the disk holds, not what memory remembers of it: `O_DIRECT` where the file system takes it,
//! else the file's pages are dropped first.

use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use nix::fcntl::{OFlag, PosixFadviseAdvice, posix_fadvise};

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

    /// Gives every byte of a regular file to `take`, read from the disk; links are not followed.
    pub fn each_chunk(
        &mut self,
        path: &Path,
        take: &mut dyn FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        let nofollow = OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
        let open =
            |flags: OFlag| File::options().read(true).custom_flags((nofollow | flags).bits()).open(path);
        let start = self.buffer.as_ptr().align_offset(ALIGNMENT);
        let chunk = &mut self.buffer[start..start + CHUNK_BYTES];
        let mut direct = match open(OFlag::O_DIRECT) {
            Err(error) if error.kind() == io::ErrorKind::InvalidInput => forgotten(open(OFlag::empty())?)?,
            opened => opened?,
        };
        let metadata = direct.metadata()?;
        if !metadata.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "not a regular file"));
        }
        let mut taken = 0u64;
        loop {
            // No more than there is: the kernel would clear the rest of the buffer.
            let left = metadata.len().saturating_sub(taken).next_multiple_of(ALIGNMENT as u64) as usize;
            let chunk = &mut chunk[..left.clamp(ALIGNMENT, CHUNK_BYTES)];
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
