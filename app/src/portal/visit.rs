//! The page that is being made: what its parts have in common.

use domain::{Doubt, Fault};
use leptos::prelude::expect_context;

use crate::{flash::Flash, problem::Problem};

/// The page that is being made. Every part of it finds it in its context.
#[derive(Clone)]
pub struct Visit {
    /// The token in the share link.
    pub share: String,
    /// The id of who is signed in: forms carry it, so that one made for somebody else is refused.
    pub user: Option<String>,
    /// The name under which the partner writes to users; empty when the share link is unknown.
    pub provider: String,
    /// Why the last form was refused.
    pub problem: Option<Problem>,
    /// That the page before was made for somebody else, or too late: whatever the step, the reader has to know.
    pub mix_up: Option<Problem>,
    /// Why the reader is asked whether what they typed is right.
    pub doubt: Option<Doubt>,
    /// The path of the last form's server function, and what was typed into it.
    form: String,
    typed: String,
}

/// The page that is being made.
#[must_use]
pub fn use_visit() -> Visit {
    expect_context()
}

impl Visit {
    /// A page under this share link, with what its last form could not do.
    #[must_use]
    pub fn new(share: String, provider: String, user: Option<String>, flash: Option<Flash>) -> Self {
        let (problem, doubt, form, typed) =
            flash.map(|flash| (flash.problem, flash.doubt, flash.form, flash.typed)).unwrap_or_default();
        let (mix_up, problem) = match problem {
            Some(problem) if matches!(problem.fault, Fault::MeantForAnother | Fault::AddressSettled) => {
                (Some(problem), None)
            }
            other => (None, other),
        };
        Self { share, user, provider, problem, mix_up, doubt, form, typed }
    }

    /// What was typed into the form of this server function, if that was refused.
    #[must_use]
    pub fn typed_into(&self, form: &str) -> Option<String> {
        let is_refused = self.form == form && !self.typed.is_empty();
        is_refused.then(|| self.typed.clone())
    }

    /// Whether the form of this server function has just done what it is there for, and the page has to say so.
    #[must_use]
    pub fn has_done(&self, form: &str) -> bool {
        self.form == form && self.problem.is_none() && self.mix_up.is_none() && self.doubt.is_none()
    }

    /// The page's address.
    #[must_use]
    pub fn path(&self) -> String {
        format!("/activate/{}", self.share)
    }

    /// Whether the last form was refused for one of these.
    #[must_use]
    pub fn is_refused_for(&self, faults: &[Fault]) -> bool {
        self.problem.as_ref().is_some_and(|problem| faults.contains(&problem.fault))
    }
}
