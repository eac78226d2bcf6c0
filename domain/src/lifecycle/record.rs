//! A lifecycle as it is kept: plain columns.

use super::{AtTarget, Attempt, Lifecycle, Proof, ProvenAddress, State};
use crate::{
    email_address::EmailAddress,
    fault::Fault,
    subscriber::{Package, Status},
};

/// A lifecycle as plain columns. [`Record::restore`] gives back exactly what [`Lifecycle::record`] was made from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// [`Status::as_str`].
    pub status: String,
    /// The address, proven or not.
    pub email: Option<String>,
    /// [`Proof::as_str`], if it is proven.
    pub proof: Option<String>,
    /// What is under way or failed: `create`, `update` or `remove`.
    pub attempt: Option<String>,
    /// The package that an update asks for.
    pub wanted_package: Option<String>,
    /// The code of the last attempt's fault.
    pub fault: Option<u32>,
    /// [`AtTarget::as_str`].
    pub at_target: String,
}

impl Lifecycle {
    /// The lifecycle as plain columns.
    #[must_use]
    pub fn record(&self) -> Record {
        let attempt = match &self.state {
            State::Provisioning(_) | State::Error(Attempt::Create(_), _) => Some("create"),
            State::Updating(..) | State::Error(Attempt::Update(..), _) => Some("update"),
            State::Removing(_) | State::Error(Attempt::Remove(_), _) => Some("remove"),
            _ => None,
        };
        Record {
            status: self.status().as_str().to_owned(),
            email: self.email().map(|email| email.as_str().to_owned()),
            proof: self.proven().map(|address| address.proof.as_str().to_owned()),
            attempt: attempt.map(str::to_owned),
            wanted_package: self.wanted_package().map(|package| package.as_str().to_owned()),
            fault: self.fault().map(Fault::code),
            at_target: self.at_target.as_str().to_owned(),
        }
    }
}

/// Columns that no lifecycle was ever written as: somebody changed the database by hand, or a bug did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the stored state is contradictory")]
pub struct Contradiction;

impl Record {
    /// The lifecycle that was written as these columns.
    ///
    /// # Errors
    /// [`Contradiction`] if there is none.
    pub fn restore(&self) -> Result<Lifecycle, Contradiction> {
        let status = Status::parse(&self.status).map_err(|_| Contradiction)?;
        let email = self.email.as_deref().map(EmailAddress::from_stored);
        let proof = find(self.proof.as_deref(), &Proof::ALL, Proof::as_str)?;
        let wanted = find(self.wanted_package.as_deref(), &Package::ALL, Package::as_str)?;
        let at_target = find(Some(&self.at_target), &AtTarget::ALL, AtTarget::as_str)?.ok_or(Contradiction)?;
        let fault = match self.fault {
            Some(code) => Some(Fault::from_code(code).ok_or(Contradiction)?),
            None => None,
        };
        let proven = match (email.clone(), proof) {
            (Some(email), Some(proof)) => Some(ProvenAddress { email, proof }),
            _ => None,
        };
        let attempt = match (self.attempt.as_deref(), proven.clone(), wanted) {
            (Some("create"), Some(address), None) => Some(Attempt::Create(address)),
            (Some("update"), Some(address), Some(package)) => Some(Attempt::Update(address, package)),
            (Some("remove"), None, None) => Some(Attempt::Remove(email.clone())),
            (None, _, None) => None,
            _ => return Err(Contradiction),
        };
        let state = match (status, attempt, fault) {
            (Status::PendingEmailInput, None, None) if email.is_none() => State::PendingEmailInput,
            (Status::PendingEmailValidation, None, None) if proof.is_none() => {
                State::PendingEmailValidation(email.ok_or(Contradiction)?)
            }
            (Status::PendingUserMigration, None, None) => State::PendingUserMigration(proven.ok_or(Contradiction)?),
            (Status::Provisioned, None, None) => State::Provisioned(proven.ok_or(Contradiction)?),
            (Status::Provisioning, Some(Attempt::Create(address)), None) => State::Provisioning(address),
            (Status::Updating, Some(Attempt::Update(address, package)), None) => State::Updating(address, package),
            (Status::Updating, Some(Attempt::Remove(email)), None) => State::Removing(email),
            (Status::Error, Some(attempt), Some(fault)) => State::Error(attempt, fault),
            _ => return Err(Contradiction),
        };
        Ok(Lifecycle { state, at_target })
    }
}

fn find<T: Copy>(name: Option<&str>, all: &[T], as_str: fn(T) -> &'static str) -> Result<Option<T>, Contradiction> {
    match name {
        None => Ok(None),
        Some(name) => all.iter().copied().find(|one| as_str(*one) == name).map(Some).ok_or(Contradiction),
    }
}
