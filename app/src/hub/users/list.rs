//! The open User Status list: what it shows, and how it stays up to date without losing its place.

use std::time::Duration;

use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::hub::session::signed_in;
use crate::{
    hub::{
        deeds::Follow,
        live::Stale,
        model::{Counts, Cursor, TemplateId, UserFilter, UserId, UserRow, UserStatus},
        outcome::{Deed, Outcomes},
        reader::Reader,
    },
    problem::Problem,
    ui::focus,
};

/// One page of the users of a template.
#[server(prefix = "/api", endpoint = "hub/user-status", client = crate::hub::client::HubClient)]
pub async fn list_users(template: TemplateId, filter: UserFilter, cursor: Cursor) -> Result<UserStatus, Problem> {
    let (hub, administrator) = signed_in::<ListUsers>().await?;
    hub.user_status(&administrator, template, filter, cursor).await
}

/// The current rows of these users.
#[server(prefix = "/api", endpoint = "hub/user-rows", client = crate::hub::client::HubClient)]
pub async fn user_rows(ids: Vec<UserId>) -> Result<Vec<UserRow>, Problem> {
    let (hub, administrator) = signed_in::<UserRows>().await?;
    hub.user_rows(&administrator, ids).await
}

/// However many users change at once, their numbers (and who is new) are read at most this often.
const BETWEEN_COUNTS: Duration = Duration::from_secs(1);

/// Which part of which list is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Query {
    /// The template.
    pub(super) template: TemplateId,
    /// Which of its users.
    pub(super) filter: UserFilter,
    /// From where on.
    pub(super) cursor: Cursor,
    /// The place of the first row in the list, as far as whoever made the link knew it: who has come or gone since moves
    /// it, and counting is not worth that.
    pub(super) from: Option<u32>,
}

/// Which part of a list a page shows: `51–100 of 120`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Places {
    /// The place of its first row, counted from 1.
    pub(super) from: u32,
    /// The place of its last row.
    pub(super) to: u32,
    /// How many rows the list has.
    pub(super) of: u32,
}

/// A row of the open list; it keeps its place on the page while what it shows changes.
#[derive(Clone)]
pub(super) struct Row {
    /// The user's id.
    pub(super) id: UserId,
    /// What the row shows.
    pub(super) user: ArcRwSignal<UserRow>,
    /// How often that has changed since the list was opened.
    pub(super) changes: ArcRwSignal<u32>,
}

impl Row {
    fn new(user: UserRow) -> Self {
        Self { id: user.id, user: ArcRwSignal::new(user), changes: ArcRwSignal::new(0) }
    }

    /// Answers may overtake each other: an older state never replaces a newer one.
    fn put(&self, user: UserRow) {
        if self.user.with_untracked(|shown| *shown != user && shown.changed <= user.changed) {
            self.user.set(user);
            self.changes.update(|changes| *changes += 1);
        }
    }
}

/// The open list. Its answers may come after the page was left: then they change nothing.
#[derive(Clone, Copy)]
pub(super) struct UserList {
    query: StoredValue<Query>,
    /// Set while a count is due; `true` if the page is to be read again with it.
    due: StoredValue<Option<bool>>,
    reader: Reader,
    outcomes: Outcomes,
    /// How all users of the list stand.
    pub(super) users: RwSignal<Counts>,
    /// The rows of this page.
    pub(super) rows: RwSignal<Vec<Row>>,
    /// The key by which the previous page is read.
    pub(super) previous: RwSignal<Option<String>>,
    /// The key by which the next page is read.
    pub(super) next: RwSignal<Option<String>>,
    /// The BroadWorks ID of who has just left the list.
    pub(super) gone: RwSignal<Option<String>>,
}

impl UserList {
    pub(super) fn new(query: Query, status: UserStatus) -> Self {
        Self {
            query: StoredValue::new(query),
            due: StoredValue::new(None),
            reader: Reader::new(),
            outcomes: Outcomes::here(),
            users: RwSignal::new(status.users),
            rows: RwSignal::new(status.page.rows.into_iter().map(Row::new).collect()),
            previous: RwSignal::new(status.page.previous),
            next: RwSignal::new(status.page.next),
            gone: RwSignal::new(None),
        }
    }

    /// Which places of how many the rows of this page take in the list, where that is known.
    pub(super) fn places(self) -> Option<Places> {
        let Query { filter, from, .. } = self.query.try_get_value()?;
        if filter.text.is_some() {
            return None;
        }
        let Counts { total, provisioned, .. } = self.users.get();
        let total = if filter.exclude_provisioned { total - provisioned } else { total };
        let shown = u32::try_from(self.rows.read().len()).ok()?;
        let from = match (self.previous.read().is_some(), self.next.read().is_some()) {
            (false, _) => 1,
            (true, false) => (total + 1).saturating_sub(shown),
            (true, true) => from?,
        };
        let to = from + shown.checked_sub(1)?;
        Some(Places { from, to, of: total.max(to) })
    }

    /// Brings up to date what is told to be stale.
    pub(super) fn refresh(self, stale: Stale) {
        match stale {
            Stale::Everything => {
                self.read_again(true);
                self.read_rows(self.outcomes.awaited());
            }
            Stale::Users(ids) => {
                let (open, awaited) = (self.ids(), self.outcomes.awaited());
                let newcomers = ids.iter().any(|id| !open.contains(id));
                self.read_rows(ids.into_iter().filter(|id| open.contains(id) || awaited.contains(id)).collect());
                self.count_soon(newcomers);
            }
        }
    }

    /// Shows a user's newer state.
    fn put(self, user: UserRow) {
        self.outcomes.seen(&user);
        // Who has been moved stands in the other template's list.
        if self.query.try_with_value(|query| query.template != user.template_id).unwrap_or_default() {
            return self.remove(user.id);
        }
        let row = self.rows.try_with_untracked(|rows| rows.iter().find(|row| row.id == user.id).cloned());
        if let Some(Some(row)) = row {
            row.put(user);
        }
        self.count_soon(false);
    }

    /// Takes a user out who is gone, or another template's by now.
    fn remove(self, id: UserId) {
        let row = self.rows.try_update(|rows| rows.iter().position(|row| row.id == id).map(|at| rows.remove(at)));
        if let Some(Some(row)) = row {
            self.gone.set(Some(row.user.with_untracked(|user| user.broadworks_id.clone())));
            focus::keep_if_held();
        }
        self.count_soon(false);
    }

    fn ids(self) -> Vec<UserId> {
        self.rows.try_with_untracked(|rows| rows.iter().map(|row| row.id).collect()).unwrap_or_default()
    }

    fn read_rows(self, ids: Vec<UserId>) {
        if ids.is_empty() {
            return;
        }
        self.reader.read(user_rows(ids.clone()), move |users| {
            for id in ids.into_iter().filter(|id| users.iter().all(|user| user.id != *id)) {
                self.outcomes.gone(id);
                self.remove(id);
            }
            users.into_iter().for_each(|user| self.put(user));
        });
    }

    /// Newcomers stand at the top of the list, so only its first page has to be read again for them. A user who
    /// becomes provisioned while that is excluded stays until then: who has just helped wants to see that it worked.
    fn count_soon(self, newcomers: bool) {
        let first_page = self.previous.try_with_untracked(Option::is_none).unwrap_or_default();
        let page = newcomers && first_page;
        let Some(due) = self.due.try_update_value(|due| due.replace(due.unwrap_or_default() || page)) else { return };
        if due.is_none() {
            set_timeout(
                move || {
                    if let Some(Some(page)) = self.due.try_update_value(Option::take) {
                        self.read_again(page);
                    }
                },
                BETWEEN_COUNTS,
            );
        }
    }

    fn read_again(self, page: bool) {
        let Some(Query { template, filter, cursor, .. }) = self.query.try_get_value() else { return };
        self.reader.read(list_users(template, filter, cursor), move |status| {
            _ = self.users.try_set(status.users);
            if page {
                _ = self.previous.try_set(status.page.previous);
                _ = self.next.try_set(status.page.next);
                status.page.rows.iter().for_each(|user| self.outcomes.seen(user));
                _ = self.rows.try_update(|rows| *rows = merged(rows, status.page.rows));
                focus::keep_if_held();
            }
        });
    }
}

impl Follow for UserList {
    fn accepted(&self, deed: Deed, user: UserRow) {
        self.outcomes.accepted(deed, &user);
        let id = user.id;
        self.put(user);
        // It may be done by now: the news of that can have been faster than this answer.
        self.read_rows(vec![id]);
    }

    fn begun(&self, deed: Deed, user: &UserRow) {
        self.outcomes.begun(deed, user);
        self.read_rows(vec![user.id]);
    }

    fn deleted(&self, id: UserId, broadworks_id: &str) {
        self.outcomes.deleted(broadworks_id);
        self.remove(id);
    }
}

/// The rows that the server names, those that are open already updated in place.
fn merged(open: &[Row], users: Vec<UserRow>) -> Vec<Row> {
    users
        .into_iter()
        .map(|user| match open.iter().find(|row| row.id == user.id) {
            Some(row) => {
                row.put(user);
                row.clone()
            }
            None => Row::new(user),
        })
        .collect()
}
