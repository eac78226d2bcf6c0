//! On whose behalf a query runs.

use super::{
    Subject, administrator, api_token::ApiToken, billing_report::BillingReport, bulk_job::BulkJob, customer::Customer,
    ids::PartnerId, partner::Partner, setup_link::SetupLink, task::Task, template::Template,
};

/// The partner on whose behalf a query runs: whoever has one may see that partner's rows, and no other's.
///
/// It is made from what proves it, never from an id. So a handler that was given an id by its caller cannot query by it:
///
/// ```compile_fail
/// # fn of(id: server::store::PartnerId) -> server::store::Tenant {
/// server::store::Tenant(id)
/// # }
/// ```
/// ```compile_fail
/// # fn of(id: server::store::PartnerId) -> server::store::Tenant {
/// id.into()
/// # }
/// ```
/// An operator, who owns the database, names a partner; the row is read, not made up:
/// ```
/// # fn of(partner: &server::store::partner::Partner) -> server::store::Tenant {
/// server::store::Tenant::of_partner(partner)
/// # }
/// ```
/// ```compile_fail
/// # fn of(id: server::store::PartnerId) -> server::store::Tenant {
/// let partner = server::store::partner::Partner { id, name: String::new(), created_at: domain::Timestamp(0) };
/// server::store::Tenant::of_partner(&partner)
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tenant(PartnerId);

impl Tenant {
    /// An operator at the command line, or what begins the server, works for this partner.
    #[must_use]
    pub const fn of_partner(partner: &Partner) -> Self {
        Self(partner.id)
    }

    /// Whoever is signed in to the hub.
    pub(crate) const fn of_administrator(administrator: &administrator::Administrator) -> Self {
        Self(administrator.partner_id)
    }

    /// An API client, whose token was found to be valid.
    pub(crate) const fn of_token(token: &ApiToken) -> Self {
        Self(token.partner_id)
    }

    /// Whoever stands before a template's door: by its share link, or with its adapter's account.
    pub(crate) const fn of_template(template: &Template) -> Self {
        Self(template.partner_id)
    }

    /// A user who is signed in, or what the engine works for.
    pub(crate) fn of_subject(subject: &impl Subject) -> Self {
        Self(subject.owner().partner)
    }

    /// Whoever has a set-up link that works.
    pub(crate) const fn of_setup_link(link: &SetupLink) -> Self {
        Self(link.partner_id)
    }

    /// A worker that has claimed a task.
    pub(crate) const fn of_task(task: &Task) -> Self {
        Self(task.owner.partner)
    }

    /// A worker that has leased a bulk job.
    pub(crate) const fn of_job(job: &BulkJob) -> Self {
        Self(job.partner_id)
    }

    /// Whoever reads a billing report by its signed address, or writes it.
    pub(crate) const fn of_report(report: &BillingReport) -> Self {
        Self(report.partner_id)
    }

    /// A syncer, which has claimed a customer's directory.
    pub(crate) const fn of_customer(customer: &Customer) -> Self {
        Self(customer.partner_id)
    }

    /// The partner whose rows may be seen.
    #[must_use]
    pub const fn partner(self) -> PartnerId {
        self.0
    }
}
