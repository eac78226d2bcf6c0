//! The second factor of those who sign in to the hub: a code that an app on their phone makes of a secret and the time (TOTP,
//! RFC 6238), and ten recovery codes for whoever has lost the phone.
//!
//! The secret has to be read to check a code, so it is encrypted under a key that is not in the database
//! ([`CodeKeys::encrypt`]). Recovery codes have 120 random bits, so that their hash needs no more than SHA-256.

use domain::{Fault, Timestamp, audit::Deed, timestamp::SECOND};
use totp_rs::{Builder, Secret, Totp};

use crate::{
    access::{code_keys::CodeKeys, secret::fingerprint},
    environment::Environment,
    fault::Trouble,
    log::SECURITY,
    store::{
        Actor, Administrator, AdministratorId, Database, Store, Tenant, Work, audit,
        hub_session::{self, Which},
        partner, passkey, recovery_code,
        second_factor::{self, SecondFactor},
    },
};

/// How long a code is shown, in seconds: what every app takes for granted. One more before and after it count as well, for
/// clocks that differ (RFC 6238, section 5.2).
const STEP: u64 = 30;
/// How many bytes a secret has: what RFC 4226, section 4, recommends.
const SECRET: usize = 20;
/// How many recovery codes there are.
pub const RECOVERY_CODES: usize = 10;
/// What recovery codes are made of, five bits a letter: none that is taken for another one.
const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz123456789";
/// How many letters each has, in groups of four.
const LETTERS_EACH: usize = 24;
const GROUP: usize = 4;

/// With what second factors are kept and checked.
#[derive(Clone, Copy)]
pub struct Factors<'a> {
    /// The database.
    pub store: &'a Store,
    /// Time and randomness.
    pub environment: &'a Environment,
    /// Under which keys the secrets are kept.
    pub keys: &'a CodeKeys,
}

/// How an administrator's second factor stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ActiveFactor {
    /// Since when it counts.
    pub since: Timestamp,
    /// How many recovery codes are left.
    pub recovery_codes: u64,
}

/// A secret that is being set up.
#[derive(Clone)]
pub struct NewSecret {
    /// For whoever types it in: Base32, as apps read it.
    pub base32: String,
    /// For a camera.
    pub url: String,
}

/// What is asked for beside the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Besides {
    /// A code of the app, or a recovery code.
    Code,
    /// A passkey.
    Passkey,
}

/// With what somebody has shown that they are who they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Means {
    App,
    Recovery,
}

impl Factors<'_> {
    /// How somebody's stands, if there is one that counts.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn active(self, of: &Administrator) -> Result<Option<ActiveFactor>, Trouble> {
        let db = self.store.read();
        let found = second_factor::find(db, of.id, self.environment.now()).await?;
        let Some(since) = found.and_then(|found| found.confirmed_at) else { return Ok(None) };
        Ok(Some(ActiveFactor { since, recovery_codes: recovery_code::left(db, of.id).await? }))
    }

    /// What somebody is asked for beside the password, if anything. A passkey is another way in, and not asked for: but where a second
    /// factor is required and it is all that they have, whoever found out the password could set up another one with that alone.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn besides(self, db: &impl Database, of: &Administrator) -> Result<Option<Besides>, Trouble> {
        let factor = second_factor::find(db, of.id, self.environment.now()).await?;
        if factor.is_some_and(|factor| factor.confirmed_at.is_some()) {
            return Ok(Some(Besides::Code));
        }
        let partner = partner::of(db, Tenant::of_administrator(of)).await?;
        let required = partner.is_some_and(|partner| partner.factor_required_at.is_some());
        Ok((required && passkey::count(db, of.id).await? > 0).then_some(Besides::Passkey))
    }

    /// Makes a secret for somebody who has none that counts. It counts once its first code was entered ([`Self::confirm`]).
    ///
    /// # Errors
    /// [`Fault::FactorUnavailable`] if it cannot be kept, [`Fault::ChangedMeanwhile`] if there is one, or a database error.
    pub async fn begin(self, of: &Administrator) -> Result<NewSecret, Trouble> {
        let mut random = [0; SECRET];
        self.environment.fill(&mut random);
        let kept = self.keys.encrypt(self.environment, &of.id.to_string(), &random).ok_or(Fault::FactorUnavailable)?;
        let work = self.store.work().await?;
        if !second_factor::begin(&work, of, kept, self.environment.now()).await? {
            return Err(Fault::ChangedMeanwhile.into());
        }
        work.commit().await?;
        let base32 = Secret::new_stack(random).to_base32();
        let url = otpauth(&of.email, &base32);
        Ok(NewSecret { base32, url })
    }

    /// Lets the secret count whose code this is, and ends every session of theirs but the one whose cookie has this hash.
    /// Returns the recovery codes, which are not kept.
    ///
    /// # Errors
    /// [`Fault::FactorCodeMissing`], [`Fault::FactorCodeWrong`], [`Fault::ChangedMeanwhile`] if nothing is being set up any
    /// more, or a database error.
    pub async fn confirm(self, of: &Administrator, here: &str, code: &str) -> Result<Vec<String>, Trouble> {
        check_typed(code)?;
        let now = self.environment.now();
        let work = self.store.work().await?;
        let begun = second_factor::find(&*work, of.id, now).await?.filter(|found| found.confirmed_at.is_none());
        let begun = begun.ok_or(Fault::ChangedMeanwhile)?;
        let used = self.moment(of, &begun, code)?.ok_or(Fault::FactorCodeWrong)?;
        if !second_factor::confirm(&work, of.id, &begun, now, used).await? {
            return Err(Fault::ChangedMeanwhile.into());
        }
        let codes = self.give_recovery_codes(&work, of).await?;
        hub_session::end(&work, of.id, Which::AllBut(here)).await?;
        self.did(&work, of, Deed::FactorAdded).await?;
        work.commit().await?;
        tracing::info!(target: SECURITY, event = "second_factor_added", administrator = %of.id);
        Ok(codes)
    }

    /// Gives somebody who has the factor new recovery codes, and returns them.
    ///
    /// # Errors
    /// As [`Self::prove`].
    pub async fn renew(self, of: &Administrator, code: &str) -> Result<Vec<String>, Trouble> {
        let work = self.store.work().await?;
        self.prove(&work, of, code).await?;
        let codes = self.give_recovery_codes(&work, of).await?;
        self.did(&work, of, Deed::RecoveryCodesMade).await?;
        work.commit().await?;
        tracing::info!(target: SECURITY, event = "recovery_codes_made", administrator = %of.id);
        Ok(codes)
    }

    /// Removes the factor of somebody who has it, and ends every session of theirs but the one whose cookie has this hash.
    ///
    /// # Errors
    /// As [`Self::prove`].
    pub async fn remove(self, of: &Administrator, here: &str, code: &str) -> Result<(), Trouble> {
        let work = self.store.work().await?;
        self.prove(&work, of, code).await?;
        // Not the passkeys: they are removed one by one.
        recovery_code::forget(&work, of.id).await?;
        second_factor::forget(&work, of.id).await?;
        hub_session::end(&work, of.id, Which::AllBut(here)).await?;
        self.did(&work, of, Deed::FactorRemoved).await?;
        work.commit().await?;
        tracing::info!(target: SECURITY, event = "second_factor_removed", administrator = %of.id);
        Ok(())
    }

    /// Asks everybody who signs in for the tenant for a second factor, or leaves it to them again.
    ///
    /// # Errors
    /// [`Fault::FactorUnavailable`] if this server cannot keep one, as [`audit::record`], or a database error.
    pub async fn require(self, (tenant, actor): (Tenant, &Actor), required: bool) -> Result<(), Trouble> {
        if required && self.keys.are_missing() {
            return Err(Fault::FactorUnavailable.into());
        }
        let work = self.store.work().await?;
        if !partner::require_factor(&work, tenant, required.then(|| self.environment.now())).await? {
            return Ok(work.abandon().await?);
        }
        let deed = if required { Deed::FactorRequired } else { Deed::FactorOptional };
        audit::record(&work, self.environment, tenant, actor, (deed, Some(tenant.partner().into()))).await?;
        work.commit().await?;
        let partner = tenant.partner();
        match required {
            true => tracing::info!(target: SECURITY, event = "second_factor_required", %partner),
            false => tracing::info!(target: SECURITY, event = "second_factor_optional", %partner),
        }
        Ok(())
    }

    /// Uses up the code of the app, or a recovery code: each counts once, on whichever server it is entered.
    ///
    /// # Errors
    /// [`Fault::FactorCodeMissing`]; [`Fault::FactorCodeWrong`], also if somebody has none; [`Fault::FactorUnavailable`] if
    /// the secret cannot be read any more; or a database error.
    pub async fn prove(self, work: &Work, of: &Administrator, code: &str) -> Result<(), Trouble> {
        check_typed(code)?;
        let found = second_factor::find(&**work, of.id, self.environment.now()).await?;
        let factor = found.filter(|found| found.confirmed_at.is_some()).ok_or(Fault::FactorCodeWrong)?;
        let means = if is_recovery(code) { Means::Recovery } else { Means::App };
        let counts = match means {
            Means::Recovery => recovery_code::redeem(work, of.id, recovery_hash(code)).await?,
            Means::App => match self.moment(of, &factor, code)? {
                Some(moment) => second_factor::spend(work, of.id, moment).await?,
                None => false,
            },
        };
        if !counts {
            return Err(Fault::FactorCodeWrong.into());
        }
        if means == Means::Recovery {
            let left = recovery_code::left(&**work, of.id).await?;
            tracing::info!(target: SECURITY, event = "recovery_code_used", administrator = %of.id, left);
        }
        Ok(())
    }

    /// The moment whose code this is, if it is one of those that count now.
    fn moment(self, of: &Administrator, factor: &SecondFactor, code: &str) -> Result<Option<Timestamp>, Trouble> {
        let secret = self.keys.decrypt(&of.id.to_string(), &factor.secret).ok_or_else(|| {
            tracing::warn!(event = "second_factor_unreadable", administrator = %of.id, "its key is not here");
            Fault::FactorUnavailable
        })?;
        let seconds = u64::try_from(self.environment.now().0 / SECOND).unwrap_or(0);
        let digits: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let step = totp(secret).and_then(|totp| totp.check(&digits, seconds));
        Ok(step.and_then(|step| i64::try_from(step * STEP).ok()).map(|at| Timestamp(at * SECOND)))
    }

    async fn give_recovery_codes(self, work: &Work, of: &Administrator) -> Result<Vec<String>, Trouble> {
        let codes: Vec<String> = (0..RECOVERY_CODES).map(|_| recovery(self.environment)).collect();
        recovery_code::set(work, of.id, codes.iter().map(|code| recovery_hash(code))).await?;
        Ok(codes)
    }

    async fn did(self, work: &Work, oneself: &Administrator, deed: Deed) -> Result<(), Trouble> {
        let tenant = Tenant::of_administrator(oneself);
        audit::record(work, self.environment, tenant, &Actor::Administrator(oneself.id), (deed, None)).await
    }
}

/// Takes away what an administrator has set up beside the password, passkeys among it. Returns whether there was anything.
///
/// # Errors
/// If the database fails.
pub async fn forget(work: &Work, of: AdministratorId) -> Result<bool, Trouble> {
    recovery_code::forget(work, of).await?;
    let passkeys = passkey::forget(work, of).await?;
    Ok(second_factor::forget(work, of).await? || passkeys)
}

/// What was left empty is no try.
fn check_typed(code: &str) -> Result<(), Fault> {
    if code.trim().is_empty() { Err(Fault::FactorCodeMissing) } else { Ok(()) }
}

fn totp(secret: Vec<u8>) -> Option<Totp> {
    Builder::new().with_secret(secret).with_step_duration(STEP).build().ok()
}

/// What an app reads by the camera: what is not said is what every app takes for granted.
fn otpauth(email: &str, base32: &str) -> String {
    let mut url = url::Url::parse("otpauth://totp").expect("a URL");
    url.set_path(&format!("/Flowthrough:{email}"));
    url.query_pairs_mut().append_pair("secret", base32).append_pair("issuer", "Flowthrough");
    url.into()
}

fn recovery(environment: &Environment) -> String {
    let mut random = [0; LETTERS_EACH];
    environment.fill(&mut random);
    let letters: Vec<char> =
        random.iter().map(|byte| char::from(LETTERS[usize::from(*byte) % LETTERS.len()])).collect();
    letters.chunks(GROUP).map(String::from_iter).collect::<Vec<_>>().join("-")
}

/// Codes of the app are digits alone, and fewer.
fn is_recovery(typed: &str) -> bool {
    letters(typed).chars().count() > 8
}

fn recovery_hash(typed: &str) -> String {
    fingerprint(format!("recovery code\n{}", letters(typed)))
}

/// However it was copied: without what stands between the groups, in small letters.
fn letters(typed: &str) -> String {
    typed.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B: the last six of its eight digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let totp = totp(b"12345678901234567890".to_vec()).unwrap();
        for (seconds, code) in [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ] {
            assert_eq!(totp.check(code, seconds), Some(seconds / STEP), "{seconds}");
            assert_eq!(totp.check(code, seconds + STEP), Some(seconds / STEP), "a clock may be slow");
            assert_eq!(totp.check(code, seconds + 3 * STEP), None);
        }
        assert!(super::totp(b"too short".to_vec()).is_none());
    }

    #[test]
    fn recovery_codes_cannot_be_guessed_and_are_read_however_they_are_copied() {
        let (environment, _) = Environment::manual(Timestamp(0), 1);
        let code = recovery(&environment);
        assert_eq!((code.len(), code.split('-').count()), (29, 6));
        assert_ne!(recovery(&environment), code);
        assert!(is_recovery(&code) && !is_recovery("123 456") && !is_recovery("12345678"));
        for copied in [code.to_uppercase(), code.replace('-', " "), format!(" {}\n", code.replace('-', ""))] {
            assert_eq!(recovery_hash(&copied), recovery_hash(&code), "{copied:?}");
        }
        // 120 bits, ASVS 6.5.2: so many need no salt and no slow hash.
        assert!(LETTERS.len().ilog2() as usize * LETTERS_EACH >= 112);
        let mut once = LETTERS.to_vec();
        once.sort_unstable();
        once.dedup();
        assert_eq!(once.len(), LETTERS.len());
    }

    #[test]
    fn an_app_reads_the_address_and_the_secret() {
        assert_eq!(
            otpauth("ann+hub@example.com", "JBSWY3DPEHPK3PXP"),
            "otpauth://totp/Flowthrough:ann+hub@example.com?secret=JBSWY3DPEHPK3PXP&issuer=Flowthrough"
        );
    }
}
