//! Workspaces at the vendor's API: POST, PUT and DELETE, and no way to look one up. Another Flowthrough has one, which is
//! asked wherever an outcome is not known.
//!
//! What happens at the vendor then: a creation without an answer is asked for again, with the same `Idempotency-Key`. If
//! it had been carried out, the vendor says 10022, and nobody can say what the workspace's id is: that is refused for
//! good with the vendor's words, for an administrator has to remove it there. Nor can it be asked whether there is
//! something to be removed when no creation was ever answered: what can be created is not there, and tells the id by which
//! it is removed at once; 10022 is refused again, rather than that an orphan is forgotten.

use async_trait::async_trait;
use domain::Fault;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde::Deserialize;

use super::{Described, Failure, Members, USER_ID_TAKEN, Webex, fault, listed, refusal, words, write};
use crate::{
    quotation::quote,
    targets::{Holds, Identity, Progress, Refusal, Workspace, lenient, remote::Answer},
};

const WORKSPACES: [&str; 2] = ["broadworks", "workspaces"];

/// What the target says of a workspace.
enum Known {
    /// It has it.
    There(There),
    /// It has none.
    Nothing,
    /// It cannot be asked: the vendor's API has no such call.
    Unsaid,
}

/// The vendor's schema `WorkspaceResponse`, with what another Flowthrough says besides when it is asked.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase")]
struct There {
    #[serde(default, deserialize_with = "lenient::text")]
    id: String,
    #[serde(default, deserialize_with = "lenient::text")]
    user_id: String,
    #[serde(default, deserialize_with = "lenient::text")]
    sp_enterprise_id: String,
    #[serde(default, deserialize_with = "lenient::text")]
    display_name: String,
    #[serde(default, deserialize_with = "lenient::optional_text")]
    primary_phone_number: Option<String>,
    #[serde(default, deserialize_with = "lenient::optional_text")]
    extension: Option<String>,
    /// The vendor says none: what it answers for is done.
    #[serde(default, deserialize_with = "lenient::optional_text")]
    status: Option<String>,
    #[serde(default, deserialize_with = "lenient::list")]
    errors: Vec<Described>,
}

/// A page of another Flowthrough's list.
#[derive(Deserialize)]
struct Items {
    #[serde(deserialize_with = "listed")]
    items: Vec<There>,
}

#[async_trait]
impl Holds<Workspace> for Webex {
    async fn find(&self, identity: &Identity) -> Result<Option<Progress>, Refusal> {
        match look_up(self, identity).await? {
            Known::There(there) => there.progress().map(Some),
            Known::Nothing | Known::Unsaid => Ok(None),
        }
    }

    async fn create(&self, workspace: &Workspace) -> Result<Progress, Refusal> {
        create(self, workspace).await
    }

    async fn update(&self, workspace: &Workspace) -> Result<Progress, Refusal> {
        match look_up(self, &workspace.identity).await? {
            Known::There(there) => adopt(self, there, workspace).await,
            Known::Nothing => create(self, workspace).await,
            Known::Unsaid => match &workspace.identity.person_id {
                Some(id) => change(self, id, workspace).await,
                None => create(self, workspace).await,
            },
        }
    }

    async fn remove(&self, workspace: &Workspace) -> Result<Progress, Refusal> {
        let identity = &workspace.identity;
        match look_up(self, identity).await? {
            Known::Nothing => Ok(Progress::Done(None)),
            Known::Unsaid => {
                match &identity.person_id {
                    Some(id) => delete(self, id).await?,
                    None => match add(self, workspace).await {
                        Ok(answer) => delete(self, &reported(&answer, None)?.id).await?,
                        // What the vendor does not take cannot be there.
                        Err(refusal) if refusal.fault == Fault::TargetRefused => {}
                        Err(refusal) => return Err(refusal),
                    },
                }
                Ok(Progress::Done(None))
            }
            Known::There(there) => {
                delete(self, &there.id).await?;
                let gone = matches!(look_up(self, identity).await?, Known::Nothing);
                Ok(if gone { Progress::Done(None) } else { Progress::Underway(None) })
            }
        }
    }
}

async fn create(webex: &Webex, workspace: &Workspace) -> Result<Progress, Refusal> {
    match add(webex, workspace).await {
        Ok(answer) => {
            webex.accepted.remember(workspace.idempotency_key);
            accepted(webex, workspace, reported(&answer, None)?).await
        }
        Err(refusal) if refusal.fault == Fault::AccountConflict => match look_up(webex, &workspace.identity).await? {
            Known::There(there) => adopt(webex, there, workspace).await,
            Known::Nothing | Known::Unsaid => Err(refusal),
        },
        Err(refusal) => Err(refusal),
    }
}

async fn add(webex: &Webex, workspace: &Workspace) -> Result<Answer, Refusal> {
    let Workspace { identity, display_name, .. } = workspace;
    let mut body = changeable(workspace);
    body.extend([
        ("provisioningId", identity.template.as_deref()),
        ("spEnterpriseId", Some(identity.sp_enterprise_id.as_str())),
        ("displayName", Some(display_name)),
    ]);
    let request = webex.remote.request(Method::POST, &WORKSPACES);
    let answer = Answer::to(write(request, workspace.idempotency_key, &body)).await?;
    if answer.status.is_success() {
        return Ok(answer);
    }
    let refusal = refusal(&answer, &[display_name]);
    let taken = answer.peek::<Failure>().is_some_and(|failure| failure.has(USER_ID_TAKEN));
    Err(if taken { Refusal { fault: Fault::AccountConflict, ..refusal } } else { refusal })
}

/// By its id or, if that has not been heard of, by its BroadWorks user id.
async fn look_up(webex: &Webex, identity: &Identity) -> Result<Known, Refusal> {
    let filters = [("userId", identity.user_id.as_str()), ("spEnterpriseId", &identity.sp_enterprise_id)];
    let answer = match &identity.person_id {
        Some(id) => Answer::to(one(webex, Method::GET, id)).await?,
        None => Answer::to(webex.remote.request(Method::GET, &WORKSPACES).query(&filters)).await?,
    };
    match (answer.status, &identity.person_id) {
        (StatusCode::OK, Some(id)) => {
            let there = reported(&answer, Some(id))?;
            // An answer about something else must not make us change that.
            Ok(if there.id == *id { Known::There(there) } else { Known::Nothing })
        }
        (StatusCode::OK, None) => {
            let found =
                answer.read::<Items>()?.items.into_iter().find(|there| !there.id.is_empty() && there.is(identity));
            Ok(found.map_or(Known::Nothing, Known::There))
        }
        // Where there is such a call, it says so in our own words.
        (StatusCode::NOT_FOUND, Some(_)) if answer.peek::<Failure>().is_some_and(|said| said.has(GONE)) => {
            Ok(Known::Nothing)
        }
        (StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED, _) => Ok(Known::Unsaid),
        _ => Err(refusal(&answer, &[])),
    }
}

/// What another Flowthrough says of what is not there.
const GONE: u32 = Fault::UnknownResource.code();

/// Makes what is there already the workspace that is wanted.
async fn adopt(webex: &Webex, there: There, workspace: &Workspace) -> Result<Progress, Refusal> {
    if webex.accepted.contains(workspace.idempotency_key) {
        return there.progress();
    }
    match there.progress() {
        Ok(Progress::Done(_)) if there.fits(workspace) => there.progress(),
        // The failure of an older order, if it is one.
        Ok(Progress::Done(_)) | Err(_) => change(webex, &there.id, workspace).await,
        Ok(waiting) => Ok(waiting),
    }
}

async fn change(webex: &Webex, id: &str, workspace: &Workspace) -> Result<Progress, Refusal> {
    let request = write(one(webex, Method::PUT, id), workspace.idempotency_key, &changeable(workspace));
    let answer = Answer::to(request).await?;
    match answer.status {
        status if status.is_success() => accepted(webex, workspace, reported(&answer, Some(id))?).await,
        _ => Err(refusal(&answer, &[&workspace.display_name])),
    }
}

/// What an answer says of a workspace. Where it names no id, the one that was asked about is meant, or the end of the address
/// that it points to.
fn reported(answer: &Answer, about: Option<&str>) -> Result<There, Refusal> {
    let id = about.or_else(|| answer.header("location")?.trim_end_matches('/').rsplit('/').next());
    match (answer.peek::<There>(), id) {
        (Some(reported), _) if !reported.id.is_empty() => Ok(reported),
        (Some(reported), Some(id)) => Ok(There { id: id.to_owned(), ..reported }),
        (None, Some(id)) if answer.is_empty() => Ok(There { id: id.to_owned(), ..There::default() }),
        _ => answer.read().and_then(|_: serde_json::Map<_, _>| Err(unnamed())),
    }
}

fn unnamed() -> Refusal {
    let detail = Some("the answer does not say which workspace it is about".to_owned());
    Refusal { detail, ..Fault::TargetUnavailable.into() }
}

/// An order was accepted. Whether it is done is for another Flowthrough to say; the vendor's answer is all there is.
async fn accepted(webex: &Webex, workspace: &Workspace, reported: There) -> Result<Progress, Refusal> {
    webex.accepted.remember(workspace.idempotency_key);
    let identity = Identity { person_id: Some(reported.id.clone()), ..workspace.identity.clone() };
    match look_up(webex, &identity).await {
        Ok(Known::There(there)) => there.progress(),
        Ok(Known::Nothing | Known::Unsaid) => reported.progress(),
        // It was accepted, whatever keeps us from hearing more.
        Err(_) => Ok(Progress::Underway(None)),
    }
}

async fn delete(webex: &Webex, id: &str) -> Result<(), Refusal> {
    let answer = Answer::to(one(webex, Method::DELETE, id)).await?;
    if answer.status.is_success() || answer.status == StatusCode::NOT_FOUND {
        return Ok(());
    }
    Err(refusal(&answer, &[]))
}

fn one(webex: &Webex, method: Method, id: &str) -> RequestBuilder {
    let [broadworks, workspaces] = WORKSPACES;
    webex.remote.request(method, &[broadworks, workspaces, id])
}

/// What the vendor's API lets be changed, too. An empty text takes a number away.
fn changeable(workspace: &Workspace) -> Members<'_> {
    vec![
        ("userId", Some(workspace.identity.user_id.as_str())),
        ("primaryPhoneNumber", Some(workspace.primary_phone.as_deref().unwrap_or_default())),
        ("extension", Some(workspace.extension.as_deref().unwrap_or_default())),
    ]
}

impl There {
    fn progress(&self) -> Result<Progress, Refusal> {
        match self.status.as_deref().map(str::to_lowercase).as_deref() {
            None | Some("provisioned") => Ok(Progress::Done(Some(self.id.clone()))),
            Some("error") => Err(Refusal {
                detail: Some(quote(&words(&self.errors), &[&self.display_name])),
                ..fault(&self.errors).unwrap_or(Fault::TargetRefused).into()
            }),
            Some(_) => Ok(Progress::Underway(None)),
        }
    }

    fn is(&self, identity: &Identity) -> bool {
        self.user_id.eq_ignore_ascii_case(&identity.user_id)
            && self.sp_enterprise_id.eq_ignore_ascii_case(&identity.sp_enterprise_id)
    }

    /// Whether nothing is left to be changed.
    fn fits(&self, workspace: &Workspace) -> bool {
        let same = |there: &Option<String>, wanted: &Option<String>| {
            there.as_deref().unwrap_or_default() == wanted.as_deref().unwrap_or_default()
        };
        self.is(&workspace.identity)
            && same(&self.primary_phone_number, &workspace.primary_phone)
            && same(&self.extension, &workspace.extension)
    }
}
