//! Keeping the focus where pages are redrawn.

pub use dom::focus::{focus, focus_on_refusal, focus_on_what_is_refused, focus_within, is_lost, leads_to_button};
use leptos::prelude::request_animation_frame;

/// Gives the page's heading the focus, so that it is read out; returns whether there is one.
pub fn focus_heading() -> bool {
    focus_within("h1")
}

/// Gives the page's main part the focus: where it waits while a heading is still to come.
pub fn focus_main() {
    focus_within("");
}

/// As soon as the page has been redrawn: if what had the focus went away, gives it to the heading.
pub fn keep() {
    keep_within("h1");
}

/// As [`keep`], when the page changes by itself: where nothing had the focus, nobody is led anywhere.
pub fn keep_if_held() {
    keep_if_held_by("h1");
}

/// The same for a part of the page that has a heading of its own.
pub fn keep_if_held_by(heading: &'static str) {
    if !is_lost() {
        keep_within(heading);
    }
}

/// As soon as the page has been redrawn: if what had the focus went away, gives it to the heading of what came of it.
pub fn keep_on_result() {
    keep_within("h2");
}

fn keep_within(what: &'static str) {
    request_animation_frame(move || {
        if is_lost() {
            focus_within(what);
        }
    });
}
