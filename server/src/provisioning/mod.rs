//! The engine: what happens to subscribers and workspaces, durably.
//!
//! The way of a change: a use case ([`arrival`], [`activation`], the hub, the API) opens a unit of work and hands an
//! event to [`change::apply`]; the state machine of its kind in the domain decides; state, history and task are written in that one
//! transaction; the [`worker`] takes the task, calls the target *outside* any transaction, and brings the outcome back
//! as the next event. A crash at any point leaves either the task or its outcome, never neither.

pub mod activation;
pub mod admission;
pub mod arrival;
pub mod bulk;
pub mod change;
pub mod deletion;
pub mod draft;
pub mod flow_through;
pub mod leaving;
pub mod mailing;
pub mod moving;
pub mod queue;
pub mod ready_mail;
pub mod reminders;
pub mod request;
pub mod selection;
pub mod subscribers;
pub mod tenancy;
pub mod update;
pub mod user_id;
pub mod worker;
pub mod workspaces;
