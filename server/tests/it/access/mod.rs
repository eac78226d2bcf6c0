//! Who may do what, how often they may try, and who is kept out by it.

mod audit;
pub mod flood;
mod hub;
mod kept_secret;
mod matrix;
mod meanwhile;
mod network;
mod often;
mod oidc;
mod passkey;
mod people;
mod portal;
mod proof;
mod roster;
mod routes;
mod second_factor;
pub mod server_functions;
mod throttle;
