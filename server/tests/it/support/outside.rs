//! The outside world, doing what it is told: a target and a mail server.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard},
};

use app::i18n::Locale;
use async_trait::async_trait;
use domain::EmailAddress;
use server::{
    access::notices::Notices,
    backend::MailSystem,
    provisioning::worker::{Courier, Letter, Undelivered},
    store::OwnerId,
    targets::{Account, Holds, Identity, Progress, Refusal, Target, Workspace, directory::Directory},
};
use tokio::sync::Notify;

/// What a target does with one call. When nothing is planned, it simply does its work.
#[derive(Clone, Debug)]
pub enum Act {
    /// Does its work.
    Work,
    /// Says no and does nothing.
    Refuse(Refusal),
    /// Does its work and then says no: a lost answer.
    WorkThenRefuse(Refusal),
    /// Does its work and never answers.
    WorkThenHang,
    /// Waits for [`Scripted::go_on`], then does its work.
    Wait,
    /// Does its work, then waits for [`Scripted::go_on`] before it answers.
    WorkThenWait,
    /// Accepts it and says that it works on it.
    WorkOn,
    /// Asks the owner of an existing account for consent: see [`Scripted::agree`] and [`Scripted::decline`].
    AskConsent,
    /// Panics: a bug in the target's client.
    Panic,
}

/// The embedded directory, with planned misbehaviour in front of it.
pub struct Scripted {
    directory: Directory,
    plan: Mutex<VecDeque<Act>>,
    calls: Mutex<Vec<Call>>,
    reached: Notify,
    go_on: Notify,
    /// The accounts to which an owner has to agree.
    consents: Mutex<HashMap<OwnerId, Account>>,
    /// What it says to everybody, whatever they ask.
    down: Mutex<Option<Refusal>>,
    /// What it says whenever it is to make or change this user's account.
    broken: Mutex<HashMap<String, Refusal>>,
}

/// What a target was asked.
#[derive(Clone, Debug)]
pub enum Call {
    Create(Account),
    Update(Account),
    Remove,
    CreateWorkspace(Workspace),
    UpdateWorkspace(Workspace),
    RemoveWorkspace,
}

impl Scripted {
    pub fn new(directory: Directory) -> Self {
        Self {
            directory,
            plan: Mutex::default(),
            calls: Mutex::default(),
            reached: Notify::new(),
            go_on: Notify::new(),
            consents: Mutex::default(),
            down: Mutex::default(),
            broken: Mutex::default(),
        }
    }

    /// It says this to everybody from now on, whatever they ask.
    pub fn go_down(&self, refusal: impl Into<Refusal>) {
        *lock(&self.down) = Some(refusal.into());
    }

    /// It works again.
    pub fn come_back(&self) {
        *lock(&self.down) = None;
    }

    /// It fails this user from now on, and nobody else.
    pub fn fail_for(&self, user: &str, refusal: impl Into<Refusal>) {
        lock(&self.broken).insert(user.to_owned(), refusal.into());
    }

    fn is_up(&self) -> Result<(), Refusal> {
        lock(&self.down).clone().map_or(Ok(()), Err)
    }

    /// Plans the next calls.
    pub fn plan(&self, acts: impl IntoIterator<Item = Act>) {
        lock(&self.plan).extend(acts);
    }

    /// Forgets what is still planned.
    pub fn behave(&self) {
        lock(&self.plan).clear();
    }

    /// What it was asked so far.
    pub fn calls(&self) -> Vec<Call> {
        lock(&self.calls).clone()
    }

    /// Returns when a call has come to where it waits or hangs.
    pub async fn reached(&self) {
        self.reached.notified().await;
    }

    /// Does now what it was first asked to do, whatever it answered then.
    pub async fn act_late(&self) {
        let first = self.calls().into_iter().next();
        match first {
            Some(Call::Create(account)) => self.directory.create(&account).await.unwrap(),
            Some(Call::CreateWorkspace(workspace)) => self.directory.create(&workspace).await.unwrap(),
            other => panic!("it was asked {other:?}"),
        };
    }

    /// Lets one waiting call go on.
    pub fn go_on(&self) {
        self.go_on.notify_one();
    }

    /// The owners of existing accounts agree: these become ours.
    pub async fn agree(&self) {
        let accounts = std::mem::take(&mut *lock(&self.consents));
        for account in accounts.values() {
            // Its address may have been given to somebody else meanwhile.
            drop(self.directory.create(account).await);
        }
    }

    /// The owners of existing accounts do not agree.
    pub fn decline(&self) {
        lock(&self.consents).clear();
    }

    async fn act(
        &self,
        call: Call,
        work: impl Future<Output = Result<Progress, Refusal>>,
    ) -> Result<Progress, Refusal> {
        let broken = match &call {
            Call::Create(account) | Call::Update(account) => lock(&self.broken).get(&account.identity.user_id).cloned(),
            _ => None,
        };
        lock(&self.calls).push(call);
        self.is_up()?;
        broken.map_or(Ok(()), Err)?;
        let act = lock(&self.plan).pop_front();
        match act {
            None | Some(Act::Work) => work.await,
            Some(Act::Refuse(refusal)) => Err(refusal),
            Some(Act::WorkThenRefuse(refusal)) => {
                work.await?;
                Err(refusal)
            }
            Some(Act::WorkThenHang) => {
                work.await?;
                self.reached.notify_one();
                std::future::pending().await
            }
            Some(Act::Wait) => {
                self.reached.notify_one();
                self.go_on.notified().await;
                work.await
            }
            Some(Act::WorkThenWait) => {
                let done = work.await;
                self.reached.notify_one();
                self.go_on.notified().await;
                done
            }
            Some(Act::WorkOn) => Ok(Progress::Underway(Some(30_000))),
            Some(Act::AskConsent) => Ok(Progress::ConsentAsked),
            Some(Act::Panic) => panic!("planned"),
        }
    }
}

#[async_trait]
impl Holds<Account> for Scripted {
    async fn find(&self, identity: &Identity) -> Result<Option<Progress>, Refusal> {
        self.is_up()?;
        if lock(&self.consents).contains_key(&identity.external_id) {
            return Ok(Some(Progress::ConsentAsked));
        }
        find(&self.directory, identity).await
    }

    async fn create(&self, account: &Account) -> Result<Progress, Refusal> {
        lock(&self.consents).remove(&account.identity.external_id);
        let progress = self.act(Call::Create(account.clone()), self.directory.create(account)).await?;
        if progress == Progress::ConsentAsked {
            lock(&self.consents).insert(account.identity.external_id, account.clone());
        }
        Ok(progress)
    }

    async fn update(&self, account: &Account) -> Result<Progress, Refusal> {
        self.act(Call::Update(account.clone()), self.directory.update(account)).await
    }

    async fn remove(&self, identity: &Identity) -> Result<Progress, Refusal> {
        lock(&self.consents).remove(&identity.external_id);
        self.act(Call::Remove, remove(&self.directory, identity)).await
    }
}

#[async_trait]
impl Holds<Workspace> for Scripted {
    async fn find(&self, identity: &Identity) -> Result<Option<Progress>, Refusal> {
        self.is_up()?;
        Holds::<Workspace>::find(&self.directory, identity).await
    }

    async fn create(&self, workspace: &Workspace) -> Result<Progress, Refusal> {
        self.act(Call::CreateWorkspace(workspace.clone()), self.directory.create(workspace)).await
    }

    async fn update(&self, workspace: &Workspace) -> Result<Progress, Refusal> {
        self.act(Call::UpdateWorkspace(workspace.clone()), self.directory.update(workspace)).await
    }

    async fn remove(&self, workspace: &Workspace) -> Result<Progress, Refusal> {
        self.act(Call::RemoveWorkspace, Holds::<Workspace>::remove(&self.directory, workspace)).await
    }
}

impl Target for Scripted {}

/// What has become of an account.
pub async fn find(target: &dyn Holds<Account>, of: &Identity) -> Result<Option<Progress>, Refusal> {
    target.find(of).await
}

/// Removes an account.
pub async fn remove(target: &dyn Holds<Account>, whose: &Identity) -> Result<Progress, Refusal> {
    target.remove(whose).await
}

/// A mail server that keeps every letter it takes.
#[derive(Default)]
pub struct Postman {
    letters: Mutex<Vec<Letter>>,
    /// Which administrators were told that their second factor is gone, and of which partner.
    notices: Mutex<Vec<(String, String)>>,
    refusals: Mutex<VecDeque<Undelivered>>,
    /// What it says to everybody before they can hand over a letter.
    closed: Mutex<Option<Refusal>>,
    /// What is known of domains.
    domains: Mutex<HashMap<String, bool>>,
}

impl Postman {
    /// From now on it is known whether this domain takes mail.
    pub fn knows(&self, domain: &str, takes_mail: bool) {
        lock(&self.domains).insert(domain.to_owned(), takes_mail);
    }

    /// Refuses the next letters.
    pub fn refuse(&self, refusals: impl IntoIterator<Item = Refusal>) {
        lock(&self.refusals).extend(refusals.into_iter().map(Undelivered::Refused));
    }

    /// Does this with the next letters.
    pub fn plan(&self, outcomes: impl IntoIterator<Item = Undelivered>) {
        lock(&self.refusals).extend(outcomes);
    }

    /// Lets nobody in from now on, and says this.
    pub fn close(&self, refusal: impl Into<Refusal>) {
        *lock(&self.closed) = Some(refusal.into());
    }

    /// Lets everybody in again.
    pub fn open(&self) {
        *lock(&self.closed) = None;
    }

    /// Takes the next letter and does not say so.
    pub fn take_silently(&self) {
        lock(&self.refusals).push_back(Undelivered::Uncertain("it hung up".to_owned()));
    }

    /// The letters it took so far.
    pub fn letters(&self) -> Vec<Letter> {
        lock(&self.letters).clone()
    }

    /// Which administrators were told that their second factor is gone, and of which partner.
    pub fn notices(&self) -> Vec<(String, String)> {
        lock(&self.notices).clone()
    }

    /// The newest letter.
    pub fn last(&self) -> Letter {
        self.letters().pop().expect("a letter was sent")
    }
}

#[async_trait]
impl Notices for Postman {
    async fn factor_taken(&self, to: &EmailAddress, partner: &str, _: Locale) -> bool {
        let open = lock(&self.closed).is_none();
        if open {
            lock(&self.notices).push((to.as_str().to_owned(), partner.to_owned()));
        }
        open
    }
}

#[async_trait]
impl Courier for Postman {
    fn replaces(&self) -> bool {
        false
    }

    async fn ready(&self) -> Result<(), Refusal> {
        lock(&self.closed).clone().map_or(Ok(()), Err)
    }

    async fn send_proof(&self, letter: Letter) -> Result<(), Undelivered> {
        match lock(&self.refusals).pop_front() {
            Some(uncertain @ Undelivered::Uncertain(_)) => {
                lock(&self.letters).push(letter);
                return Err(uncertain);
            }
            Some(no) => return Err(no),
            None => lock(&self.letters).push(letter),
        }
        Ok(())
    }
}

#[async_trait]
impl MailSystem for Postman {
    fn sender(&self) -> EmailAddress {
        EmailAddress::parse("activation@provider.example").unwrap()
    }

    async fn takes_mail(&self, domain: &str) -> Option<bool> {
        lock(&self.domains).get(domain).copied()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap()
}
