//! Putting a page of the server into the open one.

use std::cell::{Cell, RefCell};

use dom::{document, focus, window};
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    AbortSignal, Document, DomParser, Element, Event, Headers, HtmlInputElement, MouseEvent, NodeList, RequestCache,
    RequestInit, Response, SupportedType,
};

use crate::{dress::dress, form, live};

/// Around everything that a page of the portal shows.
const PORTAL: &str = ".portal";
/// What only pages of the portal have: a hotel's page may have a `portal`, too.
const STEP: &str = ".portal > main[data-step]";
/// Where nobody is signed in.
const SIGN_IN: &str = "sign-in";
/// How long a server may take, in milliseconds: longer than it gives itself.
const PATIENCE: u32 = 45_000;
/// What a page of the server's says went wrong.
const PROBLEM: &str = "#problem";
/// What it says of somebody else's being signed in.
const MIX_UP: &str = "#mix-up";
/// The header that says for whom the open page was made (`app::hub::client::MEANT_FOR`).
const MEANT_FOR: &str = "flowthrough-for";

/// What is asked of the server beside forms: one at a time.
#[derive(Clone, PartialEq, Eq)]
enum Wish {
    /// What has become of the page; `pressed` by the reader, who is told if nobody can say.
    Look { pressed: bool },
    /// The page in another language, from this address.
    Language(String),
}

thread_local! {
    /// Counts what the server was asked: an answer that a form has overtaken is not shown.
    static ASKED: Cell<u32> = const { Cell::new(0) };
    /// Whether the answer to a wish is awaited.
    static LOOKS: Cell<bool> = const { Cell::new(false) };
    /// What waits for its turn.
    static WAITING: RefCell<Option<Wish>> = const { RefCell::new(None) };
    /// Whether the page was asked for once more, because nobody seemed to be signed in any more.
    static DOUBTED: Cell<bool> = const { Cell::new(false) };
}

/// A page that the server has sent.
pub struct Page {
    document: Document,
    /// Where it has led to from what was asked for.
    address: Option<String>,
    /// Whether the server could not do what it was asked (HTTP status 500 and above).
    pub is_failure: bool,
}

/// What is typed into the fields of a page, by their ids.
pub type Typed = Vec<(String, String)>;

/// Why a page is shown.
#[derive(Clone, PartialEq, Eq)]
pub enum Occasion {
    /// The reader sent the form with this action, when this was typed into the page.
    Answer(String, Typed),
    /// Something has changed.
    Change,
    /// The reader wants another language.
    Language,
}

/// Takes the open page over.
pub fn begin() {
    dress();
    hear("popstate", || _ = window().location().reload());
    hear("online", refresh);
}

/// Hears of what happens to the window, as long as the page is open.
fn hear(event: &str, heard: fn()) {
    let listener = Closure::<dyn Fn()>::new(heard).into_js_value();
    // Fails only for a listener that is no function.
    _ = window().add_event_listener_with_callback(event, listener.unchecked_ref());
}

/// A page that nobody looks at listens to nothing: a browser has few connections for all of its tabs.
pub fn seen_or_hidden(_: Event) {
    live::listen();
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
    match link.get_attribute("href").filter(|_| !link.has_attribute("data-refresh")) {
        Some(address) => want(Wish::Language(address)),
        None => want(Wish::Look { pressed: true }),
    }
}

/// What matches this selector, among that which the event happened to and what stands around it.
pub fn closest(event: &Event, selector: &str) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest(selector).ok()?
}

/// Shows what has become of the page meanwhile. Without an answer it stays as it is.
pub fn refresh() {
    want(Wish::Look { pressed: false });
}

/// Asks at once, or when what is awaited has come. Of two that wait, a language counts.
fn want(wish: Wish) {
    if form::is_under_way() || LOOKS.get() {
        WAITING.with_borrow_mut(|waiting| {
            if !matches!(waiting, Some(Wish::Language(_))) {
                *waiting = Some(wish);
            }
        });
        return;
    }
    LOOKS.set(true);
    spawn_local(async move {
        follow(wish).await;
        LOOKS.set(false);
        catch_up();
    });
}

/// Asks for what has waited until the answer before had come.
pub fn catch_up() {
    if let Some(wish) = WAITING.take() {
        want(wish);
    }
}

async fn follow(wish: Wish) {
    let number = overtake();
    let (address, occasion, pressed) = match wish {
        Wish::Look { pressed } => (here(), Occasion::Change, pressed),
        Wish::Language(address) => (address, Occasion::Language, true),
    };
    let page = ask(&address, &RequestInit::new(), meant_for().as_deref()).await;
    if number != ASKED.get() {
        return;
    }
    match page.filter(|page| !page.is_failure) {
        Some(page) if page.is_to_be_doubted() => later(2_000, refresh),
        Some(page) => page.show(&occasion),
        None if pressed => tell_offline(),
        None => {}
    }
}

/// The open page's address, without its query: that a language was asked for counts once.
fn here() -> String {
    window().location().pathname().unwrap_or_default()
}

/// For whom the open page was made.
fn meant_for() -> Option<String> {
    document().query_selector("main[data-user]").ok()??.get_attribute("data-user")
}

/// Does something in so many milliseconds.
pub fn later(milliseconds: i32, deed: impl FnOnce() + 'static) {
    let deed = Closure::once_into_js(deed);
    // Fails only for what is no function.
    _ = window().set_timeout_with_callback_and_timeout_and_arguments_0(deed.unchecked_ref(), milliseconds);
}

/// From now on no answer to what was asked before is shown. Returns the number of what is asked next.
pub fn overtake() -> u32 {
    ASKED.set(ASKED.get().wrapping_add(1));
    ASKED.get()
}

/// Asks the server for a page, for whom the open one was made. What does not come from it (a hotel's sign-in page, a proxy's
/// error) is none.
pub async fn ask(address: &str, request: &RequestInit, meant_for: Option<&str>) -> Option<Page> {
    let headers = Headers::new().ok()?;
    headers.set("Accept", "text/html").ok()?;
    if let Some(user) = meant_for {
        headers.set(MEANT_FOR, user).ok()?;
    }
    request.set_headers(&headers);
    request.set_cache(RequestCache::NoStore);
    request.set_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE)));
    let answer = JsFuture::from(window().fetch_with_str_and_init(address, request)).await.ok()?;
    let answer = answer.dyn_into::<Response>().ok()?;
    let text = JsFuture::from(answer.text().ok()?).await.ok()?.as_string()?;
    let document = DomParser::new().ok()?.parse_from_string(&text, SupportedType::TextHtml).ok()?;
    document.query_selector(STEP).ok()??;
    let address = answer.redirected().then(|| answer.url());
    Some(Page { document, address, is_failure: answer.status() >= 500 })
}

impl Page {
    /// Shows the page in place of the open one. What is the same step keeps what was typed, and changes under the reader's
    /// hands only where it says so.
    pub fn show(&self, occasion: &Occasion) {
        DOUBTED.set(false);
        let is_same = self.is_same_step();
        let speaks_the_same = root(&self.document, "lang") == root(&document(), "lang");
        if is_same && speaks_the_same && *occasion == Occasion::Change {
            self.freshen();
        } else {
            self.replace(occasion, is_same);
        }
        dress();
    }

    /// Whether nobody seems to be signed in any more. It is asked for once more: the mailed link, opened in another tab,
    /// begins another session, and its cookie may still be on its way.
    fn is_to_be_doubted(&self) -> bool {
        let signed_out = step(&self.document).as_deref() == Some(SIGN_IN) && meant_for().is_some();
        signed_out && !DOUBTED.replace(true)
    }

    /// Says what the page says went wrong, and leaves the open one as it is.
    pub fn tell(&self) {
        let told = ["[data-problem]", PROBLEM, MIX_UP].into_iter().find_map(|place| {
            let told = self.document.query_selector(place).ok().flatten()?;
            Some(told.inner_html()).filter(|_| told.child_element_count() > 0)
        });
        tell(told);
    }

    /// Whether the page says that something went wrong.
    pub fn has_problem(&self) -> bool {
        [PROBLEM, MIX_UP].into_iter().any(|place| {
            let problem = self.document.query_selector(place).ok().flatten();
            problem.is_some_and(|problem| problem.child_element_count() > 0)
        })
    }

    /// Whether the page shows the step that is open.
    pub fn is_same_step(&self) -> bool {
        step(&self.document) == step(&document())
    }

    fn freshen(&self) {
        if let Ok(Some(offline)) = document().query_selector("#problem[data-offline]") {
            offline.set_class_name("");
            offline.set_inner_html("");
        }
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
            if let Some(shown) = document().document_element() {
                _ = shown.set_attribute(attribute, &root(&self.document, attribute));
            }
        }
        self.go();
        if is_same {
            keep(&typed, occasion);
        }
        if is_same {
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
        let Some(address) = self.address.as_deref().and_then(|address| address.split(['?', '#']).next()) else {
            return;
        };
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
    if let Ok(Some(problem)) = document().query_selector(PROBLEM) {
        _ = problem.set_attribute("data-offline", "");
    }
}

fn tell(words: Option<String>) {
    if let (Some(problem), Some(words)) = (document().query_selector(PROBLEM).ok().flatten(), words) {
        problem.set_class_name("notice notice-error");
        problem.set_inner_html(&words);
    }
}

/// An attribute of a document's root.
fn root(document: &Document, attribute: &str) -> String {
    document.document_element().and_then(|root| root.get_attribute(attribute)).unwrap_or_default()
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
            Some(format!("form[action='{}'] button[type=submit]", form.get_attribute("action")?))
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
            Occasion::Answer(action, sent) => {
                let is_sent = input.form().is_some_and(|form| form.action() == *action);
                !is_sent || input.type_() == "password" || value(sent, &input).is_some_and(|sent| sent != now)
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
