//! Import: users from a CSV file, first checked and then imported.

mod cell;
mod failure;
mod given_back;
mod outcome;
mod stage;
mod upload;

use domain::{Fault, Permission};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};

use self::{
    outcome::{Announcement, Outcome},
    stage::{Import, Stage},
};
use super::{
    address,
    allowed::Allowed,
    breadcrumbs::{Breadcrumbs, crumb},
    loaded::loaded,
    missing::NotToBeHad,
    model::{CustomerId, TemplateDetail, UserFilter},
    template_detail::get_template,
};
use crate::{
    i18n::*,
    ui::{chosen_file::ChosenFile, file_field::FileField, focus, title::Title, unsaved::AskBeforeLeaving},
};

/// Import.
#[component]
pub fn ImportUsers() -> impl IntoView {
    let params = use_params_map();
    let query = use_query_map();
    let id = move || address::id(&params.read());
    let customer = move || address::id_in(&query.read(), address::CUSTOMER);
    let template =
        Resource::new_blocking(move || (id(), customer()), async |(id, customer)| get_template(id?, customer?).await);
    loaded(template, move |(template, name)| {
        let customer = customer().ok()?;
        Some(view! {
            <Allowed
                to=Permission::UsersWrite
                fallback=|| view! { <NotToBeHad problem=Fault::PermissionMissing.into() on_retry=|| ()/> }
            >
                <Page template=template.clone() customer name=name.clone()/>
            </Allowed>
        })
    })
}

#[component]
fn Page(template: TemplateDetail, customer: Option<CustomerId>, name: Option<String>) -> impl IntoView {
    let i18n = use_i18n();
    let import = Import::new(template.id);
    let back = UserFilter { customer, ..UserFilter::default() };
    let users = address::users(template.id, back);
    let mut way: Vec<_> = crumb(name, customer).into_iter().collect();
    way.push((template.name.into_any(), address::template(template.id, customer)));
    way.push((text!(i18n, hub.status.title).into_any(), users.clone()));
    // A browser may have kept the file that was chosen before the page was loaded again.
    Effect::new(move || {
        if ChosenFile::of(upload::FIELD).is_some() {
            import.check();
        }
    });
    let busy = move || matches!(*import.stage.read(), Stage::Importing { .. });
    let unsaved = Signal::derive(move || import.is_unfinished());
    let over = Memo::new(move |_| matches!(*import.stage.read(), Stage::Imported(_)));
    Effect::new(move || {
        if over.get() {
            focus::keep_on_result();
        }
    });
    view! {
        <Title text=text!(i18n, hub.importing.title)/>
        <Breadcrumbs way here=Signal::derive(text!(i18n, hub.importing.title).to_owned())/>
        <header class="page-head">
            <h1>{text!(i18n, hub.importing.title)}</h1>
            <p class="lead">{text!(i18n, hub.importing.lead)}</p>
        </header>
        <Show when=move || !over.get()>
            <section class="card form">
                <FileField
                    name=upload::FIELD
                    label=text!(i18n, hub.importing.file)
                    hint=text!(i18n, hub.importing.file_hint)
                    chosen=import.file
                    input=view! {
                        <{..}
                            accept=".csv,.tsv,.txt,text/csv,text/tab-separated-values,text/plain"
                            disabled=busy
                            on:click=move |_| import.forget()
                            on:change=move |_| import.check()
                        />
                    }
                />
                <p class="field-hint">{text!(i18n, hub.importing.provisioning)}</p>
            </section>
        </Show>
        <Announcement import/>
        <Outcome import users/>
        <AskBeforeLeaving unsaved/>
    }
}
