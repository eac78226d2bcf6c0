//! Who is there, and who has to go when somebody else comes.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
};

use domain::Network;
use tokio::time::Instant;

use super::{Limits, guest::Guest};

/// Of how many places one is made free at once when there is none: finding out who has waited longest looks at all.
const BATCH: usize = 32;

/// Everybody who is there.
pub struct Roll {
    limits: Limits,
    guests: Mutex<Vec<Weak<Guest>>>,
}

impl Roll {
    /// Nobody yet.
    pub fn new(limits: Limits) -> Self {
        Self { limits, guests: Mutex::default() }
    }

    /// A newcomer from this network gets a place, if need be that of somebody who waits. Nothing, if nobody does.
    pub fn admit(&self, client: Network) -> Option<Arc<Guest>> {
        let mut guests = self.lock();
        if guests.len() >= self.limits.total.min(self.limits.per_client) {
            self.make_room(&mut guests, client)?;
        }
        let guest = Arc::new(Guest::new(client));
        guests.push(Arc::downgrade(&guest));
        Some(guest)
    }

    fn make_room(&self, guests: &mut Vec<Weak<Guest>>, client: Network) -> Option<()> {
        let staying = staying(guests);
        let mut of_each: HashMap<Network, usize> = HashMap::new();
        for guest in &staying {
            *of_each.entry(guest.client).or_default() += 1;
        }
        let own = of_each.get(&client).copied().unwrap_or(0);
        if own >= self.limits.per_client {
            free(staying.iter().filter(|guest| guest.client == client), own)
        } else if staying.len() >= self.limits.total {
            let mut waiting: HashMap<Network, usize> = HashMap::new();
            for guest in staying.iter().filter(|guest| guest.waits_since().is_some()) {
                *waiting.entry(guest.client).or_default() += 1;
            }
            let (crowd, many) = waiting.into_iter().max_by_key(|(_, many)| *many)?;
            free(staying.iter().filter(|guest| guest.client == crowd), many)
        } else {
            Some(())
        }
    }

    /// Shows out whoever has used up their time.
    pub fn show_out_overdue(&self) {
        let now = Instant::now();
        for guest in staying(&mut self.lock()).iter().filter(|guest| guest.is_overdue(&self.limits, now)) {
            guest.show_out();
        }
    }

    /// Whether a quarter of all places is free.
    pub fn is_at_ease(&self) -> bool {
        self.lock().len() < self.limits.total - self.limits.total / 4
    }

    /// Shows everybody out.
    pub fn close(&self) {
        for guest in staying(&mut self.lock()) {
            guest.show_out();
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Weak<Guest>>> {
        self.guests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Those who have neither left nor been shown out; the others are struck off.
fn staying(guests: &mut Vec<Weak<Guest>>) -> Vec<Arc<Guest>> {
    let staying: Vec<_> = guests.iter().filter_map(Weak::upgrade).filter(|guest| guest.stays()).collect();
    *guests = staying.iter().map(Arc::downgrade).collect();
    staying
}

/// Shows out the few of these who have waited longest.
fn free<'a>(guests: impl Iterator<Item = &'a Arc<Guest>>, many: usize) -> Option<()> {
    let mut waiting: Vec<_> = guests.filter_map(|guest| Some((guest.waits_since()?, guest))).collect();
    waiting.sort_by_key(|(since, _)| *since);
    let freed = waiting.iter().take(many / BATCH + 1).filter(|(_, guest)| guest.show_out()).count();
    (freed > 0).then_some(())
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use axum::http::Version;

    use super::*;

    fn roll(total: usize, per_client: usize) -> Roll {
        let long = Duration::from_secs(60);
        Roll::new(Limits { total, per_client, head: long, idle: long, stall: long })
    }

    fn client(number: u8) -> Network {
        Network::of([192, 0, 2, number].into())
    }

    #[test]
    fn a_newcomer_gets_the_place_of_who_waited_longest_of_its_own_network() {
        let roll = roll(10, 2);
        let first = roll.admit(client(1)).unwrap();
        let second = roll.admit(client(1)).unwrap();
        let other = roll.admit(client(2)).unwrap();
        let third = roll.admit(client(1)).unwrap();
        assert!(!first.stays() && second.stays() && other.stays() && third.stays());
        let busy = (second.asks(Version::HTTP_11), third.asks(Version::HTTP_11));
        assert!(roll.admit(client(1)).is_none(), "a request under way is not cut off");
        assert!(roll.admit(client(2)).is_some());
        drop(busy);
        assert!(roll.admit(client(1)).is_some());
    }

    #[test]
    fn when_all_places_are_taken_the_largest_crowd_makes_room() {
        let roll = roll(5, 5);
        let crowd: Vec<_> = (0..3).map(|_| roll.admit(client(1)).unwrap()).collect();
        let honest = [roll.admit(client(2)).unwrap(), roll.admit(client(3)).unwrap()];
        let newcomer = roll.admit(client(4)).unwrap();
        assert!(!crowd[0].stays() && crowd[1].stays() && crowd[2].stays());
        assert!(honest.iter().all(|guest| guest.stays()) && newcomer.stays());
    }

    #[test]
    fn who_has_left_takes_no_place() {
        let roll = roll(2, 2);
        for _ in 0..10 {
            drop(roll.admit(client(1)).unwrap());
        }
        assert!(roll.admit(client(1)).is_some() && roll.is_at_ease());
    }
}
