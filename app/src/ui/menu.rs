//! A menu behind a button, on the browser's own popovers: in the top layer, so that no table clips it, and closed by
//! Esc or a press anywhere else.

use leptos::{ev, html, prelude::*};

use super::focus::focus;

/// The menu around a [`MenuItem`].
#[derive(Clone, Copy)]
struct Parts {
    button: NodeRef<html::Button>,
    popup: NodeRef<html::Div>,
}

/// A button with three dots that opens a menu. Its children are [`MenuItem`]s; they exist only while it is open.
#[component]
pub fn Menu(
    /// The menu's element id.
    id: String,
    /// The accessible name of the button and the menu.
    #[prop(into)]
    label: Signal<String>,
    /// The items.
    children: ChildrenFn,
) -> impl IntoView {
    let parts = Parts { button: NodeRef::new(), popup: NodeRef::new() };
    let open = RwSignal::new(false);
    provide_context(parts);
    follow_window(open, parts);
    let about_to_change = move |_: ev::Event| {
        let Some(popup) = parts.popup.get_untracked() else { return };
        let opening = !popup.matches(":popover-open").unwrap_or(false);
        if opening {
            // By the next frame the items are there and the popup has its size.
            request_animation_frame(move || {
                place(parts);
                focus(popup.first_element_child());
            });
        } else if popup.matches(":focus-within").unwrap_or(false) {
            // The focused item is about to go; left to itself, the focus would go with it.
            focus(parts.button.get_untracked().map(Into::into));
        }
        open.set(opening);
    };
    let button_key = move |event: ev::KeyboardEvent| {
        if event.key() == "ArrowDown" {
            event.prevent_default();
            if let Some(popup) = parts.popup.get_untracked() {
                // Refused only if it is open already.
                _ = popup.show_popover();
            }
        }
    };
    let popup_key = move |event: ev::KeyboardEvent| {
        let Some(popup) = parts.popup.get_untracked() else { return };
        let current = document().active_element();
        let target = match event.key().as_str() {
            "ArrowDown" => current.and_then(|item| item.next_element_sibling()).or(popup.first_element_child()),
            "ArrowUp" => current.and_then(|item| item.previous_element_sibling()).or(popup.last_element_child()),
            "Home" => popup.first_element_child(),
            "End" => popup.last_element_child(),
            "Tab" => return close(parts),
            _ => return,
        };
        event.prevent_default();
        focus(target);
    };
    view! {
        <button
            type="button"
            class="menu-button"
            node_ref=parts.button
            popovertarget=id.clone()
            aria-haspopup="menu"
            aria-expanded=move || open.get().to_string()
            aria-controls=id.clone()
            aria-label=label
            on:keydown=button_key
        ></button>
        <div
            id=id
            class="menu"
            popover="auto"
            role="menu"
            aria-label=label
            node_ref=parts.popup
            on:beforetoggle=about_to_change
            on:keydown=popup_key
        >
            {move || open.get().then(|| children())}
        </div>
    }
}

/// One thing that the menu offers.
#[component]
pub fn MenuItem(
    /// Called when it is chosen, after the menu has closed and the focus is back on its button.
    on_choose: impl Fn() + 'static,
    /// Whether it cannot be undone.
    #[prop(optional)]
    danger: bool,
    /// Its name.
    children: Children,
) -> impl IntoView {
    let parts = expect_context::<Parts>();
    let choose = move |_| {
        close(parts);
        on_choose();
    };
    view! {
        <button type="button" role="menuitem" tabindex="-1" class="menu-item" data-danger=danger.then_some("") on:click=choose>
            {children()}
        </button>
    }
}

/// Closes the menu. Some browsers do not focus a button that is clicked, so the focus is given back by hand.
fn close(parts: Parts) {
    if let Some(popup) = parts.popup.get_untracked() {
        // Refused only if it is closed already.
        _ = popup.hide_popover();
    }
    focus(parts.button.get_untracked().map(Into::into));
}

/// While the menu is open: a turned phone or a resized window gives it another place.
#[cfg(feature = "hydrate")]
fn follow_window(open: RwSignal<bool>, parts: Parts) {
    let listener = StoredValue::new_local(None::<WindowListenerHandle>);
    let replace = move |by| {
        if let Some(Some(former)) = listener.try_update_value(|kept| std::mem::replace(kept, by)) {
            former.remove();
        }
    };
    Effect::new(move || replace(open.get().then(|| window_event_listener(ev::resize, move |_| place(parts)))));
    on_cleanup(move || replace(None));
}

// A value that belongs to one thread would panic here: the server drops pages on whichever thread is free.
#[cfg(not(feature = "hydrate"))]
const fn follow_window(_: RwSignal<bool>, _: Parts) {}

/// Puts the popup below its button, above it where there is no room; their ends are in line.
#[cfg(feature = "hydrate")]
fn place(parts: Parts) {
    const GAP: f64 = 4.0;
    let (Some(button), Some(popup)) = (parts.button.get_untracked(), parts.popup.get_untracked()) else { return };
    let Some(page) = document().document_element() else { return };
    let (anchor, size) = (button.get_bounding_client_rect(), popup.get_bounding_client_rect());
    let right_to_left = popup.matches(":dir(rtl)").unwrap_or(false);
    let left = if right_to_left { anchor.left() } else { anchor.right() - size.width() };
    let left = left.min(f64::from(page.client_width()) - size.width() - GAP).max(GAP);
    let below = anchor.bottom() + GAP;
    let fits = below + size.height() <= f64::from(page.client_height());
    let top = if fits { below } else { (anchor.top() - size.height() - GAP).max(GAP) };
    let style = leptos::web_sys::HtmlElement::style(&popup);
    for (property, offset) in
        [("left", left + f64::from(page.scroll_left())), ("top", top + f64::from(page.scroll_top()))]
    {
        // A length in pixels is always a valid value.
        _ = style.set_property(property, &format!("{offset}px"));
    }
}

#[cfg(not(feature = "hydrate"))]
const fn place(_: Parts) {}
