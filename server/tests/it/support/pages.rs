//! The portal and the hub, called as their pages call them.

use std::{net::IpAddr, sync::Arc};

use app::{
    access::Guard as _,
    backend::{Administrator, Administrators as _, NewSession, PortalBackend as _, Visitor},
    i18n::Locale,
    portal::{ClientApp, ClientPassword, Download, Platform},
    problem::Problem,
};
use domain::{Network, Permission};
use server::{
    access::administrators,
    backend::{hub::HubService, portal::PortalService},
    store::AdministratorId,
};

use super::World;

/// The administrator.
pub const ADMIN: &str = "admin@sp.example";
/// The administrator's password.
pub const ADMIN_PASSWORD: &str = "nine quiet lighthouses";

/// The app that users sign in to: for phones alone.
pub fn client_app() -> ClientApp {
    let download = |platform, name| Download { platform, url: format!("https://apps.example/{name}") };
    ClientApp {
        name: "Webex".to_owned(),
        password: ClientPassword::BroadWorks,
        downloads: vec![download(Platform::Ios, "ios"), download(Platform::Android, "android")],
    }
}

/// The pages of one server.
pub struct Pages {
    pub hub: HubService,
    pub portal: PortalService,
}

impl World {
    /// The pages of this server.
    pub fn pages(&self) -> Pages {
        let context = self.context(Arc::default());
        Pages { hub: HubService(context.clone()), portal: PortalService(context) }
    }

    /// Adds the administrator.
    pub async fn administrator(&self) -> AdministratorId {
        administrators::add(&self.store, &self.environment, self.tenant, ADMIN, ADMIN_PASSWORD).await.unwrap()
    }
}

impl Pages {
    /// The administrator, or somebody who only has the address, signs in to the hub.
    pub async fn sign_in_to_hub(&self, visitor: &Visitor, password: &str) -> Result<NewSession, Problem> {
        self.hub.sign_in(visitor, ADMIN, password).await
    }

    /// Who is signed in to the hub by this session.
    pub async fn signed_in(&self, session: &NewSession, visitor: &Visitor) -> Result<Administrator, Problem> {
        self.hub.administrator(&returning(visitor, session), Permission::OwnAccount).await
    }

    /// Somebody signs in to the portal.
    pub async fn sign_in(
        &self,
        visitor: &Visitor,
        share: &str,
        user_id: &str,
        password: &str,
    ) -> Result<NewSession, Problem> {
        self.portal.sign_in(visitor, share, user_id, password).await
    }
}

/// Somebody with a browser that nobody knows, at this address.
pub fn visitor(address: &str) -> Visitor {
    let network = Network::of(address.parse::<IpAddr>().unwrap());
    Visitor { session: None, meant_for: None, network, device: None, locale: Locale::en }
}

/// The same with the cookies of a session.
pub fn returning(visitor: &Visitor, session: &NewSession) -> Visitor {
    let device = session.device.clone().or_else(|| visitor.device.clone());
    Visitor { session: Some(session.token.clone()), device, ..visitor.clone() }
}
