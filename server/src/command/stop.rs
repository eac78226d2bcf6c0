//! How a server ends: soon, whatever hangs.

use std::{process, thread, time::Duration};

use tokio::signal::unix::{Signal, SignalKind, signal};

/// How long everything may take to stop. What is not done by then is left to leases, which run out.
const LONGEST: Duration = Duration::from_millis(9_500);
/// The exit code of a server that could not stop in time.
const CUT_OFF: i32 = 1;

/// Returns when the process is told to end. When it is told again, it ends at once.
pub(super) async fn requested() {
    let mut signals = Signals::listen();
    signals.next().await;
    tokio::spawn(async move {
        signals.next().await;
        process::exit(CUT_OFF);
    });
}

/// From now on the process ends within [`LONGEST`].
pub(super) fn begin() {
    // On a thread of its own: what hangs may be all the others.
    thread::spawn(|| {
        thread::sleep(LONGEST);
        tracing::warn!(seconds = LONGEST.as_secs(), "not everything has stopped in time; leases do the rest");
        process::exit(CUT_OFF);
    });
}

/// The signals that ask for an end.
struct Signals([Option<Signal>; 2]);

impl Signals {
    fn listen() -> Self {
        Self([SignalKind::terminate(), SignalKind::interrupt()].map(|kind| signal(kind).ok()))
    }

    async fn next(&mut self) {
        let [terminate, interrupt] = &mut self.0;
        tokio::select! {
            () = received(terminate) => {}
            () = received(interrupt) => {}
        }
    }
}

async fn received(signal: &mut Option<Signal>) {
    match signal {
        Some(signal) => _ = signal.recv().await,
        None => std::future::pending().await,
    }
}
