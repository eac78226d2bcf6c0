//! View Templates: the onboarding templates of one customer, and who of the partner's people sees it.

mod access;
mod tags;

use domain::{Permission, template::SelfProvisioning};
use leptos::{either::Either, prelude::*};
use leptos_router::{components::A, hooks::use_params_map};

use self::{access::WhoHasAccess, tags::Tags};
#[cfg(feature = "ssr")]
use super::session::signed_in;
use super::{
    address,
    allowed::Allowed,
    breadcrumbs::Breadcrumbs,
    loaded::loaded,
    model::{Cursor, CustomerId, CustomerTemplates, TemplateRow, UserFilter},
    text::{package_text, verification_text},
    user_counts::UserCounts,
};
use crate::{
    i18n::*,
    problem::Problem,
    ui::{button::Emphasis, empty::Empty, title::Title},
};

/// The templates of one customer.
#[server(prefix = "/api", endpoint = "hub/customer-templates", client = crate::hub::client::HubClient)]
pub async fn list_templates(customer: CustomerId) -> Result<CustomerTemplates, Problem> {
    let (hub, administrator) = signed_in::<ListTemplates>().await?;
    hub.customer_templates(&administrator, customer).await
}

/// View Templates.
#[component]
pub fn ViewTemplates() -> impl IntoView {
    let params = use_params_map();
    let id = move || address::id(&params.read());
    let templates = Resource::new_blocking(id, async |id| list_templates(id?).await);
    let people = access::ask(id);
    let shown = loaded(templates, move |found| Some(view! { <Templates customer=id().ok()? found/> }));
    view! {
        {shown}
        <WhoHasAccess found=people/>
    }
}

#[component]
fn Templates(customer: CustomerId, found: CustomerTemplates) -> impl IntoView {
    let i18n = use_i18n();
    let CustomerTemplates { customer: name, tags, templates } = found;
    let here = name.clone();
    let people = address::roster(Some(customer), None, Cursor::Start);
    let title = {
        let name = name.clone();
        move || t_string!(i18n, hub.templates.title, customer = name.as_str())
    };
    let cards = if templates.is_empty() {
        Either::Left(view! {
            <Empty title=text!(i18n, hub.templates.empty).into_any()>{text!(i18n, hub.templates.empty_hint)}</Empty>
        })
    } else {
        let card = |template| view! { <Template customer template/> };
        Either::Right(view! { <ul class="cards">{templates.into_iter().map(card).collect_view()}</ul> })
    };
    view! {
        <Title text=title.clone()/>
        <Breadcrumbs way=vec![] here=Signal::derive(move || here.clone())/>
        <header class="page-head">
            <h1>{title}</h1>
            <p class="lead">{text!(i18n, hub.templates.lead)}</p>
            <Tags customer tags/>
            <Allowed to=Permission::RosterRead>
                <p>
                    <A href=people.clone() attr:class=Emphasis::Secondary.class()>{text!(i18n, hub.roster.open)}</A>
                </p>
            </Allowed>
        </header>
        {cards}
    }
}

#[component]
fn Template(customer: CustomerId, template: TemplateRow) -> impl IntoView {
    let i18n = use_i18n();
    let TemplateRow { id, name, verification, default_package, self_provisioning, users } = template;
    let filter = UserFilter { customer: Some(customer), ..UserFilter::default() };
    let of = name.clone();
    let tone = match self_provisioning {
        SelfProvisioning::Possible => "good",
        SelfProvisioning::NotNeeded => "off",
        SelfProvisioning::Broken => "bad",
    };
    let standing = move || match self_provisioning {
        SelfProvisioning::Possible => t_string!(i18n, hub.templates.possible),
        SelfProvisioning::NotNeeded => t_string!(i18n, hub.templates.not_needed),
        SelfProvisioning::Broken => t_string!(i18n, hub.templates.broken),
    };
    view! {
        <li class="card template-card">
            <h2>
                <A href=address::template(id, Some(customer))>{name}</A>
            </h2>
            <p class="status" data-tone=tone>
                {standing}
            </p>
            <dl class="facts">
                <div>
                    <dt>{text!(i18n, hub.templates.verification)}</dt>
                    <dd>{move || verification_text(i18n.get_locale(), verification)}</dd>
                </div>
                <div>
                    <dt>{text!(i18n, hub.templates.package)}</dt>
                    <dd>{move || package_text(i18n.get_locale(), default_package)}</dd>
                </div>
            </dl>
            <UserCounts users/>
            <p>
                <A href=address::users(id, filter) attr:class=Emphasis::Secondary.class()>
                    {text!(i18n, hub.templates.show_users)}
                    <span class="visually-hidden">{t!(i18n, hub.templates.of, template = move || of.clone())}</span>
                </A>
            </p>
        </li>
    }
}
