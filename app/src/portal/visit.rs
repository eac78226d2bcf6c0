//! The page that is being made: what its parts have in common.

use domain::Fault;
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
    /// That the page before was made for somebody else: whatever the step, the reader has to know.
    pub mix_up: Option<Problem>,
    /// What was typed into a form that was refused.
    pub typed: String,
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
        let (problem, typed) = flash.map_or((None, String::new()), |flash| (Some(flash.problem), flash.typed));
        let (mix_up, problem) = match problem {
            Some(problem) if problem.fault == Fault::MeantForAnother => (Some(problem), None),
            other => (None, other),
        };
        Self { share, user, provider, problem, mix_up, typed }
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
