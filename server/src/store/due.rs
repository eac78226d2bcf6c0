//! Rows that servers take in turn when a moment in them has passed: whoever takes one moves the moment forward, so that nobody else
//! does, and it comes again if the server dies.

use domain::Timestamp;
use sea_orm::{
    ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter as _, QuerySelect as _,
    QueryTrait as _,
    sea_query::{Expr, LockBehavior, LockType, Order, Query, SimpleExpr},
};

use super::Work;

/// Which rows are due.
pub(super) struct Due<E: EntityTrait> {
    key: E::Column,
    moment: E::Column,
    condition: Condition,
}

impl<E: EntityTrait> Due<E> {
    /// Those whose moment has passed by now.
    pub(super) fn new(key: E::Column, moment: E::Column, now: Timestamp) -> Self {
        Self { key, moment, condition: Condition::all().add(moment.lte(now.0)) }
    }

    /// Of them, only those that fit this as well.
    pub(super) fn that(self, fit: SimpleExpr) -> Self {
        Self { condition: self.condition.add(fit), ..self }
    }

    /// Whether there is one. Mostly there is none: that costs no transaction.
    ///
    /// # Errors
    /// If the database fails.
    pub(super) async fn is_there(&self, db: &impl ConnectionTrait) -> Result<bool, DbErr> {
        let first = E::find().select_only().column(self.key).filter(self.condition.clone()).limit(1);
        Ok(db.query_one_raw(first.build(db.get_database_backend())).await?.is_some())
    }

    /// Takes up to so many until then, those first that have been due for longest.
    ///
    /// # Errors
    /// If the database fails.
    pub(super) async fn claim(self, work: &Work, until: Timestamp, most: u64) -> Result<Vec<E::Model>, DbErr> {
        let next = Query::select()
            .column(self.key)
            .from(E::default())
            .cond_where(self.condition)
            .order_by(self.moment, Order::Asc)
            .order_by(self.key, Order::Asc)
            .limit(most)
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
            .to_owned();
        E::update_many()
            .col_expr(self.moment, Expr::value(until.0))
            .filter(self.key.in_subquery(next))
            .exec_with_returning(&**work)
            .await
    }
}
