//! A person at the activation portal.

use std::{sync::Arc, time::Duration};

use app::{
    backend::{PortalBackend as _, Visitor},
    portal::{Join, PortalStep},
    problem::Problem,
};
use domain::{
    Doubt, Fault,
    limit::{self, Limit},
};
use server::{
    access::{rate::Rate, session::watch::Watch},
    backend::{Context, Shared, Site, portal::PortalService},
    broadworks::{Timeouts, XsiClient},
    outbound::Reach,
    provisioning::worker::Worker,
    store::Template,
    targets::breaker::Breakers,
    webhooks::Sender,
};

use super::{BroadWorks, PUBLIC_URL, World, client_app, visitor};

const TIMEOUTS: Timeouts = Timeouts { connect: Duration::from_secs(5), total: Duration::from_secs(5) };

/// A browser at a template's share link.
pub struct Person {
    portal: PortalService,
    share: String,
    /// Its session cookie.
    pub session: Option<String>,
}

impl World {
    /// A template that can be activated, of users whose passwords this BroadWorks knows.
    pub async fn open_template(&self, broadworks: &BroadWorks, adjust: impl FnOnce(&mut Template)) -> Template {
        self.template(|template| {
            template.share_link = format!("{PUBLIC_URL}/activate/{}", template.share_token);
            template.xsi_url = broadworks.settings().0.to_owned();
            adjust(template);
        })
        .await
    }

    /// Ann, of a template at which users activate themselves, has signed in.
    pub async fn ann_at_the_portal(&self) -> (BroadWorks, Person) {
        let broadworks = BroadWorks::start().await;
        broadworks.put("1@sp.com", "Ann");
        let template = self.open_template(&broadworks, |template| template.self_activation = true).await;
        let mut person = self.person(&template);
        person.sign_in("1@sp.com", "secret").await.unwrap();
        (broadworks, person)
    }

    /// Somebody opens the template's share link.
    pub fn person(&self, template: &Template) -> Person {
        let portal = PortalService(self.context(Arc::default()));
        Person { portal, share: template.share_token.clone(), session: None }
    }

    /// Somebody opens the template's share link at the server that has this worker.
    pub fn person_at(&self, worker: &Worker, template: &Template) -> Person {
        let portal = PortalService(self.context(worker.breakers().clone()));
        Person { portal, share: template.share_token.clone(), session: None }
    }

    /// What pages are made of, at a server that knows of these outages.
    pub fn context(&self, breakers: Arc<Breakers>) -> Shared {
        Arc::new(Context {
            store: self.store.clone(),
            environment: self.environment.clone(),
            devices: self.devices.clone(),
            code_keys: self.code_keys.clone(),
            xsi: XsiClient::new(TIMEOUTS, Reach::everywhere()).unwrap(),
            webhooks: Sender::new(self.code_keys.clone(), Reach::everywhere()).unwrap(),
            sessions: Watch::default(),
            calls: Rate::new(Limit { max: self.api_calls, ..limit::HUB_CALLS }, Fault::TooManyAttempts),
            providers: self.providers.clone(),
            mail_system: self.postman.clone(),
            notices: self.postman.clone(),
            breakers,
            site: Site {
                public_url: PUBLIC_URL.to_owned(),
                hub_url: PUBLIC_URL.to_owned(),
                xsi_reach: Reach::everywhere(),
                demo: false,
                client: client_app(),
            },
        })
    }
}

impl Person {
    fn visitor(&self) -> Visitor {
        Visitor { session: self.session.clone(), ..visitor("192.0.2.7") }
    }

    /// Signs in and keeps the session.
    pub async fn sign_in(&mut self, user_id: &str, password: &str) -> Result<(), Fault> {
        let session = self.portal.sign_in(&self.visitor(), &self.share, user_id, password).await.map_err(fault)?;
        self.session = Some(session.token);
        Ok(())
    }

    pub async fn step(&self) -> PortalStep {
        self.portal.page(&self.visitor(), &self.share).await.unwrap().step
    }

    /// Enters an address, and is sure of it.
    pub async fn enter_address(&self, email: &str) -> Result<(), Fault> {
        self.portal.enter_address(&self.visitor(), &self.share, email, true).await.map(drop).map_err(fault)
    }

    /// Enters an address and may be asked whether it is right.
    pub async fn try_address(&self, email: &str) -> Result<Option<Doubt>, Fault> {
        self.portal.enter_address(&self.visitor(), &self.share, email, false).await.map_err(fault)
    }

    /// Presses the button behind a mailed link that is too old.
    pub async fn renew(&self, token: &str) -> Result<(), Fault> {
        self.portal.renew(&self.visitor(), &self.share, token).await.map_err(fault)
    }

    pub async fn resend(&self) -> Result<(), Fault> {
        self.portal.resend(&self.visitor(), &self.share).await.map_err(fault)
    }

    pub async fn enter_code(&self, code: &str) -> Result<(), Fault> {
        self.portal.enter_code(&self.visitor(), &self.share, code).await.map_err(fault)
    }

    /// What a mailed link is good for.
    pub async fn link(&self, token: &str) -> Result<Join, Fault> {
        self.portal.join_page(&self.visitor(), &self.share, token).await.unwrap().link.map_err(fault)
    }

    /// Presses the button behind a mailed link and keeps the session.
    pub async fn join(&mut self, token: &str) -> Result<(), Fault> {
        let (session, home) = self.portal.join(&self.visitor(), &self.share, token).await.map_err(fault)?;
        (self.session, self.share) = (Some(session.token), home);
        Ok(())
    }

    pub async fn change_address(&self) -> Result<(), Fault> {
        self.portal.change_address(&self.visitor(), &self.share).await.map_err(fault)
    }

    pub async fn try_again(&self) -> Result<(), Fault> {
        self.portal.try_again(&self.visitor(), &self.share).await.map_err(fault)
    }
}

fn fault(problem: Problem) -> Fault {
    problem.fault
}
