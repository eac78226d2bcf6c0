//! What is asked once more before it is done to somebody.

use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::{
    hub::session::signed_in,
    visitor::{HUB_SESSION, visitor},
};
use crate::{
    hub::{
        dialog_form::DialogForm,
        model::{Invited, Person, PersonId},
        person::LinkDialog,
        request::Request,
    },
    i18n::*,
    problem::Problem,
    ui::{button::Emphasis, dialog::CloseDialog, toast::Toasts},
};

/// Takes somebody's password away, and returns the link by which they choose another one.
#[server(prefix = "/api", endpoint = "hub/reset-person", client = crate::hub::client::HubClient)]
pub async fn reset_person(person: PersonId) -> Result<Invited, Problem> {
    let (hub, administrator) = signed_in::<ResetPerson>().await?;
    hub.reset_person(&administrator, person).await
}

/// Takes somebody's second factor away. Returns whether they were told by mail.
#[server(prefix = "/api", endpoint = "hub/take-factor", client = crate::hub::client::HubClient)]
pub async fn take_factor(person: PersonId) -> Result<bool, Problem> {
    let visitor = visitor(HUB_SESSION);
    let (hub, administrator) = signed_in::<TakeFactor>().await?;
    hub.take_factor(&administrator, &visitor, person).await
}

/// Keeps somebody from signing in, or no longer.
#[server(prefix = "/api", endpoint = "hub/disable-person", client = crate::hub::client::HubClient)]
pub async fn disable_person(person: PersonId, disabled: bool) -> Result<(), Problem> {
    let (hub, administrator) = signed_in::<DisablePerson>().await?;
    hub.disable_person(&administrator, person, disabled).await
}

/// Forgets somebody.
#[server(prefix = "/api", endpoint = "hub/remove-person", client = crate::hub::client::HubClient)]
pub async fn remove_person(person: PersonId) -> Result<(), Problem> {
    let (hub, administrator) = signed_in::<RemovePerson>().await?;
    hub.remove_person(&administrator, person).await
}

/// What is about to be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum What {
    Reset,
    TakeFactor,
    Disable,
    Enable,
    Remove,
}

impl What {
    fn title(self, locale: Locale) -> &'static str {
        match self {
            Self::Reset => td_string!(locale, hub.people.reset),
            Self::TakeFactor => td_string!(locale, hub.people.take_factor),
            Self::Disable => td_string!(locale, hub.people.disable),
            Self::Enable => td_string!(locale, hub.people.enable),
            Self::Remove => td_string!(locale, hub.people.remove),
        }
    }

    fn effect(self, locale: Locale) -> &'static str {
        match self {
            Self::Reset => td_string!(locale, hub.people.reset_effect),
            Self::TakeFactor => td_string!(locale, hub.people.take_factor_effect),
            Self::Disable => td_string!(locale, hub.people.disable_effect),
            Self::Enable => td_string!(locale, hub.people.enable_effect),
            Self::Remove => td_string!(locale, hub.people.remove_effect),
        }
    }

    /// Does it.
    async fn done(self, person: PersonId) -> Result<Done, Problem> {
        match self {
            Self::Reset => reset_person(person).await.map(Done::Link),
            Self::TakeFactor => take_factor(person).await.map(|told| if told { Done::Changed } else { Done::Untold }),
            Self::Disable => disable_person(person, true).await.map(|()| Done::Changed),
            Self::Enable => disable_person(person, false).await.map(|()| Done::Changed),
            Self::Remove => remove_person(person).await.map(|()| Done::Changed),
        }
    }
}

/// What came of it.
enum Done {
    /// A link for them.
    Link(Invited),
    Changed,
    /// It is done, and they do not know it.
    Untold,
}

/// The confirmation, and the link that may come of it.
#[component]
pub(super) fn Confirm(
    what: What,
    person: Person,
    reload: Callback<()>,
    on_close: impl Fn() + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    let link = RwSignal::new(None);
    view! {
        <LinkDialog title=Signal::derive(move || what.title(i18n.get_locale())) link on_close>
            <Confirmation what person=person.clone() reload link/>
        </LinkDialog>
    }
}

#[component]
fn Confirmation(what: What, person: Person, reload: Callback<()>, link: RwSignal<Option<Invited>>) -> impl IntoView {
    let i18n = use_i18n();
    let (dialog, toasts, request) = (CloseDialog::here(), Toasts::here(), Request::new());
    let Person { id, email, .. } = person;
    let named = email.clone();
    let send = move || {
        let email = email.clone();
        request.send(what.done(id), move |done| {
            _ = reload.try_run(());
            let said = match done {
                Done::Link(invited) => {
                    _ = link.try_set(Some(invited));
                    return;
                }
                Done::Changed => tu_string!(i18n, hub.people.changed, person = email.as_str()),
                Done::Untold => tu_string!(i18n, hub.people.untold, person = email.as_str()),
            };
            dialog.close();
            toasts.show(said);
        });
    };
    view! {
        <DialogForm
            request
            on_submit=send
            problem_id="person-problem"
            submit=move || what.title(i18n.get_locale())
            emphasis=if what == What::Enable { Emphasis::Primary } else { Emphasis::Danger }
        >
            <p>
                <strong class="name" translate="no">{named}</strong>
            </p>
            <p>{move || what.effect(i18n.get_locale())}</p>
        </DialogForm>
    }
}
