//! Onboarding templates: made, changed and deleted on the command line; the hub changes User Verification.

use base64::{Engine as _, engine::general_purpose::STANDARD_NO_PAD};
use domain::{
    Accent, EmailAddress, Fault, Package, Timestamp,
    audit::Deed,
    subscriber::bounded,
    template::{LONGEST_SIGNATURE, Reminders, UserVerification, misconfigurations},
};

use crate::{
    broadworks::XsiUrl,
    environment::Environment,
    fault::Trouble,
    log::SECURITY,
    outbound::is_web_address,
    picture::Drawn,
    provisioning::user_id,
    store::{Actor, Store, Template, Tenant, Work, audit, logo, proof, template},
};

/// A template that is to be made.
#[derive(Clone, Debug)]
pub struct NewTemplate {
    /// Its name.
    pub name: String,
    /// Trusted or Untrusted Emails.
    pub verification: UserVerification,
    /// The package that users get unless told otherwise.
    pub default_package: Package,
    /// The Xsi-Actions address against which passwords are checked.
    pub xsi_url: XsiUrl,
    /// Allow users to self-activate.
    pub self_activation: bool,
    /// Provision Admin First.
    pub provision_admin_first: bool,
    /// ISO 3166-1 alpha-2.
    pub country: String,
    /// Default email language, ISO 639-1.
    pub language: String,
    /// The name in the mails to users.
    pub partner_admin: String,
    /// Where accounts are created: the name of a target.
    pub target: String,
    /// Under which name the target knows this template, if it has one there.
    pub target_reference: Option<String>,
    /// Where users find help.
    pub support_url: Option<String>,
    /// Where answers to its mails go, if not to their sender.
    pub reply_to: Option<EmailAddress>,
    /// What its mails end with, if not with the partner's name.
    pub signature: Option<String>,
    /// The colour of its buttons and links, if not ours.
    pub accent: Option<Accent>,
    /// How users are reminded to prove their address.
    pub reminders: Reminders,
}

/// A signature as it is kept: one line, or none.
///
/// # Errors
/// [`Fault::InvalidParameterSize`] and the like if it is no line of at most 100 characters.
pub fn signature(written: &str) -> Result<Option<String>, Fault> {
    match written.trim() {
        "" => Ok(None),
        line => bounded(line, LONGEST_SIGNATURE).map(|line| Some(line.to_owned())),
    }
}

/// Makes a template whose Share Link points to its own activation portal under `public_url`.
///
/// # Errors
/// [`Fault::MissingParameter`] and the like for a name that is none, [`Fault::InvalidParameter`] for a support address
/// that cannot be used; or a database error.
pub async fn add(
    store: &Store,
    environment: &Environment,
    tenant: Tenant,
    public_url: &str,
    new: NewTemplate,
) -> Result<Template, Trouble> {
    let name = bounded(&new.name, 80)?.to_owned();
    let partner_admin = bounded(&new.partner_admin, 80)?.to_owned();
    if new.support_url.as_deref().is_some_and(|url| !is_web_address(url)) {
        return Err(Fault::InvalidParameter.into());
    }
    let share_token = share_token(environment);
    let template = Template {
        id: environment.id().into(),
        partner_id: tenant.partner(),
        name,
        country: new.country.to_uppercase(),
        language: new.language,
        provisioning_id: provisioning_id(environment),
        share_link: format!("{public_url}/activate/{share_token}"),
        share_token,
        verification: new.verification,
        self_activation: new.self_activation,
        provision_admin_first: new.provision_admin_first,
        default_package: new.default_package,
        xsi_url: new.xsi_url.as_str().to_owned(),
        target: new.target,
        target_reference: new.target_reference,
        partner_admin,
        support_url: new.support_url,
        reply_to: new.reply_to,
        signature: new.signature,
        accent: new.accent,
        logo: None,
        reminders: new.reminders,
        version: 1,
        created_at: environment.now(),
    };
    let work = store.work().await?;
    template::insert(&work, template.clone()).await?;
    did(&work, environment, &template, Deed::TemplateAdded).await?;
    work.commit().await?;
    tracing::info!(target: SECURITY, event = "template_added", template = %template.id, partner = %template.partner_id);
    Ok(template)
}

/// What became of something that is done with a template only while nobody is there by it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome<T> {
    /// It is done.
    Done(T),
    /// So many users and workspaces are there by it: nothing was done.
    InUse(u64),
}

/// Writes down how a template shall be from now on, and returns it. It gets another target only while nobody is there by it.
///
/// # Errors
/// As [`add`], or [`Fault::ChangedMeanwhile`] if somebody else has changed it.
pub async fn change(
    store: &Store,
    environment: &Environment,
    before: &Template,
    after: Template,
) -> Result<Outcome<Template>, Trouble> {
    let after = Template {
        name: bounded(&after.name, 80)?.to_owned(),
        partner_admin: bounded(&after.partner_admin, 80)?.to_owned(),
        version: before.version + 1,
        ..after
    };
    let work = store.work().await?;
    if before.target != after.target {
        let users = users(&work, before).await?;
        if users > 0 {
            work.abandon().await?;
            return Ok(Outcome::InUse(users));
        }
    }
    if !template::save(&work, before, &after).await? {
        return Err(Fault::ChangedMeanwhile.into());
    }
    if before.reminders != after.reminders {
        proof::plan_reminders(&work, &after, environment.now()).await?;
    }
    did(&work, environment, &after, Deed::TemplateChanged).await?;
    work.commit().await?;
    tracing::info!(target: SECURITY, event = "template_changed", template = %after.id, partner = %after.partner_id);
    Ok(Outcome::Done(after))
}

/// Deletes a template, and with it its adapter's account, unless somebody is there by it.
///
/// # Errors
/// If the database fails.
pub async fn delete(store: &Store, environment: &Environment, template: &Template) -> Result<Outcome<()>, Trouble> {
    let work = store.work().await?;
    let users = users(&work, template).await?;
    if users > 0 {
        work.abandon().await?;
        return Ok(Outcome::InUse(users));
    }
    template::delete(&work, template).await?;
    did(&work, environment, template, Deed::TemplateDeleted).await?;
    work.commit().await?;
    let (id, partner) = (template.id, template.partner_id);
    tracing::info!(target: SECURITY, event = "template_deleted", template = %id, %partner);
    Ok(Outcome::Done(()))
}

/// What of a template is replaced because others have learned it, or may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replaced {
    /// The share link: with the one before nobody signs in any more. Whoever is signed in, or was mailed a link of their own, goes on.
    ShareLink,
    /// The provisioning ID; the one before is taken for so many milliseconds.
    ProvisioningId(i64),
}

/// Replaces it, unless somebody else has changed the template since it was `before`. Returns how the template is then. Its Share
/// Link field follows if it led to its portal.
///
/// # Errors
/// [`Fault::ChangedMeanwhile`] if somebody else was faster, or a database error.
pub async fn replace(
    store: &Store,
    environment: &Environment,
    (tenant, actor): (Tenant, &Actor),
    public_url: &str,
    before: &Template,
    what: Replaced,
) -> Result<Template, Trouble> {
    let mut after = Template { version: before.version + 1, ..before.clone() };
    match what {
        Replaced::ShareLink => {
            after.share_token = share_token(environment);
            let led_here = activation_link(public_url, before);
            if misconfigurations(UserVerification::Untrusted, &before.share_link, &led_here).is_empty() {
                after.share_link = activation_link(public_url, &after);
            }
        }
        Replaced::ProvisioningId(_) => after.provisioning_id = provisioning_id(environment),
    }
    let (work, now) = (store.work().await?, environment.now());
    if !template::save(&work, before, &after).await? {
        return Err(Fault::ChangedMeanwhile.into());
    }
    let deed = match what {
        Replaced::ShareLink => {
            template::keep_share_token(&work, before, now).await?;
            Deed::ShareLinkReplaced
        }
        Replaced::ProvisioningId(grace) => {
            if grace > 0 {
                template::keep_provisioning_id(&work, before, now.plus(grace)).await?;
            }
            Deed::ProvisioningIdReplaced
        }
    };
    audit::record(&work, environment, tenant, actor, (deed, Some(after.id.into()))).await?;
    work.commit().await?;
    let (template, partner) = (after.id, after.partner_id);
    match what {
        Replaced::ShareLink => {
            tracing::info!(target: SECURITY, event = "share_link_replaced", %template, %partner);
        }
        Replaced::ProvisioningId(_) => {
            tracing::info!(target: SECURITY, event = "provisioning_id_replaced", %template, %partner);
        }
    }
    Ok(after)
}

/// How a template's brand becomes another one.
#[derive(Clone, Debug)]
pub enum Rebranding {
    /// It has this colour; none is ours.
    Accent(Option<Accent>),
    /// It has this logo, or none: then its pages and mails begin with the partner's name.
    Logo(Option<Drawn>),
}

/// Changes a template's brand, unless somebody else has changed the template since it was `before`. Returns how the template is then.
/// A logo that it has no longer is no longer anywhere.
///
/// # Errors
/// [`Fault::ChangedMeanwhile`] if somebody else was faster, or a database error.
pub async fn rebrand(
    store: &Store,
    environment: &Environment,
    (tenant, actor): (Tenant, &Actor),
    before: &Template,
    to: Rebranding,
) -> Result<Template, Trouble> {
    let mut after = Template { version: before.version + 1, ..before.clone() };
    match &to {
        Rebranding::Accent(accent) => after.accent = *accent,
        Rebranding::Logo(drawn) => after.logo = drawn.as_ref().map(|drawn| drawn.logo.clone()),
    }
    let work = store.work().await?;
    if !template::save(&work, before, &after).await? {
        return Err(Fault::ChangedMeanwhile.into());
    }
    match to {
        Rebranding::Accent(_) => {}
        Rebranding::Logo(Some(Drawn { logo, png })) => logo::save(&work, &after, &logo, png).await?,
        Rebranding::Logo(None) => logo::forget(&work, &after).await?,
    }
    audit::record(&work, environment, tenant, actor, (Deed::TemplateChanged, Some(after.id.into()))).await?;
    work.commit().await?;
    tracing::info!(target: SECURITY, event = "template_changed", template = %after.id, partner = %after.partner_id);
    Ok(after)
}

/// Takes provisioning IDs no longer that were replaced long enough ago.
///
/// # Errors
/// If the database fails.
pub async fn sweep(store: &Store, now: Timestamp) -> Result<(), Trouble> {
    let work = store.work().await?;
    template::sweep(&work, now).await?;
    Ok(work.commit().await?)
}

/// Writes down what whoever runs the server did with a template.
async fn did(work: &Work, environment: &Environment, template: &Template, deed: Deed) -> Result<(), Trouble> {
    let deed = (deed, Some(template.id.into()));
    audit::record(work, environment, Tenant::of_template(template), &Actor::Operator, deed).await
}

/// How many users and workspaces are there by a template; until the transaction ends no others arrive.
async fn users(work: &Work, template: &Template) -> Result<u64, Trouble> {
    user_id::alone(work, Tenant::of_template(template)).await?;
    Ok(template::users(&**work, template).await?)
}

/// Has passwords checked at another Xsi-Actions address.
///
/// # Errors
/// If the database fails.
pub async fn move_xsi(
    store: &Store,
    environment: &Environment,
    template: &Template,
    to: &XsiUrl,
) -> Result<(), Trouble> {
    let work = store.work().await?;
    template::save_xsi_url(&work, template, to.as_str()).await?;
    did(&work, environment, template, Deed::TemplateChanged).await?;
    work.commit().await?;
    tracing::info!(target: SECURITY, event = "xsi_address_set", template = %template.id);
    Ok(())
}

/// The link to a template's activation portal under `public_url`.
#[must_use]
pub fn activation_link(public_url: &str, template: &Template) -> String {
    format!("{public_url}/activate/{}", template.share_token)
}

/// Half of a token is unguessable too, and people read share links to each other.
fn share_token(environment: &Environment) -> String {
    environment.token()[..22].to_owned()
}

/// The address of a template's flow-through adapter under `public_url`.
#[must_use]
pub fn adapter_url(public_url: &str, template: &Template) -> String {
    format!("{public_url}/adapter/{}", template.provisioning_id)
}

/// As the vendor's: unpadded base64 of `<uuid>:<uuid>`.
#[must_use]
pub fn provisioning_id(environment: &Environment) -> String {
    STANDARD_NO_PAD.encode(format!("{}:{}", environment.id(), environment.id()))
}
