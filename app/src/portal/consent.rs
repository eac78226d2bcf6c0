//! The address belongs to an existing account, whose owner has to agree.

use leptos::prelude::*;

use super::{
    address::ChangeAddressForm, heading::Heading, identifier::Identifier, progress::CheckAgain, visit::use_visit,
};
use crate::{
    i18n::*,
    ui::{button::Emphasis, problem::ProblemNotice},
};

/// Explains what the owner of the account has to do.
#[component]
pub fn ConsentStep(
    /// The address of the existing account.
    email: String,
) -> impl IntoView {
    let i18n = use_i18n();
    let address = move || view! { <Identifier text=email.clone()/> };
    view! {
        <Heading text=move || t_string!(i18n, portal.consent.heading)/>
        <p class="portal-lead">{t!(i18n, portal.consent.lead, email = address)}</p>
        <ProblemNotice problem=Signal::stored(use_visit().problem)/>
        <p class="muted">{t!(i18n, portal.proof.spam)}</p>
        <CheckAgain/>
        <ChangeAddressForm emphasis=Emphasis::Secondary/>
    }
}
