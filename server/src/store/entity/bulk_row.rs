//! One change of a bulk job.

#![allow(missing_docs, reason = "SeaORM's derives make public items without docs")]

use sea_orm::entity::prelude::*;
use serde::Deserialize;

use super::ids::{BulkJobId, SubscriberId};

/// One change of a bulk job.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, Deserialize)]
#[sea_orm(table_name = "bulk_row")]
pub struct Model {
    /// The job.
    #[sea_orm(primary_key, auto_increment = false)]
    pub job_id: BulkJobId,
    /// Its place in the job, from 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    /// What was written in it, as JSON; none once it has its outcome.
    pub written: Option<String>,
    /// The subscriber that it names or made.
    pub subscriber_id: Option<SubscriberId>,
    /// A `domain::bulk::Outcome`; none until it was carried out.
    pub outcome: Option<String>,
    /// What is wrong with it, as JSON.
    pub errors: Option<String>,
    /// Their BroadWorks id, as far as it is known; it stays when they are gone.
    pub user_id: Option<String>,
    /// Its first line in the file that the job was made of, if it was one.
    pub line: Option<i32>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
