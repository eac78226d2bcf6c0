//! The activation portal over the engine, with a BroadWorks that knows its users.

mod again;
mod comeback;
mod doubt;
mod first_page;
mod link;
mod locked;
mod outage;
mod replaced;
mod sign_in;
mod stale;
mod waiting;
