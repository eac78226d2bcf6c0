//! A room or a desk that BroadWorks knows by a user id, and its state machine: the only place where a workspace's status
//! changes. It has neither an address nor somebody to prove one, so nothing holds it up but the target.
//!
//! ```
//! use domain::workspace::{Event, Order, State, arrive};
//!
//! let (arrived, order) = arrive();
//! assert_eq!((arrived.state, order), (State::Provisioning, Order::Create));
//! let there = arrived.apply(Event::Created)?.next.unwrap();
//! assert_eq!(there.state, State::Provisioned);
//! assert_eq!(there.apply(Event::RemovalRequested)?.order, Some(Order::Remove));
//! # Ok::<(), domain::Fault>(())
//! ```

use crate::{
    fault::Fault,
    lifecycle::{AtTarget, Contradiction},
    subscriber::Status,
};

/// What the target is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// Create the workspace.
    Create,
    /// Bring it up to date.
    Update,
    /// Remove it.
    Remove,
}

impl Order {
    const ALL: [Self; 3] = [Self::Create, Self::Update, Self::Remove];

    /// The name under which what is under way or failed is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Remove => "remove",
        }
    }
}

/// Where a workspace stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It is being created.
    Provisioning,
    /// It is there.
    Provisioned,
    /// It is being changed.
    Updating,
    /// It is being removed.
    Removing,
    /// The last attempt failed: at what, and why.
    Error(Order, Fault),
}

/// A workspace's state and what the target may hold of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifecycle {
    /// Where it stands.
    pub state: State,
    /// What the target may hold: something from the first order on.
    pub at_target: AtTarget,
}

/// Something that happened to a workspace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The target created it (or had it already).
    Created,
    /// A client said how it shall be: what failed is tried again, be it with nothing changed.
    Changed,
    /// The target changed it.
    Updated,
    /// A client wants it gone.
    RemovalRequested,
    /// The target holds it no more.
    Removed,
    /// The attempt failed for good, or for the last time.
    AttemptFailed(Fault),
}

/// The answer to an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transition {
    /// The new state; `None` when the workspace is gone.
    pub next: Option<Lifecycle>,
    /// What has to be done now. It replaces an order that has not been finished.
    pub order: Option<Order>,
}

/// Where a new workspace starts, and the order that follows.
#[must_use]
pub const fn arrive() -> (Lifecycle, Order) {
    (Lifecycle { state: State::Provisioning, at_target: AtTarget::Perhaps }, Order::Create)
}

impl Lifecycle {
    /// The status, in the words that the vendor's API has for subscribers.
    #[must_use]
    pub const fn status(&self) -> Status {
        match self.state {
            State::Provisioning => Status::Provisioning,
            State::Provisioned => Status::Provisioned,
            State::Updating | State::Removing => Status::Updating,
            State::Error(..) => Status::Error,
        }
    }

    /// What is under way, or what failed.
    #[must_use]
    pub const fn order(&self) -> Option<Order> {
        match self.state {
            State::Provisioning => Some(Order::Create),
            State::Provisioned => None,
            State::Updating => Some(Order::Update),
            State::Removing => Some(Order::Remove),
            State::Error(order, _) => Some(order),
        }
    }

    /// Why the last attempt failed, if that is where the workspace stands.
    #[must_use]
    pub const fn fault(&self) -> Option<Fault> {
        match self.state {
            State::Error(_, fault) => Some(fault),
            _ => None,
        }
    }

    /// What follows from an event.
    ///
    /// # Errors
    /// The fault that says why the event does not fit the state; nothing changes then.
    pub fn apply(&self, event: Event) -> Result<Transition, Fault> {
        match (event, self.state) {
            (Event::Created, State::Provisioning) | (Event::Updated, State::Updating) => Ok(Transition {
                next: Some(Self { state: State::Provisioned, at_target: AtTarget::Account }),
                order: None,
            }),
            (Event::Removed, State::Removing) => Ok(Transition { next: None, order: None }),
            (Event::Created | Event::Updated | Event::Removed, _) => Err(Fault::ChangedMeanwhile),
            (Event::Changed, State::Provisioned | State::Error(Order::Update, _)) => {
                Ok(self.begin(State::Updating, Order::Update))
            }
            (Event::Changed, State::Error(Order::Create, _)) => Ok(self.begin(State::Provisioning, Order::Create)),
            (Event::RemovalRequested, State::Removing) | (Event::Changed, _) => Err(Fault::InProgress),
            (Event::RemovalRequested, _) => Ok(self.begin(State::Removing, Order::Remove)),
            (Event::AttemptFailed(fault), State::Provisioning | State::Updating | State::Removing) => {
                let failed = self.order().ok_or(Fault::ChangedMeanwhile)?;
                let next = Self { state: State::Error(failed, fault), at_target: self.at_target };
                Ok(Transition { next: Some(next), order: None })
            }
            (Event::AttemptFailed(_), _) => Err(Fault::ChangedMeanwhile),
        }
    }

    const fn begin(&self, state: State, order: Order) -> Transition {
        Transition { next: Some(Self { state, at_target: self.at_target }), order: Some(order) }
    }
}

/// A lifecycle as plain columns. [`Record::restore`] gives back exactly what [`Lifecycle::record`] was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// [`Status::as_str`].
    pub status: String,
    /// [`Order::as_str`] of what is under way or failed.
    pub attempt: Option<String>,
    /// The code of the last attempt's fault.
    pub fault: Option<u32>,
    /// [`AtTarget::as_str`].
    pub at_target: String,
}

impl Lifecycle {
    /// The lifecycle as plain columns.
    #[must_use]
    pub fn record(&self) -> Record {
        Record {
            status: self.status().as_str().to_owned(),
            attempt: self.order().map(|order| order.as_str().to_owned()),
            fault: self.fault().map(Fault::code),
            at_target: self.at_target.as_str().to_owned(),
        }
    }
}

impl Record {
    /// The lifecycle that was written as these columns.
    ///
    /// # Errors
    /// [`Contradiction`] if there is none.
    pub fn restore(&self) -> Result<Lifecycle, Contradiction> {
        let orders = || Order::ALL.into_iter();
        let states = [State::Provisioning, State::Provisioned, State::Updating, State::Removing];
        let fault = self.fault.and_then(Fault::from_code);
        let failed = orders().filter_map(|order| Some(State::Error(order, fault?)));
        let places = [AtTarget::Perhaps, AtTarget::Account];
        states
            .into_iter()
            .chain(failed)
            .flat_map(|state| places.map(|at_target| Lifecycle { state, at_target }))
            .find(|lifecycle| lifecycle.record() == *self)
            .ok_or(Contradiction)
    }
}

#[cfg(test)]
mod tests {
    use proptest::{prelude::*, sample::select};

    use super::*;
    use crate::HistoryEvent;

    fn event() -> impl Strategy<Value = Event> {
        prop_oneof![
            2 => Just(Event::Created),
            2 => Just(Event::Changed),
            1 => Just(Event::Updated),
            1 => Just(Event::RemovalRequested),
            1 => Just(Event::Removed),
            2 => select(Fault::ALL.to_vec()).prop_map(Event::AttemptFailed),
        ]
    }

    /// Applies the events in turn and calls `check` with every state before and after.
    fn walk(events: Vec<Event>, mut check: impl FnMut(&Lifecycle, Event, &Transition)) -> Option<Lifecycle> {
        let (mut now, _) = arrive();
        for event in events {
            if let Ok(transition) = now.apply(event) {
                check(&now, event, &transition);
                now = transition.next?;
            }
        }
        Some(now)
    }

    proptest! {
        /// Something that may be at the target is never forgotten: only its removal there ends a workspace.
        #[test]
        fn nothing_is_orphaned(events in prop::collection::vec(event(), 0..40)) {
            walk(events, |before, event, transition| {
                let removed = before.state == State::Removing && event == Event::Removed;
                assert_eq!(transition.next.is_none(), removed);
            });
        }

        /// What is under way always has the order that carries it on, and nothing else has one.
        #[test]
        fn work_under_way_has_its_order(events in prop::collection::vec(event(), 0..40)) {
            walk(events, |_, _, transition| {
                let next = transition.next.as_ref();
                let under_way = next.filter(|next| next.fault().is_none()).and_then(Lifecycle::order);
                assert_eq!(transition.order, under_way);
            });
        }

        /// Every state can be left, and from every state a workspace can still be removed.
        #[test]
        fn every_state_can_be_left(events in prop::collection::vec(event(), 0..40)) {
            if let Some(now) = walk(events, |_, _, _| {}) {
                let gone = match now.state {
                    State::Removing => now.apply(Event::Removed),
                    _ => now.apply(Event::RemovalRequested).and_then(|next| next.next.expect("stays").apply(Event::Removed)),
                };
                prop_assert_eq!(gone, Ok(Transition { next: None, order: None }));
            }
        }

        /// What is stored is what was meant.
        #[test]
        fn records_restore(events in prop::collection::vec(event(), 0..40)) {
            walk(events, |before, _, transition| {
                assert_eq!(before.record().restore().as_ref(), Ok(before));
                if let Some(next) = &transition.next {
                    assert_eq!(next.record().restore().as_ref(), Ok(next));
                }
            });
        }
    }

    #[test]
    fn what_failed_is_tried_again_by_saying_how_it_shall_be() {
        let (new, _) = arrive();
        let after = |now: Lifecycle, event| now.apply(event).expect("fits").next.expect("stays");
        let failed = after(new, Event::AttemptFailed(Fault::TargetRefused));
        assert_eq!(failed.apply(Event::Changed).expect("again").order, Some(Order::Create));
        let changed = after(after(new, Event::Created), Event::Changed);
        assert_eq!(changed.apply(Event::Changed), Err(Fault::InProgress), "one change at a time");
        let failed = after(changed, Event::AttemptFailed(Fault::TargetRefused));
        assert_eq!(failed.apply(Event::Changed).expect("again").order, Some(Order::Update));
        let failed = after(after(failed, Event::RemovalRequested), Event::AttemptFailed(Fault::TargetRefused));
        assert_eq!(failed.apply(Event::Changed), Err(Fault::InProgress), "whoever shall go does not change");
        assert_eq!(failed.apply(Event::RemovalRequested).expect("again").order, Some(Order::Remove));
    }

    #[test]
    fn each_event_has_the_name_under_which_history_keeps_it() {
        for (event, name) in [
            (Event::Created, "workspace_created"),
            (Event::Changed, "workspace_changed"),
            (Event::Updated, "workspace_updated"),
            (Event::RemovalRequested, "removal_requested"),
            (Event::Removed, "workspace_removed"),
            (Event::AttemptFailed(Fault::TargetRefused), "attempt_failed"),
        ] {
            assert_eq!(HistoryEvent::from(&event).as_str(), name);
        }
    }

    #[test]
    fn contradictory_columns_are_refused() {
        let good = arrive().0.record();
        for bad in [
            Record { status: "pending_email_input".into(), ..good.clone() },
            Record { attempt: None, ..good.clone() },
            Record { attempt: Some("update".into()), ..good.clone() },
            Record { status: "error".into(), ..good.clone() },
            Record { fault: Some(41_001), ..good.clone() },
            Record { at_target: "nothing".into(), ..good },
        ] {
            assert_eq!(bad.restore(), Err(Contradiction), "{bad:?}");
        }
    }
}
