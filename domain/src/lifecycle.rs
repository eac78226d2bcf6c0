//! THE state machine. The only place where a subscriber's status changes.
//!
//! [`arrive`] says where a new subscriber starts, [`Lifecycle::apply`] returns for every later [`Event`] a
//! [`Transition`] (the next state and the order that follows from it) or a refusal. The caller writes state, history
//! and order in one transaction; nothing else may write a status.
//!
//! The types carry the promise that matters: only a [`ProvenAddress`] can be provisioned, and the only ways to get one
//! are a template that trusts its addresses, a mailed link, a mailed code, or an administrator who vouches.
//!
//! ```
//! use domain::{EmailAddress, lifecycle::{Event, Order, Proof, State, arrive}, template::UserVerification};
//!
//! let ann = EmailAddress::parse("ann@acme.com")?;
//! let arrived = arrive(UserVerification::Untrusted, None);
//! let entered = arrived.lifecycle.apply(Event::AddressEntered(ann.clone()))?;
//! assert_eq!(entered.order, Some(Order::SendProof));
//! let proven = entered.next.unwrap().apply(Event::AddressProven(ann, Proof::Code))?;
//! assert_eq!(proven.order, Some(Order::CreateAccount));
//! assert!(matches!(proven.next.unwrap().state, State::Provisioning(_)));
//! # Ok::<(), domain::Fault>(())
//! ```

mod actions;
mod place;
mod record;

pub use actions::Actions;
pub use place::Place;
pub use record::{Contradiction, Record};
use serde::{Deserialize, Serialize};

use crate::{
    email_address::EmailAddress,
    fault::Fault,
    subscriber::{Package, Status},
    template::UserVerification,
};

/// Why an address counts as the subscriber's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// The template trusts the addresses that BroadWorks holds.
    Trusted,
    /// The mailed link was opened and confirmed.
    Link,
    /// The mailed code was entered.
    Code,
    /// An administrator entered the address in the partner hub and vouches for it.
    Administrator,
}

impl Proof {
    const ALL: [Self; 4] = [Self::Trusted, Self::Link, Self::Code, Self::Administrator];

    /// The name under which it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Trusted => "trusted",
            Self::Link => "link",
            Self::Code => "code",
            Self::Administrator => "administrator",
        }
    }
}

/// An address together with the proof that it is the subscriber's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvenAddress {
    email: EmailAddress,
    proof: Proof,
}

impl ProvenAddress {
    /// The address.
    #[must_use]
    pub const fn email(&self) -> &EmailAddress {
        &self.email
    }

    /// Its proof.
    #[must_use]
    pub const fn proof(&self) -> Proof {
        self.proof
    }
}

/// What was being done at the target when it failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Attempt {
    /// Creating the account.
    Create(ProvenAddress),
    /// Changing the account's package.
    Update(ProvenAddress, Package),
    /// Removing the account; the address is what is known of it, proven or not.
    Remove(Option<EmailAddress>),
}

/// Where a subscriber stands, with exactly what that state needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// No address yet.
    PendingEmailInput,
    /// An address was entered and is not proven.
    PendingEmailValidation(EmailAddress),
    /// The address belongs to an existing free account; its owner was asked for consent.
    PendingUserMigration(ProvenAddress),
    /// The account is being created.
    Provisioning(ProvenAddress),
    /// The account is there.
    Provisioned(ProvenAddress),
    /// The account's package is being changed.
    Updating(ProvenAddress, Package),
    /// The account is being removed.
    Removing(Option<EmailAddress>),
    /// The last attempt failed.
    Error(Attempt, Fault),
}

/// What the target may hold of this subscriber: decides whether removing has to reach it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AtTarget {
    /// Nothing was ever sent.
    Nothing,
    /// An attempt was begun; an account may exist even if the attempt failed or timed out.
    Perhaps,
    /// The account exists.
    Account,
}

impl AtTarget {
    const ALL: [Self; 3] = [Self::Nothing, Self::Perhaps, Self::Account];

    /// The name under which it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Perhaps => "perhaps",
            Self::Account => "account",
        }
    }
}

/// A subscriber's state and what the target may hold of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lifecycle {
    /// Where the subscriber stands.
    pub state: State,
    /// What the target may hold.
    pub at_target: AtTarget,
}

/// Something that happened to a subscriber.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The user entered an address in the portal (or another one instead).
    AddressEntered(EmailAddress),
    /// The user wants to enter another address.
    AddressWithdrawn,
    /// The address has stayed unproven for as long as the template says: its owner is to be reminded.
    ReminderDue,
    /// The user proved the address by a mailed link or code.
    AddressProven(EmailAddress, Proof),
    /// An administrator clicked Onboard in the Retry Activation popup and vouches for this address.
    Onboarded(EmailAddress),
    /// The failed attempt shall be made again as it was.
    Retried,
    /// The target created the account (or had it already).
    AccountCreated,
    /// The target asked the owner of an existing free account for consent.
    ConsentAsked,
    /// The owner of the existing free account agreed.
    ConsentGiven,
    /// An API client wants the owner of the existing free account to be asked again.
    ConsentRequested,
    /// The target changed the account.
    AccountUpdated,
    /// The target holds no account any more.
    AccountRemoved,
    /// The attempt failed for good, or for the last time.
    AttemptFailed(Fault),
    /// An administrator or API client wants another package.
    PackageChanged(Package),
    /// An API client changed names or numbers, which the target shall hear of; the package stays this one.
    DetailsChanged(Package),
    /// An administrator or API client wants the subscriber to be another template's, whose accounts are there.
    Moved(Place),
    /// An administrator or API client wants the subscriber gone.
    RemovalRequested,
}

/// What has to be done because of a transition; written as a task in the same transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Mail a link and a code to the entered address.
    SendProof,
    /// Create the account at the target.
    CreateAccount,
    /// Ask the target now and then whether the owner of the existing free account has agreed.
    AwaitConsent,
    /// Bring the account at the target up to date.
    UpdateAccount,
    /// Remove the account from the target.
    RemoveAccount,
}

/// The answer to an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transition {
    /// The new state; `None` when the subscriber is gone.
    pub next: Option<Lifecycle>,
    /// What has to be done now. An order about the account replaces one that has not been finished.
    pub order: Option<Order>,
    /// The package that counts from now on, if the event changed it.
    pub package: Option<Package>,
}

/// Where a new subscriber starts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// The first state.
    pub lifecycle: Lifecycle,
    /// What has to be done now.
    pub order: Option<Order>,
}

/// Where a new subscriber starts, by the template's verification and the address that came along.
#[must_use]
pub fn arrive(verification: UserVerification, email: Option<EmailAddress>) -> Arrival {
    let (state, order) = match (email, verification) {
        (None, _) => (State::PendingEmailInput, None),
        (Some(email), UserVerification::Untrusted) => (State::PendingEmailValidation(email), Some(Order::SendProof)),
        (Some(email), UserVerification::Trusted) => {
            (State::Provisioning(ProvenAddress { email, proof: Proof::Trusted }), Some(Order::CreateAccount))
        }
    };
    let at_target = if order == Some(Order::CreateAccount) { AtTarget::Perhaps } else { AtTarget::Nothing };
    Arrival { lifecycle: Lifecycle { state, at_target }, order }
}

impl Lifecycle {
    /// The vendor API's status.
    #[must_use]
    pub const fn status(&self) -> Status {
        match self.state {
            State::PendingEmailInput => Status::PendingEmailInput,
            State::PendingEmailValidation(_) => Status::PendingEmailValidation,
            State::PendingUserMigration(_) => Status::PendingUserMigration,
            State::Provisioning(_) => Status::Provisioning,
            State::Provisioned(_) => Status::Provisioned,
            State::Updating(..) | State::Removing(_) => Status::Updating,
            State::Error(..) => Status::Error,
        }
    }

    /// The address, proven or not.
    #[must_use]
    pub const fn email(&self) -> Option<&EmailAddress> {
        match &self.state {
            State::PendingEmailInput => None,
            State::PendingEmailValidation(email) => Some(email),
            State::PendingUserMigration(address)
            | State::Provisioning(address)
            | State::Provisioned(address)
            | State::Updating(address, _)
            | State::Error(Attempt::Create(address) | Attempt::Update(address, _), _) => Some(address.email()),
            State::Removing(email) | State::Error(Attempt::Remove(email), _) => email.as_ref(),
        }
    }

    /// The proven address, if there is one.
    #[must_use]
    pub const fn proven(&self) -> Option<&ProvenAddress> {
        match &self.state {
            State::PendingUserMigration(address)
            | State::Provisioning(address)
            | State::Provisioned(address)
            | State::Updating(address, _)
            | State::Error(Attempt::Create(address) | Attempt::Update(address, _), _) => Some(address),
            State::PendingEmailInput
            | State::PendingEmailValidation(_)
            | State::Removing(_)
            | State::Error(Attempt::Remove(_), _) => None,
        }
    }

    /// The fault of the last attempt, if that is where the subscriber stands.
    #[must_use]
    pub const fn fault(&self) -> Option<Fault> {
        match &self.state {
            State::Error(_, fault) => Some(*fault),
            _ => None,
        }
    }

    /// The package that an update asks for, while it is under way or has failed.
    #[must_use]
    pub const fn wanted_package(&self) -> Option<Package> {
        match &self.state {
            State::Updating(_, package) | State::Error(Attempt::Update(_, package), _) => Some(*package),
            _ => None,
        }
    }

    /// What follows from an event.
    ///
    /// # Errors
    /// The fault that says why the event does not fit the state; nothing changes then.
    pub fn apply(&self, event: Event) -> Result<Transition, Fault> {
        match event {
            Event::AddressEntered(email) => self.address_entered(email),
            Event::AddressWithdrawn => self.address_withdrawn(),
            Event::ReminderDue => match &self.state {
                State::PendingEmailValidation(email) => self.address_entered(email.clone()),
                _ => Err(Fault::NothingToRetry),
            },
            Event::AddressProven(email, proof) => self.address_proven(&email, proof),
            Event::Onboarded(email) => self.onboarded(email),
            Event::Retried => self.retried(),
            Event::AccountCreated => match &self.state {
                State::Provisioning(address) => Ok(self.account(State::Provisioned(address.clone()))),
                _ => Err(Fault::ChangedMeanwhile),
            },
            Event::ConsentAsked => match &self.state {
                State::Provisioning(address) => Ok(Transition {
                    order: Some(Order::AwaitConsent),
                    ..self.stay(State::PendingUserMigration(address.clone()))
                }),
                _ => Err(Fault::ChangedMeanwhile),
            },
            Event::ConsentGiven => match &self.state {
                State::PendingUserMigration(address) => Ok(create(address.clone())),
                _ => Err(Fault::NothingToRetry),
            },
            // A target asks the owner when it is to create the account: so it is told to once more.
            Event::ConsentRequested => match &self.state {
                State::PendingUserMigration(address) => Ok(create(address.clone())),
                _ => Err(Fault::ConsentNotAwaited),
            },
            Event::AccountUpdated => match &self.state {
                State::Updating(address, package) => {
                    Ok(Transition { package: Some(*package), ..self.account(State::Provisioned(address.clone())) })
                }
                _ => Err(Fault::ChangedMeanwhile),
            },
            Event::AccountRemoved => match &self.state {
                State::Removing(_) => Ok(GONE),
                _ => Err(Fault::ChangedMeanwhile),
            },
            Event::AttemptFailed(fault) => self.attempt_failed(fault),
            Event::PackageChanged(package) | Event::DetailsChanged(package) => self.package_changed(package),
            Event::Moved(place) => self.moved(place),
            Event::RemovalRequested => self.removal_requested(),
        }
    }

    fn address_entered(&self, email: EmailAddress) -> Result<Transition, Fault> {
        self.wants_address()?;
        Ok(Transition { order: Some(Order::SendProof), ..self.stay(State::PendingEmailValidation(email)) })
    }

    fn address_withdrawn(&self) -> Result<Transition, Fault> {
        self.wants_address()?;
        Ok(self.stay(State::PendingEmailInput))
    }

    /// Whether the user may (still) say which address to use: no account exists and none is being made.
    fn wants_address(&self) -> Result<(), Fault> {
        match &self.state {
            State::PendingEmailInput
            | State::PendingEmailValidation(_)
            | State::PendingUserMigration(_)
            | State::Error(Attempt::Create(_), _) => Ok(()),
            State::Provisioned(_) => Err(Fault::AlreadyProvisioned),
            State::Provisioning(_) | State::Updating(..) | State::Removing(_) | State::Error(..) => {
                Err(Fault::InProgress)
            }
        }
    }

    fn address_proven(&self, email: &EmailAddress, proof: Proof) -> Result<Transition, Fault> {
        match &self.state {
            State::PendingEmailValidation(entered) if entered.key() == email.key() => {
                Ok(create(ProvenAddress { email: entered.clone(), proof }))
            }
            _ => Err(Fault::LinkUsed),
        }
    }

    fn onboarded(&self, email: EmailAddress) -> Result<Transition, Fault> {
        self.onboardable()?;
        let address = ProvenAddress { email, proof: Proof::Administrator };
        Ok(match &self.state {
            State::Error(Attempt::Update(_, package), _) => update(address, *package),
            _ => create(address),
        })
    }

    /// Whether an administrator may (still) say which address to use.
    fn onboardable(&self) -> Result<(), Fault> {
        match &self.state {
            State::Error(Attempt::Update(..), _) => Ok(()),
            _ => self.wants_address(),
        }
    }

    fn retried(&self) -> Result<Transition, Fault> {
        match &self.state {
            State::Error(Attempt::Create(address), _) => Ok(create(address.clone())),
            State::Error(Attempt::Update(address, package), _) => Ok(update(address.clone(), *package)),
            State::Error(Attempt::Remove(email), _) => Ok(self.remove(email.clone())),
            _ => Err(Fault::NothingToRetry),
        }
    }

    fn attempt_failed(&self, fault: Fault) -> Result<Transition, Fault> {
        let attempt = match &self.state {
            State::Provisioning(address) | State::PendingUserMigration(address) => Attempt::Create(address.clone()),
            State::Updating(address, package) => Attempt::Update(address.clone(), *package),
            State::Removing(email) => Attempt::Remove(email.clone()),
            _ => return Err(Fault::ChangedMeanwhile),
        };
        Ok(self.stay(State::Error(attempt, fault)))
    }

    fn package_changed(&self, package: Package) -> Result<Transition, Fault> {
        match &self.state {
            State::Provisioned(address) | State::Error(Attempt::Update(address, _), _) => {
                Ok(update(address.clone(), package))
            }
            // No account yet: the package simply counts from the next attempt on.
            State::PendingEmailInput
            | State::PendingEmailValidation(_)
            | State::PendingUserMigration(_)
            | State::Error(Attempt::Create(_), _) => {
                Ok(Transition { package: Some(package), ..self.stay(self.state.clone()) })
            }
            State::Provisioning(_) | State::Updating(..) | State::Removing(_) | State::Error(Attempt::Remove(_), _) => {
                Err(Fault::InProgress)
            }
        }
    }

    /// An account stays where it is: nobody is moved away from one that there is, or may be.
    fn moved(&self, to: Place) -> Result<Transition, Fault> {
        match &self.state {
            State::Provisioning(_) | State::Updating(..) | State::Removing(_) | State::Error(Attempt::Remove(_), _) => {
                Err(Fault::InProgress)
            }
            _ if to == Place::Other && self.at_target != AtTarget::Nothing => Err(Fault::AccountStays),
            // What the user was mailed and has entered stays good, and so does a request for consent.
            _ => Ok(self.stay(self.state.clone())),
        }
    }

    fn removal_requested(&self) -> Result<Transition, Fault> {
        match self.state {
            State::Removing(_) => Err(Fault::InProgress),
            _ if self.at_target == AtTarget::Nothing => Ok(GONE),
            _ => Ok(self.remove(self.email().cloned())),
        }
    }

    fn remove(&self, email: Option<EmailAddress>) -> Transition {
        Transition { order: Some(Order::RemoveAccount), ..self.stay(State::Removing(email)) }
    }

    fn stay(&self, state: State) -> Transition {
        Transition { next: Some(Self { state, at_target: self.at_target }), order: None, package: None }
    }

    fn account(&self, state: State) -> Transition {
        Transition { next: Some(Self { state, at_target: AtTarget::Account }), order: None, package: None }
    }
}

const GONE: Transition = Transition { next: None, order: None, package: None };

fn create(address: ProvenAddress) -> Transition {
    Transition {
        next: Some(Lifecycle { state: State::Provisioning(address), at_target: AtTarget::Perhaps }),
        order: Some(Order::CreateAccount),
        package: None,
    }
}

fn update(address: ProvenAddress, package: Package) -> Transition {
    Transition {
        next: Some(Lifecycle { state: State::Updating(address, package), at_target: AtTarget::Account }),
        order: Some(Order::UpdateAccount),
        package: None,
    }
}

#[cfg(test)]
mod tests;
