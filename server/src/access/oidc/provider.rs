//! One identity provider: where a browser is sent, and who comes back.

use std::{error::Error, sync::Arc, time::Duration};

use domain::{
    Fault, Timestamp,
    timestamp::{HOUR, MINUTE, SECOND},
};
use openidconnect::{
    AuthType, AuthenticationFlow, AuthorizationCode, ClaimsVerificationError, ClientId, ClientSecret, CsrfToken,
    DiscoveryError, IdToken, IssuerUrl, Nonce, OAuth2TokenResponse as _, PkceCodeChallenge, PkceCodeVerifier,
    RedirectUrl, RequestTokenError, Scope, SignatureVerificationError, TokenResponse as _,
    core::{
        CoreAuthPrompt, CoreClientAuthMethod, CoreErrorResponseType, CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreResponseType,
    },
};
use tokio::sync::Mutex;
use url::Url;

use super::{
    RETURN, Settings,
    claims::{Claims, Identity, Knocking, Metadata, Others, moment, timestamp},
    key,
    outside::Outside,
};
use crate::{
    access::secret::fingerprint, condition::Condition, environment::Environment, fault::Trouble, outbound::Address,
    quotation::quote,
};

/// How long a provider's document and keys are taken to be as they were, in milliseconds.
const KNOWN: i64 = HOUR;
/// How long it is not asked again when it could not be reached, in milliseconds.
const PAUSE: i64 = 5 * SECOND;
/// How old the keys are at least that are asked for again because one is not among them, in milliseconds: so that nobody
/// who makes one up has them asked for all the time.
const KEYS: i64 = MINUTE;
/// How far clocks may be apart, in milliseconds.
const SKEW: i64 = MINUTE;

type Token = IdToken<Others, CoreGenderClaim, CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm>;

/// A provider, and what is known of it.
#[derive(Debug)]
pub struct Provider {
    settings: Settings,
    key: String,
    redirect: String,
    outside: Outside,
    known: Mutex<Option<(Timestamp, Found)>>,
    condition: Condition,
}

type Found = Result<Arc<Metadata>, Unavailable>;

/// It cannot be reached, or is set up so that nobody can sign in: the log says why.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unavailable;

impl From<Unavailable> for Trouble {
    fn from(_: Unavailable) -> Self {
        Fault::OidcUnavailable.into()
    }
}

/// Why nobody came of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// The provider cannot be used.
    Unavailable,
    /// The answer is not one to what was asked here: what of it is wrong, for the log.
    Answer(&'static str),
}

impl From<Unavailable> for Refused {
    fn from(_: Unavailable) -> Self {
        Self::Unavailable
    }
}

/// What is asked of a provider.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Who somebody is.
    SignIn,
    /// That they show it once more, whether they are signed in there or not.
    Proof,
}

/// A sign-in that was begun in a browser, by the secret in its cookie.
#[derive(Clone, Copy)]
pub struct Attempt<'a>(pub &'a str);

impl Attempt<'_> {
    fn made(self, what: &str) -> String {
        fingerprint(format!("oidc {what}\n{}", self.0))
    }

    /// Whether an answer is one to what was asked in this browser.
    #[must_use]
    pub fn is_state(self, state: &str) -> bool {
        // Of their hashes: how long it takes says nothing of the state itself.
        fingerprint(state) == fingerprint(self.made("state"))
    }

    fn nonce(self) -> Nonce {
        Nonce::new(self.made("nonce"))
    }

    fn verifier(self) -> PkceCodeVerifier {
        PkceCodeVerifier::new(self.made("verifier"))
    }
}

impl Provider {
    /// One of the settings. `patience` is for one call.
    ///
    /// # Errors
    /// If no client can be made.
    pub fn new(settings: Settings, public_url: &str, patience: Duration) -> Result<Self, reqwest::Error> {
        let (key, condition) = (key(&settings), Condition::new("identity provider", settings.issuer.as_str()));
        let redirect = format!("{public_url}{RETURN}/{key}");
        Ok(Self {
            key,
            redirect,
            condition,
            outside: Outside::new(settings.reach.clone(), patience)?,
            known: Mutex::default(),
            settings,
        })
    }

    /// By what it is named in addresses.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// How it is set up.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Where it has to send browsers back to.
    #[must_use]
    pub fn redirect(&self) -> &str {
        &self.redirect
    }

    /// Where to send a browser that begins this attempt.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn address(
        &self,
        environment: &Environment,
        attempt: Attempt<'_>,
        purpose: Purpose,
    ) -> Result<Url, Unavailable> {
        let metadata = self.metadata(environment).await?;
        let client = self.client(&metadata)?;
        let (state, nonce) = (CsrfToken::new(attempt.made("state")), attempt.nonce());
        let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
        let mut request = client
            .authorize_url(flow, || state, || nonce)
            .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&attempt.verifier()))
            .add_scopes(self.settings.scopes.iter().cloned().map(Scope::new));
        if purpose == Purpose::Proof {
            request = request.add_prompt(CoreAuthPrompt::Login).set_max_age(Duration::ZERO);
        }
        Ok(request.url().0)
    }

    /// Who comes back with this code.
    ///
    /// # Errors
    /// [`Refused`].
    pub async fn identify(
        &self,
        environment: &Environment,
        attempt: Attempt<'_>,
        (code, issuer): (&str, Option<&str>),
    ) -> Result<Identity, Refused> {
        let metadata = self.metadata(environment).await?;
        // RFC 9207: an answer of another provider is not taken to this one.
        let names_itself = metadata.additional_metadata().authorization_response_iss_parameter_supported;
        if issuer.map_or(names_itself, |issuer| issuer != self.settings.issuer) {
            return Err(Refused::Answer("issuer"));
        }
        let client = self.client(&metadata)?;
        let exchange = client
            .exchange_code(AuthorizationCode::new(code.to_owned()))
            .map_err(|_| self.fails(environment, "document", "no token endpoint"))?
            .set_pkce_verifier(attempt.verifier());
        let tokens = match exchange.request_async(&self.outside).await {
            Ok(tokens) => tokens,
            // Whoever comes back with a code of their own making is no outage of the provider's.
            Err(RequestTokenError::ServerResponse(no))
                if matches!(
                    no.error(),
                    CoreErrorResponseType::InvalidGrant | CoreErrorResponseType::InvalidRequest
                ) =>
            {
                return Err(Refused::Answer("code"));
            }
            Err(RequestTokenError::ServerResponse(no)) => {
                return Err(self.fails(environment, "client", no.error().as_ref()).into());
            }
            Err(error) => return Err(self.fails(environment, "token", &told(&error)).into()),
        };
        self.condition.works(environment.now());
        let token = tokens.id_token().ok_or(Refused::Answer("no token"))?;
        let claims = match self.verified(environment, &client, token, attempt) {
            Err(Wrong::Key) => {
                let newer = self.client(&*self.newer(environment).await?)?;
                self.verified(environment, &newer, token, attempt)
            }
            verified => verified,
        };
        let claims = claims.map_err(|wrong| Refused::Answer(wrong.into()))?;
        let identity = Identity::of(&claims, &self.settings.roles_claim).ok_or(Refused::Answer("subject"))?;
        if !identity.is_bare() || client.user_info_url().is_none() {
            return Ok(identity);
        }
        let subject = Some(claims.subject().clone());
        let request = client.user_info(tokens.access_token().clone(), subject).map_err(|_| Refused::Unavailable)?;
        match request.request_async(&self.outside).await {
            Ok(told) => Ok(identity.with(&told, &self.settings.roles_claim)),
            Err(openidconnect::UserInfoError::ClaimsVerification(_)) => Err(Refused::Answer("user info")),
            Err(error) => Err(self.fails(environment, "user info", &told(&error)).into()),
        }
    }

    /// Looks at the provider's document, for an operator.
    ///
    /// # Errors
    /// What is wrong with it.
    pub async fn probe(&self) -> Result<(), String> {
        let metadata = self.discover().await.map_err(|(_, wrong)| wrong)?;
        if metadata.token_endpoint().is_none() {
            return Err("its document names no token endpoint".to_owned());
        }
        let methods = metadata.additional_metadata().code_challenge_methods_supported.as_ref();
        if methods.is_some_and(|methods| !methods.iter().any(|method| method == "S256")) {
            return Err("it does not take PKCE with S256".to_owned());
        }
        let code = |types: &openidconnect::ResponseTypes<CoreResponseType>| types[..] == [CoreResponseType::Code];
        if !metadata.response_types_supported().iter().any(code) {
            return Err("it does not take the authorization code flow".to_owned());
        }
        match metadata.id_token_signing_alg_values_supported().iter().any(|alg| ALGORITHMS.contains(alg)) {
            true => Ok(()),
            false => Err("it signs with no key pair of an algorithm that is known here".to_owned()),
        }
    }

    fn client(&self, metadata: &Metadata) -> Result<Knocking, Unavailable> {
        let secret = self.settings.client_secret.clone().map(|secret| ClientSecret::new(secret.0));
        let redirect = RedirectUrl::new(self.redirect.clone()).map_err(|_| Unavailable)?;
        let client =
            Knocking::from_provider_metadata(metadata.clone(), ClientId::new(self.settings.client_id.clone()), secret);
        let methods = metadata.token_endpoint_auth_methods_supported();
        let takes = |method| methods.is_none_or(|methods| methods.contains(&method));
        let by_body = !takes(CoreClientAuthMethod::ClientSecretBasic) && takes(CoreClientAuthMethod::ClientSecretPost);
        let auth = if by_body { AuthType::RequestBody } else { AuthType::BasicAuth };
        Ok(client.set_redirect_uri(redirect).set_auth_type(auth))
    }

    /// The claims of a token that this provider has made for us, in answer to this attempt, and not long ago.
    fn verified(
        &self,
        environment: &Environment,
        client: &Knocking,
        token: &Token,
        attempt: Attempt<'_>,
    ) -> Result<Claims, Wrong> {
        let now = environment.now();
        let verifier = client
            .id_token_verifier()
            .set_allowed_algs(ALGORITHMS)
            .set_time_fn(move || moment(now.plus(-SKEW)))
            .set_issue_time_verifier_fn(move |at| match timestamp(at) <= now.plus(SKEW) {
                true => Ok(()),
                false => Err("made later than now".to_owned()),
            });
        let claims = token.claims(&verifier, &attempt.nonce())?;
        let party = claims.authorized_party();
        match party.is_none_or(|party| party.as_str() == self.settings.client_id) {
            true => Ok(claims.clone()),
            false => Err(Wrong::Other("audience")),
        }
    }

    /// The provider's document and keys, asked for when what is known of them is old.
    async fn metadata(&self, environment: &Environment) -> Found {
        self.not_older(environment, KNOWN).await
    }

    /// The same, asked for again because a key is not among them.
    async fn newer(&self, environment: &Environment) -> Found {
        self.not_older(environment, KEYS).await
    }

    async fn not_older(&self, environment: &Environment, age: i64) -> Found {
        // Whoever comes meanwhile waits for the same answer.
        let mut known = self.known.lock().await;
        let now = environment.now();
        if let Some((at, found)) = &*known {
            let age = if found.is_ok() { age } else { PAUSE };
            if (0..age).contains(&now.since(*at)) {
                return found.clone();
            }
        }
        let found = match self.discover().await {
            Ok(metadata) => {
                self.condition.works(now);
                Ok(Arc::new(metadata))
            }
            Err((cause, wrong)) => Err(self.fails(environment, cause, &wrong)),
        };
        *known = Some((environment.now(), found.clone()));
        found
    }

    async fn discover(&self) -> Result<Metadata, (&'static str, String)> {
        let issuer = IssuerUrl::new(self.settings.issuer.clone()).map_err(|wrong| ("document", told(&wrong)))?;
        let metadata = Metadata::discover_async(issuer, &self.outside).await.map_err(|error| match &error {
            DiscoveryError::Request(_) => ("unreachable", told(&error)),
            _ => ("document", told(&error)),
        })?;
        let readable = |url: &Url| Address::parse(url.as_str()).and_then(Address::encrypted).is_ok();
        match readable(metadata.authorization_endpoint().url()) {
            true => Ok(metadata),
            false => Err(("document", "its authorization endpoint does not begin with https://".to_owned())),
        }
    }

    fn fails(&self, environment: &Environment, cause: &'static str, wrong: &str) -> Unavailable {
        self.condition.fails(environment.now(), cause, quote(wrong, &[]));
        Unavailable
    }
}

/// Signatures by key pairs: what the client's own secret has signed could be signed by whoever knows it.
const ALGORITHMS: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// What is wrong with a token.
enum Wrong {
    /// It is signed by a key that is not known.
    Key,
    Other(&'static str),
}

impl From<ClaimsVerificationError> for Wrong {
    fn from(error: ClaimsVerificationError) -> Self {
        match error {
            ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey) => Self::Key,
            ClaimsVerificationError::SignatureVerification(_) => Self::Other("signature"),
            ClaimsVerificationError::InvalidAudience(_) => Self::Other("audience"),
            ClaimsVerificationError::InvalidIssuer(_) => Self::Other("issuer"),
            ClaimsVerificationError::InvalidNonce(_) => Self::Other("nonce"),
            ClaimsVerificationError::Expired(_) => Self::Other("time"),
            _ => Self::Other("token"),
        }
    }
}

impl From<Wrong> for &'static str {
    fn from(wrong: Wrong) -> Self {
        match wrong {
            Wrong::Key => "key",
            Wrong::Other(what) => what,
        }
    }
}

/// An error with what has caused it. No answer is quoted: the library keeps those apart.
fn told(error: &dyn Error) -> String {
    let mut said = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        said = format!("{said}: {cause}");
        source = cause.source();
    }
    said
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_that_is_sent_is_made_of_the_secret_and_tells_nothing_of_it() {
        let (attempt, other) = (Attempt("secret"), Attempt("another"));
        let state = attempt.made("state");
        assert!(attempt.is_state(&state) && !other.is_state(&state) && !attempt.is_state(""));
        let made = [state, attempt.nonce().secret().clone(), attempt.verifier().secret().clone()];
        assert!(made.iter().all(|made| made.len() == 64 && !made.contains("secret")));
        assert!(made[0] != made[1] && made[1] != made[2] && made[0] != made[2]);
    }
}
