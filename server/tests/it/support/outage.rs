//! A database that cannot be used for a while.

use std::sync::atomic::{AtomicBool, Ordering};

use async_trait::async_trait;
use server::store::{Call, Mishap, Mishaps};

/// Whether nothing can be written, and whether nothing can be read.
#[derive(Default)]
pub struct Outage {
    writing: AtomicBool,
    reading: AtomicBool,
}

impl Outage {
    /// Nothing can be written: another process has locked the database, or the disk is full.
    pub fn begin(&self) {
        self.writing.store(true, Ordering::SeqCst);
    }

    /// Nothing can be read either: it is gone.
    pub fn spread(&self) {
        self.begin();
        self.reading.store(true, Ordering::SeqCst);
    }

    /// It is back.
    pub fn end(&self) {
        self.writing.store(false, Ordering::SeqCst);
        self.reading.store(false, Ordering::SeqCst);
    }
}

#[async_trait]
impl Mishaps for Outage {
    async fn next(&self, call: Call<'_>) -> Option<Mishap> {
        let away = match call {
            Call::Begin => &self.writing,
            Call::Read(_) => &self.reading,
            Call::Commit | Call::Statement(_) => return None,
        };
        away.load(Ordering::SeqCst).then_some(Mishap::Refused)
    }
}
