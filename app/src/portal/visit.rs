//! A page of the portal while it is open: what it shows, and how its forms change that.

use std::mem::discriminant;

use leptos::{prelude::*, server_fn::ServerFn, task::spawn_local, wasm_bindgen::JsCast as _, web_sys};

use super::{PortalPage, Step, form::Attempt, live::use_live, page::read_page};
use crate::{problem::Problem, ui::focus::focus};

/// The open page. Every step finds it in its context.
#[derive(Clone, Copy)]
pub struct Visit {
    share: StoredValue<String>,
    page: RwSignal<PortalPage>,
    problem: RwSignal<Option<Problem>>,
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
        Self {
            share: StoredValue::new(share),
            page: RwSignal::new(page),
            problem: RwSignal::new(problem),
            typed: StoredValue::new(typed),
        }
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
            self.problem.set(outcome.err());
            refreshing.set(true);
            spawn_local(async move {
                self.refresh().await;
                refreshing.try_set(false);
                focus_on_what_is_refused();
            });
        });
        Signal::derive(move || attempt.pending().get() || refreshing.get())
    }

    fn show(self, page: PortalPage) {
        let Some(moved) = self.page.try_with_untracked(|shown| discriminant(&shown.step) != discriminant(&page.step))
        else {
            // The reader has left.
            return;
        };
        if moved {
            self.typed.set_value(String::new());
            // Whoever was signed out still has to read why.
            if page.step != Step::SignIn {
                self.problem.set(None);
            }
        }
        self.page.set(page);
    }
}

/// Takes the reader to the field that has to be filled in or corrected; of several, to one that is still empty. (What is
/// wrong is told by the field's description; where either of two may be wrong, the focus stays where it is.)
fn focus_on_what_is_refused() {
    let Ok(fields) = document().query_selector_all("main input[aria-invalid=true]") else { return };
    let fields: Vec<web_sys::HtmlInputElement> =
        (0..fields.length()).filter_map(|index| fields.get(index)?.dyn_into().ok()).collect();
    let wanted = if fields.len() == 1 { fields.first() } else { fields.iter().find(|field| field.value().is_empty()) };
    focus(wanted.map(|field| field.clone().into()));
}
