//! What users wait for that is down for everybody: the mail server, the service that creates accounts.

use domain::fault::{Audience, Fixer};
use leptos::prelude::*;

use super::model::{Service, ServiceOutage, TemplateId};
#[cfg(feature = "ssr")]
use super::session::signed_in;
use crate::{
    i18n::*,
    problem::Problem,
    ui::{
        fault,
        moment::Moment,
        notice::{Notice, Tone},
    },
};

/// What users of a template wait for that is down for everybody.
#[server(prefix = "/api", endpoint = "hub/outages", client = crate::hub::client::HubClient)]
pub async fn outages(template: TemplateId) -> Result<Vec<ServiceOutage>, Problem> {
    let (hub, administrator) = signed_in::<Outages>().await?;
    hub.outages(&administrator, template).await
}

/// Says what users of this template wait for that is down for everybody; nothing while all is well.
#[component]
pub(super) fn Outages(
    /// The template's id.
    #[prop(into)]
    template: Signal<TemplateId>,
) -> impl IntoView {
    let known = Resource::new_blocking(move || template.get(), outages);
    look_again(move || known.refetch());
    let notices = move || {
        Suspend::new(async move {
            // Whoever may not see the template is told so by the page.
            let outages = known.await.unwrap_or_default();
            outages.into_iter().map(|outage| view! { <OutageNotice outage/> }).collect_view()
        })
    };
    view! { <div role="status"><Transition>{notices}</Transition></div> }
}

/// What is down, why, since when, and how much waits for it.
#[component]
pub(super) fn OutageNotice(
    /// What is down.
    outage: ServiceOutage,
) -> impl IntoView {
    let i18n = use_i18n();
    let ServiceOutage { service, cause, since, waiting } = outage;
    let title = move || match service {
        Service::Mail => t_string!(i18n, hub.outage.mail),
        Service::Accounts => t_string!(i18n, hub.outage.accounts),
    };
    let waiting = match service {
        Service::Mail => t!(i18n, hub.outage.mail_waiting, count = move || waiting).into_any(),
        Service::Accounts => t!(i18n, hub.outage.accounts_waiting, count = move || waiting).into_any(),
    };
    // Somebody can do something about it, or it passes by itself.
    let remedy = move || {
        let operators = cause.entry().fixer == Fixer::Operator;
        operators.then(|| fault::remedy(i18n.get_locale(), Audience::Administrator, cause))
    };
    view! {
        <Notice tone=Tone::Warning>
            <p class="notice-title">{title}</p>
            <p>{text!(i18n, hub.outage.since)} " " <Moment at=Signal::stored(since)/> ". " {waiting}</p>
            <p>
                {move || fault::cause(i18n.get_locale(), cause)} " "
                {remedy}
            </p>
            <p class="notice-code">{text!(i18n, ui.code)} " " {cause.code()}</p>
        </Notice>
    }
}

/// Every half a minute while the component lives; never on the server.
fn look_again(look: impl Fn() + Copy + 'static) {
    Effect::new(move || {
        let looking = set_interval_with_handle(look, std::time::Duration::from_secs(30));
        on_cleanup(move || {
            if let Ok(looking) = looking {
                looking.clear();
            }
        });
    });
}
