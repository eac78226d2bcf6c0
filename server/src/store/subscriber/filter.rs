//! What the subscribers of a list have to fit.

use domain::{
    BroadWorksId, EmailAddress, Fault, Mailing, Package, SpEnterpriseId, Status, Timestamp,
    filter::{self, Arrival, Mail, Missing},
    search::Terms,
    subscriber::Requirement,
};
use sea_orm::{
    ColumnTrait as _, Condition,
    sea_query::{Expr, ExprTrait as _, SimpleExpr},
};

use super::{Column, has_address};
use crate::{
    ids::{CustomerId, SubscriberId, TemplateId, first_id_at},
    store::{Tenant, customer, proof, row::code, template},
};

/// What the subscribers of a list have to fit.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// One of these.
    pub ids: Option<Vec<SubscriberId>>,
    /// The BroadWorks user id.
    pub user_id: Option<BroadWorksId>,
    /// The account's id at the target.
    pub person_id: Option<String>,
    /// The address.
    pub email: Option<EmailAddress>,
    /// Onboarded by which template.
    pub template: Option<TemplateId>,
    /// Onboarded by the template with this provisioning ID.
    pub provisioning_id: Option<String>,
    /// Of which customer.
    pub customer: Option<CustomerId>,
    /// Of the customer that the service provider calls so.
    pub sp_enterprise_id: Option<SpEnterpriseId>,
    /// With another status since.
    pub changed_after: Option<Timestamp>,
    /// Here since.
    pub created_after: Option<Timestamp>,
    /// With one of these.
    pub statuses: Option<Vec<Status>>,
    /// Not with this one.
    pub but: Option<Status>,
    /// Came by the share link alone, or not.
    pub self_activated: Option<bool>,
    /// Those to whom the mail that asks to prove the address fares so, while that is asked for.
    pub mailing: Option<Mailing>,
    /// Everything that the filter language can say.
    pub wanted: filter::Filter,
    /// With which the age of a status is compared.
    pub now: Timestamp,
}

impl Filter {
    /// What has to stand somewhere in the id, the name, the address or a number.
    pub(super) fn terms(&self) -> Option<Terms> {
        Terms::typed(&self.wanted.text())
    }

    /// The statuses that may fit; none if all may.
    pub(super) fn statuses(&self) -> Option<Vec<Status>> {
        let wanted = &self.wanted;
        let named = !wanted.statuses.is_empty() || self.statuses.is_some();
        let stuck = wanted.stuck.is_some() && !named;
        let needed: Vec<Status> = wanted.needs.iter().map(|need| waits(*need)).collect();
        let fits = |status: &Status| {
            let provisioned = *status == Status::Provisioned;
            (wanted.statuses.is_empty() || wanted.statuses.contains(status))
                && self.statuses.as_ref().is_none_or(|statuses| statuses.contains(status))
                && self.but != Some(*status)
                && !(stuck && provisioned)
                && wanted.provisioned.is_none_or(|wanted| wanted == provisioned)
                && (needed.is_empty() || needed.contains(status))
                && (wanted.mail.is_empty() || *status == Status::PendingEmailValidation)
        };
        let statuses: Vec<Status> = Status::ALL.into_iter().filter(fits).collect();
        (statuses.len() < Status::ALL.len()).then_some(statuses)
    }

    /// What divides the list into parts of which each can be read by an index in the order of the list. Nobody is in two but
    /// whoever fails by one code and whose mail fails by another.
    pub(super) fn parts(&self) -> Vec<SimpleExpr> {
        if !self.wanted.codes.is_empty() {
            let codes = self.wanted.codes.iter().map(|fault| code(*fault));
            return codes.flat_map(|code| [Column::Fault.eq(code), Column::MailFault.eq(code)]).collect();
        }
        self.statuses().unwrap_or_default().iter().map(|status| Column::Status.eq(status.as_str())).collect()
    }

    /// The whole of it but for the terms.
    pub(super) fn condition(&self, tenant: Tenant) -> Condition {
        let Self { user_id, person_id, email, template, provisioning_id, customer, sp_enterprise_id, .. } = self;
        // One template and one customer and not sets of them: with an index in the order of the list, that saves sorting.
        let by_template =
            |id: &String| Expr::col(Column::TemplateId.as_column_ref()).eq(Expr::from(template::id_of(tenant, id)));
        let of_customer = |id: &SpEnterpriseId| {
            Expr::col(Column::CustomerId.as_column_ref()).eq(Expr::from(customer::id_of(tenant, id)))
        };
        let statuses = self.statuses();
        let conditions: [Option<SimpleExpr>; 13] = [
            self.ids.as_ref().map(|ids| Column::Id.is_in(ids.iter().copied())),
            user_id.as_ref().map(|id| Column::UserIdKey.eq(id.key())),
            person_id.as_ref().map(|id| Column::PersonId.eq(id.as_str())),
            email.as_ref().map(has_address),
            template.map(|id| Column::TemplateId.eq(id)),
            provisioning_id.as_ref().map(by_template),
            customer.map(|id| Column::CustomerId.eq(id)),
            sp_enterprise_id.as_ref().map(of_customer),
            self.changed_after.map(|moment| Column::StatusChangedAt.gt(moment.0)),
            self.created_after.map(|moment| Column::CreatedAt.gt(moment.0)),
            statuses.map(|statuses| Column::Status.is_in(statuses.iter().map(|status| status.as_str()))),
            self.self_activated.map(|wanted| Column::SelfActivated.eq(wanted)),
            self.mailing.map(|mailing| Column::Id.in_subquery(proof::with_mail(mailing))),
        ];
        let own = match self.is_read_by_template() {
            true => tenant.own_among(Column::PartnerId, Column::CustomerId),
            false => tenant.own(Column::PartnerId, Column::CustomerId),
        };
        let own = conditions.into_iter().flatten().fold(own, Condition::add);
        self.language(tenant).into_iter().fold(own, Condition::add)
    }

    /// Whether the index of a template's users, or of those of a status, is the one to read: what is asked for has none of its own.
    fn is_read_by_template(&self) -> bool {
        let someone =
            self.user_id.is_some() || self.person_id.is_some() || self.email.is_some() || self.wanted.id.is_some();
        (self.template.is_some() || self.provisioning_id.is_some()) && !someone && self.wanted.codes.is_empty()
    }

    /// What the filter language says besides.
    fn language(&self, tenant: Tenant) -> Vec<Condition> {
        let wanted = &self.wanted;
        let mut all = Vec::new();
        let codes: Vec<i32> = wanted.codes.iter().map(|fault: &Fault| code(*fault)).collect();
        if !codes.is_empty() {
            all.push(Condition::any().add(Column::Fault.is_in(codes.clone())).add(Column::MailFault.is_in(codes)));
        }
        if !wanted.packages.is_empty() {
            let packages = wanted.packages.iter().map(|package: &Package| package.as_str());
            all.push(Condition::all().add(Column::Package.is_in(packages)));
        }
        if wanted.needs.contains(&Requirement::Administrator) {
            let held = Condition::any().add(Column::Status.ne(Status::Provisioning.as_str())).add(Expr::cust(HELD));
            all.push(held);
        }
        if let Some(age) = wanted.stuck {
            let since = self.now.0.saturating_sub(age.milliseconds());
            // Whoever came since then is not stuck for so long: nobody reads a crowd of newcomers to find that out.
            let came_before = Column::Id.lt(SubscriberId::from(first_id_at(Timestamp(since))));
            all.push(Condition::all().add(came_before).add(Column::StatusChangedAt.lt(since)));
        }
        all.extend(any(&wanted.came, |arrival| Expr::cust(came(*arrival))));
        all.extend(any(&wanted.mail, |mail| mails(*mail)));
        all.extend(wanted.missing.iter().map(|missing| Condition::all().add(lacks(*missing))));
        if wanted.same_email {
            all.push(Condition::all().add(Expr::cust(SAME_EMAIL)));
        }
        if let Some(name) = &wanted.customer {
            let ids = customer::ids_called(tenant, name);
            all.push(Condition::all().add(Expr::col(Column::CustomerId.as_column_ref()).in_subquery(ids)));
        }
        if let Some(name) = &wanted.template {
            let ids = template::ids_called(tenant, name);
            all.push(Condition::all().add(Expr::col(Column::TemplateId.as_column_ref()).in_subquery(ids)));
        }
        if let Some(id) = &wanted.id {
            all.push(Condition::all().add(Column::UserIdKey.eq(BroadWorksId::from_stored(id).key())));
        }
        all
    }
}

/// In which status a user is who waits for that.
const fn waits(need: Requirement) -> Status {
    match need {
        Requirement::EmailInput => Status::PendingEmailInput,
        Requirement::EmailValidation => Status::PendingEmailValidation,
        Requirement::Consent => Status::PendingUserMigration,
        Requirement::Administrator => Status::Provisioning,
    }
}

fn any<T>(values: &[T], condition: impl Fn(&T) -> SimpleExpr) -> Option<Condition> {
    (!values.is_empty()).then(|| values.iter().map(condition).fold(Condition::any(), Condition::add))
}

const HELD: &str = "EXISTS (SELECT 1 FROM task WHERE task.subscriber_id = subscriber.id AND task.held)";
const MAIL_DUE: &str =
    "EXISTS (SELECT 1 FROM task WHERE task.subscriber_id = subscriber.id AND task.kind = 'send_proof')";
const CAME_BACK: &str = "EXISTS (SELECT 1 FROM proof WHERE proof.subscriber_id = subscriber.id AND proof.open \
     AND proof.report = 'bounced')";
const SAME_EMAIL: &str = "subscriber.email IS NOT NULL AND EXISTS (SELECT 1 FROM subscriber AS other \
     WHERE other.partner_id = subscriber.partner_id AND lower(other.email) = lower(subscriber.email) \
     AND other.id <> subscriber.id)";

/// Who wrote the first step of a user's history says by which way the user came.
const fn came(arrival: Arrival) -> &'static str {
    match arrival {
        Arrival::FlowThrough => {
            "EXISTS (SELECT 1 FROM history WHERE history.subscriber_id = subscriber.id AND history.event = 'arrived' \
             AND history.actor LIKE 'adapter:%')"
        }
        Arrival::Api => {
            "EXISTS (SELECT 1 FROM history WHERE history.subscriber_id = subscriber.id AND history.event = 'arrived' \
             AND history.actor LIKE 'api:%')"
        }
        Arrival::Csv => {
            "EXISTS (SELECT 1 FROM history WHERE history.subscriber_id = subscriber.id AND history.event = 'arrived' \
             AND (history.actor = 'import' OR history.actor LIKE 'admin:%'))"
        }
        Arrival::SelfActivation => "subscriber.self_activated",
    }
}

fn mails(mail: Mail) -> SimpleExpr {
    match mail {
        Mail::Waiting => Column::MailRefused.eq(false).and(Expr::cust(MAIL_DUE)),
        Mail::Sent => Column::MailRefused.eq(false).and(Expr::cust(MAIL_DUE).not()),
        Mail::Refused => Column::MailRefused.eq(true).and(Expr::cust(CAME_BACK).not()),
        Mail::Bounced => Column::MailRefused.eq(true).and(Expr::cust(CAME_BACK)),
    }
}

fn lacks(missing: Missing) -> SimpleExpr {
    match missing {
        Missing::Number => Column::PrimaryPhone.is_null().and(Column::MobilePhone.is_null()),
        Missing::Extension => Column::Extension.is_null(),
        Missing::Name => Column::FirstName.eq("").and(Column::LastName.eq("")),
        Missing::Email => Column::Email.is_null(),
    }
}
