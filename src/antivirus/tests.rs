//! The protocol against servers that are not `clamd`: what they receive, and what becomes of a bad one's answers.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use socket2::{Domain, SockAddr, Socket, Type};

use super::answer::{self, Answer};
use super::*;

const STREAM: u64 = 200_000;
const OVERLAP: usize = 1_000;
const TIMEOUT: Duration = Duration::from_millis(400);

fn scanner(address: Address) -> Scanner {
    Scanner::new(Settings {
        address,
        stream_bytes_max: STREAM,
        parts_overlap_bytes: OVERLAP,
        timeout: TIMEOUT,
    })
}

/// A server on a socket of its own, which serves every connection with `serve`; the folder goes with it.
struct Server {
    _folder: tempfile::TempDir,
    socket: PathBuf,
}

impl Server {
    fn with(serve: impl Fn(UnixStream) + Send + Sync + 'static) -> Server {
        let folder = tempfile::tempdir().unwrap();
        let socket = folder.path().join("clamd");
        let listener = UnixListener::bind(&socket).unwrap();
        let serve = Arc::new(serve);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let serve = serve.clone();
                thread::spawn(move || serve(stream));
            }
        });
        Server { _folder: folder, socket }
    }

    fn scanner(&self) -> Scanner {
        scanner(Address::Unix(self.socket.clone()))
    }
}

fn exactly<const N: usize>(stream: &mut impl Read) -> [u8; N] {
    let mut bytes = [0; N];
    stream.read_exact(&mut bytes).unwrap();
    bytes
}

/// What one stream of the protocol holds.
fn received(stream: &mut impl Read) -> Vec<u8> {
    assert_eq!(&exactly::<10>(stream), b"zINSTREAM\0");
    let mut bytes = Vec::new();
    loop {
        let length = u32::from_be_bytes(exactly::<4>(stream)) as usize;
        if length == 0 {
            return bytes;
        }
        let before = bytes.len();
        bytes.resize(before + length, 0);
        stream.read_exact(&mut bytes[before..]).unwrap();
    }
}

/// A server that reads streams to their end and gives this answer, with what it received so far.
fn answering(said: &'static [u8]) -> (Server, Arc<Mutex<Vec<Vec<u8>>>>) {
    let streams = Arc::new(Mutex::new(Vec::new()));
    let kept = streams.clone();
    let server = Server::with(move |mut stream| {
        let bytes = received(&mut stream);
        kept.lock().unwrap().push(bytes);
        stream.write_all(said).unwrap();
    });
    (server, streams)
}

/// Bytes that do not repeat within an overlap.
fn bytes(count: usize) -> Vec<u8> {
    (0..count as u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect()
}

fn shown(scanner: &Scanner, in_parts: bool, bytes: &[u8]) -> Result<Verdict, Error> {
    let mut scan = scanner.begin(in_parts);
    for chunk in bytes.chunks(7_777) {
        scan.take(chunk)?;
    }
    scan.end()?.verdict()
}

#[test]
fn the_scanner_receives_the_file_byte_for_byte() {
    let (server, streams) = answering(b"stream: OK\0");
    for size in [1, 100, 65_536, 70_000, STREAM as usize] {
        for in_parts in [true, false] {
            let file = bytes(size);
            let verdict = shown(&server.scanner(), in_parts, &file).unwrap();
            assert_eq!(verdict, Verdict::Clean { parts: 1 }, "{size}");
            assert!(streams.lock().unwrap().pop().unwrap() == file, "{size}");
        }
    }
    assert_eq!(shown(&server.scanner(), true, b"").unwrap(), Verdict::Clean { parts: 0 });
    assert!(streams.lock().unwrap().is_empty(), "nothing is sent of an empty file");
}

#[test]
fn parts_overlap_and_leave_no_byte_out() {
    let (server, streams) = answering(b"stream: OK\0");
    for size in [STREAM as usize + 1, 2 * STREAM as usize - OVERLAP, 1_234_567] {
        let file = bytes(size);
        let step = STREAM as usize - OVERLAP;
        let parts = (size - OVERLAP).div_ceil(step);
        let verdict = shown(&server.scanner(), true, &file).unwrap();
        assert_eq!(verdict, Verdict::Clean { parts: parts as u64 }, "{size}");
        let mut seen = std::mem::take(&mut *streams.lock().unwrap());
        let expected: Vec<&[u8]> =
            (0..parts).map(|n| &file[n * step..(n * step + STREAM as usize).min(size)]).collect();
        // The verdicts of several are waited for at once.
        seen.sort_by_key(|part| expected.iter().position(|wanted| wanted == part));
        assert!(seen == expected, "{size}: {:?}", seen.iter().map(Vec::len).collect::<Vec<_>>());
    }
}

#[test]
fn a_file_larger_than_a_stream_is_shown_whole_or_not_at_all() {
    let (server, streams) = answering(b"stream: OK\0");
    assert_eq!(shown(&server.scanner(), false, &bytes(STREAM as usize + 1)).unwrap(), Verdict::TooLarge);
    assert!(streams.lock().unwrap().is_empty(), "its stream was never ended");
}

#[test]
fn what_is_found_has_its_name_and_what_gave_up_is_no_clean_file() {
    let infected = Verdict::Infected("Chartrier.Essai.UNOFFICIAL".into());
    for (said, verdict) in [
        (&b"stream: Chartrier.Essai.UNOFFICIAL FOUND\0"[..], infected),
        (b"stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0", Verdict::GaveUp),
        (b"stream: Time limit reached ERROR\0", Verdict::GaveUp),
        (b"INSTREAM size limit exceeded. ERROR\0", Verdict::TooLarge),
    ] {
        assert_eq!(shown(&answering(said).0.scanner(), false, b"x").unwrap(), verdict);
    }
    let found = shown(&answering(b"stream: X FOUND\0").0.scanner(), true, &bytes(900_000)).unwrap();
    assert_eq!(found, Verdict::Infected("X".into()));
}

#[test]
fn no_odd_answer_is_taken_for_a_clean_file() {
    for said in [
        &b""[..],
        b"stream: O",
        b"stream: OK",
        b"stream: OK\n",
        b"stream: OK\0\0",
        b"stream: OK\0stream: X FOUND\0",
        b"stream: OK\0stream: OK\0",
        b"stream: OK too\0",
        b"OK\0",
        b"stream:  FOUND\0",
        b"stream: Can't allocate memory ERROR\0",
        b"UNKNOWN COMMAND\0",
        b"stream: \xff\xfe FOUND\0",
        &[b'a'; 5_000],
    ] {
        let verdict = shown(&answering(said).0.scanner(), false, b"x");
        assert!(matches!(verdict, Err(Error::Broken(_) | Error::NoVerdict(_))), "{said:?}: {verdict:?}");
    }
}

#[test]
fn a_verdict_before_the_end_of_the_file_is_none() {
    // At once, or once everything is in the socket's buffer.
    for wait in [0, 150] {
        let server = Server::with(move |mut stream| {
            exactly::<14>(&mut stream);
            thread::sleep(Duration::from_millis(wait));
            let _ = stream.write_all(b"stream: OK\0");
        });
        for size in [1_000, STREAM as usize, 2_000_000] {
            let verdict = shown(&server.scanner(), true, &bytes(size));
            assert!(
                matches!(verdict, Err(Error::NoVerdict(_) | Error::Broken(_))),
                "{wait} {size}: {verdict:?}"
            );
        }
    }
}

#[test]
fn a_scanner_that_takes_less_than_the_settings_say_is_no_silent_gap() {
    let limited = || {
        Server::with(|mut stream| {
            exactly::<100_000>(&mut stream);
            stream.write_all(b"INSTREAM size limit exceeded. ERROR\0").unwrap();
        })
    };
    let whole = shown(&limited().scanner(), false, &bytes(STREAM as usize)).unwrap();
    assert_eq!(whole, Verdict::TooLarge);
    let in_parts = shown(&limited().scanner(), true, &bytes(STREAM as usize));
    assert!(matches!(in_parts, Err(Error::StreamLimit(_))), "{in_parts:?}");
}

/// How long this took, which must be the time-out and little more.
fn bounded<T>(what: &str, work: impl FnOnce() -> Result<T, Error>) -> Error {
    let began = Instant::now();
    let Err(error) = work() else { panic!("{what}: an answer") };
    let elapsed = began.elapsed();
    assert!(elapsed < TIMEOUT * 5, "{what}: {elapsed:?}, {error}");
    error
}

#[test]
fn a_scanner_that_is_slow_is_left_at_the_time_out() {
    let silent = Server::with(|mut stream| {
        received(&mut stream);
        thread::sleep(Duration::from_secs(20));
    });
    bounded("silent", || shown(&silent.scanner(), true, b"x"));
    let lingering = Server::with(|mut stream| {
        received(&mut stream);
        stream.write_all(b"stream: OK\0").unwrap();
        thread::sleep(Duration::from_secs(20));
    });
    bounded("lingering", || shown(&lingering.scanner(), true, b"x"));
    let dripping = Server::with(|mut stream| {
        received(&mut stream);
        while stream.write_all(b"s").is_ok() {
            thread::sleep(Duration::from_millis(50));
        }
    });
    bounded("dripping", || shown(&dripping.scanner(), true, b"x"));
    let deaf = Server::with(|_stream| thread::sleep(Duration::from_secs(20)));
    bounded("deaf", || shown(&deaf.scanner(), true, &bytes(5_000_000)));
    bounded("deaf to VERSION", || deaf.scanner().engine());
}

#[test]
fn a_socket_that_lets_nobody_in_is_left_at_the_time_out() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("clamd");
    let full = Socket::new(Domain::UNIX, Type::STREAM, None).unwrap();
    full.bind(&SockAddr::unix(&path).unwrap()).unwrap();
    full.listen(0).unwrap();
    let _first = UnixStream::connect(&path).unwrap();
    let error = bounded("crowded", || scanner(Address::Unix(path)).engine());
    assert!(matches!(&error, Error::Unreachable { .. }), "{error}");
}

#[test]
fn a_scanner_that_is_not_there_is_said_with_its_address() {
    let folder = tempfile::tempdir().unwrap();
    let nothing: &Path = &folder.path().join("nothing");
    let closed = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let long = PathBuf::from(format!("/{}", "a".repeat(300)));
    for address in [
        Address::Unix(nothing.to_owned()),
        Address::Unix(folder.path().to_owned()),
        Address::Unix(long),
        Address::Tcp(closed.to_string()),
    ] {
        let error = scanner(address.clone()).engine().unwrap_err();
        assert!(matches!(&error, Error::Unreachable { .. }), "{error}");
        assert!(error.to_string().contains(&address.to_string()), "{error}");
    }
}

#[test]
fn over_tcp_too() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = Address::from_text(&listener.local_addr().unwrap().to_string()).unwrap();
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        assert_eq!(&exactly::<9>(&mut stream), b"zVERSION\0");
        stream.write_all(b"ClamAV 1.4.3/27600/Mon Apr  7 08:32:00 2025\0").unwrap();
        let (mut stream, _) = listener.accept().unwrap();
        let bytes = received(&mut stream);
        stream.write_all(b"stream: OK\0").unwrap();
        bytes
    });
    let scanner = scanner(address);
    let engine = scanner.engine().unwrap();
    assert_eq!((engine.name.as_str(), engine.signatures.as_deref()), ("ClamAV 1.4.3", Some("27600")));
    assert_eq!(engine.signatures_date.unwrap().to_string(), "2025-04-07");
    let file = bytes(150_000);
    assert_eq!(shown(&scanner, true, &file).unwrap(), Verdict::Clean { parts: 1 });
    assert!(server.join().unwrap() == file);
}

#[test]
fn an_address_is_a_path_or_a_host_with_its_port() {
    for text in ["/run/clamav/clamd.ctl", "127.0.0.1:3310", "[::1]:3310", "clamav:3310"] {
        assert_eq!(Address::from_text(text).unwrap().to_string(), text);
    }
    for text in ["", "clamav", ":3310", "clamav:", "clamav:0", "clamav:99999", "run/clamd.ctl"] {
        assert_eq!(Address::from_text(text), None, "{text}");
    }
}

#[test]
fn answers_are_read_as_they_are_written() {
    assert_eq!(answer::stream("stream: OK"), Some(Answer::Clean));
    let long = format!("stream: {}\u{1b}[31m FOUND", "a".repeat(500));
    let Some(Answer::Found(name)) = answer::stream(&long) else { panic!("{long}") };
    assert_eq!(name, "a".repeat(120));
    assert_eq!(answer::engine("ClamAV 1.4.3").unwrap().signatures, None);
    let odd = answer::engine("ClamAV 1.4.3/27600/yesterday").unwrap();
    assert_eq!((odd.signatures.as_deref(), odd.signatures_date), (Some("27600"), None));
    assert_eq!(answer::engine("UNKNOWN COMMAND"), None);
}
