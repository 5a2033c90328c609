//! Copies filled from one reading of each source: by one hand while they are small, else each site by its own.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

use super::super::error::Error;
use super::behind::Behind;
use super::deposit::{NewFile, Source, Waiting};
use super::staged::{Filling, Hands, Reread, Staged, each, joined, retain};

const CHUNK_BYTES: usize = 256 << 10;
/// Chunks read and not written yet on a site: what one site may be ahead of another.
const AHEAD: usize = 8;

/// What the hand of a site is told, in the order of the files.
#[derive(Clone)]
enum Told {
    /// A file begins, with its path in what is made.
    File(Arc<str>),
    /// The first so many bytes of a chunk.
    Bytes(Arc<Vec<u8>>, usize),
    /// The file ends.
    End,
}

/// Copies every source, read once, to every copy in the making. The bytes are compared when the copies are read
/// again; here only their number is.
pub(super) fn copy(
    staged: &mut Vec<Staged<'_>>,
    waiting: &mut Vec<Waiting>,
    with: &Filling<'_>,
    source: &mut dyn Source,
) -> Result<(), Error> {
    if staged.iter().all(|copy| copy.in_place) {
        return Ok(());
    }
    let (read, done) = thread::scope(|scope| {
        let mut hands = Vec::new();
        let mut tellers = Vec::new();
        for copy in staged.iter_mut().filter(|copy| !copy.in_place) {
            let (teller, told) = sync_channel(AHEAD);
            tellers.push(teller);
            hands.push(scope.spawn(move || write(copy, &told, with)));
        }
        let mut chunks = Chunks::default();
        let read = with
            .files
            .iter()
            .try_for_each(|file| tell(&mut tellers, &mut chunks, file, with.content, source));
        drop(tellers);
        (read, hands.into_iter().map(joined).collect())
    });
    read?;
    retain(staged, waiting, done)
}

/// Memory that every hand has let go of is written again.
#[derive(Default)]
struct Chunks(Vec<Arc<Vec<u8>>>);

impl Chunks {
    fn free(&mut self) -> &mut Arc<Vec<u8>> {
        let free = self.0.iter_mut().position(|chunk| Arc::get_mut(chunk).is_some());
        let at = free.unwrap_or_else(|| {
            self.0.push(Arc::new(vec![0; CHUNK_BYTES]));
            self.0.len() - 1
        });
        &mut self.0[at]
    }
}

/// As [`copy`], each file held whole meanwhile: they are small.
pub(super) fn copy_alone(
    staged: &mut Vec<Staged<'_>>,
    waiting: &mut Vec<Waiting>,
    with: &Filling<'_>,
    source: &mut dyn Source,
) -> Result<(), Error> {
    if staged.iter().all(|copy| copy.in_place) {
        return Ok(());
    }
    let mut bytes = Vec::new();
    for file in with.files {
        bytes.clear();
        let broken = |source| Error::Source { content_path: file.content_path.clone(), source };
        source
            .open(file)
            .map_err(broken)?
            .take(file.size_bytes + 1)
            .read_to_end(&mut bytes)
            .map_err(broken)?;
        if bytes.len() as u64 != file.size_bytes {
            return Err(Error::Mismatch { content_path: file.content_path.clone() });
        }
        let path = format!("{}{}", with.content, file.content_path);
        each(staged, waiting, Hands::One, |copy| copy.draft.small(&path, &bytes))?;
    }
    Ok(())
}

/// Reads one source to every hand that still listens; one that does not has an error to show for it.
fn tell(
    tellers: &mut Vec<SyncSender<Told>>,
    chunks: &mut Chunks,
    file: &NewFile,
    content: &str,
    source: &mut dyn Source,
) -> Result<(), Error> {
    if tellers.is_empty() {
        return Ok(());
    }
    let wrong = || Error::Mismatch { content_path: file.content_path.clone() };
    let broken = |source| Error::Source { content_path: file.content_path.clone(), source };
    let mut say = |told: Told| tellers.retain(|teller| teller.send(told.clone()).is_ok());
    let mut reader = source.open(file).map_err(broken)?;
    say(Told::File(format!("{content}{}", file.content_path).into()));
    let mut size_bytes = 0u64;
    loop {
        let chunk = chunks.free();
        let Some(bytes) = Arc::get_mut(chunk) else { continue };
        let read = match reader.read(bytes) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            read => read.map_err(broken)?,
        };
        if read == 0 {
            break;
        }
        size_bytes += read as u64;
        if size_bytes > file.size_bytes {
            return Err(wrong());
        }
        say(Told::Bytes(Arc::clone(chunk), read));
    }
    if size_bytes != file.size_bytes {
        return Err(wrong());
    }
    say(Told::End);
    Ok(())
}

/// The hand of one site: writes what it is told, until nothing more is said.
fn write(copy: &mut Staged<'_>, told: &Receiver<Told>, with: &Filling<'_>) -> Result<(), Error> {
    let Staged { draft, asking, reread, .. } = copy;
    let asking = &*asking;
    let next = || {
        asking.rests();
        let told = told.recv();
        asking.goes_on();
        told
    };
    thread::scope(|scope| {
        let mut behind: Option<Behind<'_>> = None;
        let (mut written, mut begun) = (0, 0);
        while let Ok(Told::File(path)) = next() {
            let mut pen = draft.create(&path)?;
            while let Ok(Told::Bytes(bytes, size)) = next() {
                pen.write(&bytes[..size])?;
            }
            pen.close()?;
            written += 1;
            let Some(batch) = draft.batch() else { continue };
            let behind = behind.get_or_insert_with(|| Behind::begin(scope, asking, with));
            if !behind.take((batch, begun..written)) {
                break;
            }
            begun = written;
        }
        if let Some(behind) = behind {
            *reread = Reread { files: begun, wrong: behind.end()? };
        }
        asking.rests();
        Ok(())
    })
}
