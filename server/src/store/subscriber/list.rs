//! Lists of subscribers, in parts: by key in both directions, and the best first for whoever looks for one.

use std::cmp::Reverse;

use domain::search::{Fit, Terms};
use sea_orm::{
    DbBackend, DbErr, Iterable as _,
    sea_query::{Alias, Expr, ExprTrait as _, JoinType, Order, Query, SelectStatement, SimpleExpr},
};

use super::{Column, Entity, Filter, Model, Subscriber};
use crate::store::{
    Page, Rows, SubscriberId, Tenant, Window, counter,
    page::first_of,
    row::readable,
    search::{has_grams, reads},
};

/// If so few can fit but for the terms, these are read and not the index of grams.
const FEW: i64 = 2_000;

/// A part of the tenant's subscribers, the oldest first.
///
/// # Errors
/// If the database fails.
pub async fn oldest_first(
    db: &impl Rows,
    tenant: Tenant,
    filter: &Filter,
    window: Window<SubscriberId>,
) -> Result<Page<Subscriber, SubscriberId>, DbErr> {
    part(db, tenant, filter, Order::Asc, window).await
}

/// A part of the tenant's subscribers, the newest first.
///
/// # Errors
/// If the database fails.
pub async fn newest_first(
    db: &impl Rows,
    tenant: Tenant,
    filter: &Filter,
    window: Window<SubscriberId>,
) -> Result<Page<Subscriber, SubscriberId>, DbErr> {
    part(db, tenant, filter, Order::Desc, window).await
}

/// The first part of a list of whom terms find, with those before the others who fit best, so many at the most: whose words are
/// just that, and then who has one that begins so. The index is asked for them only if the part is not everybody.
///
/// # Errors
/// If the database fails.
pub async fn best_first(
    db: &impl Rows,
    tenant: Tenant,
    terms: &Terms,
    (mut part, is_everybody): (Vec<Subscriber>, bool),
    most: usize,
) -> Result<Vec<Subscriber>, DbErr> {
    let filter = Filter::default();
    let list = List { db, tenant, filter: &filter, order: Order::Desc, after: None, most: most as u64 };
    let mut best: Vec<Subscriber> = Vec::new();
    for fit in [Fit::Whole, Fit::Beginning] {
        let found: Vec<Subscriber> = match is_everybody {
            true => part.iter().filter(|user| terms.fit(&user.findable()) == Some(fit)).cloned().collect(),
            false if best.len() < most => readable(list.by_grams(terms, fit, 0).await?.into_iter().flatten().collect()),
            false => Vec::new(),
        };
        for user in found {
            if best.len() < most && best.iter().all(|known| known.id != user.id) {
                best.push(user);
            }
        }
    }
    part.retain(|user| best.iter().all(|known| known.id != user.id));
    best.append(&mut part);
    Ok(best)
}

/// Everybody who fits a filter, nothing selected of them yet: by the index that finds them soonest.
pub(super) async fn fitting(db: &impl Rows, tenant: Tenant, filter: &Filter) -> Result<SelectStatement, DbErr> {
    let list = List { db, tenant, filter, order: Order::Desc, after: None, most: 0 };
    Ok(match &filter.terms() {
        Some(terms) if !list.is_short().await? => list.fitting_by_grams(terms, Fit::Within).0,
        terms => list.fitting(terms.as_ref()),
    })
}

async fn part(
    db: &impl Rows,
    tenant: Tenant,
    filter: &Filter,
    order: Order,
    window: Window<SubscriberId>,
) -> Result<Page<Subscriber, SubscriberId>, DbErr> {
    let (skip, terms) = (window.skip.unwrap_or(0), filter.terms());
    let read = |most| {
        let list = List { db, tenant, filter, order: order.clone(), after: window.after, most };
        let terms = terms.as_ref();
        async move {
            match terms {
                Some(terms) if !list.is_short().await? => list.by_grams(terms, Fit::Within, skip).await,
                _ => list.in_order(terms, skip).await,
            }
        }
    };
    let (rows, more) = first_of(window.most, read).await?;
    let next = rows.last().filter(|_| more).map(|row| row.id);
    Ok(Page { rows: readable(rows), next })
}

/// The part of a list that is wanted.
struct List<'a, C> {
    db: &'a C,
    tenant: Tenant,
    filter: &'a Filter,
    order: Order,
    after: Option<SubscriberId>,
    most: u64,
}

impl<C: Rows> List<'_, C> {
    fn backend(&self) -> DbBackend {
        self.db.get_database_backend()
    }

    async fn read(&self, query: &SelectStatement) -> Result<Vec<Option<Model>>, DbErr> {
        self.db.rows(self.backend().build(query)).await
    }

    /// Whether few can fit but for the terms. PostgreSQL finds out itself.
    async fn is_short(&self) -> Result<bool, DbErr> {
        if self.backend() == DbBackend::Postgres {
            return Ok(false);
        }
        let Filter { template, customer, .. } = self.filter;
        if self.filter.ids.is_some() {
            return Ok(true);
        }
        let statuses = self.filter.statuses();
        if template.is_none() && customer.is_none() && statuses.is_none() {
            return Ok(false);
        }
        Ok(counter::so_many(self.db, self.tenant, (*template, *customer), statuses).await? <= FEW)
    }

    /// In the order of ids: of each part of the list as many as are wanted, and of all of these the first.
    async fn in_order(&self, terms: Option<&Terms>, skip: u64) -> Result<Vec<Option<Model>>, DbErr> {
        let mut parts = self.filter.parts();
        if parts.len() < 2 {
            // The condition says it already.
            let mut query = self.ordered(terms, self.most);
            return self.read(query.offset(skip)).await;
        }
        let mut rows = Vec::new();
        for part in parts.drain(..) {
            let mut query = self.ordered(terms, self.most + skip);
            rows.extend(self.read(query.and_where(part)).await?);
        }
        // What cannot be read stands last, and is left out with what is too much.
        let id = |row: &Option<Model>| row.as_ref().map(|row| row.id);
        match self.order {
            Order::Asc => rows.sort_by_key(|row| (row.is_none(), id(row))),
            _ => rows.sort_by_key(|row| Reverse(id(row))),
        }
        rows.dedup_by(|one, other| one.is_some() && id(one) == id(other));
        let skip = usize::try_from(skip).unwrap_or(usize::MAX);
        Ok(rows.into_iter().skip(skip).take(usize::try_from(self.most).unwrap_or(usize::MAX)).collect())
    }

    /// Everybody who fits, nothing selected of them yet.
    fn fitting(&self, terms: Option<&Terms>) -> SelectStatement {
        let mut query = Query::select();
        query.from(Entity).cond_where(self.filter.condition(self.tenant));
        if let Some(terms) = terms {
            query.join(JoinType::InnerJoin, Alias::new("subscriber_search"), Expr::cust(SAME));
            reads(terms, Fit::Within).into_iter().for_each(|reads| _ = query.and_where(reads));
        }
        query
    }

    /// The same by the index of grams, and what it is read by.
    fn fitting_by_grams(&self, terms: &Terms, fit: Fit) -> (SelectStatement, SimpleExpr) {
        let mut query = Query::select();
        let key: SimpleExpr = if self.backend() == DbBackend::Postgres {
            query.from(Alias::new("subscriber_search")).join(JoinType::InnerJoin, Entity, Expr::cust(SAME));
            Expr::col((Entity, Column::Id))
        } else {
            // Cross joins are read from left to right; they are written without a condition.
            let numbered = Expr::cust("subscriber_search.number = subscriber_gram.rowid");
            query.from(Alias::new("subscriber_gram"));
            query.join(JoinType::CrossJoin, Alias::new("subscriber_search"), Expr::cust("TRUE"));
            query.join(JoinType::CrossJoin, Entity, Expr::cust("TRUE"));
            query.and_where(numbered).and_where(Expr::cust(SAME));
            Expr::cust("subscriber_gram.rowid")
        };
        query.and_where(has_grams(self.backend(), self.tenant, terms, fit));
        reads(terms, fit).into_iter().for_each(|reads| _ = query.and_where(reads));
        query.cond_where(self.filter.condition(self.tenant));
        (query, key)
    }

    fn ordered(&self, terms: Option<&Terms>, most: u64) -> SelectStatement {
        let mut query = self.fitting(terms);
        query.columns(columns());
        if let Some(after) = self.after {
            query.and_where(self.behind(Expr::col((Entity, Column::Id)), after.into()));
        }
        query.order_by((Entity, Column::Id), self.order.clone()).limit(most);
        query
    }

    /// By the index of grams. In SQLite in the order in which it has taken users in, which is nearly that of their ids, and in
    /// which it can be read until there are enough.
    async fn by_grams(&self, terms: &Terms, fit: Fit, skip: u64) -> Result<Vec<Option<Model>>, DbErr> {
        let (mut query, key) = self.fitting_by_grams(terms, fit);
        query.columns(columns());
        if let Some(after) = self.after {
            let after = if self.backend() == DbBackend::Postgres { after.into() } else { number_of(after) };
            query.and_where(self.behind(key.clone(), after));
        }
        query.order_by_expr(key, self.order.clone()).limit(self.most).offset(skip);
        self.read(&query).await
    }

    fn behind(&self, key: SimpleExpr, after: SimpleExpr) -> SimpleExpr {
        if self.order == Order::Asc { key.gt(after) } else { key.lt(after) }
    }
}

const SAME: &str = "subscriber.id = subscriber_search.subscriber_id";

fn columns() -> impl Iterator<Item = (Entity, Column)> {
    Column::iter().map(|column| (Entity, column))
}

/// The number of a user in SQLite's index; of one who has gone meanwhile, of the one before.
fn number_of(user: SubscriberId) -> SimpleExpr {
    Expr::cust_with_values(
        "(SELECT number FROM subscriber_search WHERE subscriber_id <= ? ORDER BY subscriber_id DESC LIMIT 1)",
        [user],
    )
}
