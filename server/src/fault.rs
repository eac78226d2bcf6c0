//! How a failure travels through the server until somebody answers it.

use app::problem::Problem;
use axum::http::StatusCode;
use domain::{Fault, lifecycle::Contradiction};
use sea_orm::DbErr;

/// Either a fault of the catalogue, which is somebody's to mend, or an accident, which is ours.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// Something the catalogue knows; `retry_after` in milliseconds.
    #[error("{fault}")]
    Known {
        /// Which fault.
        fault: Fault,
        /// Milliseconds after which trying again makes sense.
        retry_after: Option<i64>,
    },
    /// The database failed.
    #[error("database: {0}")]
    Database(#[from] DbErr),
    /// A row holds what was never written.
    #[error("{0}")]
    Contradiction(#[from] Contradiction),
}

impl From<Fault> for Trouble {
    fn from(fault: Fault) -> Self {
        Self::Known { fault, retry_after: None }
    }
}

impl Trouble {
    /// A fault that passes by itself in so many milliseconds.
    #[must_use]
    pub const fn wait(fault: Fault, retry_after: i64) -> Self {
        Self::Known { fault, retry_after: Some(retry_after) }
    }

    /// What the person or client is told. An accident is logged here, once, under the tracking id that they are given.
    #[must_use]
    pub fn problem(self, tracking_id: impl FnOnce() -> String) -> Problem {
        match self {
            Self::Known { fault, retry_after } => Problem {
                fault,
                retry_after: retry_after.map(|ms| u32::try_from((ms + 999) / 1_000).unwrap_or(0).max(1)),
                tracking_id: None,
            },
            accident => {
                let tracking_id = tracking_id();
                tracing::error!(%tracking_id, error = %accident, "a request failed");
                Problem { fault: Fault::Internal, retry_after: None, tracking_id: Some(tracking_id) }
            }
        }
    }
}

/// Which HTTP status tells of a fault, to clients of the API (the vendor's choice, where its API has one) and to pages.
#[must_use]
pub const fn status(fault: Fault) -> StatusCode {
    match fault {
        Fault::Unauthorized | Fault::AdapterUnauthorized | Fault::NotSignedIn | Fault::SessionEnded => {
            StatusCode::UNAUTHORIZED
        }
        Fault::ScopeMissing => StatusCode::FORBIDDEN,
        Fault::UnknownResource | Fault::NotFound => StatusCode::NOT_FOUND,
        Fault::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Fault::UserIdTaken
        | Fault::AddressInUse
        | Fault::AlreadyProvisioned
        | Fault::ChangedMeanwhile
        | Fault::ConsentNotAwaited
        | Fault::DirectorySyncOff
        | Fault::NothingToRetry
        | Fault::RequestUnderWay => StatusCode::CONFLICT,
        Fault::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Fault::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Fault::IdempotencyKeyReused => StatusCode::UNPROCESSABLE_ENTITY,
        Fault::InProgress => StatusCode::LOCKED,
        Fault::TooManyAttempts | Fault::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
        Fault::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Fault::DirectoryUnavailable => StatusCode::BAD_GATEWAY,
        Fault::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    }
}
