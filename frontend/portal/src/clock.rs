//! What goes on by the second.

use std::cell::Cell;

use dom::{document, window};
use js_sys::Date;
use wasm_bindgen::{JsCast as _, closure::Closure};
use web_sys::Element;

use crate::{form, live, wish};

/// In milliseconds.
const SECOND: u64 = 1000;
/// How often to look for changes while no stream comes through, in seconds.
const WITHOUT_A_STREAM: u32 = 4;

thread_local! {
    static TICKS: Cell<u32> = const { Cell::new(0) };
}

/// Goes on as long as the page is open.
pub fn start() {
    let tick = Closure::<dyn Fn()>::new(tick).into_js_value();
    // Fails only for what is no function.
    _ = window().set_interval_with_callback_and_timeout_and_arguments_0(tick.unchecked_ref(), 1000);
}

/// Does something in so many milliseconds.
pub fn later(milliseconds: i32, deed: impl FnOnce() + 'static) {
    let deed = Closure::once_into_js(deed);
    // Fails only for what is no function.
    _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(deed.unchecked_ref(), milliseconds);
}

fn tick() {
    count_down();
    TICKS.set(TICKS.get() + 1);
    if TICKS.get().is_multiple_of(WITHOUT_A_STREAM) && live::is_deaf() {
        wish::refresh();
    }
}

/// Shows how many seconds are left until a mail may be asked for again. Until then its button does nothing.
pub fn count_down() {
    let Ok(Some(button)) = document().query_selector("form.resend button") else { return };
    let note = document().query_selector("[data-seconds]").ok().flatten();
    let left = note.as_ref().and_then(seconds_left).unwrap_or(0);
    if left > 0 {
        _ = button.set_attribute("aria-disabled", "true");
    } else if !form::is_under_way() {
        _ = button.remove_attribute("aria-disabled");
    }
    let Some(note) = note else { return };
    if left == 0 {
        note.remove();
        return;
    }
    let words = note.get_attribute("data-words").unwrap_or_default();
    if let (Some(words), Ok(Some(shown))) = (words.split('|').nth(left), note.query_selector("span")) {
        shown.set_text_content(Some(words));
    }
}

/// By the clock and not by ticks: a page in the background has few.
fn seconds_left(note: &Element) -> Option<usize> {
    let until = match note.get_attribute("data-until") {
        Some(until) => until.parse().ok()?,
        None => {
            let until = now() + note.get_attribute("data-seconds")?.parse::<u64>().ok()? * SECOND;
            _ = note.set_attribute("data-until", &until.to_string());
            until
        }
    };
    usize::try_from(until.saturating_sub(now()).div_ceil(SECOND)).ok()
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "milliseconds since 1970")]
fn now() -> u64 {
    Date::now() as u64
}
