//! What stands around every page of the hub: the top bar, the languages and the corner for toasts.

use domain::{Permission, Role};
use leptos::{ev, form::ActionForm, html, prelude::*, server_fn::ServerFn as _};
use leptos_router::{
    NavigateOptions,
    components::Outlet,
    hooks::{use_location, use_navigate},
};

use super::{
    address::{ACCOUNT, AUDIT, HOME, JOBS, OVERVIEW, PEOPLE, SEARCH, SIGN_IN, TOKENS, WEBHOOKS},
    allowed::CurrentAdministrator,
    arrival::follow_address,
    client,
    followed::{Followed, FollowedJobs},
    model::Me,
    outcome::Outcomes,
    search_field::SearchField,
    selection::Ticked,
    session::{SignOut, get_me},
    somebody_else::{SomebodyElse, SomebodyElseNotice},
    staged::StagedBanner,
};
use crate::{
    i18n::*,
    ui::{
        button::Emphasis,
        fault,
        focus::focus_main,
        locale_switcher::LocaleSwitcher,
        logo::Logo,
        toast::{Toaster, Toasts},
        unsaved::AtRisk,
    },
};

/// The hub around its current page.
#[component]
pub fn Layout() -> impl IntoView {
    let i18n = use_i18n();
    let me: CurrentAdministrator = Resource::new_blocking(|| (), |()| get_me());
    provide_context(me);
    // A page that finds nobody signed in leads to the sign-in page itself; the bar only stays empty.
    let account = move || Suspend::new(async move { me.await.ok().map(|me| view! { <AccountMenu me/> }) });
    follow_address();
    // Past the top bar. Without JavaScript the browser goes there itself.
    let skip = move |event: ev::MouseEvent| {
        event.prevent_default();
        focus_main();
    };
    view! {
        <a class="skip" href="#main" on:click=skip>
            {text!(i18n, hub.skip)}
        </a>
        <Toaster>
            <header class="topbar">
                // Not the router's: that would call every page of the hub this one.
                <a href=HOME class="brand">
                    <Logo/>
                    <span class="brand-name">"Flowthrough" <span class="brand-area">{text!(i18n, hub.product)}</span></span>
                </a>
                <Transition>{account}</Transition>
            </header>
            <Main/>
            <footer class="hub-foot">
                <LocaleSwitcher/>
            </footer>
        </Toaster>
    }
}

/// The current page.
#[component]
fn Main() -> impl IntoView {
    Outcomes::provide();
    AtRisk::provide();
    SomebodyElse::provide();
    Ticked::provide();
    Followed::provide();
    view! {
        <main class="hub" id="main" tabindex="-1">
            <SomebodyElseNotice/>
            <StagedBanner/>
            <Outlet/>
            <FollowedJobs/>
        </main>
    }
}

/// The element id of the ways for which a phone's bar has no room.
const REST: &str = "topbar-rest";

/// The ways through the hub.
#[component]
fn Navigation(
    /// As what one is signed in.
    role: Role,
) -> impl IntoView {
    let i18n = use_i18n();
    let path = use_location().pathname;
    // What is found may be any customer's: the search is on no way.
    let ways = [OVERVIEW, JOBS, TOKENS, WEBHOOKS, PEOPLE, AUDIT, ACCOUNT, SEARCH];
    let here = Memo::new(move |_| ways.into_iter().find(|way| path.read().starts_with(way)).unwrap_or(HOME));
    let current = move |way| move || (here.get() == way).then_some("true");
    let may = move |permission| role.permissions().allow(permission);
    // On a phone the bar has no room for all: the others are behind a button there, on the browser's own popover, which needs no script.
    let several = [Permission::TokensRead, Permission::WebhooksRead, Permission::PeopleRead, Permission::AuditRead]
        .into_iter()
        .any(may);
    let in_rest = move || [TOKENS, WEBHOOKS, PEOPLE, AUDIT, ACCOUNT].contains(&here.get()).then_some("true");
    let rest = NodeRef::<html::Div>::new();
    let close = move |_| {
        if let Some(rest) = rest.get_untracked() {
            // Refused only if it is closed already.
            _ = rest.hide_popover();
        }
    };
    view! {
        <nav class="topbar-nav" aria-label=text!(i18n, hub.nav.label)>
            {may(Permission::UsersRead).then(|| view! {
                <a href=OVERVIEW aria-current=current(OVERVIEW)>{text!(i18n, hub.nav.overview)}</a>
            })}
            <a href=HOME aria-current=current(HOME)>
                {move || match may(Permission::CustomersRead) {
                    true => t_string!(i18n, hub.nav.customers),
                    false => t_string!(i18n, hub.roster.nav),
                }}
            </a>
            {may(Permission::UsersRead).then(|| view! {
                <a href=JOBS aria-current=current(JOBS)>{text!(i18n, hub.nav.jobs)}</a>
            })}
            {several.then(|| view! {
                <button type="button" class="topbar-more" popovertarget=REST aria-current=in_rest>
                    {text!(i18n, hub.nav.more)}
                </button>
            })}
            <div id=REST class="topbar-rest" popover=several.then_some("auto") node_ref=rest on:click=close>
                {may(Permission::TokensRead).then(|| view! {
                    <a href=TOKENS aria-current=current(TOKENS)>{text!(i18n, hub.nav.tokens)}</a>
                })}
                {may(Permission::WebhooksRead).then(|| view! {
                    <a href=WEBHOOKS aria-current=current(WEBHOOKS)>{text!(i18n, hub.webhooks.title)}</a>
                })}
                {may(Permission::PeopleRead).then(|| view! {
                    <a href=PEOPLE aria-current=current(PEOPLE)>{text!(i18n, hub.people.title)}</a>
                })}
                {may(Permission::AuditRead).then(|| view! {
                    <a href=AUDIT aria-current=current(AUDIT)>{text!(i18n, hub.audit.title)}</a>
                })}
                // Where there is room, the address leads there.
                <a href=ACCOUNT class="topbar-nav-account" aria-current=current(ACCOUNT)>
                    {text!(i18n, hub.account.title)}
                </a>
            </div>
        </nav>
    }
}

/// For which partner and as whom one is signed in, and the way out.
#[component]
fn AccountMenu(me: Me) -> impl IntoView {
    let i18n = use_i18n();
    client::belongs_to(Some(me.id));
    let action = ServerAction::<SignOut>::new();
    let (navigate, toasts) = (use_navigate(), Toasts::here());
    let path = use_location().pathname;
    let at_account = Memo::new(move |_| path.read().starts_with(ACCOUNT));
    Effect::new(move || match action.value().get() {
        Some(Ok(())) => navigate(SIGN_IN, NavigateOptions::default()),
        Some(Err(problem)) => {
            toasts.warn_about(SignOut::PATH, fault::cause(i18n.get_locale_untracked(), problem.fault))
        }
        None => {}
    });
    view! {
        {(!me.factor_owed).then(|| view! { <Navigation role=me.role/> })}
        {(!me.factor_owed && me.role.permissions().allow(Permission::UsersRead)).then(|| view! { <SearchField/> })}
        <p class="topbar-partner">
            {me.partner}
            {me.demo.then(|| view! { <span class="tag">{text!(i18n, hub.demo)}</span> })}
        </p>
        <a href=ACCOUNT class="topbar-account" aria-current=move || at_account.get().then_some("true")>
            <span class="visually-hidden">{text!(i18n, hub.account.title)} " "</span>
            {me.email}
        </a>
        <ActionForm action attr:class="topbar-exit">
            <button type="submit" class=Emphasis::Quiet.class()>
                {text!(i18n, ui.sign_out)}
            </button>
        </ActionForm>
    }
}
