//! Why users are in error, and one button for all who failed so.

use domain::{Fault, Permission, fault::Audience};
use leptos::{either::Either, prelude::*};

use crate::{
    hub::{
        address,
        allowed::Allowed,
        bulk::BulkRetry,
        model::{Cursor, Failing, Selection, UserFilter},
        text::number_text,
    },
    i18n::*,
    ui::{
        button::Emphasis,
        fault,
        table::{Cell, Table},
    },
};

/// The commonest errors.
#[component]
pub(super) fn Errors(errors: Vec<Failing>) -> impl IntoView {
    let i18n = use_i18n();
    let retried = RwSignal::new(None::<Fault>);
    let list = if errors.is_empty() {
        Either::Left(view! { <p class="muted">{text!(i18n, hub.overview.no_errors)}</p> })
    } else {
        let columns = vec![
            view! { <span class="widest">{text!(i18n, hub.overview.error)}</span> }.into_any(),
            text!(i18n, hub.jobs.users).into_any(),
            view! { <span class="visually-hidden">{text!(i18n, hub.status.actions)}</span> }.into_any(),
        ];
        Either::Right(view! {
            <Table label=text!(i18n, hub.overview.errors) columns>
                {errors.into_iter().map(|failing| view! { <Row failing retried/> }).collect_view()}
            </Table>
        })
    };
    view! {
        <section class="overview-section" aria-labelledby="overview-errors">
            <h2 id="overview-errors">{text!(i18n, hub.overview.errors)}</h2>
            {list}
        </section>
        {move || retried.get().map(|fault| {
            let selection = Selection { filter: by_code(fault), everybody: true, ..Selection::default() };
            view! { <BulkRetry selection on_close=move || retried.set(None)/> }
        })}
    }
}

fn by_code(fault: Fault) -> UserFilter {
    UserFilter { text: Some(words(fault)), ..UserFilter::default() }
}

/// Who failed so, in the filter language.
fn words(fault: Fault) -> String {
    format!("code:{}", fault.code())
}

#[component]
fn Row(failing: Failing, retried: RwSignal<Option<Fault>>) -> impl IntoView {
    let i18n = use_i18n();
    let Failing { fault: found, users, retry } = failing;
    let list = address::search(&words(found), Cursor::Start);
    view! {
        <tr role="row">
            <Cell label=text!(i18n, hub.overview.error)>
                <a href=list>{move || fault::cause(i18n.get_locale(), found)}</a> " "
                <span class="code">{found.code()}</span>
                <p class="muted">{move || fault::remedy(i18n.get_locale(), Audience::Administrator, found)}</p>
            </Cell>
            <Cell label=text!(i18n, hub.jobs.users)>
                <span class="bulk-number">{move || number_text(i18n.get_locale(), users)}</span>
            </Cell>
            <Cell label=text!(i18n, hub.status.actions)>
                {retry.then(|| view! {
                    <Allowed to=Permission::UsersWrite>
                        <button
                            type="button"
                            class=Emphasis::Secondary.class()
                            aria-label=move || {
                                let cause = fault::cause(i18n.get_locale(), found);
                                t_string!(i18n, hub.overview.retry_of, cause).to_string()
                            }
                            on:click=move |_| retried.set(Some(found))
                        >
                            {text!(i18n, hub.overview.retry)}
                        </button>
                    </Allowed>
                })}
            </Cell>
        </tr>
    }
}
