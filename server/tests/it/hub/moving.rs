//! Moving users to another template.

use app::{
    backend::{Administrator, Audit as _, Jobs as _, Templates as _, Users as _},
    hub::model::{AuditFilter, BulkDeed, JobRow, LeftOut},
    portal::PortalStep,
};
use domain::{Fault, Happening, audit::Deed, bulk::Outcome, lifecycle::Event};
use server::{
    live::{News, Topic},
    store::{Subscriber, Template, counter},
};

use super::{
    hub,
    jobs::{carry_out, these},
    user::ann,
};
use crate::support::{Act, BroadWorks, World, fault, for_each_database};

/// Moves them, and says what became of that.
async fn moved(world: &World, by: &Administrator, users: &[&Subscriber], to: &Template) -> JobRow {
    let begun = hub(world).begin_bulk(by, &these(users), BulkDeed::Move(to.id.into())).await.unwrap();
    carry_out(world).await;
    hub(world).job(by, begun.id).await.unwrap()
}

async fn why(world: &World, by: &Administrator, job: &JobRow) -> Vec<Fault> {
    let refused = hub(world).job_rows(by, job.id, Some(Outcome::Refused), None).await.unwrap().page.rows;
    refused.into_iter().flat_map(|row| row.why).map(|(_, fault)| fault).collect()
}

async fn waiting(world: &World, template: &Template, target: &str) -> i64 {
    counter::waiting(world.store.read(), world.tenant, template.id, target).await.unwrap()
}

#[test]
fn whoever_has_no_account_yet_can_be_moved_anywhere_and_what_was_mailed_stays_good() {
    for_each_database(async |world: World| {
        let (ann, broadworks) = (ann(&world).await, BroadWorks::start().await);
        let from = world.open_template(&broadworks, |template| template.name = "Office".to_owned()).await;
        let elsewhere = |template: &mut Template| {
            (template.name, template.target_reference) = ("Branch".to_owned(), Some("branch".to_owned()));
        };
        let to = world.open_template(&broadworks, elsewhere).await;
        let mailed = world.arrive(&from, "1@sp.com", Some("one@acme.com")).await;
        world.work().await;
        let token = world.postman.last().token;
        let queued = world.arrive(&from, "2@sp.com", Some("two@acme.com")).await;
        let silent = world.arrive(&from, "3@sp.com", None).await;
        assert_eq!((waiting(&world, &from, "mail").await, waiting(&world, &to, "mail").await), (1, 0));

        let pages = [&from, &to].map(|template| world.live.listen(Topic::Template(template.id)));
        let job = moved(&world, &ann, &[&mailed, &queued, &silent], &to).await;
        assert_eq!((job.accepted, job.unchanged, job.refused), (3, 0, 0));
        for mut page in pages {
            let mut heard = Vec::new();
            while let Ok(News::Changed(change)) = page.try_recv() {
                heard.push(change.subscriber);
            }
            heard.sort();
            assert_eq!(heard, [mailed.id, queued.id, silent.id], "both templates' pages hear of it");
        }
        assert_eq!((waiting(&world, &from, "mail").await, waiting(&world, &to, "mail").await), (0, 1));
        assert_eq!(counter::miscounts(world.store.read()).await.unwrap(), []);
        for before in [&mailed, &queued, &silent] {
            let after = world.subscriber(before.id).await;
            assert_eq!((after.template_id, &after.lifecycle), (to.id, &before.lifecycle));
        }
        let steps = hub(&world).user(&ann, mailed.id.into(), None).await.unwrap().steps.rows;
        assert_eq!(steps[0].detail.as_deref(), Some("Office → Branch"));
        assert_eq!(world.history(mailed.id).await.last().map(String::as_str), Some(Happening::Moved.as_str()));
        let told = hub(&world).audit(&ann, AuditFilter::default(), None).await.unwrap().page.rows;
        assert_eq!(told.iter().filter(|row| row.deed == Deed::UserMoved).count(), 3);

        // The mail was sent before: its link leads on, to the portal of the other template.
        let mut person = world.person(&from);
        assert_eq!(person.link(&token).await.unwrap().email, "one@acme.com");
        person.join(&token).await.unwrap();
        assert!(matches!(person.step().await, PortalStep::Progress { .. }));
        world.work().await;
        assert!(matches!(person.step().await, PortalStep::Done { .. }));
        assert_eq!(world.target.calls().len(), 1);
        assert_eq!(world.postman.last().proof.email.as_str(), "two@acme.com");
        let mut person = world.person(&to);
        person.join(&world.postman.last().token).await.unwrap();
        assert_eq!(moved(&world, &ann, &[&mailed], &to).await.unchanged, 1, "there already");
    });
}

#[test]
fn nobody_is_moved_away_from_an_account() {
    for_each_database(async |world: World| {
        let (hub, ann) = (hub(&world), ann(&world).await);
        let (from, beside) = (world.trusted().await, world.trusted().await);
        let elsewhere = world.trusted_at("directory", Some("another")).await;
        world.target.plan([Act::Refuse(fault(Fault::PackageUnavailable))]);
        let failed = world.arrive(&from, "1@sp.com", Some("one@acme.com")).await;
        world.work().await;
        let done = world.arrive(&from, "2@sp.com", Some("two@acme.com")).await;
        world.work().await;
        let busy = world.arrive(&from, "3@sp.com", Some("three@acme.com")).await;
        let all = [&failed, &done, &busy];

        let preview = hub.preview_bulk(&ann, &these(&all), BulkDeed::Move(elsewhere.id.into())).await.unwrap();
        let left_out = [(Fault::AccountStays, 2), (Fault::InProgress, 1)];
        assert_eq!(preview.left_out, left_out.map(|(why, users)| LeftOut { why: Some(why), users }));
        assert_eq!((preview.fitting, preview.examples.len()), (0, 3));
        let job = moved(&world, &ann, &all, &elsewhere).await;
        assert_eq!((job.accepted, job.refused), (0, 3));
        let mut told = why(&world, &ann, &job).await;
        told.sort_by_key(|fault| fault.code());
        assert_eq!(told, [Fault::InProgress, Fault::AccountStays, Fault::AccountStays]);

        let preview = hub.preview_bulk(&ann, &these(&all), BulkDeed::Move(beside.id.into())).await.unwrap();
        assert_eq!((preview.users, preview.fitting), (3, 2));
        let job = moved(&world, &ann, &all, &beside).await;
        assert_eq!((job.accepted, job.refused), (2, 1));
        assert_eq!(why(&world, &ann, &job).await, [Fault::InProgress]);
        assert_eq!(counter::miscounts(world.store.read()).await.unwrap(), []);
        assert_eq!(world.subscriber(done.id).await.template_id, beside.id);
        assert_eq!(world.subscriber(busy.id).await.template_id, from.id);
        let preview = hub.preview_bulk(&ann, &these(&all), BulkDeed::Move(beside.id.into())).await.unwrap();
        assert_eq!(preview.left_out.iter().find(|left| left.why.is_none()).map(|left| left.users), Some(2));
        // What failed goes on at the other template, and the account there is still theirs.
        world.apply(failed.id, Event::Retried).await.unwrap();
        world.apply(done.id, Event::RemovalRequested).await.unwrap();
        world.work().await;
        assert_eq!(world.subscriber(failed.id).await.lifecycle.status().as_str(), "provisioned");
        assert!(world.find(done.id).await.is_none());
        assert_eq!(counter::miscounts(world.store.read()).await.unwrap(), []);
    });
}

#[test]
fn nobody_is_moved_to_what_is_not_the_partners_and_templates_are_found_by_name() {
    for_each_database(async |world: World| {
        let (hub, ann, from) = (hub(&world), ann(&world).await, world.trusted().await);
        let user = world.arrive(&from, "1@sp.com", None).await;
        let other = world.other_partner().await;
        let eve = super::caller(uuid::Uuid::nil().into(), other);
        let mine = world.template(|template| template.name = "Élan Süd".to_owned()).await;
        assert_eq!(hub.find_templates(&eve, "").await, Ok(Vec::new()));
        for (typed, found) in [("elan", 1), (" SUD ", 1), ("", 2), ("north", 0)] {
            assert_eq!(hub.find_templates(&ann, typed).await.unwrap().len(), found, "{typed}");
        }
        let deed = BulkDeed::Move(mine.id.into());
        assert_eq!(hub.begin_bulk(&eve, &these(&[&user]), deed).await.unwrap_err().fault, Fault::NotFound);
        assert_eq!(hub.preview_bulk(&eve, &these(&[&user]), deed).await.unwrap_err().fault, Fault::NotFound);
        // A template that is deleted before its turn has come takes nobody in.
        let job = hub.begin_bulk(&ann, &these(&[&user]), deed).await.unwrap();
        server::templates::delete(&world.store, &world.environment, &mine).await.unwrap();
        carry_out(&world).await;
        assert_eq!(why(&world, &ann, &job).await, [Fault::UnknownProvisioningId]);
        assert_eq!(world.subscriber(user.id).await.template_id, from.id);
    });
}
