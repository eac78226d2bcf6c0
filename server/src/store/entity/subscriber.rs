//! A person with a BroadWorks user id. Its state is written only by `provisioning::change`.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;
use serde::Deserialize;

use super::ids::{CustomerId, PartnerId, SubscriberId, TemplateId};

/// A person with a BroadWorks user id. Its state is written only by `provisioning::change`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize)]
#[sea_orm(table_name = "subscriber")]
pub struct Model {
    /// Its id; UUIDv7, so that ids grow with time.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SubscriberId,
    /// The partner.
    pub partner_id: PartnerId,
    /// Of which company.
    pub customer_id: CustomerId,
    /// The template by which it is onboarded.
    pub template_id: TemplateId,
    /// The BroadWorks user id, as given.
    pub user_id: String,
    /// What two ids are compared by.
    pub user_id_key: String,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Primary phone number.
    pub primary_phone: Option<String>,
    /// Mobile phone number.
    pub mobile_phone: Option<String>,
    /// Extension.
    pub extension: Option<String>,
    /// Preferred language.
    pub language: Option<String>,
    /// Time zone.
    pub timezone: Option<String>,
    /// The group within the enterprise, as the service provider calls it.
    pub sp_enterprise_group_id: Option<String>,
    /// The package that counts.
    pub package: String,
    /// Came by the share link alone.
    pub self_activated: bool,
    /// See `domain::lifecycle::Record`.
    pub status: String,
    /// See `domain::lifecycle::Record`.
    pub email: Option<String>,
    /// See `domain::lifecycle::Record`.
    pub email_proof: Option<String>,
    /// See `domain::lifecycle::Record`.
    pub attempt: Option<String>,
    /// See `domain::lifecycle::Record`.
    pub wanted_package: Option<String>,
    /// See `domain::lifecycle::Record`.
    pub fault: Option<i32>,
    /// See `domain::lifecycle::Record`.
    pub at_target: String,
    /// What the target itself said about the fault.
    pub fault_detail: Option<String>,
    /// Of the attempt that failed.
    pub tracking_id: Option<String>,
    /// Why the attempt under way has to be made again: a fault's code.
    #[sea_orm(column_name = "hitch")]
    pub setback: Option<i32>,
    /// The mail that asks to prove the address was refused for good.
    pub mail_refused: bool,
    /// Why: a fault's code. None from before it was kept.
    pub mail_fault: Option<i32>,
    /// When the mail is due that says that the account is ready, in epoch milliseconds; none if it is not.
    pub ready_mail_at: Option<i64>,
    /// Since when the user wants no more reminders: epoch milliseconds.
    pub reminders_stopped_at: Option<i64>,
    /// The account's id at the target.
    pub person_id: Option<String>,
    /// Epoch milliseconds.
    pub created_at: i64,
    /// Epoch milliseconds.
    pub status_changed_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

belongs_to!(template by TemplateId);

belongs_to!(customer by CustomerId);

impl ActiveModelBehavior for ActiveModel {}
