//! One onboarding template: its facts, its users' standing, and User Verification.

use domain::Permission;
use leptos::prelude::*;
use leptos_router::{
    components::A,
    hooks::{use_params_map, use_query_map},
};

use super::{
    brand::{Brand, BrandShown},
    mails::{Mails, MailsShown},
    preview::Preview,
    verification::{Verification, VerificationShown},
};
use crate::{
    hub::{
        address,
        allowed::Allowed,
        breadcrumbs::{Breadcrumbs, crumb},
        loaded::loaded,
        model::{CustomerId, SignInOutage, TemplateDetail, UserFilter},
        outages::Outages,
        template_detail::get_template,
        text::package_text,
        user_counts::UserCounts,
    },
    i18n::*,
    ui::{
        button::Emphasis,
        clipboard::CopyButton,
        code_name::{CodeName, Codes},
        moment::Moment,
        notice::{Notice, Tone},
        title::Title,
    },
};

/// The onboarding template.
#[component]
pub fn TemplatePage() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let id = move || address::id(&params.read());
    let customer = move || address::id_in(&query.read(), address::CUSTOMER);
    let resource =
        Resource::new_blocking(move || (id(), customer()), async |(id, customer)| get_template(id?, customer?).await);
    let reload = Callback::new(move |()| resource.refetch());
    loaded(resource, move |(template, whose)| {
        Some(view! { <Template template customer=customer().ok()? whose reload/> })
    })
}

#[component]
fn Template(
    template: TemplateDetail,
    customer: Option<CustomerId>,
    /// The customer's name.
    whose: Option<String>,
    reload: Callback<()>,
) -> impl IntoView {
    let i18n = use_i18n();
    let name = template.name.clone();
    let here = name.clone();
    let way = crumb(whose, customer);
    let filter = UserFilter { customer, ..UserFilter::default() };
    let users = address::users(template.id, filter);
    let (editable, mails, brand) = (template.clone(), template.clone(), template.clone());
    // Whatever is saved on this page makes the template another version.
    let version = RwSignal::new(template.version);
    let accent = RwSignal::new(template.accent.clone());
    view! {
        <Title text=name.clone()/>
        <Breadcrumbs way=way.into_iter().collect() here=Signal::derive(move || here.clone())/>
        <header class="page-head page-head-split">
            <div>
                <p class="lead">{text!(i18n, hub.template.kind)}</p>
                <h1>{name}</h1>
            </div>
            <A href=users attr:class=Emphasis::Primary.class()>{text!(i18n, hub.template.show_user_status)}</A>
        </header>
        {template.sign_in_outage.clone().map(|outage| view! { <Outage outage/> })}
        <Outages template=template.id/>
        <UserCounts users=template.users/>
        <div class="columns">
            <Allowed
                to=Permission::TemplatesWrite
                fallback={
                    let template = template.clone();
                    move || view! { <VerificationShown template=template.clone()/> }
                }
            >
                <Verification template=editable.clone() version reload/>
            </Allowed>
            <Facts template=template.clone()/>
        </div>
        <Allowed
            to=Permission::TemplatesWrite
            fallback={
                let template = template.clone();
                move || view! { <MailsShown template=template.clone()/> }
            }
        >
            <Mails template=mails.clone() version reload/>
        </Allowed>
        <Allowed
            to=Permission::TemplatesWrite
            fallback={
                let template = template.clone();
                move || view! { <BrandShown template=template.clone()/> }
            }
        >
            <Brand template=brand.clone() version accent reload/>
        </Allowed>
        <Preview template version accent/>
    }
}

/// Users of this template cannot sign in, and why.
#[component]
fn Outage(outage: SignInOutage) -> impl IntoView {
    let i18n = use_i18n();
    let SignInOutage { reason, since } = outage;
    view! {
        <Notice tone=Tone::Error>
            <p class="notice-title">{text!(i18n, hub.template.outage)}</p>
            <p>{text!(i18n, hub.template.outage_reason)} " " <span lang="en" translate="no">{reason}</span></p>
            {since.map(|since| view! { <p>{text!(i18n, hub.template.outage_since)} " " <Moment at=Signal::stored(since)/></p> })}
            <p>{text!(i18n, hub.template.outage_remedy)}</p>
        </Notice>
    }
}

#[component]
fn Facts(template: TemplateDetail) -> impl IntoView {
    let i18n = use_i18n();
    let provisioning_id = template.provisioning_id.clone();
    let yes_or_no = move |yes| move || if yes { t_string!(i18n, hub.yes) } else { t_string!(i18n, hub.no) };
    view! {
        <section class="card" aria-labelledby="facts-title">
            <h2 id="facts-title">{text!(i18n, hub.template.facts)}</h2>
            <dl class="facts">
                <div>
                    <dt>{text!(i18n, hub.template.package)}</dt>
                    <dd>{move || package_text(i18n.get_locale(), template.default_package)}</dd>
                </div>
                <div>
                    <dt>{text!(i18n, hub.template.partner_admin)}</dt>
                    <dd>{template.partner_admin}</dd>
                </div>
                <div>
                    <dt>{text!(i18n, hub.template.country)}</dt>
                    <dd><CodeName of=Codes::Region code=template.country/></dd>
                </div>
                <div>
                    <dt>{text!(i18n, hub.template.language)}</dt>
                    <dd><CodeName of=Codes::Language code=template.language/></dd>
                </div>
                <div>
                    <dt>{text!(i18n, hub.template.self_activation)}</dt>
                    <dd>{yes_or_no(template.self_activation)}</dd>
                </div>
                <div>
                    <dt>{text!(i18n, hub.template.admin_first)}</dt>
                    <dd>{yes_or_no(template.provision_admin_first)}</dd>
                </div>
                <div class="facts-wide">
                    <dt>{text!(i18n, hub.template.xsi)}</dt>
                    <dd class="id" translate="no">{template.xsi_url}</dd>
                </div>
                <div class="facts-wide">
                    <dt>{text!(i18n, hub.template.provisioning_id)}</dt>
                    <dd class="id" translate="no">{template.provisioning_id}</dd>
                    <dd>
                        <CopyButton
                            label=text!(i18n, hub.template.copy_provisioning_id)
                            text=Signal::stored(provisioning_id)
                        />
                    </dd>
                </div>
            </dl>
        </section>
    }
}
