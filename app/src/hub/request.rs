//! A write that a form or dialog has asked the server for.

use std::future::Future;

use leptos::{prelude::*, task::spawn_local};

use crate::problem::Problem;

/// Whether the answer is awaited, and why the last one was a refusal.
#[derive(Clone, Copy)]
pub(super) struct Request {
    pending: RwSignal<bool>,
    problem: RwSignal<Option<Problem>>,
}

impl Request {
    pub(super) fn new() -> Self {
        Self { pending: RwSignal::new(false), problem: RwSignal::new(None) }
    }

    /// Whether the answer is awaited.
    pub(super) fn pending(self) -> Signal<bool> {
        self.pending.into()
    }

    /// Why the last answer was a refusal.
    pub(super) fn problem(self) -> Signal<Option<Problem>> {
        self.problem.into()
    }

    /// Sends it and hands a good answer to `done`, even if the form was closed in the meantime.
    pub(super) fn send<T: 'static>(
        self,
        request: impl Future<Output = Result<T, Problem>> + 'static,
        done: impl FnOnce(T) + 'static,
    ) {
        if self.pending.get_untracked() {
            return;
        }
        self.pending.set(true);
        self.problem.set(None);
        spawn_local(async move {
            let answer = request.await;
            // The form, and these signals with it, may be gone by now.
            _ = self.pending.try_set(false);
            match answer {
                Ok(answer) => done(answer),
                Err(problem) => _ = self.problem.try_set(Some(problem)),
            }
        });
    }
}
