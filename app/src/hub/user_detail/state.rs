//! How the user stands: what is pending or wrong, who can do something about it, and how the mail fares.

use domain::{Fault, Mailing, fault::Fixer};
use leptos::prelude::*;

use super::{open::OpenUser, part::Part};
use crate::{
    hub::{model::MailState, outages::OutageNotice, pending::Pending},
    i18n::*,
    ui::moment::Moment,
};

/// The card.
#[component]
pub(super) fn UserState(open: OpenUser) -> impl IntoView {
    let i18n = use_i18n();
    let outage = Memo::new(move |_| open.user.read().outage);
    let row = open.row;
    let found = Memo::new(move |_| row.read().fault());
    let said = Memo::new(move |_| row.read().detail.clone());
    let tracking_id = Memo::new(move |_| row.with(|row| row.problem.as_ref()?.tracking_id.clone()));
    let mail = Memo::new(move |_| open.user.read().mail);
    let since = Signal::derive(move || row.read().changed);
    view! {
        <Part id="state-title" title=text!(i18n, hub.user.state)>
            {move || outage.get().map(|outage| view! { <OutageNotice outage/> })}
            <div class="user-standing" role="status"><Pending user=row/></div>
            <dl class="user-facts">
                {move || found.get().map(|found| view! {
                    <div>
                        <dt>{text!(i18n, hub.user.fixer.label)}</dt>
                        <dd>{move || fixer_text(i18n.get_locale(), found)}</dd>
                    </div>
                })}
                {move || said.get().map(|said| view! {
                    <div>
                        <dt>{text!(i18n, hub.user.said)}</dt>
                        <dd class="id" lang="en" translate="no">{said}</dd>
                    </div>
                })}
                {move || tracking_id.get().map(|id| view! {
                    <div>
                        <dt>{text!(i18n, ui.tracking_id)}</dt>
                        <dd class="id" translate="no">{id}</dd>
                    </div>
                })}
                {move || mail.get().map(|MailState { mailing, asked }| view! {
                    <div>
                        <dt>{text!(i18n, hub.user.mail)}</dt>
                        <dd>
                            {move || mailing_text(i18n.get_locale(), mailing)}
                            <span class="muted user-when">
                                {text!(i18n, hub.user.asked)} " " <Moment at=Signal::stored(asked)/>
                            </span>
                        </dd>
                    </div>
                })}
                <div>
                    <dt>{text!(i18n, hub.user.since)}</dt>
                    <dd><Moment at=since/></dd>
                </div>
            </dl>
        </Part>
    }
}

/// Who can fix it, as the administrator sees it. What a user could put right with another address, Retry Activation can too.
fn fixer_text(locale: Locale, fault: Fault) -> &'static str {
    match fault.entry().fixer {
        Fixer::User => td_string!(locale, hub.user.fixer.user),
        Fixer::Administrator => td_string!(locale, hub.user.fixer.administrator),
        Fixer::Operator => td_string!(locale, hub.user.fixer.operator),
        Fixer::Client => td_string!(locale, hub.user.fixer.client),
        Fixer::Nobody => td_string!(locale, hub.user.fixer.nobody),
    }
}

fn mailing_text(locale: Locale, mailing: Mailing) -> &'static str {
    match mailing {
        Mailing::Queued => td_string!(locale, hub.user.mailing.queued),
        Mailing::Sending => td_string!(locale, hub.user.mailing.sending),
        Mailing::Uncertain => td_string!(locale, hub.user.mailing.uncertain),
        Mailing::PutOff => td_string!(locale, hub.user.mailing.put_off),
        Mailing::Sent => td_string!(locale, hub.user.mailing.sent),
        Mailing::Delayed => td_string!(locale, hub.user.mailing.delayed),
        Mailing::Refused => td_string!(locale, hub.user.mailing.refused),
        Mailing::Bounced => td_string!(locale, hub.user.mailing.bounced),
    }
}
