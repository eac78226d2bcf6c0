//! Writes and sends the engine's mails.

use std::sync::{Arc, PoisonError, RwLock};

use app::language;
use domain::{EmailAddress, Fault, fault::Audience, limit};

use crate::{
    environment::Environment,
    mail::{
        Mail, MailError, No, ReturnPaths, Sender, Transport,
        messages::{ProveAddress, prove_address},
    },
    outbound::is_web_address,
    provisioning::worker::{Courier, Letter, Undelivered},
    targets::Refusal,
};

/// Sends over a [`Transport`]. Cheap to clone: what one is told to send by, all are.
#[derive(Clone)]
pub struct PostOffice {
    sending: Arc<RwLock<Sending>>,
    return_paths: Option<ReturnPaths>,
    public_url: String,
    environment: Environment,
}

/// How mails leave.
#[derive(Clone)]
pub struct Sending {
    /// Over what.
    pub transport: Transport,
    /// From which address.
    pub from: EmailAddress,
}

#[async_trait::async_trait]
impl Courier for PostOffice {
    fn replaces(&self) -> bool {
        self.sending().transport.replaces()
    }

    async fn ready(&self) -> Result<(), Refusal> {
        self.sending().transport.ready().await.map_err(|error| match error {
            MailError::Out(no) | MailError::Amid(no) | MailError::Later(no) | MailError::Refused(no) => no.into(),
            MailError::Uncertain(said) => No { fault: Fault::MailUnavailable, said }.into(),
        })
    }

    async fn send_proof(&self, letter: Letter) -> Result<(), Undelivered> {
        let Sending { transport, from } = self.sending();
        let mail = self.write(letter, from).map_err(|fault| Undelivered::Refused(fault.into()))?;
        transport.send(&mail).await.map_err(|error| match error {
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
    /// One that sends so; under `public_url` users reach the server, and the environment has the time for the Date header.
    #[must_use]
    pub fn new(sending: Sending, public_url: &str, environment: &Environment) -> Self {
        let sending = Arc::new(RwLock::new(sending));
        Self { sending, return_paths: None, public_url: public_url.to_owned(), environment: environment.clone() }
    }

    /// Whose mails come back to where somebody reads what does.
    #[must_use]
    pub fn with_return_paths(self, return_paths: Option<ReturnPaths>) -> Self {
        Self { return_paths, ..self }
    }

    /// From the next mail on, sends so.
    pub fn send_by(&self, sending: Sending) {
        *self.sending.write().unwrap_or_else(PoisonError::into_inner) = sending;
    }

    fn sending(&self) -> Sending {
        self.sending.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn write(&self, letter: Letter, from: EmailAddress) -> Result<Mail, Fault> {
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
            from: Sender { name: template.partner_admin, address: from, reply_to: None },
            return_path: self.return_paths.as_ref().and_then(|paths| paths.of(proof.id.into())),
            to: proof.email,
            subject: words.subject,
            text: words.text,
            html: words.html,
        })
    }
}
