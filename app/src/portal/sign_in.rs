//! Signing in with BroadWorks user id and password, and out again.

use domain::Fault;
use leptos::{prelude::*, server_fn::ServerFn as _};

use super::{form::PortalForm, heading::Heading, visit::use_visit};
use crate::{
    i18n::*,
    problem::Problem,
    ui::{
        button::{Emphasis, SubmitButton},
        field::Field,
        password_field::PasswordField,
        problem::{PROBLEM, ProblemNotice},
    },
};

/// Checks the credentials and begins a session.
#[server(prefix = "/api", endpoint = "portal/sign_in")]
pub async fn sign_in(share: String, user_id: String, password: String) -> Result<(), Problem> {
    use super::answer::{answer, asking_for_cookies, backend, page_of, visitor};
    use crate::visitor::{PORTAL_SESSION, begin_session};
    let session = backend().sign_in(&visitor(), &share, user_id.trim(), &password).await;
    let outcome = session.map(|session| begin_session(PORTAL_SESSION, session));
    answer(&asking_for_cookies(&page_of(&share)), &user_id, outcome)
}

/// Ends the session of whoever is signed in, and forgets what the `user` has typed for whom the page was made. If the session
/// cannot be ended, the browser keeps it: else it would live on where nobody can end it any more.
#[server(prefix = "/api", endpoint = "portal/sign_out")]
pub async fn sign_out(share: String, #[server(default)] user: String) -> Result<(), Problem> {
    use super::answer::{answer, backend, forget_unsent, page_of, visitor};
    use crate::visitor::{PORTAL_SESSION, end_session};
    let outcome = backend().sign_out(&visitor()).await;
    if outcome.is_ok() {
        forget_unsent(&user);
        end_session(PORTAL_SESSION);
    }
    answer(&page_of(&share), "", outcome)
}

/// Asks for BroadWorks user id and password.
#[component]
pub fn SignInStep() -> impl IntoView {
    let i18n = use_i18n();
    let visit = use_visit();
    let refused_with = |own: &[Fault]| {
        let both = visit.is_refused_for(&[Fault::BadCredentials, Fault::CredentialsMissing]);
        (both || visit.is_refused_for(own)).then_some(PROBLEM)
    };
    let id_refused = refused_with(&[Fault::UserIdMissing, Fault::UserIdStrange]);
    let password_refused = refused_with(&[Fault::PasswordMissing]);
    // Where either of two may be wrong, it is more often the one that nobody sees.
    let begins_with_password = visit.is_refused_for(&[Fault::BadCredentials, Fault::PasswordMissing]);
    let begins_with_id = id_refused.is_some() && !begins_with_password;
    let typed = visit.typed_into(SignIn::PATH);
    view! {
        <Heading text=move || t_string!(i18n, portal.sign_in.heading)/>
        <p class="portal-lead">{t!(i18n, portal.sign_in.lead)}</p>
        <ProblemNotice problem=Signal::stored(visit.problem)/>
        <PortalForm action=SignIn::PATH class="portal-form">
            <Field
                name="user_id"
                label=move || t_string!(i18n, portal.sign_in.user_id)
                hint=move || t_string!(i18n, portal.sign_in.hint)
                refused_by=id_refused
                input=view! {
                    <{..}
                        value=typed
                        required=""
                        autocomplete="username"
                        autocapitalize="none"
                        spellcheck="false"
                        inputmode="email"
                        autofocus=begins_with_id
                    />
                }
            />
            <PasswordField
                name="password"
                label=move || t_string!(i18n, portal.sign_in.password)
                autocomplete="current-password"
                refused_by=password_refused
                autofocus=begins_with_password
            />
            <SubmitButton>{t!(i18n, ui.sign_in)}</SubmitButton>
        </PortalForm>
    }
}

/// Says who is signed in, and signs out.
#[component]
pub fn SignedInUser(
    /// The BroadWorks user id.
    broadworks_id: String,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <div class="account">
            <p>
                <span class="muted">{t!(i18n, portal.user_id)}</span>
                " "
                <bdi translate="no">{broadworks_id}</bdi>
            </p>
            <PortalForm action=SignOut::PATH>
                <SubmitButton emphasis=Emphasis::Quiet>{t!(i18n, ui.sign_out)}</SubmitButton>
            </PortalForm>
        </div>
    }
}
