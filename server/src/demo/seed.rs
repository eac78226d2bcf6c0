//! What the demo's database holds: made by the same lifecycle as everything else, only with a clock of its own.

use std::sync::Arc;

use domain::{
    BroadWorksId, EmailAddress, Fault, Mailing, Package, SpEnterpriseId, Status, Timestamp,
    draft::NewSubscriber,
    lifecycle::{AtTarget, Event, Order, Proof},
    template::UserVerification,
    timestamp::{DAY, HOUR, MINUTE},
};

use super::{
    PASSWORD,
    emulator::{EmulatedUser, Everybody, Organization},
    people::{Person, person},
};
use crate::{
    environment::{Environment, ManualClock},
    fault::Trouble,
    partners,
    provisioning::{
        arrival,
        change::{self, Circumstances},
        mailing,
        queue::Kind,
        subscribers,
    },
    store::{
        Actor, DirectoryAccount, OwnerId, Store, Stored as _, Subject as _, Subscriber, Template, Tenant, Work,
        customer, directory_account, subscriber,
        task::{self, Task},
        template,
    },
    templates,
};

/// The demo's partner.
pub const PARTNER: &str = "Northwind Telecom";

/// The tokens in the demo's share links.
pub mod share {
    /// Untrusted emails; every user is announced.
    pub const UNTRUSTED: &str = "northwind-office";
    /// Untrusted emails; users may activate themselves.
    pub const SELF_ACTIVATION: &str = "northwind-hospitality";
    /// Untrusted emails; Provision Admin First.
    pub const ADMIN_FIRST: &str = "northwind-logistics";
    /// Users may activate themselves, but trusted emails are selected and the share link points elsewhere.
    pub const MISCONFIGURED: &str = "northwind-legacy";
}

/// How many subscribers there are.
const SUBSCRIBERS: usize = 240;
/// Users who wait for an address under [`share::UNTRUSTED`].
pub const WAITING: [usize; 5] = [0, 1, 2, 3, 4];
/// Users whom BroadWorks knows and nobody has announced.
pub const UNANNOUNCED: [usize; 4] = [300, 301, 302, 303];
/// The one who has to come first under [`share::ADMIN_FIRST`].
pub const ADMINISTRATOR: usize = 200;
/// Users whose address belongs to an existing free account, under [`share::UNTRUSTED`].
pub const CONSENTING: [usize; 2] = [8, 32];
/// Those who are held back until then.
pub const HELD: [usize; 3] = [201, 202, 203];

/// The three customers: name and service provider's id.
const CUSTOMERS: [(&str, &str); 3] = [
    ("Aurora Dental Group", "Northwind+aurora"),
    ("Costa Verde Hotels", "Northwind+costaverde"),
    ("Balkan Freight", "BalkanFreight"),
];

/// Balkan Freight has nobody but the users under Provision Admin First: a single one provisioned would let all go.
const fn customer_of(index: usize) -> &'static str {
    let (_, id) = CUSTOMERS[match index {
        120..200 => 1,
        200..225 => 2,
        SUBSCRIBERS.. => 1,
        _ => 0,
    }];
    id
}

/// Everybody whom the emulated BroadWorks knows.
pub fn emulated_users() -> Everybody {
    let users: Vec<EmulatedUser> = (0..SUBSCRIBERS)
        .chain(UNANNOUNCED)
        .map(|index| {
            let person = person(index);
            EmulatedUser {
                user_id: person.user_id,
                password: PASSWORD.to_owned(),
                first_name: person.first_name,
                last_name: person.last_name,
                organization: organization(customer_of(index)),
                phone_number: Some(person.phone),
                extension: Some(person.extension),
                mobile_number: None,
            }
        })
        .collect();
    Arc::new(move || users.clone())
}

fn organization(sp_enterprise_id: &str) -> Organization {
    match sp_enterprise_id.split_once('+') {
        Some((provider, group)) => Organization::ServiceProvider { id: provider.to_owned(), group: group.to_owned() },
        None => Organization::Enterprise { id: sp_enterprise_id.to_owned(), group: "main".to_owned() },
    }
}

/// Fills an empty database.
///
/// # Errors
/// If the database fails.
pub async fn sow(store: &Store, environment: &Environment, public_url: &str) -> Result<(), Trouble> {
    let tenant = Tenant::of_partner(&partners::named_or_new(store, environment, PARTNER).await?);
    let now = environment.now();
    let (past, clock) = Environment::manual(now.plus(-60 * DAY), 42);
    let sower = Sower { store: store.clone(), past, clock, now, tenant };
    let templates = sower.templates(public_url).await?;
    // One transaction: a demo that was interrupted while it was made is made again, and the disk is waited for once.
    let mut work = store.work().await?;
    for index in 0..SUBSCRIBERS {
        sower.subscriber(&mut work, &templates, index).await?;
    }
    sower.settle(&mut work).await?;
    Ok(work.commit().await?)
}

struct Sower {
    store: Store,
    past: Environment,
    clock: ManualClock,
    now: Timestamp,
    tenant: Tenant,
}

struct Templates {
    untrusted: Template,
    self_activation: Template,
    admin_first: Template,
    misconfigured: Template,
}

impl Sower {
    async fn templates(&self, public_url: &str) -> Result<Templates, Trouble> {
        let link = |token: &str| format!("{public_url}/activate/{token}");
        let elsewhere = "https://help.northwind.example/activate".to_owned();
        Ok(Templates {
            untrusted: self.template("Office users", share::UNTRUSTED, link(share::UNTRUSTED), |_| {}).await?,
            self_activation: self
                .template(
                    "Hotel staff (self-activation)",
                    share::SELF_ACTIVATION,
                    link(share::SELF_ACTIVATION),
                    |row| {
                        row.self_activation = true;
                        row.default_package = Package::Basic;
                        row.country = "IT".to_owned();
                        row.language = "it".to_owned();
                    },
                )
                .await?,
            admin_first: self
                .template("Drivers and dispatch (admin first)", share::ADMIN_FIRST, link(share::ADMIN_FIRST), |row| {
                    row.provision_admin_first = true;
                    row.default_package = Package::Softphone;
                    row.country = "BG".to_owned();
                    row.language = "bg".to_owned();
                })
                .await?,
            misconfigured: self
                .template("Legacy onboarding", share::MISCONFIGURED, elsewhere, |row| {
                    row.verification = UserVerification::Trusted;
                    row.self_activation = true;
                })
                .await?,
        })
    }

    async fn template(
        &self,
        name: &str,
        token: &str,
        share_link: String,
        adjust: impl FnOnce(&mut Template),
    ) -> Result<Template, Trouble> {
        let mut row = Template {
            id: self.past.id().into(),
            partner_id: self.tenant.partner(),
            name: name.to_owned(),
            country: "GB".to_owned(),
            language: "en".to_owned(),
            provisioning_id: templates::provisioning_id(&self.past),
            share_token: token.to_owned(),
            share_link,
            verification: UserVerification::Untrusted,
            self_activation: false,
            provision_admin_first: false,
            default_package: Package::Standard,
            xsi_url: String::new(),
            target: crate::targets::directory::NAME.to_owned(),
            target_reference: None,
            partner_admin: PARTNER.to_owned(),
            support_url: Some("https://help.northwind.example/".to_owned()),
            reply_to: None,
            signature: None,
            accent: None,
            logo: None,
            reminders: domain::template::Reminders::NONE,
            version: 1,
            created_at: self.past.now(),
        };
        adjust(&mut row);
        let work = self.store.work().await?;
        template::insert(&work, row.clone()).await?;
        work.commit().await?;
        Ok(row)
    }

    /// One subscriber, taken through the lifecycle to where the demo wants it.
    async fn subscriber(&self, work: &mut Work, templates: &Templates, index: usize) -> Result<(), Trouble> {
        self.clock.advance(5 * HOUR + (index as i64 * 7_919) % (HOUR / 2));
        let person = person(index);
        let template = match index {
            0..120 => &templates.untrusted,
            120..190 => &templates.self_activation,
            200..225 => &templates.admin_first,
            _ => &templates.misconfigured,
        };
        let trusted = index >= 225 || (190..200).contains(&index);
        let new = new_subscriber(index, &person, trusted.then_some(&person.email));
        let self_activated = new.self_activated;
        let actor = if self_activated { Actor::User } else { Actor::Import };
        let mut current = Some(arrival::arrive(work, &self.past, template, new, &actor).await?);
        for (event, actor, with) in story(index, &person) {
            let Some(subscriber) = current else { break };
            self.clock.advance(MINUTE + (index as i64 * 4_409) % (9 * MINUTE));
            current = change::apply(work, &self.past, subscriber, event, &actor, with).await?;
        }
        if let Some(subscriber) = &current {
            // Whoever was activated back then has heard of it.
            subscriber::put_ready_mail(work, subscriber.id, subscriber.ready_mail_at, None).await?;
        }
        if let Some(subscriber) = current.filter(|subscriber| subscriber.lifecycle.at_target == AtTarget::Account) {
            self.account(work, &subscriber, customer_of(index)).await?;
        }
        Ok(())
    }

    async fn account(&self, work: &Work, of: &Subscriber, customer: &str) -> Result<(), Trouble> {
        let email = of.lifecycle.email().map(|email| email.as_str().to_owned()).unwrap_or_default();
        let account = DirectoryAccount {
            id: self.past.id(),
            external_id: of.id.into(),
            email_key: email.to_lowercase(),
            email,
            package: of.package.as_str().to_owned(),
            first_name: of.first_name.clone(),
            last_name: of.last_name.clone(),
            administrator: false,
            sp_enterprise_id: Some(customer.to_owned()),
            created_at: self.past.now().0,
        };
        Ok(directory_account::insert(work, account).await?)
    }

    /// Nothing of the past is still to be done, except what shall be seen waiting.
    async fn settle(&self, work: &mut Work) -> Result<(), Trouble> {
        // The target asked to come back later: these stay `provisioning` or `updating` for the demo's day.
        for waiting in task::all(&**work, self.tenant).await? {
            if waiting.kind == Kind::Subscriber(Order::SendProof) {
                if let (Some(proof), OwnerId::Subscriber(subscriber)) = (waiting.proof_id, waiting.owner.id) {
                    let subscriber = subscribers::lock(work, self.tenant, subscriber).await?;
                    mailing::note(work, (proof, &subscriber), Mailing::Sent, None).await?;
                }
                task::finish(work, &waiting).await?;
                continue;
            }
            if waiting.held {
                continue;
            }
            let OwnerId::Subscriber(subscriber) = waiting.owner.id else { continue };
            let subscriber = subscribers::lock(work, self.tenant, subscriber).await?;
            let at_work = matches!(subscriber.lifecycle.status(), Status::Provisioning | Status::Updating);
            if !at_work && waiting.kind != Kind::Subscriber(Order::AwaitConsent) {
                // Its story told how it ended.
                task::finish(work, &waiting).await?;
                continue;
            }
            let mut after = Task { run_at: self.now.plus(DAY), ..waiting.clone() };
            if at_work {
                Subscriber::save(work, &subscriber, &subscriber.with_setback(Some(Fault::TargetBusy))).await?;
                after.attempts = 2;
            }
            task::save(work, &waiting, &after).await?;
        }
        for (name, sp_enterprise_id) in CUSTOMERS {
            customer::rename(work, self.tenant, sp_enterprise_id, name).await?;
        }
        Ok(())
    }
}

fn new_subscriber(index: usize, person: &Person, email: Option<&String>) -> NewSubscriber {
    let parsed = |text: &str| SpEnterpriseId::parse(text).expect("the demo's ids are valid");
    NewSubscriber {
        user_id: BroadWorksId::parse(&person.user_id).expect("the demo's ids are valid"),
        sp_enterprise_id: parsed(customer_of(index)),
        first_name: person.first_name.clone(),
        last_name: person.last_name.clone(),
        package: Package::ALL[(index * 7 + index / 9) % Package::ALL.len()],
        email: email.map(|email| EmailAddress::parse(email).expect("the demo's addresses are valid")),
        primary_phone: Some(person.phone.clone()),
        mobile_phone: None,
        extension: Some(person.extension.clone()),
        language: None,
        timezone: None,
        sp_enterprise_group_id: None,
        self_activated: (150..190).contains(&index),
    }
}

/// What happened to a demo subscriber after arriving.
fn story(index: usize, person: &Person) -> Vec<(Event, Actor, Circumstances)> {
    let email = EmailAddress::parse(&person.email).expect("the demo's addresses are valid");
    let plain = |event: Event, actor: Actor| (event, actor, Circumstances::default());
    let entered = || plain(Event::AddressEntered(email.clone()), Actor::User);
    let proven = |proof| plain(Event::AddressProven(email.clone(), proof), Actor::User);
    let created = || plain(Event::AccountCreated, Actor::Engine);
    let proof = if index.is_multiple_of(3) { Proof::Code } else { Proof::Link };
    let activated = || vec![entered(), proven(proof), created()];
    // Under Provision Admin First nobody is through yet; those with an address wait behind the administrator.
    if (200..225).contains(&index) {
        return if index % 4 == 1 && !HELD.contains(&index) { vec![entered(), proven(proof)] } else { vec![] };
    }
    let trusted = index >= 225 || (190..200).contains(&index);
    if trusted {
        return if index % 5 == 2 { vec![failed(index)] } else { vec![created()] };
    }
    match index % 12 {
        _ if WAITING.contains(&index) => vec![],
        5 | 9 => vec![],
        6 => vec![entered()],
        7 => vec![entered(), proven(proof), failed(index)],
        8 if index % 24 == 8 => vec![entered(), proven(proof), plain(Event::ConsentAsked, Actor::Engine)],
        10 if index % 36 == 10 => {
            let mut story = activated();
            story.push(plain(Event::PackageChanged(Package::Premium), Actor::User));
            story
        }
        11 if index % 36 == 11 => vec![entered(), proven(proof)],
        _ => activated(),
    }
}

/// An attempt that failed, each with what a target would say.
fn failed(index: usize) -> (Event, Actor, Circumstances) {
    let (fault, said) = match index % 5 {
        0 => (Fault::AddressInUse, "409 email already belongs to another account"),
        1 => (Fault::TargetUnavailable, "503 Service Unavailable"),
        2 => (Fault::PackageUnavailable, "403 licence pool exhausted"),
        3 => (Fault::TargetRefused, "400 extension does not match the location's dial plan"),
        _ => (Fault::TargetTimeout, "no answer within 20 s"),
    };
    let with = Circumstances {
        detail: Some(said.to_owned()),
        tracking_id: Some(format!("NW_{:08X}", index * 2_654_435_761 % 0xFFFF_FFFF)),
        ..Circumstances::default()
    };
    (Event::AttemptFailed(fault), Actor::Engine, with)
}
