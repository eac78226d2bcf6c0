//! Guards: what stands in a handler's signature and says what its caller has to be allowed.
//!
//! A handler begins with its guard, after the state if it takes that: an extractor that refuses a caller without the
//! [`Permission`], and yields the caller. A handler that anybody may call begins with [`Public`]. One that says neither cannot
//! be made a route of ([`mod@crate::http::routes`]):
//!
//! ```compile_fail
//! use server::http::routes::{Routes, get};
//!
//! async fn open() -> &'static str { "whoever calls" }
//! let routes: Routes<()> = Routes::new().route("/open", get(open));
//! ```
//! ```
//! use server::{access::guard::Public, http::routes::{Routes, get}};
//!
//! async fn open(_: Public) -> &'static str { "whoever calls" }
//! let routes: Routes<()> = Routes::new().route("/open", get(open));
//! ```

use std::convert::Infallible;

use axum::{
    extract::{FromRequestParts, State},
    http::request::Parts,
};
use domain::{Permission, permission::Access};

/// A permission as a type, for a signature: `Client<UsersRead>`.
pub trait Needs: Send + Sync + 'static {
    /// The permission that it asks for.
    const PERMISSION: Permission;
}

macro_rules! permissions {
    ($($name:ident)*) => {
        $(
            #[doc = concat!("[`Permission::", stringify!($name), "`]")]
            #[derive(Clone, Copy, Debug)]
            pub struct $name;

            impl Needs for $name {
                const PERMISSION: Permission = Permission::$name;
            }
        )*
    };
}

permissions! {
    CustomersRead TemplatesRead TemplatesWrite UsersRead UsersWrite UsersExport AddressesRead MailResend RosterRead RosterWrite WorkspacesRead
    WorkspacesWrite BillingRead BillingWrite TokensRead TokensWrite WebhooksRead WebhooksWrite PeopleRead PeopleWrite AuditRead OwnAccount OwnActivation
}

/// An extractor that says who may call.
pub trait Guard {
    /// What it asks of a caller.
    const ACCESS: Access;
}

/// Whoever calls.
#[derive(Clone, Copy, Debug)]
pub struct Public;

impl Guard for Public {
    const ACCESS: Access = Access::Public;
}

impl<S: Sync> FromRequestParts<S> for Public {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self)
    }
}

/// The arguments of a handler that begins with its guard.
#[diagnostic::on_unimplemented(
    message = "this handler does not say what its caller has to be allowed",
    note = "its first argument, or the one after its state, has to be a guard, such as `Client<UsersRead>` or `Public`"
)]
pub trait Guarded {
    /// What it asks of a caller.
    const ACCESS: Access;
}

/// The arguments of axum's handlers begin with a marker, `M`.
macro_rules! guarded {
    ($($rest:ident)*) => {
        impl<M, G: Guard, $($rest),*> Guarded for (M, G, $($rest,)*) {
            const ACCESS: Access = G::ACCESS;
        }

        impl<M, S, G: Guard, $($rest),*> Guarded for (M, State<S>, G, $($rest,)*) {
            const ACCESS: Access = G::ACCESS;
        }
    };
}

guarded!();
guarded!(A);
guarded!(A B);
guarded!(A B C);
guarded!(A B C D);
guarded!(A B C D E);
