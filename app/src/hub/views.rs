//! Lists that one has saved: a menu beside the field in which they are filtered.

use domain::limit;
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};

#[cfg(feature = "ssr")]
use super::session::signed_in;
use super::{address, dialog_form::DialogForm, model::SavedView, request::Request};
use crate::{
    i18n::*,
    problem::Problem,
    ui::{
        button::Emphasis,
        dialog::{CloseDialog, Dialog},
        dialog_foot::DialogFoot,
        fault,
        field::Field,
        focus::{self, focus},
        menu::{Menu, MenuItem},
        toast::Toasts,
    },
};

/// The id of the field that may be found missing.
const NAME: &str = "view_name";

/// Those of whoever asks.
#[server(prefix = "/api", endpoint = "hub/views", client = crate::hub::client::HubClient)]
pub async fn list_views() -> Result<Vec<SavedView>, Problem> {
    let (hub, administrator) = signed_in::<ListViews>().await?;
    hub.views(&administrator).await
}

/// Saves one, in place of the one of the same name.
#[server(prefix = "/api", endpoint = "hub/save-view", client = crate::hub::client::HubClient)]
pub async fn save_view(name: String, address: String) -> Result<Vec<SavedView>, Problem> {
    let (hub, administrator) = signed_in::<SaveView>().await?;
    hub.save_view(&administrator, SavedView { name, address }).await
}

/// Removes one.
#[server(prefix = "/api", endpoint = "hub/remove-view", client = crate::hub::client::HubClient)]
pub async fn remove_view(name: String) -> Result<Vec<SavedView>, Problem> {
    let (hub, administrator) = signed_in::<RemoveView>().await?;
    hub.remove_view(&administrator, &name).await
}

/// Which dialog is open.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Open {
    Save,
    Remove,
}

/// The menu: the views, saving what is shown, and removing some. It is not there where it has nothing to offer.
#[component]
pub(super) fn SavedViews() -> impl IntoView {
    let i18n = use_i18n();
    let views = RwSignal::new(Vec::<SavedView>::new());
    let dialog = RwSignal::new(None::<Open>);
    let location = use_location();
    let here = Memo::new(move |_| address::view(&location.pathname.read(), &location.query.read()));
    Effect::new(move || {
        spawn_local(async move {
            // Whoever is signed out is told so by the page.
            if let Ok(saved) = list_views().await {
                _ = views.try_set(saved);
            }
        });
    });
    let any = Memo::new(move |_| here.read().is_some() || !views.read().is_empty());
    let label = Signal::derive(move || t_string!(i18n, hub.views.title).to_owned());
    let items = move || {
        let navigate = use_navigate();
        let saved = views.get().into_iter().map(move |SavedView { name, address }| {
            let navigate = navigate.clone();
            let open = move || navigate(&address, NavigateOptions::default());
            view! { <MenuItem on_choose=open><span translate="no">{name}</span></MenuItem> }
        });
        view! {
            {saved.collect_view()}
            {here.get().is_some().then(|| view! {
                <MenuItem on_choose=move || dialog.set(Some(Open::Save))>{text!(i18n, hub.views.save)}</MenuItem>
            })}
            {(!views.read().is_empty()).then(|| view! {
                <MenuItem on_choose=move || dialog.set(Some(Open::Remove))>{text!(i18n, hub.views.remove)}</MenuItem>
            })}
        }
    };
    view! {
        <Show when=move || any.get()>
            <Menu id="saved-views".to_owned() label>{items()}</Menu>
        </Show>
        {move || dialog.get().map(|open| {
            let on_close = move || dialog.set(None);
            match open {
                Open::Save => {
                    let address = here.get_untracked().unwrap_or_default();
                    view! {
                        <Dialog title=Signal::derive(move || t_string!(i18n, hub.views.save).to_owned()) on_close>
                            <SaveForm address views/>
                        </Dialog>
                    }
                    .into_any()
                }
                Open::Remove => view! {
                    <Dialog title=Signal::derive(move || t_string!(i18n, hub.views.remove).to_owned()) on_close>
                        <Remove views/>
                    </Dialog>
                }
                .into_any(),
            }
        })}
    }
}

/// Asks what the list is called.
#[component]
fn SaveForm(address: String, views: RwSignal<Vec<SavedView>>) -> impl IntoView {
    let i18n = use_i18n();
    let (dialog, toasts, request) = (CloseDialog::here(), Toasts::here(), Request::new());
    let name = RwSignal::new(String::new());
    // Nobody is told that something is missing before having been asked for it.
    let asked = RwSignal::new(false);
    let is_room = move || {
        let (name, views) = (name.read(), views.read());
        views.len() < limit::SAVED_VIEWS || views.iter().any(|view| view.name == name.trim())
    };
    let error = Signal::derive(move || match name.read().trim().chars().count() {
        0 if asked.get() => Some(t_string!(i18n, hub.views.name_missing).to_owned()),
        0..=limit::VIEW_NAME if is_room() => None,
        0..=limit::VIEW_NAME => Some(t_string!(i18n, hub.views.full).to_owned()),
        _ => Some(t_string!(i18n, hub.views.name_long).to_owned()),
    });
    let send = move || {
        asked.set(true);
        if error.read_untracked().is_some() {
            return focus(document().get_element_by_id(NAME));
        }
        let typed = name.get_untracked();
        request.send(save_view(typed.clone(), address.clone()), move |saved| {
            _ = views.try_set(saved);
            dialog.close();
            toasts.show(tu_string!(i18n, hub.views.saved, name = typed.trim()).to_string());
        });
    };
    view! {
        <DialogForm request on_submit=send problem_id="view-problem" submit=text!(i18n, hub.save)>
            <Field
                name=NAME
                label=text!(i18n, hub.views.name)
                hint=text!(i18n, hub.views.name_hint)
                error
                input=view! {
                    <{..}
                        type="text"
                        autocomplete="off"
                        autofocus=true
                        on:input=move |event| name.set(event_target_value(&event))
                    />
                }
            />
        </DialogForm>
    }
}

/// Those that can be removed: what is gone can be saved again, so nobody is asked twice.
#[component]
fn Remove(views: RwSignal<Vec<SavedView>>) -> impl IntoView {
    let i18n = use_i18n();
    let (dialog, toasts, request) = (CloseDialog::here(), Toasts::here(), Request::new());
    Effect::new(move || {
        if let Some(problem) = request.problem().get() {
            toasts.warn_about("views", fault::cause(i18n.get_locale_untracked(), problem.fault));
        }
    });
    let remove = move |name: String| {
        request.send(remove_view(name), move |left: Vec<SavedView>| {
            let none = left.is_empty();
            _ = views.try_set(left);
            if none {
                dialog.close();
            }
            focus::keep_on_result();
        });
    };
    let row = move |SavedView { name, .. }: SavedView| {
        let (of, gone) = (name.clone(), name.clone());
        view! {
            <li class="view-row">
                <span translate="no">{name}</span>
                <button type="button" class=Emphasis::Secondary.class() on:click=move |_| remove(gone.clone())>
                    {text!(i18n, hub.views.remove_one)}
                    <span class="visually-hidden">" " {of}</span>
                </button>
            </li>
        }
    };
    view! {
        <div class="form">
            <ul class="view-rows">
                <For each=move || views.get() key=|view| view.name.clone() children=row/>
            </ul>
            <DialogFoot way_out=text!(i18n, ui.close)/>
        </div>
    }
}
