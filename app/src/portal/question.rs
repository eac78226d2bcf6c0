//! Is this address right? Asked, and not refused: the user knows best.

use domain::{Doubt, EmailAddress};
use leptos::prelude::*;

use super::{form::PortalForm, identifier::Identifier};
use crate::{
    i18n::*,
    ui::{button::SubmitButton, notice::Tone},
};

/// Why an address is doubted, and the one that may have been meant. Whoever is sure says so beside the field: what stands there counts,
/// whatever was asked about.
#[component]
pub fn Question(
    /// What may be wrong.
    doubt: Doubt,
    /// The address, as it was typed.
    typed: String,
    /// Where the answer is sent.
    action: &'static str,
) -> impl IntoView {
    let i18n = use_i18n();
    let email = EmailAddress::pasted(&typed).map(String::from).unwrap_or_else(|_| typed.clone());
    let why = match &doubt {
        Doubt::Slip(meant) => {
            let meant = meant.as_str().to_owned();
            t!(i18n, portal.question.slip, email = move || view! { <Identifier text=meant.clone()/> }).into_any()
        }
        Doubt::NoMail => {
            let domain = email.rsplit_once('@').map(|(_, domain)| domain.to_owned()).unwrap_or_default();
            t!(i18n, portal.question.no_mail, domain = move || view! { <Identifier text=domain.clone()/> }).into_any()
        }
        Doubt::Shared => {
            t!(i18n, portal.question.shared, email = move || view! { <Identifier text=email.clone()/> }).into_any()
        }
    };
    let meant = match doubt {
        Doubt::Slip(meant) => Some(String::from(meant)),
        _ => None,
    };
    view! {
        <div class=Tone::Warning.class() id="question" role="alert">
            <p class="notice-title">{t!(i18n, portal.question.heading)}</p>
            <p>{why}</p>
        </div>
        // What is offered here is looked at like what is typed.
        {meant.map(|meant| view! {
            <PortalForm action class="aside-actions">
                <input type="hidden" name="email" value=meant.clone()/>
                <SubmitButton>
                    // One text: a button lays its parts out beside each other.
                    <span>
                        {t!(i18n, portal.question.take, email = move || view! { <Identifier text=meant.clone()/> })}
                    </span>
                </SubmitButton>
            </PortalForm>
        })}
    }
}
