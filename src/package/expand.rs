//! A compressed tar, expanded once into a file nobody else can name, under the limits.
//!
//! Never writes before the first block has been recognised as a tar's, nor past the limit on bytes or ratio.

use std::fs::File;
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::Path;

use super::tar;
use crate::model::{Finding, Findings, Limits, findings};

/// Expands `stream` (of `received` compressed bytes). `None`, and a finding, when it is no tar or breaks a limit.
///
/// # Errors
/// When the scratch file cannot be written.
pub fn expand(
    mut stream: impl Read,
    received: u64,
    scratch: &Path,
    limits: &Limits,
    found: &mut Findings,
) -> io::Result<Option<File>> {
    let mut block = vec![0; 64 * 1024];
    let mut filled = match fill(&mut stream, &mut block[..tar::BLOCK]) {
        Ok(filled) => filled,
        Err(error) => return refuse_stream(&error, found),
    };
    if !tar::is_header(&block[..filled]) {
        // A tar that begins with its end mark is empty, whatever zeros follow.
        let is_end = block[..filled].iter().all(|&byte| byte == 0);
        found.push(if is_end {
            Finding::new(&findings::CONTAINER_EMPTY, "le fichier compressé ne contient aucun fichier")
        } else {
            Finding::new(
                &findings::CONTAINER_UNREADABLE,
                "le fichier compressé ne contient pas d'archive tar",
            )
        });
        return Ok(None);
    }
    // Padding and headers of a tar come on top of the content.
    let bytes_max = limits.expanded_bytes_max.saturating_add(limits.entries_max.saturating_mul(2048));
    let mut file = unlinked(scratch)?;
    let mut written = 0u64;
    while filled > 0 {
        written += filled as u64;
        if written > bytes_max {
            let message = format!("plus de {bytes_max} octets une fois décompressé");
            found.push(Finding::new(&findings::CONTAINER_EXPANDED_SIZE, message));
            return Ok(None);
        }
        if written > limits.ratio_free_bytes && written / received.max(1) > limits.expansion_ratio_max {
            let message = format!("plus de {} octets décompressés pour un reçu", limits.expansion_ratio_max);
            found.push(Finding::new(&findings::CONTAINER_RATIO, message));
            return Ok(None);
        }
        file.write_all(&block[..filled])?;
        filled = match fill(&mut stream, &mut block) {
            Ok(filled) => filled,
            Err(error) => return refuse_stream(&error, found),
        };
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(Some(file))
}

fn refuse_stream(error: &io::Error, found: &mut Findings) -> io::Result<Option<File>> {
    let finding = match error.kind() {
        ErrorKind::UnexpectedEof => {
            Finding::new(&findings::CONTAINER_TRUNCATED, "le fichier compressé s'arrête avant sa fin")
        }
        ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::Other => {
            Finding::new(&findings::CONTAINER_CORRUPT, "le fichier compressé est endommagé")
        }
        _ => return Err(io::Error::new(error.kind(), error.to_string())),
    };
    found.push(finding);
    Ok(None)
}

fn fill(stream: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match stream.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}

/// A file that vanishes with its handle: created under a fresh name, unlinked at once.
///
/// # Errors
/// When the folder cannot be written.
pub fn unlinked(scratch: &Path) -> io::Result<File> {
    let mut random = [0; 16];
    getrandom::fill(&mut random).map_err(io::Error::other)?;
    let path = scratch.join(format!(".expand-{}", hex::encode(random)));
    let file = File::options().read(true).write(true).create_new(true).open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}
