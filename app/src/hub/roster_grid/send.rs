//! What can be done for those who are ticked: an activation mail with one's own words, and trying again.

use domain::{Fault, Note};
use leptos::{ev, html, prelude::*};

use super::{drafts::Drafts, list::Open};
#[cfg(feature = "ssr")]
use crate::hub::session::signed_in;
use crate::{
    hub::{
        import_words,
        model::{GivenAddress, MemberOutcome, UserId},
        refusal::Refusal,
        request::Request,
        text::number_text,
    },
    i18n::*,
    problem::Problem,
    ui::{
        button::{Emphasis, SubmitButton},
        focus::focus_on_what_is_refused,
        text_area::TextArea,
    },
};

/// Gives people addresses, and sends each the activation mail with these words in it.
#[server(prefix = "/api", endpoint = "hub/mail-members", client = crate::hub::client::HubClient)]
pub async fn mail_members(given: Vec<GivenAddress>, note: String) -> Result<Vec<MemberOutcome>, Problem> {
    let (hub, administrator) = signed_in::<MailMembers>().await?;
    hub.mail_members(&administrator, given, &note).await
}

/// Tries failed activations again.
#[server(prefix = "/api", endpoint = "hub/retry-members", client = crate::hub::client::HubClient)]
pub async fn retry_members(ids: Vec<UserId>) -> Result<Vec<MemberOutcome>, Problem> {
    let (hub, administrator) = signed_in::<RetryMembers>().await?;
    hub.retry_members(&administrator, ids).await
}

/// So many are sent at once: what is known of them stays when the next ones fail.
const AT_ONCE: usize = 25;

/// The form.
#[component]
pub(super) fn Send(
    /// The open list.
    open: Open,
    /// What is typed and ticked.
    drafts: Drafts,
    /// What was said last of what was done.
    said: RwSignal<String>,
) -> impl IntoView {
    let i18n = use_i18n();
    let (request, words) = (Request::new(), NodeRef::<html::Textarea>::new());
    let number = move |many: usize| number_text(i18n.get_locale_untracked(), u32::try_from(many).unwrap_or(u32::MAX));
    let told = move |outcomes: Vec<MemberOutcome>, done: String| {
        let kept = outcomes.iter().filter(|one| one.problem.is_some()).count();
        let locale = i18n.get_locale_untracked();
        let kept = (kept > 0).then(|| td_string!(locale, hub.roster.kept, number = number(kept)).to_string());
        open.done(outcomes);
        said.set([Some(done), kept].into_iter().flatten().collect::<Vec<_>>().join(" "));
        request_animation_frame(focus_on_what_is_refused);
    };
    let good = |outcomes: &[MemberOutcome]| outcomes.iter().filter(|one| one.problem.is_none()).count();
    let too_long = RwSignal::new(false);
    let send = move |event: ev::SubmitEvent| {
        event.prevent_default();
        if untrack(|| drafts.count()) == 0 {
            return said.set(tu_string!(i18n, hub.roster.nobody).to_owned());
        }
        let given = drafts.ready();
        if given.is_empty() || too_long.get_untracked() {
            said.set(String::new());
            return request_animation_frame(focus_on_what_is_refused);
        }
        let note = words.get_untracked().map(|field| field.value()).unwrap_or_default();
        request.send(mail_all(given, note), move |outcomes| {
            let locale = i18n.get_locale_untracked();
            let done = td_string!(locale, hub.roster.sent, number = number(good(&outcomes))).to_string();
            told(outcomes, done);
        });
    };
    let retry = move |_| {
        let failed = drafts.failed();
        if failed.is_empty() {
            return said.set(tu_string!(i18n, hub.roster.none_failed).to_owned());
        }
        request.send(retry_all(failed), move |outcomes| {
            let locale = i18n.get_locale_untracked();
            let done = td_string!(locale, hub.roster.retried, number = number(good(&outcomes))).to_string();
            told(outcomes, done);
        });
    };
    let ticked = move || {
        let many = u32::try_from(drafts.count()).unwrap_or(u32::MAX);
        t_string!(i18n, hub.roster.ticked, number = number_text(i18n.get_locale(), many)).to_string()
    };
    view! {
        <form class="form roster-send" data-saves on:submit=send novalidate>
            <div class="field">
                <label for="roster-words">{text!(i18n, hub.roster.words)}</label>
                <p class="field-hint" id="roster-words-hint">{text!(i18n, hub.roster.words_hint)}</p>
                <TextArea
                    node_ref=words
                    text=""
                    {..}
                    id="roster-words"
                    rows="3"
                    aria-describedby="roster-words-hint roster-words-error"
                    aria-invalid=move || too_long.get().then_some("true")
                    on:input=move |event| too_long.set(Note::parse(&event_target_value(&event)).is_err())
                />
                <p class="field-error" id="roster-words-error" aria-live="polite">
                    {move || too_long.get().then(|| {
                        import_words::in_words(i18n.get_locale(), None, Fault::InvalidParameterSize)
                    })}
                </p>
            </div>
            <Refusal request id="roster-problem"/>
            <p class="actions">
                <SubmitButton pending=request.pending()>{text!(i18n, hub.roster.send)}</SubmitButton>
                <button type="button" class=Emphasis::Secondary.class() on:click=retry>
                    {text!(i18n, hub.roster.retry)}
                </button>
                <span class="muted">{ticked}</span>
            </p>
            <p role="status" class="roster-said">{move || said.get()}</p>
        </form>
    }
}

async fn mail_all(given: Vec<GivenAddress>, note: String) -> Result<Vec<MemberOutcome>, Problem> {
    let mut all = Vec::new();
    for part in given.chunks(AT_ONCE) {
        let ids = part.iter().map(|one| one.id).collect();
        let answer = mail_members(part.to_vec(), note.clone()).await;
        all = and(all, ids, answer)?;
    }
    Ok(all)
}

async fn retry_all(failed: Vec<UserId>) -> Result<Vec<MemberOutcome>, Problem> {
    let mut all = Vec::new();
    for part in failed.chunks(AT_ONCE) {
        let answer = retry_members(part.to_vec()).await;
        all = and(all, part.to_vec(), answer)?;
    }
    Ok(all)
}

/// What came of one part more. If it fails as a whole, what is known of those before it is not lost.
fn and(
    mut before: Vec<MemberOutcome>,
    part: Vec<UserId>,
    answer: Result<Vec<MemberOutcome>, Problem>,
) -> Result<Vec<MemberOutcome>, Problem> {
    match answer {
        Ok(more) => before.extend(more),
        Err(problem) if before.is_empty() => return Err(problem),
        Err(problem) => {
            before.extend(part.into_iter().map(|id| MemberOutcome { id, problem: Some(problem.clone()), member: None }))
        }
    }
    Ok(before)
}
