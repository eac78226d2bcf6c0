//! Inviting administrators, changing what they may do and keeping them out; and everybody's own sessions.

use std::io::Cursor;

use app::{
    access::Guard as _,
    backend::{
        Administrator, Administrators as _, Customers as _, People as _, Templates as _, Tokens as _, Users as _,
        Visitor,
    },
    hub::model::{PersonId, PersonState, Post, Sessions, TokenId, TokenLifetime, UserId},
    problem::Problem,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    EmailAddress, Fault, Package, Permission, Role, SpEnterpriseId,
    lifecycle::Event,
    template::{Reminders, UserVerification},
    timestamp::{DAY, MINUTE},
};
use sea_orm::{EntityTrait as _, PaginatorTrait as _};
use server::{
    access::administrators,
    backend::hub::HubService,
    import::{self, ImportError, ImportOptions},
    store::{Actor, Template, administrator},
};

use crate::{
    branding::png,
    entity::{audit_event, history},
    support::{ADMIN, ADMIN_PASSWORD, PUBLIC_URL, Pages, World, for_each_database, new_subscriber, returning, visitor},
};

const BEN: &str = "ben@sp.example";
const BEN_PASSWORD: &str = "seven loud harbours";

fn fault<T: std::fmt::Debug>(outcome: Result<T, Problem>) -> Fault {
    outcome.unwrap_err().fault
}

fn post(role: Role) -> Post {
    Post { role, assigned_only: false, customers: String::new() }
}

/// The hub, and a full administrator who is signed in.
struct Hub {
    pages: Pages,
    me: Administrator,
    here: Visitor,
}

impl Hub {
    async fn of(world: &World) -> Self {
        world.administrator().await;
        let (pages, home) = (world.pages(), visitor("192.0.2.1"));
        let session = pages.sign_in_to_hub(&home, ADMIN_PASSWORD).await.unwrap();
        let here = returning(&home, &session);
        let me = pages.hub.administrator(&here, Permission::PeopleWrite).await.unwrap();
        // Later than whoever came before: ids grow with time.
        world.clock.advance(1);
        Self { pages, me, here }
    }

    /// The id of whoever has this address.
    async fn id(&self, email: &str) -> PersonId {
        let people = self.pages.hub.people(&self.me).await.unwrap();
        people.into_iter().find(|person| person.email == email).unwrap().id
    }

    async fn state(&self, email: &str) -> PersonState {
        let people = self.pages.hub.people(&self.me).await.unwrap();
        people.into_iter().find(|person| person.email == email).unwrap().state
    }

    async fn invite(&self, role: Role) -> String {
        let invited = self.pages.hub.invite(&self.me, BEN, post(role)).await.unwrap();
        assert_eq!(invited.email, BEN);
        invited.link.strip_prefix(&format!("{PUBLIC_URL}/hub/invitation/")).unwrap().to_owned()
    }
}

#[test]
fn whoever_is_invited_chooses_a_password_once_and_is_what_was_said() {
    for_each_database(async |world: World| {
        let hub = Hub::of(&world).await;
        let token = hub.invite(Role::HelpDesk).await;
        assert_eq!(hub.state(BEN).await, PersonState::Invited);
        let away = visitor("192.0.2.7");
        assert_eq!(fault(hub.pages.hub.sign_in(&away, BEN, "").await), Fault::PasswordMissing);
        assert_eq!(fault(hub.pages.hub.sign_in(&away, BEN, BEN_PASSWORD).await), Fault::HubBadCredentials);
        assert_eq!(hub.pages.hub.invitation(&token).await.unwrap(), BEN);
        assert_eq!(
            fault(hub.pages.hub.accept_invitation(&away, &token, "short").await),
            Fault::PasswordTooShort,
            "the link is not used up by that"
        );
        // However one of before came about, it ends.
        let before = world.hub_cookie(hub.id(BEN).await.into()).await;
        let before = Visitor { session: before.split_once('=').map(|(_, token)| token.to_owned()), ..away.clone() };
        assert!(hub.pages.hub.administrator(&before, Permission::OwnAccount).await.is_ok());
        let session = hub.pages.hub.accept_invitation(&away, &token, BEN_PASSWORD).await.unwrap();
        assert_eq!(fault(hub.pages.hub.administrator(&before, Permission::OwnAccount).await), Fault::NotSignedIn);
        let ben = returning(&away, &session);
        assert!(hub.pages.hub.administrator(&ben, Permission::MailResend).await.is_ok());
        assert_eq!(fault(hub.pages.hub.administrator(&ben, Permission::UsersWrite).await), Fault::PermissionMissing);
        assert_eq!(fault(hub.pages.hub.invitation(&token).await), Fault::InvitationInvalid);
        let again = hub.pages.hub.accept_invitation(&away, &token, "another quiet lighthouse").await;
        assert_eq!(fault(again), Fault::InvitationInvalid);
        let people = hub.pages.hub.people(&hub.me).await.unwrap();
        let told: Vec<_> =
            people.iter().map(|one| (one.email.as_str(), one.post.role, one.state, one.oneself)).collect();
        assert_eq!(
            told,
            [
                (ADMIN, Role::FullAdministrator, PersonState::Active, true),
                (BEN, Role::HelpDesk, PersonState::Active, false)
            ]
        );
        assert!(people.iter().all(|one| one.signed_in.is_some()), "{people:?}");
        assert_eq!(fault(hub.pages.hub.invite(&hub.me, BEN, post(Role::ReadOnly)).await), Fault::PersonExists);
    });
}

#[test]
fn an_invitation_expires_and_only_the_newest_works() {
    for_each_database(async |world: World| {
        let hub = Hub::of(&world).await;
        let first = hub.invite(Role::ReadOnly).await;
        let ben = hub.id(BEN).await;
        let second = hub.pages.hub.reset_person(&hub.me, ben).await.unwrap().link;
        let second = second.rsplit('/').next().unwrap().to_owned();
        assert_eq!(fault(hub.pages.hub.invitation(&first).await), Fault::InvitationInvalid);
        assert_eq!(hub.pages.hub.invitation(&second).await.unwrap(), BEN);
        world.clock.advance(7 * DAY);
        assert_eq!(fault(hub.pages.hub.invitation(&second).await), Fault::InvitationInvalid);
        assert_eq!(hub.state(BEN).await, PersonState::Expired);
    });
}

#[test]
fn a_new_role_a_reset_and_an_end_take_effect_at_once() {
    for_each_database(async |world: World| {
        let hub = Hub::of(&world).await;
        let (away, token) = (visitor("192.0.2.7"), hub.invite(Role::ReadOnly).await);
        let session = hub.pages.hub.accept_invitation(&away, &token, BEN_PASSWORD).await.unwrap();
        let mut ben = returning(&away, &session);
        let id = hub.id(BEN).await;
        hub.pages.hub.change_person(&hub.me, id, post(Role::Administrator)).await.unwrap();
        assert_eq!(fault(hub.pages.hub.administrator(&ben, Permission::OwnAccount).await), Fault::NotSignedIn);
        ben = returning(&away, &hub.pages.hub.sign_in(&away, BEN, BEN_PASSWORD).await.unwrap());
        assert!(hub.pages.hub.administrator(&ben, Permission::UsersWrite).await.is_ok());

        hub.pages.hub.disable_person(&hub.me, id, true).await.unwrap();
        assert_eq!(hub.state(BEN).await, PersonState::Disabled);
        assert_eq!(fault(hub.pages.hub.administrator(&ben, Permission::OwnAccount).await), Fault::NotSignedIn);
        assert_eq!(fault(hub.pages.hub.sign_in(&away, BEN, BEN_PASSWORD).await), Fault::HubBadCredentials);
        hub.pages.hub.disable_person(&hub.me, id, false).await.unwrap();
        ben = returning(&away, &hub.pages.hub.sign_in(&away, BEN, BEN_PASSWORD).await.unwrap());

        hub.pages.hub.reset_person(&hub.me, id).await.unwrap();
        assert_eq!(fault(hub.pages.hub.administrator(&ben, Permission::OwnAccount).await), Fault::NotSignedIn);
        assert_eq!(fault(hub.pages.hub.sign_in(&away, BEN, BEN_PASSWORD).await), Fault::HubBadCredentials);

        hub.pages.hub.remove_person(&hub.me, id).await.unwrap();
        assert_eq!(fault(hub.pages.hub.remove_person(&hub.me, id).await), Fault::NotFound);
        assert_eq!(hub.pages.hub.people(&hub.me).await.unwrap().len(), 1);
    });
}

#[test]
fn one_who_can_sign_in_and_do_everything_is_always_left() {
    for_each_database(async |world: World| {
        let hub = Hub::of(&world).await;
        let me = hub.id(ADMIN).await;
        // Somebody who is only invited to it cannot do anything yet.
        let token = hub.invite(Role::FullAdministrator).await;
        let demoted = hub.pages.hub.change_person(&hub.me, me, post(Role::ReadOnly)).await;
        assert_eq!(fault(demoted), Fault::LastFullAdministrator);
        assert_eq!(fault(hub.pages.hub.disable_person(&hub.me, me, true).await), Fault::LastFullAdministrator);
        assert_eq!(fault(hub.pages.hub.reset_person(&hub.me, me).await), Fault::LastFullAdministrator);
        assert_eq!(fault(hub.pages.hub.remove_person(&hub.me, me).await), Fault::LastFullAdministrator);
        // Nothing of that has happened.
        assert!(hub.pages.hub.administrator(&hub.here, Permission::PeopleWrite).await.is_ok());
        hub.pages.hub.accept_invitation(&visitor("192.0.2.7"), &token, BEN_PASSWORD).await.unwrap();
        hub.pages.hub.change_person(&hub.me, me, post(Role::ReadOnly)).await.unwrap();
        assert_eq!(fault(hub.pages.hub.administrator(&hub.here, Permission::OwnAccount).await), Fault::NotSignedIn);
    });
}

#[test]
fn whoever_has_assigned_customers_sees_these_and_loses_them_with_the_next_query() {
    for_each_database(async |world: World| {
        let hub = Hub::of(&world).await;
        let template = world.template(|_| ()).await;
        for name in ["acme", "globex"] {
            let mut new = new_subscriber(&format!("{name}@sp.com"), None);
            new.sp_enterprise_id = SpEnterpriseId::parse(&format!("SP1+{name}")).unwrap();
            world.try_arrive(&template, new).await.unwrap();
        }
        let assigned = |ids: &str| Post { role: Role::Administrator, assigned_only: true, customers: ids.to_owned() };
        let unknown = hub.pages.hub.invite(&hub.me, BEN, assigned("SP1+acme\nSP1+nobody")).await;
        assert_eq!(fault(unknown), Fault::NotFound);
        assert_eq!(hub.pages.hub.people(&hub.me).await.unwrap().len(), 1, "nobody was added");
        let link = hub.pages.hub.invite(&hub.me, BEN, assigned(" SP1+acme \n\nSP1+acme")).await.unwrap().link;
        let token = link.rsplit('/').next().unwrap();
        let away = visitor("192.0.2.7");
        let ben = returning(&away, &hub.pages.hub.accept_invitation(&away, token, BEN_PASSWORD).await.unwrap());
        let ben = hub.pages.hub.administrator(&ben, Permission::CustomersRead).await.unwrap();
        let seen = async || {
            let page = hub.pages.hub.customers(&ben, "", None).await.unwrap().page;
            page.rows.into_iter().map(|row| (row.sp_enterprise_id, row.users.total)).collect::<Vec<_>>()
        };
        assert_eq!(seen().await, [("SP1+acme".to_owned(), 1)]);
        let id = hub.id(BEN).await;
        let people = hub.pages.hub.people(&hub.me).await.unwrap();
        assert_eq!((people[1].post.assigned_only, people[1].post.customers.as_str()), (true, "SP1+acme"));
        hub.pages.hub.change_person(&hub.me, id, assigned("SP1+globex")).await.unwrap();
        assert_eq!(seen().await, [("SP1+globex".to_owned(), 1)]);
        hub.pages.hub.change_person(&hub.me, id, assigned("")).await.unwrap();
        assert_eq!(seen().await, []);
    });
}

#[test]
fn who_sees_a_customer_is_whoever_is_of_every_one_or_of_this_one() {
    for_each_database(async |world: World| {
        let hub = Hub::of(&world).await;
        let template = world.template(|_| ()).await;
        let mut customers = Vec::new();
        for name in ["acme", "globex"] {
            let mut new = new_subscriber(&format!("{name}@sp.com"), None);
            new.sp_enterprise_id = SpEnterpriseId::parse(&format!("SP1+{name}")).unwrap();
            customers.push(world.try_arrive(&template, new).await.unwrap().customer_id.into());
        }
        let of = |role, ids: &str| Post { role, assigned_only: true, customers: ids.to_owned() };
        for (email, post) in [
            ("everywhere@sp.example", post(Role::ReadOnly)),
            ("both@sp.example", of(Role::Administrator, "SP1+acme\nSP1+globex")),
            ("elsewhere@sp.example", of(Role::HelpDesk, "SP1+globex")),
            ("nowhere@sp.example", of(Role::Administrator, "")),
            ("own@sp.example", of(Role::CustomerAdministrator, "SP1+acme")),
        ] {
            // In the order in which they were added.
            world.clock.advance(1);
            hub.pages.hub.invite(&hub.me, email, post).await.unwrap();
        }
        let mut seen = Vec::new();
        for customer in customers {
            let found = hub.pages.hub.customer_people(&hub.me, customer).await.unwrap();
            let people = found.people.into_iter().map(|person| (person.email, person.post.customers.lines().count()));
            seen.push((found.sp_enterprise_id, people.collect::<Vec<_>>()));
        }
        let expected = |id: &str, people: &[(&str, usize)]| {
            (
                id.to_owned(),
                people.iter().map(|(email, customers)| ((*email).to_owned(), *customers)).collect::<Vec<_>>(),
            )
        };
        assert_eq!(
            seen,
            [
                expected(
                    "SP1+acme",
                    &[(ADMIN, 0), ("everywhere@sp.example", 0), ("both@sp.example", 2), ("own@sp.example", 1)],
                ),
                expected(
                    "SP1+globex",
                    &[(ADMIN, 0), ("everywhere@sp.example", 0), ("both@sp.example", 2), ("elsewhere@sp.example", 1)],
                ),
            ]
        );
        let nobodys = hub.pages.hub.customer_people(&hub.me, uuid::Uuid::nil().to_string().parse().unwrap()).await;
        assert_eq!(fault(nobodys), Fault::NotFound);
    });
}

#[test]
fn everybody_sees_their_own_sessions_and_ends_them() {
    for_each_database(async |world: World| {
        let hub = Hub::of(&world).await;
        let (office, train) = (visitor("198.51.100.1"), visitor("203.0.113.9"));
        let office = returning(&office, &hub.pages.sign_in_to_hub(&office, ADMIN_PASSWORD).await.unwrap());
        let train = returning(&train, &hub.pages.sign_in_to_hub(&train, ADMIN_PASSWORD).await.unwrap());
        let found = hub.pages.hub.sessions(&hub.me, &hub.here).await.unwrap();
        let mut networks: Vec<_> = found.iter().map(|one| (one.network.clone().unwrap(), one.here)).collect();
        networks.sort();
        let told = [("192.0.2.1", true), ("198.51.100.1", false), ("203.0.113.9", false)];
        assert_eq!(networks, told.map(|(network, here)| (network.to_owned(), here)));

        let of_train = found.iter().find(|one| one.network.as_deref() == Some("203.0.113.9")).unwrap().id.clone();
        let left = hub.pages.hub.end_sessions(&hub.me, &hub.here, Sessions::One(of_train.clone())).await.unwrap();
        assert_eq!(left.len(), 2);
        assert_eq!(fault(hub.pages.hub.administrator(&train, Permission::OwnAccount).await), Fault::NotSignedIn);

        // Nobody ends a session of somebody else.
        let token = hub.invite(Role::ReadOnly).await;
        let away = visitor("192.0.2.7");
        let ben = returning(&away, &hub.pages.hub.accept_invitation(&away, &token, BEN_PASSWORD).await.unwrap());
        let as_ben = hub.pages.hub.administrator(&ben, Permission::OwnAccount).await.unwrap();
        for mine in &left {
            hub.pages.hub.end_sessions(&as_ben, &ben, Sessions::One(mine.id.clone())).await.unwrap();
        }
        assert!(hub.pages.hub.administrator(&office, Permission::OwnAccount).await.is_ok());

        assert_eq!(hub.pages.hub.end_sessions(&hub.me, &hub.here, Sessions::Others).await.unwrap().len(), 1);
        assert_eq!(fault(hub.pages.hub.administrator(&office, Permission::OwnAccount).await), Fault::NotSignedIn);
        assert!(hub.pages.hub.administrator(&hub.here, Permission::OwnAccount).await.is_ok());
        assert!(hub.pages.hub.administrator(&ben, Permission::OwnAccount).await.is_ok());
    });
}

/// Ben, as the guard has let him through.
async fn ben(hub: &Hub, post: Post) -> (PersonId, Administrator) {
    let link = hub.pages.hub.invite(&hub.me, BEN, post).await.unwrap().link;
    let home = visitor("192.0.2.9");
    let token = link.rsplit('/').next().unwrap();
    let session = hub.pages.hub.accept_invitation(&home, token, BEN_PASSWORD).await.unwrap();
    let ben = hub.pages.hub.administrator(&returning(&home, &session), Permission::OwnAccount).await.unwrap();
    (hub.id(BEN).await, ben)
}

/// Does what nobody but a full administrator does.
async fn manage(
    own: &HubService,
    by: &Administrator,
    person: PersonId,
    token: TokenId,
    template: &Template,
) -> Vec<Fault> {
    let id = template.id.into();
    vec![
        fault(own.disable_person(by, person, false).await),
        fault(own.change_person(by, person, post(Role::Administrator)).await),
        fault(own.reset_person(by, person).await),
        fault(own.remove_person(by, person).await),
        fault(own.invite(by, "cem@sp.example", post(Role::FullAdministrator)).await),
        fault(own.create_token(by, "CRM", &[Permission::UsersRead], TokenLifetime::Unlimited).await),
        fault(own.revoke_token(by, token).await),
        fault(own.save_user_verification(by, id, 1, UserVerification::Trusted, "").await),
        fault(own.save_mails(by, id, 1, "", "", Reminders::NONE).await),
        fault(own.save_accent(by, id, 1, "#0b6b6b").await),
        fault(own.save_logo(by, id, 1, &URL_SAFE_NO_PAD.encode(png(8, 8, [1, 2, 3]))).await),
        fault(own.remove_logo(by, id, 1).await),
    ]
}

/// Does what is done for a user.
async fn look_after(own: &HubService, by: &Administrator, user: UserId, failed: UserId) -> Vec<Fault> {
    vec![
        fault(own.onboard(by, user, EmailAddress::parse("eve@acme.example").unwrap()).await),
        fault(own.retry(by, failed).await),
        fault(own.change_package(by, user, Package::Premium).await),
    ]
}

/// A user who waits for a mail, and one who has failed.
async fn users(world: &World, template: &Template) -> [UserId; 2] {
    let [waits, failed] =
        [world.arrive(template, "1@sp.com", None).await, world.arrive(template, "2@sp.com", None).await];
    for (user, email) in [(&waits, "ann@acme.example"), (&failed, "bea@acme.example")] {
        world.apply(user.id, Event::AddressEntered(EmailAddress::parse(email).unwrap())).await.unwrap();
    }
    let email = EmailAddress::parse("bea@acme.example").unwrap();
    world.apply(failed.id, Event::Onboarded(email)).await.unwrap();
    world.apply(failed.id, Event::AttemptFailed(Fault::TargetRefused)).await.unwrap();
    world.clock.advance(MINUTE);
    [waits.id.into(), failed.id.into()]
}

#[test]
fn whoever_was_kept_out_meanwhile_does_nothing_any_more() {
    for_each_database(async |world: World| {
        let hub = Hub::of(&world).await;
        let template = world.template(|_| ()).await;
        let [user, failed] = users(&world, &template).await;
        let (id, ben) = ben(&hub, post(Role::FullAdministrator)).await;
        let own = &hub.pages.hub;
        own.create_token(&ben, "CRM", &[Permission::UsersRead], TokenLifetime::Unlimited).await.unwrap();
        let token = own.tokens(&hub.me, None).await.unwrap().rows[0].id;
        own.disable_person(&hub.me, id, true).await.unwrap();
        let before = written(&world).await;
        assert_eq!(manage(own, &ben, id, token, &template).await, [Fault::SessionEnded; 12]);
        assert_eq!(look_after(own, &ben, user, failed).await, [Fault::SessionEnded; 3]);
        assert_eq!(fault(own.resend(&ben, user).await), Fault::SessionEnded);
        assert_eq!(import(&world, &template, id).await, Fault::SessionEnded);
        assert_eq!(written(&world).await, before);
        assert_eq!(hub.state(BEN).await, PersonState::Disabled);
    });
}

#[test]
fn whoever_was_made_something_else_meanwhile_does_only_what_that_allows() {
    for_each_database(async |world: World| {
        let hub = Hub::of(&world).await;
        let template = world.template(|_| ()).await;
        let [user, failed] = users(&world, &template).await;
        let (id, ben) = ben(&hub, post(Role::FullAdministrator)).await;
        let own = &hub.pages.hub;
        own.create_token(&ben, "CRM", &[Permission::UsersRead], TokenLifetime::Unlimited).await.unwrap();
        let token = own.tokens(&hub.me, None).await.unwrap().rows[0].id;
        own.change_person(&hub.me, id, post(Role::HelpDesk)).await.unwrap();
        assert_eq!(manage(own, &ben, id, token, &template).await, [Fault::SessionEnded; 12]);
        assert_eq!(look_after(own, &ben, user, failed).await, [Fault::SessionEnded; 3]);
        assert_eq!(import(&world, &template, id).await, Fault::SessionEnded);
        own.resend(&ben, user).await.unwrap();
        // Or relieved of the customer.
        let assigned = |ids: &str| Post { role: Role::Administrator, assigned_only: true, customers: ids.to_owned() };
        own.change_person(&hub.me, id, assigned("SP1+acme")).await.unwrap();
        own.retry(&ben, failed).await.unwrap();
        world.apply(failed.into(), Event::AttemptFailed(Fault::TargetRefused)).await.unwrap();
        own.change_person(&hub.me, id, assigned("")).await.unwrap();
        assert_eq!(look_after(own, &ben, user, failed).await, [Fault::SessionEnded; 3]);
    });
}

/// How much the audit log and the histories hold.
async fn written(world: &World) -> [u64; 2] {
    let db = world.store.read();
    [audit_event::Entity::find().count(db).await.unwrap(), history::Entity::find().count(db).await.unwrap()]
}

/// A file is imported by this administrator. Returns what refuses it.
async fn import(world: &World, template: &Template, by: PersonId) -> Fault {
    let file = Cursor::new("BroadWorks ID,First Name,Last Name,Enterprise ID\n9@sp.com,Ann,Lee,SP1+acme\n");
    let options = ImportOptions {
        actor: Actor::Administrator(by.into()),
        provisioning_id: Some(template.provisioning_id.clone()),
        ..ImportOptions::default()
    };
    let imported = import::import(&world.store, &world.environment, world.tenant, file, &options, |_| ()).await;
    match imported.unwrap_err() {
        ImportError::Trouble(trouble) => trouble.fault().0,
        other => panic!("{other}"),
    }
}

#[test]
fn a_password_that_was_taken_away_while_it_was_checked_begins_no_session() {
    for_each_database(async |world: World| {
        let hub = Hub::of(&world).await;
        let link = hub.invite(Role::ReadOnly).await;
        hub.pages.hub.accept_invitation(&visitor("192.0.2.9"), &link, BEN_PASSWORD).await.unwrap();
        let checked = administrators::check(&world.store, BEN, BEN_PASSWORD).await.unwrap();
        let begun = async || {
            let work = world.store.work().await.unwrap();
            let hash = checked.password_hash.as_deref();
            administrator::note_sign_in(&work, checked.id, hash, world.environment.now()).await.unwrap().is_some()
        };
        assert!(begun().await);
        hub.pages.hub.disable_person(&hub.me, checked.id.into(), true).await.unwrap();
        assert!(!begun().await);
        hub.pages.hub.disable_person(&hub.me, checked.id.into(), false).await.unwrap();
        hub.pages.hub.reset_person(&hub.me, checked.id.into()).await.unwrap();
        assert!(!begun().await);
    });
}
