//! What was typed on the page of a customer's people and not sent yet, and who is ticked. It outlives a page of the list.

use std::collections::BTreeMap;

use domain::{EmailAddress, Fault};
use leptos::prelude::*;

use crate::{
    hub::model::{GivenAddress, Member, MemberOutcome, UserId},
    problem::Problem,
};

/// What is wrong with an address that was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wrong {
    /// In itself, or as the server said.
    Refused(Problem),
    /// It stands beside somebody else too.
    Twice,
}

/// The drafts.
#[derive(Clone, Copy)]
pub(in crate::hub) struct Drafts {
    typed: RwSignal<BTreeMap<UserId, String>>,
    refused: RwSignal<BTreeMap<UserId, Problem>>,
    ticked: RwSignal<BTreeMap<UserId, Member>>,
}

impl Drafts {
    pub(in crate::hub) fn new() -> Self {
        Self { typed: RwSignal::default(), refused: RwSignal::default(), ticked: RwSignal::default() }
    }

    /// Whether something would be lost.
    pub(super) fn any(self) -> bool {
        !self.typed.read().is_empty()
    }

    /// What stands in somebody's field.
    pub(super) fn shown(self, member: &Member) -> String {
        let typed = self.typed.read().get(&member.id).cloned();
        typed.or_else(|| member.email.clone()).unwrap_or_default()
    }

    /// Whether that was typed and not sent.
    pub(super) fn is_typed(self, id: UserId) -> bool {
        self.typed.read().contains_key(&id)
    }

    /// Somebody's address was typed: whoever types it wants to send it.
    pub(super) fn put(self, member: &Member, typed: String) {
        let as_before = typed == member.email.as_deref().unwrap_or_default();
        self.refused.update(|refused| _ = refused.remove(&member.id));
        self.typed.update(|all| {
            _ = if as_before { all.remove(&member.id) } else { all.insert(member.id, typed) };
        });
        self.tick(member, !as_before);
    }

    pub(super) fn tick(self, member: &Member, ticked: bool) {
        self.ticked.update(|all| {
            _ = if ticked { all.insert(member.id, member.clone()) } else { all.remove(&member.id) };
        });
    }

    pub(super) fn has(self, id: UserId) -> bool {
        self.ticked.read().contains_key(&id)
    }

    /// How many are ticked.
    pub(super) fn count(self) -> usize {
        self.ticked.read().len()
    }

    /// What is wrong with what stands in somebody's field.
    pub(super) fn wrong(self, id: UserId) -> Option<Wrong> {
        if let Some(problem) = self.refused.read().get(&id) {
            return Some(Wrong::Refused(problem.clone()));
        }
        let all = self.typed.read();
        let typed = all.get(&id).filter(|typed| !typed.trim().is_empty())?;
        let email = match EmailAddress::pasted(typed) {
            Ok(email) => email.key(),
            Err(fault) => return Some(Wrong::Refused(fault.into())),
        };
        let same = |other: &String| EmailAddress::pasted(other).is_ok_and(|other| other.key() == email);
        all.iter().any(|(other, typed)| *other != id && same(typed)).then_some(Wrong::Twice)
    }

    /// The addresses of those who are ticked that can be sent; what is wrong with the others stands beside them from now on.
    pub(super) fn ready(self) -> Vec<GivenAddress> {
        let mut ready = Vec::new();
        for (id, member) in self.ticked.get_untracked() {
            let email = untrack(|| self.shown(&member));
            let missing = email.trim().is_empty();
            match untrack(|| self.wrong(id)) {
                None if missing => self.refuse(id, Fault::AddressMissing.into()),
                // What the server has refused may be asked for once more.
                None => ready.push(GivenAddress { id, email }),
                Some(Wrong::Refused(_)) if !missing && EmailAddress::pasted(&email).is_ok() => {
                    ready.push(GivenAddress { id, email });
                }
                Some(_) => {}
            }
        }
        ready
    }

    /// Those who are ticked whose activation has failed.
    pub(super) fn failed(self) -> Vec<UserId> {
        self.ticked.with_untracked(|all| all.values().filter(|one| one.can_retry).map(|one| one.id).collect())
    }

    fn refuse(self, id: UserId, problem: Problem) {
        self.refused.update(|refused| _ = refused.insert(id, problem));
    }

    /// Something was done for somebody, or refused: then it stays typed and ticked.
    pub(super) fn done(self, outcome: &MemberOutcome) {
        match &outcome.problem {
            Some(problem) => self.refuse(outcome.id, problem.clone()),
            None => {
                self.typed.update(|all| _ = all.remove(&outcome.id));
                self.refused.update(|all| _ = all.remove(&outcome.id));
                self.ticked.update(|all| _ = all.remove(&outcome.id));
            }
        }
    }

    /// This is how somebody stands now.
    pub(super) fn seen(self, member: &Member) {
        if self.ticked.with_untracked(|all| all.contains_key(&member.id)) {
            self.tick(member, true);
        }
        if !member.takes_address {
            self.typed.update(|all| _ = all.remove(&member.id));
            self.refused.update(|all| _ = all.remove(&member.id));
        }
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use domain::{Status, Timestamp};
    use uuid::Uuid;

    use super::*;

    fn id(letter: char) -> UserId {
        Uuid::from_u128(u32::from(letter).into()).into()
    }

    fn member(letter: char, email: Option<&str>) -> Member {
        Member {
            id: id(letter),
            broadworks_id: format!("{letter}@sp.com"),
            name: letter.to_string(),
            number: None,
            email: email.map(str::to_owned),
            status: Status::PendingEmailInput,
            requirement: None,
            fault: None,
            takes_address: true,
            can_retry: false,
            changed: Timestamp(0),
        }
    }

    fn in_a_browser(test: impl FnOnce(Drafts)) {
        let owner = Owner::new();
        owner.with(|| test(Drafts::new()));
    }

    #[test]
    fn what_is_wrong_stays_typed_and_the_others_go() {
        in_a_browser(|drafts| {
            let (ann, ben, cat, dan) = (member('a', None), member('b', None), member('c', None), member('d', None));
            drafts.put(&ann, "ann@acme.com".to_owned());
            drafts.put(&ben, "ben at acme".to_owned());
            drafts.put(&cat, "Cat@x.com".to_owned());
            drafts.tick(&dan, true);
            assert_eq!(drafts.wrong(id('b')), Some(Wrong::Refused(Fault::InvalidAddress.into())));
            let ready = drafts.ready();
            assert_eq!(ready.iter().map(|one| one.id).collect::<Vec<_>>(), [id('a'), id('c')]);
            assert_eq!(drafts.wrong(id('d')), Some(Wrong::Refused(Fault::AddressMissing.into())));
            for one in ['a', 'c'] {
                drafts.done(&MemberOutcome { id: id(one), problem: None, member: None });
            }
            assert!(drafts.is_typed(id('b')) && !drafts.is_typed(id('a')) && drafts.any());
            assert_eq!(drafts.count(), 2);
        });
    }

    #[test]
    fn the_same_address_twice_is_said_and_not_sent() {
        in_a_browser(|drafts| {
            let (ann, ben) = (member('a', Some("old@acme.com")), member('b', None));
            drafts.put(&ann, "one@acme.com".to_owned());
            drafts.put(&ben, " One@ACME.com".to_owned());
            assert_eq!((drafts.wrong(id('a')), drafts.ready().len()), (Some(Wrong::Twice), 0));
            drafts.put(&ann, "old@acme.com".to_owned());
            assert!(!drafts.has(id('a')) && drafts.wrong(id('b')).is_none(), "as it was before");
        });
    }
}
