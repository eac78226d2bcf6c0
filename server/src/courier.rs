//! Writes and sends the engine's mails.

use app::language;
use domain::{EmailAddress, Fault, fault::Audience, limit};

use crate::{
    environment::Environment,
    mail::{
        Mail, MailError, No, Sender, Transport,
        messages::{ProveAddress, prove_address},
    },
    outbound::is_web_address,
    provisioning::worker::{Courier, Letter, Undelivered},
    targets::Refusal,
};

/// Sends over a [`Transport`].
pub struct PostOffice {
    /// How mails leave.
    pub transport: Transport,
    /// From which address.
    pub from: EmailAddress,
    /// Under which address users reach the server.
    pub public_url: String,
    /// Time for the Date header.
    pub environment: Environment,
}

#[async_trait::async_trait]
impl Courier for PostOffice {
    fn replaces(&self) -> bool {
        self.transport.replaces()
    }

    async fn ready(&self) -> Result<(), Refusal> {
        self.transport.ready().await.map_err(|error| match error {
            MailError::Out(no) | MailError::Amid(no) | MailError::Later(no) | MailError::Refused(no) => no.into(),
            MailError::Uncertain(said) => No { fault: Fault::MailUnavailable, said }.into(),
        })
    }

    async fn send_proof(&self, letter: Letter) -> Result<(), Undelivered> {
        let mail = self.write(letter).map_err(|fault| Undelivered::Refused(fault.into()))?;
        self.transport.send(&mail).await.map_err(|error| match error {
            MailError::Out(no) => Undelivered::Out(no.into()),
            MailError::Amid(no) => Undelivered::Amid(no.into()),
            MailError::Later(no) => Undelivered::Later(no.into()),
            MailError::Refused(no) => Undelivered::Refused(no.into()),
            MailError::Uncertain(said) => Undelivered::Uncertain(said),
        })
    }
}

impl From<No> for Refusal {
    fn from(no: No) -> Self {
        Self { fault: no.fault, detail: Some(no.said), retry_after: None }
    }
}

impl PostOffice {
    fn write(&self, letter: Letter) -> Result<Mail, Fault> {
        let Letter { proof, subscriber, template, token, code } = letter;
        let share = &template.share_token;
        let words = prove_address(
            language::best([&proof.locale, &template.language], Audience::User),
            &ProveAddress {
                provider: &template.partner_admin,
                first_name: &subscriber.first_name,
                broadworks_id: &subscriber.user_id,
                join_link: &format!("{}/activate/{share}/join/{token}", self.public_url),
                code: &code,
                link_lifetime: limit::LINK_LIFETIME,
                code_lifetime: limit::CODE_LIFETIME,
                support_url: template.support_url.as_deref().filter(|url| is_web_address(url)),
            },
        );
        Ok(Mail {
            id: proof.id.into(),
            date: self.environment.now(),
            from: Sender { name: template.partner_admin, address: self.from.clone(), reply_to: None },
            to: proof.email,
            subject: words.subject,
            text: words.text,
            html: words.html,
        })
    }
}
