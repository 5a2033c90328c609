//! Any bytes as an OCFL inventory, or as the PREMIS document of an archive that is otherwise right.
#![no_main]

use std::io::{self, ErrorKind, Read};

use chartrier_fuzz::package::ocfl::validate::{Options, validate_object};
use chartrier_fuzz::package::ocfl::{Algorithm, Entry, Kind, Tree};
use chartrier_fuzz::package::{aip, premis};
use libfuzzer_sys::fuzz_target;

/// An object of one content file whose inventory is anything; its sidecar is right, so that all of it is read.
struct Object<'a> {
    inventory: &'a [u8],
    sidecar: Vec<u8>,
}

const CONTENT: &[u8] = b"content";

impl Tree for Object<'_> {
    fn list(&self, folder: &str, _entries_max: usize) -> io::Result<Vec<Entry>> {
        let inventory = [("inventory.json", Kind::File), ("inventory.json.sha512", Kind::File)];
        let own: &[(&str, Kind)] = match folder {
            "" => &[("0=ocfl_object_1.1", Kind::File), ("v1", Kind::Folder), ("v2", Kind::Folder)],
            "v1" | "v2" => &[("content", Kind::Folder)],
            "v1/content" => return Ok(vec![Entry { name: "a".into(), kind: Kind::File }]),
            "v2/content" => return Ok(Vec::new()),
            _ => return Err(ErrorKind::NotFound.into()),
        };
        let entry = |(name, kind): &(&str, Kind)| Entry { name: (*name).to_string(), kind: *kind };
        Ok(own.iter().chain(&inventory).map(entry).collect())
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn Read + '_>> {
        Ok(Box::new(match path {
            "0=ocfl_object_1.1" => b"ocfl_object_1.1\n".as_slice(),
            "inventory.json" | "v1/inventory.json" | "v2/inventory.json" => self.inventory,
            "inventory.json.sha512" | "v1/inventory.json.sha512" | "v2/inventory.json.sha512" => {
                &self.sidecar
            }
            "v1/content/a" => CONTENT,
            // Nothing else is listed: whoever opens it trusts an inventory.
            other => panic!("{other} was opened"),
        }))
    }
}

fuzz_target!(|bytes: &[u8]| {
    if bytes.first() == Some(&b'<') {
        let _ = premis::read(bytes, &mut |_| {});
        return;
    }
    let sidecar = format!("{} inventory.json\n", Algorithm::Sha512.of(bytes)).into_bytes();
    let object = Object { inventory: bytes, sidecar };
    let validated = validate_object(&object, "", &Options::default());
    if let Some(held) = &validated.held {
        let _ = aip::read(&object, "", "urn:uuid:x", held);
    }
});
