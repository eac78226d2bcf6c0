//! Where a user is shown.

use leptos::prelude::*;

/// Where a user is shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(in crate::hub) enum Place {
    /// On a page of their own.
    #[default]
    Page,
    /// In a panel beside a list.
    Panel,
}

impl Place {
    /// For everything below.
    pub(in crate::hub) fn provide(self) {
        provide_context(self);
    }

    pub(super) fn here() -> Self {
        use_context().unwrap_or_default()
    }

    /// Whose heading it is, below the page's main part.
    pub(in crate::hub) const fn heading(self) -> &'static str {
        match self {
            Self::Page => "h1",
            Self::Panel => ".user-panel h2",
        }
    }

    /// How the id of the menu begins: the list beside a panel has one of the same user.
    pub(super) const fn menu(self) -> &'static str {
        match self {
            Self::Page => "menu",
            Self::Panel => "panel-menu",
        }
    }
}
