//! The partner's API tokens.

mod create;
mod revoke;

use domain::TokenState;
use leptos::{either::Either, html, prelude::*};
use leptos_router::hooks::use_query_map;

use self::{create::CreateToken, revoke::RevokeToken};
#[cfg(feature = "ssr")]
use super::session::signed_in;
use super::{
    address,
    loaded::loaded,
    model::{Page, TokenRow},
    text::scope_text,
};
use crate::{
    i18n::*,
    problem::Problem,
    ui::{
        button::Emphasis,
        empty::Empty,
        moment::Moment,
        pager::Pager,
        table::{Cell, Table},
        title::Title,
    },
};

/// The API's documentation, on this server.
const DOCUMENTATION: &str = "/v1/docs";

/// The tokens, from `after` on.
#[server(prefix = "/api", endpoint = "hub/tokens", client = crate::hub::client::HubClient)]
pub async fn list_tokens(after: Option<String>) -> Result<Page<TokenRow>, Problem> {
    let (hub, administrator) = signed_in::<ListTokens>().await?;
    hub.tokens(&administrator, after).await
}

/// Which dialog is open.
#[derive(Clone)]
enum TokenDialog {
    Create,
    Revoke(TokenRow),
}

/// The API tokens.
#[component]
pub fn Tokens() -> impl IntoView {
    let i18n = use_i18n();
    let query = use_query_map();
    let after = move || query.read().get("after");
    let page = Resource::new_blocking(after, list_tokens);
    let dialog = RwSignal::new(None::<TokenDialog>);
    let create = NodeRef::<html::Button>::new();
    let shown = loaded(page, move |page| {
        view! {
            <Title text=text!(i18n, hub.tokens.title)/>
            <header class="page-head page-head-split">
                <div>
                    <h1>{text!(i18n, hub.tokens.title)}</h1>
                    <p class="lead">
                        {text!(i18n, hub.tokens.lead)} " "
                        <a href=DOCUMENTATION rel="external">{text!(i18n, hub.tokens.docs)}</a>
                    </p>
                </div>
                <button
                    type="button"
                    class=Emphasis::Primary.class()
                    node_ref=create
                    on:click=move |_| dialog.set(Some(TokenDialog::Create))
                >
                    {text!(i18n, hub.tokens.create)}
                </button>
            </header>
            <List page first=after().map(|_| address::TOKENS.to_owned()) dialog/>
        }
    });
    view! {
        {shown}
        {move || dialog.get().map(|open| {
            let on_close = move || dialog.set(None);
            match open {
                TokenDialog::Create => {
                    let reload = Callback::new(move |()| page.refetch());
                    view! { <CreateToken reload on_close/> }.into_any()
                }
                TokenDialog::Revoke(token) => {
                    // The button that opened the dialog is gone with the token's validity.
                    let revoked = Callback::new(move |()| {
                        page.refetch();
                        if let Some(create) = create.get_untracked() {
                            _ = create.focus();
                        }
                    });
                    view! { <RevokeToken token revoked on_close/> }.into_any()
                }
            }
        })}
    }
}

#[component]
fn List(page: Page<TokenRow>, first: Option<String>, dialog: RwSignal<Option<TokenDialog>>) -> impl IntoView {
    let i18n = use_i18n();
    if page.rows.is_empty() {
        return Either::Left(view! {
            <Empty title=text!(i18n, hub.tokens.empty).into_any()>
                {text!(i18n, hub.tokens.empty_hint)} " "
                <a href=DOCUMENTATION rel="external">{text!(i18n, hub.tokens.docs)}</a>
            </Empty>
        });
    }
    let columns = vec![
        text!(i18n, hub.tokens.name).into_any(),
        text!(i18n, hub.tokens.state).into_any(),
        text!(i18n, hub.tokens.scopes).into_any(),
        text!(i18n, hub.tokens.created).into_any(),
        text!(i18n, hub.tokens.expires).into_any(),
        text!(i18n, hub.tokens.used).into_any(),
        view! { <span class="visually-hidden">{text!(i18n, hub.tokens.actions)}</span> }.into_any(),
    ];
    let next = page.next.map(address::tokens);
    Either::Right(view! {
        <Table label=text!(i18n, hub.tokens.title) columns>
            {page.rows.into_iter().map(|token| view! { <Token token dialog/> }).collect_view()}
        </Table>
        <Pager first next/>
    })
}

#[component]
fn Token(token: TokenRow, dialog: RwSignal<Option<TokenDialog>>) -> impl IntoView {
    let i18n = use_i18n();
    let TokenRow { name, permissions, created, expires, used, state, .. } = token.clone();
    let of = name.clone();
    let revocable = state != TokenState::Revoked;
    let allows = move || {
        let locale = i18n.get_locale();
        permissions.iter().map(|permission| view! { <li>{scope_text(locale, *permission)}</li> }).collect_view()
    };
    view! {
        <tr role="row">
            <Cell label=text!(i18n, hub.tokens.name)>
                <strong class="name">{name}</strong>
            </Cell>
            <Cell label=text!(i18n, hub.tokens.state)>
                <span class="status" data-tone=tone(state)>{move || state_text(i18n.get_locale(), state)}</span>
            </Cell>
            <Cell label=text!(i18n, hub.tokens.scopes)>
                <ul>{allows}</ul>
            </Cell>
            <Cell label=text!(i18n, hub.tokens.created)>
                <Moment at=created/>
            </Cell>
            <Cell label=text!(i18n, hub.tokens.expires)>
                {match expires {
                    Some(at) => Either::Left(view! { <Moment at/> }),
                    None => Either::Right(text!(i18n, hub.tokens.never_expires)),
                }}
            </Cell>
            <Cell label=text!(i18n, hub.tokens.used)>
                {match used {
                    Some(at) => Either::Left(view! { <Moment at/> }),
                    None => Either::Right(view! { <span class="muted">{text!(i18n, hub.tokens.never_used)}</span> }),
                }}
            </Cell>
            <Cell label=text!(i18n, hub.tokens.actions)>
                {revocable.then(|| view! {
                    <button
                        type="button"
                        class=Emphasis::Secondary.class()
                        on:click=move |_| dialog.set(Some(TokenDialog::Revoke(token.clone())))
                    >
                        {text!(i18n, hub.tokens.revoke)}
                        <span class="visually-hidden">
                            {t!(i18n, hub.tokens.revoke_of, token = move || of.clone())}
                        </span>
                    </button>
                })}
            </Cell>
        </tr>
    }
}

fn state_text(locale: Locale, state: TokenState) -> &'static str {
    match state {
        TokenState::Valid => td_string!(locale, hub.tokens.valid),
        TokenState::Expired => td_string!(locale, hub.tokens.expired),
        TokenState::Revoked => td_string!(locale, hub.tokens.revoked),
    }
}

const fn tone(state: TokenState) -> &'static str {
    match state {
        TokenState::Valid => "good",
        TokenState::Expired => "waiting",
        TokenState::Revoked => "off",
    }
}
