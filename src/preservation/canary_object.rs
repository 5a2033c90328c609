//! The bytes of canaries: always the same for a number, so that whoever writes one again writes the same.

use std::io::{self, Cursor, Read};

use chrono::DateTime;

use crate::proof::digest::sha512;
use crate::storage::{NewFile, NewObject};

/// Which object.
#[derive(Clone, Copy, Debug)]
pub(super) enum Seed {
    /// The canary of this number.
    Right(u32),
    /// What stands in its place when it is damaged: another object, as whole.
    Wrong(u32),
}

/// The file that is altered, in the object.
pub(super) const STORED_PATH: &str = "v1/content/temoin.bin";

/// Bytes of a canary's file: enough to be several blocks of a disk.
const SIZE_BYTES: usize = 64 << 10;

const README: &str = "Objet témoin du service d'archivage : il n'est l'archive de personne. Le service l'abîme exprès, sur \
                      un site à la fois, pour mesurer le temps que ses relectures mettent à le trouver.\n";

/// The object, and where its bytes come from.
pub(super) fn object(seed: Seed) -> (NewObject, impl FnMut(&NewFile) -> io::Result<Box<dyn Read>>) {
    let files = [("LISEZMOI.txt", README.as_bytes().to_vec()), ("temoin.bin", noise(seed))];
    let described = files.iter().map(|(name, bytes)| NewFile {
        logical_path: (*name).to_owned(),
        content_path: (*name).to_owned(),
        size_bytes: bytes.len() as u64,
        sha512: sha512(bytes),
    });
    let object = NewObject {
        created: DateTime::UNIX_EPOCH,
        message: "Objet témoin".into(),
        files: described.collect(),
    };
    let source = move |file: &NewFile| {
        let found = files.iter().find(|(name, _)| *name == file.content_path);
        let (_, bytes) = found.ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(Cursor::new(bytes.clone())) as Box<dyn Read>)
    };
    (object, source)
}

/// A place in the file of the canary of this number, and a byte that is not the one there.
pub(super) fn wrong_byte(number: u32) -> (usize, u8) {
    let place = SIZE_BYTES / 2;
    (place, noise(Seed::Right(number)).get(place).map_or(0, |right| !right))
}

/// Bytes that look like nothing: digests of the seed and a count.
fn noise(seed: Seed) -> Vec<u8> {
    let (side, number) = match seed {
        Seed::Right(number) => (0u8, number),
        Seed::Wrong(number) => (1u8, number),
    };
    let mut bytes = Vec::with_capacity(SIZE_BYTES);
    let mut count = 0u32;
    while bytes.len() < SIZE_BYTES {
        let mut words = vec![side];
        words.extend(number.to_be_bytes());
        words.extend(count.to_be_bytes());
        bytes.extend(sha512(&words));
        count += 1;
    }
    bytes.truncate(SIZE_BYTES);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_canary_is_always_the_same_and_what_replaces_it_is_not() {
        let digest = |seed| object(seed).0.files[1].sha512;
        assert_eq!(digest(Seed::Right(3)), digest(Seed::Right(3)));
        assert_ne!(digest(Seed::Right(3)), digest(Seed::Right(4)));
        assert_ne!(digest(Seed::Right(3)), digest(Seed::Wrong(3)));
        let (object, mut source) = object(Seed::Right(3));
        let mut bytes = Vec::new();
        source(&object.files[1]).unwrap().read_to_end(&mut bytes).unwrap();
        assert_eq!((bytes.len(), sha512(&bytes)), (SIZE_BYTES, object.files[1].sha512));
    }
}
