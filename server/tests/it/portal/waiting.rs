//! What users and administrators are shown while something is down for everybody.

use app::{
    backend::Templates as _,
    hub::model::{Service, ServiceOutage},
    portal::{MailState, PortalStep},
    visitor::PORTAL_SESSION,
};
use domain::{
    Fault,
    fault::Audience,
    timestamp::{HOUR, MINUTE},
};
use server::{
    backend::hub::{HubService, caller},
    provisioning::worker::{Undelivered, Worker},
    store::Template,
};

use crate::support::{BroadWorks, Person, World, cookie, fault, for_each_database};

/// The password of everybody at BroadWorks.
const PASSWORD: &str = "secret";

/// A user who has entered an address.
async fn entered(world: &World, worker: &Worker, template: &Template, number: usize) -> Person {
    let id = format!("{number}@sp.com");
    world.arrive(template, &id, None).await;
    let mut person = world.person_at(worker, template);
    person.sign_in(&id, PASSWORD).await.unwrap();
    person.enter_address(&format!("m{number}@acme.com")).await.unwrap();
    person
}

async fn mail(person: &Person) -> MailState {
    match person.step().await {
        PortalStep::Proof { mail, .. } => mail,
        other => panic!("{other:?}"),
    }
}

async fn outages(world: &World, worker: &Worker, template: &Template) -> Vec<ServiceOutage> {
    let hub = HubService(world.context(worker.breakers().clone()));
    let administrator = caller(uuid::Uuid::nil().into(), world.tenant);
    hub.outages(&administrator, template.id.into()).await.unwrap()
}

#[test]
fn a_mail_that_was_put_off_is_on_its_way_and_says_when_it_is_tried_again() {
    for_each_database(async |world: World| {
        let broadworks = BroadWorks::start().await;
        broadworks.put("1@sp.com", "Ann");
        let (worker, template) = (world.worker(), world.open_template(&broadworks, |_| ()).await);
        let person = entered(&world, &worker, &template, 1).await;
        assert_eq!(mail(&person).await, MailState::Queued);
        world.postman.plan([Undelivered::Later(fault(Fault::MailPutOff))]);
        worker.drain().await.unwrap();
        let MailState::PutOff(Fault::MailPutOff, Some(next)) = mail(&person).await else { panic!("not put off") };
        let wait = next.since(world.environment.now());
        assert!((MINUTE..2 * MINUTE).contains(&wait), "{wait}");
        world.clock.advance(wait);
        worker.drain().await.unwrap();
        assert_eq!(mail(&person).await, MailState::Sent);
        world.postman.refuse([fault(Fault::MailboxFull)]);
        person.enter_address("other@acme.com").await.unwrap();
        worker.drain().await.unwrap();
        assert_eq!(mail(&person).await, MailState::Refused(Fault::MailboxFull));
        let (path, session) = (format!("/activate/{}", template.share_token), person.session.unwrap());
        let session = format!("{}={session}", cookie(PORTAL_SESSION));
        let page = world.site().await.get(&path, &session).await.body;
        assert!(page.contains(">Our message came back<!></h1>") && !page.contains("Check your email"), "{page}");
    });
}

/// Whoever is told to ask for a new message and that the next try is at four does not know which counts.
#[test]
fn while_a_mail_is_tried_again_nobody_is_told_to_ask_for_another() {
    for_each_database(async |world: World| {
        let broadworks = BroadWorks::start().await;
        broadworks.put("1@sp.com", "Ann");
        let (worker, template) = (world.worker(), world.open_template(&broadworks, |_| ()).await);
        let person = entered(&world, &worker, &template, 1).await;
        let (path, session) = (format!("/activate/{}", template.share_token), person.session.clone().unwrap());
        let session = format!("{}={session}", cookie(PORTAL_SESSION));
        for found in [Fault::MailboxFull, Fault::MailboxInactive, Fault::MailDomainUnknown] {
            world.postman.plan([Undelivered::Later(fault(found))]);
            worker.drain().await.unwrap();
            assert!(matches!(mail(&person).await, MailState::PutOff(why, Some(_)) if why == found));
            let page = world.site().await.get(&path, &session).await.body;
            assert!(page.contains(found.cause()) && page.contains("The message is tried again by itself."), "{page}");
            assert!(!page.contains(found.remedy(Audience::User)), "{page}");
            world.clock.advance(HOUR);
        }
        // Where there is something to wait for, that is said.
        world.postman.plan([Undelivered::Later(fault(Fault::MailRelayDenied))]);
        worker.drain().await.unwrap();
        let page = world.site().await.get(&path, &session).await.body;
        assert!(page.contains(Fault::MailRelayDenied.remedy(Audience::User)), "{page}");
    });
}

#[test]
fn a_mail_that_nobody_confirms_is_said_to_be_unsure_and_can_be_asked_for_again() {
    for_each_database(async |world: World| {
        let broadworks = BroadWorks::start().await;
        broadworks.put("1@sp.com", "Ann");
        let (worker, template) = (world.worker(), world.open_template(&broadworks, |_| ()).await);
        let person = entered(&world, &worker, &template, 1).await;
        world.postman.take_silently();
        worker.drain().await.unwrap();
        assert_eq!(mail(&person).await, MailState::Uncertain);
        let (path, session) = (format!("/activate/{}", template.share_token), person.session.clone().unwrap());
        let page = world.site().await.get(&path, &format!("{}={session}", cookie(PORTAL_SESSION))).await.body;
        assert!(page.contains("We do not know whether our message to") && !page.contains("We sent"), "{page}");
        assert!(page.contains("Send a new message"), "{page}");
        world.clock.advance(MINUTE);
        person.resend().await.unwrap();
        worker.drain().await.unwrap();
        assert_eq!(mail(&person).await, MailState::Sent);
    });
}

#[test]
fn while_the_mail_server_is_away_everybody_is_told_and_then_nobody() {
    for_each_database(async |world: World| {
        let broadworks = BroadWorks::start().await;
        let (worker, template) = (world.worker(), world.open_template(&broadworks, |_| ()).await);
        assert_eq!(outages(&world, &worker, &template).await, []);
        world.postman.close(Fault::MailUnauthorized);
        let mut people = Vec::new();
        for number in 0..3 {
            broadworks.put(&format!("{number}@sp.com"), "Ann");
            people.push(entered(&world, &worker, &template, number).await);
        }
        let since = world.environment.now();
        worker.drain().await.unwrap();
        world.clock.advance(10 * MINUTE);
        for person in &people {
            assert_eq!(mail(person).await, MailState::PutOff(Fault::MailUnauthorized, None));
        }
        let outage = ServiceOutage { service: Service::Mail, cause: Fault::MailUnauthorized, since, waiting: 3 };
        assert_eq!(outages(&world, &worker, &template).await, [outage]);
        let trusted = world.trusted().await;
        assert_eq!(outages(&world, &worker, &trusted).await, [], "nobody waits there");

        world.postman.open();
        worker.drain().await.unwrap();
        assert_eq!(outages(&world, &worker, &template).await, []);
        world.clock.advance(MINUTE);
        worker.drain().await.unwrap();
        for person in &people {
            assert_eq!(mail(person).await, MailState::Sent);
        }
    });
}

#[test]
fn while_a_target_is_away_everybody_is_told_also_who_was_never_tried() {
    for_each_database(async |world: World| {
        let broadworks = BroadWorks::start().await;
        let (worker, template) = (world.worker(), world.open_template(&broadworks, |_| ()).await);
        world.target.go_down(Fault::TargetUnauthorized);
        let mut people = Vec::new();
        for number in 0..3 {
            broadworks.put(&format!("{number}@sp.com"), "Ann");
            let person = entered(&world, &worker, &template, number).await;
            worker.drain().await.unwrap();
            person.enter_code(&world.postman.last().code).await.unwrap();
            people.push(person);
        }
        worker.drain().await.unwrap();
        for person in &people {
            let PortalStep::Progress { setback: Some(problem), .. } = person.step().await else {
                panic!("nothing is told")
            };
            assert_eq!(problem.fault, Fault::TargetUnauthorized);
        }
        let told = outages(&world, &worker, &template).await;
        assert!(
            matches!(
                told[..],
                [ServiceOutage { service: Service::Accounts, cause: Fault::TargetUnauthorized, waiting: 3, .. }]
            ),
            "{told:?}"
        );
        // Another partner's administrator is told nothing of it.
        let stranger = caller(uuid::Uuid::nil().into(), world.other_partner().await);
        let hub = HubService(world.context(worker.breakers().clone()));
        let asked = hub.outages(&stranger, template.id.into()).await;
        assert_eq!(asked.unwrap_err().fault, Fault::NotFound);
    });
}
