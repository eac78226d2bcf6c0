//! What is shown only to whoever may do it. The server refuses the others in any case.

use domain::Permission;
use leptos::{either::Either, prelude::*};

use super::model::Me;
use crate::problem::Problem;

/// Who is signed in, as the page around all others has asked once.
pub(super) type CurrentAdministrator = Resource<Result<Me, Problem>>;

/// Its children, for whoever has the permission; for the others the fallback, or nothing.
#[component]
pub(super) fn Allowed(
    /// What one has to be allowed.
    to: Permission,
    /// What the others see.
    #[prop(optional, into)]
    fallback: ViewFn,
    children: ChildrenFn,
) -> impl IntoView {
    let me: CurrentAdministrator = expect_context();
    view! {
        <Transition>
            {move || {
                let (children, fallback) = (children.clone(), fallback.clone());
                Suspend::new(async move {
                    match me.await.is_ok_and(|me| me.role.permissions().allow(to)) {
                        true => Either::Left(children()),
                        false => Either::Right(fallback.run()),
                    }
                })
            }}
        </Transition>
    }
}
