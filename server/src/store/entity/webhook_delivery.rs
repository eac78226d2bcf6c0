//! A change that a webhook reports: written with the change, sent afterwards.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;
use serde::Deserialize;

use super::ids::{StepId, SubscriberId, WebhookId};

/// A change that a webhook reports: written with the change, sent afterwards.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize)]
#[sea_orm(table_name = "webhook_delivery")]
pub struct Model {
    /// Which webhook.
    #[sea_orm(primary_key, auto_increment = false)]
    pub webhook_id: WebhookId,
    /// The step in the subscriber's history; deliveries are made in the order of steps.
    #[sea_orm(primary_key, auto_increment = false)]
    pub step_id: StepId,
    /// `webhooks::Event::name`.
    pub event: String,
    /// The subscriber.
    pub subscriber_id: SubscriberId,
    /// The BroadWorks user id then.
    pub user_id: String,
    /// How often it was tried.
    pub attempts: i32,
    /// `delivered` or `failed`; none while it is to be tried.
    pub outcome: Option<String>,
    /// The status of the last answer, if there was one.
    pub response: Option<i32>,
    /// Why there was no answer the last time.
    pub problem: Option<String>,
    /// Epoch milliseconds.
    pub created_at: i64,
    /// The last try, epoch milliseconds.
    pub tried_at: Option<i64>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
