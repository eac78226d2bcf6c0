//! What has to be done for a subscriber or a workspace.

use crate::{lifecycle::Order, workspace};

/// What a task does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// For a subscriber.
    Subscriber(Order),
    /// For a workspace.
    Workspace(workspace::Order),
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 8] = [
        Self::Subscriber(Order::SendProof),
        Self::Subscriber(Order::CreateAccount),
        Self::Subscriber(Order::AwaitConsent),
        Self::Subscriber(Order::UpdateAccount),
        Self::Subscriber(Order::RemoveAccount),
        Self::Workspace(workspace::Order::Create),
        Self::Workspace(workspace::Order::Update),
        Self::Workspace(workspace::Order::Remove),
    ];

    /// The name under which it is stored.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Subscriber(Order::SendProof) => "send_proof",
            Self::Subscriber(Order::CreateAccount) => "create_account",
            Self::Subscriber(Order::AwaitConsent) => "await_consent",
            Self::Subscriber(Order::UpdateAccount) => "update_account",
            Self::Subscriber(Order::RemoveAccount) => "remove_account",
            Self::Workspace(workspace::Order::Create) => "create_workspace",
            Self::Workspace(workspace::Order::Update) => "update_workspace",
            Self::Workspace(workspace::Order::Remove) => "remove_workspace",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// Whether its effect at the target may come late, when nobody waits for an answer any more, and then be in the way of
    /// another order.
    #[must_use]
    pub const fn is_effective(self) -> bool {
        matches!(
            self,
            Self::Subscriber(Order::CreateAccount | Order::UpdateAccount)
                | Self::Workspace(workspace::Order::Create | workspace::Order::Update)
        )
    }
}

impl From<Order> for Kind {
    fn from(order: Order) -> Self {
        Self::Subscriber(order)
    }
}

impl From<workspace::Order> for Kind {
    fn from(order: workspace::Order) -> Self {
        Self::Workspace(order)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip() {
        for kind in Kind::ALL {
            assert_eq!(Kind::parse(kind.as_str()), Some(kind));
        }
        assert_eq!(Kind::parse("praise"), None);
    }

    #[test]
    fn only_what_makes_or_changes_something_may_take_effect_late() {
        for kind in Kind::ALL {
            let makes_or_changes = ["create_account", "update_account", "create_workspace", "update_workspace"];
            assert_eq!(kind.is_effective(), makes_or_changes.contains(&kind.as_str()), "{kind:?}");
        }
    }
}
