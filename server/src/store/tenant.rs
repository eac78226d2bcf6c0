//! On whose behalf a query runs.

use sea_orm::{
    ColumnTrait, Condition,
    sea_query::{ExprTrait as _, SelectStatement, SimpleExpr},
};

use super::{
    Subject, administrator,
    api_token::ApiToken,
    assignment,
    billing_report::BillingReport,
    bulk_job::{BulkJob, Selection},
    customer::Customer,
    ids::{AdministratorId, PartnerId},
    partner::Partner,
    setup_link::SetupLink,
    task::Task,
    template::Template,
};

/// The partner on whose behalf a query runs: whoever has one may see that partner's rows, and no other's; of what belongs to
/// customers, an administrator to whom customers are assigned sees only theirs.
///
/// Which customers these are is not copied into it: a query asks the database ([`Tenant::own`]), so what is taken away from
/// somebody is gone with the next query.
///
/// It is made from what proves it, never from an id. So a handler that was given an id by its caller cannot query by it:
///
/// ```compile_fail,E0451
/// # fn of(id: server::store::PartnerId, own: server::store::Tenant) -> server::store::Tenant {
/// server::store::Tenant { partner: id, ..own }
/// # }
/// ```
/// ```compile_fail,E0277
/// # fn of(id: server::store::PartnerId) -> server::store::Tenant {
/// id.into()
/// # }
/// ```
/// An operator, who owns the database, names a partner; the row is read:
/// ```
/// # fn of(partner: &server::store::partner::Partner) -> server::store::Tenant {
/// server::store::Tenant::of_partner(partner)
/// # }
/// ```
/// It cannot be made up, because its id cannot: a [`PartnerId`] is read from a table or comes from a tenant. So neither can any other
/// row that proves a tenant, here or in another room of the server: each holds one.
/// ```compile_fail,E0277
/// # fn of(id: uuid::Uuid) -> server::store::PartnerId {
/// id.into()
/// # }
/// ```
/// ```compile_fail,E0277
/// # fn of(id: &str) -> server::store::PartnerId {
/// id.parse().unwrap()
/// # }
/// ```
/// Other ids are what anybody may name:
/// ```
/// # fn of(id: uuid::Uuid, written: &str) -> (server::store::CustomerId, server::store::TemplateId) {
/// (id.into(), written.parse().unwrap())
/// # }
/// ```
/// And no query is made beside the store's: its tables are its own, and so is where a query begins.
/// ```compile_fail,E0603
/// use server::store::entity::subscriber::Entity;
/// ```
/// ```compile_fail,E0599
/// # fn of(tenant: server::store::Tenant) {
/// server::store::Subscriber::of(tenant);
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tenant {
    partner: PartnerId,
    reach: Reach,
}

/// Which of the partner's customers may be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reach {
    /// All, also those to come.
    All,
    /// Those that are assigned to this administrator.
    Assigned(AdministratorId),
}

impl Tenant {
    /// An operator at the command line, or what begins the server, works for this partner.
    #[must_use]
    pub const fn of_partner(partner: &Partner) -> Self {
        Self::whole(partner.id)
    }

    /// Whoever is signed in to the hub.
    pub(crate) const fn of_administrator(administrator: &administrator::Administrator) -> Self {
        let reach = if administrator.is_assigned_only() { Reach::Assigned(administrator.id) } else { Reach::All };
        Self { partner: administrator.partner_id, reach }
    }

    /// An API client, whose token was found to be valid.
    pub(crate) const fn of_token(token: &ApiToken) -> Self {
        Self::whole(token.partner_id)
    }

    /// Whoever stands before a template's door: by its share link, or with its adapter's account.
    pub(crate) const fn of_template(template: &Template) -> Self {
        Self::whole(template.partner_id)
    }

    /// A user who is signed in, or what the engine works for.
    pub(crate) fn of_subject(subject: &impl Subject) -> Self {
        Self::whole(subject.owner().partner)
    }

    /// Whoever has a set-up link that works.
    pub(crate) const fn of_setup_link(link: &SetupLink) -> Self {
        Self::whole(link.partner_id)
    }

    /// A worker that has claimed a task.
    pub(crate) const fn of_task(task: &Task) -> Self {
        Self::whole(task.owner.partner)
    }

    /// A worker that has leased a bulk job.
    pub(crate) const fn of_job(job: &BulkJob) -> Self {
        Self::whole(job.partner_id)
    }

    /// The same while it selects its rows: whoever asked for it sees no more than then, and no more than now.
    pub(crate) const fn of_selection(job: &BulkJob, selection: &Selection) -> Self {
        match selection.assigned_to {
            Some(administrator) => Self { partner: job.partner_id, reach: Reach::Assigned(administrator) },
            None => Self::of_job(job),
        }
    }

    /// Whoever reads a billing report by its signed address, or writes it.
    pub(crate) const fn of_report(report: &BillingReport) -> Self {
        Self::whole(report.partner_id)
    }

    /// A syncer, which has claimed a customer's directory.
    pub(crate) const fn of_customer(customer: &Customer) -> Self {
        Self::whole(customer.partner_id)
    }

    const fn whole(partner: PartnerId) -> Self {
        Self { partner, reach: Reach::All }
    }

    /// The partner whose rows may be seen.
    #[must_use]
    pub const fn partner(self) -> PartnerId {
        self.partner
    }

    /// Whether every customer of the partner may be seen, also those to come.
    #[must_use]
    pub const fn has_every_customer(self) -> bool {
        matches!(self.reach, Reach::All)
    }

    /// Whose assigned customers are all that may be seen; nobody's, if that is every customer.
    #[must_use]
    pub const fn assigned_to(self) -> Option<AdministratorId> {
        match self.reach {
            Reach::All => None,
            Reach::Assigned(administrator) => Some(administrator),
        }
    }

    /// What of a table may be seen, by its columns of the partner and of the customer.
    pub(super) fn own(self, partner: impl ColumnTrait, customer: impl ColumnTrait) -> Condition {
        self.assigned(partner.eq(self.partner), customer)
    }

    /// The same, said so that SQLite does not look for it by an index of the partner's: it takes that for as good as the index of
    /// whatever else is asked for, and walks through all of the partner's rows.
    pub(super) fn own_among(self, partner: impl ColumnTrait, customer: impl ColumnTrait) -> Condition {
        self.assigned(partner.ne(self.partner).not(), customer)
    }

    fn assigned(self, own: SimpleExpr, customer: impl ColumnTrait) -> Condition {
        let assigned = self.customers().map(|customers| customer.in_subquery(customers));
        Condition::all().add(own).add_option(assigned)
    }

    /// The ids of the customers that may be seen, for another query to ask; nothing if all of them may.
    pub(super) fn customers(self) -> Option<SelectStatement> {
        match self.reach {
            Reach::All => None,
            Reach::Assigned(administrator) => Some(assignment::customers(administrator)),
        }
    }
}
