//! Colours of a brand, and whether what is written in them can be read: by the contrast that WCAG 2.2 asks for.

use std::fmt::{self, Display};

use crate::fault::Fault;

/// What text has to have against what is behind it (WCAG 2.2, success criterion 1.4.3).
const READABLE: f64 = 4.5;

/// A colour of sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Colour([u8; 3]);

impl Colour {
    /// White.
    pub const WHITE: Self = Self([255; 3]);
    /// Black.
    pub const BLACK: Self = Self([0; 3]);
    /// The darkest that a page of ours has behind its text where it is light: what can be read on it can be read on all.
    const LIGHT_PAGE: Self = Self([0xf3, 0xf5, 0xf7]);
    /// The lightest that a page of ours has behind its text where it is dark.
    const DARK_PAGE: Self = Self([0x16, 0x1d, 0x24]);
    /// The darkest there.
    const NIGHT: Self = Self([0x0d, 0x12, 0x17]);

    /// The colour that is written so: `#0b6b6b`, `0b6b6b` or `#0bb`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digits = text.trim();
        let digits = digits.strip_prefix('#').unwrap_or(digits);
        let digits: Vec<u8> = digits.chars().map(|digit| digit.to_digit(16)?.try_into().ok()).collect::<Option<_>>()?;
        match digits[..] {
            [red, green, blue] => Some(Self([red * 17, green * 17, blue * 17])),
            [_, _, _, _, _, _] => {
                Some(Self(std::array::from_fn(|channel| digits[2 * channel] * 16 + digits[2 * channel + 1])))
            }
            _ => None,
        }
    }

    /// The contrast of text in this colour with what is behind it, or the other way round: 1 to 21.
    #[must_use]
    pub fn contrast(self, other: Self) -> f64 {
        let (one, other) = (self.luminance(), other.luminance());
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    /// How light it is: 0 to 1 (WCAG 2.2, relative luminance).
    #[must_use]
    pub fn luminance(self) -> f64 {
        let linear = |channel: u8| {
            let part = f64::from(channel) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }

    /// The colour so many hundredths of the way to another one.
    fn towards(self, other: Self, hundredths: u16) -> Self {
        let mix = |from: u8, to: u8| {
            let mixed = (u16::from(from) * (100 - hundredths) + u16::from(to) * hundredths + 50) / 100;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        Self(std::array::from_fn(|channel| mix(self.0[channel], other.0[channel])))
    }

    /// The first colour on the way to another one that can be read on all of these.
    fn readable_on(self, behind: &[Self], other: Self) -> Self {
        let reads = |colour: &Self| behind.iter().all(|behind| colour.contrast(*behind) >= READABLE);
        (0..=100).map(|way| self.towards(other, way)).find(reads).unwrap_or(other)
    }
}

impl From<[u8; 3]> for Colour {
    /// Of red, green and blue.
    fn from(channels: [u8; 3]) -> Self {
        Self(channels)
    }
}

impl Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [red, green, blue] = self.0;
        write!(f, "#{red:02x}{green:02x}{blue:02x}")
    }
}

/// The colour of a brand's buttons and links: one that can be read on light pages, and white text on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Accent(Colour);

/// A colour of buttons and links, with those that go with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shades {
    /// Buttons, bars and marks.
    pub accent: Colour,
    /// The same under the pointer.
    pub hover: Colour,
    /// Links and other text: also on `soft`.
    pub text: Colour,
    /// Behind what is chosen or pointed at.
    pub soft: Colour,
    /// Text on `accent` and `hover`.
    pub on_accent: Colour,
}

impl Accent {
    /// The colour, if it can be read.
    ///
    /// # Errors
    /// [`Fault::AccentTooPale`] if not.
    pub fn new(colour: Colour) -> Result<Self, Fault> {
        if Self::nearest(colour).0 == colour { Ok(Self(colour)) } else { Err(Fault::AccentTooPale) }
    }

    /// The colour that is written so, if it can be read.
    ///
    /// # Errors
    /// [`Fault::InvalidColour`] if it is none, [`Fault::AccentTooPale`] if it cannot.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        Self::new(Colour::parse(text).ok_or(Fault::InvalidColour)?)
    }

    /// The colour that was kept so: what could be read once stays a colour, whatever is asked of new ones.
    #[must_use]
    pub fn from_stored(text: &str) -> Option<Self> {
        Colour::parse(text).map(Self::nearest)
    }

    /// The colour, or the lightest one of its hue that can be read.
    #[must_use]
    pub fn nearest(colour: Colour) -> Self {
        Self(colour.readable_on(&[Colour::LIGHT_PAGE], Colour::BLACK))
    }

    /// The colour itself.
    #[must_use]
    pub const fn colour(self) -> Colour {
        self.0
    }

    /// Where the page is light: the colour as it was chosen.
    #[must_use]
    pub fn light(self) -> Shades {
        let accent = self.0;
        let soft = Colour::WHITE.towards(accent, 11);
        // Darker, as ours is: what is paler looks switched off. What is nearly black gets no darker.
        let towards = if accent.luminance() < 0.02 { Colour::WHITE } else { Colour::BLACK };
        Shades {
            accent,
            hover: accent.towards(towards, 18),
            text: accent.readable_on(&[Colour::LIGHT_PAGE, soft], Colour::BLACK),
            soft,
            on_accent: Colour::WHITE,
        }
    }

    /// Where the page is dark: lighter, until it can be read there.
    #[must_use]
    pub fn dark(self) -> Shades {
        let accent = self.0.readable_on(&[Colour::DARK_PAGE], Colour::WHITE);
        let soft = Colour::DARK_PAGE.towards(accent, 15);
        Shades {
            accent,
            hover: accent.towards(Colour::WHITE, 18),
            text: accent.readable_on(&[Colour::DARK_PAGE, soft], Colour::WHITE),
            soft,
            on_accent: Colour::NIGHT,
        }
    }
}

impl Display for Accent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn colour(text: &str) -> Colour {
        Colour::parse(text).unwrap()
    }

    #[test]
    fn a_colour_is_six_hexadecimal_digits_or_three() {
        for (written, meant) in
            [("#0b6b6b", "#0b6b6b"), (" 0B6B6B ", "#0b6b6b"), ("#0bf", "#00bbff"), ("fff", "#ffffff")]
        {
            assert_eq!(colour(written).to_string(), meant, "{written}");
        }
        for wrong in ["", "#", "#12", "#1234", "#12345", "#1234567", "teal", "#0b6b6g", "#0b6b6b;", "##0b6b6b", "#٠٠٠"]
        {
            assert_eq!(Colour::parse(wrong), None, "{wrong}");
        }
    }

    /// The figures are those of the W3C's own examples and of WebAIM's contrast checker.
    #[test]
    fn contrast_is_what_wcag_says() {
        let contrast = |one, other| (colour(one).contrast(colour(other)) * 100.0).round() / 100.0;
        for (one, other, expected) in [
            ("#000", "#fff", 21.0),
            ("#fff", "#fff", 1.0),
            ("#777777", "#ffffff", 4.48),
            ("#767676", "#ffffff", 4.54),
            ("#0000ff", "#ffffff", 8.59),
            ("#ff0000", "#ffffff", 4.0),
        ] {
            assert!((contrast(one, other) - expected).abs() < 0.006, "{one} {other}: {}", contrast(one, other));
            assert!((contrast(other, one) - expected).abs() < 0.006, "{other} {one}");
        }
    }

    #[test]
    fn what_cannot_be_read_is_refused_and_the_nearest_that_can_is_named() {
        assert_eq!(Accent::parse("#0b6b6b").map(|accent| accent.to_string()), Ok("#0b6b6b".to_owned()));
        assert_eq!(Accent::parse("teal"), Err(Fault::InvalidColour));
        for pale in ["#fff", "#ffd400", "#ff0000", "#4fc4ba", "#777777"] {
            assert_eq!(Accent::parse(pale), Err(Fault::AccentTooPale), "{pale}");
        }
        // As light as can be: of yellow nothing is left but an olive, of red nearly all.
        assert_eq!(Accent::nearest(colour("#ff0000")).to_string(), "#e30000");
        let olive = Accent::nearest(colour("#ffd400")).colour();
        assert!((4.5..4.7).contains(&olive.contrast(Colour::LIGHT_PAGE)), "{olive}");
    }

    proptest! {
        #[test]
        fn whatever_is_chosen_everything_written_in_it_can_be_read(channels: [u8; 3]) {
            let accent = Accent::nearest(Colour(channels));
            prop_assert_eq!(Accent::new(accent.colour()), Ok(accent));
            prop_assert_eq!(Accent::parse(&accent.to_string()), Ok(accent));
            let pages = [
                (accent.light(), [Colour::WHITE, Colour::LIGHT_PAGE]),
                (accent.dark(), [Colour::DARK_PAGE, Colour::NIGHT]),
            ];
            for (Shades { accent, hover, text, soft, on_accent }, pages) in pages {
                for (text, behind) in [(on_accent, accent), (on_accent, hover), (text, soft)] {
                    prop_assert!(text.contrast(behind) >= READABLE, "{} on {}", text, behind);
                }
                for page in pages {
                    prop_assert!(text.contrast(page) >= READABLE && accent.contrast(page) >= READABLE);
                }
                prop_assert_ne!(hover, accent);
            }
        }
    }
}
