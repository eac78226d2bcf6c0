//! Putting a page of the server into the open one.

use std::cell::Cell;

use dom::{document, focus, window};
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    Document, DomParser, Element, Event, Headers, HtmlInputElement, NodeList, RequestCache, RequestInit, Response,
    SupportedType,
};

use crate::{dress::dress, form};

/// Around everything that a page of the portal shows.
const PORTAL: &str = ".portal";
/// What a page of the server's says went wrong.
const PROBLEM: &str = "#problem";
/// The header that says for whom the open page was made (`app::hub::client::MEANT_FOR`).
const MEANT_FOR: &str = "flowthrough-for";

thread_local! {
    /// Counts what the server was asked: an answer that another has overtaken is not shown.
    static ASKED: Cell<u32> = const { Cell::new(0) };
    /// Whether something changed while the answer to a form was awaited, perhaps after that was made.
    static MISSED: Cell<bool> = const { Cell::new(false) };
}

/// A page that the server has sent.
pub struct Page {
    document: Document,
    address: String,
    /// Whether the server could not do what it was asked (HTTP status 500 and above).
    pub is_failure: bool,
}

/// What is typed into the fields of a page, by their ids.
pub type Typed = Vec<(String, String)>;

/// Why a page is shown.
#[derive(Clone, PartialEq, Eq)]
pub enum Occasion {
    /// The reader sent a form, when this was typed into the page.
    Answer(Typed),
    /// Something has changed.
    Change,
    /// The reader wants another language.
    Language,
}

/// Takes the open page over.
pub fn begin() {
    dress();
    let gone_back = Closure::<dyn Fn()>::new(|| _ = window().location().reload()).into_js_value();
    // Fails only for a listener that is no function.
    _ = window().add_event_listener_with_callback("popstate", gone_back.unchecked_ref());
}

/// Links that lead to the same page are followed without leaving it.
pub fn clicked(event: Event) {
    let Some(link) = closest(&event, "a[data-refresh], .locales a") else { return };
    event.prevent_default();
    let occasion = if link.has_attribute("data-refresh") { Occasion::Change } else { Occasion::Language };
    let Some(address) = link.get_attribute("href") else { return };
    spawn_local(async move { follow(&address, occasion).await });
}

/// What matches this selector, among that which the event happened to and what stands around it.
pub fn closest(event: &Event, selector: &str) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest(selector).ok()?
}

/// Shows what has become of the page meanwhile. Without an answer it stays as it is.
pub fn refresh() {
    if let Ok(address) = window().location().href() {
        spawn_local(async move { follow(&address, Occasion::Change).await });
    }
}

async fn follow(address: &str, occasion: Occasion) {
    if form::is_under_way() {
        MISSED.set(true);
        return;
    }
    let number = overtake();
    let page = ask(address, &RequestInit::new()).await;
    if let Some(page) = page.filter(|page| !page.is_failure && number == ASKED.get()) {
        page.show(&occasion);
    }
}

/// Shows what has changed while the answer to a form was awaited.
pub fn catch_up() {
    if MISSED.take() {
        refresh();
    }
}

/// From now on no answer to what was asked before is shown. Returns the number of what is asked next.
pub fn overtake() -> u32 {
    ASKED.set(ASKED.get().wrapping_add(1));
    ASKED.get()
}

/// Asks the server for a page. What does not come from it (a hotel's sign-in page, a proxy's error) is none.
pub async fn ask(address: &str, request: &RequestInit) -> Option<Page> {
    let headers = Headers::new().ok()?;
    headers.set("Accept", "text/html").ok()?;
    if let Some(user) =
        document().query_selector("main[data-user]").ok()?.and_then(|main| main.get_attribute("data-user"))
    {
        headers.set(MEANT_FOR, &user).ok()?;
    }
    request.set_headers(&headers);
    request.set_cache(RequestCache::NoStore);
    let answer = JsFuture::from(window().fetch_with_str_and_init(address, request)).await.ok()?;
    let answer = answer.dyn_into::<Response>().ok()?;
    let text = JsFuture::from(answer.text().ok()?).await.ok()?.as_string()?;
    let document = DomParser::new().ok()?.parse_from_string(&text, SupportedType::TextHtml).ok()?;
    document.query_selector(PORTAL).ok()??;
    Some(Page { document, address: answer.url(), is_failure: answer.status() >= 500 })
}

impl Page {
    /// Shows the page in place of the open one. What is the same step keeps what was typed, and changes under the reader's
    /// hands only where it says so.
    pub fn show(&self, occasion: &Occasion) {
        let is_same = step(&self.document) == step(&document());
        if is_same && *occasion == Occasion::Change {
            self.freshen();
        } else {
            self.replace(occasion, is_same);
        }
        dress();
    }

    /// Says what the page says went wrong, and leaves the open one as it is.
    pub fn tell(&self) {
        let told = self.document.query_selector("[data-problem]").ok().flatten();
        tell(told.map(|told| told.inner_html()));
    }

    /// Whether the page says that something went wrong.
    pub fn has_problem(&self) -> bool {
        let problem = self.document.query_selector(PROBLEM).ok().flatten();
        problem.is_some_and(|problem| problem.child_element_count() > 0)
    }

    fn freshen(&self) {
        for fresh in elements(self.document.query_selector_all("[data-fresh]")) {
            let shown = document().get_element_by_id(&fresh.id());
            if let Some(shown) = shown.filter(|shown| shown.inner_html() != fresh.inner_html()) {
                shown.set_inner_html(&fresh.inner_html());
            }
        }
    }

    fn replace(&self, occasion: &Occasion, is_same: bool) {
        let (Some(shown), Some(page)) = (portal(&document()), portal(&self.document)) else { return };
        let (focused, typed) = (focused(), typed());
        shown.set_inner_html(&page.inner_html());
        document().set_title(&self.document.title());
        for attribute in ["lang", "dir"] {
            if let (Some(root), Some(new)) = (document().document_element(), self.document.document_element()) {
                _ = root.set_attribute(attribute, &new.get_attribute(attribute).unwrap_or_default());
            }
        }
        self.go();
        if is_same {
            keep(&typed, occasion);
        }
        if is_same || *occasion == Occasion::Language {
            let before = focused.and_then(|before| document().query_selector(&before).ok().flatten());
            focus::focus(before);
            focus::focus_on_what_is_refused();
        }
        if focus::is_lost() {
            focus::focus_within("h1");
        }
    }

    /// Where the page has another address than the open one, the browser shows it and can go back.
    fn go(&self) {
        let address = self.address.split(['?', '#']).next().unwrap_or_default();
        let here = window().location().href().unwrap_or_default();
        if here.split(['?', '#']).next() != Some(address)
            && let Ok(history) = window().history()
        {
            _ = history.push_state_with_url(&JsValue::NULL, "", Some(address));
        }
    }
}

/// Says that the server cannot be reached, in the words that came with the page.
pub fn tell_offline() {
    let words = document().get_element_by_id("offline").map(|words| words.inner_html());
    tell(words);
}

fn tell(words: Option<String>) {
    if let (Some(problem), Some(words)) = (document().query_selector(PROBLEM).ok().flatten(), words) {
        problem.set_class_name("notice notice-error");
        problem.set_inner_html(&words);
    }
}

fn portal(document: &Document) -> Option<Element> {
    document.query_selector(PORTAL).ok().flatten()
}

fn step(document: &Document) -> Option<String> {
    document.query_selector("main").ok().flatten()?.get_attribute("data-step")
}

/// How to find what has the focus on a page that was made anew.
fn focused() -> Option<String> {
    let element = document().active_element()?;
    if let Some(language) = element.get_attribute("hreflang") {
        return Some(format!("a[hreflang='{language}']"));
    }
    match element.id() {
        id if id.is_empty() => {
            let form = element.closest("form[action]").ok()??;
            Some(format!("form[action='{}'] button", form.get_attribute("action")?))
        }
        id => Some(format!("#{id}")),
    }
}

/// What is typed into the open page's fields.
pub fn typed() -> Typed {
    inputs().map(|input| (input.id(), input.value())).collect()
}

/// Keeps what was typed. What the server has answered to a form holds what it was sent, but for a password, which it never
/// sends back, and what was typed since.
fn keep(typed: &Typed, occasion: &Occasion) {
    for input in inputs() {
        let Some(now) = value(typed, &input) else { continue };
        let stays = match occasion {
            Occasion::Answer(sent) => {
                input.type_() == "password" || value(sent, &input).is_some_and(|sent| sent != now)
            }
            Occasion::Change | Occasion::Language => true,
        };
        if stays {
            input.set_value(now);
        }
    }
}

fn value<'a>(typed: &'a Typed, input: &HtmlInputElement) -> Option<&'a str> {
    typed.iter().find(|(id, _)| *id == input.id()).map(|(_, value)| value.as_str())
}

fn inputs() -> impl Iterator<Item = HtmlInputElement> {
    elements(document().query_selector_all("main input[id]")).filter_map(|input| input.dyn_into().ok())
}

/// The elements of a list.
pub fn elements(found: Result<NodeList, JsValue>) -> impl Iterator<Item = Element> {
    found.into_iter().flat_map(|list| (0..list.length()).filter_map(move |index| list.get(index)?.dyn_into().ok()))
}
