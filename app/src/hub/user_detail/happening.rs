//! What happened in words, who did it, and the sign beside it.

use domain::Happening;
use leptos::prelude::*;

use crate::{hub::model::Doer, i18n::*};

/// What happened. Whoever helps a user enters no address: they ask for the message again.
pub(super) fn happening_text(locale: Locale, happening: Happening, by: &Doer) -> &'static str {
    match happening {
        Happening::Arrived => td_string!(locale, hub.user.step.arrived),
        Happening::SelfActivated => td_string!(locale, hub.user.step.self_activated),
        Happening::AddressEntered if *by != Doer::User => td_string!(locale, hub.user.step.address_asked_again),
        Happening::AddressEntered => td_string!(locale, hub.user.step.address_entered),
        Happening::AddressWithdrawn => td_string!(locale, hub.user.step.address_withdrawn),
        Happening::AddressProvenByLink => td_string!(locale, hub.user.step.address_proven_by_link),
        Happening::AddressProvenByCode => td_string!(locale, hub.user.step.address_proven_by_code),
        Happening::Onboarded => td_string!(locale, hub.user.step.onboarded),
        Happening::Retried => td_string!(locale, hub.user.step.retried),
        Happening::AccountCreated => td_string!(locale, hub.user.step.account_created),
        Happening::ConsentAsked => td_string!(locale, hub.user.step.consent_asked),
        Happening::ConsentGiven => td_string!(locale, hub.user.step.consent_given),
        Happening::ConsentRequested => td_string!(locale, hub.user.step.consent_requested),
        Happening::AccountUpdated => td_string!(locale, hub.user.step.account_updated),
        Happening::AccountRemoved => td_string!(locale, hub.user.step.account_removed),
        Happening::AttemptFailed => td_string!(locale, hub.user.step.attempt_failed),
        Happening::AttemptPostponed => td_string!(locale, hub.user.step.attempt_postponed),
        Happening::PackageChanged => td_string!(locale, hub.user.step.package_changed),
        Happening::DetailsChanged => td_string!(locale, hub.user.step.details_changed),
        Happening::Moved => td_string!(locale, hub.user.step.moved),
        Happening::DeletionStaged => td_string!(locale, hub.user.step.deletion_staged),
        Happening::RemovalRequested => td_string!(locale, hub.user.step.removal_requested),
        Happening::MailSent => td_string!(locale, hub.user.step.mail_sent),
        Happening::MailUncertain => td_string!(locale, hub.user.step.mail_uncertain),
        Happening::MailRefused => td_string!(locale, hub.user.step.mail_refused),
        Happening::MailDelayed => td_string!(locale, hub.user.step.mail_delayed),
        Happening::MailBounced => td_string!(locale, hub.user.step.mail_bounced),
        Happening::ReadyMailSent => td_string!(locale, hub.user.step.ready_mail_sent),
        Happening::Reminded => td_string!(locale, hub.user.step.reminded),
        Happening::RemindersStopped => td_string!(locale, hub.user.step.reminders_stopped),
    }
}

/// The sign beside a step: its shape says of what kind it is, its colour how that went. The words say both.
#[component]
pub(super) fn StepIcon(happening: Happening) -> impl IntoView {
    let (tone, shape) = sign(happening);
    view! {
        <span class="timeline-icon" data-tone=tone aria-hidden="true">
            <svg viewBox="0 0 16 16">
                <path d=shape/>
            </svg>
        </span>
    }
}

const PLUS: &str = "M8 3v10M3 8h10";
const MAIL: &str = "M2.5 4h11v8h-11zM2.5 4.5 8 9l5.5-4.5";
const CHECK: &str = "m3 8.5 3.5 3.5L13 4.5";
const CROSS: &str = "m4 4 8 8M12 4l-8 8";
const CLOCK: &str = "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM8 4.8V8l2.2 1.6";
const PENCIL: &str = "m3 13 .7-2.8 7.1-7.1 2.1 2.1-7.1 7.1z";
const BIN: &str = "M3 4.5h10M6 4.5V3h4v1.5M4.5 4.5 5.1 13h5.8l.6-8.5";
const AGAIN: &str = "M12.8 6A5 5 0 1 0 13 9.5M13 2.8V6H9.8";

const fn sign(happening: Happening) -> (&'static str, &'static str) {
    match happening {
        Happening::Arrived | Happening::SelfActivated => ("off", PLUS),
        Happening::AddressEntered | Happening::MailSent | Happening::Reminded => ("busy", MAIL),
        Happening::ReadyMailSent => ("good", MAIL),
        Happening::MailUncertain | Happening::MailDelayed => ("waiting", MAIL),
        Happening::MailRefused | Happening::MailBounced => ("bad", MAIL),
        Happening::AddressProvenByLink
        | Happening::AddressProvenByCode
        | Happening::ConsentGiven
        | Happening::AccountCreated
        | Happening::AccountUpdated => ("good", CHECK),
        Happening::AttemptFailed => ("bad", CROSS),
        Happening::AttemptPostponed | Happening::ConsentAsked => ("waiting", CLOCK),
        Happening::Onboarded | Happening::Retried | Happening::ConsentRequested => ("busy", AGAIN),
        Happening::AddressWithdrawn | Happening::PackageChanged | Happening::DetailsChanged | Happening::Moved => {
            ("busy", PENCIL)
        }
        Happening::RemindersStopped => ("off", MAIL),
        Happening::DeletionStaged => ("waiting", BIN),
        Happening::RemovalRequested | Happening::AccountRemoved => ("off", BIN),
    }
}
