//! What clients were told, and have to find true in the end.

use std::collections::{BTreeMap, BTreeSet};

use domain::EmailAddress;
use server::store::SubscriberId;
use uuid::Uuid;

/// Whether somebody was to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Removal {
    /// Somebody asked: both are right.
    Asked,
    /// Somebody asked and was told that it is being done; nobody was told anything else since.
    Accepted,
}

/// What is known of those who were accepted, and of whom else something was asked.
#[derive(Default)]
pub struct Book {
    removals: BTreeMap<Uuid, Removal>,
    accepted: BTreeSet<Uuid>,
    /// Whose address somebody has proven or vouched for, or may have.
    vouched: BTreeSet<(SubscriberId, String)>,
}

impl Book {
    pub fn accepted(&mut self, owner: Uuid) {
        self.accepted.insert(owner);
    }

    /// Is written before it is asked for: what is asked may happen although no answer comes.
    pub fn vouches(&mut self, subscriber: SubscriberId, email: &EmailAddress) {
        self.vouched.insert((subscriber, email.key()));
    }

    pub fn is_vouched(&self, subscriber: SubscriberId, email: &EmailAddress) -> bool {
        self.vouched.contains(&(subscriber, email.key()))
    }

    /// Somebody asks for a removal, and does not know yet what becomes of it.
    pub fn asks_to_remove(&mut self, owner: Uuid) {
        self.removals.entry(owner).or_insert(Removal::Asked);
    }

    pub fn removal_accepted(&mut self, owner: Uuid) {
        self.removals.insert(owner, Removal::Accepted);
    }

    /// Somebody asks for something else: a removal that has failed may be over with it.
    pub fn asks_for_more(&mut self, owner: Uuid) {
        if let Some(removal) = self.removals.get_mut(&owner) {
            *removal = Removal::Asked;
        }
    }

    /// Those who have to be there, and those who must not.
    pub fn expected(&self) -> (Vec<Uuid>, Vec<Uuid>) {
        let there = self.accepted.iter().filter(|owner| !self.removals.contains_key(owner)).copied().collect();
        let gone = self.removals.iter().filter(|(_, removal)| **removal == Removal::Accepted);
        (there, gone.map(|(owner, _)| *owner).collect())
    }
}
