//! The audit log: who did what, to what, and when.

use domain::audit::{Category, Deed};
use leptos::{either::Either, prelude::*};
use leptos_router::{components::A, hooks::use_query_map, params::ParamsMap};

#[cfg(feature = "ssr")]
use super::session::signed_in;
use super::{
    address,
    export::ExportLink,
    loaded::loaded,
    model::{AuditFilter, AuditPage, AuditRow, JobSummary, Page, PersonId, Subject},
    text::{action_text, doer_text, list_text, users_text},
};
use crate::{
    i18n::*,
    problem::Problem,
    ui::{
        button::Emphasis,
        empty::Empty,
        field::Field,
        moment::Moment,
        pager::Pager,
        table::{Cell, Table},
        title::Title,
    },
};

/// A page of the audit log.
#[server(prefix = "/api", endpoint = "hub/audit", client = crate::hub::client::HubClient)]
pub async fn read_audit(#[server(default)] filter: AuditFilter, after: Option<String>) -> Result<AuditPage, Problem> {
    let (hub, administrator) = signed_in::<ReadAudit>().await?;
    hub.audit(&administrator, filter, after).await
}

/// The filter that an address holds.
fn filter(query: &ParamsMap) -> AuditFilter {
    AuditFilter { who: query.get("who"), what: query.get("what"), from: query.get("from"), to: query.get("to") }
}

/// The audit log. What it shows stands in the address, so that it can be kept, sent and come back to.
#[component]
pub fn Audit() -> impl IntoView {
    let i18n = use_i18n();
    let query = use_query_map();
    let asked = Memo::new(move |_| query.with(|query| (filter(query), query.get("after"))));
    let page = Resource::new_blocking(move || asked.get(), |(filter, after)| read_audit(filter, after));
    loaded(page, move |AuditPage { page, people }| {
        let (filter, after) = asked.get_untracked();
        let first = after.map(|_| address::audit(&filter, None));
        view! {
            <Title text=text!(i18n, hub.audit.title)/>
            <header class="page-head page-head-split">
                <div>
                    <h1>{text!(i18n, hub.audit.title)}</h1>
                    <p class="lead">{text!(i18n, hub.audit.lead)}</p>
                </div>
                <ExportLink href=address::audit_export(&filter)/>
            </header>
            <FilterForm filter=filter.clone() people/>
            <List page filter first/>
        }
    })
}

/// Who, what and when. A plain form: it works without JavaScript.
#[component]
fn FilterForm(filter: AuditFilter, people: Vec<(PersonId, String)>) -> impl IntoView {
    let i18n = use_i18n();
    let AuditFilter { who, what, from, to } = filter;
    let people = people.into_iter().map(move |(id, email)| {
        let id = id.to_string();
        let chosen = who.as_ref() == Some(&id);
        view! { <option value=id selected=chosen>{email}</option> }
    });
    let kinds = Category::ALL.map(|category| {
        view! {
            <option value=category.as_str() selected=what.as_deref() == Some(category.as_str())>
                {move || category_text(i18n.get_locale(), category)}
            </option>
        }
    });
    view! {
        <form class="audit-filter" method="get" action=address::AUDIT>
            <div class="field">
                <label for="audit-who">{text!(i18n, hub.audit.who)}</label>
                <select class="input" id="audit-who" name="who">
                    <option value="">{text!(i18n, hub.audit.everybody)}</option>
                    {people.collect_view()}
                </select>
            </div>
            <div class="field">
                <label for="audit-what">{text!(i18n, hub.audit.what)}</label>
                <select class="input" id="audit-what" name="what">
                    <option value="">{text!(i18n, hub.audit.everything)}</option>
                    {kinds}
                </select>
            </div>
            <Field
                name="from"
                label=text!(i18n, hub.audit.from)
                input=view! { <{..} type="date" value=from/> }
            />
            <Field name="to" label=text!(i18n, hub.audit.to) input=view! { <{..} type="date" value=to/> }/>
            <p class="actions">
                <button type="submit" class=Emphasis::Secondary.class()>
                    {text!(i18n, hub.audit.apply)}
                </button>
            </p>
        </form>
    }
}

#[component]
fn List(page: Page<AuditRow>, filter: AuditFilter, first: Option<String>) -> impl IntoView {
    let i18n = use_i18n();
    if page.rows.is_empty() {
        return Either::Left(view! {
            <Empty title=text!(i18n, hub.audit.empty).into_any()>{text!(i18n, hub.audit.empty_hint)}</Empty>
        });
    }
    let columns = vec![
        text!(i18n, hub.audit.when).into_any(),
        text!(i18n, hub.audit.who).into_any(),
        text!(i18n, hub.audit.what).into_any(),
        text!(i18n, hub.audit.to_what).into_any(),
    ];
    let next = page.next.map(|next| address::audit(&filter, Some(next)));
    Either::Right(view! {
        <Table label=text!(i18n, hub.audit.title) columns>
            {page.rows.into_iter().map(|row| view! { <Row row/> }).collect_view()}
        </Table>
        <Pager first next/>
    })
}

#[component]
fn Row(row: AuditRow) -> impl IntoView {
    let i18n = use_i18n();
    let AuditRow { at, by, deed, subject, asked, .. } = row;
    let whom = asked.clone().map(|asked| {
        view! { " " <span class="muted">{move || whom_text(i18n.get_locale(), &asked)}</span> }
    });
    let what = move || match (&asked, deed) {
        (Some(asked), Deed::JobBegun) => job_text(i18n.get_locale(), asked).to_owned(),
        (Some(asked), _) => {
            let (deed, what) = (deed_text(i18n.get_locale(), deed), job_text(i18n.get_locale(), asked));
            t_string!(i18n, hub.jobs.said, what = deed, state = what).to_string()
        }
        (None, _) => deed_text(i18n.get_locale(), deed).to_owned(),
    };
    let subject = subject.map(|subject| match subject {
        Subject::User(id) => view! { <A href=address::user(id)>{text!(i18n, hub.audit.user)}</A> }.into_any(),
        Subject::Job(id) => view! { <A href=address::job(id, None, None)>{text!(i18n, hub.audit.job)}</A> }.into_any(),
        Subject::Named(name) => view! { <span class="name" translate="no">{name}</span> }.into_any(),
        Subject::Former(broadworks_id) => view! {
            <span class="name" translate="no">{broadworks_id}</span> " "
            <span class="muted">{text!(i18n, hub.audit.deleted)}</span>
        }
        .into_any(),
        Subject::FormerUser => view! { <span class="muted">{text!(i18n, hub.user.deleted)}</span> }.into_any(),
        Subject::Gone(id) => view! { <span class="id muted" translate="no">{id}</span> }.into_any(),
    });
    view! {
        <tr role="row">
            <Cell label=text!(i18n, hub.audit.when)><Moment at/></Cell>
            <Cell label=text!(i18n, hub.audit.who)>{move || doer_text(i18n.get_locale(), &by)}</Cell>
            <Cell label=text!(i18n, hub.audit.what)>{what}</Cell>
            <Cell label=text!(i18n, hub.audit.to_what)>{subject} {whom}</Cell>
        </tr>
    }
}

/// What a job was asked for.
fn job_text(locale: Locale, asked: &JobSummary) -> &'static str {
    // One of a list was still one of many that could have fitted.
    let rows = asked.users.filter(|_| asked.list.is_none()).unwrap_or_default();
    action_text(locale, asked.action, rows)
}

/// With how many, and of which list.
fn whom_text(locale: Locale, asked: &JobSummary) -> String {
    let users = asked.users.map(|users| users_text(locale, users));
    let list = asked.list.as_ref().map(|list| list_text(locale, list));
    [users, list].into_iter().flatten().collect::<Vec<_>>().join(" · ")
}

fn category_text(locale: Locale, category: Category) -> &'static str {
    match category {
        Category::Logins => td_string!(locale, hub.audit.category.logins),
        Category::Administrators => td_string!(locale, hub.audit.category.administrators),
        Category::Tokens => td_string!(locale, hub.audit.category.tokens),
        Category::Templates => td_string!(locale, hub.audit.category.templates),
        Category::Users => td_string!(locale, hub.audit.category.users),
        Category::Integrations => td_string!(locale, hub.audit.category.integrations),
    }
}

fn deed_text(locale: Locale, deed: Deed) -> &'static str {
    match deed {
        Deed::SignedIn => td_string!(locale, hub.audit.deed.signed_in),
        Deed::PasswordChanged => td_string!(locale, hub.audit.deed.password_changed),
        Deed::FactorAdded => td_string!(locale, hub.audit.deed.factor_added),
        Deed::FactorRemoved => td_string!(locale, hub.audit.deed.factor_removed),
        Deed::PasskeyAdded => td_string!(locale, hub.audit.deed.passkey_added),
        Deed::PasskeyRemoved => td_string!(locale, hub.audit.deed.passkey_removed),
        Deed::RecoveryCodesMade => td_string!(locale, hub.audit.deed.recovery_codes_made),
        Deed::FactorReset => td_string!(locale, hub.audit.deed.factor_reset),
        Deed::FactorRequired => td_string!(locale, hub.audit.deed.second_factor_required),
        Deed::FactorOptional => td_string!(locale, hub.audit.deed.second_factor_optional),
        Deed::SessionsEnded => td_string!(locale, hub.audit.deed.sessions_ended),
        Deed::InvitationAccepted => td_string!(locale, hub.audit.deed.invitation_accepted),
        Deed::PersonInvited => td_string!(locale, hub.audit.deed.person_invited),
        Deed::RoleChanged => td_string!(locale, hub.audit.deed.role_changed),
        Deed::PasswordReset => td_string!(locale, hub.audit.deed.password_reset),
        Deed::PersonDisabled => td_string!(locale, hub.audit.deed.person_disabled),
        Deed::PersonEnabled => td_string!(locale, hub.audit.deed.person_enabled),
        Deed::PersonRemoved => td_string!(locale, hub.audit.deed.person_removed),
        Deed::TokenCreated => td_string!(locale, hub.audit.deed.token_created),
        Deed::TokenRevoked => td_string!(locale, hub.audit.deed.token_revoked),
        Deed::TemplateChanged => td_string!(locale, hub.audit.deed.template_changed),
        Deed::ShareLinkReplaced => td_string!(locale, hub.audit.deed.share_link_replaced),
        Deed::ProvisioningIdReplaced => td_string!(locale, hub.audit.deed.provisioning_id_replaced),
        Deed::UsersImported => td_string!(locale, hub.audit.deed.users_imported),
        Deed::UsersExported => td_string!(locale, hub.audit.deed.users_exported),
        Deed::JobBegun => td_string!(locale, hub.audit.deed.job_begun),
        Deed::JobCancelled => td_string!(locale, hub.audit.deed.job_cancelled),
        Deed::DeletionStaged => td_string!(locale, hub.audit.deed.deletion_staged),
        Deed::DeletionsApproved => td_string!(locale, hub.audit.deed.deletions_approved),
        Deed::DeletionsRefused => td_string!(locale, hub.audit.deed.deletions_refused),
        Deed::DeletionThresholdSet => td_string!(locale, hub.audit.deed.deletion_threshold_set),
        Deed::UserAdded => td_string!(locale, hub.audit.deed.user_added),
        Deed::UserOnboarded => td_string!(locale, hub.audit.deed.user_onboarded),
        Deed::UserRetried => td_string!(locale, hub.audit.deed.user_retried),
        Deed::MailResent => td_string!(locale, hub.audit.deed.mail_resent),
        Deed::ActivationMailed => td_string!(locale, hub.audit.deed.activation_mailed),
        Deed::ActivationRetried => td_string!(locale, hub.audit.deed.activation_retried),
        Deed::PackageChanged => td_string!(locale, hub.audit.deed.package_changed),
        Deed::DetailsChanged => td_string!(locale, hub.audit.deed.details_changed),
        Deed::UserMoved => td_string!(locale, hub.audit.deed.user_moved),
        Deed::UserDeleted => td_string!(locale, hub.audit.deed.user_deleted),
        Deed::UserChanged => td_string!(locale, hub.audit.deed.user_changed),
        Deed::PersonAdded => td_string!(locale, hub.audit.deed.person_added),
        Deed::PersonJoined => td_string!(locale, hub.audit.deed.person_joined),
        Deed::PartnerRenamed => td_string!(locale, hub.audit.deed.partner_renamed),
        Deed::TemplateAdded => td_string!(locale, hub.audit.deed.template_added),
        Deed::TemplateDeleted => td_string!(locale, hub.audit.deed.template_deleted),
        Deed::AdapterAccountSet => td_string!(locale, hub.audit.deed.adapter_account_set),
        Deed::PersonErased => td_string!(locale, hub.audit.deed.person_erased),
        Deed::WorkspaceAdded => td_string!(locale, hub.audit.deed.workspace_added),
        Deed::WorkspaceChanged => td_string!(locale, hub.audit.deed.workspace_changed),
        Deed::WorkspaceDeleted => td_string!(locale, hub.audit.deed.workspace_deleted),
        Deed::CustomerTagged => td_string!(locale, hub.audit.deed.customer_tagged),
        Deed::WebhookAdded => td_string!(locale, hub.audit.deed.webhook_added),
        Deed::WebhookRemoved => td_string!(locale, hub.audit.deed.webhook_removed),
        Deed::WebhookEnabled => td_string!(locale, hub.audit.deed.webhook_enabled),
        Deed::WebhookPaused => td_string!(locale, hub.audit.deed.webhook_paused),
        Deed::WebhookTested => td_string!(locale, hub.audit.deed.webhook_tested),
        Deed::DeliveryRepeated => td_string!(locale, hub.audit.deed.webhook_delivery_repeated),
        Deed::SyncSwitchedOn => td_string!(locale, hub.audit.deed.directory_sync_switched_on),
        Deed::SyncSwitchedOff => td_string!(locale, hub.audit.deed.directory_sync_switched_off),
        Deed::SyncStarted => td_string!(locale, hub.audit.deed.directory_sync_started),
        Deed::ReportMade => td_string!(locale, hub.audit.deed.billing_report_made),
        Deed::ReportRemoved => td_string!(locale, hub.audit.deed.billing_report_removed),
    }
}
