//! Routes, each with what it asks of its caller: the only way to add one to the router (`clippy.toml` forbids axum's own).
//!
//! A handler says it in its signature ([`crate::access::guard`]); here it is written down, so that a test can walk all of them.

use axum::{Router, extract::DefaultBodyLimit, handler::Handler, http::Method, routing::MethodRouter};
use domain::permission::Access;

use crate::access::guard::Guarded;

/// What can be called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// By which method.
    pub method: Method,
    /// At which path, with the names of its parts in braces.
    pub path: String,
    /// What it asks of its caller.
    pub access: Access,
}

/// A router that knows its routes.
#[derive(Clone, Debug)]
pub struct Routes<S> {
    router: Router<S>,
    list: Vec<Route>,
}

impl<S: Clone + Send + Sync + 'static> Default for Routes<S> {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Clone + Send + Sync + 'static> Routes<S> {
    /// None yet.
    #[must_use]
    pub fn new() -> Self {
        Self { router: Router::new(), list: Vec::new() }
    }

    /// Adds what is answered at a path.
    #[must_use]
    #[allow(clippy::disallowed_methods, reason = "this is the one place")]
    pub fn route(mut self, path: &str, methods: Methods<S>) -> Self {
        let named = methods.access.into_iter();
        self.list.extend(named.map(|(method, access)| Route { method, path: path.to_owned(), access }));
        Self { router: self.router.route(path, methods.router), list: self.list }
    }

    /// With these beside them.
    #[must_use]
    pub fn and(self, others: Self) -> Self {
        Self { router: self.router.merge(others.router), list: [self.list, others.list].concat() }
    }

    /// Puts all of them below a prefix.
    #[must_use]
    pub fn below(mut self, prefix: &str) -> Self {
        for route in &mut self.list {
            route.path.insert_str(0, prefix);
        }
        Self { router: Router::new().nest(prefix, self.router), list: self.list }
    }

    /// Changes how they are answered: layers, and what a caller of something else gets.
    #[must_use]
    pub fn with(self, change: impl FnOnce(Router<S>) -> Router<S>) -> Self {
        Self { router: change(self.router), list: self.list }
    }

    /// The router.
    pub fn router(self) -> Router<S> {
        self.router
    }

    /// What can be called.
    #[must_use]
    pub fn list(&self) -> &[Route] {
        &self.list
    }
}

/// The handlers of one path.
#[derive(Clone, Debug)]
pub struct Methods<S> {
    router: MethodRouter<S>,
    access: Vec<(Method, Access)>,
}

impl<S: Clone + Send + Sync + 'static> Methods<S> {
    fn new() -> Self {
        Self { router: MethodRouter::new(), access: Vec::new() }
    }

    fn on<H: Handler<T, S>, T: Guarded + 'static>(
        mut self,
        method: Method,
        add: impl FnOnce(MethodRouter<S>, H) -> MethodRouter<S>,
        handler: H,
    ) -> Self {
        self.access.push((method, T::ACCESS));
        Self { router: add(self.router, handler), access: self.access }
    }

    /// Also GET.
    #[must_use]
    pub fn get<H: Handler<T, S>, T: Guarded + 'static>(self, handler: H) -> Self {
        self.on(Method::GET, MethodRouter::get, handler)
    }

    /// Also POST.
    #[must_use]
    pub fn post<H: Handler<T, S>, T: Guarded + 'static>(self, handler: H) -> Self {
        self.on(Method::POST, MethodRouter::post, handler)
    }

    /// Also PUT.
    #[must_use]
    pub fn put<H: Handler<T, S>, T: Guarded + 'static>(self, handler: H) -> Self {
        self.on(Method::PUT, MethodRouter::put, handler)
    }

    /// Also DELETE.
    #[must_use]
    pub fn delete<H: Handler<T, S>, T: Guarded + 'static>(self, handler: H) -> Self {
        self.on(Method::DELETE, MethodRouter::delete, handler)
    }

    /// Bodies of at most so many bytes, instead of what is said for all routes.
    #[must_use]
    pub fn body_limit(self, bytes: usize) -> Self {
        Self { router: self.router.layer(DefaultBodyLimit::max(bytes)), access: self.access }
    }
}

/// A path that answers GET.
pub fn get<S: Clone + Send + Sync + 'static, H: Handler<T, S>, T: Guarded + 'static>(handler: H) -> Methods<S> {
    Methods::new().get(handler)
}

/// A path that answers POST.
pub fn post<S: Clone + Send + Sync + 'static, H: Handler<T, S>, T: Guarded + 'static>(handler: H) -> Methods<S> {
    Methods::new().post(handler)
}

/// A path that answers PUT.
pub fn put<S: Clone + Send + Sync + 'static, H: Handler<T, S>, T: Guarded + 'static>(handler: H) -> Methods<S> {
    Methods::new().put(handler)
}
