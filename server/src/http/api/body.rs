//! The body of a call: a JSON object whose members are read one by one, so that each fault is told with its name. Or,
//! where a call says so, a CSV file.

use axum::{
    body::Bytes,
    extract::{FromRequest, OptionalFromRequest, Request, rejection::BytesRejection},
    http::request::Parts,
    response::IntoResponse as _,
};
use domain::{Fault, draft::Draft};
use futures::FutureExt as _;
use serde_json::{Map, Value};

use super::{Refusal, deep};
use crate::{
    http::{announced, media},
    provisioning::draft,
};

/// Knows who may call.
pub trait Callers: Send + Sync {
    /// Looks at a call's credentials again.
    fn look_again(&self, call: Parts) -> impl Future<Output = Result<(), Refusal>> + Send;
}

/// The whole body. Its sender may have taken so long that the credentials with which the call began are no longer good.
pub async fn read(request: Request, callers: &impl Callers) -> Result<Bytes, Refusal> {
    let (parts, body) = request.into_parts();
    if announced::is_too_large(&parts) {
        return Err(Fault::TooLarge.into());
    }
    let call = parts.clone();
    let mut reading = Box::pin(Bytes::from_request(Request::from_parts(parts, body), &()));
    if let Some(there) = (&mut reading).now_or_never() {
        return there.map_err(unread);
    }
    let bytes = reading.await.map_err(unread)?;
    callers.look_again(call).await?;
    Ok(bytes)
}

/// A JSON object.
pub struct Object(Map<String, Value>);

impl Object {
    /// What is written of a subscriber in it.
    pub fn draft(&self) -> Draft {
        draft::from_json(&self.0)
    }

    /// Whether there is such a member, whatever it is.
    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    /// A member that is an array and has to be there.
    pub fn array(&self, name: &'static str) -> Result<&[Value], Refusal> {
        match self.0.get(name) {
            None | Some(Value::Null) => Err(Refusal::parameter(name, Fault::MissingParameter)),
            Some(Value::Array(items)) => Ok(items),
            Some(_) => Err(Refusal::parameter(name, Fault::InvalidParameter)),
        }
    }

    /// A member that is an object itself.
    pub fn object(&self, name: &'static str) -> Result<Option<Self>, Refusal> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::Object(members)) => Ok(Some(Self(members.clone()))),
            Some(_) => Err(Refusal::parameter(name, Fault::InvalidParameter)),
        }
    }

    /// A member that is true or false and has to be there.
    pub fn flag(&self, name: &'static str) -> Result<bool, Refusal> {
        match self.0.get(name) {
            None | Some(Value::Null) => Err(Refusal::parameter(name, Fault::MissingParameter)),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(Refusal::parameter(name, Fault::InvalidParameter)),
        }
    }

    /// A member that is a text and has to be there.
    pub fn text(&self, name: &'static str) -> Result<&str, Refusal> {
        self.optional_text(name)?.ok_or_else(|| Refusal::parameter(name, Fault::MissingParameter))
    }

    /// A member that is a text.
    pub fn optional_text(&self, name: &'static str) -> Result<Option<&str>, Refusal> {
        self.written(name).map_err(|fault| Refusal::parameter(name, fault))
    }

    /// A member that is a text, for those who go on reading when it is none.
    pub fn written(&self, name: &str) -> Result<Option<&str>, Fault> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Fault::InvalidParameter),
        }
    }
}

/// What the content type says: a JSON object or a CSV file.
pub enum ObjectOrFile {
    /// `application/json`
    Object(Object),
    /// `text/csv`, which is not looked at yet.
    File(Bytes),
}

impl<S: Callers> FromRequest<S> for ObjectOrFile {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        if !media::CSV.is(request.headers()) {
            return <Object as FromRequest<S>>::from_request(request, state).await.map(Self::Object);
        }
        Ok(Self::File(read(request, state).await?))
    }
}

impl<S: Callers> FromRequest<S> for Object {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        if !media::JSON.is(request.headers()) {
            return Err(Fault::UnsupportedMediaType.into());
        }
        parse(&read(request, state).await?)
    }
}

impl<S: Callers> OptionalFromRequest<S> for Object {
    type Rejection = Refusal;

    /// Nothing, if the body is empty: then its type does not matter either.
    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, Refusal> {
        let is_json = media::JSON.is(request.headers());
        let bytes = read(request, state).await?;
        match bytes.is_empty() {
            true => Ok(None),
            // A client that has nothing to say may say so.
            false if is_json && unmarked(&bytes) == b"null" => Ok(None),
            false if is_json => parse(&bytes).map(Some),
            false => Err(Fault::UnsupportedMediaType.into()),
        }
    }
}

/// A JSON object in a body.
pub(crate) fn parse(bytes: &[u8]) -> Result<Object, Refusal> {
    let text = unmarked(bytes);
    match serde_json::from_slice(text) {
        Ok(Value::Object(members)) => Ok(Object(members)),
        Ok(_) => Err(Fault::MalformedBody.into()),
        Err(_) => Err(match deep::way(text) {
            Some(way) => {
                Refusal::explained(way, Fault::InvalidParameter, "This is nested deeper than 127 levels.".to_owned())
            }
            None => Fault::MalformedBody.into(),
        }),
    }
}

/// The text without a byte order mark, which a parser may ignore (RFC 8259 §8.1) and some clients write.
fn unmarked(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes)
}

/// Why a body could not be read: it is larger than it may be, or broke off.
fn unread(rejection: BytesRejection) -> Refusal {
    match rejection.into_response().status() {
        axum::http::StatusCode::PAYLOAD_TOO_LARGE => Fault::TooLarge.into(),
        _ => Fault::MalformedBody.into(),
    }
}
