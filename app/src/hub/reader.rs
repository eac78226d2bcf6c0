//! What an open page reads again from the server.

use domain::Fault;
use leptos::{prelude::*, task::spawn_local};
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};

use super::{loaded::sign_in_path, somebody_else::SomebodyElse};
use crate::{problem::Problem, ui::unsaved::AtRisk};

/// Reads for a page that is open. It may have been left when the answer comes.
#[derive(Clone, Copy)]
pub(super) struct Reader {
    sign_in: Callback<()>,
    at_risk: AtRisk,
    somebody_else: SomebodyElse,
}

impl Reader {
    /// For the page that is being made.
    pub(super) fn new() -> Self {
        let (here, navigate) = (use_location(), use_navigate());
        Self {
            sign_in: Callback::new(move |()| navigate(&sign_in_path(&here), NavigateOptions::default())),
            at_risk: AtRisk::here(),
            somebody_else: SomebodyElse::here(),
        }
    }

    /// Leads whoever is signed out to the sign-in page, but not away from what they have typed: sending that tells them.
    pub(super) fn signed_out(self) {
        if !self.at_risk.any() {
            _ = self.sign_in.try_run(());
        }
    }

    /// Hands a good answer to `done`. One that fails is left alone: the next change or the next reading brings another.
    pub(super) fn read<T: 'static>(
        self,
        request: impl Future<Output = Result<T, Problem>> + 'static,
        done: impl FnOnce(T) + 'static,
    ) {
        spawn_local(async move {
            match request.await {
                Ok(answer) => done(answer),
                Err(problem) if problem.fault == Fault::NotSignedIn => self.signed_out(),
                Err(problem) if problem.fault == Fault::MeantForAnother => self.somebody_else.look(),
                Err(_) => {}
            }
        });
    }
}
