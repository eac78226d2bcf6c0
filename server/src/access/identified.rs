//! Who a request came from, once its guard knows: for the line in the log about what they asked for in vain.

use std::{
    fmt::Display,
    sync::{Arc, OnceLock},
};

use axum::http::Extensions;
use domain::Network;

/// Empty while a request travels inwards; its guard fills it, and whoever logs the answer reads it.
#[derive(Clone, Default)]
pub struct Identified(Arc<OnceLock<(String, Network)>>);

impl Identified {
    /// Notes who calls, such as `token` and its id, and from where.
    pub fn note(extensions: &Extensions, who: impl Display, network: Network) {
        if let Some(Self(known)) = extensions.get() {
            known.get_or_init(|| (who.to_string(), network));
        }
    }

    /// Who, if a guard has let them in.
    #[must_use]
    pub fn known(&self) -> Option<&(String, Network)> {
        self.0.get()
    }
}
