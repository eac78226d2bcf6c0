//! The portal's forms: plain HTML forms that post to a server function, which answers with a page. `frontend/portal` sends them
//! without leaving the page.

use leptos::prelude::*;

use super::visit::use_visit;

/// A form of the page, for whom the page was made: by the time it is sent, somebody else may have signed in.
#[component]
pub fn PortalForm(
    /// The path of the server function to which it is sent.
    action: &'static str,
    /// CSS classes.
    #[prop(optional)]
    class: Option<&'static str>,
    /// What the reader is told once it has been done, where the page goes on as it was.
    #[prop(optional, into)]
    done: Option<String>,
    /// Its fields and its button.
    children: Children,
) -> impl IntoView {
    let visit = use_visit();
    // The server checks, in the reader's language; the browser would only be first.
    view! {
        <form method="post" action=action class=class novalidate=true data-done=done>
            <input type="hidden" name="share" value=visit.share/>
            {visit.user.map(|id| view! { <input type="hidden" name="user" value=id/> })}
            {children()}
        </form>
    }
}
