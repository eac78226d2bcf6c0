//! The onboarding templates of a partner.

use async_trait::async_trait;
use domain::template::{Reminders, UserVerification};

use super::caller::Administrator;
use crate::{
    hub::model::{MailPreview, ServiceOutage, TemplateDetail, TemplateId, TemplateName},
    problem::Problem,
};

/// The onboarding templates of the administrator's partner.
#[async_trait]
pub trait Templates: Send + Sync {
    /// One onboarding template.
    async fn template(&self, administrator: &Administrator, template: TemplateId) -> Result<TemplateDetail, Problem>;
    /// The templates whose name holds what was typed, in whatever case, at most [`MOST_FOUND`](crate::hub::model::MOST_FOUND) in the
    /// order of their names.
    async fn find_templates(&self, administrator: &Administrator, typed: &str) -> Result<Vec<TemplateName>, Problem>;
    /// What the users of a template wait for that is down for everybody.
    async fn outages(&self, administrator: &Administrator, template: TemplateId)
    -> Result<Vec<ServiceOutage>, Problem>;
    /// Saves User Verification.
    async fn save_user_verification(
        &self,
        administrator: &Administrator,
        template: TemplateId,
        version: i32,
        verification: UserVerification,
        share_link: &str,
    ) -> Result<TemplateDetail, Problem>;
    /// Gives the template another share link: with the one that it has nobody signs in any more.
    async fn replace_share_link(
        &self,
        administrator: &Administrator,
        template: TemplateId,
        version: i32,
    ) -> Result<TemplateDetail, Problem>;
    /// Saves what stands in the template's mails, and how users are reminded.
    async fn save_mails(
        &self,
        administrator: &Administrator,
        template: TemplateId,
        version: i32,
        reply_to: &str,
        signature: &str,
        reminders: Reminders,
    ) -> Result<TemplateDetail, Problem>;
    /// Saves the colour of the template's buttons and links; an empty text for ours.
    async fn save_accent(
        &self,
        administrator: &Administrator,
        template: TemplateId,
        version: i32,
        accent: &str,
    ) -> Result<TemplateDetail, Problem>;
    /// Makes the template's logo of a picture, in base64 for addresses.
    async fn save_logo(
        &self,
        administrator: &Administrator,
        template: TemplateId,
        version: i32,
        picture: &str,
    ) -> Result<TemplateDetail, Problem>;
    /// Takes the template's logo away.
    async fn remove_logo(
        &self,
        administrator: &Administrator,
        template: TemplateId,
        version: i32,
    ) -> Result<TemplateDetail, Problem>;
    /// The template's mail that asks to prove an address, in a language, for a user who is made up.
    async fn mail_preview(
        &self,
        administrator: &Administrator,
        template: TemplateId,
        language: &str,
    ) -> Result<MailPreview, Problem>;
}
