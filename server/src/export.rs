//! Export: a list of subscribers as CSV (RFC 4180), in UTF-8 with a byte order mark so that spreadsheets recognise it.
//!
//! What is written here, [`crate::import`] reads. Rows are fetched by key, a page at a time, however long the list is.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
};

use axum::body::Bytes;
use domain::{EmailAddress, Fault, Field, subscriber::Requirement};
use futures::{Stream, stream};

use crate::{
    fault::Trouble,
    iso8601,
    provisioning::subscribers,
    spreadsheet::{BYTE_ORDER_MARK, add_row, row},
    store::{
        Customer, CustomerId, Store, Subscriber, SubscriberId, Template, TemplateId, Tenant, Window, customer,
        subscriber, template,
    },
    subscriber_file::{FIELDS, STANDING},
};

/// Rows fetched at a time.
const PAGE: u64 = 1_000;

/// Of how many customers at most is remembered how they stand.
const REMEMBERED: usize = 10_000;

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
    stream::try_unfold((Next::Header, Owners::default()), move |(next, mut owners)| {
        let (store, filter) = (store.clone(), filter.clone());
        async move {
            let (rows, next) = match next {
                Next::End => return Ok(None),
                // Not the header alone: whoever begins to answer knows by the first chunk that the list can be read.
                Next::Header => {
                    let names = FIELDS.into_iter().map(Field::column).chain(STANDING);
                    let (rows, next) = page(&store, &filter, None, &mut owners).await?;
                    (format!("{BYTE_ORDER_MARK}{}{rows}", row(names)), next)
                }
                Next::Page { below } => page(&store, &filter, Some(below), &mut owners).await?,
            };
            Ok(Some((Bytes::from(rows), (next, owners))))
        }
    })
}

/// The templates and customers that have been asked for: those of a page are mostly those of the one before.
#[derive(Default)]
struct Owners {
    templates: HashMap<TemplateId, Template>,
    customers: HashMap<CustomerId, Customer>,
}

impl Owners {
    /// Asks for those of these users that are not known.
    async fn meet(&mut self, store: &Store, tenant: Tenant, users: &[Subscriber]) -> Result<(), Trouble> {
        if self.customers.len() > REMEMBERED {
            *self = Self::default();
        }
        let templates: HashSet<_> = users.iter().map(|user| user.template_id).collect();
        let templates: Vec<_> = templates.into_iter().filter(|id| !self.templates.contains_key(id)).collect();
        if !templates.is_empty() {
            let found = template::some(store.read(), tenant, templates).await?;
            self.templates.extend(found.into_iter().map(|template| (template.id, template)));
        }
        let customers: HashSet<_> = users.iter().map(|user| user.customer_id).collect();
        let customers: Vec<_> = customers.into_iter().filter(|id| !self.customers.contains_key(id)).collect();
        if !customers.is_empty() {
            self.customers.extend(customer::some(store.read(), tenant, customers).await?);
        }
        Ok(())
    }

    /// The row of a user, unless template or customer is gone.
    fn add(&self, rows: &mut String, user: &Subscriber) {
        if let Some(customer) = self.customers.get(&user.customer_id)
            && let Some(template) = self.templates.get(&user.template_id)
        {
            add_row(rows, cells(user, customer, template).iter().map(AsRef::as_ref));
        }
    }
}

enum Next {
    Header,
    Page { below: SubscriberId },
    End,
}

async fn page(
    store: &Store,
    filter: &ExportFilter,
    below: Option<SubscriberId>,
    owners: &mut Owners,
) -> Result<(String, Next), Trouble> {
    let window = Window { after: below, skip: None, most: PAGE };
    let found = subscriber::newest_first(store.read(), filter.tenant, &filter.wanted, window).await?;
    owners.meet(store, filter.tenant, &found.rows).await?;
    let mut rows = String::new();
    found.rows.iter().for_each(|user| owners.add(&mut rows, user));
    Ok((rows, found.next.map_or(Next::End, |below| Next::Page { below })))
}

fn cells<'a>(subscriber: &'a Subscriber, customer: &'a Customer, template: &'a Template) -> Vec<Cow<'a, str>> {
    // What keeps an attempt from succeeding at first is told as what kept it for good is.
    let fault = subscriber.lifecycle.fault().or(subscriber.setback);
    let held = subscribers::held(template, customer, subscriber.id);
    let requirement = Requirement::of(subscriber.lifecycle.status(), held);
    FIELDS
        .into_iter()
        .map(|field| match field {
            Field::UserId => Some(subscriber.user_id.as_str()),
            Field::FirstName => Some(subscriber.first_name.as_str()),
            Field::LastName => Some(subscriber.last_name.as_str()),
            Field::Email => subscriber.lifecycle.email().map(EmailAddress::as_str),
            Field::Package => Some(subscriber.package.as_str()),
            Field::SpEnterpriseId => Some(customer.sp_enterprise_id.as_str()),
            Field::ProvisioningId => Some(template.provisioning_id.as_str()),
            Field::PrimaryPhone => subscriber.primary_phone.as_deref(),
            Field::MobilePhone => subscriber.mobile_phone.as_deref(),
            Field::Extension => subscriber.extension.as_deref(),
            Field::Language => subscriber.language.as_deref(),
            Field::TimeZone => subscriber.timezone.as_deref(),
            Field::SpEnterpriseGroupId => subscriber.sp_enterprise_group_id.as_deref(),
        })
        .map(|text| Cow::Borrowed(text.unwrap_or_default()))
        .chain([
            Cow::Borrowed(subscriber.lifecycle.status().as_str()),
            Cow::Borrowed(requirement.map(pending).unwrap_or_default()),
            fault.map(|fault| fault.code().to_string()).unwrap_or_default().into(),
            fault.map(|fault| error_text(fault, subscriber.fault_detail.as_deref())).unwrap_or_default().into(),
            iso8601::format(subscriber.created_at).into(),
            iso8601::format(subscriber.status_changed_at).into(),
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
