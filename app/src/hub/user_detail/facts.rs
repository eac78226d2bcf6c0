//! Who the user is.

use domain::lifecycle::Proof;
use leptos::prelude::*;
use leptos_router::components::A;

use super::{open::OpenUser, part::Part};
use crate::{
    hub::{
        address,
        model::{Doer, UserDetail, UserFilter, Vouched},
        text::{doer_text, package_text},
    },
    i18n::*,
    ui::{
        code_name::{CodeName, Codes},
        moment::Moment,
    },
};

/// The card.
#[component]
pub(super) fn Facts(open: OpenUser) -> impl IntoView {
    let i18n = use_i18n();
    let facts = move || {
        let UserDetail { row, customer, phone, mobile, extension, language, timezone, vouched, arrived, .. } =
            open.user.get();
        let package = move || package_text(i18n.get_locale(), row.package);
        let becomes = row.wanted_package.filter(|wanted| *wanted != row.package).map(|wanted| {
            let package = move || package_text(i18n.get_locale(), wanted);
            view! { <span class="muted user-when">{t!(i18n, hub.status.becomes, package)}</span> }
        });
        let filter = UserFilter { customer: Some(customer), ..UserFilter::default() };
        let users = address::users(row.template_id, filter);
        let plain = |value: Option<String>| value.map(|value| view! { <span translate="no">{value}</span> }.into_any());
        let language = language.map(|code| view! { <CodeName of=Codes::Language code/> }.into_any());
        view! {
            <Fact name=text!(i18n, hub.email) value=Some(view! { <Email email=row.email vouched/> }.into_any())/>
            <Fact name=text!(i18n, hub.user.phone) value=plain(phone)/>
            <Fact name=text!(i18n, hub.user.mobile) value=plain(mobile)/>
            <Fact name=text!(i18n, hub.user.extension) value=plain(extension)/>
            <Fact name=text!(i18n, hub.status.package) value=Some(view! { {package} {becomes} }.into_any())/>
            <Fact
                name=text!(i18n, hub.customers.name)
                value=Some(view! {
                    <A href=address::customer(customer)>{row.customer}</A>
                    <span class="id muted user-when" translate="no">{row.enterprise_id}</span>
                }.into_any())
            />
            <Fact
                name=text!(i18n, hub.template.kind)
                value=Some(view! {
                    <A href=address::template(row.template_id, Some(customer))>{row.template}</A>
                    <A href=users attr:class="user-when">{text!(i18n, hub.template.show_user_status)}</A>
                }.into_any())
            />
            <Fact name=text!(i18n, hub.user.language) value=language/>
            <Fact name=text!(i18n, hub.user.timezone) value=plain(timezone)/>
            <Fact
                name=text!(i18n, hub.user.added)
                value=Some(view! { <Moment at=Signal::stored(arrived)/> }.into_any())
            />
        }
    };
    view! {
        <Part id="facts-title" title=text!(i18n, hub.user.facts)>
            <dl class="user-facts">{facts}</dl>
        </Part>
    }
}

/// A fact, if it is known.
#[component]
fn Fact(#[prop(into)] name: Signal<&'static str>, value: Option<AnyView>) -> impl IntoView {
    value.map(|value| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd>{value}</dd>
            </div>
        }
    })
}

/// The address, and why it counts as the user's own.
#[component]
fn Email(email: Option<String>, vouched: Option<Vouched>) -> impl IntoView {
    let i18n = use_i18n();
    let Some(email) = email else {
        return view! { <span class="muted">{text!(i18n, hub.user.no_address)}</span> }.into_any();
    };
    let why = match vouched {
        None => text!(i18n, hub.user.unproven).into_any(),
        Some(Vouched { proof, by }) => {
            // Who proved it is the user, unless somebody vouches.
            let who = by.clone().map(|(doer, _)| doer).filter(|doer| matches!(doer, Doer::Administrator(Some(_))));
            view! {
                {move || proof_text(i18n.get_locale(), proof)}
                {who.map(|who| view! { " (" {move || doer_text(i18n.get_locale(), &who)} ")" })}
                {by.map(|(_, at)| view! { " · " <Moment at=Signal::stored(at)/> })}
            }
            .into_any()
        }
    };
    view! {
        <span translate="no">{email}</span>
        <span class="muted user-when">{why}</span>
    }
    .into_any()
}

fn proof_text(locale: Locale, proof: Proof) -> &'static str {
    match proof {
        Proof::Trusted => td_string!(locale, hub.user.proof.trusted),
        Proof::Link => td_string!(locale, hub.user.proof.link),
        Proof::Code => td_string!(locale, hub.user.proof.code),
        Proof::Administrator => td_string!(locale, hub.user.proof.administrator),
    }
}
