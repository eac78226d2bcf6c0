//! The partner hub: Customer List → View Templates → onboarding template → User Verification → User Status.
//!
//! A screen is a file, with its parts in a folder of the same name, and imports no other one: what two of them need stands
//! beside them here (`model`, `text`, `address`, …) or, where it knows nothing of the hub, in [`crate::ui`].

mod account;
mod address;
mod allowed;
mod arrival;
mod audit;
mod breadcrumbs;
mod bulk;
pub mod client;
mod comeback;
mod confirmation;
mod customer;
mod customers;
mod deeds;
mod deletions;
mod dialog_form;
mod export;
mod filter_form;
mod followed;
mod history;
mod hit;
mod home;
mod import_users;
pub mod import_words;
mod invitation;
mod jobs;
mod layout;
mod live;
mod loaded;
mod missing;
pub mod model;
mod outages;
mod outcome;
mod overview;
mod pending;
mod people;
mod proof;
mod reader;
mod refusal;
mod request;
mod roster;
pub(crate) mod routes;
mod search;
mod selection;
mod session;
mod setup;
mod shown_once;
mod sign_in;
mod somebody_else;
mod staged;
mod standing;
mod template;
mod text;
mod tokens;
mod user;
mod users;
mod views;
mod webhooks;

pub use address::is_list;
