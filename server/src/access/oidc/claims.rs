//! What a provider says of somebody.

use chrono::{DateTime, Utc};
use domain::Timestamp;
use openidconnect::{
    AdditionalClaims, AdditionalProviderMetadata, Client, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet,
    EndpointSet, IdTokenClaims, IdTokenFields, ProviderMetadata, StandardErrorResponse, StandardTokenResponse,
    UserInfoClaims,
    core::{
        CoreAuthDisplay, CoreAuthPrompt, CoreClaimName, CoreClaimType, CoreClientAuthMethod, CoreErrorResponseType,
        CoreGenderClaim, CoreGrantType, CoreJsonWebKey, CoreJweContentEncryptionAlgorithm,
        CoreJweKeyManagementAlgorithm, CoreJwsSigningAlgorithm, CoreResponseMode, CoreResponseType, CoreRevocableToken,
        CoreRevocationErrorResponse, CoreSubjectIdentifierType, CoreTokenIntrospectionResponse, CoreTokenType,
    },
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// The longest name that a provider may have for somebody (OpenID Connect Core, section 2), in bytes.
const LONGEST_SUBJECT: usize = 255;

/// The claims that the standard does not name.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(super) struct Others {
    #[serde(flatten)]
    all: Map<String, Value>,
}

impl AdditionalClaims for Others {}

/// What a provider's document says beside what [`openidconnect`] reads.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Announced {
    /// RFC 9207.
    pub(super) authorization_response_iss_parameter_supported: bool,
    /// RFC 8414; nothing is said by many who take S256.
    pub(super) code_challenge_methods_supported: Option<Vec<String>>,
}

impl AdditionalProviderMetadata for Announced {}

/// A provider's document.
pub(super) type Metadata = ProviderMetadata<
    Announced,
    CoreAuthDisplay,
    CoreClientAuthMethod,
    CoreClaimName,
    CoreClaimType,
    CoreGrantType,
    CoreJweContentEncryptionAlgorithm,
    CoreJweKeyManagementAlgorithm,
    CoreJsonWebKey,
    CoreResponseMode,
    CoreResponseType,
    CoreSubjectIdentifierType,
>;

type Fields = IdTokenFields<
    Others,
    EmptyExtraTokenFields,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJwsSigningAlgorithm,
>;

/// The client that such a document makes.
pub(super) type Knocking = Client<
    Others,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    StandardTokenResponse<Fields, CoreTokenType>,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

/// The verified claims of an ID token.
pub(super) type Claims = IdTokenClaims<Others, CoreGenderClaim>;
/// What the provider says when it is asked.
pub(super) type Told = UserInfoClaims<Others, CoreGenderClaim>;

/// Whom a provider has let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The provider, as it names itself.
    pub issuer: String,
    /// What it calls them, for ever.
    pub subject: String,
    /// Their address.
    pub email: Option<String>,
    /// Whether the provider says that it is theirs.
    pub verified: bool,
    /// What the claim of roles holds.
    pub values: Vec<String>,
    /// When they showed the provider who they are, if it says so.
    pub signed_in_at: Option<Timestamp>,
}

impl Identity {
    /// By what they are known: the provider, and what it calls them.
    pub(super) fn name(&self) -> (&str, &str) {
        (&self.issuer, &self.subject)
    }

    /// Whom the claims name; nothing if that can be nobody's name.
    pub(super) fn of(claims: &Claims, roles_claim: &str) -> Option<Self> {
        let subject = claims.subject().as_str();
        if subject.is_empty() || subject.len() > LONGEST_SUBJECT || subject.contains(char::is_control) {
            return None;
        }
        Some(Self {
            issuer: claims.issuer().as_str().to_owned(),
            subject: subject.to_owned(),
            email: claims.email().map(|email| email.as_str().to_owned()),
            verified: claims.email_verified() == Some(true),
            values: values(claims.additional_claims(), roles_claim),
            signed_in_at: claims.auth_time().map(timestamp),
        })
    }

    /// Whether something is missing that the provider may say when it is asked.
    pub(super) const fn is_bare(&self) -> bool {
        self.email.is_none() || self.values.is_empty()
    }

    /// The same, with what the provider says of the same person beside it.
    pub(super) fn with(mut self, told: &Told, roles_claim: &str) -> Self {
        if self.email.is_none() {
            self.email = told.email().map(|email| email.as_str().to_owned());
            self.verified = told.email_verified() == Some(true);
        }
        if self.values.is_empty() {
            self.values = values(told.additional_claims(), roles_claim);
        }
        self
    }
}

/// A moment of ours.
pub(super) const fn timestamp(at: DateTime<Utc>) -> Timestamp {
    Timestamp(at.timestamp_millis())
}

/// A moment as the library has it.
pub(super) fn moment(at: Timestamp) -> DateTime<Utc> {
    DateTime::from_timestamp_millis(at.0).unwrap_or_default()
}

/// What a claim holds: a text or several. A name with dots in it is a claim of that name, else a path (`realm_access.roles`).
fn values(claims: &Others, name: &str) -> Vec<String> {
    let whole = claims.all.get(name);
    let found = whole.or_else(|| {
        let mut parts = name.split('.');
        let first = claims.all.get(parts.next()?)?;
        parts.try_fold(first, |within, part| within.get(part))
    });
    match found {
        Some(Value::String(one)) => vec![one.clone()],
        Some(Value::Array(several)) => several.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn roles_are_found_by_a_name_or_on_a_path() {
        let claims: Others = serde_json::from_value(json!({
            "roles": ["a", 7, "b"],
            "role": "c",
            "realm_access": { "roles": ["d"] },
            "https://example.com/roles": ["e"],
        }))
        .unwrap();
        let found = |name| values(&claims, name);
        assert_eq!(found("roles"), ["a", "b"]);
        assert_eq!(found("role"), ["c"]);
        assert_eq!(found("realm_access.roles"), ["d"]);
        assert_eq!(found("https://example.com/roles"), ["e"]);
        for nothing in ["groups", "roles.a", "realm_access", "realm_access.roles.d", ""] {
            assert!(found(nothing).is_empty(), "{nothing}");
        }
    }
}
