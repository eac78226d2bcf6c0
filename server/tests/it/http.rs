//! What clients that mean harm, or are broken, can do over HTTP.

mod apart;
mod client_app;
mod flood;
mod malformed;
mod markup;
mod slash;
mod slow;
