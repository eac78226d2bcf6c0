//! Showing what a page has asked the server for.

use leptos::{either::EitherOf3, prelude::*};
use leptos_router::{NavigateOptions, components::Redirect, hooks::use_location};
use serde::{Serialize, de::DeserializeOwned};

use super::address;
use crate::{
    i18n::*,
    problem::Problem,
    ui::{button::Emphasis, notice::Tone, problem::ProblemText, spinner::Spinner},
};

/// The view of what a resource brings; until then a placeholder, and else what went wrong.
///
/// Whoever is not signed in goes to the sign-in page and comes back here afterwards.
pub(super) fn loaded<T, V>(
    resource: Resource<Result<T, Problem>>,
    view: impl Fn(T) -> V + Clone + Send + Sync + 'static,
) -> impl IntoView
where
    T: Clone + Serialize + DeserializeOwned + Send + Sync + 'static,
    V: IntoView + 'static,
{
    view! {
        <Transition fallback=Loading>
            {move || {
                let view = view.clone();
                Suspend::new(async move {
                    match resource.await {
                        Ok(value) => EitherOf3::A(view(value)),
                        Err(problem) if problem.fault == domain::Fault::NotSignedIn => {
                            EitherOf3::B(view! { <ToSignIn/> })
                        }
                        Err(problem) => {
                            #[cfg(feature = "ssr")]
                            crate::visitor::admit(&problem);
                            EitherOf3::C(view! { <Failed problem on_retry=move || resource.refetch()/> })
                        }
                    }
                })
            }}
        </Transition>
    }
}

/// Goes to the sign-in page.
#[component]
pub(super) fn ToSignIn() -> impl IntoView {
    let options = NavigateOptions { replace: true, ..NavigateOptions::default() };
    view! { <Redirect path=sign_in_path() options/> }
}

/// The address of the sign-in page that leads back to the current one.
pub(super) fn sign_in_path() -> String {
    let location = use_location();
    let path = location.pathname.get_untracked();
    let search = location.search.get_untracked();
    address::sign_in(if search.is_empty() { path } else { format!("{path}?{search}") })
}

#[component]
fn Loading() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <p class="loading" role="status">
            <Spinner/>
            {t!(i18n, ui.loading)}
        </p>
    }
}

#[component]
fn Failed(problem: Problem, on_retry: impl Fn() + 'static) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <div class=Tone::Error.class() role="alert">
            <ProblemText problem/>
            <p>
                <button type="button" class=Emphasis::Secondary.class() on:click=move |_| on_retry()>
                    {t!(i18n, hub.reload)}
                </button>
            </p>
        </div>
    }
}
