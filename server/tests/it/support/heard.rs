//! What is asked of the database: heard, and let pass.

use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use server::{
    store::{Call, Mishap, Mishaps},
    targets::directory::Directory,
};

use super::{Scripted, World};

/// The calls so far: statements as they were written.
#[derive(Default)]
pub struct Heard(Mutex<Vec<String>>);

const COMMIT: &str = "COMMIT";

#[async_trait]
impl Mishaps for Heard {
    async fn next(&self, call: Call<'_>) -> Option<Mishap> {
        let call = match call {
            Call::Begin => return None,
            Call::Commit => COMMIT,
            Call::Read(sql) | Call::Statement(sql) => sql,
        };
        self.0.lock().unwrap().push(call.to_owned());
        None
    }
}

impl Heard {
    /// What was asked since the last call of this.
    pub fn statements(&self) -> Vec<String> {
        self.take().into_iter().filter(|call| call != COMMIT).collect()
    }

    /// How many commits and statements there were since the last call of this.
    pub fn numbers(&self) -> (usize, usize) {
        let calls = self.take();
        let commits = calls.iter().filter(|call| *call == COMMIT).count();
        (commits, calls.len() - commits)
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl World {
    /// The same world, overheard.
    pub fn overheard(self) -> (Self, Arc<Heard>) {
        let heard = Arc::new(Heard::default());
        let store = self.store.with_mishaps(heard.clone());
        let target = Arc::new(Scripted::new(Directory::new(store.clone(), self.environment.clone())));
        (Self { store, target, ..self }, heard)
    }
}
