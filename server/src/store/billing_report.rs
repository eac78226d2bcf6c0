//! Billing reports that somebody asked for. Their content is computed from [`super::usage`] whenever it is read.

use domain::Timestamp;
use sea_orm::{
    ActiveModelTrait as _, ColumnTrait as _, Condition, ConnectionTrait, DbErr, EntityTrait as _, IntoActiveModel as _,
    QueryFilter as _, QueryOrder as _, Select,
};

use super::{
    Rows, Tenant, Work,
    entity::billing_report::{Column, Entity, Model},
    ids::{ApiTokenId, BillingReportId, PartnerId},
    page::{self, Page, Window},
    row::Unreadable,
};
use crate::{billing_period::BillingPeriod, store::Trouble};

/// A billing report that somebody asked for.
#[derive(Clone, PartialEq, Eq)]
pub struct BillingReport {
    /// Its id; grows with time.
    pub id: BillingReportId,
    /// The partner.
    pub partner_id: PartnerId,
    /// Of which month.
    pub period: BillingPeriod,
    /// By which API token.
    pub created_by: ApiTokenId,
    /// Signs the addresses from which it is downloaded.
    pub signing_key: Vec<u8>,
    /// Since when; what happened later is not part of it.
    pub created_at: Timestamp,
}

impl TryFrom<Model> for BillingReport {
    type Error = Unreadable;

    fn try_from(row: Model) -> Result<Self, Unreadable> {
        let unreadable = |column| Unreadable { table: "billing_report", id: row.id.into(), column };
        Ok(Self {
            period: BillingPeriod::parse(&row.period).map_err(|_| unreadable("period"))?,
            id: row.id,
            partner_id: row.partner_id,
            created_by: row.created_by,
            signing_key: row.signing_key,
            created_at: Timestamp(row.created_at),
        })
    }
}

impl From<BillingReport> for Model {
    fn from(report: BillingReport) -> Self {
        Self {
            id: report.id,
            partner_id: report.partner_id,
            period: report.period.as_str().to_owned(),
            created_by: report.created_by,
            signing_key: report.signing_key,
            created_at: report.created_at.0,
        }
    }
}

/// What the reports of a list have to fit.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    /// Made before.
    pub before: Option<Timestamp>,
    /// Made after.
    pub after: Option<Timestamp>,
}

/// In which order a list comes: the latest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// By month, and those of one month by age.
    Period,
    /// By age.
    Id,
}

/// A report's place in either order: its month, as it is written, and its id.
pub type Place = (String, BillingReportId);

/// The tenant's report of that id.
///
/// # Errors
/// If it cannot be read, or the database fails.
pub async fn find(
    db: &impl ConnectionTrait,
    tenant: Tenant,
    id: BillingReportId,
) -> Result<Option<BillingReport>, Trouble> {
    one(db, of(tenant).filter(Column::Id.eq(id))).await
}

/// The report to which a signed address leads, before the signature is compared with the report's key.
///
/// # Errors
/// If it cannot be read, or the database fails.
pub async fn at_address(db: &impl ConnectionTrait, id: BillingReportId) -> Result<Option<BillingReport>, Trouble> {
    one(db, Entity::find_by_id(id)).await
}

/// A part of the tenant's reports.
///
/// # Errors
/// If the database fails.
pub async fn page(
    db: &impl Rows,
    tenant: Tenant,
    filter: Filter,
    order: Order,
    window: Window<Place>,
) -> Result<Page<BillingReport, Place>, DbErr> {
    let conditions = [
        filter.before.map(|moment| Column::CreatedAt.lt(moment.0).into()),
        filter.after.map(|moment| Column::CreatedAt.gt(moment.0).into()),
        window.after.as_ref().map(|place| order.after(place)),
    ];
    let rows = conditions.into_iter().flatten().fold(of(tenant), |rows, fits: Condition| rows.filter(fits));
    let rows = match order {
        Order::Period => rows.order_by_desc(Column::Period),
        Order::Id => rows,
    };
    let place = |row: &Model| (row.period.clone(), row.id);
    Ok(page::part(db, rows.order_by_desc(Column::Id), place, window).await?.readable())
}

impl Order {
    /// What comes after the report in that place.
    fn after(self, (period, id): &Place) -> Condition {
        let older = Column::Id.lt(*id);
        match self {
            Self::Id => Condition::all().add(older),
            Self::Period => Condition::any()
                .add(Column::Period.lt(period.as_str()))
                .add(Condition::all().add(Column::Period.eq(period.as_str())).add(older)),
        }
    }
}

/// Writes a new one down.
///
/// # Errors
/// If the database fails.
pub async fn insert(work: &Work, report: BillingReport) -> Result<(), DbErr> {
    let row: Model = report.into();
    row.into_active_model().insert(&**work).await.map(drop)
}

/// Forgets the tenant's report of that id. Returns whether there was one.
///
/// # Errors
/// If the database fails.
pub async fn delete(work: &Work, tenant: Tenant, id: BillingReportId) -> Result<bool, DbErr> {
    let own = Entity::delete_by_id(id).filter(Column::PartnerId.eq(tenant.partner()));
    Ok(own.exec(&**work).await?.rows_affected > 0)
}

/// The tenant's reports: where every query but the one above begins.
fn of(tenant: Tenant) -> Select<Entity> {
    Entity::find().filter(Column::PartnerId.eq(tenant.partner()))
}

async fn one(db: &impl ConnectionTrait, rows: Select<Entity>) -> Result<Option<BillingReport>, Trouble> {
    Ok(rows.one(db).await?.map(BillingReport::try_from).transpose()?)
}
