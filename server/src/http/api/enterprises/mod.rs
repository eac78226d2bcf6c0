//! `/v1/broadworks/enterprises`: one file per endpoint. An enterprise is what the hub calls a customer.

pub mod directory_sync;
mod enterprise;
pub(super) mod list;

pub use list::list;

use domain::Fault;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use self::enterprise::Enterprise;
use super::{
    ApiState, Client, Read, Refusal, Write,
    body::Object,
    error,
    named::{Named, Resource},
    paging, schema, tracking,
};
use crate::{
    store::{Store, entity::customer},
    vendor_id::Kind,
};

impl Resource for Enterprise {
    fn id(written: &str) -> Option<Uuid> {
        Kind::Enterprise.uuid(written)
    }
}

impl Named<Enterprise> {
    async fn find(&self, store: &Store, partner: Uuid) -> Result<customer::Model, Refusal> {
        let found = customer::Entity::find_by_id(self.id)
            .filter(customer::Column::PartnerId.eq(partner))
            .one(store.read())
            .await?;
        found.ok_or_else(|| Fault::UnknownResource.into())
    }
}
