//! What users and workspaces have in common: whose they are, how they stand, and the queries that are the same for both.
//! Those of one kind alone are in `store/subscriber.rs` and `store/workspace.rs`.

use domain::{BroadWorksId, Fault, Status, Timestamp, lifecycle::AtTarget, usage::Item};
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ColumnTrait as _, ConnectionTrait, DbErr, EntityTrait, FromQueryResult,
    IntoActiveModel, ModelTrait, QueryFilter as _, QuerySelect as _, Related, Select, Value,
};

use super::{
    Customer, Owner, Template, Tenant, Work,
    customer::locked_first,
    entity::{customer, template},
    ids::{OwnerId, TemplateId},
    row::{self, Unreadable, changed},
};
use crate::store::Trouble;

/// A subscriber or a workspace.
pub trait Subject: Clone + PartialEq + Send + Sync + Sized + 'static {
    /// What one is known by.
    type Id: Copy + Into<OwnerId> + Into<Value> + Send + Sync;

    /// The id of an owner, if that is one of this kind.
    fn id_of(owner: OwnerId) -> Option<Self::Id>;
    /// The owner under which its tasks, history and usage are kept.
    fn owner(&self) -> Owner;
    /// The template by which it is onboarded.
    fn template_id(&self) -> TemplateId;
    /// The BroadWorks user id.
    fn user_id(&self) -> &BroadWorksId;
    /// Its status.
    fn status(&self) -> Status;
    /// Why the last attempt failed, if that is how it stands.
    fn fault(&self) -> Option<Fault>;
    /// What the target may hold of it.
    fn at_target(&self) -> AtTarget;
    /// Since when it has its status.
    fn status_changed_at(&self) -> Timestamp;
    /// Why the attempt under way has to be made again.
    fn setback(&self) -> Option<Fault>;
    /// The same with another such reason, or with none.
    #[must_use]
    fn with_setback(&self, setback: Option<Fault>) -> Self;
    /// Its id at the target, once that has been heard of.
    fn id_at_target(&self) -> Option<&str>;
    /// As what it is billed.
    fn billed_as(&self) -> Item;
    /// Whether it came by the share link alone.
    fn self_activated(&self) -> bool;
}

/// What [`Subject`] asks of both kinds, which keep it in fields of the same names.
macro_rules! of_both {
    ($kind:ident, $id:ty) => {
        type Id = $id;

        fn id_of(owner: OwnerId) -> Option<$id> {
            if let OwnerId::$kind(id) = owner { Some(id) } else { None }
        }

        fn owner(&self) -> Owner {
            Owner { partner: self.partner_id, customer: self.customer_id, id: self.id.into() }
        }

        fn template_id(&self) -> TemplateId {
            self.template_id
        }

        fn user_id(&self) -> &BroadWorksId {
            &self.user_id
        }

        fn status(&self) -> Status {
            self.lifecycle.status()
        }

        fn fault(&self) -> Option<Fault> {
            self.lifecycle.fault()
        }

        fn at_target(&self) -> AtTarget {
            self.lifecycle.at_target
        }

        fn status_changed_at(&self) -> Timestamp {
            self.status_changed_at
        }

        fn setback(&self) -> Option<Fault> {
            self.setback
        }

        fn with_setback(&self, setback: Option<Fault>) -> Self {
            Self { setback, ..self.clone() }
        }
    };
}

/// What [`Table`] asks of both kinds, whose tables have columns of the same names.
macro_rules! columns_of_both {
    () => {
        type Model = Model;
        type Active = ActiveModel;
        type Entity = Entity;

        const ID: Column = Column::Id;
        const PARTNER_ID: Column = Column::PartnerId;
        const CUSTOMER_ID: Column = Column::CustomerId;
        const USER_ID_KEY: Column = Column::UserIdKey;

        fn read(row: Model) -> Result<Self, Unreadable> {
            row.try_into()
        }

        fn written(&self) -> Model {
            self.clone().into()
        }
    };
}

pub(super) use {columns_of_both, of_both};

/// The queries that are the same for subscribers and workspaces.
pub trait Stored: Subject {
    /// The tenant's of that id.
    ///
    /// # Errors
    /// If it cannot be read, or the database fails.
    fn find(
        db: &impl ConnectionTrait,
        tenant: Tenant,
        id: Self::Id,
    ) -> impl Future<Output = Result<Option<Self>, Trouble>> + Send;

    /// The tenant's of that id, with its template and its customer.
    ///
    /// # Errors
    /// If it cannot be read, or the database fails.
    fn find_whole(
        db: &impl ConnectionTrait,
        tenant: Tenant,
        id: Self::Id,
    ) -> impl Future<Output = Result<Option<(Self, Template, Customer)>, Trouble>> + Send;

    /// Whether the tenant has one of that id.
    ///
    /// # Errors
    /// If the database fails.
    fn is_there(
        db: &impl ConnectionTrait,
        tenant: Tenant,
        id: Self::Id,
    ) -> impl Future<Output = Result<bool, DbErr>> + Send;

    /// The tenant's of that id, locked until the transaction ends, if there is one.
    ///
    /// Every transaction locks in one order, so that no two wait for each other: the customer, what is its, their tasks. An
    /// arrival has to begin with the customer, because the subscriber is not there yet; so everybody does.
    ///
    /// # Errors
    /// If it cannot be read, or the database fails.
    fn lock(work: &Work, tenant: Tenant, id: Self::Id) -> impl Future<Output = Result<Option<Self>, Trouble>> + Send;

    /// The same one as it is now, locked as by [`Stored::lock`]; nothing if it is gone.
    ///
    /// # Errors
    /// If it cannot be read, or the database fails.
    fn relock(&self, work: &Work) -> impl Future<Output = Result<Option<Self>, Trouble>> + Send;

    /// Writes down what has changed of one that was `before`.
    ///
    /// # Errors
    /// If the database fails; [`super::is_taken`] if the partner has another one of that BroadWorks user id.
    fn save(work: &Work, before: &Self, after: &Self) -> impl Future<Output = Result<(), DbErr>> + Send;

    /// Forgets one that is gone.
    ///
    /// # Errors
    /// If the database fails.
    fn delete(&self, work: &Work) -> impl Future<Output = Result<(), DbErr>> + Send;

    /// Which of these ids, by what they are compared by, one of the tenant's partner has: a user id is the partner's only once,
    /// whichever customers the caller sees.
    ///
    /// # Errors
    /// If the database fails.
    fn with_ids(
        db: &impl ConnectionTrait,
        tenant: Tenant,
        keys: Vec<String>,
    ) -> impl Future<Output = Result<Vec<String>, DbErr>> + Send;
}

/// The table of one kind, which the store keeps to itself.
pub(super) trait Table: Subject {
    /// What stands in it.
    type Model: ModelTrait<Entity = Self::Entity> + FromQueryResult + IntoActiveModel<Self::Active> + Send + Sync;
    /// What is written of one.
    type Active: ActiveModelTrait<Entity = Self::Entity> + ActiveModelBehavior + From<Self::Model> + Send;
    /// Its entity.
    type Entity: EntityTrait<Model = Self::Model, ActiveModel = Self::Active>
        + Related<template::Entity>
        + Related<customer::Entity>;

    /// Its columns of these names.
    const ID: <Self::Entity as EntityTrait>::Column;
    /// The partner.
    const PARTNER_ID: <Self::Entity as EntityTrait>::Column;
    /// Of which company.
    const CUSTOMER_ID: <Self::Entity as EntityTrait>::Column;
    /// What two BroadWorks user ids are compared by.
    const USER_ID_KEY: <Self::Entity as EntityTrait>::Column;

    /// What a row means.
    fn read(row: Self::Model) -> Result<Self, Unreadable>;
    /// As a row.
    fn written(&self) -> Self::Model;

    /// The tenant's: where every query begins.
    fn of(tenant: Tenant) -> Select<Self::Entity> {
        Self::Entity::find().filter(tenant.own(Self::PARTNER_ID, Self::CUSTOMER_ID))
    }
}

impl<S: Table> Stored for S {
    async fn find(db: &impl ConnectionTrait, tenant: Tenant, id: Self::Id) -> Result<Option<Self>, Trouble> {
        let found = S::of(tenant).filter(S::ID.eq(id)).one(db).await?;
        Ok(found.map(S::read).transpose()?)
    }

    async fn find_whole(
        db: &impl ConnectionTrait,
        tenant: Tenant,
        id: Self::Id,
    ) -> Result<Option<(Self, Template, Customer)>, Trouble> {
        let whole = S::of(tenant)
            .filter(S::ID.eq(id))
            .find_also_related(template::Entity)
            .find_also_related(customer::Entity)
            .one(db)
            .await?;
        let Some((row, Some(template), Some(customer))) = whole else { return Ok(None) };
        Ok(Some((S::read(row)?, template.try_into()?, customer.into())))
    }

    async fn is_there(db: &impl ConnectionTrait, tenant: Tenant, id: Self::Id) -> Result<bool, DbErr> {
        Ok(S::of(tenant).filter(S::ID.eq(id)).one(db).await?.is_some())
    }

    async fn lock(work: &Work, tenant: Tenant, id: Self::Id) -> Result<Option<Self>, Trouble> {
        let one = S::of(tenant).filter(S::ID.eq(id));
        let found = locked_first(one, S::CUSTOMER_ID, work.get_database_backend()).one(&**work).await?;
        Ok(found.map(S::read).transpose()?)
    }

    async fn relock(&self, work: &Work) -> Result<Option<Self>, Trouble> {
        match S::id_of(self.owner().id) {
            Some(id) => S::lock(work, Tenant::of_subject(self), id).await,
            None => Ok(None),
        }
    }

    async fn save(work: &Work, before: &Self, after: &Self) -> Result<(), DbErr> {
        if before == after {
            // SeaORM would read the row instead.
            return Ok(());
        }
        row::save(&**work, changed::<S::Active>(before.written(), after.written())).await
    }

    async fn delete(&self, work: &Work) -> Result<(), DbErr> {
        self.written().delete(&**work).await.map(drop)
    }

    async fn with_ids(db: &impl ConnectionTrait, tenant: Tenant, keys: Vec<String>) -> Result<Vec<String>, DbErr> {
        let taken = S::Entity::find().select_only().column(S::USER_ID_KEY).filter(S::USER_ID_KEY.is_in(keys));
        taken.filter(S::PARTNER_ID.eq(tenant.partner())).into_tuple().all(db).await
    }
}
