//! `/v1/broadworks/enterprises`: one file per endpoint. An enterprise is what the hub calls a customer.

pub mod directory_sync;
mod enterprise;
pub(super) mod list;

pub use list::list;

use domain::Fault;

use self::enterprise::Enterprise;
use super::{
    ApiState, Client, Read, Refusal, Write,
    body::Object,
    error,
    named::{Named, Resource},
    paging, schema, tracking,
};
use crate::{
    store::{Customer, CustomerId, Store, Tenant, customer},
    vendor_id::Kind,
};

impl Resource for Enterprise {
    type Id = CustomerId;
    const KIND: Option<Kind> = Some(Kind::Enterprise);
}

impl Named<Enterprise> {
    async fn find(&self, store: &Store, tenant: Tenant) -> Result<Customer, Refusal> {
        let found = customer::find(store.read(), tenant, self.id).await?;
        found.ok_or_else(|| Fault::UnknownResource.into())
    }
}
