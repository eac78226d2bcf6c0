//! What the pages' server functions call: the portal and the hub over the engine and the store.

pub mod hub;
pub mod portal;

use std::sync::Arc;

use app::{problem::Problem, visitor::refuse};
use domain::{Fault, template::UserVerification};
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};
use uuid::Uuid;

use crate::{
    broadworks::XsiClient,
    environment::Environment,
    fault::{Trouble, status},
    session::watch::Watch,
    store::{Store, entity::template},
    targets::breaker::Breakers,
};

/// What both backends work with.
pub struct Context {
    /// The database.
    pub store: Store,
    /// Time and randomness.
    pub environment: Environment,
    /// Checks BroadWorks credentials.
    pub xsi: XsiClient,
    /// Under which sessions streams are open.
    pub sessions: Watch,
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
    /// Whether BroadWorks may be on a private address or speak plain http.
    pub allow_private_xsi: bool,
    /// Whether this is the demo.
    pub demo: bool,
    /// Where to get the app.
    pub downloads: Vec<app::portal::Download>,
}

impl Site {
    /// The link to a template's activation portal.
    #[must_use]
    pub fn activation_link(&self, template: &template::Model) -> String {
        format!("{}/activate/{}", self.public_url, template.share_token)
    }
}

/// Shared by all requests.
pub type Shared = Arc<Context>;

impl Context {
    /// What the person is told; accidents are logged here.
    fn told<T>(&self, result: Result<T, Trouble>) -> Result<T, Problem> {
        result.map_err(|trouble| {
            let problem = trouble.problem(|| self.environment.id().to_string());
            refuse(status(problem.fault));
            problem
        })
    }
}

/// The choice under User Verification.
fn verification(template: &template::Model) -> UserVerification {
    UserVerification::parse(&template.verification).unwrap_or(UserVerification::Trusted)
}

/// The template whose activation link holds this token.
async fn by_share(store: &Store, share: &str) -> Result<template::Model, Trouble> {
    let found = template::Entity::find().filter(template::Column::ShareToken.eq(share)).one(store.read()).await?;
    found.ok_or_else(|| Fault::UnknownShareLink.into())
}

fn id(text: &str) -> Result<Uuid, Trouble> {
    Uuid::try_parse(text).map_err(|_| Fault::NotFound.into())
}
