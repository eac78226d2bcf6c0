//! What systemd, or whatever else started the server, gives it and is told (sd_listen_fds(3), sd_notify(3)).

use std::{io, time::Duration};

use listenfd::ListenFd;
use sd_notify::{NotifyState, notify, watchdog_enabled};
use tokio::net::TcpListener;

use crate::readiness::Readiness;

/// The socket that whoever started this process keeps open: whoever connects while one server goes and the next comes waits in
/// it, and is refused by nobody.
///
/// # Errors
/// If what it gives is no listening socket.
pub(super) fn socket() -> io::Result<Option<TcpListener>> {
    let Some(socket) = ListenFd::from_env().take_tcp_listener(0)? else { return Ok(None) };
    socket.set_nonblocking(true)?;
    TcpListener::from_std(socket).map(Some)
}

/// The server serves. From now on it shows that it lives, as long as its engine does, if it is asked to.
pub(super) fn ready(readiness: Readiness) {
    report(NotifyState::Ready);
    if let Some(every) = watchdog_enabled() {
        tokio::spawn(show_life(readiness, every / 2));
    }
}

/// The server reads its settings again.
pub(super) fn reloading() {
    report(NotifyState::Reloading);
}

/// It has read them.
pub(super) fn reloaded() {
    report(NotifyState::Ready);
}

/// The server is about to stop.
pub(super) fn stopping() {
    report(NotifyState::Stopping);
}

async fn show_life(readiness: Readiness, every: Duration) {
    loop {
        if readiness.has_engine() {
            report(NotifyState::Watchdog);
        }
        tokio::time::sleep(every).await;
    }
}

fn report(state: NotifyState<'_>) {
    if let Err(error) = notify(&[state]) {
        tracing::warn!(%error, "NOTIFY_SOCKET cannot be written to");
    }
}
