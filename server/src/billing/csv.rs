//! A report as CSV: one row per span, in chunks as they are read from the database.

use axum::body::Bytes;
use domain::{
    Fault,
    usage::{Billed, Window},
};
use futures::{Stream, stream};

use crate::{
    fault::Trouble,
    iso8601,
    spreadsheet::{BYTE_ORDER_MARK, row},
    store::{
        self, BillingReport, Customer, OwnerId, Partner, Store, Tenant, UsageId, customer, partner,
        usage::{self, Used},
    },
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
    tenant: Tenant,
    partner: Partner,
}

/// The report's rows, the oldest spans first.
pub fn csv(store: Store, report: BillingReport) -> impl Stream<Item = Result<Bytes, Trouble>> + Send {
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
    Header(BillingReport),
    Page { report: Report, above: Option<UsageId> },
    End,
}

impl Report {
    async fn of(store: &Store, report: &BillingReport) -> Result<Self, Trouble> {
        let tenant = Tenant::of_report(report);
        let partner = partner::of(store.read(), tenant).await?.ok_or(Fault::NotFound)?;
        let window = report.period.window_until(report.created_at);
        Ok(Self { period: report.period.as_str().to_owned(), window, tenant, partner })
    }

    async fn page(self, store: &Store, above: Option<UsageId>) -> Result<(String, Next), Trouble> {
        let window = store::Window { after: above, skip: None, most: PAGE };
        let found = usage::touching(store.read(), self.tenant, self.window, window).await?;
        let customers = found.rows.iter().map(|used| used.customer_id);
        let customers = customer::some(store.read(), self.tenant, customers).await?;
        let rows = found
            .rows
            .iter()
            .filter_map(|used| {
                let billed = used.span.within(self.window)?;
                Some(self.cells(used, customers.get(&used.customer_id)?, billed))
            })
            .map(|cells| row(cells.iter().map(String::as_str)))
            .collect();
        let next = found.next.map_or(Next::End, |last| Next::Page { report: self, above: Some(last) });
        Ok((rows, next))
    }

    fn cells(&self, used: &Used, customer: &Customer, billed: Billed) -> [String; COLUMNS.len()] {
        let ended = billed.until < self.window.until;
        [
            self.period.clone(),
            self.partner.name.clone(),
            customer.sp_enterprise_id.as_str().to_owned(),
            customer.name.clone(),
            used.user_id.clone(),
            owner(used.owner),
            used.item.as_str().to_owned(),
            used.self_activated.to_string(),
            iso8601::format(billed.from),
            iso8601::format(billed.until),
            billed.days.to_string(),
            standing(ended, used.span.until.is_some_and(|end| end.continued)).to_owned(),
        ]
    }
}

/// An owner's id, as the API shows it.
fn owner(id: OwnerId) -> String {
    match id {
        OwnerId::Subscriber(id) => Kind::Subscriber.encode(id),
        OwnerId::Workspace(id) => Kind::Workspace.encode(id),
    }
}

/// How the span stood when the report's time was over.
const fn standing(ended: bool, continued: bool) -> &'static str {
    match (ended, continued) {
        (false, _) => "active",
        (true, true) => "changed",
        (true, false) => "removed",
    }
}
