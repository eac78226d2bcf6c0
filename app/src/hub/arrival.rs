//! Where the focus goes, and how far down the page is scrolled, when the page changes under the reader: to the new page's
//! heading, which is read out; on the way back, to where the reader left it.

#[cfg(feature = "hydrate")]
pub(super) use browser::{Arrived, ArrivedAlone, follow_address};

/// No reader of a page that the server sends was anywhere before.
#[cfg(not(feature = "hydrate"))]
pub(super) const fn follow_address() {}

/// Nobody arrives at the server.
#[cfg(not(feature = "hydrate"))]
#[leptos::component]
pub(super) fn Arrived() -> impl leptos::IntoView {}

/// Nobody arrives at the server.
#[cfg(not(feature = "hydrate"))]
#[leptos::component]
pub(super) fn ArrivedAlone() -> impl leptos::IntoView {}

#[cfg(feature = "hydrate")]
mod browser {
    use std::collections::HashMap;

    use leptos::prelude::*;
    use leptos_router::hooks::{use_location, use_query_map};
    use wasm_bindgen::JsCast as _;
    use web_sys::Element;

    use crate::{
        hub::address,
        ui::{
            focus::{focus, focus_heading, focus_main, is_lost},
            hydrated::use_hydrated,
            listen::listen_first,
            travel::Travel,
        },
    };

    /// How a reader comes to a page.
    #[derive(Clone, PartialEq)]
    enum Way {
        /// By a link or a form.
        Onward,
        /// By the browser's buttons, to a page that was left like this.
        Back(Left),
    }

    /// How a page was left.
    #[derive(Clone, Default, PartialEq)]
    struct Left {
        /// How far down it was scrolled.
        scrolled: f64,
        /// The address of the link that led away.
        by: Option<String>,
    }

    /// On which way somebody is to a page that is not there yet.
    #[derive(Clone, Copy)]
    struct UnderWay(StoredValue<Option<Way>>);

    /// A page's address without what changes in place: its language, and who is shown beside its list.
    #[derive(Clone, Debug, PartialEq, Eq, Hash)]
    struct Place {
        path: String,
        query: String,
    }

    /// For all pages below: follows the address from now on.
    pub(in super::super) fn follow_address() {
        let under_way = UnderWay(StoredValue::new(None));
        provide_context(under_way);
        let (path, query) = (use_location().pathname, use_query_map());
        let search = use_location().search;
        let place = Memo::new(move |_| {
            let mut query = query.get();
            query.remove("lang");
            query.remove(address::USER);
            Place { path: path.get(), query: query.to_query_string() }
        });
        let left = StoredValue::new(HashMap::<Place, Left>::new());
        let travel = Travel::here();
        let note = move |change: &dyn Fn(&mut Left)| {
            if let Some(here) = place.try_get_untracked() {
                left.update_value(|left| change(left.entry(here).or_default()));
            }
        };
        // All of this has to be known before the router goes on.
        listen_first(window().as_ref(), "click", move |event| {
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let link = target.and_then(|target| target.closest("a[href]").ok().flatten());
            let by = link.and_then(|link| link.get_attribute("href"));
            note(&|left| *left = Left { scrolled: scrolled(), by: by.clone() });
        });
        listen_first(window().as_ref(), "scroll", move |_| {
            note(&|left| left.scrolled = scrolled());
        });
        // A page that the browser loads itself has its focus and its scrolling from the browser.
        let loaded_by_browser = !use_hydrated().get_untracked();
        Effect::new(move |before: Option<Place>| {
            let here = place.get();
            // Also by what changes in place one goes back.
            search.track();
            let returns = travel.take();
            let (same_page, same_place) = match &before {
                Some(before) => (before.path == here.path, *before == here),
                None => (false, loaded_by_browser),
            };
            if same_place {
                return here;
            }
            let way = match left.try_with_value(|left| left.get(&here).cloned()).flatten() {
                Some(left) if returns => Way::Back(left),
                _ => Way::Onward,
            };
            set_out(under_way, way, same_page);
            here
        });
    }

    /// The page that was left is gone or about to be replaced: the focus waits where it is not lost. A control that stays,
    /// such as a switch, keeps it.
    fn set_out(under_way: UnderWay, way: Way, same_page: bool) {
        if !same_page {
            focus_main();
        } else if is_lost() || document().active_element().is_some_and(|element| element.tag_name() == "A") {
            focus_heading();
        } else if way == Way::Onward {
            return;
        }
        under_way.0.set_value(Some(way));
    }

    /// Stands in every page of the hub that is complete: whoever was on the way has arrived.
    #[component]
    pub(in super::super) fn Arrived() -> impl IntoView {
        let Some(UnderWay(under_way)) = use_context() else { return };
        Effect::new(move || {
            // By the next frame what has just been made is on the page.
            request_animation_frame(move || match under_way.try_update_value(Option::take).flatten() {
                None => {}
                Some(Way::Onward) => _ = focus_heading(),
                Some(Way::Back(left)) => {
                    match left.by.as_deref().and_then(link_to) {
                        Some(link) => focus(Some(link)),
                        None => _ = focus_heading(),
                    }
                    // The browser has tried that already, before the page had its length.
                    window().scroll_to_with_x_and_y(0.0, left.scrolled);
                }
            });
        });
    }

    /// Stands in pages that have nothing of the hub around them. Where the browser loads one itself, it knows where the focus
    /// goes.
    #[component]
    pub(in super::super) fn ArrivedAlone() -> impl IntoView {
        if use_hydrated().get_untracked() {
            Effect::new(|| request_animation_frame(|| _ = focus_heading()));
        }
    }

    fn scrolled() -> f64 {
        window().scroll_y().unwrap_or_default()
    }

    fn link_to(href: &str) -> Option<Element> {
        let links = document().query_selector_all("main a[href]").ok()?;
        (0..links.length())
            .filter_map(|at| links.get(at)?.dyn_into::<Element>().ok())
            .find(|link| link.get_attribute("href").as_deref() == Some(href))
    }
}
