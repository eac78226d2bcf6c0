//! What can be done for many, and asking the server for it.

use domain::Package;
use leptos::prelude::*;

#[cfg(feature = "ssr")]
use crate::hub::session::signed_in;
use crate::{
    hub::model::{BulkDeed, BulkPreview, JobRow, Selection, TemplateId},
    i18n::*,
    problem::Problem,
    ui::button::Emphasis,
};

/// Whom something would touch, and whom not and why.
#[server(prefix = "/api", endpoint = "hub/bulk-preview", client = crate::hub::client::HubClient)]
pub async fn preview_bulk(selection: Selection, deed: BulkDeed) -> Result<BulkPreview, Problem> {
    let (hub, administrator) = signed_in::<PreviewBulk>().await?;
    hub.preview_bulk(&administrator, &selection, deed).await
}

/// Has something done for all who are selected.
#[server(prefix = "/api", endpoint = "hub/bulk", client = crate::hub::client::HubClient)]
pub async fn begin_bulk(selection: Selection, deed: BulkDeed) -> Result<JobRow, Problem> {
    let (hub, administrator) = signed_in::<BeginBulk>().await?;
    hub.begin_bulk(&administrator, &selection, deed).await
}

/// What can be done for many.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Retry,
    Resend,
    ChangePackage,
    Move,
    Delete,
}

/// What has been chosen besides.
#[derive(Clone, Copy, Default)]
pub(super) struct Chosen {
    /// The package.
    pub(super) package: Option<Package>,
    /// The template to which they are moved.
    pub(super) template: Option<TemplateId>,
    /// Whether those who are deleted cannot come back.
    pub(super) forbid: bool,
}

impl Kind {
    pub(super) const ALL: [Self; 5] = [Self::Retry, Self::Resend, Self::ChangePackage, Self::Move, Self::Delete];

    pub(super) fn title(self, locale: Locale) -> &'static str {
        match self {
            Self::Retry => td_string!(locale, hub.retry.title),
            Self::Resend => td_string!(locale, hub.user.resend),
            Self::ChangePackage => td_string!(locale, hub.change_package.title),
            Self::Move => td_string!(locale, hub.moving.title),
            Self::Delete => td_string!(locale, hub.bulk.delete),
        }
    }

    pub(super) const fn emphasis(self) -> Emphasis {
        if let Self::Delete = self { Emphasis::Danger } else { Emphasis::Primary }
    }

    /// What the server is asked for, once all has been chosen that it needs.
    pub(super) fn deed(self, chosen: Chosen) -> Option<BulkDeed> {
        match self {
            Self::Retry => Some(BulkDeed::Retry),
            Self::Resend => Some(BulkDeed::Resend),
            Self::ChangePackage => chosen.package.map(BulkDeed::ChangePackage),
            Self::Move => chosen.template.map(BulkDeed::Move),
            Self::Delete if chosen.forbid => Some(BulkDeed::DeleteForGood),
            Self::Delete => Some(BulkDeed::Delete),
        }
    }
}
