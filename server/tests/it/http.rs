//! What clients that mean harm, or are broken, can do over HTTP.

mod malformed;
mod markup;
mod slash;
mod slow;
