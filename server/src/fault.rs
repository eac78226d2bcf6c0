//! How a failure is told to whoever asked: as a problem of a page, or as a status of the API.

use app::problem::Problem;
use axum::http::StatusCode;
use domain::Fault;

pub use crate::store::{Trouble, Unreadable};

impl Trouble {
    /// What the person or client is told. An accident is logged here, once, under the tracking id that they are given.
    #[must_use]
    pub fn problem(self, tracking_id: impl FnOnce() -> String) -> Problem {
        let (fault, retry_after) = self.fault();
        let tracking_id = match self {
            Self::Known { .. } | Self::Interrupted(_) => None,
            Self::Database(_) | Self::Unreadable(_) => {
                let tracking_id = tracking_id();
                tracing::error!(%tracking_id, error = %self, "a request failed");
                Some(tracking_id)
            }
        };
        let retry_after = retry_after.map(|ms| u32::try_from((ms + 999) / 1_000).unwrap_or(0).max(1));
        Problem { fault, retry_after, tracking_id }
    }
}

/// Which HTTP status stands for a fault, to clients of the API (the vendor's choice, where its API has one) and to pages.
#[must_use]
pub const fn status(fault: Fault) -> StatusCode {
    match fault {
        Fault::Unauthorized | Fault::AdapterUnauthorized | Fault::NotSignedIn | Fault::SessionEnded => {
            StatusCode::UNAUTHORIZED
        }
        Fault::ScopeMissing
        | Fault::PermissionMissing
        | Fault::FactorRequired
        | Fault::ProofRequired
        | Fault::OidcRoleMissing
        | Fault::OidcAccountRefused => StatusCode::FORBIDDEN,
        Fault::UnknownResource | Fault::NotFound => StatusCode::NOT_FOUND,
        Fault::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Fault::UserIdTaken
        | Fault::AddressInUse
        | Fault::AddressElsewhere
        | Fault::AlreadyProvisioned
        | Fault::AddressSettled
        | Fault::LinkSuperseded
        | Fault::ChangedMeanwhile
        | Fault::MeantForAnother
        | Fault::ConsentNotAwaited
        | Fault::DirectorySyncOff
        | Fault::PersonExists
        | Fault::WebhookPaused
        | Fault::LastFullAdministrator
        | Fault::MailedRecently
        | Fault::NothingToRetry
        | Fault::RequestUnderWay
        | Fault::AnswerLost => StatusCode::CONFLICT,
        Fault::Misdirected => StatusCode::MISDIRECTED_REQUEST,
        Fault::TooSlow => StatusCode::REQUEST_TIMEOUT,
        Fault::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Fault::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        Fault::IdempotencyKeyReused => StatusCode::UNPROCESSABLE_ENTITY,
        Fault::InProgress => StatusCode::LOCKED,
        Fault::TooManyAttempts | Fault::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
        Fault::Busy => StatusCode::SERVICE_UNAVAILABLE,
        Fault::DirectoryUnavailable | Fault::OidcUnavailable => StatusCode::BAD_GATEWAY,
        Fault::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        Fault::StoreUnavailable => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::BAD_REQUEST,
    }
}
