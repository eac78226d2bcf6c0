//! An authenticator and the browser before it, in software: WebAuthn level 3, one passkey each. Real ones are Chromium's, in
//! `end2end/hub/passkeys.spec.ts`.

use app::hub::model::{PasskeyAnswer, PasskeyQuestion};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use super::PUBLIC_URL;

/// What the authenticator says of its owner and of what comes with it (section 6.1 there).
const PRESENT: u8 = 1;
const VERIFIED: u8 = 1 << 2;
const WITH_KEY: u8 = 1 << 6;

/// An authenticator. What is public of it, a test changes to have it lie.
pub struct Authenticator {
    key: Ed25519KeyPair,
    /// By what it knows its passkey.
    id: Vec<u8>,
    /// For whom it was made, as the hub has said.
    owner: Value,
    /// For which page the browser asks it.
    pub origin: String,
    /// For whom it believes that to be.
    pub party: String,
    /// Whether its owner has unlocked it.
    pub unlocked: bool,
    /// How often it was used, as it says.
    pub uses: u32,
}

impl Authenticator {
    /// One with nothing in it. Every number makes another one.
    pub fn new(number: u8) -> Self {
        Self {
            key: Ed25519KeyPair::from_seed_unchecked(&[number; 32]).unwrap(),
            id: vec![number; 16],
            owner: Value::Null,
            origin: PUBLIC_URL.to_owned(),
            party: PUBLIC_URL.trim_start_matches("https://").to_owned(),
            unlocked: true,
            uses: 1,
        }
    }

    /// One with the key of that number, used as often, that knows its passkey by what this one knows its own.
    pub fn posing_as(&self, number: u8) -> Self {
        Self { id: self.id.clone(), owner: self.owner.clone(), uses: self.uses, ..Self::new(number) }
    }

    /// Makes its passkey.
    pub fn make(&mut self, question: &PasskeyQuestion) -> PasskeyAnswer {
        let asked: Value = serde_json::from_str(&question.options).unwrap();
        self.owner = asked["user"]["id"].clone();
        let client = self.client("webauthn.create", &asked);
        let mut data = self.data(WITH_KEY);
        // No model of it, the passkey's id, and its key as COSE writes one (RFC 9053, section 7.2).
        data.extend([0; 16]);
        data.extend(u16::try_from(self.id.len()).unwrap().to_be_bytes());
        data.extend(&self.id);
        data.extend([0xa4, 0x01, 0x01, 0x03, 0x27, 0x20, 0x06, 0x21, 0x58, 0x20]);
        data.extend(self.key.public_key().as_ref());
        // {"fmt": "none", "attStmt": {}, "authData": data} in CBOR.
        let mut statement = b"\xa3cfmtdnonegattStmt\xa0hauthData\x58".to_vec();
        statement.push(u8::try_from(data.len()).unwrap());
        statement.extend(&data);
        self.answer(
            question,
            json!({
                "clientDataJSON": base64(&client),
                "attestationObject": base64(&statement),
                "authenticatorData": base64(&data),
                "transports": ["internal"],
                "publicKeyAlgorithm": -8,
            }),
        )
    }

    /// Shows it.
    pub fn show(&mut self, question: &PasskeyQuestion) -> PasskeyAnswer {
        let asked: Value = serde_json::from_str(&question.options).unwrap();
        self.uses += 1;
        let (client, data) = (self.client("webauthn.get", &asked), self.data(0));
        let signed = [data.as_slice(), &Sha256::digest(&client)].concat();
        self.answer(
            question,
            json!({
                "clientDataJSON": base64(&client),
                "authenticatorData": base64(&data),
                "signature": base64(self.key.sign(&signed).as_ref()),
                "userHandle": self.owner,
            }),
        )
    }

    fn client(&self, deed: &str, asked: &Value) -> Vec<u8> {
        let client = json!({
            "type": deed, "challenge": asked["challenge"], "origin": self.origin, "crossOrigin": false,
        });
        client.to_string().into_bytes()
    }

    fn data(&self, with: u8) -> Vec<u8> {
        let verified = if self.unlocked { VERIFIED } else { 0 };
        let mut data = Sha256::digest(&self.party).to_vec();
        data.push(PRESENT | verified | with);
        data.extend(self.uses.to_be_bytes());
        data
    }

    fn answer(&self, question: &PasskeyQuestion, response: Value) -> PasskeyAnswer {
        let credential = json!({
            "id": base64(&self.id),
            "rawId": base64(&self.id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": response,
        });
        PasskeyAnswer { token: question.token.clone(), credential: credential.to_string() }
    }
}

fn base64(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
