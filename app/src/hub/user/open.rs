//! The open page of a user, and how it stays up to date.

use domain::Fault;
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use super::get_user;
use crate::{
    hub::{
        deeds::Follow,
        loaded::sign_in_path,
        model::{Page, Step, UserDetail, UserHistory, UserRow},
        outcome::{Deed, Outcomes},
        somebody_else::SomebodyElse,
    },
    ui::focus,
};

/// The open page. Its answers may come after it was left: then they change nothing.
#[derive(Clone, Copy)]
pub(super) struct OpenUser {
    id: StoredValue<String>,
    before: StoredValue<Option<String>>,
    /// How often the server was asked: answers may overtake each other, and only the last one's counts.
    asked: StoredValue<u32>,
    sign_in: Callback<()>,
    outcomes: Outcomes,
    somebody_else: SomebodyElse,
    /// The user, as last heard of.
    pub(super) user: RwSignal<UserDetail>,
    /// How they stand.
    pub(super) row: Memo<UserRow>,
    /// Whether they are gone by now.
    pub(super) gone: RwSignal<bool>,
    /// The steps of this page of the history.
    pub(super) steps: RwSignal<Vec<Step>>,
    /// The key by which the steps before them are read.
    pub(super) next: RwSignal<Option<String>>,
}

impl OpenUser {
    pub(super) fn new(user: UserDetail, before: Option<String>, steps: &Page<Step>) -> Self {
        let sign_in = sign_in_path();
        let navigate = use_navigate();
        let id = user.row.id.clone();
        let user = RwSignal::new(user);
        Self {
            id: StoredValue::new(id),
            before: StoredValue::new(before),
            asked: StoredValue::new(0),
            sign_in: Callback::new(move |()| navigate(&sign_in, NavigateOptions::default())),
            outcomes: Outcomes::here(),
            somebody_else: SomebodyElse::here(),
            user,
            row: Memo::new(move |_| user.read().row.clone()),
            gone: RwSignal::new(false),
            steps: RwSignal::new(steps.rows.clone()),
            next: RwSignal::new(steps.next.clone()),
        }
    }

    /// Reads the page again. An answer that fails is left alone: the next change brings another.
    pub(super) fn refresh(self) {
        let (Some(id), Some(before)) = (self.id.try_get_value(), self.before.try_get_value()) else { return };
        let asked = self.asked.try_update_value(|asked| {
            *asked += 1;
            *asked
        });
        spawn_local(async move {
            match get_user(id.clone(), before).await {
                Ok(UserHistory { user, steps }) => {
                    match &user {
                        Some(user) => self.outcomes.seen(&user.row),
                        None => self.outcomes.gone(&id),
                    }
                    if self.asked.try_get_value() == asked {
                        self.show(user, steps);
                    }
                }
                Err(problem) if problem.fault == Fault::NotSignedIn => _ = self.sign_in.try_run(()),
                Err(problem) if problem.fault == Fault::MeantForAnother => self.somebody_else.look(),
                Err(_) => {}
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
        focus::keep_if_held();
    }
}

impl Follow for OpenUser {
    fn accepted(&self, deed: Deed, row: UserRow) {
        self.outcomes.accepted(deed, &row);
        _ = self.user.try_update(|user| user.row = row);
        self.refresh();
    }

    fn deleted(&self, _: &str, broadworks_id: &str) {
        self.outcomes.deleted(broadworks_id);
        self.refresh();
    }
}
