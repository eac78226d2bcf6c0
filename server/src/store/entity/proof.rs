//! A request to prove an address by mail.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;

use super::ids::{ProofId, SubscriberId};

/// A request to prove an address by mail.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "proof")]
pub struct Model {
    /// Its id, and the mail's.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ProofId,
    /// The subscriber who is to prove an address.
    pub subscriber_id: SubscriberId,
    /// Which address.
    pub email: String,
    /// Language of the mail.
    pub locale: String,
    /// Neither used nor replaced by a newer one.
    pub open: bool,
    /// Wrong codes entered.
    pub tries: i32,
    /// A `domain::Mailing`.
    pub mail: String,
    /// What the mail server has reported since of a mail that it took: a `domain::Mailing`.
    pub report: Option<String>,
    /// Which reminder its mail is; 0 if somebody has asked for it.
    pub reminder: i32,
    /// When the next reminder is due, if one is: epoch milliseconds.
    pub remind_at: Option<i64>,
    /// What the customer's administrator wrote, to stand in the mail.
    pub note: Option<String>,
    /// Epoch milliseconds.
    pub created_at: i64,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

belongs_to!(subscriber by SubscriberId);

// The task that sends its mail.
belongs_to!(task by Id to ProofId);

impl ActiveModelBehavior for ActiveModel {}
