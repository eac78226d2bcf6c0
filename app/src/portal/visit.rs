//! A page of the portal while it is open: what it shows, and how its forms change that.

use std::mem::discriminant;

use domain::Fault;
use leptos::{prelude::*, server_fn::ServerFn, task::spawn_local};

use super::{PortalPage, Step, form::Attempt, live::use_live, page::read_page, sign_in::SignIn};
use crate::{problem::Problem, ui::focus::focus_on_what_is_refused};

/// The open page. Every step finds it in its context.
#[derive(Clone, Copy)]
pub struct Visit {
    share: StoredValue<String>,
    page: RwSignal<PortalPage>,
    problem: RwSignal<Option<Problem>>,
    mix_up: RwSignal<Option<Problem>>,
    typed: StoredValue<String>,
}

/// The open page.
#[must_use]
pub fn use_visit() -> Visit {
    expect_context()
}

impl Visit {
    /// Opens the page as the server gave it.
    #[must_use]
    pub fn new(share: String, page: PortalPage) -> Self {
        let (problem, typed) = match page.flash.clone() {
            Some(flash) => (Some(flash.problem), flash.typed),
            None => (None, String::new()),
        };
        let visit = Self {
            share: StoredValue::new(share),
            page: RwSignal::new(page),
            problem: RwSignal::new(None),
            mix_up: RwSignal::new(None),
            typed: StoredValue::new(typed),
        };
        visit.tell(problem);
        visit
    }

    /// The id of who was signed in when the page was made.
    #[must_use]
    pub fn user(self) -> Option<String> {
        self.page.with_untracked(|page| page.step.user().map(|user| user.id.clone()))
    }

    /// The token in the share link.
    #[must_use]
    pub fn share(self) -> String {
        self.share.get_value()
    }

    /// The page's address.
    #[must_use]
    pub fn path(self) -> String {
        format!("/activate/{}", self.share())
    }

    /// What the page shows.
    #[must_use]
    pub fn page(self) -> Signal<PortalPage> {
        self.page.into()
    }

    /// That the page was made for somebody else: whatever the step, the reader has to know.
    #[must_use]
    pub fn mix_up(self) -> Signal<Option<Problem>> {
        self.mix_up.into()
    }

    fn tell(self, problem: Option<Problem>) {
        let (mix_up, problem) = match problem {
            Some(problem) if problem.fault == Fault::MeantForAnother => (Some(problem), None),
            other => (None, other),
        };
        self.mix_up.set(mix_up);
        self.problem.set(problem);
    }

    /// Why the last form was refused.
    #[must_use]
    pub fn problem(self) -> Signal<Option<Problem>> {
        self.problem.into()
    }

    /// What was typed into a plain form that was refused.
    #[must_use]
    pub fn typed(self) -> String {
        self.typed.get_value()
    }

    /// Asks the server where the user stands now. Without an answer the page stays as it is.
    pub async fn refresh(self) {
        if let Some(share) = self.share.try_get_value()
            && let Ok(page) = read_page(share).await
        {
            self.show(page);
        }
    }

    /// Refreshes whenever the server tells that something changed.
    pub fn follow(self) {
        use_live(format!("{}/live", self.path()), move || spawn_local(self.refresh()));
    }

    /// The attempt of one of the page's forms, and whether its answer is awaited.
    ///
    /// Whatever the answer, the page then shows where the user stands: perhaps the mailed link was opened meanwhile.
    #[must_use]
    pub fn attempt<F: ServerFn<Output = (), Error = Problem>>(self) -> (Attempt, Signal<bool>) {
        let attempt = Attempt::to::<F>();
        (attempt, self.settle(attempt))
    }

    /// Shows how an attempt ended. Answers whether that is awaited.
    fn settle(self, attempt: Attempt) -> Signal<bool> {
        let refreshing = RwSignal::new(false);
        Effect::new(move || {
            let Some(outcome) = attempt.outcome().get() else { return };
            let signs_in = outcome.is_ok() && attempt.calls::<SignIn>();
            self.tell(outcome.err());
            refreshing.set(true);
            spawn_local(async move {
                self.refresh().await;
                if signs_in && self.page.try_with_untracked(|page| page.step == Step::SignIn) == Some(true) {
                    self.tell(Some(Fault::CookiesRefused.into()));
                }
                refreshing.try_set(false);
                focus_on_what_is_refused();
            });
        });
        Signal::derive(move || attempt.pending().get() || refreshing.get())
    }

    fn show(self, page: PortalPage) {
        let seen = self.page.try_with_untracked(|shown| {
            let (before, now) = (shown.step.user(), page.step.user());
            let moved = discriminant(&shown.step) != discriminant(&page.step);
            (moved, before.zip(now).is_some_and(|(before, now)| before.id != now.id))
        });
        // None: the reader has left.
        let Some((moved, somebody_else)) = seen else { return };
        if moved || somebody_else {
            self.typed.set_value(String::new());
            // Whoever was signed out still has to read why.
            if page.step != Step::SignIn {
                self.problem.set(None);
            }
        }
        if somebody_else {
            self.tell(Some(Fault::MeantForAnother.into()));
        }
        self.page.set(page);
    }
}
