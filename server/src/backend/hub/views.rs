//! Lists that an administrator has saved.

use app::{
    backend::{Administrator, Views},
    hub::{is_list, model::SavedView},
    problem::Problem,
};
use async_trait::async_trait;
use domain::{Fault, limit};

use super::{HubService, Ids};
use crate::{backend::Context, fault::Trouble, store::saved_view};

#[async_trait]
impl Views for HubService {
    async fn views(&self, administrator: &Administrator) -> Result<Vec<SavedView>, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move { context.views(&ids).await }).await
    }

    async fn save_view(&self, administrator: &Administrator, view: SavedView) -> Result<Vec<SavedView>, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let (name, address) = (view.name.trim().to_owned(), view.address);
            let named = (1..=limit::VIEW_NAME).contains(&name.chars().count());
            // It becomes a link: it leads nowhere but to a list.
            if !named || !is_list(&address) {
                return Err(Trouble::from(Fault::InvalidParameter));
            }
            let work = context.store.work().await?;
            if saved_view::others(&work, ids.administrator, &name).await? >= limit::SAVED_VIEWS as u64 {
                return Err(Fault::InvalidParameter.into());
            }
            let view = saved_view::SavedView { name, address };
            saved_view::save(&work, ids.administrator, view, context.environment.now()).await?;
            work.commit().await?;
            context.views(&ids).await
        })
        .await
    }

    async fn remove_view(&self, administrator: &Administrator, name: &str) -> Result<Vec<SavedView>, Problem> {
        let Self(context) = self;
        self.respond(administrator, |ids| async move {
            let work = context.store.work().await?;
            saved_view::delete(&work, ids.administrator, name).await?;
            work.commit().await?;
            context.views(&ids).await
        })
        .await
    }
}

impl Context {
    async fn views(&self, ids: &Ids) -> Result<Vec<SavedView>, Trouble> {
        let views = saved_view::of(self.store.read(), ids.administrator).await?;
        Ok(views.into_iter().map(|view| SavedView { name: view.name, address: view.address }).collect())
    }
}
