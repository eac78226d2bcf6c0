//! Showing what a page has asked the server for.

use domain::Fault;
use leptos::{either::EitherOf4, prelude::*};
use leptos_router::{NavigateOptions, components::Redirect, hooks::use_location, location::Location};
use serde::{Serialize, de::DeserializeOwned};

use super::{address, arrival::Arrived, missing::NotToBeHad};
use crate::{
    i18n::*,
    problem::Problem,
    ui::{busy::provide_busy, hydrated::use_hydrated, spinner::Spinner},
};

/// The page that a resource brings, with its heading; or what went wrong, with a heading of its own. While another one is
/// awaited, the old one is dimmed, its lists cannot be clicked, and that is said.
///
/// Whoever is not signed in goes to the sign-in page and comes back here afterwards; whoever has yet to set up a second factor, to where
/// that is done.
pub(super) fn loaded<T, V>(
    resource: Resource<Result<T, Problem>>,
    view: impl Fn(T) -> V + Clone + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    V: IntoView + 'static,
{
    let (hydrated, pending) = (use_hydrated(), RwSignal::new(false));
    // The server sends pages that are complete.
    let busy = Signal::derive(move || hydrated.get() && pending.get());
    provide_busy(busy);
    view! {
        <Loading busy/>
        <div class="loaded" aria-busy=move || busy.get().then_some("true")>
            <Transition set_pending=pending>
                {move || {
                    let view = view.clone();
                    Suspend::new(async move {
                        match resource.await {
                            // What the view reads on the way, such as the address, must not make it anew of an old answer.
                            Ok(value) => EitherOf4::A((untrack(|| view(value)), view! { <Arrived/> })),
                            Err(problem) if problem.fault == Fault::NotSignedIn => {
                                EitherOf4::B(view! { <ToSignIn/> })
                            }
                            Err(problem) if problem.fault == Fault::FactorRequired => {
                                EitherOf4::C(view! { <ToAccount/> })
                            }
                            Err(problem) => {
                                #[cfg(feature = "ssr")]
                                crate::visitor::admit(&problem);
                                let fault = problem.fault;
                                let on_retry = move || again(fault, || resource.refetch());
                                EitherOf4::D(view! {
                                    <NotToBeHad problem on_retry/>
                                    <Arrived/>
                                })
                            }
                        }
                    })
                }}
            </Transition>
        </div>
    }
}

/// Asks once more; whoever is here for somebody else begins the whole page anew.
fn again(fault: Fault, refetch: impl Fn()) {
    if fault == Fault::MeantForAnother {
        // A page that cannot be loaded stays.
        _ = window().location().reload();
    } else {
        refetch();
    }
}

/// Goes to the sign-in page.
#[component]
pub(super) fn ToSignIn() -> impl IntoView {
    let options = NavigateOptions { replace: true, ..NavigateOptions::default() };
    view! { <Redirect path=sign_in_path(&use_location()) options/> }
}

/// Goes to the account page.
#[component]
fn ToAccount() -> impl IntoView {
    let options = NavigateOptions { replace: true, ..NavigateOptions::default() };
    view! { <Redirect path=address::ACCOUNT options/> }
}

/// The address of the sign-in page that leads back here.
pub(super) fn sign_in_path(here: &Location) -> String {
    let path = here.pathname.get_untracked();
    let search = here.search.get_untracked();
    address::sign_in(if search.is_empty() { path } else { format!("{path}?{search}") })
}

/// That something is awaited. It stands over the page, so that nothing moves when it comes and goes.
#[component]
fn Loading(busy: Signal<bool>) -> impl IntoView {
    let i18n = use_i18n();
    let shown = move || {
        busy.get().then(|| {
            view! {
                <span class="loading-sign">
                    <Spinner/>
                    {text!(i18n, ui.loading)}
                </span>
            }
        })
    };
    view! {
        <p class="loading-note" role="status">
            {shown}
        </p>
    }
}
