//! The account is being removed.

use domain::Fault;
use leptos::prelude::*;

use super::{heading::Heading, progress::CheckAgain, visit::use_visit};
use crate::{
    i18n::*,
    ui::{
        notice::{Notice, Tone},
        problem::{ProblemNotice, ProblemText},
    },
};

/// Says so, and follows it: whoever may come back can do so once it is done.
#[component]
pub fn RemovingStep() -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Heading text=move || t_string!(i18n, portal.removing.heading)/>
        <ProblemNotice problem=Signal::stored(use_visit().problem)/>
        <Notice tone=Tone::Warning><ProblemText problem=Fault::InProgress/></Notice>
        <CheckAgain/>
    }
}
