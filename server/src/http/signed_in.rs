//! Who is signed in to the hub or the portal, for routes that are no server function: the guard in the signature.

use std::marker::PhantomData;

use app::{
    backend::ClientAddress,
    visitor::{HUB_SESSION, PORTAL_SESSION, cookie_of, meant_for},
};
use axum::{
    extract::{FromRequestParts, Path},
    http::{StatusCode, request::Parts},
};
use domain::{Fault, Network, Permission, audit::Deed, limit::Limit, permission::Access};
use uuid::Uuid;

use crate::{
    access::{
        guard::{Guard, Needs},
        identified::Identified,
        session,
        throttle::{self, Count},
    },
    backend::Shared,
    fault::{Trouble, status},
    log::SECURITY,
    store::{Actor, Administrator, SubscriberId, Template, TemplateId, Tenant, audit, template},
};

/// Who is signed in cannot be looked up now.
const UNAVAILABLE: StatusCode = StatusCode::SERVICE_UNAVAILABLE;

/// An administrator with a valid session; 401 without one, and 409 if the page was made for another, before anything of
/// the body is read.
pub struct SignedIn<P> {
    /// The one who is signed in.
    pub administrator: Administrator,
    /// The session's token.
    pub token: String,
    /// From where the request came.
    pub network: Network,
    permission: PhantomData<P>,
}

impl<P> SignedIn<P> {
    /// For whom the administrator works.
    #[must_use]
    pub fn tenant(&self) -> Tenant {
        Tenant::of_administrator(&self.administrator)
    }

    /// Looks at the session again, after what has taken its time.
    ///
    /// # Errors
    /// 401 if it has ended.
    pub async fn look_again(&self, context: &Shared) -> Result<(), StatusCode> {
        let found = session::hub(&context.store, context.environment.now(), &self.token).await;
        found.map_err(|_| UNAVAILABLE)?.map(drop).ok_or(StatusCode::UNAUTHORIZED)
    }

    /// Whether the administrator has proven a short while ago who they are: for what takes out what is known of users.
    ///
    /// # Errors
    /// 403 if not, 503 if that cannot be looked up.
    pub async fn proven(&self, context: &Shared) -> Result<(), StatusCode> {
        let proven = session::is_proven(&context.store, context.environment.now(), &self.token).await;
        if proven.map_err(|_| UNAVAILABLE)? { Ok(()) } else { Err(status(Fault::ProofRequired)) }
    }

    /// Counts what costs much, or takes out much of what is known, and writes it down where it is a deed.
    ///
    /// # Errors
    /// 401 if they may not any more; 429 if there was too much of it lately; 503 if that cannot be written: then it must not be done.
    pub async fn counted(
        &self,
        context: &Shared,
        limit: Limit,
        deed: Option<(Deed, Option<Uuid>)>,
    ) -> Result<(), StatusCode> {
        let counted = async {
            let work = context.store.work().await?;
            if let Some(deed) = deed {
                let actor = Actor::Administrator(self.administrator.id);
                audit::record(&work, &context.environment, self.tenant(), &actor, deed).await?;
            }
            let count = [Count::of(limit, self.administrator.id)];
            let [beyond] = throttle::spend(&context.store, &work, context.environment.now(), &count).await?;
            match beyond {
                Some(wait) => Err(Trouble::wait(Fault::TooManyAttempts, wait)),
                None => Ok(work.commit().await?),
            }
        };
        counted.await.map_err(|trouble: Trouble| status(trouble.fault().0))
    }

    /// A template of the administrator's partner.
    ///
    /// # Errors
    /// 404 if the partner has none of that id.
    pub async fn template(&self, context: &Shared, id: TemplateId) -> Result<Template, StatusCode> {
        let own = template::find(context.store.read(), self.tenant(), id).await;
        own.map_err(|_| UNAVAILABLE)?.ok_or(StatusCode::NOT_FOUND)
    }
}

impl<P: Needs> Guard for SignedIn<P> {
    const ACCESS: Access = Access::Needs(P::PERMISSION);
}

impl<P: Needs> FromRequestParts<Shared> for SignedIn<P> {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, context: &Shared) -> Result<Self, StatusCode> {
        let token = cookie_of(parts, HUB_SESSION).ok_or(StatusCode::UNAUTHORIZED)?;
        let found = session::hub(&context.store, context.environment.now(), &token).await.map_err(|_| UNAVAILABLE)?;
        let administrator = found.ok_or(StatusCode::UNAUTHORIZED)?;
        let network = parts.extensions.get::<ClientAddress>().map_or(Network::UNKNOWN, |address| address.0);
        match meant_for(&parts.headers) {
            Some(other) if other != administrator.id.to_string() => Err(StatusCode::CONFLICT),
            _ if !administrator.permissions().allow(P::PERMISSION) => {
                let permission = P::PERMISSION;
                tracing::info!(
                    target: SECURITY, event = "permission_missing", administrator = %administrator.id, ?permission, %network
                );
                Err(StatusCode::FORBIDDEN)
            }
            _ => {
                Identified::note(&parts.extensions, format_args!("administrator {}", administrator.id), network);
                Ok(Self { administrator, token, network, permission: PhantomData })
            }
        }
    }
}

/// A user who is signed in to the portal of the share link that the address names; 401 if nobody is, 404 for an unknown link.
pub struct PortalUser {
    /// The one who is signed in.
    pub id: SubscriberId,
    /// The session's token.
    pub token: String,
}

/// A user's permissions are [`domain::Permissions::USER`]: there is nothing else to ask for.
impl Guard for PortalUser {
    const ACCESS: Access = Access::Needs(Permission::OwnActivation);
}

impl FromRequestParts<Shared> for PortalUser {
    type Rejection = StatusCode;

    async fn from_request_parts(parts: &mut Parts, context: &Shared) -> Result<Self, StatusCode> {
        let Path(share) =
            Path::<String>::from_request_parts(parts, context).await.map_err(|_| StatusCode::NOT_FOUND)?;
        let found = template::by_share_token(context.store.read(), &share).await;
        let template = found.map_err(|_| UNAVAILABLE)?.ok_or(StatusCode::NOT_FOUND)?;
        let token = cookie_of(parts, PORTAL_SESSION).ok_or(StatusCode::UNAUTHORIZED)?;
        let now = context.environment.now();
        let user = session::portal(&context.store, now, template.id, &token).await.map_err(|_| UNAVAILABLE)?;
        Ok(Self { id: user.ok_or(StatusCode::UNAUTHORIZED)?.id, token })
    }
}
