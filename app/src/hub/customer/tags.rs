//! A customer's tags, and the dialog in which they are written.

use domain::{Permission, Tag};
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::{hub::session::signed_in, visitor::refuse};
use crate::{
    hub::{allowed::Allowed, dialog_form::DialogForm, model::CustomerId, request::Request, tags::TagLinks},
    i18n::*,
    problem::Problem,
    ui::{
        button::Emphasis,
        dialog::{CloseDialog, Dialog},
        field::Field,
        focus::focus,
    },
};

/// The id of the field.
const TAGS: &str = "tags";

/// Sorts a customer by these words and by no others.
#[server(prefix = "/api", endpoint = "hub/save-tags", client = crate::hub::client::HubClient)]
pub async fn save_tags(customer: CustomerId, tags: String) -> Result<Vec<Tag>, Problem> {
    let (hub, administrator) = signed_in::<SaveTags>().await?;
    let tags = Tag::all(&tags).inspect_err(|_| refuse(axum::http::StatusCode::BAD_REQUEST, None))?;
    hub.save_tags(&administrator, customer, tags).await
}

/// The tags, and the way to others.
#[component]
pub(super) fn Tags(customer: CustomerId, tags: Vec<Tag>) -> impl IntoView {
    let i18n = use_i18n();
    let (tags, open) = (RwSignal::new(tags), RwSignal::new(false));
    view! {
        <div class="customer-tags">
            {move || view! { <TagLinks tags=tags.get()/> }}
            <Allowed to=Permission::UsersWrite>
                <button type="button" class=Emphasis::Secondary.class() on:click=move |_| open.set(true)>
                    {text!(i18n, hub.tags.edit)}
                </button>
            </Allowed>
        </div>
        {move || open.get().then(|| view! {
            <Dialog title=text!(i18n, hub.tags.edit) on_close=move || open.set(false)>
                <Edit customer tags/>
            </Dialog>
        })}
    }
}

#[component]
fn Edit(customer: CustomerId, tags: RwSignal<Vec<Tag>>) -> impl IntoView {
    let i18n = use_i18n();
    let (dialog, request) = (CloseDialog::here(), Request::new());
    let typed = RwSignal::new(tags.with_untracked(|tags| Tag::stored(tags)));
    // Nobody is told that a word is wrong while still typing it.
    let finished = RwSignal::new(false);
    let error = Signal::derive(move || {
        (finished.get() && Tag::all(&typed.read()).is_err())
            .then(|| t_string!(i18n, hub.tags.wrong, most = Tag::MOST, longest = Tag::LONGEST).to_string())
    });
    let send = move || {
        finished.set(true);
        if typed.with_untracked(|typed| Tag::all(typed).is_err()) {
            return focus(document().get_element_by_id(TAGS));
        }
        request.send(save_tags(customer, typed.get_untracked()), move |saved| {
            dialog.close();
            _ = tags.try_set(saved);
        });
    };
    view! {
        <DialogForm request on_submit=send problem_id="tags-problem" submit=text!(i18n, hub.save)>
            <Field
                name=TAGS
                label=text!(i18n, hub.tags.title)
                hint=text!(i18n, hub.tags.hint)
                error
                input=view! {
                    <{..}
                        type="text"
                        autocomplete="off"
                        autocapitalize="off"
                        spellcheck="false"
                        autofocus=true
                        value=typed.get_untracked()
                        on:input=move |event| {
                            typed.set(event_target_value(&event));
                            finished.set(false);
                        }
                    />
                }
            />
        </DialogForm>
    }
}
