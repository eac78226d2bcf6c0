//! What is asked of the server beside forms: one thing at a time.

use std::cell::{Cell, RefCell};

use dom::{document, window};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Event, MouseEvent, RequestInit};

use crate::{
    clock::later,
    form,
    page::{self, Answer, Occasion, ServerPage, closest},
};

/// Where nobody is signed in.
const SIGN_IN: &str = "sign-in";
/// How soon to ask again whether nobody is signed in, in milliseconds.
const DOUBT: i32 = 2_000;
/// The header that says for whom the open page was made (`app::hub::client::MEANT_FOR`).
const MEANT_FOR: &str = "flowthrough-for";
/// The header that says what the open page says is wrong (`app::visitor`).
const TOLD: &str = "flowthrough-told";

/// What is asked for.
#[derive(Clone, PartialEq, Eq)]
enum Wish {
    /// What has become of the page: `pressed` by the reader, who is told if nobody can say; `again`, because it was doubtful.
    Look { pressed: bool, again: bool },
    /// The page in another language, from this address.
    Language(String),
}

thread_local! {
    /// Counts what the server was asked: an answer that a form has overtaken is not shown.
    static ASKED: Cell<u32> = const { Cell::new(0) };
    /// Whether an answer is awaited.
    static ASKS: Cell<bool> = const { Cell::new(false) };
    /// What waits for its turn.
    static WAITING: RefCell<Option<Wish>> = const { RefCell::new(None) };
}

/// Links that lead to the same page are followed without leaving it.
pub fn clicked(event: Event) {
    let Some(link) = closest(&event, "a[data-refresh], .locales a") else { return };
    let elsewhere =
        |click: &MouseEvent| click.ctrl_key() || click.meta_key() || click.shift_key() || click.button() != 0;
    if event.dyn_ref().is_some_and(elsewhere) {
        return;
    }
    event.prevent_default();
    want(match link.get_attribute("href").filter(|_| !link.has_attribute("data-refresh")) {
        Some(address) => Wish::Language(address),
        None => Wish::Look { pressed: true, again: false },
    });
}

/// Shows what has become of the page meanwhile. Without an answer it stays as it is.
pub fn refresh() {
    want(Wish::Look { pressed: false, again: false });
}

/// Asks for what has waited until an answer had come.
pub fn catch_up() {
    if let Some(wish) = WAITING.take() {
        want(wish);
    }
}

/// From now on no answer to what was asked before is shown. Returns the number of what is asked next.
pub fn overtake() -> u32 {
    ASKED.set(ASKED.get().wrapping_add(1));
    ASKED.get()
}

/// Asks at once, or when the answer that is awaited has come. Of two that wait, a language counts.
fn want(wish: Wish) {
    if form::is_under_way() || ASKS.get() {
        WAITING.with_borrow_mut(|waiting| {
            if !matches!(waiting, Some(Wish::Language(_))) {
                *waiting = Some(wish);
            }
        });
        return;
    }
    ASKS.set(true);
    spawn_local(async move {
        follow(wish).await;
        ASKS.set(false);
        catch_up();
    });
}

async fn follow(wish: Wish) {
    let number = overtake();
    let mut headers: Vec<_> =
        attribute("main[data-user]", "data-user").map(|user| (MEANT_FOR, user)).into_iter().collect();
    let (address, occasion) = match &wish {
        // Without a query: that a language was asked for counts once.
        Wish::Look { .. } => (window().location().pathname().unwrap_or_default(), Occasion::Change),
        Wish::Language(address) => {
            headers.extend(attribute("#problem[data-code]", "data-code").map(|code| (TOLD, code)));
            (address.clone(), Occasion::Language)
        }
    };
    let answer = page::ask(&address, &RequestInit::new(), &headers).await;
    if number != ASKED.get() {
        return;
    }
    match (answer, wish) {
        (Answer::Page(page), Wish::Look { pressed, again: false }) if is_doubtful(&page) => {
            later(DOUBT, move || want(Wish::Look { pressed, again: true }));
        }
        (Answer::Page(page), _) if !page.is_failure => {
            page.show(&occasion);
            if occasion == Occasion::Language {
                forget_query();
            }
        }
        (_, Wish::Look { pressed: false, .. }) => {}
        (Answer::Page(failed), _) => failed.tell(),
        (Answer::Unheard(unheard), _) => page::tell_unheard(unheard),
    }
}

/// Whether nobody seems to be signed in any more. The mailed link, opened in another tab, begins another session, and its
/// cookie may still be on its way.
fn is_doubtful(page: &ServerPage) -> bool {
    page.step().as_deref() == Some(SIGN_IN) && attribute("main[data-user]", "data-user").is_some()
}

fn attribute(of: &str, name: &str) -> Option<String> {
    document().query_selector(of).ok()??.get_attribute(name)
}

/// The language that a link asked for is not the reader's any more: the page loaded anew shall be in the one that was chosen.
fn forget_query() {
    let path = window().location().pathname();
    if let (Ok(path), Ok(history)) = (path, window().history()) {
        _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&path));
    }
}
