//! What a server function returns when it cannot do what was asked.

use domain::Fault;
use leptos::{prelude::*, server_fn::codec::JsonEncoding};
use serde::{Deserialize, Serialize};

/// A fault of the catalogue, with what the reader may need besides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What went wrong; its cause and remedy are shown in the reader's language.
    pub fault: Fault,
    /// Seconds after which trying again makes sense, if that is known.
    pub retry_after: Option<u32>,
    /// Under which id the server's log has more.
    pub tracking_id: Option<String>,
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        Self { fault, retry_after: None, tracking_id: None }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.fault.fmt(f)
    }
}

impl std::error::Error for Problem {}

/// What the transport itself reports: without an answer the way to the server is broken, an answer that cannot be read (a
/// proxy's error page) is our fault; what the server cannot read of a call is its caller's.
impl FromServerFnError for Problem {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        #[cfg(feature = "ssr")]
        if let ServerFnErrorErr::Args(_) | ServerFnErrorErr::MissingArg(_) | ServerFnErrorErr::Deserialization(_) =
            error
        {
            crate::status::set_status(axum::http::StatusCode::BAD_REQUEST);
            return Fault::InvalidParameter.into();
        }
        match error {
            ServerFnErrorErr::Request(_) => Fault::Offline,
            _ => Fault::Internal,
        }
        .into()
    }
}
