//! The brand of a template: its colour, which `add` and `set` take, and its logo.

use std::{fs::File, io::Read as _, path::PathBuf};

use clap::Args;
use domain::{Accent, Colour, Fault};

use super::{Failure, wrong};
use crate::picture::{self, Drawn};

/// The colour.
#[derive(Args)]
pub struct Brand {
    /// The colour of buttons and links, such as #0b6b6b; an empty text for Flowthrough's
    #[arg(long, value_name = "COLOUR")]
    accent: Option<String>,
}

impl Brand {
    /// The colour, `before` unless it is named.
    pub(super) fn accent(&self, before: Option<Accent>) -> Result<Option<Accent>, Failure> {
        let Some(written) = self.accent.as_deref().map(str::trim) else { return Ok(before) };
        if written.is_empty() {
            return Ok(None);
        }
        let Some(colour) = Colour::parse(written) else {
            return Err(wrong("--accent", format!("{written:?} is no colour"), "Write one such as #0b6b6b."));
        };
        Accent::new(colour).map(Some).map_err(|_| {
            let fix = format!("Use {}, or another darker one.", Accent::nearest(colour));
            wrong("--accent", format!("{colour} is too pale to be read"), &fix)
        })
    }
}

/// The logo.
#[derive(Args)]
pub struct Logo {
    /// A PNG, JPEG or WebP file that portal and mails show instead of the partner admin's name
    #[arg(long, value_name = "FILE", conflicts_with = "remove_logo")]
    logo: Option<PathBuf>,
    /// Shows the partner admin's name again
    #[arg(long)]
    remove_logo: bool,
}

impl Logo {
    /// The logo that the template gets; nothing, if it is not named, and within that none, if it loses it.
    pub(super) async fn drawn(&self) -> Result<Option<Option<Drawn>>, Failure> {
        let Some(path) = &self.logo else { return Ok(self.remove_logo.then_some(None)) };
        let shown = path.display();
        let unread = |error| Failure::Other(format!("{shown} cannot be read: {error}"));
        let mut file = Vec::new();
        // One byte more than is taken is enough to know.
        let most = picture::LARGEST as u64 + 1;
        File::open(path).map_err(unread)?.take(most).read_to_end(&mut file).map_err(unread)?;
        let drawn = picture::logo(file).await.map_err(|fault: Fault| {
            let cause = format!("{shown}: {}", fault.cause());
            wrong("--logo", cause, fault.remedy(domain::fault::Audience::Administrator))
        })?;
        Ok(Some(Some(drawn)))
    }
}
