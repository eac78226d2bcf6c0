//! The adapter's guard: BroadWorks calls, with the template's account.

use std::collections::HashMap;

use app::backend::ClientAddress;
use axum::{
    extract::{FromRequestParts, Path},
    http::{HeaderMap, header, request::Parts},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use domain::{Fault, Network, Permission, permission::Access};

use super::{AdapterState, Refusal};
use crate::{
    access::{
        adapter_accounts::{Call, Credentials},
        guard::Guard,
        identified::Identified,
    },
    http::api::body::Callers,
    store::{Template, template},
};

/// A caller who has the account of the template that the address names.
pub struct Caller {
    /// The template.
    pub template: Template,
}

/// An account's permissions are [`domain::Permissions::ADAPTER`]: there is nothing else to ask for.
impl Guard for Caller {
    const ACCESS: Access = Access::Needs(Permission::UsersWrite);
}

impl FromRequestParts<AdapterState> for Caller {
    type Rejection = Refusal;

    /// An unknown template is refused as wrong credentials are: nobody learns which there are.
    async fn from_request_parts(parts: &mut Parts, state: &AdapterState) -> Result<Self, Refusal> {
        let wrong = || Refusal::basic(Fault::AdapterUnauthorized);
        let Path(named) = Path::<HashMap<String, String>>::from_request_parts(parts, state)
            .await
            .map_err(|_| Fault::UnknownResource)?;
        let sent = basic(&parts.headers).ok_or_else(wrong)?;
        let provisioning_id = named.get("provisioning_id").map_or("", |id| id.trim_end_matches('='));
        let template = template::at_door(state.store.read(), provisioning_id).await?;
        let network = parts.extensions.get::<ClientAddress>().map_or(Network::UNKNOWN, |address| address.0);
        let call = Call { provisioning_id, template: template.as_ref(), network };
        let admitted = state.verifier.verify(&state.store, state.environment.now(), call, &sent).await?;
        let template = template.filter(|_| admitted).ok_or_else(wrong)?;
        Identified::note(&parts.extensions, format_args!("adapter {}", template.id), network);
        Ok(Self { template })
    }
}

impl Callers for AdapterState {
    async fn look_again(&self, mut call: Parts) -> Result<(), Refusal> {
        Caller::from_request_parts(&mut call, self).await.map(drop)
    }
}

/// User name and password in `Authorization: Basic …` (RFC 7617).
pub(in crate::http) fn basic(headers: &HeaderMap) -> Option<Credentials> {
    let (scheme, encoded) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (user_name, secret) = decoded.split_once(':').filter(|_| scheme.eq_ignore_ascii_case("basic"))?;
    Some(Credentials { user_name: user_name.to_owned(), secret: secret.to_owned() })
}
