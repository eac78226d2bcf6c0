//! Where a proof by a sign-in service ends, in a tab of its own: what was begun goes on in the one before.

use leptos::{either::Either, prelude::*};

use super::{
    address::{CONFIRM, HOME, confirmed},
    entrance::{Entrance, told},
};
use crate::{
    i18n::*,
    ui::{button::Emphasis, problem::ProblemNotice, title::Title},
};

/// The page: whether it is done, or why not.
#[component]
pub fn Confirmed() -> impl IntoView {
    let i18n = use_i18n();
    let problem = told(confirmed().to_owned(), HOME.to_owned()).and_then(|flash| flash.problem);
    view! {
        <Title text=text!(i18n, hub.proof.title)/>
        <Entrance>
            {match problem {
                Some(problem) => Either::Left(view! {
                    <h1>{text!(i18n, hub.proof.title)}</h1>
                    <ProblemNotice problem=Some(problem)/>
                    <p class="actions">
                        <a class=Emphasis::Primary.class() href=CONFIRM rel="external">
                            {text!(i18n, hub.proof.again)}
                        </a>
                    </p>
                }),
                None => Either::Right(view! {
                    <h1>{text!(i18n, hub.proof.done_title)}</h1>
                    <p class="lead">{text!(i18n, hub.proof.done)}</p>
                }),
            }}
        </Entrance>
    }
}
