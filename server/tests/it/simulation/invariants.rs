//! What has to be true after each step, whatever is under way, and what has to be true in the end.

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::{
    Fault,
    lifecycle::{AtTarget, Lifecycle, State},
    template::UserVerification,
    workspace,
};
use sea_orm::{ConnectionTrait as _, DbBackend, EntityTrait as _, Statement};
use server::store::{self, Stored as _, Subscriber, Workspace, counter};
use uuid::Uuid;

use super::{outside::Held, run::Run};
use crate::entity;
use crate::support::{asked_in_vain, billed_wrongly};

/// The last step of each history, in the order in which they were written.
const LAST_STEPS: &str =
    "SELECT subscriber_id, status, fault, MAX(rowid) AS \"last\" FROM history GROUP BY subscriber_id";
const FIRST_STEPS: &str = "SELECT subscriber_id, event, MIN(rowid) AS \"first\" FROM history GROUP BY subscriber_id";

impl Run {
    /// What has to be true at any moment.
    pub async fn check(&self) {
        let (users, rooms, held) = (self.subscribers().await, self.workspaces().await, self.outside.held());
        for (owner, what) in &held {
            let known = users.iter().any(|user| Uuid::from(user.id) == *owner)
                || rooms.iter().any(|room| Uuid::from(room.id) == *owner);
            if !known {
                self.chance.violated(format_args!("an orphan: {owner} has {what:?}"));
            }
        }
        users.iter().for_each(|user| self.check_user(user, held.get(&user.id.into())));
        rooms.iter().for_each(|room| self.check_room(room, held.get(&room.id.into())));
        self.check_history(&users).await;
        let wrong = billed_wrongly(&self.database).await;
        if !wrong.is_empty() {
            self.chance.violated(format_args!("billed wrongly: {wrong:?}"));
        }
        let in_vain = asked_in_vain(&self.database).await;
        if !in_vain.is_empty() {
            self.chance.violated(format_args!("asked to prove what is not to be proven: {in_vain:?}"));
        }
        let miscounts = counter::miscounts(self.database.read()).await.unwrap();
        if !miscounts.is_empty() {
            self.chance.violated(format_args!("counted wrongly: {miscounts:?}"));
        }
    }

    fn check_user(&self, user: &Subscriber, held: Option<&Held>) {
        let Lifecycle { state, at_target } = &user.lifecycle;
        let account = match held {
            Some(Held::Account { email, package, .. }) => Some((email, *package)),
            _ => None,
        };
        if let State::Provisioned(address) = state
            && account != Some((address.email(), user.package))
        {
            self.chance.violated(format_args!(
                "{} is {state:?} with {} and has {held:?}",
                user.id,
                user.package.as_str()
            ));
        }
        let Some((email, _)) = account else { return };
        if *at_target == AtTarget::Nothing {
            self.chance.violated(format_args!("{} is {state:?}, nothing was ever asked, and has {held:?}", user.id));
        }
        let trusted = self
            .base
            .templates
            .iter()
            .any(|one| one.id == user.template_id && one.verification == UserVerification::Trusted);
        if !trusted && !self.book().is_vouched(user.id, email) {
            self.chance.violated(format_args!("{} has {held:?}, and nobody has proven the address", user.id));
        }
    }

    fn check_room(&self, room: &Workspace, held: Option<&Held>) {
        let wanted = Held::Place { extension: room.extension.clone() };
        if room.lifecycle.state == workspace::State::Provisioned && held != Some(&wanted) {
            self.chance.violated(format_args!("{} is provisioned with {wanted:?} and has {held:?}", room.id));
        }
    }

    /// The last step of each history is to where its user stands.
    async fn check_history(&self, users: &[Subscriber]) {
        let last = Statement::from_string(DbBackend::Sqlite, LAST_STEPS);
        let rows = self.database.read().query_all_raw(last).await.unwrap();
        let steps: HashMap<Uuid, (Option<String>, Option<i32>)> = rows
            .iter()
            .map(|row| {
                (
                    row.try_get("", "subscriber_id").unwrap(),
                    (row.try_get("", "status").unwrap(), row.try_get("", "fault").unwrap()),
                )
            })
            .collect();
        for user in users {
            let Some((status, fault)) = steps.get(&user.id.into()) else {
                self.chance.violated(format_args!("{} has no history", user.id));
                continue;
            };
            let stands = user.lifecycle.status().as_str();
            let because = user.lifecycle.fault().map(|fault| fault.code().cast_signed());
            // A step beside the way, such as a mail or an attempt put off, has a fault of its own.
            let explains = status.as_deref() == Some(stands) && (because.is_none() || *fault == because);
            if !explains {
                self.chance
                    .violated(format_args!("{} is {stands} {because:?}, history says {status:?} {fault:?}", user.id));
            }
        }
    }

    /// What has to be true once all is healthy and done.
    pub async fn check_the_end(&self) {
        let (users, rooms, held) = (self.subscribers().await, self.workspaces().await, self.outside.held());
        let waiting: HashSet<Uuid> = self.held_back().await;
        for user in &users {
            self.check_rest(user, &held, waiting.contains(&user.id.into()));
        }
        for room in rooms.iter().filter(|room| room.lifecycle.state != workspace::State::Provisioned) {
            self.chance.violated(format_args!("in the end room {} is {:?}", room.id, room.lifecycle.state));
        }
        let present: HashSet<Uuid> =
            users.iter().map(|user| user.id.into()).chain(rooms.iter().map(|room| room.id.into())).collect();
        let (there, gone) = self.book().expected();
        for lost in there.iter().filter(|owner| !present.contains(owner)) {
            self.chance.violated(format_args!("{lost} was accepted and is lost"));
        }
        for stays in gone.iter().filter(|owner| present.contains(owner)) {
            self.chance.violated(format_args!("{stays} was to be removed and stays"));
        }
        let mut mailed = HashSet::new();
        for letter in self.outside.letters() {
            if !mailed.insert(letter.proof.id) {
                self.chance.violated(format_args!("mailed twice: {}", letter.proof.id));
            }
        }
        let first = Statement::from_string(DbBackend::Sqlite, FIRST_STEPS);
        for row in self.database.read().query_all_raw(first).await.unwrap() {
            let event: String = row.try_get("", "event").unwrap();
            if event != "arrived" {
                self.chance.violated(format_args!("a history begins with {event}"));
            }
        }
    }

    fn check_rest(&self, user: &Subscriber, held: &BTreeMap<Uuid, Held>, waits: bool) {
        let id = user.id;
        match &user.lifecycle.state {
            State::Provisioned(_) | State::PendingEmailInput | State::PendingEmailValidation(_) => {}
            State::Provisioning(_) if waits => {}
            State::Error(attempt, Fault::AddressInUse) => {
                let email = user.lifecycle.email().map(domain::EmailAddress::key);
                let theirs = held.iter().any(|(owner, held)| {
                    *owner != Uuid::from(id)
                        && matches!(held, Held::Account { email: other, .. } if Some(other.key()) == email)
                });
                if !theirs {
                    self.chance
                        .violated(format_args!("in the end {id} cannot {attempt:?}, and nobody has the address"));
                }
            }
            State::Error(_, Fault::ConsentDeclined) => {}
            other => self.chance.violated(format_args!("in the end {id} is {other:?}")),
        }
    }

    async fn held_back(&self) -> HashSet<Uuid> {
        let tasks = entity::task::Entity::find().all(self.database.read()).await.unwrap();
        tasks.into_iter().filter(|task| task.held).map(|task| task.owner_id).collect()
    }

    async fn subscribers(&self) -> Vec<Subscriber> {
        let ids = self.users().await;
        store::subscriber::some(self.database.read(), self.base.tenant, ids).await.unwrap()
    }

    /// Every room, in the order in which they came.
    pub async fn workspaces(&self) -> Vec<Workspace> {
        let mut rooms = Vec::new();
        for id in self.rooms().await {
            rooms.extend(Workspace::find(self.database.read(), self.base.tenant, id).await.unwrap());
        }
        rooms
    }
}
