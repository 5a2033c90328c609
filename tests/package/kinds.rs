//! Good containers of every kind give the same files; what only shows while reading is found then.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom, Write};

use chartrier::model::Limits;
use chartrier::package::{self, Package};

const NAMES: [&str; 3] = ["manifest.xml", "content/délibération n° 1.pdf", "content/un/deux/trois.txt"];

fn file(bytes: &[u8]) -> File {
    let mut file = tempfile::tempfile().expect("a temporary file");
    file.write_all(bytes).expect("written");
    file.seek(SeekFrom::Start(0)).expect("rewound");
    file
}

fn open(bytes: &[u8], limits: &Limits) -> (Package, Vec<&'static str>) {
    let scratch = tempfile::tempdir().expect("a temporary folder");
    let (package, findings) = Package::open(file(bytes), scratch.path(), limits).expect("opened");
    assert_eq!(std::fs::read_dir(scratch.path()).expect("scratch").count(), 0, "something was left behind");
    (package, findings.iter().map(|finding| finding.kind.code).collect())
}

pub fn zip(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in entries {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).expect("an entry");
        zip.write_all(bytes).expect("written");
    }
    zip.finish().expect("a zip").into_inner()
}

pub fn tar(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, bytes) in entries {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        tar.append_data(&mut header, name, *bytes).expect("an entry");
    }
    tar.into_inner().expect("a tar")
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(bytes).expect("written");
    gzip.finish().expect("a gzip")
}

pub fn bzip2(bytes: &[u8]) -> Vec<u8> {
    let mut bzip2 = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
    bzip2.write_all(bytes).expect("written");
    bzip2.finish().expect("a bzip2")
}

#[test]
fn every_kind_gives_the_same_files() {
    let entries: Vec<(&str, &[u8])> = NAMES.iter().map(|name| (*name, name.as_bytes())).collect();
    let tar = tar(&entries);
    for (kind, bytes) in
        [("zip", zip(&entries)), ("tar.gz", gzip(&tar)), ("tar.bz2", bzip2(&tar)), ("tar", tar)]
    {
        let (mut package, findings) = open(&bytes, &Limits::default());
        assert!(findings.is_empty(), "{kind}: {findings:?}");
        let names: Vec<String> = package.entries().iter().map(|entry| entry.name.clone()).collect();
        assert_eq!(names, NAMES, "{kind}");
        for index in [2, 0, 1, 0] {
            let mut content = String::new();
            package.read(index).expect("an entry").read_to_string(&mut content).expect("read");
            assert_eq!(content, NAMES[index], "{kind}");
        }
        assert!(package.read(3).is_err(), "{kind}: no fourth entry");
    }
}

#[test]
fn long_names_of_tar_are_read_whole() {
    let name = format!("{}/{}.txt", ["dossier un peu long"; 12].join("/"), "f".repeat(150));
    let (package, findings) = open(&tar(&[(&name, b"x")]), &Limits::default());
    assert!(findings.is_empty(), "{findings:?}");
    assert_eq!(package.entries()[0].name, name);
}

#[test]
fn a_folder_for_the_whole_archive_is_no_fault() {
    let mut tar = tar::Builder::new(Vec::new());
    let mut header = tar::Header::new_gnu();
    header.set_entry_type(tar::EntryType::Directory);
    header.set_size(0);
    header.set_path("./").expect("a path");
    header.set_cksum();
    tar.append(&header, std::io::empty()).expect("an entry");
    let mut header = tar::Header::new_gnu();
    header.set_size(1);
    header.set_path("./a.txt").expect("a path");
    header.set_cksum();
    tar.append(&header, &b"x"[..]).expect("an entry");
    let (package, findings) = open(&tar.into_inner().expect("a tar"), &Limits::default());
    assert!(findings.is_empty(), "{findings:?}");
    assert_eq!(package.entries()[0].name, "a.txt");
}

#[test]
fn names_in_old_encodings_are_settled_by_what_is_declared() {
    let mut bytes = zip(&[("d?lib.pdf", b"x")]);
    for at in 0..bytes.len() - 5 {
        if &bytes[at..at + 5] == b"d?lib" {
            bytes[at + 1] = 0xd2; // Ê in cp850, Ò in Latin-1
        }
    }
    let (mut package, findings) = open(&bytes, &Limits::default());
    assert!(findings.is_empty(), "{findings:?}");
    assert_eq!(package.entries()[0].name, "dÒlib.pdf");
    package.settle_names(|name| name == "dÊlib.pdf");
    assert_eq!(package.entries()[0].name, "dÊlib.pdf");
}

#[test]
fn a_compressed_bomb_is_stopped_at_the_limit() {
    let zeros = vec![0; 8 << 20];
    let bomb = tar(&[("zeros.bin", &zeros)]);
    let limits = Limits { expanded_bytes_max: 1 << 20, entries_max: 10, ..Limits::default() };
    assert_eq!(open(&gzip(&bomb), &limits).1, ["container.expanded_size"]);
    assert_eq!(open(&bzip2(&bomb), &limits).1, ["container.expanded_size"]);
    let limits = Limits { ratio_free_bytes: 1 << 20, expansion_ratio_max: 100, ..Limits::default() };
    assert_eq!(open(&gzip(&bomb), &limits).1, ["container.ratio"]);
    assert_eq!(open(&zip(&[("zeros.bin", &zeros)]), &limits).1, ["container.ratio"]);
}

#[test]
fn a_compressed_tar_cut_short_is_said_so() {
    let whole = gzip(&tar(&[("a.txt", "texte qui se compresse mal, 0123456789".as_bytes())]));
    let (_, findings) = open(&whole[..whole.len() - 12], &Limits::default());
    assert_eq!(findings, ["container.truncated"]);
    let (_, findings) = open(&gzip(b"ceci n'est pas un tar"), &Limits::default());
    assert_eq!(findings, ["container.unreadable"]);
}

#[test]
fn a_second_tar_behind_the_first_is_refused() {
    let mut bytes = tar(&[("a.txt", b"x")]);
    bytes.extend(tar(&[("b.txt", b"y")]));
    assert_eq!(open(&bytes, &Limits::default()).1, ["container.foreign_bytes"]);
}

#[test]
fn a_content_with_a_wrong_checksum_stops_the_reading() {
    let mut bytes = zip(&[("a.txt", b"contenu")]);
    let options = bytes.windows(7).position(|window| window == b"contenu");
    // Deflate keeps so short a text in clear or not: either way, flip a byte of the data.
    let at = options.unwrap_or(30 + 5 + 3);
    bytes[at] ^= 0x01;
    let (mut package, findings) = open(&bytes, &Limits::default());
    assert!(findings.is_empty(), "{findings:?}");
    let error =
        package.read(0).expect("an entry").read_to_end(&mut Vec::new()).expect_err("a wrong checksum");
    assert_eq!(error.kind(), std::io::ErrorKind::InvalidData);
}

/// What `read_each` gives for each place: the first bytes asked for, or the kind of error.
fn read_each(
    package: &mut Package,
    wanted: &[usize],
    bytes_max: u64,
) -> Vec<(usize, String, Result<Vec<u8>, String>)> {
    let mut given = Vec::new();
    let outcome: Result<bool, package::Error> = package.read_each(wanted, |place, entry, content| {
        let mut bytes = Vec::new();
        let read = content.take(bytes_max).read_to_end(&mut bytes).map(|_| bytes);
        given.push((place, entry.name.clone(), read.map_err(|error| error.to_string())));
        Ok(given.len() < 4)
    });
    assert_eq!(outcome.expect("read"), wanted.len() < 4);
    given
}

#[test]
fn entries_are_read_ahead_in_the_order_asked_and_what_is_wrong_is_told_at_its_place() {
    // Longer than all the chunks held ahead.
    let long: Vec<u8> = (0..3_000_000u32).flat_map(u32::to_le_bytes).collect();
    let entries: [(&str, &[u8]); 4] = [("a", b"aaaa"), ("long", &long), ("c", b"cccc"), ("empty", b"")];
    for bytes in [zip(&entries), tar(&entries)] {
        let (mut package, _) = open(&bytes, &Limits::default());
        let given = read_each(&mut package, &[2, 1, 0], u64::MAX);
        let expected = [("c", &b"cccc"[..]), ("long", &long), ("a", b"aaaa")];
        for ((place, name, read), (index, (wanted, content))) in
            given.iter().zip(expected.into_iter().enumerate())
        {
            assert_eq!((*place, name.as_str()), (index, wanted));
            assert!(read.as_deref() == Ok(content), "{name}");
        }
        // What is left unread is passed over, and the reading stops where it is told to.
        let given = read_each(&mut package, &[1, 3, 1, 2, 0, 0], 5);
        let heads: Vec<&[u8]> = given.iter().map(|(_, _, read)| read.as_deref().expect("read")).collect();
        assert_eq!(heads, [&long[..5], b"", &long[..5], b"cccc"]);
    }
}

#[test]
fn an_entry_that_is_damaged_or_missing_does_not_hide_the_next() {
    let mut bytes = zip(&[("first", b"first"), ("second", b"second")]);
    let at = bytes.windows(5).position(|window| window == b"first").expect("its name") + 5;
    bytes[at] ^= 1;
    let (mut package, _) = open(&bytes, &Limits::default());
    let given = read_each(&mut package, &[0, 1], u64::MAX);
    assert!(
        given[0].2.as_ref().is_err_and(|error| error.contains("checksum") || error.contains("deflate")),
        "{given:?}"
    );
    assert_eq!(given[1].2.as_deref(), Ok(&b"second"[..]));
    let missing: Result<bool, package::Error> = package.read_each(&[1, 9], |_, _, _| Ok(true));
    assert!(missing.is_err_and(|error| error.to_string().contains("reading the container")));
}
