//! What users' devices run.

use serde::{Deserialize, Serialize};

use super::ClientApp;

/// A platform that the app runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    /// iPhone and iPad
    Ios,
    /// Android
    Android,
    /// Windows
    Windows,
    /// macOS
    Macos,
    /// In the browser
    Web,
}

impl Platform {
    /// The one that a `User-Agent` names. The order matters: Android also says Linux, an iPhone also says Mac OS X.
    #[must_use]
    pub fn of(user_agent: &str) -> Option<Self> {
        [
            ("iPhone", Self::Ios),
            ("iPad", Self::Ios),
            ("Android", Self::Android),
            ("Windows", Self::Windows),
            ("Macintosh", Self::Macos),
        ]
        .into_iter()
        .find(|(mark, _)| user_agent.contains(mark))
        .map(|(_, platform)| platform)
    }

    /// Whether it fits into a pocket.
    #[must_use]
    pub const fn is_phone(self) -> bool {
        matches!(self, Self::Ios | Self::Android)
    }
}

impl ClientApp {
    /// Where a device gets it that says this of itself: for its own platform, else in the browser, else anywhere.
    #[must_use]
    pub fn download_for(&self, user_agent: &str) -> Option<&str> {
        let on = |platform| self.downloads.iter().find(|download| download.platform == platform);
        let own = Platform::of(user_agent).and_then(on);
        Some(&*own.or_else(|| on(Platform::Web)).or_else(|| self.downloads.first())?.url)
    }

    /// Whether phones have it.
    #[must_use]
    pub fn is_for_phones(&self) -> bool {
        self.downloads.iter().any(|download| download.platform.is_phone())
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{ClientPassword, Download},
        *,
    };

    const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15";
    const PIXEL: &str = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36";
    const MAC: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15";
    const LINUX: &str = "Mozilla/5.0 (X11; Linux x86_64)";

    #[test]
    fn devices_are_told_apart() {
        assert_eq!(Platform::of(IPHONE), Some(Platform::Ios));
        assert_eq!(Platform::of(PIXEL), Some(Platform::Android));
        assert_eq!(Platform::of(MAC), Some(Platform::Macos));
        assert_eq!(Platform::of(LINUX), None);
    }

    #[test]
    fn a_device_is_led_to_the_app_that_runs_there() {
        let app = |platforms: &[Platform]| ClientApp {
            name: "Webex".to_owned(),
            password: ClientPassword::BroadWorks,
            downloads: platforms.iter().map(|&platform| Download { platform, url: format!("{platform:?}") }).collect(),
        };
        let all = app(&[Platform::Ios, Platform::Android, Platform::Web]);
        for (device, url) in [(IPHONE, "Ios"), (PIXEL, "Android"), (MAC, "Web"), (LINUX, "Web")] {
            assert_eq!(all.download_for(device), Some(url));
        }
        assert_eq!(app(&[Platform::Ios]).download_for(PIXEL), Some("Ios"));
        assert_eq!(app(&[]).download_for(PIXEL), None);
        assert!(all.is_for_phones() && !app(&[Platform::Web]).is_for_phones());
    }
}
