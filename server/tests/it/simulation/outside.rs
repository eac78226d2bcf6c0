//! The outside world: a target and a mail server to which everything happens that can happen to a request on its way.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex, MutexGuard,
        atomic::{AtomicI64, Ordering},
    },
};

use async_trait::async_trait;
use domain::{EmailAddress, Fault, Package};
use server::{
    provisioning::{
        queue::{LONGEST_CALL, SETTLING},
        worker::{Courier, Letter, Undelivered},
    },
    targets::{Account, Holds, Identity, Progress, Refusal, Target, Workspace},
};
use uuid::Uuid;

use super::{chance::Chance, time::Time};

/// How long after it was asked a target may still do something, and how long after whoever asked has given up: nobody can
/// reckon with more.
const LATEST: i64 = LONGEST_CALL + SETTLING;
const MOMENT: i64 = 500;

/// What becomes of a request.
#[derive(Clone, Copy, Debug)]
enum Fate {
    Served,
    /// It says no and does nothing.
    Refused(Fault),
    /// It does what it is asked and says that it failed.
    Lied,
    /// It never arrives.
    Lost,
    /// It is served, and the answer never arrives.
    AnswerLost,
    /// It is served after so long, whether anybody still waits or not.
    Late(i64),
    /// It arrives twice.
    Doubled,
    /// It is accepted, and done after so long.
    Underway(i64),
}

/// What the target has of a user or of a workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Held {
    Account { user_id: String, email: EmailAddress, package: Package },
    Place { extension: Option<String> },
}

#[derive(Default)]
struct Holdings {
    held: BTreeMap<Uuid, Held>,
    /// What it works on: whose order was the last, tells whether it still shall.
    under_way: BTreeMap<Uuid, u64>,
    orders: u64,
    /// Accounts to which the owner of an existing one has to agree.
    consents: BTreeMap<Uuid, Held>,
    /// Who has agreed.
    agreed: BTreeSet<Uuid>,
}

/// A target that knows its users and workspaces by our ids, and an address once.
#[derive(Clone)]
pub struct Outside {
    chance: Chance,
    holdings: Arc<Mutex<Holdings>>,
    letters: Arc<Mutex<Vec<Letter>>>,
}

/// The address of which somebody has an account already, who has to agree.
pub const OWNED: &str = "dee@acme.com";

impl Outside {
    pub fn new(chance: Chance) -> Self {
        Self { chance, holdings: Arc::default(), letters: Arc::default() }
    }

    /// Everything that the target has.
    pub fn held(&self) -> BTreeMap<Uuid, Held> {
        self.holdings().held.clone()
    }

    /// The owners of existing accounts agree.
    pub fn agree(&self) {
        let mut holdings = self.holdings();
        let asked = std::mem::take(&mut holdings.consents);
        for (owner, wanted) in asked {
            holdings.agreed.insert(owner);
            // The address may have been given away meanwhile.
            drop(holdings.put(owner, wanted));
        }
    }

    /// The owners of existing accounts say no.
    pub fn decline(&self) {
        self.holdings().consents.clear();
    }

    /// The mails that were taken, said so or not.
    pub fn letters(&self) -> Vec<Letter> {
        self.letters.lock().unwrap().clone()
    }

    fn holdings(&self) -> MutexGuard<'_, Holdings> {
        self.holdings.lock().unwrap()
    }

    fn fate(&self) -> Fate {
        let weather = self.chance.weather();
        if weather.target_down {
            return Fate::Refused(Fault::TargetUnavailable);
        }
        if !self.chance.happens(weather.target) {
            return Fate::Served;
        }
        match self.chance.between(0, 12) {
            0 => Fate::Refused(Fault::TargetUnavailable),
            1 => Fate::Refused(Fault::TargetBusy),
            2 => Fate::Refused(Fault::TargetTimeout),
            3 => Fate::Refused(self.chance.one_of(&[Fault::TargetRefused, Fault::TargetUnauthorized])),
            4 => Fate::Lied,
            5 => Fate::Lost,
            6 => Fate::AnswerLost,
            7 => Fate::Doubled,
            8 => Fate::Underway(self.chance.between(1, 20_000)),
            _ => Fate::Late(self.chance.between(1, LATEST)),
        }
    }

    /// One request. What is done is done to what the target has at the time.
    async fn serve(
        &self,
        what: &'static str,
        owner: Uuid,
        done: impl Fn(&mut Holdings) -> Result<Progress, Refusal> + Send + 'static,
    ) -> Result<Progress, Refusal> {
        let fate = self.fate();
        self.chance.note(format_args!("  target: {what} {owner}: {fate:?}"));
        let this = self.clone();
        let act = move || {
            let outcome = done(&mut this.holdings());
            this.chance.note(format_args!("  target: {what} {owner} is {outcome:?}"));
            outcome
        };
        match fate {
            Fate::Served => act(),
            Fate::Refused(fault) => Err(fault.into()),
            Fate::Lied => {
                drop(act());
                Err(Fault::TargetUnavailable.into())
            }
            Fate::Lost => std::future::pending().await,
            Fate::AnswerLost => {
                drop(act());
                std::future::pending().await
            }
            Fate::Late(wait) => {
                let time = self.chance.time.clone();
                let latest = Arc::new(AtomicI64::new(time.now() + wait));
                let _gives_up = GivesUp { time: time.clone(), latest: latest.clone() };
                let acting = tokio::spawn(async move {
                    while time.now() < latest.load(Ordering::SeqCst) {
                        time.sleep(MOMENT).await;
                    }
                    act()
                });
                acting.await.unwrap()
            }
            Fate::Doubled => {
                drop(act());
                act()
            }
            Fate::Underway(wait) => {
                let number = self.holdings().begin(owner);
                let (this, sleep) = (self.clone(), self.chance.time.sleep(wait));
                tokio::spawn(async move {
                    sleep.await;
                    if this.holdings().end(owner, number) {
                        drop(act());
                    }
                });
                Ok(Progress::Underway(Some(2_000)))
            }
        }
    }

    async fn look(&self, owner: Uuid) -> Result<Option<Progress>, Refusal> {
        match self.fate() {
            Fate::Refused(fault) => return Err(fault.into()),
            Fate::Lost | Fate::AnswerLost => std::future::pending::<()>().await,
            Fate::Late(wait) => self.chance.time.sleep(wait).await,
            Fate::Served | Fate::Lied | Fate::Doubled | Fate::Underway(_) => {}
        }
        let holdings = self.holdings();
        Ok(if holdings.consents.contains_key(&owner) {
            Some(Progress::ConsentAsked)
        } else if holdings.under_way.contains_key(&owner) {
            Some(Progress::Underway(Some(2_000)))
        } else {
            holdings.held.get(&owner).map(|_| done(owner))
        })
    }
}

/// Whoever waits for an answer, until it comes or they give up: from then on what they asked has its time.
struct GivesUp {
    time: Time,
    latest: Arc<AtomicI64>,
}

impl Drop for GivesUp {
    fn drop(&mut self) {
        self.latest.fetch_min(self.time.now() + SETTLING - 2 * MOMENT, Ordering::SeqCst);
    }
}

fn done(owner: Uuid) -> Progress {
    Progress::Done(Some(format!("at-{owner}")))
}

impl Holdings {
    fn begin(&mut self, owner: Uuid) -> u64 {
        self.orders += 1;
        self.under_way.insert(owner, self.orders);
        self.orders
    }

    /// Whether that order still stands.
    fn end(&mut self, owner: Uuid, order: u64) -> bool {
        let stands = self.under_way.get(&owner) == Some(&order);
        if stands {
            self.under_way.remove(&owner);
        }
        stands
    }

    /// Makes of what there is what is wanted. It has overtaken what was under way.
    fn put(&mut self, owner: Uuid, wanted: Held) -> Result<Progress, Refusal> {
        self.under_way.remove(&owner);
        if let Held::Account { email, .. } = &wanted {
            let has = |held: &Held| matches!(held, Held::Account { email: other, .. } if other.key() == email.key());
            if self.held.iter().any(|(other, held)| *other != owner && has(held)) {
                return Err(Fault::AddressInUse.into());
            }
            let is_new = !self.held.contains_key(&owner);
            if is_new && email.as_str() == OWNED && !self.agreed.contains(&owner) {
                self.consents.insert(owner, wanted);
                return Ok(Progress::ConsentAsked);
            }
        }
        self.consents.remove(&owner);
        self.held.insert(owner, wanted);
        Ok(done(owner))
    }

    fn remove(&mut self, owner: Uuid) -> Result<Progress, Refusal> {
        self.under_way.remove(&owner);
        self.consents.remove(&owner);
        self.held.remove(&owner);
        Ok(Progress::Done(None))
    }
}

impl From<&Account> for Held {
    fn from(account: &Account) -> Self {
        let (user_id, email) = (account.identity.user_id.clone(), account.email.clone());
        Self::Account { user_id, email, package: account.package }
    }
}

impl From<&Workspace> for Held {
    fn from(workspace: &Workspace) -> Self {
        Self::Place { extension: workspace.extension.clone() }
    }
}

#[async_trait]
impl Holds<Account> for Outside {
    async fn find(&self, identity: &Identity) -> Result<Option<Progress>, Refusal> {
        self.look(identity.external_id.into()).await
    }

    async fn create(&self, account: &Account) -> Result<Progress, Refusal> {
        let (owner, wanted) = (account.identity.external_id.into(), Held::from(account));
        self.serve("create", owner, move |holdings| holdings.put(owner, wanted.clone())).await
    }

    async fn update(&self, account: &Account) -> Result<Progress, Refusal> {
        let (owner, wanted) = (account.identity.external_id.into(), Held::from(account));
        self.serve("update", owner, move |holdings| holdings.put(owner, wanted.clone())).await
    }

    async fn remove(&self, identity: &Identity) -> Result<Progress, Refusal> {
        let owner = identity.external_id.into();
        self.serve("remove", owner, move |holdings| holdings.remove(owner)).await
    }
}

#[async_trait]
impl Holds<Workspace> for Outside {
    async fn find(&self, identity: &Identity) -> Result<Option<Progress>, Refusal> {
        self.look(identity.external_id.into()).await
    }

    async fn create(&self, workspace: &Workspace) -> Result<Progress, Refusal> {
        let (owner, wanted) = (workspace.identity.external_id.into(), Held::from(workspace));
        self.serve("create", owner, move |holdings| holdings.put(owner, wanted.clone())).await
    }

    async fn update(&self, workspace: &Workspace) -> Result<Progress, Refusal> {
        let (owner, wanted) = (workspace.identity.external_id.into(), Held::from(workspace));
        self.serve("update", owner, move |holdings| holdings.put(owner, wanted.clone())).await
    }

    async fn remove(&self, workspace: &Workspace) -> Result<Progress, Refusal> {
        let owner = workspace.identity.external_id.into();
        self.serve("remove", owner, move |holdings| holdings.remove(owner)).await
    }
}

impl Target for Outside {}

#[async_trait]
impl Courier for Outside {
    fn replaces(&self) -> bool {
        false
    }

    async fn ready(&self) -> Result<(), Refusal> {
        let weather = self.chance.weather();
        if weather.mail_down || self.chance.happens(weather.mail / 2) {
            return Err(Fault::MailUnavailable.into());
        }
        Ok(())
    }

    async fn send_proof(&self, letter: Letter) -> Result<(), Undelivered> {
        let proof = letter.proof.id;
        let fate = if self.chance.happens(self.chance.weather().mail) { self.chance.between(1, 7) } else { 0 };
        self.chance.note(format_args!("  mail: {proof}: {fate}"));
        let take = || self.letters.lock().unwrap().push(letter.clone());
        match fate {
            0 => {
                take();
                Ok(())
            }
            1 => Err(Undelivered::Amid(Fault::MailUnavailable.into())),
            2 => Err(Undelivered::Later(Fault::MailPutOff.into())),
            3 => Err(Undelivered::Refused(Fault::MailboxUnknown.into())),
            4 => {
                take();
                Err(Undelivered::Uncertain(String::new()))
            }
            5 => Err(Undelivered::Uncertain(String::new())),
            _ => {
                // It takes its time, and the mail, before the server that hands it over hears of it.
                self.chance.time.sleep(self.chance.between(1, 30_000)).await;
                take();
                self.chance.time.sleep(self.chance.between(1, 30_000)).await;
                Ok(())
            }
        }
    }
}
