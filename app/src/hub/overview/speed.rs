//! How long it took from arrival to account.

use leptos::prelude::*;

use crate::{
    hub::{model::Speed, text::number_text},
    i18n::*,
};

/// How long it took from arrival to account.
#[component]
pub(super) fn HowLong(speed: Option<Speed>) -> impl IntoView {
    let i18n = use_i18n();
    speed.map(|Speed { median, most, of }| {
        let number = move || number_text(i18n.get_locale(), of);
        view! {
            <dl class="overview-speed">
                <div>
                    <dt>{text!(i18n, hub.overview.median)}</dt>
                    <dd>{span_text(median)}</dd>
                </div>
                <div>
                    <dt>{text!(i18n, hub.overview.most)}</dt>
                    <dd>{span_text(most)}</dd>
                </div>
            </dl>
            <p class="muted">{t!(i18n, hub.overview.speed_of, count = move || of, number)}</p>
        }
    })
}

/// A span of time, to the two largest of its units: their signs are the same in all of the hub's languages.
fn span_text(milliseconds: i64) -> String {
    const UNITS: [(i64, &str); 4] = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    let seconds = milliseconds.max(0) / 1_000;
    if seconds == 0 {
        return "< 1 s".to_owned();
    }
    let mut parts = Vec::new();
    let mut left = seconds;
    for (length, name) in UNITS {
        if left >= length || !parts.is_empty() {
            parts.push((left / length, name));
            left %= length;
        }
    }
    let parts = parts.into_iter().take(2).filter(|(number, _)| *number > 0);
    parts.map(|(number, name)| format!("{number}\u{a0}{name}")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_told_to_their_two_largest_units() {
        for (milliseconds, text) in [
            (0, "< 1 s"),
            (999, "< 1 s"),
            (1_000, "1\u{a0}s"),
            (61_000, "1\u{a0}min 1\u{a0}s"),
            (3_600_000, "1\u{a0}h"),
            (3_661_000, "1\u{a0}h 1\u{a0}min"),
            (2 * 86_400_000 + 5 * 3_600_000 + 59_000, "2\u{a0}d 5\u{a0}h"),
            (-5, "< 1 s"),
        ] {
            assert_eq!(span_text(milliseconds), text);
        }
    }
}
