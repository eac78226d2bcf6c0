//! How onboarding goes, as the overview shows it.

use domain::{Fault, Timestamp};
use serde::{Deserialize, Serialize};

use super::{counts::Counts, template::Service, user::Hit};

/// How onboarding goes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Healthy {
    /// How all users stand now.
    pub users: Counts,
    /// How they stood, day by day, the oldest first; the last one is today.
    pub days: Vec<Day>,
    /// How long it took of late from arrival to account; none if nobody got one.
    pub speed: Option<Speed>,
    /// Why users are in error, the commonest first.
    pub errors: Vec<Failing>,
    /// Who is stuck for longer than three days.
    pub stuck: Stuck,
    /// What users wait for.
    pub services: Vec<ServiceState>,
    /// Since when the most overdue order of this server has been due; none if none is.
    pub overdue: Option<Timestamp>,
}

/// How users stood at the end of a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Day {
    /// Which day, `2026-11-26`.
    pub date: String,
    /// How many were provisioned.
    pub provisioned: u32,
    /// How many waited, or were under way.
    pub pending: u32,
    /// How many were in error.
    pub error: u32,
    /// How many were provisioned on that day.
    pub activated: u32,
}

/// How long something took, in milliseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Speed {
    /// Half of them took no longer.
    pub median: i64,
    /// Nineteen of twenty took no longer.
    pub most: i64,
    /// Of so many.
    pub of: u32,
}

/// Why so many users failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failing {
    /// The reason for which they failed.
    pub fault: Fault,
    /// How many they are.
    pub users: u32,
    /// Whether their attempts can be made again.
    pub retry: bool,
}

/// Who is stuck.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stuck {
    /// How many they are.
    pub users: u32,
    /// Whether they are more than that.
    pub more: bool,
    /// Those who came first.
    pub first: Vec<Hit>,
}

/// How something that users need does, as far as the server that is asked knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceState {
    /// What it is.
    pub service: Service,
    /// By which name the operator knows it.
    pub name: String,
    /// How many users wait for it.
    pub waiting: u32,
    /// Why it is left alone, if it is.
    pub outage: Option<Quarantine>,
}

/// Why a service is left alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quarantine {
    /// What the last failure was.
    pub cause: Fault,
    /// When the outage began.
    pub since: Timestamp,
    /// When it is tried next.
    pub next: Option<Timestamp>,
}
