//! An onboarding template: how the users of customers are onboarded.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;
use serde::Deserialize;

use super::ids::{PartnerId, TemplateId};

/// An onboarding template: how the users of customers are onboarded.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize)]
#[sea_orm(table_name = "template")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TemplateId,
    /// The partner.
    pub partner_id: PartnerId,
    /// Its name.
    pub name: String,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Default email language, ISO 639-1.
    pub language: String,
    /// What BroadWorks or an API client uses to reach it.
    pub provisioning_id: String,
    /// The token in the activation link.
    pub share_token: String,
    /// What the Share Link field holds.
    pub share_link: String,
    /// `domain::template::UserVerification::as_str`.
    pub verification: String,
    /// Allow users to self-activate.
    pub self_activation: bool,
    /// Provision Admin First.
    pub provision_admin_first: bool,
    /// `domain::Package::as_str`.
    pub default_package: String,
    /// The Xsi-Actions address against which passwords are checked.
    pub xsi_url: String,
    /// Where accounts are created: the name of a target.
    pub target: String,
    /// Under which name the target knows this template (Webex: its provisioning id), if it has one there.
    pub target_reference: Option<String>,
    /// The name in the mails to users.
    pub partner_admin: String,
    /// Where users find help.
    pub support_url: Option<String>,
    /// Where answers to its mails go, if not to their sender.
    pub reply_to: Option<String>,
    /// What its mails end with, if not with the partner's name.
    pub signature: Option<String>,
    /// `domain::Accent`.
    pub accent: Option<String>,
    /// `domain::Logo`: its picture stands in `template_logo`.
    pub logo: Option<String>,
    /// How many reminders there are to prove an address.
    pub reminders: i32,
    /// How many days after the mail before.
    pub reminder_days: i32,
    /// Grows with each change.
    pub version: i32,
    /// Epoch milliseconds.
    pub created_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
