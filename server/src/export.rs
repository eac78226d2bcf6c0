//! Export: a list of subscribers as CSV (RFC 4180), in UTF-8 with a byte order mark so that spreadsheets recognise it.
//!
//! What is written here, [`crate::import`] reads. Rows are fetched by key, a page at a time, however long the list is.

use std::collections::HashMap;

use axum::body::Bytes;
use domain::{Fault, Field, subscriber::Requirement};
use futures::{Stream, stream};

use crate::{
    fault::Trouble,
    import::ROW_ERROR,
    iso8601,
    provisioning::subscribers,
    spreadsheet::{BYTE_ORDER_MARK, row},
    store::{Customer, Store, Subscriber, SubscriberId, Template, Tenant, Window, customer, subscriber, template},
};

/// Rows fetched at a time.
const PAGE: u64 = 1_000;

/// The columns that import reads, in order; the ones that only tell how the subscriber stands follow.
const FIELDS: [Field; 13] = [
    Field::UserId,
    Field::FirstName,
    Field::LastName,
    Field::Email,
    Field::Package,
    Field::SpEnterpriseId,
    Field::ProvisioningId,
    Field::PrimaryPhone,
    Field::MobilePhone,
    Field::Extension,
    Field::Language,
    Field::TimeZone,
    Field::SpEnterpriseGroupId,
];
const STANDING: [&str; 6] = ["Status", "Pending Requirement", "Error Code", "Error Text", "Created", "Last Change"];

/// Whether we write a column of this name that import does not read.
#[must_use]
pub fn tells_standing(column: &str) -> bool {
    STANDING.iter().chain([&ROW_ERROR]).any(|name| name.eq_ignore_ascii_case(column))
}

/// Which subscribers are exported.
#[derive(Clone, Debug)]
pub struct ExportFilter {
    /// The partner.
    pub tenant: Tenant,
    /// What they have to fit.
    pub wanted: subscriber::Filter,
}

/// The list as CSV, the newest subscribers first, in chunks as they are read from the database.
pub fn csv(store: Store, filter: ExportFilter) -> impl Stream<Item = Result<Bytes, Trouble>> + Send {
    stream::try_unfold(Next::Header, move |next| {
        let (store, filter) = (store.clone(), filter.clone());
        async move {
            let (rows, next) = match next {
                Next::End => return Ok(None),
                // Not the header alone: whoever begins to answer knows by the first chunk that the list can be read.
                Next::Header => {
                    let names = FIELDS.into_iter().map(Field::column).chain(STANDING);
                    let (rows, next) = page(&store, &filter, None).await?;
                    (format!("{BYTE_ORDER_MARK}{}{rows}", row(names)), next)
                }
                Next::Page { below } => page(&store, &filter, Some(below)).await?,
            };
            Ok(Some((Bytes::from(rows), next)))
        }
    })
}

enum Next {
    Header,
    Page { below: SubscriberId },
    End,
}

async fn page(store: &Store, filter: &ExportFilter, below: Option<SubscriberId>) -> Result<(String, Next), Trouble> {
    let window = Window { after: below, skip: None, most: PAGE };
    let found = subscriber::newest_first(store.read(), filter.tenant, &filter.wanted, window).await?;
    let templates = found.rows.iter().map(|subscriber| subscriber.template_id);
    let templates = template::some(store.read(), filter.tenant, templates).await?;
    let templates: HashMap<_, _> = templates.into_iter().map(|template| (template.id, template)).collect();
    let customers = found.rows.iter().map(|subscriber| subscriber.customer_id);
    let customers = customer::some(store.read(), filter.tenant, customers).await?;
    let known = |subscriber: &Subscriber| {
        Some(cells(subscriber, customers.get(&subscriber.customer_id)?, templates.get(&subscriber.template_id)?))
    };
    let rows = found.rows.iter().filter_map(known).map(|cells| row(cells.iter().map(String::as_str))).collect();
    Ok((rows, found.next.map_or(Next::End, |below| Next::Page { below })))
}

fn cells(subscriber: &Subscriber, customer: &Customer, template: &Template) -> Vec<String> {
    // What keeps an attempt from succeeding at first is told as what kept it for good is.
    let fault = subscriber.lifecycle.fault().or(subscriber.setback);
    let held = subscribers::held(template, customer, subscriber.id);
    let requirement = Requirement::of(subscriber.lifecycle.status(), held);
    let optional = |text: &Option<String>| text.clone().unwrap_or_default();
    FIELDS
        .into_iter()
        .map(|field| match field {
            Field::UserId => subscriber.user_id.as_str().to_owned(),
            Field::FirstName => subscriber.first_name.clone(),
            Field::LastName => subscriber.last_name.clone(),
            Field::Email => subscriber.lifecycle.email().map(|email| email.as_str().to_owned()).unwrap_or_default(),
            Field::Package => subscriber.package.as_str().to_owned(),
            Field::SpEnterpriseId => customer.sp_enterprise_id.as_str().to_owned(),
            Field::ProvisioningId => template.provisioning_id.clone(),
            Field::PrimaryPhone => optional(&subscriber.primary_phone),
            Field::MobilePhone => optional(&subscriber.mobile_phone),
            Field::Extension => optional(&subscriber.extension),
            Field::Language => optional(&subscriber.language),
            Field::TimeZone => optional(&subscriber.timezone),
            Field::SpEnterpriseGroupId => optional(&subscriber.sp_enterprise_group_id),
        })
        .chain([
            subscriber.lifecycle.status().as_str().to_owned(),
            requirement.map(pending).unwrap_or_default().to_owned(),
            fault.map(|fault| fault.code().to_string()).unwrap_or_default(),
            fault.map(|fault| error_text(fault, subscriber.fault_detail.as_deref())).unwrap_or_default(),
            iso8601::format(subscriber.created_at),
            iso8601::format(subscriber.status_changed_at),
        ])
        .collect()
}

const fn pending(requirement: Requirement) -> &'static str {
    match requirement {
        Requirement::EmailInput => "The user has to enter an email address.",
        Requirement::EmailValidation => "The user has to confirm the email address.",
        Requirement::Consent => "The owner of the existing account has to agree.",
        Requirement::Administrator => "The customer's administrator has to be provisioned first.",
    }
}

fn error_text(fault: Fault, detail: Option<&str>) -> String {
    let cause = fault.cause();
    detail.map_or_else(|| cause.to_owned(), |detail| format!("{cause} {detail}"))
}
