//! To which template users are moved: it is looked for by its name, because a partner may have thousands.

use leptos::{prelude::*, task::spawn_local};

#[cfg(feature = "ssr")]
use crate::hub::session::signed_in;
use crate::{
    hub::model::{MOST_FOUND, TemplateId, TemplateName},
    i18n::*,
    problem::Problem,
    ui::{field::Field, problem::ProblemText},
};

/// The partner's templates that are called so, the first of them by name.
#[server(prefix = "/api", endpoint = "hub/find-templates", client = crate::hub::client::HubClient)]
pub async fn find_templates(typed: String) -> Result<Vec<TemplateName>, Problem> {
    let (hub, administrator) = signed_in::<FindTemplates>().await?;
    hub.find_templates(&administrator, &typed).await
}

/// The field and the templates that it finds.
#[component]
pub(super) fn Destination(
    /// Which one is chosen.
    template: RwSignal<Option<TemplateId>>,
) -> impl IntoView {
    let i18n = use_i18n();
    let typed = RwSignal::new(String::new());
    let found = RwSignal::new(Ok(None::<Vec<TemplateName>>));
    Effect::new(move || {
        let asked = typed.get();
        spawn_local(async move {
            let answer = find_templates(asked.clone()).await;
            // More may have been typed since, or the dialog closed.
            if typed.try_get_untracked() != Some(asked) {
                return;
            }
            let names = |one: TemplateId| answer.as_ref().is_ok_and(|all| all.iter().any(|found| found.id == one));
            // What is not shown any more is not what somebody chooses.
            if template.get_untracked().is_some_and(|chosen| !names(chosen)) {
                template.set(None);
            }
            found.set(answer.map(Some));
        });
    });
    let choice = move |TemplateName { id, name }: TemplateName| {
        view! {
            <label class="choice">
                <input
                    type="radio"
                    name="template"
                    value=id.to_string()
                    checked=template.get_untracked() == Some(id)
                    on:change=move |_| template.set(Some(id))
                />
                {name}
            </label>
        }
    };
    let choices = move || match found.get() {
        Err(problem) => view! { <ProblemText problem/> }.into_any(),
        Ok(None) => ().into_any(),
        Ok(Some(all)) if all.is_empty() => view! { <p>{text!(i18n, hub.moving.none)}</p> }.into_any(),
        Ok(Some(all)) => {
            let more = all.len() >= MOST_FOUND;
            let choices = all.into_iter().map(choice).collect_view();
            view! {
                <div class="choices" role="radiogroup" aria-label=text!(i18n, hub.moving.legend)>{choices}</div>
                {more.then(|| view! { <p class="field-hint">{text!(i18n, hub.moving.more)}</p> })}
            }
            .into_any()
        }
    };
    view! {
        <p class="lead">{text!(i18n, hub.moving.lead)}</p>
        <Field
            name="find-template"
            label=text!(i18n, hub.moving.find)
            input=view! {
                <{..}
                    type="search"
                    autocomplete="off"
                    autofocus=true
                    on:input=move |event| typed.set(event_target_value(&event))
                />
            }
        />
        {choices}
    }
}
