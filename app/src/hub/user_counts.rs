//! How many users there are and how they stand, as a bar and in words.

use leptos::prelude::*;

use super::model::Counts;
use crate::i18n::*;

/// A slim bar, and its numbers in words beside it. Drawn as SVG because the page's policy allows no inline styles.
#[component]
pub(super) fn UserCounts(
    /// The numbers.
    #[prop(into)]
    users: Signal<Counts>,
) -> impl IntoView {
    let i18n = use_i18n();
    let parts = move || {
        let Counts { provisioned, pending, error, .. } = users.get();
        [
            ("good", provisioned, t_string!(i18n, hub.standing.provisioned)),
            ("waiting", pending, t_string!(i18n, hub.standing.pending)),
            ("bad", error, t_string!(i18n, hub.standing.error)),
        ]
    };
    let bar = move || {
        let mut start = 0;
        parts().map(|(tone, count, _)| {
            let x = start;
            start += count;
            view! { <rect data-tone=tone x=x width=count height="1"/> }
        })
    };
    let words = move || {
        parts().map(|(tone, count, name)| view! { <li data-tone=tone data-none=(count == 0).then_some("")>{count} " " {name}</li> })
    };
    view! {
        <div class="standing">
            <svg
                class="standing-bar"
                viewBox=move || format!("0 0 {} 1", users.get().total.max(1))
                preserveAspectRatio="none"
                aria-hidden="true"
            >
                {bar}
            </svg>
            <ul class="standing-words">{words}</ul>
        </div>
    }
}
