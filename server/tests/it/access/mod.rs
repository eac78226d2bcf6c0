//! Who may do what, how often they may try, and who is kept out by it.

pub mod flood;
mod hub;
mod meanwhile;
mod network;
mod portal;
mod routes;
mod server_functions;
mod throttle;
