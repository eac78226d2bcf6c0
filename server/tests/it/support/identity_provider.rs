//! An identity provider that only pretends: it lets in whom a test says, and says of them what a test says. The real one is
//! asked in `end2end/hub/oidc.spec.ts`.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
};

use axum::{
    Json, Router,
    extract::{OriginalUri, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse as _, Response},
};
use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use domain::{Role, timestamp::SECOND};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};
use server::{
    access::oidc::{RETURN, Secret, Settings},
    environment::Environment,
    outbound::Reach,
};
use sha2::{Digest as _, Sha256};
use tokio::net::TcpListener;
use url::Url;

use super::PUBLIC_URL;

/// As which client the server is known there, and what proves it.
pub const CLIENT: (&str, &str) = ("flowthrough", "a secret: of ours & theirs");

/// A provider. Cheap to clone.
#[derive(Clone)]
pub struct IdentityProvider {
    pub url: String,
    environment: Environment,
    state: Arc<Mutex<Known>>,
}

#[derive(Default)]
struct Known {
    codes: HashMap<String, Code>,
    /// What is claimed of whoever is let in next, beside what always is.
    claims: Value,
    /// What it says when it is asked for more.
    user_info: Option<Value>,
    /// By which of its keys it signs, and which it shows.
    signs: u8,
    shows: u8,
    is_down: bool,
    /// Which of its addresses were asked, in order.
    asked: Vec<String>,
}

struct Code {
    nonce: String,
    challenge: String,
    redirect: String,
}

impl IdentityProvider {
    pub async fn start(environment: &Environment) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let provider = Self { url, environment: environment.clone(), state: Arc::default() };
        let router = Router::new().fallback(answer).with_state(provider.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        provider
    }

    /// How a partner's people sign in by it.
    pub fn settings(&self, partner: Option<&str>) -> Settings {
        Settings {
            partner: partner.map(str::to_owned),
            name: "Contoso".to_owned(),
            issuer: self.url.clone(),
            client_id: CLIENT.0.to_owned(),
            client_secret: Some(Secret::new(CLIENT.1.to_owned())),
            scopes: vec!["email".to_owned()],
            roles_claim: "roles".to_owned(),
            roles: [
                ("admins", Role::FullAdministrator),
                ("staff", Role::Administrator),
                ("auditors", Role::ReadOnly),
                ("desk", Role::HelpDesk),
            ]
            .map(|(value, role)| (value.to_owned(), role))
            .into(),
            domains: Vec::new(),
            trust_email: false,
            link: false,
            reach: Reach::everywhere(),
        }
    }

    /// From now on it says this of whoever it lets in; what is null is left out.
    pub fn says(&self, claims: Value) {
        self.known().claims = claims;
    }

    /// What it says when it is asked for more than its token holds.
    pub fn says_when_asked(&self, claims: Value) {
        self.known().user_info = Some(claims);
    }

    /// From now on it signs by this key, and shows that one.
    pub fn signs_by(&self, signs: u8, shows: u8) {
        let mut known = self.known();
        (known.signs, known.shows) = (signs, shows);
    }

    /// It answers nothing useful any more, or again.
    pub fn is_down(&self, is_down: bool) {
        self.known().is_down = is_down;
    }

    /// How often this address of it was asked.
    pub fn asked(&self, path: &str) -> usize {
        self.known().asked.iter().filter(|asked| *asked == path).count()
    }

    /// Somebody is let in who was sent there. Returns where they are sent back to, at the server.
    pub fn lets_in(&self, sent: &str) -> String {
        let sent = Url::parse(sent).unwrap();
        let asked: HashMap<_, _> = sent.query_pairs().into_owned().collect();
        assert_eq!(format!("{}/authorize", self.url), sent.as_str().split('?').next().unwrap());
        for (name, value) in [("client_id", CLIENT.0), ("response_type", "code"), ("code_challenge_method", "S256")] {
            assert_eq!(asked[name], value, "{name}");
        }
        assert_eq!(asked["scope"], "openid email");
        let redirect = asked["redirect_uri"].clone();
        assert!(redirect.starts_with(&format!("{PUBLIC_URL}{RETURN}/")), "{redirect}");
        let to = redirect.strip_prefix(PUBLIC_URL).unwrap().to_owned();
        let code = self.environment.token();
        let (nonce, challenge) = (asked["nonce"].clone(), asked["code_challenge"].clone());
        self.known().codes.insert(code.clone(), Code { nonce, challenge, redirect });
        back(&to, &[("code", &code), ("state", &asked["state"]), ("iss", &self.url)])
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.state.lock().unwrap()
    }

    /// A token, by the key of this number, under the name of one that it shows.
    fn signed(&self, (key, shown): (u8, u8), claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let head = json!({ "alg": "EdDSA", "kid": shown.to_string(), "typ": "JWT" });
        let text = format!("{}.{}", part(&head), part(claims));
        let signature = URL_SAFE_NO_PAD.encode(pair(key).sign(text.as_bytes()));
        format!("{text}.{signature}")
    }

    fn claims(&self, nonce: &str) -> Value {
        let now = self.environment.now().0 / SECOND;
        let mut claims = json!({
            "iss": self.url, "aud": CLIENT.0, "sub": "ann-1", "nonce": nonce, "iat": now, "exp": now + 300, "auth_time": now,
            "email": "ann@contoso.example", "email_verified": true, "roles": ["staff"],
        });
        if let Value::Object(other) = &self.known().claims {
            for (name, value) in other {
                match value {
                    Value::Null => _ = claims.as_object_mut().unwrap().remove(name),
                    value => claims[name] = value.clone(),
                }
            }
        }
        claims
    }

    fn exchange(&self, headers: &HeaderMap, form: &HashMap<String, String>) -> Result<Value, &'static str> {
        let encoded = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
        let client = STANDARD.encode(format!("{}:{}", encoded(CLIENT.0), encoded(CLIENT.1)));
        if headers.get(header::AUTHORIZATION).is_none_or(|sent| *sent != format!("Basic {client}")) {
            return Err("invalid_client");
        }
        let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        // Each counts once.
        let code = self.known().codes.remove(field("code")).ok_or("invalid_grant")?;
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(field("code_verifier")));
        if challenge != code.challenge || field("redirect_uri") != code.redirect {
            return Err("invalid_grant");
        }
        let claims = self.claims(&code.nonce);
        let keys = {
            let known = self.known();
            (known.signs, known.shows)
        };
        Ok(json!({ "access_token": "opaque", "token_type": "Bearer", "id_token": self.signed(keys, &claims) }))
    }
}

/// Where an answer of a provider leads, that goes to this address with these parameters.
pub fn back(to: &str, parameters: &[(&str, &str)]) -> String {
    format!("{to}?{}", url::form_urlencoded::Serializer::new(String::new()).extend_pairs(parameters).finish())
}

fn pair(key: u8) -> Ed25519KeyPair {
    Ed25519KeyPair::from_seed_unchecked(&[key + 1; 32]).unwrap()
}

async fn answer(
    State(provider): State<IdentityProvider>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: String,
) -> Response {
    let (url, path) = (&provider.url, uri.path());
    let (shows, is_down) = {
        let mut known = provider.known();
        known.asked.push(path.to_owned());
        (known.shows, known.is_down)
    };
    if is_down {
        return StatusCode::BAD_GATEWAY.into_response();
    }
    match path {
        "/.well-known/openid-configuration" => Json(json!({
            "issuer": url,
            "authorization_endpoint": format!("{url}/authorize"),
            "token_endpoint": format!("{url}/token"),
            "userinfo_endpoint": format!("{url}/me"),
            "jwks_uri": format!("{url}/keys"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["EdDSA"],
            "code_challenge_methods_supported": ["S256"],
            "authorization_response_iss_parameter_supported": true,
        }))
        .into_response(),
        "/keys" => {
            let x = URL_SAFE_NO_PAD.encode(pair(shows).public_key());
            let key = json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": shows.to_string(), "x": x });
            Json(json!({ "keys": [key] })).into_response()
        }
        "/token" => {
            match provider.exchange(&headers, &url::form_urlencoded::parse(body.as_bytes()).into_owned().collect()) {
                Ok(tokens) => Json(tokens).into_response(),
                Err(error) => (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response(),
            }
        }
        "/me" => match &provider.known().user_info {
            Some(told) => Json(told.clone()).into_response(),
            None => StatusCode::FORBIDDEN.into_response(),
        },
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}
