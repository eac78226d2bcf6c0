//! The database with which every run begins: made once, copied for each.

use std::{
    env, fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use domain::template::UserVerification;
use server::{
    live::Live,
    store::{Store, Template, Tenant},
};
use tempfile::TempDir;

use crate::support::World;

/// Where files cost no disk.
const MEMORY: &str = "/dev/shm";
const NAME: &str = "flowthrough.db";

/// A partner with its templates.
pub struct Base {
    folder: TempDir,
    pub tenant: Tenant,
    pub templates: Vec<Template>,
}

impl Base {
    pub fn get() -> &'static Self {
        static BASE: OnceLock<Base> = OnceLock::new();
        BASE.get_or_init(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.block_on(Self::make())
        })
    }

    async fn make() -> Self {
        let folder = folder();
        let world = World::new(&url(folder.path())).await;
        let mut templates = Vec::new();
        for (verification, provision_admin_first) in [
            (UserVerification::Trusted, false),
            (UserVerification::Untrusted, false),
            (UserVerification::Untrusted, false),
            (UserVerification::Trusted, true),
            (UserVerification::Untrusted, true),
        ] {
            let adjust = |template: &mut Template| {
                template.verification = verification;
                template.provision_admin_first = provision_admin_first;
            };
            templates.push(world.template(adjust).await);
        }
        Self { folder, tenant: world.tenant, templates }
    }

    /// A copy, in a folder of its own.
    pub async fn copy(&self) -> (TempDir, Store) {
        let folder = folder();
        fs::copy(self.folder.path().join(NAME), folder.path().join(NAME)).unwrap();
        let store = Store::connect(&url(folder.path()), Live::default()).await.unwrap();
        (folder, store.on_one_thread())
    }
}

fn folder() -> TempDir {
    let memory = Some(PathBuf::from(MEMORY)).filter(|folder| folder.is_dir());
    tempfile::tempdir_in(memory.unwrap_or_else(env::temp_dir)).unwrap()
}

fn url(folder: &Path) -> String {
    format!("sqlite:{}", folder.join(NAME).display())
}
