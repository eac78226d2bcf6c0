//! Passkeys in the browser: it is asked for one, and its answer handed on. There is no JavaScript file of ours: what browsers know of
//! passkeys is called from here.

use domain::Fault;
use leptos::prelude::*;

use super::model::{PasskeyAnswer, PasskeyQuestion};
#[cfg(feature = "ssr")]
use super::session::{hub, signed_in};
use crate::problem::Problem;
#[cfg(feature = "ssr")]
use crate::visitor::{HUB_SESSION, begin_session, visitor};

/// What the browser of whoever signs in is asked.
#[server(prefix = "/api", endpoint = "hub/begin-passkey-sign-in")]
pub async fn begin_passkey_sign_in() -> Result<PasskeyQuestion, Problem> {
    hub().begin_passkey_sign_in(&visitor(HUB_SESSION)).await
}

/// Signs in whoever has shown a passkey.
#[server(prefix = "/api", endpoint = "hub/passkey-sign-in")]
pub async fn sign_in_by_passkey(answer: PasskeyAnswer) -> Result<(), Problem> {
    let session = hub().sign_in_by_passkey(&visitor(HUB_SESSION), &answer).await?;
    begin_session(HUB_SESSION, session);
    Ok(())
}

/// What the browser of whoever proves who they are is asked.
#[server(prefix = "/api", endpoint = "hub/begin-passkey-proof", client = crate::hub::client::HubClient)]
pub async fn begin_passkey_proof() -> Result<PasskeyQuestion, Problem> {
    let visitor = visitor(HUB_SESSION);
    let (hub, administrator) = signed_in::<BeginPasskeyProof>().await?;
    hub.begin_passkey_proof(&administrator, &visitor).await
}

/// Takes a passkey as the proof.
#[server(prefix = "/api", endpoint = "hub/passkey-proof", client = crate::hub::client::HubClient)]
pub async fn prove_by_passkey(answer: PasskeyAnswer) -> Result<(), Problem> {
    let visitor = visitor(HUB_SESSION);
    let (hub, administrator) = signed_in::<ProveByPasskey>().await?;
    hub.prove_by_passkey(&administrator, &visitor, &answer).await
}

/// Signs in by the passkey that the browser is asked for.
pub(super) async fn sign_in() -> Result<(), Problem> {
    sign_in_by_passkey(show(begin_passkey_sign_in().await?).await?).await
}

/// Proves who one is by the passkey that the browser is asked for.
pub(super) async fn prove() -> Result<(), Problem> {
    prove_by_passkey(show(begin_passkey_proof().await?).await?).await
}

/// Whether the browser can be asked here. Not before the page is there: the server knows nothing of it.
pub(super) fn possible() -> Signal<bool> {
    let possible = RwSignal::new(false);
    Effect::new(move || possible.set(browser::knows_passkeys()));
    possible.into()
}

/// Has the browser show a passkey.
async fn show(question: PasskeyQuestion) -> Result<PasskeyAnswer, Problem> {
    answered(question, browser::Deed::Show).await
}

/// Has the browser make one.
pub(super) async fn make(question: PasskeyQuestion) -> Result<PasskeyAnswer, Problem> {
    answered(question, browser::Deed::Make).await
}

async fn answered(question: PasskeyQuestion, deed: browser::Deed) -> Result<PasskeyAnswer, Problem> {
    let PasskeyQuestion { token, options } = question;
    // Whatever a browser says of why not, its owner has seen: it shows what it asks.
    let credential = browser::ask(deed, &options).await.ok_or(Fault::PasskeyNotShown)?;
    Ok(PasskeyAnswer { token, credential })
}

#[cfg(feature = "hydrate")]
mod browser {
    use js_sys::{Function, JSON, Object, Promise, Reflect};
    use leptos::prelude::window;
    use wasm_bindgen::{JsCast as _, JsValue};
    use wasm_bindgen_futures::JsFuture;

    /// What it is asked for.
    #[derive(Clone, Copy)]
    pub enum Deed {
        Make,
        Show,
    }

    impl Deed {
        /// What reads the question, and what is asked it.
        const fn names(self) -> (&'static str, &'static str) {
            match self {
                Self::Make => ("parseCreationOptionsFromJSON", "create"),
                Self::Show => ("parseRequestOptionsFromJSON", "get"),
            }
        }
    }

    /// Whether it knows passkeys, as WebAuthn level 3 has them, and the page's address has a name, without which there are none.
    pub fn knows_passkeys() -> bool {
        let reads = |deed: Deed| passkeys().and_then(|passkeys| method(&passkeys, deed.names().0)).is_some();
        reads(Deed::Make) && reads(Deed::Show) && window().location().hostname().is_ok_and(|host| !is_address(&host))
    }

    /// Only an address ends with a number, or stands in brackets (URL standard, "ends in a number").
    fn is_address(host: &str) -> bool {
        host.starts_with('[') || host.rsplit('.').next().is_some_and(|last| last.parse::<u32>().is_ok())
    }

    /// Asks it, and returns what it answers as JSON; nothing if it, or its owner, would not.
    pub async fn ask(deed: Deed, options: &str) -> Option<String> {
        let (read, asked) = deed.names();
        let passkeys = passkeys()?;
        let options = method(&passkeys, read)?.call1(&passkeys, &JSON::parse(options).ok()?).ok()?;
        let request = Object::new();
        Reflect::set(&request, &"publicKey".into(), &options).ok()?;
        let credentials = Reflect::get(&window().navigator(), &"credentials".into()).ok()?;
        let answer = method(&credentials, asked)?.call1(&credentials, &request).ok()?.dyn_into::<Promise>().ok()?;
        let credential = JsFuture::from(answer).await.ok().filter(JsValue::is_object)?;
        let written = method(&credential, "toJSON")?.call0(&credential).ok()?;
        JSON::stringify(&written).ok()?.as_string()
    }

    fn passkeys() -> Option<JsValue> {
        Reflect::get(&window(), &"PublicKeyCredential".into()).ok().filter(JsValue::is_function)
    }

    fn method(of: &JsValue, name: &str) -> Option<Function> {
        Reflect::get(of, &name.into()).ok()?.dyn_into().ok()
    }
}

/// The server has no browser.
#[cfg(not(feature = "hydrate"))]
mod browser {
    #[derive(Clone, Copy)]
    pub enum Deed {
        Make,
        Show,
    }

    pub const fn knows_passkeys() -> bool {
        false
    }

    pub async fn ask(deed: Deed, _: &str) -> Option<String> {
        match deed {
            Deed::Make | Deed::Show => std::future::ready(None).await,
        }
    }
}
