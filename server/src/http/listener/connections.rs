//! The open connections, and which one is closed when a limit is reached.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use domain::Network;
use tokio::time::Instant;

use super::{Limits, connection::Connection};

/// Of how many connections one is closed at once when a limit is reached: finding the one idle longest looks at all.
const BATCH: usize = 32;

/// The open connections.
pub struct Connections {
    limits: Limits,
    connections: Mutex<Vec<Weak<Connection>>>,
}

impl Connections {
    /// None yet.
    pub fn new(limits: Limits) -> Self {
        Self { limits, connections: Mutex::default() }
    }

    /// Adds a connection from this network, if need be in place of an idle one. Nothing, if none is idle.
    pub fn admit(&self, client: Network) -> Option<Arc<Connection>> {
        let mut connections = self.lock();
        if connections.len() >= self.limits.total.min(self.limits.per_client) {
            self.evict(&mut connections, client)?;
        }
        let connection = Arc::new(Connection::new(client));
        connections.push(Arc::downgrade(&connection));
        Some(connection)
    }

    fn evict(&self, connections: &mut Vec<Weak<Connection>>, client: Network) -> Option<()> {
        let open = open(connections);
        let mut of_each: HashMap<Network, usize> = HashMap::new();
        for connection in &open {
            *of_each.entry(connection.client).or_default() += 1;
        }
        let own = of_each.get(&client).copied().unwrap_or(0);
        if own >= self.limits.per_client {
            close_longest_idle(open.iter().filter(|connection| connection.client == client), own)
        } else if open.len() >= self.limits.total {
            let mut idle: HashMap<Network, usize> = HashMap::new();
            for connection in open.iter().filter(|connection| connection.idle_since().is_some()) {
                *idle.entry(connection.client).or_default() += 1;
            }
            let (largest, many) = idle.into_iter().max_by_key(|(_, many)| *many)?;
            close_longest_idle(open.iter().filter(|connection| connection.client == largest), many)
        } else {
            Some(())
        }
    }

    /// Closes those that have used up their time.
    pub fn close_overdue(&self) {
        let now = Instant::now();
        for connection in open(&mut self.lock()).iter().filter(|connection| connection.is_overdue(&self.limits, now)) {
            connection.close();
        }
    }

    /// Whether a quarter of the limit is free.
    pub fn has_headroom(&self) -> bool {
        self.lock().len() < self.limits.total - self.limits.total / 4
    }

    /// Closes all of them, because the server is about to stop.
    pub fn stop(&self) {
        for connection in open(&mut self.lock()) {
            connection.stop();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Weak<Connection>>> {
        self.connections.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Those that have neither ended nor are being closed; the others are forgotten.
fn open(connections: &mut Vec<Weak<Connection>>) -> Vec<Arc<Connection>> {
    let open: Vec<_> = connections.iter().filter_map(Weak::upgrade).filter(|connection| connection.is_open()).collect();
    *connections = open.iter().map(Arc::downgrade).collect();
    open
}

/// Closes the few of these that have been idle longest.
fn close_longest_idle<'a>(connections: impl Iterator<Item = &'a Arc<Connection>>, many: usize) -> Option<()> {
    let mut idle: Vec<_> = connections.filter_map(|connection| Some((connection.idle_since()?, connection))).collect();
    idle.sort_by_key(|(since, _)| *since);
    let closed = idle.iter().take(many / BATCH + 1).filter(|(_, connection)| connection.close()).count();
    (closed > 0).then_some(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::http::Version;

    use super::*;

    fn connections(total: usize, per_client: usize) -> Connections {
        let long = Duration::from_secs(60);
        Connections::new(Limits { total, per_client, head: long, idle: long, stall: long })
    }

    fn client(number: u8) -> Network {
        Network::of([192, 0, 2, number].into())
    }

    #[test]
    fn a_new_connection_replaces_the_one_idle_longest_of_its_own_network() {
        let connections = connections(10, 2);
        let first = connections.admit(client(1)).unwrap();
        let second = connections.admit(client(1)).unwrap();
        let other = connections.admit(client(2)).unwrap();
        let third = connections.admit(client(1)).unwrap();
        assert!(!first.is_open() && second.is_open() && other.is_open() && third.is_open());
        let busy = (second.begin_request(Version::HTTP_11), third.begin_request(Version::HTTP_11));
        assert!(connections.admit(client(1)).is_none(), "a request under way is not cut off");
        assert!(connections.admit(client(2)).is_some());
        drop(busy);
        assert!(connections.admit(client(1)).is_some());
    }

    #[test]
    fn when_the_limit_is_reached_the_network_with_most_idle_connections_loses_one() {
        let connections = connections(5, 5);
        let largest: Vec<_> = (0..3).map(|_| connections.admit(client(1)).unwrap()).collect();
        let honest = [connections.admit(client(2)).unwrap(), connections.admit(client(3)).unwrap()];
        let new = connections.admit(client(4)).unwrap();
        assert!(!largest[0].is_open() && largest[1].is_open() && largest[2].is_open());
        assert!(honest.iter().all(|connection| connection.is_open()) && new.is_open());
    }

    #[test]
    fn a_connection_that_has_ended_does_not_count() {
        let connections = connections(2, 2);
        for _ in 0..10 {
            drop(connections.admit(client(1)).unwrap());
        }
        assert!(connections.admit(client(1)).is_some() && connections.has_headroom());
    }
}
