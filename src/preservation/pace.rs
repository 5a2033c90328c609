//! Reading no faster than told, inside an archive as between two, and slower while transfers wait.
//!
//! The one thing to know: a reading whose turn is over (a stop, a lease lost) ends at its next chunk, and what it
//! found by then is nobody's.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::reading::{Due, Reading};
use super::{Error, Preservation};
use crate::db::jobs;
use crate::model::TenantId;

/// How many times slower while transfers wait. Never stopped: what is always busy would never be read again.
const GIVING_WAY: u32 = 4;
/// Longest pause at once.
const PAUSE_MAX: Duration = Duration::from_secs(600);
/// How often a reading that lasts looks whether transfers wait, and a pause whether it is still wanted.
const LOOK: Duration = Duration::from_secs(1);

/// The pace of one reading, kept by the threads that read.
struct Pace {
    bytes_per_second: u64,
    began: Instant,
    /// What has been read should have taken so long.
    due: Mutex<Duration>,
    gives_way: AtomicBool,
    is_over: AtomicBool,
}

/// Ends the reading when nobody waits for it any more.
struct Wanted(Arc<Pace>);

impl Drop for Wanted {
    fn drop(&mut self) {
        self.0.is_over.store(true, Ordering::Relaxed);
    }
}

impl Pace {
    fn new(bytes_per_second: u64, gives_way: bool) -> Self {
        Self {
            bytes_per_second,
            began: Instant::now(),
            due: Mutex::default(),
            gives_way: gives_way.into(),
            is_over: false.into(),
        }
    }

    /// Waits until so many bytes more may have been read.
    fn keep(&self, size_bytes: u64) -> io::Result<()> {
        let more = time_of(size_bytes, self.bytes_per_second, self.gives_way.load(Ordering::Relaxed));
        let due = {
            let mut due = self.due.lock().unwrap_or_else(PoisonError::into_inner);
            *due = due.saturating_add(more);
            *due
        };
        let mut pause = due.saturating_sub(self.began.elapsed()).min(PAUSE_MAX);
        loop {
            if self.is_over.load(Ordering::Relaxed) {
                return Err(io::Error::other("the reading is over"));
            }
            if pause.is_zero() {
                return Ok(());
            }
            let now = pause.min(LOOK);
            std::thread::sleep(now);
            pause -= now;
        }
    }
}

/// How long so many bytes take, at so many a second; 0: no limit.
fn time_of(size_bytes: u64, rate: u64, transfers_wait: bool) -> Duration {
    if rate == 0 {
        return Duration::ZERO;
    }
    let due = u128::from(size_bytes) * 1_000_000_000 / u128::from(rate);
    let due = Duration::from_nanos(u64::try_from(due).unwrap_or(u64::MAX));
    if transfers_wait { due.saturating_mul(GIVING_WAY) } else { due }
}

impl Preservation {
    /// Reads every byte of the archive's copies on these sites, together no faster than the settings say.
    pub(super) async fn read_at_pace(
        &self,
        tenant: TenantId,
        due: &Due,
        sites: Vec<String>,
    ) -> Result<Vec<Reading>, Error> {
        let rate = self.settings.bytes_per_second;
        if rate == 0 {
            return self.read(tenant, due, sites).await;
        }
        let wanted = Wanted(Arc::new(Pace::new(rate, self.transfers_wait().await)));
        let pace = wanted.0.clone();
        let reading = self.read_heard(tenant, due, sites, move |size_bytes| pace.keep(size_bytes));
        tokio::pin!(reading);
        loop {
            tokio::select! {
                read = &mut reading => return read,
                () = tokio::time::sleep(LOOK) => {
                    wanted.0.gives_way.store(self.transfers_wait().await, Ordering::Relaxed);
                }
            }
        }
    }

    /// A queue that does not answer is a reason to go slowly.
    async fn transfers_wait(&self) -> bool {
        jobs::is_foreground_due(&self.db, self.clock.now()).await.unwrap_or(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_take_the_time_of_their_rate_and_more_while_transfers_wait() {
        let seconds = Duration::from_secs;
        assert_eq!(time_of(100, 10, false), seconds(10));
        assert_eq!(time_of(100, 10, true), seconds(40), "a quarter of the rate");
        assert_eq!(time_of(u64::MAX, 0, true), Duration::ZERO, "no limit");
    }

    #[test]
    fn what_is_read_too_fast_is_waited_for_chunk_after_chunk_and_what_is_slow_is_not() {
        let pace = Pace::new(1_000, false);
        let mut last = Duration::ZERO;
        for chunk in 1..=5 {
            pace.keep(20).unwrap();
            let elapsed = pace.began.elapsed();
            assert!(elapsed >= Duration::from_millis(20 * chunk), "chunk {chunk} after {elapsed:?}");
            assert!(elapsed > last);
            last = elapsed;
        }
        std::thread::sleep(Duration::from_millis(50));
        let slow = Instant::now();
        pace.keep(20).unwrap();
        assert!(slow.elapsed() < Duration::from_millis(20), "the disk was slower");
        pace.gives_way.store(true, Ordering::Relaxed);
        pace.keep(50).unwrap();
        assert!(pace.began.elapsed() >= Duration::from_millis(120 + 200));
    }

    #[test]
    fn a_reading_that_nobody_waits_for_ends_in_its_pause() {
        let wanted = Wanted(Arc::new(Pace::new(1, false)));
        let pace = wanted.0.clone();
        let reading = std::thread::spawn(move || pace.keep(1_000_000));
        drop(wanted);
        assert!(reading.join().unwrap().is_err());
    }
}
