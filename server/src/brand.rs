//! The brand of a template: how its pages and mails look, beside their words.
//!
//! What a page loads of it has an address that names what is there, so that a browser may keep it for ever: a sheet of styles is made
//! of a colour alone, which stands in its name.

use app::frame::Picture;
use domain::{Accent, Logo, Shades};

use crate::{access::secret::fingerprint, store::Template};

/// Where it is served.
pub const ROOT: &str = "/brand/";

/// The styles that make a portal's buttons and links a brand's, in light and in dark (`style/tokens.css` has ours).
#[must_use]
pub fn sheet(accent: Accent) -> String {
    let tokens = |Shades { accent, hover, text, soft, on_accent }: Shades| {
        format!(
            ":root{{--accent:{accent};--accent-hover:{hover};--accent-text:{text};--accent-soft:{soft};--on-accent:{on_accent}}}"
        )
    };
    format!("{}@media (prefers-color-scheme:dark){{{}}}", tokens(accent.light()), tokens(accent.dark()))
}

/// The name of that sheet: the colour, and what this version makes of it.
#[must_use]
pub fn sheet_name(accent: Accent) -> String {
    let colour = accent.to_string();
    let hash = fingerprint(sheet(accent));
    format!("{}-{}.css", colour.trim_start_matches('#'), &hash[..8])
}

/// The address of that sheet.
#[must_use]
pub fn sheet_address(accent: Accent) -> String {
    format!("{ROOT}{}", sheet_name(accent))
}

/// A logo as pages show it.
#[must_use]
pub fn picture(logo: &Logo) -> Picture {
    let (width, height) = logo.shown();
    Picture { address: format!("{ROOT}{logo}.png"), width, height }
}

/// How a template's mails look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Look {
    /// The colour of buttons and links, if not ours.
    pub accent: Option<Accent>,
    /// What they begin with, if not the partner's name.
    pub logo: Option<Picture>,
}

impl Look {
    /// That of a template, for a reader who is elsewhere: under `public_url` pictures are found.
    #[must_use]
    pub fn of(template: &Template, public_url: &str) -> Self {
        let absolute = |logo| {
            let picture = picture(logo);
            Picture { address: format!("{public_url}{}", picture.address), ..picture }
        };
        Self { accent: template.accent, logo: template.logo.as_ref().map(absolute) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sheet_is_small_and_says_what_it_is_made_of() {
        let accent = Accent::parse("#7a1fa2").unwrap();
        let sheet = sheet(accent);
        assert!(sheet.starts_with(":root{--accent:#7a1fa2;") && sheet.len() < 400, "{sheet}");
        assert!(sheet.contains("@media (prefers-color-scheme:dark){:root{--accent:#"), "{sheet}");
        assert!(sheet_name(accent).starts_with("7a1fa2-") && sheet_name(accent).len() == "7a1fa2-00000000.css".len());
        assert_ne!(sheet_name(accent), sheet_name(Accent::parse("#7a1fa3").unwrap()));
    }
}
