//! The addresses of the hub's pages and what stands at each.

use leptos::prelude::*;
use leptos_router::{
    SsrMode,
    any_nested_route::IntoAnyNestedRoute,
    components::{ParentRoute, Route},
    path,
};

use super::{
    account::OwnAccount,
    audit::Audit,
    confirmed::Confirmed,
    customer::ViewTemplates,
    customers::Customers,
    deletions::Deletions,
    home::Home,
    import_users::ImportUsers,
    invitation::InvitationPage,
    jobs::Jobs,
    jobs::job::JobPage,
    layout::Layout,
    no_such_page::NoSuchPage,
    overview::Overview,
    people::People,
    roster::Roster,
    search::Search,
    setup::SetUpPage,
    sign_in::SignInPage,
    template::page::TemplatePage,
    tokens::Tokens,
    user::UserPage,
    users::Users,
    webhooks::{Webhooks, webhook::WebhookPage},
};

/// The hub's pages, below `/hub`.
///
/// All of them are sent complete: whether somebody is signed in has to be known before the first byte.
#[component(transparent)]
pub fn HubRoutes() -> impl leptos_router::MatchNestedRoutes + Clone {
    view! {
        <Route path=path!("/hub/sign-in") view=SignInPage ssr=SsrMode::Async/>
        <Route path=path!("/hub/confirmed") view=Confirmed ssr=SsrMode::Async/>
        <Route path=path!("/hub/setup/:token") view=SetUpPage ssr=SsrMode::Async/>
        <Route path=path!("/hub/invitation/:token") view=InvitationPage ssr=SsrMode::Async/>
        <ParentRoute path=path!("/hub") view=Layout ssr=SsrMode::Async>
            <Route path=path!("") view=Home/>
            <Route path=path!("overview") view=Overview/>
            <Route path=path!("customers") view=Customers/>
            <Route path=path!("customers/:id") view=ViewTemplates/>
            <Route path=path!("customers/:id/people") view=Roster/>
            <Route path=path!("templates/:id") view=TemplatePage/>
            <Route path=path!("templates/:id/users") view=Users/>
            <Route path=path!("templates/:id/import") view=ImportUsers/>
            <Route path=path!("users/:id") view=UserPage/>
            <Route path=path!("tokens") view=Tokens/>
            <Route path=path!("webhooks") view=Webhooks/>
            <Route path=path!("webhooks/:id") view=WebhookPage/>
            <Route path=path!("jobs") view=Jobs/>
            <Route path=path!("jobs/:id") view=JobPage/>
            <Route path=path!("deletions") view=Deletions/>
            <Route path=path!("people") view=People/>
            <Route path=path!("audit") view=Audit/>
            <Route path=path!("search") view=Search/>
            <Route path=path!("account") view=OwnAccount/>
            <Route path=path!("*any") view=NoSuchPage/>
        </ParentRoute>
    }
    .into_inner()
    .into_any_nested_route()
}
