//! A page behind a mailed link: what that is good for is read before anything is shown. Opening it changes nothing, because mail
//! scanners open links too; only its buttons do.

use leptos::{prelude::*, tachys::reactive_graph::OwnedView};
use leptos_router::hooks::use_params_map;
use serde::{Deserialize, Serialize};

use super::{heading::Heading, visit::Visit};
use crate::{
    flash::Flash,
    frame::{Branding, Frame},
    i18n::*,
    problem::Problem,
    ui::{button::SubmitButton, notice::Tone, problem::ProblemText},
    visitor,
};

/// What the page behind a mailed link shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkPage<T> {
    /// The provider whose portal it is.
    pub branding: Branding,
    /// What the link is good for, or why it is not ([`domain::Fault::LinkExpired`],
    /// [`domain::Fault::LinkSuperseded`], [`domain::Fault::LinkUsed`]).
    pub link: Result<T, Problem>,
    /// What the last plain form could not do.
    pub flash: Option<Flash>,
}

impl<T> LinkPage<T> {
    /// A page from which no form was sent.
    pub const fn new(branding: Branding, link: Result<T, Problem>) -> Self {
        Self { branding, link, flash: None }
    }
}

/// The page behind the link in the address: `read` finds out what it is good for, by the tokens of the share link and of the mailed
/// one, and `show` makes the page of it, unless that cannot be said now.
pub(super) fn behind_link<T: 'static, R>(
    read: impl FnOnce(String, String) -> R + Send + 'static,
    unavailable: &'static str,
    show: impl FnOnce(Branding, String, Result<T, Problem>) -> AnyView + Send + 'static,
) -> impl IntoView
where
    R: Future<Output = Result<LinkPage<T>, Problem>> + Send + 'static,
{
    let params = use_params_map().read_untracked();
    let (share, token) = (params.get("share").unwrap_or_default(), params.get("token").unwrap_or_default());
    Suspend::new(async move {
        let page = read(share.clone(), token.clone()).await;
        let page = page.unwrap_or_else(|problem| LinkPage::new(Branding::default(), Err(problem)));
        let LinkPage { branding, link, flash } = page;
        match (&link, &flash) {
            (Err(problem), _) => visitor::admit(problem),
            (_, Some(Flash { problem: Some(problem), .. })) => visitor::show(problem),
            _ => {}
        }
        provide_context(Visit::new(share, branding.provider.clone(), None, flash));
        // Its parts are made when it is written, wherever that is.
        OwnedView::new(match link {
            Err(problem) if problem.fault.is_transient() => {
                view! { <Frame branding step=unavailable><Unavailable problem/></Frame> }.into_any()
            }
            link => show(branding, token, link),
        })
    })
}

/// What the link is good for cannot be said now: it is opened again.
#[component]
fn Unavailable(problem: Problem) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Heading text=move || t_string!(i18n, portal.unavailable.heading)/>
        <div class=Tone::Error.class() data-problem=""><ProblemText problem/></div>
        <form method="get">
            <SubmitButton>{t!(i18n, ui.try_again)}</SubmitButton>
        </form>
    }
}
