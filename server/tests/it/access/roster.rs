//! The customer's own administrator: gives the people of one customer addresses, has activation mails sent, and reaches nobody else.

use app::{
    access::Guard as _,
    backend::{Administrator, Rosters as _, Visitor},
    hub::model::{Cursor, GivenAddress, Member, MemberOutcome},
    problem::Problem,
};
use domain::{
    Fault, Permission, Role, SpEnterpriseId, Status,
    timestamp::{DAY, MINUTE},
};
use sea_orm::EntityTrait as _;
use server::{
    access::{administrators, post::Post},
    store::{AdministratorId, Subscriber, Template, administrator, assignment},
};
use uuid::Uuid;

use crate::{
    entity::audit_event,
    support::{Pages, World, for_each_database, new_subscriber, visitor},
};

const IT: &str = "it@acme.example";
const PASSWORD: &str = "seven loud harbours";

fn fault<T: std::fmt::Debug>(outcome: Result<T, Problem>) -> Fault {
    outcome.unwrap_err().fault
}

fn enterprise(id: &str) -> SpEnterpriseId {
    SpEnterpriseId::parse(id).unwrap()
}

/// The IT person of `SP1+acme`, who is signed in.
struct It {
    pages: Pages,
    id: AdministratorId,
    me: Administrator,
    visitor: Visitor,
}

impl It {
    async fn of(world: &World) -> Self {
        let post = Post { role: Role::CustomerAdministrator, customers: Some(vec![enterprise("SP1+acme")]) };
        let (store, environment) = (&world.store, &world.environment);
        let id = administrators::add_to_post(store, environment, world.tenant, (IT, Some(&post)), PASSWORD);
        let id = id.await.unwrap();
        let cookie = world.hub_cookie(id).await;
        let session = cookie.split_once('=').map(|(_, token)| token.to_owned());
        let (pages, visitor) = (world.pages(), Visitor { session, ..visitor("192.0.2.9") });
        let me = pages.hub.administrator(&visitor, Permission::RosterWrite).await.unwrap();
        Self { pages, id, me, visitor }
    }

    async fn people(&self) -> Vec<Member> {
        self.pages.hub.roster(&self.me, None, None, Cursor::Start).await.unwrap().page.rows
    }

    async fn mail(&self, given: &[(&Subscriber, &str)], note: &str) -> Result<Vec<MemberOutcome>, Problem> {
        let given = given.iter().map(|(user, email)| GivenAddress { id: user.id.into(), email: (*email).to_owned() });
        self.pages.hub.mail_members(&self.me, given.collect(), note).await
    }
}

async fn arrive(world: &World, template: &Template, user: &str, of: &str) -> Subscriber {
    let mut new = new_subscriber(user, None);
    new.sp_enterprise_id = enterprise(of);
    world.try_arrive(template, new).await.unwrap()
}

fn problems(outcomes: &[MemberOutcome], of: &Subscriber) -> Option<Fault> {
    let one = outcomes.iter().find(|one| one.id == of.id.into()).unwrap();
    one.problem.as_ref().map(|problem| problem.fault)
}

#[test]
fn who_is_given_an_address_proves_it_and_reads_what_was_written() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let (ann, ben) = (
            arrive(&world, &template, "ann@sp.com", "SP1+acme").await,
            arrive(&world, &template, "ben@sp.com", "SP1+acme").await,
        );
        let it = It::of(&world).await;
        let outcomes =
            it.mail(&[(&ann, "ann@acme.com"), (&ben, "ben at acme")], " Until Friday, please. ").await.unwrap();
        assert_eq!((problems(&outcomes, &ann), problems(&outcomes, &ben)), (None, Some(Fault::InvalidAddress)));
        world.work().await;
        let [letter] = &world.postman.letters()[..] else { panic!("not one letter") };
        assert_eq!(letter.proof.email.as_str(), "ann@acme.com");
        assert_eq!(letter.proof.note.as_ref().map(domain::Note::as_str), Some("Until Friday, please."));
        // Nobody of the customer vouches for anybody: the address is the user's to prove.
        assert_eq!(world.status(ann.id).await, Status::PendingEmailValidation.as_str());
        let token = letter.token.clone();
        world.prove_by_link(&token).await.unwrap();
        world.work().await;
        let people = it.people().await;
        let [second, first] = &people[..] else { panic!("{people:?}") };
        assert_eq!((first.status, first.takes_address), (Status::Provisioned, false));
        assert_eq!((second.status, second.takes_address), (Status::PendingEmailInput, true));
        let again = it.mail(&[(&ann, "other@acme.com")], "").await.unwrap();
        assert_eq!(problems(&again, &ann), Some(Fault::AlreadyProvisioned));
        let written = audit_event::Entity::find().all(world.store.read()).await.unwrap();
        let by_it: Vec<_> = written.iter().filter(|row| row.actor == format!("admin:{}", it.id)).collect();
        assert_eq!(
            by_it.iter().map(|row| (row.deed.as_str(), row.subject_id)).collect::<Vec<_>>(),
            [("activation_mailed", Some(Uuid::from(ann.id)))]
        );
    });
}

#[test]
fn the_same_address_is_mailed_once_a_day_and_another_one_at_once() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let ann = arrive(&world, &template, "ann@sp.com", "SP1+acme").await;
        let it = It::of(&world).await;
        let mail = async |email: &'static str| problems(&it.mail(&[(&ann, email)], "").await.unwrap(), &ann);
        assert_eq!(mail("ann@acme.com").await, None);
        world.work().await;
        world.clock.advance(MINUTE);
        assert_eq!(mail("Ann@ACME.com").await, Some(Fault::MailedRecently));
        assert_eq!(mail("ann.lee@acme.com").await, None, "that was a mistake, and is put right");
        world.work().await;
        world.clock.advance(DAY);
        assert_eq!(mail("ann.lee@acme.com").await, None);
        world.work().await;
        assert_eq!(world.postman.letters().len(), 3);
        let long = "x".repeat(domain::Note::MOST + 1);
        assert_eq!(fault(it.mail(&[(&ann, "ann@acme.com")], &long).await), Fault::InvalidParameterSize);
    });
}

#[test]
fn a_failed_activation_is_tried_again_and_of_who_has_not_failed_that_is_said() {
    for_each_database(async |world: World| {
        let template = world.trusted().await;
        let mut new = new_subscriber("ann@sp.com", Some("ann@acme.com"));
        new.sp_enterprise_id = enterprise("SP1+acme");
        world.target.fail_for("ann@sp.com", Fault::AddressInUse);
        let ann = world.try_arrive(&template, new).await.unwrap();
        world.work().await;
        assert_eq!(world.status(ann.id).await, Status::Error.as_str());
        let it = It::of(&world).await;
        let [member] = &it.people().await[..] else { panic!("not one") };
        assert_eq!((member.fault, member.can_retry, member.takes_address), (Some(Fault::AddressInUse), true, true));
        let ben = arrive(&world, &world.template(|_| ()).await, "ben@sp.com", "SP1+acme").await;
        let both = vec![ann.id.into(), ben.id.into()];
        let outcomes = it.pages.hub.retry_members(&it.me, both).await.unwrap();
        assert_eq!((problems(&outcomes, &ann), problems(&outcomes, &ben)), (None, Some(Fault::NothingToRetry)));
        assert_eq!(world.status(ann.id).await, Status::Provisioning.as_str());
        let written = audit_event::Entity::find().all(world.store.read()).await.unwrap();
        let retried: Vec<_> = written.iter().filter(|row| row.deed == "activation_retried").collect();
        assert_eq!(retried.len(), 1);
    });
}

#[test]
fn nobody_of_another_customer_is_seen_or_written_to_whatever_is_stored() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        let ann = arrive(&world, &template, "ann@sp.com", "SP1+acme").await;
        let eve = arrive(&world, &template, "eve@sp.com", "SP1+other").await;
        let it = It::of(&world).await;
        // A row that says otherwise, as if by a mistake of a later version.
        let work = world.store.work().await.unwrap();
        administrator::save_role(&work, it.id, Role::CustomerAdministrator, false).await.unwrap();
        work.commit().await.unwrap();
        let me = it.pages.hub.administrator(&it.visitor, Permission::RosterWrite).await.unwrap();
        let hub = &it.pages.hub;
        let seen = hub.roster(&me, None, None, Cursor::Start).await.unwrap();
        assert_eq!(seen.page.rows.iter().map(|one| one.id).collect::<Vec<_>>(), [ann.id.into()]);
        assert_eq!(seen.users.total, 1);
        let theirs = Some(eve.customer_id.into());
        assert_eq!(fault(hub.roster(&me, theirs, None, Cursor::Start).await), Fault::NotFound);
        let found = hub.roster(&me, None, Some("eve".to_owned()), Cursor::Start).await.unwrap();
        assert!(found.page.rows.is_empty());
        assert_eq!(hub.members(&me, vec![eve.id.into()]).await.unwrap(), []);
        let outcomes = it.mail(&[(&ann, "ann@acme.com"), (&eve, "eve@evil.example")], "").await.unwrap();
        assert_eq!(outcomes.len(), 1, "{outcomes:?}");
        assert_eq!(fault(it.mail(&[(&eve, "eve@evil.example")], "").await), Fault::NotFound);
        world.work().await;
        assert_eq!(world.status(eve.id).await, Status::PendingEmailInput.as_str());
        // Whoever lost the customer meanwhile, does nothing more: not even with a page that is open.
        let work = world.store.work().await.unwrap();
        assignment::forget(&work, it.id).await.unwrap();
        work.commit().await.unwrap();
        assert_eq!(fault(it.mail(&[(&ann, "new@acme.com")], "").await), Fault::NotFound);
        assert_eq!(fault(hub.roster(&me, None, None, Cursor::Start).await), Fault::NotFound);
    });
}

#[test]
fn whoever_is_of_a_customer_is_of_exactly_one() {
    for_each_database(async |world: World| {
        let template = world.template(|_| ()).await;
        for of in ["SP1+acme", "SP1+other"] {
            arrive(&world, &template, &format!("{of}@sp.com"), of).await;
        }
        for customers in [None, Some(vec![]), Some(vec!["SP1+acme", "SP1+other"]), Some(vec!["SP1+nobody"])] {
            let named = customers.clone().map(|ids| ids.into_iter().map(enterprise).collect());
            let post = Post { role: Role::CustomerAdministrator, customers: named };
            let (store, environment) = (&world.store, &world.environment);
            let added =
                administrators::add_to_post(store, environment, world.tenant, (IT, Some(&post)), PASSWORD).await;
            assert!(added.is_err(), "{customers:?}");
        }
        let nobody = administrator::list(world.store.read(), world.tenant).await.unwrap();
        assert!(nobody.is_empty(), "a refusal leaves nobody behind");
    });
}
