//! Before something is done for many: whom it touches, who is left out and why, and the button that begins it.

use domain::{Fault, Package};
use leptos::{prelude::*, task::spawn_local};
use leptos_router::components::A;

use super::{
    destination::Destination,
    kind::{Chosen, Kind, begin_bulk, preview_bulk},
};
use crate::{
    hub::{
        address,
        comeback::Comeback,
        dialog_form::DialogForm,
        followed::Followed,
        model::{BulkPreview, Example, LeftOut, Selection, TemplateId},
        request::Request,
        text::{number_text, package_text},
    },
    i18n::*,
    problem::Problem,
    ui::{
        dialog::{CloseDialog, Dialog},
        fault,
        problem::ProblemText,
        spinner::Spinner,
    },
};

/// The dialog.
#[component]
pub(super) fn BulkDialog(
    kind: Kind,
    /// Whom it is about, as when the dialog was opened: what is asked for is what was shown.
    selection: Selection,
    /// Called when it has begun.
    on_begun: impl Fn() + Copy + Send + Sync + 'static,
    on_close: impl Fn() + 'static,
) -> impl IntoView {
    let i18n = use_i18n();
    view! {
        <Dialog title=Signal::derive(move || kind.title(i18n.get_locale()).to_owned()) on_close>
            <Confirmation kind selection on_begun/>
        </Dialog>
    }
}

/// What is known of whom it touches.
#[derive(Clone, PartialEq)]
enum Known {
    /// It is not clear yet what is to be done.
    Nothing,
    /// It is being found out.
    Soon,
    /// This.
    Found(BulkPreview),
    /// It cannot be found out.
    Failed(Problem),
}

#[component]
fn Confirmation(kind: Kind, selection: Selection, on_begun: impl Fn() + Copy + Send + Sync + 'static) -> impl IntoView {
    let i18n = use_i18n();
    let (dialog, request, followed) = (CloseDialog::here(), Request::new(), Followed::here());
    let selection = StoredValue::new(selection);
    let package = RwSignal::new(None::<Package>);
    let template = RwSignal::new(None::<TemplateId>);
    let forbid = RwSignal::new(false);
    // Whether they can come back changes nothing of whom it touches.
    let asked =
        Memo::new(move |_| kind.deed(Chosen { package: package.get(), template: template.get(), forbid: false }));
    let known = RwSignal::new(Known::Nothing);
    Effect::new(move || {
        let Some(deed_now) = asked.get() else { return known.set(Known::Nothing) };
        known.set(Known::Soon);
        spawn_local(async move {
            let found = preview_bulk(selection.get_value(), deed_now).await;
            // Something else may have been chosen since, or the dialog closed.
            if asked.try_get_untracked() == Some(Some(deed_now)) {
                _ = known.try_set(found.map_or_else(Known::Failed, Known::Found));
            }
        });
    });
    let none = Signal::derive(move || match &*known.read() {
        Known::Found(preview) => preview.fitting == 0,
        Known::Nothing | Known::Soon | Known::Failed(_) => true,
    });
    let send = move || {
        let deed = kind.deed(Chosen {
            package: package.get_untracked(),
            template: template.get_untracked(),
            forbid: forbid.get_untracked(),
        });
        let Some(deed) = deed.filter(|_| !none.get_untracked()) else { return };
        request.send(begin_bulk(selection.get_value(), deed), move |job| {
            dialog.close();
            on_begun();
            followed.follow(job);
        });
    };
    let found = move || match known.get() {
        Known::Nothing => ().into_any(),
        Known::Soon => view! {
            <p class="loading">
                <Spinner/>
                {text!(i18n, hub.bulk.checking)}
            </p>
        }
        .into_any(),
        Known::Failed(problem) => view! { <ProblemText problem/> }.into_any(),
        Known::Found(preview) => view! { <Preview kind preview/> }.into_any(),
    };
    view! {
        <DialogForm
            request
            on_submit=send
            problem_id="bulk-problem"
            submit=move || kind.title(i18n.get_locale())
            unavailable=none
            emphasis=kind.emphasis()
        >
            {(kind == Kind::ChangePackage).then(|| view! { <Packages package/> })}
            {(kind == Kind::Move).then(|| view! { <Destination template/> })}
            <div class="bulk-preview" role="status">{found}</div>
            {(kind == Kind::Delete).then(|| view! { <Comeback forbid several=true/> })}
        </DialogForm>
    }
}

#[component]
fn Packages(package: RwSignal<Option<Package>>) -> impl IntoView {
    let i18n = use_i18n();
    let choice = move |one: Package| {
        view! {
            <label class="choice">
                <input type="radio" name="package" value=one.as_str() on:change=move |_| package.set(Some(one))/>
                {move || package_text(i18n.get_locale(), one)}
            </label>
        }
    };
    view! {
        <div class="choices" role="radiogroup" aria-label=text!(i18n, hub.change_package.legend)>
            {Package::ALL.map(choice)}
        </div>
    }
}

#[component]
fn Preview(kind: Kind, preview: BulkPreview) -> impl IntoView {
    let i18n = use_i18n();
    let BulkPreview { users, fitting, left_out, examples } = preview;
    let number = move || number_text(i18n.get_locale(), fitting);
    let count = move || fitting;
    let lead = match (fitting, kind) {
        (0, _) => text!(i18n, hub.bulk.nobody).into_any(),
        (_, Kind::Retry) => t!(i18n, hub.bulk.retry_lead, count, number).into_any(),
        (_, Kind::Resend) => t!(i18n, hub.bulk.resend_lead, count, number).into_any(),
        (_, Kind::ChangePackage) => t!(i18n, hub.bulk.package_lead, count, number).into_any(),
        (_, Kind::Move) => t!(i18n, hub.bulk.move_lead, count, number).into_any(),
        (_, Kind::Delete) => t!(i18n, hub.bulk.delete_lead, count, number).into_any(),
    };
    let undo = kind == Kind::Delete && fitting > 0;
    let others = users - fitting;
    view! {
        <p><strong>{lead}</strong></p>
        {undo.then(|| view! { <p class="lead">{text!(i18n, hub.delete.undo)}</p> })}
        {(others > 0).then(|| {
            let number = move || number_text(i18n.get_locale(), others);
            view! {
                <p>{t!(i18n, hub.bulk.left_out, count = move || others, number)}</p>
                <ul class="bulk-left-out">
                    {left_out.into_iter().map(|LeftOut { why, users }| view! {
                        <li>
                            <span class="bulk-number">{move || number_text(i18n.get_locale(), users)}</span>
                            <span>{move || why_text(i18n.get_locale(), why)}</span>
                        </li>
                    }).collect_view()}
                </ul>
            }
        })}
        <Examples examples/>
    }
}

#[component]
fn Examples(examples: Vec<Example>) -> impl IntoView {
    let i18n = use_i18n();
    (!examples.is_empty()).then(|| {
        view! {
            <details class="bulk-examples">
                <summary>{text!(i18n, hub.bulk.some)}</summary>
                <ul>
                    {examples.into_iter().map(|Example { id, broadworks_id, why }| view! {
                        <li>
                            <A href=address::user(id) attr:class="id" attr:translate="no">{broadworks_id}</A>
                            " "
                            <span class="muted">{move || why_text(i18n.get_locale(), why)}</span>
                        </li>
                    }).collect_view()}
                </ul>
            </details>
        }
    })
}

/// Why it is not done.
fn why_text(locale: Locale, why: Option<Fault>) -> &'static str {
    why.map_or_else(|| td_string!(locale, hub.bulk.as_is), |why| fault::cause(locale, why))
}
