//! What the pages' server functions call: the portal and the hub over the engine and the store.

pub mod hub;
mod id;
mod mail_system;
pub mod portal;

use std::{fmt, sync::Arc};

use app::{
    backend::{NewSession, Visitor},
    problem::Problem,
    visitor::refuse,
};
use domain::{Fault, limit::SignIn};

pub use self::mail_system::MailSystem;
use crate::{
    access::{
        code_keys::CodeKeys,
        devices::Devices,
        notices::Notices,
        oidc::Providers,
        rate::Rate,
        session::watch::Watch,
        throttle::{self, Tries},
    },
    broadworks::XsiClient,
    environment::Environment,
    fault::{Trouble, status},
    log::SECURITY,
    outbound::Reach,
    store::{Store, Template, template},
    targets::breaker::Breakers,
    templates,
    webhooks::Sender,
};

/// What both backends work with.
pub struct Context {
    /// The database.
    pub store: Store,
    /// Time and randomness.
    pub environment: Environment,
    /// Recognises browsers in which somebody has signed in before.
    pub devices: Devices,
    /// Under which keys mailed codes are kept.
    pub code_keys: CodeKeys,
    /// Checks BroadWorks credentials.
    pub xsi: XsiClient,
    /// Sends tests to webhooks.
    pub webhooks: Sender,
    /// Under which sessions streams are open.
    pub sessions: Watch,
    /// The identity providers by which people sign in to the hub.
    pub providers: Providers,
    /// The mail system.
    pub mail_system: Arc<dyn MailSystem>,
    /// Notifies administrators of what was done to their sign-in.
    pub notices: Arc<dyn Notices>,
    /// How often an administrator may call.
    pub calls: Rate,
    /// What this server knows of outages.
    pub breakers: Arc<Breakers>,
    /// The settings that pages need.
    pub site: Site,
}

/// The settings that pages need.
#[derive(Clone, Debug)]
pub struct Site {
    /// Under which address users reach the server, without a slash at the end.
    pub public_url: String,
    /// Under which address administrators reach the hub: the same one, unless it has a host of its own.
    pub hub_url: String,
    /// At which addresses BroadWorks may be.
    pub xsi_reach: Reach,
    /// Whether this is the demo.
    pub demo: bool,
    /// The app that users sign in to.
    pub client: app::portal::ClientApp,
}

impl Site {
    /// The link to a template's activation portal.
    #[must_use]
    pub fn activation_link(&self, template: &Template) -> String {
        templates::activation_link(&self.public_url, template)
    }
}

/// Shared by all requests.
pub type Shared = Arc<Context>;

impl Context {
    /// What the person is told; accidents are logged here.
    fn told<T>(&self, result: Result<T, Trouble>) -> Result<T, Problem> {
        result.map_err(|trouble| {
            let problem = trouble.problem(|| self.environment.id().to_string());
            refuse(status(problem.fault), problem.retry_after);
            problem
        })
    }

    /// Lets a visitor try to sign in to an account, existing or not; the try has failed if it ends with `refused`.
    async fn try_to_sign_in<T>(
        &self,
        visitor: &Visitor,
        rules: SignIn,
        account: &str,
        refused: Fault,
        check: impl Future<Output = Result<T, Trouble>>,
    ) -> Result<T, Trouble> {
        let now = self.environment.now();
        let device = self.devices.known(now, visitor.device.as_deref(), account);
        let tries = Tries::sign_in(rules, account, visitor.network, device);
        let checked = throttle::attempt(&self.store, now, tries, refused, check).await;
        if matches!(&checked, Err(Trouble::Known { fault, .. }) if *fault == refused) {
            let (limit, network) = (rules.account.name, visitor.network);
            tracing::info!(target: SECURITY, event = "sign_in_refused", limit, %network, "wrong credentials");
        }
        checked
    }

    /// The session of a visitor who has signed in to an account: strangers lock nobody out of this browser any more.
    fn session(&self, visitor: &Visitor, account: &str, token: String, lifetime: i64) -> NewSession {
        let device = self.devices.remember(&self.environment, visitor.device.as_deref(), account);
        NewSession { token, lifetime: lifetime / domain::timestamp::SECOND, device: Some(device) }
    }
}

/// Refuses what a page asks that was made for somebody else.
fn check_meant(visitor: &Visitor, id: impl fmt::Display) -> Result<(), Trouble> {
    match &visitor.meant_for {
        Some(other) if *other != id.to_string() => Err(Fault::MeantForAnother.into()),
        _ => Ok(()),
    }
}

/// The template whose activation link holds this token, or held it before it was replaced.
async fn by_share(store: &Store, share: &str) -> Result<Template, Trouble> {
    let found = template::by_share_token(store.read(), share).await?;
    found.ok_or_else(|| Fault::UnknownShareLink.into())
}
