//! How cookies are named, and the one that both halves write: the chosen language.

use crate::i18n::{I18nLocaleTrait as _, Locale};

/// The chosen language; the page itself writes it too, so it is no secret.
pub const LANGUAGE: &str = "ft_lang";

/// What stands before the names of cookies. The server puts it into the request's extensions, because only it knows how users reach
/// it; a page knows its own address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CookiePrefix {
    /// `__Host-`: browsers take such a cookie only over https and only from this very host, so no neighbour can plant one
    /// (RFC 6265bis, section 4.1.3.2).
    Host,
    /// Nothing: over plain http, as in the demo, browsers take no name that begins so.
    None,
}

impl CookiePrefix {
    /// Each.
    pub const ALL: [Self; 2] = [Self::Host, Self::None];

    /// The one for a site at this address.
    #[must_use]
    pub fn at(public_url: &str) -> Self {
        if public_url.starts_with("https:") { Self::Host } else { Self::None }
    }

    /// The whole name of a cookie.
    #[must_use]
    pub fn before(self, name: &str) -> String {
        match self {
            Self::Host => format!("__Host-{name}"),
            Self::None => name.to_owned(),
        }
    }

    /// The cookie that keeps a language for a year.
    #[must_use]
    pub fn language(self, locale: Locale) -> String {
        let secure = if self == Self::Host { "; Secure" } else { "" };
        format!("{}={}; Path=/; Max-Age=31536000; SameSite=Lax{secure}", self.before(LANGUAGE), locale.as_str())
    }
}
