//! One connection to `clamd`: opened, written to and answered within the time-out, whatever is at the other end.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

use socket2::{Domain, SockAddr, Socket, Type};

use super::{Address, Error};

/// Longest answer read.
const ANSWER_BYTES_MAX: usize = 1_024;
/// Between two tries at a socket where others wait to be let in.
const CROWDED: Duration = Duration::from_millis(20);

/// A connection on which one command is sent and one answer read.
#[derive(Debug)]
pub(super) struct Connection {
    stream: Stream,
    timeout: Duration,
}

#[derive(Debug)]
enum Stream {
    Unix(UnixStream),
    Tcp(TcpStream),
}

impl Connection {
    pub(super) fn open(address: &Address, timeout: Duration) -> Result<Self, Error> {
        let stream = match address {
            Address::Unix(path) => open_unix(path, timeout).map(Stream::Unix),
            Address::Tcp(address) => open_tcp(address, timeout).map(Stream::Tcp),
        };
        let stream = stream.map_err(|source| Error::Unreachable { address: address.clone(), source })?;
        Ok(Self { stream, timeout })
    }

    /// Sends everything, or fails within the time-out.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let until = Instant::now() + self.timeout;
        let mut left = bytes;
        while !left.is_empty() {
            let patience = patience(until)?;
            let written = match &mut self.stream {
                Stream::Unix(stream) => {
                    stream.set_write_timeout(Some(patience)).and_then(|()| stream.write(left))
                }
                Stream::Tcp(stream) => {
                    stream.set_write_timeout(Some(patience)).and_then(|()| stream.write(left))
                }
            };
            match written {
                Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
                Ok(written) => left = &left[written..],
                Err(error) => again(error)?,
            }
        }
        Ok(())
    }

    /// The one answer, without the NUL that ends it. What is longer, cut short, or followed by anything is an error.
    pub(super) fn answer(&mut self) -> io::Result<String> {
        let until = Instant::now() + self.timeout;
        let mut said = Vec::new();
        loop {
            if self.read(&mut said, until)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            match said.iter().position(|&byte| byte == 0) {
                Some(end) if end + 1 == said.len() => {
                    said.pop();
                    return String::from_utf8(said).map_err(|_| odd("an answer that is no text"));
                }
                Some(_) => return Err(odd("more than one answer")),
                None if said.len() > ANSWER_BYTES_MAX => return Err(odd("an answer without end")),
                None => {}
            }
        }
    }

    /// Waits for the other side to hang up. It is an error when it does so with something unread of what it was sent: its
    /// answer was not about all of it.
    pub(super) fn end(&mut self) -> io::Result<()> {
        let until = Instant::now() + self.timeout;
        match self.read(&mut Vec::new(), until)? {
            0 => Ok(()),
            _ => Err(odd("more than one answer")),
        }
    }

    /// Adds what comes next; how much, nothing at the end.
    fn read(&mut self, into: &mut Vec<u8>, until: Instant) -> io::Result<usize> {
        let mut buffer = [0; ANSWER_BYTES_MAX];
        loop {
            let patience = patience(until)?;
            let read = match &mut self.stream {
                Stream::Unix(stream) => {
                    stream.set_read_timeout(Some(patience)).and_then(|()| stream.read(&mut buffer))
                }
                Stream::Tcp(stream) => {
                    stream.set_read_timeout(Some(patience)).and_then(|()| stream.read(&mut buffer))
                }
            };
            match read {
                Ok(read) => {
                    into.extend_from_slice(&buffer[..read]);
                    return Ok(read);
                }
                Err(error) => again(error)?,
            }
        }
    }
}

fn odd(what: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, what)
}

/// What is left until then; an error once it is past.
fn patience(until: Instant) -> io::Result<Duration> {
    let left = until.saturating_duration_since(Instant::now());
    if left.is_zero() { Err(io::ErrorKind::TimedOut.into()) } else { Ok(left) }
}

/// An interruption, or a wait that the clock will judge, is no failure.
fn again(error: io::Error) -> io::Result<()> {
    match error.kind() {
        io::ErrorKind::Interrupted | io::ErrorKind::WouldBlock => Ok(()),
        _ => Err(error),
    }
}

/// Never waits in the kernel: a scanner that lets nobody in any more would hold the thread for ever.
fn open_unix(path: &Path, timeout: Duration) -> io::Result<UnixStream> {
    let until = Instant::now() + timeout;
    let address = SockAddr::unix(path)?;
    loop {
        let socket = Socket::new(Domain::UNIX, Type::STREAM, None)?;
        socket.set_nonblocking(true)?;
        match socket.connect(&address) {
            Ok(()) => {
                socket.set_nonblocking(false)?;
                return Ok(OwnedFd::from(socket).into());
            }
            Err(error) => again(error)?,
        }
        std::thread::sleep(CROWDED.min(patience(until)?));
    }
}

fn open_tcp(address: &str, timeout: Duration) -> io::Result<TcpStream> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "a name without address");
    for address in address.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, timeout) {
            Ok(stream) => {
                stream.set_nodelay(true)?;
                return Ok(stream);
            }
            Err(error) => last = error,
        }
    }
    Err(last)
}
