//! Clients for calls to the outside.

use std::time::Duration;

use reqwest::{Client, ClientBuilder, redirect};

use super::network::PublicResolver;

/// A client for an address that the operator has chosen. `total` is for one call, connecting included.
///
/// No redirect is followed: what is sent is not for whomever an answer points to.
pub fn client(connect: Duration, total: Duration) -> ClientBuilder {
    Client::builder().connect_timeout(connect).timeout(total).redirect(redirect::Policy::none())
}

/// A client for addresses that others have chosen: it connects to nothing in a private network, unless the operator allows it.
///
/// No proxy is used, whatever the environment says: it would resolve names itself, past the check.
pub fn guarded_client(connect: Duration, total: Duration, allow_private: bool) -> ClientBuilder {
    let builder = client(connect, total).no_proxy();
    if allow_private { builder } else { builder.https_only(true).dns_resolver2(PublicResolver) }
}
