//! A page of the server's, put into the open one.

use dom::{document, focus, window};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, Document, DomParser, Element, Event, Headers, NodeList, RequestCache, RequestInit, Response,
    SupportedType,
};

use crate::{
    dress::dress,
    typed::{Typed, focused, keep, typed},
};

/// Around everything that a page of the portal shows.
const PORTAL: &str = ".portal";
/// What only pages of the portal have: a hotel's page may have a `portal`, too.
const STEP: &str = ".portal > main[data-step]";
/// Where a page says what went wrong, and that somebody else is signed in.
const PROBLEM: &str = "#problem";
const MIX_UP: &str = "#mix-up";
/// How long a server may take, in milliseconds: longer than it gives itself.
const PATIENCE: u32 = 45_000;

/// A page that the server has sent.
pub struct ServerPage {
    document: Document,
    /// Where it has led to from what was asked for.
    address: Option<String>,
    /// Whether the server could not do what it was asked (HTTP status 500 and above).
    pub is_failure: bool,
}

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

/// What came of asking the server.
pub enum Answer {
    /// Its page.
    Page(ServerPage),
    /// None of its pages.
    Unheard(Unheard),
}

/// Why there is no page of the server's.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Unheard {
    /// There is no connection, or a hotel's sign-in page instead.
    Offline,
    /// A proxy says in words of its own that there is too much to do.
    Busy,
    /// A proxy refuses in words of its own, or fails.
    Failed,
}

impl Unheard {
    /// Of an answer that is no page of ours, by its status.
    fn of(status: u16) -> Self {
        match status {
            429 | 502..=504 => Self::Busy,
            // A network that wants its own sign-in first (RFC 6585 §6) keeps us from the server.
            511 | ..400 => Self::Offline,
            _ => Self::Failed,
        }
    }

    /// The template whose words say so: they came with the page.
    fn words(self) -> &'static str {
        match self {
            Self::Offline => "offline",
            Self::Busy => "busy",
            Self::Failed => "failed",
        }
    }
}

/// Asks the server for a page.
pub async fn ask(address: &str, request: &RequestInit, more: &[(&str, String)]) -> Answer {
    let Some(answer) = fetch(address, request, more).await else { return Answer::Unheard(Unheard::Offline) };
    let status = answer.status();
    match read(answer).await {
        Some(page) => Answer::Page(page),
        None => Answer::Unheard(Unheard::of(status)),
    }
}

async fn fetch(address: &str, request: &RequestInit, more: &[(&str, String)]) -> Option<Response> {
    let headers = Headers::new().ok()?;
    headers.set("Accept", "text/html").ok()?;
    for (name, value) in more {
        headers.set(name, value).ok()?;
    }
    request.set_headers(&headers);
    request.set_cache(RequestCache::NoStore);
    request.set_signal(Some(&AbortSignal::timeout_with_u32(PATIENCE)));
    JsFuture::from(window().fetch_with_str_and_init(address, request)).await.ok()?.dyn_into().ok()
}

/// The page that an answer holds, if it is one of ours.
async fn read(answer: Response) -> Option<ServerPage> {
    let text = JsFuture::from(answer.text().ok()?).await.ok()?.as_string()?;
    let document = DomParser::new().ok()?.parse_from_string(&text, SupportedType::TextHtml).ok()?;
    document.query_selector(STEP).ok()??;
    let address = answer.redirected().then(|| answer.url());
    Some(ServerPage { document, address, is_failure: answer.status() >= 500 })
}

impl ServerPage {
    /// Shows the page in place of the open one. What is the same step keeps what was typed, and changes under the reader's
    /// hands only where it says so.
    pub fn show(&self, occasion: &Occasion) {
        let speaks_the_same = root(&self.document, "lang") == root(&document(), "lang");
        if self.is_same_step() && speaks_the_same && *occasion == Occasion::Change {
            self.freshen();
        } else {
            self.replace(occasion);
        }
        dress();
    }

    /// Says what the page says went wrong, and leaves the open one as it is.
    pub fn tell(&self) {
        let told = ["[data-problem]", PROBLEM, MIX_UP].into_iter().find_map(|place| self.told(place));
        if let Some(told) = told {
            tell(&told);
        }
    }

    /// Whether the page says that something went wrong.
    pub fn has_problem(&self) -> bool {
        [PROBLEM, MIX_UP].into_iter().any(|place| self.told(place).is_some())
    }

    /// What tells its step from others.
    pub fn step(&self) -> Option<String> {
        step(&self.document)
    }

    /// Whether the page shows the step that is open.
    pub fn is_same_step(&self) -> bool {
        self.step() == step(&document())
    }

    fn told(&self, place: &str) -> Option<String> {
        let told = self.document.query_selector(place).ok()??;
        (told.child_element_count() > 0).then(|| told.inner_html())
    }

    fn freshen(&self) {
        if let Ok(Some(offline)) = document().query_selector("#problem[data-offline]") {
            offline.set_class_name("");
            offline.set_inner_html("");
        }
        document().set_title(&self.document.title());
        for fresh in elements(self.document.query_selector_all("[data-fresh]")) {
            let shown = document().get_element_by_id(&fresh.id());
            if let Some(shown) = shown.filter(|shown| shown.inner_html() != fresh.inner_html()) {
                shown.set_inner_html(&fresh.inner_html());
            }
        }
    }

    fn replace(&self, occasion: &Occasion) {
        let (Some(shown), Some(page)) = (portal(&document()), portal(&self.document)) else { return };
        let (is_same, focused, typed) = (self.is_same_step(), focused(), typed());
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
            focus::focus(focused.and_then(|before| document().query_selector(&before).ok().flatten()));
            if *occasion != Occasion::Language {
                focus::focus_on_what_is_refused();
            }
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

/// Says that the server cannot be reached, or not now, in the words that came with the page, until it can be.
pub fn tell_unheard(unheard: Unheard) {
    let words = document().get_element_by_id(unheard.words()).map(|words| words.inner_html());
    if let Some(problem) = words.and_then(|words| tell(&words)) {
        _ = problem.set_attribute("data-offline", "");
    }
}

/// Says what went wrong. Returns where, if there is a place for it.
fn tell(words: &str) -> Option<Element> {
    let problem = document().query_selector(PROBLEM).ok()??;
    problem.set_class_name("notice notice-error");
    problem.set_inner_html(words);
    _ = problem.remove_attribute("data-offline");
    Some(problem)
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

/// What matches this selector, among that which the event happened to and what stands around it.
pub fn closest(event: &Event, selector: &str) -> Option<Element> {
    event.target()?.dyn_into::<Element>().ok()?.closest(selector).ok()?
}

/// The elements of a list.
pub fn elements(found: Result<NodeList, JsValue>) -> impl Iterator<Item = Element> {
    found.into_iter().flat_map(|list| (0..list.length()).filter_map(move |index| list.get(index)?.dyn_into().ok()))
}
