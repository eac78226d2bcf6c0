//! The activation portal's side of the server.

mod doubt;
mod sign_in;
mod stop;
mod users_words;

use app::{
    backend::{NewSession, PortalBackend, Visitor},
    frame::Branding,
    portal::{CLIENT_APP, Join, LinkPage, MailState, PortalPage, PortalStep, SignedIn, Tries},
    problem::Problem,
};
use async_trait::async_trait;
use domain::{
    Doubt, EmailAddress, Fault, Happening, HistoryEvent, Mailing,
    lifecycle::{Attempt, Proof, State},
    limit,
    template::misconfigurations,
};

use self::users_words::{in_users_words, is_over};
use super::{Context, Shared, Site, by_share, check_meant};
use crate::{
    access::{session, throttle},
    brand,
    fault::Trouble,
    outbound::is_web_address,
    provisioning::{activation, queue, ready_mail, subscribers},
    store::{Customer, Subscriber, Template, Tenant, history, proof, template},
};

/// How many steps of a subscriber's history are read to count tries.
const MOST_STEPS: u64 = 200;

/// The activation portal over the engine.
pub struct PortalService(pub Shared);

impl Context {
    /// The template of a share link under which users can provision themselves.
    async fn open_template(&self, share: &str) -> Result<Template, Trouble> {
        let template = by_share(&self.store, share).await?;
        if template.share_token == share { self.open(template) } else { Err(Fault::ShareLinkReplaced.into()) }
    }

    fn open(&self, template: Template) -> Result<Template, Trouble> {
        if self.is_open(&template) { Ok(template) } else { Err(Fault::TemplateMisconfigured.into()) }
    }

    /// Whether users can provision themselves.
    fn is_open(&self, template: &Template) -> bool {
        let link = self.site.activation_link(template);
        misconfigurations(template.verification, &template.share_link, &link).is_empty()
    }

    /// Whose portal it is at which everybody who comes by this share link signs in; nothing, where nobody can.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn opening(&self, share: &str) -> Result<Option<Branding>, Problem> {
        match self.open_template(share).await {
            Ok(template) => Ok(Some(branding(&template))),
            Err(Trouble::Known { .. }) => Ok(None),
            accident => self.told(accident.map(|_| None)),
        }
    }

    /// The subscriber who is signed in, for writing.
    async fn signed_in(&self, visitor: &Visitor, share: &str) -> Result<Subscriber, Trouble> {
        let Some((found, template, _)) = self.caller(visitor, share).await? else {
            self.open_template(share).await?;
            return Err(Fault::SessionEnded.into());
        };
        if !self.is_open(&template) {
            return Err(Fault::TemplateMisconfigured.into());
        }
        check_meant(visitor, found.id)?;
        Ok(found)
    }

    /// Who is signed in to this portal, by which template and of which customer.
    async fn caller(
        &self,
        visitor: &Visitor,
        share: &str,
    ) -> Result<Option<(Subscriber, Template, Customer)>, Trouble> {
        let Some(token) = &visitor.session else { return Ok(None) };
        session::portal_whole(&self.store, self.environment.now(), share, token).await
    }

    async fn step(&self, template: &Template, user: SignedIn, subscriber: Subscriber) -> Result<PortalStep, Trouble> {
        Ok(match subscriber.lifecycle.state.clone() {
            State::PendingEmailInput => {
                let last = proof::newest(self.store.read(), subscriber.id).await?;
                PortalStep::Address { user, suggestion: last.map(|proof| proof.email.as_str().to_owned()) }
            }
            State::PendingEmailValidation(email) => {
                let proof = proof::newest(self.store.read(), subscriber.id).await?;
                let (mail, resend_in) = self.mail(&subscriber, proof.as_ref()).await?;
                let sender = format!("{} <{}>", template.partner_admin, self.mail_system.sender().as_str());
                PortalStep::Proof { user, email: email.into(), mail, sender, resend_in }
            }
            State::PendingUserMigration(address) => {
                PortalStep::Consent { user, email: address.email().as_str().to_owned() }
            }
            State::Provisioning(address) => {
                let setback =
                    subscriber.setback.or_else(|| self.outage(&template.target).filter(|_| user.held.is_none()));
                PortalStep::Progress {
                    user,
                    email: address.email().as_str().to_owned(),
                    setback: setback.map(Problem::from),
                }
            }
            State::Provisioned(address)
            | State::Updating(address, _)
            | State::Error(Attempt::Update(address, _), _) => {
                ready_mail::seen(&self.store, &subscriber).await?;
                let Site { client, public_url, .. } = &self.site;
                let (client, anywhere) = (client.clone(), format!("{public_url}{CLIENT_APP}"));
                PortalStep::Done { user, email: address.email().as_str().to_owned(), client, anywhere }
            }
            State::Error(Attempt::Create(address), fault) => PortalStep::Failed {
                tries: self.tries(&subscriber).await?,
                user,
                email: address.email().as_str().to_owned(),
                problem: Problem { fault, retry_after: None, tracking_id: subscriber.tracking_id },
            },
            State::Removing(_) | State::Error(Attempt::Remove(_), _) => PortalStep::Removing { user },
        })
    }

    /// How often the account could not be created with the address that the subscriber has now.
    async fn tries(&self, subscriber: &Subscriber) -> Result<Tries, Trouble> {
        let tenant = Tenant::of_subject(subscriber);
        let steps = history::newest(self.store.read(), tenant, subscriber.id, MOST_STEPS).await?;
        let failed: Vec<_> = steps
            .iter()
            .take_while(|step| !begins_anew(step.event))
            .filter(|step| step.event == Happening::AttemptFailed.into())
            .map(|step| step.at)
            .collect();
        let last = failed.first().copied().unwrap_or(subscriber.status_changed_at);
        Ok(Tries { count: u32::try_from(failed.len()).unwrap_or(u32::MAX).max(1), last })
    }

    /// What is wrong with a target or the mail server for everybody, if something is.
    fn outage(&self, service: &str) -> Option<Fault> {
        self.breakers.outage(service).map(|outage| outage.cause)
    }

    async fn mail(&self, subscriber: &Subscriber, proof: Option<&proof::Request>) -> Result<(MailState, u32), Trouble> {
        let Some(proof) = proof else { return Ok((MailState::Queued, 0)) };
        let state = match proof.mailing {
            Mailing::Sent => MailState::Sent,
            Mailing::Uncertain => MailState::Uncertain,
            Mailing::Refused | Mailing::Bounced => {
                MailState::Refused(subscriber.refused_mail().unwrap_or(Fault::MailboxUnknown))
            }
            Mailing::Delayed => MailState::PutOff(subscriber.setback.unwrap_or(Fault::MailPutOff), None),
            Mailing::PutOff => match queue::next_mail(self.store.read(), subscriber.id).await? {
                Some(next) => MailState::PutOff(subscriber.setback.unwrap_or(Fault::MailPutOff), Some(next)),
                None => MailState::Queued,
            },
            Mailing::Queued | Mailing::Sending => match subscriber.setback.or_else(|| self.outage(queue::MAIL)) {
                Some(why) => MailState::PutOff(why, None),
                None => MailState::Queued,
            },
        };
        let wait = activation::resend_in(proof, self.environment.now());
        Ok((state, u32::try_from((wait + 999) / 1_000).unwrap_or(0)))
    }

    /// Counts what may have been a guess at a link. Whoever has one that is confirmed, replaced or too old has been sent it.
    async fn count_guess(&self, visitor: &Visitor, fault: Fault) -> Result<(), Trouble> {
        match fault {
            Fault::AlreadyConfirmed | Fault::LinkSuperseded | Fault::LinkExpired => Ok(()),
            _ => {
                throttle::count(&self.store, self.environment.now(), limit::LINK_NETWORK, visitor.network).await?;
                Ok(())
            }
        }
    }

    /// The template of whoever was mailed a link on the portal of this one. They may have been moved to another one since.
    async fn whose_link(&self, mailed: Template, owner: &Subscriber) -> Result<Template, Trouble> {
        if mailed.id == owner.template_id {
            return Ok(mailed);
        }
        if mailed.partner_id != owner.partner_id {
            return Err(Fault::LinkUsed.into());
        }
        let theirs = template::find(self.store.read(), Tenant::of_subject(owner), owner.template_id).await?;
        theirs.ok_or_else(|| Fault::LinkUsed.into())
    }

    /// What a mailed link proves, and whose address, on the portal of this share link.
    async fn usable_link(&self, share: &str, token: &str) -> Result<(proof::Request, Subscriber, Template), Trouble> {
        // A mailed link has its own secret: it works as long as it says, whatever became of the share link in it.
        let mailed = by_share(&self.store, share).await?;
        let (proof, subscriber) = activation::by_link(&self.store, self.environment.now(), token).await?;
        let template = self.open(self.whose_link(mailed, &subscriber).await?)?;
        Ok((proof, subscriber, template))
    }
}

/// Whose page it is, and of which customer the administrator has to come first.
fn signed_in(subscriber: &Subscriber, held: Option<String>) -> SignedIn {
    SignedIn {
        id: subscriber.id.to_string(),
        broadworks_id: subscriber.user_id.as_str().to_owned(),
        first_name: subscriber.first_name.clone(),
        held,
    }
}

/// How a template's pages present themselves.
#[must_use]
pub fn branding(template: &Template) -> Branding {
    let support_url = template.support_url.clone().filter(|url| is_web_address(url));
    Branding {
        provider: template.partner_admin.clone(),
        support_url,
        logo: template.logo.as_ref().map(brand::picture),
        sheet: template.accent.map(brand::sheet_address),
    }
}

/// Whether a step in a subscriber's history brought an address to create the account with.
fn begins_anew(event: HistoryEvent) -> bool {
    matches!(event, HistoryEvent::Happened(happening) if Happening::PROOFS.contains(&happening))
}

fn unavailable(branding: Branding, fault: Fault) -> PortalPage {
    PortalPage { branding, step: PortalStep::Unavailable(fault.into()), flash: None }
}

impl PortalService {
    /// What the person is told: never what is meant for whoever looks after users.
    fn told<T>(&self, result: Result<T, Trouble>) -> Result<T, Problem> {
        self.0.told(result.map_err(in_users_words))
    }

    /// The same of a form's outcome. A page may be older than the step where its reader stands, and its form then asks for what is
    /// over: that is no mistake of anybody's, and the page that follows shows the step.
    fn of_form(&self, outcome: Result<(), Trouble>) -> Result<(), Problem> {
        self.told(outcome.or_else(|trouble| if is_over(&trouble) { Ok(()) } else { Err(trouble) }))
    }
}

/// Whether the subscriber's account is made for another address than this one.
fn is_of_another(subscriber: &Subscriber, typed: &str) -> bool {
    let account = subscriber.lifecycle.proven().map(|proven| proven.email().key());
    account.is_some_and(|account| EmailAddress::pasted(typed).is_ok_and(|typed| typed.key() != account))
}

/// Whoever has entered another address has to know that nothing comes of it.
fn settled(trouble: Trouble) -> Result<(), Trouble> {
    Err(if is_over(&trouble) { Fault::AddressSettled.into() } else { trouble })
}

#[async_trait]
impl PortalBackend for PortalService {
    async fn page(&self, visitor: &Visitor, share: &str) -> Result<PortalPage, Problem> {
        let Self(context) = self;
        let page = async {
            let (template, caller) = match context.caller(visitor, share).await? {
                Some((subscriber, template, customer)) => (template, Some((subscriber, customer))),
                None => match by_share(&context.store, share).await {
                    // Whoever has a link that led here knows whose portal it is.
                    Ok(template) if template.share_token != share => {
                        return Ok(unavailable(branding(&template), Fault::ShareLinkReplaced));
                    }
                    Ok(template) => (template, None),
                    Err(Trouble::Known { fault, .. }) => {
                        // Looking for links that exist is slow work; a known link never counts.
                        throttle::count(
                            &context.store,
                            context.environment.now(),
                            limit::LINK_NETWORK,
                            visitor.network,
                        )
                        .await?;
                        return Ok(unavailable(Branding::default(), fault));
                    }
                    Err(accident) => return Err(accident),
                },
            };
            let branding = branding(&template);
            if !context.is_open(&template) {
                return Ok(unavailable(branding, Fault::TemplateMisconfigured));
            }
            let step = match caller {
                Some((subscriber, customer)) => {
                    let held = subscribers::held(&template, &customer, subscriber.id).then_some(customer.name);
                    context.step(&template, signed_in(&subscriber, held), subscriber).await?
                }
                None => PortalStep::SignIn,
            };
            Ok(PortalPage { branding, step, flash: None })
        };
        self.told(page.await)
    }

    async fn sign_in(
        &self,
        visitor: &Visitor,
        share: &str,
        user_id: &str,
        password: &str,
    ) -> Result<NewSession, Problem> {
        self.told(self.0.sign_in(visitor, share, user_id, password).await)
    }

    async fn sign_out(&self, visitor: &Visitor) -> Result<(), Problem> {
        self.told(self.0.portal_sign_out(visitor).await)
    }

    async fn enter_address(
        &self,
        visitor: &Visitor,
        share: &str,
        email: &str,
        sure: bool,
    ) -> Result<Option<Doubt>, Problem> {
        let Context { store, environment, .. } = &*self.0;
        let user = self.told(self.0.signed_in(visitor, share).await)?;
        // An earlier page's form asks nothing: another step follows.
        if !sure
            && user.lifecycle.state == State::PendingEmailInput
            && let Some(doubt) = self.0.doubt(email).await
        {
            return Ok(Some(doubt));
        }
        let locale = visitor.locale.to_string();
        let entered = activation::enter_address(store, environment, &user, email, &locale).await;
        self.of_form(
            entered.or_else(|trouble| if is_of_another(&user, email) { settled(trouble) } else { Err(trouble) }),
        )
        .map(|()| None)
    }

    async fn change_address(&self, visitor: &Visitor, share: &str) -> Result<(), Problem> {
        let user = self.told(self.0.signed_in(visitor, share).await)?;
        self.of_form(activation::withdraw_address(&self.0.store, &self.0.environment, &user).await)
    }

    async fn resend(&self, visitor: &Visitor, share: &str) -> Result<(), Problem> {
        let Context { store, environment, .. } = &*self.0;
        let user = self.told(self.0.signed_in(visitor, share).await)?;
        self.of_form(activation::resend(store, environment, &user, visitor.locale.as_ref()).await)
    }

    async fn enter_code(&self, visitor: &Visitor, share: &str, code: &str) -> Result<(), Problem> {
        let Context { store, environment, code_keys, .. } = &*self.0;
        let user = self.told(self.0.signed_in(visitor, share).await)?;
        // Nothing is asked for by mail any more, or not yet again: there is no code to be right or wrong.
        if !matches!(user.lifecycle.state, State::PendingEmailValidation(_)) {
            return Ok(());
        }
        self.of_form(activation::prove_by_code(store, environment, code_keys, &user, code, visitor.network).await)
    }

    async fn try_again(&self, visitor: &Visitor, share: &str) -> Result<(), Problem> {
        let user = self.told(self.0.signed_in(visitor, share).await)?;
        self.of_form(activation::try_again(&self.0.store, &self.0.environment, &user).await)
    }

    async fn join_page(&self, visitor: &Visitor, share: &str, token: &str) -> Result<LinkPage<Join>, Problem> {
        let Self(context) = self;
        let page = async {
            let now = context.environment.now();
            let mailed = match by_share(&context.store, share).await {
                Ok(found) => found,
                Err(Trouble::Known { fault, .. }) => {
                    return Ok(LinkPage::new(Branding::default(), Err(fault.into())));
                }
                Err(accident) => return Err(accident),
            };
            let brand = branding(&mailed);
            let found = async {
                let (proof, owner) = activation::by_link(&context.store, now, token).await?;
                let template = context.whose_link(mailed, &owner).await?;
                Ok((Join { broadworks_id: owner.user_id.into(), email: proof.email.as_str().to_owned() }, template))
            };
            match found.await {
                Ok((join, template)) => Ok(LinkPage::new(branding(&template), Ok(join))),
                Err(Trouble::Known { fault, .. }) => {
                    context.count_guess(visitor, fault).await?;
                    Ok(LinkPage::new(brand, Err(fault.into())))
                }
                Err(accident) => Err(accident),
            }
        };
        self.told(page.await)
    }

    async fn join(&self, visitor: &Visitor, share: &str, token: &str) -> Result<(NewSession, String), Problem> {
        let Self(context) = self;
        let joined = async {
            let (proof, subscriber, template) = match context.usable_link(share, token).await {
                Err(Trouble::Known { fault, retry_after }) => {
                    context.count_guess(visitor, fault).await?;
                    return Err(Trouble::Known { fault, retry_after });
                }
                found => found?,
            };
            let (mut work, here) = (context.store.work().await?, template.share_token.clone());
            let proven = (&proof, &subscriber);
            activation::prove(&mut work, &context.environment, proven, Proof::Link, Some(template)).await?;
            let session = context.portal_session(visitor, work, &subscriber).await?;
            activation::proven(&proof, Proof::Link);
            Ok((session, here))
        };
        self.told(joined.await)
    }

    async fn renew(&self, visitor: &Visitor, share: &str, token: &str) -> Result<(), Problem> {
        let Self(context) = self;
        let renewed = async {
            // As for `usable_link`: the mailed link's own secret counts.
            let mailed = by_share(&context.store, share).await?;
            let owner = match activation::owner_of_link(&context.store, token).await {
                Ok(owner) => owner,
                Err(Trouble::Known { fault, retry_after }) => {
                    context.count_guess(visitor, fault).await?;
                    return Err(Trouble::Known { fault, retry_after });
                }
                Err(accident) => return Err(accident),
            };
            context.open(context.whose_link(mailed, &owner).await?)?;
            activation::resend(&context.store, &context.environment, &owner, visitor.locale.as_ref()).await
        };
        self.told(renewed.await)
    }

    async fn stop_page(&self, visitor: &Visitor, token: &str) -> Result<LinkPage<bool>, Problem> {
        self.told(self.0.stop_page(visitor.network, token).await)
    }

    async fn stop_reminders(&self, visitor: &Visitor, token: &str) -> Result<(), Problem> {
        self.told(self.0.stop_reminders(visitor.network, token).await)
    }
}
