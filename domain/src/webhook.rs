//! Of what clients of the REST API may be told.

use crate::subscriber::Status;

/// Something of which a webhook may tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// A subscriber has this status now.
    Status(Status),
    /// A subscriber is gone.
    Removed,
}

impl Event {
    /// Every event.
    pub fn all() -> impl Iterator<Item = Self> {
        Status::ALL.into_iter().map(Self::Status).chain([Self::Removed])
    }

    /// Its name: `subscriber.` and the status, or `subscriber.removed`.
    #[must_use]
    pub fn name(self) -> String {
        let what = match self {
            Self::Status(status) => status.as_str(),
            Self::Removed => "removed",
        };
        format!("subscriber.{what}")
    }

    /// The event of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::all().find(|event| event.name() == name)
    }
}
