//! A user who is open, and how what is shown of them stays up to date.

use leptos::prelude::*;

use super::place::Place;
use crate::{
    hub::{
        deeds::Follow,
        history::get_user,
        model::{Page, Step, StepId, UserDetail, UserHistory, UserId, UserRow},
        outcome::{Deed, Outcomes},
        reader::Reader,
    },
    ui::focus,
};

/// A user who is open. Answers may come after they were closed: then they change nothing.
#[derive(Clone, Copy)]
pub(in crate::hub) struct OpenUser {
    before: StoredValue<Option<StepId>>,
    /// How often the server was asked: answers may overtake each other, and only the last one's counts.
    asked: StoredValue<u32>,
    reader: Reader,
    outcomes: Outcomes,
    place: Place,
    /// The user, as last heard of.
    pub(super) user: RwSignal<UserDetail>,
    /// How they stand.
    pub(in crate::hub) row: Memo<UserRow>,
    /// Whether they are gone by now.
    pub(in crate::hub) gone: RwSignal<bool>,
    /// The steps of this page of the history.
    pub(super) steps: RwSignal<Vec<Step>>,
    /// The key by which the steps before them are read.
    pub(super) next: RwSignal<Option<String>>,
}

impl OpenUser {
    /// Opens one: as they stand, and what happened before this step.
    pub(in crate::hub) fn new(user: UserDetail, before: Option<StepId>, steps: &Page<Step>) -> Self {
        let user = RwSignal::new(user);
        Self {
            before: StoredValue::new(before),
            asked: StoredValue::new(0),
            reader: Reader::new(),
            outcomes: Outcomes::here(),
            place: Place::here(),
            user,
            row: Memo::new(move |_| user.read().row.clone()),
            gone: RwSignal::new(false),
            steps: RwSignal::new(steps.rows.clone()),
            next: RwSignal::new(steps.next.clone()),
        }
    }

    /// Reads all of it again.
    pub(in crate::hub) fn refresh(self) {
        let id = self.user.try_with_untracked(|user| user.row.id);
        let (Some(id), Some(before)) = (id, self.before.try_get_value()) else { return };
        let asked = self.asked.try_update_value(|asked| {
            *asked += 1;
            *asked
        });
        self.reader.read(get_user(id, before), move |UserHistory { user, steps }| {
            match &user {
                Some(user) => self.outcomes.seen(&user.row),
                None => self.outcomes.gone(id),
            }
            if self.asked.try_get_value() == asked {
                self.show(user, steps);
            }
        });
    }

    fn show(self, user: Option<UserDetail>, steps: Page<Step>) {
        match user {
            Some(user) => _ = self.user.try_set(user),
            None => _ = self.gone.try_set(true),
        }
        _ = self.steps.try_set(steps.rows);
        _ = self.next.try_set(steps.next);
        focus::keep_if_held_by(self.place.heading());
    }
}

impl Follow for OpenUser {
    fn accepted(&self, deed: Deed, row: UserRow) {
        self.outcomes.accepted(deed, &row);
        _ = self.user.try_update(|user| user.row = row);
        self.refresh();
    }

    fn begun(&self, deed: Deed, user: &UserRow) {
        self.outcomes.begun(deed, user);
        self.refresh();
    }

    fn deleted(&self, _: UserId, broadworks_id: &str) {
        self.outcomes.deleted(broadworks_id);
        self.refresh();
    }
}
