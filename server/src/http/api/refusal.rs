//! What a client is told when it does not get what it asked for.

use std::{borrow::Cow, sync::Arc};

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{Fault, draft::Flaw, fault::Audience};
use serde::Serialize;

use crate::{
    fault::{Trouble, status},
    provisioning::draft::Refused,
    store::DbErr,
};

/// Named in challenges.
const REALM: &str = "flowthrough";
/// Seconds after which a client may try again when nothing more exact is known.
const SOON: i64 = 5;
/// The most bad cells of a file that are told at once.
const LISTED: usize = 1_000;

/// A refused request. Its body is written by [`super::tracking`], which knows the tracking id.
#[derive(Debug)]
pub struct Refusal {
    errors: Vec<Error>,
    retry_after: Option<i64>,
    challenge: Option<String>,
    /// Boxed: most refusals are none of our own accidents, and every handler's result carries the room for it.
    accident: Option<Box<Trouble>>,
}

#[derive(Clone, Debug)]
struct Error {
    fault: Fault,
    field: Option<Cow<'static, str>>,
    /// The line of the file that was sent.
    line: Option<u64>,
    /// What exactly is wrong, where that is more than the catalogue knows.
    why: Option<String>,
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        Self { fault, field: None, line: None, why: None }
    }
}

impl From<&Flaw> for Error {
    fn from(&Flaw { field, fault }: &Flaw) -> Self {
        let remedy = field.and_then(|field| field.remedy(fault));
        let why = remedy.map(|remedy| format!("{} {remedy}", fault.cause()));
        Self { field: field.map(|field| field.property().into()), why, ..fault.into() }
    }
}

impl Refusal {
    /// A parameter of the request is wrong.
    pub fn parameter(field: impl Into<Cow<'static, str>>, fault: Fault) -> Self {
        Self { errors: vec![Error { field: Some(field.into()), ..fault.into() }], ..Self::from(fault) }
    }

    /// A parameter of the request is wrong, and why exactly.
    pub fn explained(field: impl Into<Cow<'static, str>>, fault: Fault, why: String) -> Self {
        let mut refusal = Self::parameter(field, fault);
        refusal.errors.iter_mut().for_each(|error| error.why = Some(why.clone()));
        refusal
    }

    /// The request is wrong as a whole, and why exactly.
    pub fn because(fault: Fault, why: String) -> Self {
        Self { errors: vec![Error { why: Some(why), ..fault.into() }], ..Self::from(fault) }
    }

    /// A file cannot be read as a table: why, and in which line.
    pub fn file(line: u64, why: &str) -> Self {
        let fault = Fault::MalformedFile;
        let why = Some(format!("Line {line}: {why}."));
        Self { errors: vec![Error { line: Some(line), why, ..fault.into() }], ..Self::from(fault) }
    }

    /// Rows of a file are bad: what is wrong in which line.
    pub fn rows<'a>(flaws: impl IntoIterator<Item = (u64, &'a Flaw)>) -> Self {
        let errors = flaws.into_iter().map(|(line, flaw)| Error { line: Some(line), ..flaw.into() });
        Self { errors: errors.take(LISTED).collect(), ..Self::from(Fault::InvalidParameter) }
    }

    /// The same for a refusal that is no more than a status, and perhaps a word to its sender.
    pub fn of_status(status: StatusCode, why: &str) -> Self {
        let fault = match status {
            StatusCode::NOT_FOUND => Fault::UnknownResource,
            StatusCode::METHOD_NOT_ALLOWED => Fault::MethodNotAllowed,
            StatusCode::REQUEST_TIMEOUT => Fault::TooSlow,
            StatusCode::PAYLOAD_TOO_LARGE | StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE => Fault::TooLarge,
            StatusCode::MISDIRECTED_REQUEST => Fault::Misdirected,
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => Fault::StoreUnavailable,
            _ if status.is_client_error() => Fault::InvalidParameter,
            _ => Fault::Internal,
        };
        if why.is_empty() || status.is_server_error() { fault.into() } else { Self::because(fault, why.to_owned()) }
    }

    /// User name and password do not do (RFC 7617 §2).
    pub fn basic(fault: Fault) -> Self {
        Self { challenge: Some(format!("Basic realm=\"{REALM}\", charset=\"UTF-8\"")), ..Self::from(fault) }
    }

    /// The token does not do; the parameters tell why (RFC 6750 §3).
    pub fn challenge(fault: Fault, parameters: &str) -> Self {
        Self { challenge: Some(format!("Bearer realm=\"{REALM}\"{parameters}")), ..Self::from(fault) }
    }

    /// What went wrong on our side, to be logged where the tracking id is known.
    pub fn accident(&self) -> Option<&Trouble> {
        self.accident.as_deref()
    }

    /// The body as the vendor's clients expect it.
    pub fn body(&self, tracking_id: &str) -> impl Serialize + use<> {
        let main = self.main();
        Body {
            message: format!("{} {}", main.cause(), main.remedy(Audience::Administrator)),
            errors: self
                .errors
                .iter()
                .map(|error| Described {
                    error_code: error.fault.code(),
                    description: error.why.clone().map_or(error.fault.cause().into(), Cow::Owned),
                    field_name: error.field.clone(),
                    line: error.line,
                })
                .collect(),
            tracking_id: tracking_id.to_owned(),
        }
    }

    /// What the whole of it is about.
    pub fn main(&self) -> Fault {
        self.errors.first().map_or(Fault::Internal, |error| error.fault)
    }
}

/// A refusal as the vendor's clients expect it.
#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Refusal)]
pub struct Body {
    message: String,
    errors: Vec<Described>,
    tracking_id: String,
}

#[derive(Serialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RefusalError)]
struct Described {
    error_code: u32,
    description: Cow<'static, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    field_name: Option<Cow<'static, str>>,
    /// The line of the file that was sent, if one was.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = status(self.main());
        let mut response = status.into_response();
        let wait = self.retry_after.map(|milliseconds| (milliseconds + 999) / 1_000);
        if let Some(seconds) = wait.or((status == StatusCode::LOCKED).then_some(SOON)) {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        if let Some(challenge) = self.challenge.as_deref().and_then(|text| HeaderValue::from_str(text).ok()) {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, challenge);
        }
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        // A caller of the API has no list to go back to.
        let fault = if fault == Fault::NotFound { Fault::UnknownResource } else { fault };
        Self { errors: vec![fault.into()], retry_after: None, challenge: None, accident: None }
    }
}

impl From<Trouble> for Refusal {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Known { fault: Fault::UserIdTaken, .. } => Self::parameter("userId", Fault::UserIdTaken),
            Trouble::Known { fault: fault @ Fault::UnknownProvisioningId, .. } => {
                Self::parameter("provisioningId", fault)
            }
            Trouble::Known { fault: Fault::BillingPeriodAhead, .. } => {
                Self::parameter("billingPeriod", Fault::BillingPeriodAhead)
            }
            Trouble::Known { .. } | Trouble::Interrupted(_) => {
                let (fault, retry_after) = trouble.fault();
                Self { retry_after, ..fault.into() }
            }
            accident => Self { accident: Some(Box::new(accident)), ..Fault::Internal.into() },
        }
    }
}

impl From<DbErr> for Refusal {
    fn from(error: DbErr) -> Self {
        Trouble::from(error).into()
    }
}

impl From<Vec<Flaw>> for Refusal {
    fn from(flaws: Vec<Flaw>) -> Self {
        Self { errors: flaws.iter().map(Error::from).collect(), ..Self::from(Fault::InvalidParameter) }
    }
}

impl From<Vec<(&'static str, Fault)>> for Refusal {
    fn from(wrong: Vec<(&'static str, Fault)>) -> Self {
        let errors =
            wrong.into_iter().map(|(field, fault)| Error { field: Some(field.into()), ..Error::from(fault) }).collect();
        Self { errors, ..Self::from(Fault::InvalidParameter) }
    }
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Flawed(flaws) => flaws.into(),
            Refused::Trouble(trouble) => trouble.into(),
        }
    }
}
