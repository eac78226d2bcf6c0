//! Writes and sends the engine's mails.

use std::sync::{Arc, PoisonError, RwLock};

use app::{
    i18n::Locale,
    language,
    portal::{CLIENT_APP, ClientApp},
};
use domain::{EmailAddress, Fault, fault::Audience, limit};

use tokio::sync::Semaphore;
use url::Url;
use uuid::Uuid;

use crate::{
    access::{code_keys::CodeKeys, notices::Notices, sealed_id::Sealed},
    backend::MailSystem,
    brand::Look,
    dns::Dns,
    environment::Environment,
    mail::{
        Mail, MailError, No, ReturnPaths, Sender, Transport,
        messages::{AccountReady, FactorTaken, ProveAddress, Words, account_ready, factor_taken, prove_address},
    },
    outbound::is_web_address,
    provisioning::{
        ready_mail::{self, Herald},
        reminders,
        worker::{Courier, Letter, Undelivered},
    },
    store::{SubscriberId, Template},
    targets::Refusal,
};

/// How many domains are asked about at a time: whoever comes besides is asked nothing.
const QUESTIONS: usize = 16;

/// Sends over a [`Transport`]. Cheap to clone: what one is told to send by, all are.
#[derive(Clone)]
pub struct PostOffice {
    sending: Arc<RwLock<Sending>>,
    return_paths: Option<ReturnPaths>,
    stops: Sealed,
    dns: Option<Dns>,
    questions: Arc<Semaphore>,
    client: ClientApp,
    public_url: String,
    hub_url: String,
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
        self.send(self.proof(letter)).await
    }
}

#[async_trait::async_trait]
impl Herald for PostOffice {
    async fn send_ready(&self, letter: ready_mail::Letter) -> Result<(), Undelivered> {
        self.send(self.ready(letter)).await
    }
}

#[async_trait::async_trait]
impl MailSystem for PostOffice {
    fn sender(&self) -> EmailAddress {
        self.sending().from
    }

    async fn takes_mail(&self, domain: &str) -> Option<bool> {
        // Nobody ever has one of these (RFC 6761, section 6.4).
        if domain.ends_with(".invalid") {
            return Some(false);
        }
        let (dns, _turn) = (self.dns.as_ref()?, self.questions.try_acquire().ok()?);
        dns.takes_mail(domain).await.ok()
    }
}

#[async_trait::async_trait]
impl Notices for PostOffice {
    async fn factor_taken(&self, to: &EmailAddress, partner: &str, locale: Locale) -> bool {
        let account_link = &format!("{}/hub/account", self.hub_url);
        let Words { subject, text, html } = factor_taken(locale, &FactorTaken { partner, account_link });
        let id = self.environment.id();
        let mail = Mail {
            id,
            date: self.environment.now(),
            from: Sender { name: partner.to_owned(), address: self.sending().from, reply_to: None },
            to: to.clone(),
            return_path: None,
            one_click_stop: None,
            subject,
            text,
            html,
        };
        let sent = self.send(mail).await.is_ok();
        if !sent {
            tracing::warn!(event = "notice_not_sent", mail = %id, "an administrator is not told what was done to their sign-in");
        }
        sent
    }
}

impl From<No> for Refusal {
    fn from(no: No) -> Self {
        Self { detail: Some(no.said), ..no.fault.into() }
    }
}

impl PostOffice {
    /// One that sends so; under `public_url` users reach the server and sign in to `client`, and the environment has the time for the
    /// Date header.
    #[must_use]
    pub fn new(sending: Sending, client: ClientApp, public_url: &str, environment: &Environment) -> Self {
        let (sending, public_url) = (Arc::new(RwLock::new(sending)), public_url.to_owned());
        let stops = reminders::stops(CodeKeys::default());
        let (dns, questions) = (None, Arc::new(Semaphore::new(QUESTIONS)));
        let environment = environment.clone();
        Self {
            sending,
            return_paths: None,
            stops,
            dns,
            questions,
            client,
            hub_url: public_url.clone(),
            public_url,
            environment,
        }
    }

    /// Whose mails to administrators lead to the hub's own host.
    #[must_use]
    pub fn with_hub(self, hub_url: &str) -> Self {
        Self { hub_url: hub_url.to_owned(), ..self }
    }

    /// Whose mails come back to where somebody reads what does.
    #[must_use]
    pub fn with_return_paths(self, return_paths: Option<ReturnPaths>) -> Self {
        Self { return_paths, ..self }
    }

    /// Whose reminders can be stopped by links that are sealed so.
    #[must_use]
    pub fn with_stops(self, stops: Sealed) -> Self {
        Self { stops, ..self }
    }

    /// Who knows which domains take mail.
    #[must_use]
    pub fn with_dns(self, dns: Option<Dns>) -> Self {
        Self { dns, ..self }
    }

    /// From the next mail on, sends so.
    pub fn send_by(&self, sending: Sending) {
        *self.sending.write().unwrap_or_else(PoisonError::into_inner) = sending;
    }

    fn sending(&self) -> Sending {
        self.sending.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn send(&self, mail: Mail) -> Result<(), Undelivered> {
        self.sending().transport.send(&mail).await.map_err(|error| match error {
            MailError::Out(no) => Undelivered::Out(no.into()),
            MailError::Amid(no) => Undelivered::Amid(no.into()),
            MailError::Later(no) => Undelivered::Later(no.into()),
            MailError::Refused(no) => Undelivered::Refused(no.into()),
            MailError::Uncertain(said) => Undelivered::Uncertain(said),
        })
    }

    fn proof(&self, letter: Letter) -> Mail {
        let Letter { proof, subscriber, template, token, code } = letter;
        let share = &template.share_token;
        let stop = (proof.reminder > 0).then(|| self.stop_link(share, subscriber.id)).flatten();
        let words = prove_address(
            language::best([&proof.locale, &template.language], Audience::User),
            &ProveAddress {
                provider: &template.partner_admin,
                first_name: &subscriber.first_name,
                broadworks_id: &subscriber.user_id,
                join_link: &format!("{}/activate/{share}/join/{token}", self.public_url),
                code: &code,
                host: self.host().as_deref(),
                link_lifetime: limit::LINK_LIFETIME,
                code_lifetime: limit::CODE_LIFETIME,
                support_url: template.support_url.as_deref().filter(|url| is_web_address(url)),
                signature: template.signature.as_deref(),
                look: &Look::of(&template, &self.public_url),
                stop_link: stop.as_deref(),
                note: proof.note.as_ref(),
            },
        );
        // Mailboxes act upon no other address (RFC 8058, section 3).
        let one_click_stop = stop.filter(|link| link.starts_with("https://"));
        Mail { one_click_stop, ..self.mail(proof.id.into(), (template, proof.email), words) }
    }

    /// Where a user asks for no more reminders: whoever has the link can do that and nothing else.
    fn stop_link(&self, share: &str, user: SubscriberId) -> Option<String> {
        let sealed = self.stops.of(user.into())?;
        Some(format!("{}/activate/{share}/stop/{sealed}", self.public_url))
    }

    /// Where codes are entered. Browsers know pages that bind codes by https and a name only.
    fn host(&self) -> Option<String> {
        let url = Url::parse(&self.public_url).ok().filter(|url| url.scheme() == "https")?;
        url.domain().map(str::to_owned)
    }

    fn ready(&self, letter: ready_mail::Letter) -> Mail {
        let ready_mail::Letter { subscriber, email, locale, template } = letter;
        let anywhere = format!("{}{CLIENT_APP}", self.public_url);
        let words = account_ready(
            language::best([&locale, &template.language], Audience::User),
            &AccountReady {
                provider: &template.partner_admin,
                first_name: &subscriber.first_name,
                email: email.as_str(),
                app: &self.client,
                download_link: (!self.client.downloads.is_empty()).then_some(&anywhere),
                support_url: template.support_url.as_deref().filter(|url| is_web_address(url)),
                signature: template.signature.as_deref(),
                look: &Look::of(&template, &self.public_url),
            },
        );
        self.mail(self.environment.id(), (template, email), words)
    }

    fn mail(&self, id: Uuid, (template, to): (Template, EmailAddress), words: Words) -> Mail {
        let Words { subject, text, html } = words;
        let Template { partner_admin, reply_to, .. } = template;
        let from = Sender { name: partner_admin, address: self.sending().from, reply_to };
        let return_path = self.return_paths.as_ref().and_then(|paths| paths.of(id));
        let date = self.environment.now();
        Mail { id, date, from, to, return_path, one_click_stop: None, subject, text, html }
    }
}
