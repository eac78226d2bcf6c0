//! A report as CSV: one row per span, in chunks as they are read from the database.

use axum::body::Bytes;
use domain::{
    Fault, Timestamp,
    usage::{Billed, End, Span, Window},
};
use futures::{Stream, stream};
use sea_orm::{
    ColumnTrait as _, Condition, DbErr, EntityTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
};
use uuid::Uuid;

use super::BillingPeriod;
use crate::{
    export::customers,
    fault::Trouble,
    iso8601,
    spreadsheet::{BYTE_ORDER_MARK, row},
    store::{
        Partner, Store, Tenant,
        entity::{billing_report, customer, usage},
        partner,
    },
    usage::WORKSPACE,
    vendor_id::Kind,
};

/// Rows fetched at a time.
const PAGE: u64 = 1_000;

const COLUMNS: [&str; 12] = [
    "BILLING PERIOD",
    "PARTNER",
    "SP ENTERPRISE ID",
    "CUSTOMER NAME",
    "BROADWORKS ID",
    "SUBSCRIBER ID",
    "PACKAGE",
    "SELF ACTIVATED",
    "START DATE",
    "END DATE",
    "DAYS",
    "STATUS",
];

/// What a whole report needs.
#[derive(Clone)]
struct Report {
    period: String,
    window: Window,
    partner: Partner,
}

/// The report's rows, the oldest spans first.
pub fn csv(store: Store, report: billing_report::Model) -> impl Stream<Item = Result<Bytes, Trouble>> + Send {
    stream::try_unfold(Next::Header(report), move |next| {
        let store = store.clone();
        async move {
            let (rows, next) = match next {
                Next::End => return Ok(None),
                Next::Header(report) => {
                    let report = Report::of(&store, &report).await?;
                    let header = format!("{BYTE_ORDER_MARK}{}", row(COLUMNS.into_iter()));
                    (header, Next::Page { report, above: None })
                }
                Next::Page { report, above } => report.page(&store, above).await?,
            };
            Ok::<_, Trouble>(Some((Bytes::from(rows), next)))
        }
    })
}

enum Next {
    Header(billing_report::Model),
    Page { report: Report, above: Option<Uuid> },
    End,
}

impl Report {
    async fn of(store: &Store, report: &billing_report::Model) -> Result<Self, Trouble> {
        let partner = partner::of(store.read(), Tenant::of_report(report)).await?.ok_or(Fault::NotFound)?;
        let period = BillingPeriod::parse(&report.period)?;
        let window = period.window_until(Timestamp(report.created_at));
        Ok(Self { period: report.period.clone(), window, partner })
    }

    async fn page(self, store: &Store, above: Option<Uuid>) -> Result<(String, Next), Trouble> {
        let found = self.spans(store, above).await?;
        let customers = customers(store, found.iter().map(|span| span.customer_id)).await?;
        let rows = found
            .iter()
            .filter_map(|span| {
                let billed = billed(span, self.window)?;
                Some(self.cells(span, customers.get(&span.customer_id)?, billed))
            })
            .map(|cells| row(cells.iter().map(String::as_str)))
            .collect();
        let full = found.len() as u64 == PAGE;
        let last = found.last().filter(|_| full).map(|last| last.id);
        let next = last.map_or(Next::End, |last| Next::Page { report: self, above: Some(last) });
        Ok((rows, next))
    }

    /// The spans that touch the window.
    async fn spans(&self, store: &Store, above: Option<Uuid>) -> Result<Vec<usage::Model>, DbErr> {
        let ends =
            Condition::any().add(usage::Column::UntilAt.is_null()).add(usage::Column::UntilAt.gt(self.window.from.0));
        let mut query = usage::Entity::find()
            .filter(usage::Column::PartnerId.eq(self.partner.id))
            .filter(usage::Column::FromAt.lt(self.window.until.0))
            .filter(ends);
        if let Some(above) = above {
            query = query.filter(usage::Column::Id.gt(above));
        }
        query.order_by_asc(usage::Column::Id).limit(PAGE).all(store.read()).await
    }

    fn cells(&self, span: &usage::Model, customer: &customer::Model, billed: Billed) -> [String; COLUMNS.len()] {
        let ended = billed.until < self.window.until;
        [
            self.period.clone(),
            self.partner.name.clone(),
            customer.sp_enterprise_id.clone(),
            customer.name.clone(),
            span.user_id.clone(),
            whose(span).encode(span.subscriber_id),
            span.package.clone(),
            span.self_activated.to_string(),
            iso8601::format(billed.from),
            iso8601::format(billed.until),
            billed.days.to_string(),
            standing(ended, span.continued).to_owned(),
        ]
    }
}

fn billed(span: &usage::Model, window: Window) -> Option<Billed> {
    let end = |at| End { at: Timestamp(at), continued: span.continued };
    Span { from: Timestamp(span.from_at), until: span.until_at.map(end) }.within(window)
}

/// What kind of id a row shows.
fn whose(span: &usage::Model) -> Kind {
    if span.package == WORKSPACE { Kind::Workspace } else { Kind::Subscriber }
}

/// How the span stood when the report's time was over.
const fn standing(ended: bool, continued: bool) -> &'static str {
    match (ended, continued) {
        (false, _) => "active",
        (true, true) => "changed",
        (true, false) => "removed",
    }
}
