//! Records in the order they came: read one after the other, or by their place.

use std::io;
use std::marker::PhantomData;

use super::Scratch;
use super::bytes::{Bytes, Cursor};
use super::record::{Fixed, Record};

/// Bytes before each record: its length.
const LENGTH_BYTES: usize = 4;

/// Records of any length, numbered from 0.
#[derive(Debug)]
pub struct Sequence<T> {
    bytes: Bytes,
    /// Where each begins.
    places: Column<u64>,
    written: Vec<u8>,
    of: PhantomData<fn() -> T>,
}

impl<T: Record> Sequence<T> {
    /// None yet.
    pub fn new(scratch: &Scratch) -> Self {
        Self {
            bytes: Bytes::new(scratch),
            places: Column::new(scratch),
            written: Vec::new(),
            of: PhantomData,
        }
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Adds one; its number.
    ///
    /// # Errors
    /// When the scratch fails, or holds as many as can be numbered.
    pub fn push(&mut self, record: &T) -> io::Result<u32> {
        let number = u32::try_from(self.len()).ok().filter(|&number| number < u32::MAX);
        let number = number.ok_or_else(|| io::Error::other("too many records"))?;
        self.written.clear();
        self.written.extend_from_slice(&[0; LENGTH_BYTES]);
        record.put(&mut self.written);
        let length = u32::try_from(self.written.len() - LENGTH_BYTES).map_err(io::Error::other)?;
        self.written[..LENGTH_BYTES].copy_from_slice(&length.to_le_bytes());
        self.places.push(self.bytes.append(&self.written)?)?;
        Ok(number)
    }

    /// The one of this number.
    ///
    /// # Errors
    /// When the scratch cannot be read, or holds no such record.
    pub fn get(&self, number: u32) -> io::Result<T> {
        let place = self.places.get(number as usize)?;
        let mut length = [0; LENGTH_BYTES];
        self.bytes.read_at(place, &mut length)?;
        let mut record = vec![0; u32::from_le_bytes(length) as usize];
        self.bytes.read_at(place + LENGTH_BYTES as u64, &mut record)?;
        T::take(&mut record.as_slice()).ok_or_else(garbled)
    }

    /// All of them, in order.
    pub fn iter(&self) -> Records<'_, T> {
        Records { cursor: self.bytes.cursor(0, self.bytes.len()), record: Vec::new(), of: PhantomData }
    }
}

/// Every record of a [`Sequence`]; after an error, nothing.
#[derive(Debug)]
pub struct Records<'a, T> {
    cursor: Cursor<'a>,
    record: Vec<u8>,
    of: PhantomData<fn() -> T>,
}

impl<T: Record> Records<'_, T> {
    fn read(&mut self) -> io::Result<Option<T>> {
        if !self.cursor.take(LENGTH_BYTES, &mut self.record)? {
            return Ok(None);
        }
        let length = self.record.first_chunk().map_or(0, |length| u32::from_le_bytes(*length));
        self.cursor.take(length as usize, &mut self.record)?;
        T::take(&mut self.record.as_slice()).ok_or_else(garbled).map(Some)
    }
}

impl<T: Record> Iterator for Records<'_, T> {
    type Item = io::Result<T>;

    fn next(&mut self) -> Option<Self::Item> {
        self.read().transpose()
    }
}

/// Values of one same length, numbered from 0.
#[derive(Debug)]
pub struct Column<T> {
    bytes: Bytes,
    written: Vec<u8>,
    of: PhantomData<fn() -> T>,
}

impl<T: Fixed> Column<T> {
    /// None yet.
    pub fn new(scratch: &Scratch) -> Self {
        Self { bytes: Bytes::new(scratch), written: Vec::with_capacity(T::BYTES), of: PhantomData }
    }

    /// How many.
    pub fn len(&self) -> usize {
        (self.bytes.len() / T::BYTES as u64) as usize
    }

    /// Adds one.
    ///
    /// # Errors
    /// When the scratch fails.
    pub fn push(&mut self, value: T) -> io::Result<()> {
        self.written.clear();
        value.write(&mut self.written);
        self.bytes.append(&self.written).map(drop)
    }

    /// The one of this number.
    ///
    /// # Errors
    /// When the scratch cannot be read, or holds no such value.
    pub fn get(&self, number: usize) -> io::Result<T> {
        let mut value = [0; 32];
        let value = &mut value[..T::BYTES];
        self.bytes.read_at(number as u64 * T::BYTES as u64, value)?;
        T::read(value).ok_or_else(garbled)
    }

    /// All of them, in order.
    pub fn iter(&self) -> Values<'_, T> {
        Values { cursor: self.bytes.cursor(0, self.bytes.len()), value: Vec::new(), of: PhantomData }
    }
}

/// Every value of a [`Column`]; after an error, nothing.
#[derive(Debug)]
pub struct Values<'a, T> {
    cursor: Cursor<'a>,
    value: Vec<u8>,
    of: PhantomData<fn() -> T>,
}

impl<T: Fixed> Iterator for Values<'_, T> {
    type Item = io::Result<T>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.cursor.take(T::BYTES, &mut self.value) {
            Ok(true) => Some(T::read(&self.value).ok_or_else(garbled)),
            Ok(false) => None,
            Err(error) => Some(Err(error)),
        }
    }
}

/// What was read back is not what was written. Not `InvalidData`, which would be the sender's fault.
fn garbled() -> io::Error {
    io::Error::other("a scratch file does not hold what was written in it")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spilling() -> Scratch {
        Scratch::new(tempfile::tempfile).keeping(100)
    }

    #[test]
    fn what_is_written_is_read_back_in_memory_or_not() {
        let text = |n: u32| (format!("texte {n}"), Some(u64::from(n) << (n % 50)));
        for scratch in [Scratch::memory(), spilling()] {
            let mut sequence = Sequence::new(&scratch);
            for n in 0..5_000 {
                assert_eq!(sequence.push(&text(n)).unwrap(), n);
            }
            assert_eq!(sequence.bytes.is_spilled(), scratch.open.is_some());
            let all: Vec<(String, Option<u64>)> = sequence.iter().collect::<Result<_, _>>().unwrap();
            assert_eq!(all, (0..5_000).map(text).collect::<Vec<_>>());
            for n in [0, 7, 2_500, 4_999] {
                assert_eq!(sequence.get(n).unwrap(), text(n));
            }
            assert!(sequence.get(5_000).is_err());
        }
    }

    #[test]
    fn a_record_larger_than_the_threshold_goes_through() {
        let mut sequence = Sequence::new(&spilling());
        let texts = ["a".repeat(1_000_000), String::new(), "b".repeat(300)];
        for text in &texts {
            sequence.push(text).unwrap();
        }
        let all: Vec<String> = sequence.iter().collect::<Result<_, _>>().unwrap();
        assert_eq!(all, texts);
    }

    #[test]
    fn a_scratch_that_cannot_be_made_or_is_full_is_an_error() {
        let failing = Scratch::new(|| Err(io::ErrorKind::PermissionDenied.into())).keeping(10);
        let error = Sequence::new(&failing).push(&"longer than ten".to_owned()).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::PermissionDenied);
        let full = spilling().filling(1_000);
        let mut sequence = Sequence::new(&full);
        let error = (0..1_000).find_map(|_| sequence.push(&"x".repeat(50)).err()).unwrap();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        drop(sequence);
        assert!(full.take(1_000).is_ok());
    }
}
