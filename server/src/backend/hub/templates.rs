//! The partner's onboarding templates in the hub.

use app::{
    backend::{Administrator, Templates},
    hub::model::{
        self, Counts, MOST_FOUND, MailPreview, Service, ServiceOutage, SignInOutage, TemplateDetail, TemplateName,
    },
    i18n::Locale,
    language,
    problem::Problem,
};
use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    Accent, BroadWorksId, EmailAddress, Fault,
    audit::Deed,
    fault::Audience,
    limit,
    search::fold,
    template::{Misconfiguration, Reminders, UserVerification, misconfigurations},
};
use tracing::Instrument as _;

use super::{HubService, Ids, by, memory};
use crate::{
    backend::Context,
    brand::{self, Look},
    broadworks::{XsiUrl, outage},
    fault::Trouble,
    log::SECURITY,
    mail::messages::{ProveAddress, Words, prove_address},
    outbound::is_web_address,
    overview::by_owner,
    picture,
    provisioning::queue::MAIL,
    store::{Actor, CustomerId, Template, TemplateId, counter, proof, template},
    templates::{self, Rebranding, Replaced},
};

#[async_trait]
impl Templates for HubService {
    async fn template(
        &self,
        administrator: &Administrator,
        template: model::TemplateId,
    ) -> Result<TemplateDetail, Problem> {
        self.respond(administrator, |ids| async move {
            let template = self.0.own_template(&ids, template.into()).await?;
            self.0.template_detail(&ids, template).await
        })
        .await
    }

    async fn find_templates(&self, administrator: &Administrator, typed: &str) -> Result<Vec<TemplateName>, Problem> {
        self.respond(administrator, |ids| async move {
            let wanted = fold(typed.trim());
            let names = template::names(self.0.store.read(), ids.tenant).await?;
            let fitting = names.into_iter().filter(|(_, name)| fold(name).contains(&wanted));
            Ok(fitting.take(MOST_FOUND).map(|(id, name)| TemplateName { id: id.into(), name }).collect())
        })
        .await
    }

    /// As far as this server knows.
    async fn outages(
        &self,
        administrator: &Administrator,
        template: model::TemplateId,
    ) -> Result<Vec<ServiceOutage>, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let template = context.own_template(&ids, template.into()).await?;
            let mut outages = Vec::new();
            for (service, name) in [(Service::Mail, MAIL), (Service::Accounts, template.target.as_str())] {
                outages.extend(context.service_outage(&ids, &template, service, name).await?);
            }
            Ok(outages)
        })
        .await
    }

    async fn save_user_verification(
        &self,
        administrator: &Administrator,
        template: model::TemplateId,
        version: i32,
        verification: UserVerification,
        share_link: &str,
    ) -> Result<TemplateDetail, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let link = share_link.trim();
            if link.chars().count() > 2_000 || link.contains(char::is_control) {
                return Err(Fault::InvalidShareLink.into());
            }
            let template = context.own_template(&ids, template.into()).await?;
            let work = context.store.work().await?;
            // The version in the filter: of two who save at once, one is told.
            let saved = template::save_verification(&work, &template, version, verification, link).await?;
            if saved.is_some() {
                context.did(&work, &ids, Deed::TemplateChanged, Some(template.id.into())).await?;
            }
            work.commit().await?;
            let saved = saved.ok_or(Fault::ChangedMeanwhile)?;
            let (administrator, template) = (ids.administrator, saved.id);
            tracing::info!(target: SECURITY, event = "settings_saved", %administrator, %template);
            context.template_detail(&ids, saved).await
        })
        .await
    }

    async fn replace_share_link(
        &self,
        administrator: &Administrator,
        template: model::TemplateId,
        version: i32,
    ) -> Result<TemplateDetail, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let before = context.template_at(&ids, template, version).await?;
            let (actor, public_url) = (Actor::Administrator(ids.administrator), &context.site.public_url);
            let doer = (ids.tenant, &actor);
            let replacing = templates::replace(
                &context.store,
                &context.environment,
                doer,
                public_url,
                &before,
                Replaced::ShareLink,
            );
            let after = replacing.instrument(by(&ids)).await?;
            context.template_detail(&ids, after).await
        })
        .await
    }

    async fn save_mails(
        &self,
        administrator: &Administrator,
        template: model::TemplateId,
        version: i32,
        reply_to: &str,
        signature: &str,
        Reminders { count, days }: Reminders,
    ) -> Result<TemplateDetail, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let reply_to = Some(reply_to.trim()).filter(|typed| !typed.is_empty());
            let reply_to = reply_to.map(EmailAddress::pasted).transpose()?;
            let (signature, reminders) = (templates::signature(signature)?, Reminders::new(count, days)?);
            let before = context.template_at(&ids, template, version).await?;
            let after = Template { reply_to, signature, reminders, version: version + 1, ..before.clone() };
            let work = context.store.work().await?;
            if !template::save(&work, &before, &after).await? {
                return Err(Fault::ChangedMeanwhile.into());
            }
            if before.reminders != after.reminders {
                proof::plan_reminders(&work, &after, context.environment.now()).await?;
            }
            context.did(&work, &ids, Deed::TemplateChanged, Some(after.id.into())).await?;
            work.commit().await?;
            let (administrator, template) = (ids.administrator, after.id);
            tracing::info!(target: SECURITY, event = "settings_saved", %administrator, %template);
            context.template_detail(&ids, after).await
        })
        .await
    }

    async fn save_accent(
        &self,
        administrator: &Administrator,
        template: model::TemplateId,
        version: i32,
        accent: &str,
    ) -> Result<TemplateDetail, Problem> {
        let Self(context) = self;
        let accent = async {
            let accent = Some(accent.trim()).filter(|written| !written.is_empty()).map(Accent::parse).transpose()?;
            Ok(Rebranding::Accent(accent))
        };
        self.respond(administrator, |ids| async move { context.rebranded(&ids, (template, version), accent).await })
            .await
    }

    async fn save_logo(
        &self,
        administrator: &Administrator,
        template: model::TemplateId,
        version: i32,
        picture: &str,
    ) -> Result<TemplateDetail, Problem> {
        let Self(context) = self;
        let logo = async {
            let file = URL_SAFE_NO_PAD.decode(picture).map_err(|_| Fault::LogoUnreadable)?;
            Ok(Rebranding::Logo(Some(picture::logo(file).await?)))
        };
        self.respond(administrator, |ids| async move { context.rebranded(&ids, (template, version), logo).await }).await
    }

    async fn remove_logo(
        &self,
        administrator: &Administrator,
        template: model::TemplateId,
        version: i32,
    ) -> Result<TemplateDetail, Problem> {
        let Self(context) = self;
        let none = async { Ok(Rebranding::Logo(None)) };
        self.respond(administrator, |ids| async move { context.rebranded(&ids, (template, version), none).await }).await
    }

    async fn mail_preview(
        &self,
        administrator: &Administrator,
        template: model::TemplateId,
        language: &str,
    ) -> Result<MailPreview, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let template = context.own_template(&ids, template.into()).await?;
            let (words, locale) = sample_mail(&template, &context.site.activation_link(&template), language);
            let (language, direction) = (locale.to_string(), language::direction(locale).as_str().to_owned());
            Ok(MailPreview { subject: words.subject, text: words.text, language, direction })
        })
        .await
    }
}

impl Context {
    /// One of the partner's templates, as long as nobody has changed it since it had this version.
    async fn template_at(&self, ids: &Ids, template: model::TemplateId, version: i32) -> Result<Template, Trouble> {
        let found = self.own_template(ids, template.into()).await?;
        if found.version == version { Ok(found) } else { Err(Fault::ChangedMeanwhile.into()) }
    }

    /// Gives a template of this version another brand, which is made once it is known that it may have one.
    async fn rebranded(
        &self,
        ids: &Ids,
        (template, version): (model::TemplateId, i32),
        brand: impl Future<Output = Result<Rebranding, Trouble>> + Send,
    ) -> Result<TemplateDetail, Trouble> {
        let before = self.template_at(ids, template, version).await?;
        let doer = (ids.tenant, &Actor::Administrator(ids.administrator));
        let rebranding = templates::rebrand(&self.store, &self.environment, doer, &before, brand.await?);
        let after = rebranding.instrument(by(ids)).await?;
        self.template_detail(ids, after).await
    }

    /// What keeps users from provisioning themselves under a template.
    pub(super) fn misconfigurations(&self, template: &Template) -> Vec<Misconfiguration> {
        misconfigurations(template.verification, &template.share_link, &self.site.activation_link(template))
    }

    /// What users of a template wait for, if it is down for everybody.
    pub(super) async fn service_outage(
        &self,
        ids: &Ids,
        template: &Template,
        service: Service,
        name: &str,
    ) -> Result<Option<ServiceOutage>, Trouble> {
        let Some(outage) = self.breakers.outage(name) else { return Ok(None) };
        let waiting = counter::waiting(self.store.read(), ids.tenant, template.id, name).await?;
        let waiting = u32::try_from(waiting).unwrap_or(u32::MAX);
        Ok((waiting > 0).then_some(ServiceOutage { service, cause: outage.cause, since: outage.since, waiting }))
    }

    /// One of the partner's templates.
    pub(super) async fn own_template(&self, ids: &Ids, template: TemplateId) -> Result<Template, Trouble> {
        let found = memory::template(template, template::find(self.store.read(), ids.tenant, template)).await?;
        found.ok_or_else(|| Fault::NotFound.into())
    }

    /// How a template's users stand, all of them or one customer's.
    pub(super) async fn template_counts(
        &self,
        ids: &Ids,
        template: TemplateId,
        customer: Option<CustomerId>,
    ) -> Result<Counts, Trouble> {
        let counts = counter::of_template(self.store.read(), ids.tenant, template, customer).await?;
        Ok(by_owner(counts).remove(&template).unwrap_or_default())
    }

    async fn template_detail(&self, ids: &Ids, template: Template) -> Result<TemplateDetail, Trouble> {
        let mail_language = language::best([&template.language], Audience::User).to_string();
        let named = |locale: &Locale| (locale.to_string(), language::native_name(*locale).to_owned());
        Ok(TemplateDetail {
            users: self.template_counts(ids, template.id, None).await?,
            sign_in_outage: self.sign_in_outage(&template).await?,
            activation_link: self.site.activation_link(&template),
            default_package: template.default_package,
            verification: template.verification,
            id: template.id.into(),
            name: template.name,
            country: template.country,
            language: template.language,
            share_link: template.share_link,
            self_activation: template.self_activation,
            provision_admin_first: template.provision_admin_first,
            provisioning_id: template.provisioning_id,
            xsi_url: template.xsi_url,
            reply_to: template.reply_to.map(String::from).unwrap_or_default(),
            signature: template.signature.unwrap_or_default(),
            reminders: template.reminders,
            accent: template.accent.map(|accent| accent.to_string()).unwrap_or_default(),
            logo: template.logo.as_ref().map(brand::picture),
            languages: language::offered(Audience::User).iter().map(named).collect(),
            mail_language,
            partner_admin: template.partner_admin,
            version: template.version,
        })
    }

    /// What keeps a template's users from signing in, as far as that was found out.
    async fn sign_in_outage(&self, template: &Template) -> Result<Option<SignInOutage>, Trouble> {
        let address = match XsiUrl::parse(&template.xsi_url, &self.site.xsi_reach) {
            Ok(address) => address,
            Err(unusable) => return Ok(Some(SignInOutage { reason: unusable.to_string(), since: None })),
        };
        let known = outage::at(&self.store, &address).await?;
        Ok(known.map(|known| SignInOutage { reason: known.reason, since: Some(known.since) }))
    }
}

/// The mail that asks to prove an address as the template has it now, for a user who is made up; and in which language, the nearest
/// to the one that is named.
#[must_use]
pub fn sample_mail(template: &Template, activation_link: &str, language: &str) -> (Words, Locale) {
    let locale = language::best([language, template.language.as_str()], Audience::User);
    let words = prove_address(
        locale,
        &ProveAddress {
            provider: &template.partner_admin,
            first_name: "",
            broadworks_id: &BroadWorksId::from_stored("95547321@sp.example"),
            join_link: &format!("{activation_link}/join/…"),
            code: "123456",
            host: None,
            link_lifetime: limit::LINK_LIFETIME,
            code_lifetime: limit::CODE_LIFETIME,
            support_url: template.support_url.as_deref().filter(|url| is_web_address(url)),
            signature: template.signature.as_deref(),
            look: &Look::of(template, ""),
            stop_link: None,
            note: None,
        },
    );
    (words, locale)
}
