//! The open list of a customer's people, and how it stays up to date.

use leptos::prelude::*;

use super::drafts::Drafts;
#[cfg(feature = "ssr")]
use crate::hub::session::signed_in;
use crate::{
    hub::{
        live::Stale,
        model::{Cursor, CustomerId, Member, MemberOutcome, Roster, UserId},
        reader::Reader,
    },
    problem::Problem,
};

/// A page of a customer's people.
#[server(prefix = "/api", endpoint = "hub/roster", client = crate::hub::client::HubClient)]
pub async fn get_roster(customer: Option<CustomerId>, find: Option<String>, cursor: Cursor) -> Result<Roster, Problem> {
    let (hub, administrator) = signed_in::<GetRoster>().await?;
    hub.roster(&administrator, customer, find, cursor).await
}

/// How these people stand now.
#[server(prefix = "/api", endpoint = "hub/members", client = crate::hub::client::HubClient)]
pub async fn list_members(ids: Vec<UserId>) -> Result<Vec<Member>, Problem> {
    let (hub, administrator) = signed_in::<ListMembers>().await?;
    hub.members(&administrator, ids).await
}

/// Which part of whose list is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::hub) struct Query {
    /// The customer; nothing for whoever is of one.
    pub(super) customer: Option<CustomerId>,
    /// What the people have to fit, in the filter language.
    pub(super) find: Option<String>,
    /// From where on.
    pub(super) cursor: Cursor,
}

/// One of the people; the row keeps its place while what it shows changes.
#[derive(Clone)]
pub(super) struct Row {
    /// Their id.
    pub(super) id: UserId,
    /// What the row shows.
    pub(super) member: ArcRwSignal<Member>,
}

/// The open list. Its answers may come after the page was left: then they change nothing.
#[derive(Clone, Copy)]
pub(super) struct Open {
    query: StoredValue<Query>,
    reader: Reader,
    drafts: Drafts,
    /// The rows of this page.
    pub(super) rows: RwSignal<Vec<Row>>,
}

impl Open {
    pub(super) fn new(query: Query, roster: &Roster, drafts: Drafts) -> Self {
        let row = |member: &Member| Row { id: member.id, member: ArcRwSignal::new(member.clone()) };
        Self {
            query: StoredValue::new(query),
            reader: Reader::new(),
            drafts,
            rows: RwSignal::new(roster.page.rows.iter().map(row).collect()),
        }
    }

    /// Brings up to date what is told to be stale.
    pub(super) fn refresh(self, stale: Stale) {
        let Some(open) = self.rows.try_with_untracked(|rows| rows.iter().map(|row| row.id).collect::<Vec<_>>()) else {
            return;
        };
        match stale {
            Stale::Users(ids) => {
                let (known, newcomers): (Vec<_>, Vec<_>) = ids.into_iter().partition(|id| open.contains(id));
                self.read(known);
                let first = self.query.try_with_value(|query| query.cursor == Cursor::Start);
                if !newcomers.is_empty() && first == Some(true) {
                    self.read_page();
                }
            }
            Stale::Everything => self.read(open),
        }
    }

    fn read(self, ids: Vec<UserId>) {
        if ids.is_empty() {
            return;
        }
        self.reader.read(list_members(ids.clone()), move |members| {
            let gone: Vec<_> = ids.into_iter().filter(|id| members.iter().all(|member| member.id != *id)).collect();
            _ = self.rows.try_update(|rows| rows.retain(|row| !gone.contains(&row.id)));
            members.into_iter().for_each(|member| self.put(member));
        });
    }

    /// Newcomers stand at the top.
    fn read_page(self) {
        let Some(Query { customer, find, cursor }) = self.query.try_get_value() else { return };
        self.reader.read(get_roster(customer, find, cursor), move |roster| {
            let Some(before) = self.rows.try_get_untracked() else { return };
            let rows = roster.page.rows.into_iter().map(|member| {
                let known = before.iter().find(|row| row.id == member.id);
                match known {
                    Some(row) => {
                        self.put(member);
                        row.clone()
                    }
                    None => Row { id: member.id, member: ArcRwSignal::new(member) },
                }
            });
            self.rows.set(rows.collect());
        });
    }

    /// Answers may overtake each other: an older state never replaces a newer one.
    fn put(self, member: Member) {
        self.drafts.seen(&member);
        let row = self.rows.try_with_untracked(|rows| rows.iter().find(|row| row.id == member.id).cloned());
        let Some(Some(row)) = row else { return };
        if row.member.with_untracked(|shown| *shown != member && shown.changed <= member.changed) {
            row.member.set(member);
        }
    }

    /// What came of what was asked for.
    pub(super) fn done(self, outcomes: Vec<MemberOutcome>) {
        for outcome in outcomes {
            self.drafts.done(&outcome);
            if let Some(member) = outcome.member {
                self.put(member);
            }
        }
    }
}
