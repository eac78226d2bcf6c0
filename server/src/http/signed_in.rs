//! Who is signed in to the hub, for routes that are no server function: the guard in the signature.

use app::{
    backend::ClientAddress,
    visitor::{HUB_SESSION, cookie_of, meant_for},
};
use axum::{
    extract::FromRequestParts,
    http::{StatusCode, request::Parts},
};

use domain::Network;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::live::UNAVAILABLE;
use crate::{
    access::session,
    backend::Shared,
    store::entity::{administrator, template},
};

/// An administrator with a valid session; 401 without one, and 409 if the page was made for another, before anything of
/// the body is read.
pub struct SignedIn {
    /// Who.
    pub administrator: administrator::Model,
    /// The session's token.
    pub token: String,
    /// From where the request came.
    pub network: Network,
}

impl SignedIn {
    /// A template of the administrator's partner.
    ///
    /// # Errors
    /// 404 if the partner has none of that id.
    pub async fn template(&self, context: &Shared, id: Uuid) -> Result<template::Model, StatusCode> {
        let own =
            template::Entity::find_by_id(id).filter(template::Column::PartnerId.eq(self.administrator.partner_id));
        own.one(context.store.read()).await.map_err(|_| UNAVAILABLE)?.ok_or(StatusCode::NOT_FOUND)
    }
}

impl FromRequestParts<Shared> for SignedIn {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, context: &Shared) -> Result<Self, StatusCode> {
        let token = cookie_of(parts, HUB_SESSION).ok_or(StatusCode::UNAUTHORIZED)?;
        let found = session::hub(&context.store, context.environment.now(), &token).await.map_err(|_| UNAVAILABLE)?;
        let administrator = found.ok_or(StatusCode::UNAUTHORIZED)?;
        let network = parts.extensions.get::<ClientAddress>().map_or(Network::UNKNOWN, |address| address.0);
        match meant_for(&parts.headers) {
            Some(other) if other != administrator.id.to_string() => Err(StatusCode::CONFLICT),
            _ => Ok(Self { administrator, token, network }),
        }
    }
}
