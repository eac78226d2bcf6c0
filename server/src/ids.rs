//! The ids of rows, each of a type of its own: the compiler tells a template's id from a subscriber's.
//!
//! They stand here and not in the domain because only the server knows rows; how a table keeps them is the store's.

use std::fmt;

use domain::Timestamp;
use uuid::Uuid;

domain::id! {
    /// An onboarding template's.
    TemplateId
}
domain::id! {
    /// Somebody's who signs in to the hub.
    AdministratorId
}
domain::id! {
    /// An entry's of the audit log; grows with time.
    AuditEventId
}
domain::id! {
    /// An API token's.
    ApiTokenId
}
domain::id! {
    /// A customer's.
    CustomerId
}
domain::id! {
    /// A billing report's.
    BillingReportId
}
domain::id! {
    /// A webhook's.
    WebhookId
}
domain::id! {
    /// A subscriber's.
    SubscriberId
}
domain::id! {
    /// A workspace's.
    WorkspaceId
}
domain::id! {
    /// A task's, and the idempotency key of its attempts at the target.
    TaskId
}
domain::id! {
    /// Of a request to prove an address, and its mail's.
    ProofId
}
domain::id! {
    /// Of a step of a history; grows with time.
    StepId
}
domain::id! {
    /// Of a span that is billed.
    UsageId
}
domain::id! {
    /// A bulk job's.
    BulkJobId
}
domain::id! {
    /// A passkey's.
    PasskeyId
}

/// Smaller than every id that was given out at that time or later, and greater than those from before: an id begins with its time.
#[must_use]
pub fn first_id_at(at: Timestamp) -> Uuid {
    Uuid::from_u128(u128::try_from(at.0).unwrap_or(0) << 80)
}

/// The owner of a task, a history or a billed span. Tables keep the bare id: what else they hold tells which of the two it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OwnerId {
    /// A subscriber's.
    Subscriber(SubscriberId),
    /// A workspace's.
    Workspace(WorkspaceId),
}

impl From<SubscriberId> for OwnerId {
    fn from(id: SubscriberId) -> Self {
        Self::Subscriber(id)
    }
}

impl From<WorkspaceId> for OwnerId {
    fn from(id: WorkspaceId) -> Self {
        Self::Workspace(id)
    }
}

impl From<OwnerId> for Uuid {
    fn from(id: OwnerId) -> Self {
        match id {
            OwnerId::Subscriber(id) => id.0,
            OwnerId::Workspace(id) => id.0,
        }
    }
}

impl fmt::Display for OwnerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Uuid::from(*self).fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "6970e6bb-7439-4ffb-ad34-d3ff0167ddad";

    #[test]
    fn an_id_has_one_spelling() {
        for id in [ID.to_owned(), ID.to_uppercase()] {
            assert_eq!(id.parse::<TemplateId>().map(|id| id.to_string()).as_deref(), Ok(ID));
            assert!(serde_json::from_value::<TemplateId>(id.into()).is_ok());
        }
        for other in [
            format!("{{{ID}}}"),
            format!("urn:uuid:{ID}"),
            ID.replace('-', ""),
            format!("{ID}-"),
            format!(" {ID}"),
            ID.replace("4ffb-", "-4ffb"),
            ID.replace("6970", "６９７０"),
            String::new(),
        ] {
            assert!(other.parse::<TemplateId>().is_err(), "{other}");
            assert!(serde_json::from_value::<TemplateId>(other.into()).is_err());
        }
    }
}
