//! Entries of a container read and expanded ahead of whoever looks at them: one core expands while another
//! computes digests.
//!
//! Never reads an entry twice, nor more than [`AHEAD`] chunks ahead. The order is the caller's.

use std::io::{self, Read};
use std::panic;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread;

use super::{Entry, Error, Form, Package, read_form};

const CHUNK_BYTES: usize = 128 << 10;
/// Chunks read and not looked at yet.
const AHEAD: usize = 6;

/// What the reading of the container says, entry after entry.
enum Said {
    /// An entry is open, or cannot be.
    Entry(Result<(), Error>),
    /// Bytes of it.
    Bytes(Vec<u8>),
    /// Its end, or why there is no more.
    End(io::Result<()>),
}

impl Package {
    /// Gives the content of each entry of `wanted` to `take`, with its place in `wanted`, in that order; until
    /// `take` says false. What `take` leaves unread is passed over. Gives whether it went to the end.
    ///
    /// # Errors
    /// Those of [`Package::read`] when an entry cannot be opened, and those of `take`.
    pub fn read_each<E: From<Error>>(
        &mut self,
        wanted: &[usize],
        mut take: impl FnMut(usize, &Entry, &mut dyn Read) -> Result<bool, E>,
    ) -> Result<bool, E> {
        let Package { entries, form } = self;
        thread::scope(|scope| {
            let (say, said) = sync_channel(AHEAD);
            let (give_back, spent) = channel();
            let reading = scope.spawn(move || read_all(form, wanted, &say, &spent));
            let mut went = Ok(true);
            for (place, &index) in wanted.iter().enumerate() {
                match said.recv() {
                    Ok(Said::Entry(Ok(()))) => {}
                    Ok(Said::Entry(Err(error))) => {
                        went = Err(error.into());
                        break;
                    }
                    // Its thread died: the panic is told below.
                    _ => break,
                }
                let mut content =
                    Content { said: &said, spent: &give_back, chunk: Vec::new(), at: 0, is_over: false };
                went = entries.get(index).map_or(Ok(true), |entry| take(place, entry, &mut content));
                if !matches!(went, Ok(true)) {
                    break;
                }
                content.pass_over();
            }
            drop(said);
            if let Err(panic) = reading.join() {
                panic::resume_unwind(panic);
            }
            went
        })
    }
}

/// Says everything until nobody listens.
fn read_all(form: &mut Form, indexes: &[usize], say: &SyncSender<Said>, spent: &Receiver<Vec<u8>>) {
    for &index in indexes {
        let mut content = match read_form(form, index) {
            Ok(content) => content,
            Err(error) => {
                // Whether or not somebody listens, there is no more to say.
                say.send(Said::Entry(Err(error))).ok();
                return;
            }
        };
        if say.send(Said::Entry(Ok(()))).is_err() {
            return;
        }
        let end = loop {
            let mut chunk = spent.try_recv().unwrap_or_default();
            chunk.resize(CHUNK_BYTES, 0);
            match fill(&mut content, &mut chunk) {
                (0, end) => break end,
                (read, end) => {
                    chunk.truncate(read);
                    if say.send(Said::Bytes(chunk)).is_err() {
                        return;
                    }
                    if end.is_err() {
                        break end;
                    }
                }
            }
        };
        if say.send(Said::End(end)).is_err() {
            return;
        }
    }
}

/// Reads until the chunk is full or there is no more; what was read, and why no more was.
fn fill(content: &mut dyn Read, chunk: &mut [u8]) -> (usize, io::Result<()>) {
    let mut filled = 0;
    while filled < chunk.len() {
        match content.read(&mut chunk[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return (filled, Err(error)),
        }
    }
    (filled, Ok(()))
}

/// One entry, as its bytes come.
struct Content<'a> {
    said: &'a Receiver<Said>,
    spent: &'a Sender<Vec<u8>>,
    chunk: Vec<u8>,
    at: usize,
    is_over: bool,
}

impl Content<'_> {
    /// Forgets what was not read of the entry.
    fn pass_over(&mut self) {
        while !self.is_over {
            self.next().ok();
        }
    }

    /// The next chunk takes the place of the one read.
    fn next(&mut self) -> io::Result<()> {
        self.at = 0;
        match self.said.recv() {
            Ok(Said::Bytes(chunk)) => {
                let spent = std::mem::replace(&mut self.chunk, chunk);
                // Nobody reads any more: the chunk is no longer needed.
                self.spent.send(spent).ok();
                Ok(())
            }
            Ok(Said::End(end)) => {
                self.is_over = true;
                self.chunk.clear();
                end
            }
            _ => {
                self.is_over = true;
                self.chunk.clear();
                Err(io::Error::other("the container's reading ended"))
            }
        }
    }
}

impl Read for Content<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.chunk.len() && !self.is_over {
            self.next()?;
        }
        let read = buffer.len().min(self.chunk.len() - self.at);
        buffer[..read].copy_from_slice(&self.chunk[self.at..self.at + read]);
        self.at += read;
        Ok(read)
    }
}
