//! Change Package Type.

use domain::Package;
use leptos::prelude::*;

use super::{Follower, unless_deleted};
#[cfg(feature = "ssr")]
use crate::hub::session::signed_in;
use crate::{
    hub::{
        dialog_form::DialogForm,
        model::{UserId, UserRow},
        outcome::Deed,
        request::Request,
        text::package_text,
    },
    i18n::*,
    problem::Problem,
    ui::dialog::{CloseDialog, Dialog},
};

/// Changes the user's package.
#[server(prefix = "/api", endpoint = "hub/change-package", client = crate::hub::client::HubClient)]
pub async fn set_package(user: UserId, package: Package) -> Result<UserRow, Problem> {
    let (hub, administrator) = signed_in::<SetPackage>().await?;
    hub.change_package(&administrator, user, package).await
}

/// The dialog.
#[component]
pub(super) fn ChangePackage(user: UserRow, follower: Follower, on_close: impl Fn() + 'static) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Dialog title=text!(i18n, hub.change_package.title) on_close>
            <Packages user follower/>
        </Dialog>
    }
}

#[component]
fn Packages(user: UserRow, follower: Follower) -> impl IntoView {
    let i18n = use_i18n();
    let (dialog, request) = (CloseDialog::here(), Request::new());
    let UserRow { id, broadworks_id, package: current, .. } = user;
    let (chosen, who) = (RwSignal::new(current), broadworks_id.clone());
    let send = move || {
        let package = chosen.get_untracked();
        if package == current {
            return dialog.close();
        }
        let follower = follower.clone();
        let who = who.clone();
        request.send(unless_deleted(id, set_package(id, package)), move |row| {
            dialog.close();
            follower.respond(Deed::Package(package), (id, &who), row);
        });
    };
    let choice = move |package: Package| {
        view! {
            <label class="choice">
                <input
                    type="radio"
                    name="package"
                    value=package.as_str()
                    checked=package == current
                    autofocus=package == current
                    on:change=move |_| chosen.set(package)
                />
                {move || package_text(i18n.get_locale(), package)}
            </label>
        }
    };
    view! {
        <DialogForm request on_submit=send problem_id="package-problem" submit=text!(i18n, hub.save)>
            <p>{t!(i18n, hub.change_package.lead, user = move || broadworks_id.clone())}</p>
            <div class="choices" role="radiogroup" aria-label=text!(i18n, hub.change_package.legend)>
                {Package::ALL.map(choice)}
            </div>
        </DialogForm>
    }
}
