//! `/v1/broadworks/enterprises`: one file per endpoint. An enterprise is what the hub calls a customer.

pub mod directory_sync;
mod enterprise;
pub(super) mod list;

pub use list::list;

use axum::{
    extract::{FromRequestParts, Path},
    http::request::Parts,
};
use domain::Fault;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use super::{ApiState, Client, Read, Refusal, Write, body::Object, error, id, paging, schema, tracking};
use crate::store::{Store, entity::customer};

/// The enterprise that an address names, which need not be there or the client's own.
pub struct Named(Uuid);

impl Named {
    async fn find(&self, store: &Store, partner: Uuid) -> Result<customer::Model, Refusal> {
        let found = customer::Entity::find_by_id(self.0)
            .filter(customer::Column::PartnerId.eq(partner))
            .one(store.read())
            .await?;
        found.ok_or_else(|| Fault::UnknownResource.into())
    }
}

impl FromRequestParts<ApiState> for Named {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &ApiState) -> Result<Self, Refusal> {
        let written = Path::<String>::from_request_parts(parts, state).await.map_err(|_| Fault::UnknownResource)?;
        Ok(Self(id::enterprise(&written).ok_or(Fault::UnknownResource)?))
    }
}
